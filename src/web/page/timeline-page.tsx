import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLive, useNow } from './hooks.ts';
import type { PageProps } from './pages.tsx';
import { Waiting } from './parts.tsx';
import type { ShownRuns, TimelineRun } from './run-model.ts';
import { type Loading, NOTHING_LOADED, RunTimeline } from './run-timeline.ts';
import type { Range } from './timeline-overlay.ts';
import { FiguresTable, Legend, RANGES, type RangeName, RunPanel, Tools } from './timeline-parts.tsx';

/** The keys of the canvas are its own. */
const APPLICATION = { role: 'application' } as const;

/** What ran, live. */
export const TimelinePage = (_: PageProps) => {
  const [range, setRange] = useState<RangeName>('1 day');
  const [follow, setFollow] = useState(true);
  const [outcome, setOutcome] = useState<ShownRuns>('all');
  const [place, setPlace] = useState<TimelineRun | null>(null);
  const [selection, setSelection] = useState<Range | null>(null);
  const [loading, setLoading] = useState<Loading>(NOTHING_LOADED);
  const zone = useLive(({ overview }) => overview?.zone ?? 'UTC');
  const live = useLive(({ runs }) => runs);
  const tick = useNow();
  const canvas = useRef<HTMLCanvasElement>(null);
  const timeline = useRef<RunTimeline | undefined>(undefined);

  // Begins anew with each range.
  useEffect(() => {
    const own = new RunTimeline(canvas.current!, RANGES[range], zone, {
      loading: setLoading,
      opened: setPlace,
      selected: setSelection,
      movedBack: () => setFollow(false),
    });
    timeline.current = own;
    return () => {
      own.close();
      setLoading(NOTHING_LOADED);
      setPlace(null);
      setSelection(null);
    };
  }, [range, zone]);
  useEffect(() => timeline.current?.filter(outcome), [range, zone, outcome]);
  // Each second the present moves; what has come is drawn.
  useEffect(() => timeline.current?.update(live, follow), [tick, live]);

  // Made anew when the selection or the loaded part changes, not with each run that comes.
  const figures = useMemo(() => {
    const found = selection && timeline.current?.figures(selection);
    return found && <FiguresTable figures={found} onClose={() => timeline.current?.select(undefined)} />;
  }, [selection, loading]);
  return (
    <>
      <h1>Timeline</h1>
      <section id="timeline" aria-label="Timeline" aria-busy={loading.state === 'loading'}>
        <Tools
          {...{ range, setRange, follow, setFollow, outcome, setOutcome }}
          onSelect={() => timeline.current?.selectShown()}
        />
        {!loading.shown && <Waiting error={loading.error} what="the runs" />}
        {loading.shown && loading.error !== undefined && (
          <p class="notice" role="alert">
            Not all runs could be loaded: {loading.error}
          </p>
        )}
        {loading.state === 'loaded' && loading.leftOut > 0 && (
          <p class="notice">{loading.leftOut} older runs of this range are left out.</p>
        )}
        <div aria-hidden="true">
          <canvas id="minimap" />
        </div>
        <div id="stage" hidden={!loading.shown}>
          <div id="chart">
            <div id="scroller">
              <canvas
                ref={canvas}
                id="canvas"
                tabIndex={0}
                {...APPLICATION}
                aria-label="Runs over time"
                aria-describedby="timeline-keys"
              />
              <div id="spacer" />
            </div>
            <div id="tip" hidden />
          </div>
          <section id="details" aria-label="Run" tabIndex={-1} hidden={place === null}>
            {place && <RunPanel key={`${place.session} ${place.run}`} place={place} onClose={() => setPlace(null)} />}
          </section>
        </div>
        <Legend />
        <p class="keys" id="timeline-keys">
          <span>
            Arrow keys move in time and between items, + and − zoom, &lt; and &gt; go from run to run, Enter opens one.
          </span>
          <span>Drag to move; drag with Shift to count a range.</span>
        </p>
      </section>
      {figures}
    </>
  );
};

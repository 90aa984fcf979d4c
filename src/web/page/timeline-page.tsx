import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { showNs } from '../../renderings/duration.ts';
import { WallClock } from '../../renderings/html/page/clock.ts';
import { placeTip } from '../../renderings/html/page/controls.ts';
import { sentence } from '../../renderings/html/page/details.ts';
import type { PageSpan, TimelineEntry } from '../../renderings/html/page/page-model.ts';
import { setUpPanZoom } from '../../renderings/html/page/pan-zoom.ts';
import { Timeline } from '../../renderings/html/page/timeline.ts';
import type { RunColumns } from '../api.ts';
import { ask, store } from './connection.ts';
import { useAnswer, useLive, useNow } from './hooks.ts';
import type { PageProps } from './pages.tsx';
import { Instant, ItemName, Waiting } from './parts.tsx';
import { figuresIn, type RangeFigures } from './range-figures.ts';
import { type RunModel, RunModels, type RunPlace } from './run-model.ts';
import { isRun, RunOutputView, RunPath } from './runs.tsx';
import { overlayOf, type Range } from './timeline-overlay.ts';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000] as const;
/** How much is loaded at first, and how much is shown of it. */
const RANGES = { '6 hours': 6 * HOUR_MS, '1 day': DAY_MS, '1 week': 7 * DAY_MS, '30 days': 30 * DAY_MS } as const;
type RangeName = keyof typeof RANGES;
/** Room to the right of the present, as a part of the range. */
const AHEAD = 0.04;
/** With fewer spans the picture is made anew as soon as something has changed. */
const FEW_SPANS = 20_000;

/** The run of a span: as a path, with what it wrote. */
const RunPanel = ({ place, onClose }: { readonly place: RunPlace; readonly onClose: () => void }) => {
  const { session, run, condition, event, began } = place;
  const { answer, error } = useAnswer('runs', {
    item: `condition/${condition}`,
    since: began - MINUTE_MS,
    until: began + MINUTE_MS,
    count: 1000,
  });
  const found = answer?.entries.find((entry) => isRun(entry) && entry.session === session && entry.run === run);
  return (
    <>
      <div class="head">
        <h3>
          <ItemName of={`condition/${condition}`} />
        </h3>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      <p class="below">
        {run}, <Instant at={began} />
        {event !== null && `, fired by the event ${event}`}
      </p>
      {answer === undefined && <Waiting error={error} what="the run" />}
      {answer && found === undefined && <p class="empty">It has not ended yet.</p>}
      {found && isRun(found) && found.kind === 'run' && <RunPath run={found} />}
      {found && <RunOutputView session={session} run={run} />}
    </>
  );
};

/** Counts and durations of a range. */
const FiguresTable = ({
  figures,
  onClose,
}: {
  readonly figures: readonly RangeFigures[];
  readonly onClose: () => void;
}) => (
  <section aria-labelledby="selection">
    <h2 id="selection">
      Selection{' '}
      <button type="button" onClick={onClose}>
        Close
      </button>
    </h2>
    <div class="frame">
      <table>
        <thead>
          <tr>
            {['Item', 'Runs', 'Failed', 'Total', 'Median', 'Longest'].map((heading, i) => (
              <th key={heading} scope="col" class={i > 0 ? 'number' : undefined}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.map(({ item, runs, failed, total, median, longest }) => (
            <tr key={item}>
              <th scope="row">{item === '' ? 'all conditions' : <ItemName of={item} />}</th>
              {[runs, failed, showNs(total), showNs(median), showNs(longest)].map((cell, i) => (
                <td key={`${item} ${i}`} class="number">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </section>
);

/** A range of the history as columns, asked for again when the range changes. */
const useColumns = (range: RangeName) => {
  const [loaded, setLoaded] = useState<{
    readonly columns: RunColumns;
    readonly base: number;
    readonly until: number;
  }>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const leaving = new AbortController();
    const now = Date.now();
    const base = now - RANGES[range];
    const until = now + RANGES[range] * AHEAD;
    ask('columns', { since: base, until: now }, leaving.signal).then(
      (columns) => setLoaded({ columns, base, until }),
      (reason: unknown) => leaving.signal.aborted || setError(String((reason as Error).message)),
    );
    return () => leaving.abort();
  }, [range]);
  return { loaded, error };
};

const Tools = ({
  range,
  setRange,
  follow,
  setFollow,
  onSelect,
}: {
  readonly range: RangeName;
  readonly setRange: (range: RangeName) => void;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly onSelect: () => void;
}) => (
  <div class="tools" role="toolbar" aria-label="Timeline">
    <div class="buttons">
      {[
        ['zoom-in', 'Zoom in', '+'],
        ['zoom-out', 'Zoom out', '−'],
        ['earlier', 'Earlier', '◀'],
        ['later', 'Later', '▶'],
        ['fit', 'Fit everything', 'Fit'],
      ].map(([id, name, text]) => (
        <button key={id} type="button" id={id!} aria-label={name!} title={name!}>
          {text}
        </button>
      ))}
    </div>
    <label>
      Range{' '}
      <select value={range} onChange={({ currentTarget }) => setRange(currentTarget.value as RangeName)}>
        {Object.keys(RANGES).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
    <label>
      <input type="checkbox" checked={follow} onChange={({ currentTarget }) => setFollow(currentTarget.checked)} />{' '}
      follow
    </label>
    <label>
      Items <input type="search" id="lanes" placeholder="part of a name" autoComplete="off" spellcheck={false} />
    </label>
    <label>
      <input type="checkbox" name="category" value="task" checked /> tasks
    </label>
    <label>
      <input type="checkbox" name="decisions" checked /> misses and events
    </label>
    <button type="button" onClick={onSelect}>
      Count what is shown
    </button>
  </div>
);

/** What the colours and patterns mean. */
const SIGNS = [
  ['success', 'succeeded'],
  ['failure', 'failed'],
  ['error', 'error or interrupted'],
  ['none', 'no outcome'],
  ['open', 'running'],
] as const;

/** The keys of the canvas are its own. */
const APPLICATION = { role: 'application' } as const;

/** What ran, live. */
export const TimelinePage = (_: PageProps) => {
  const [range, setRange] = useState<RangeName>('1 day');
  const [follow, setFollow] = useState(true);
  const [place, setPlace] = useState<RunPlace | null>(null);
  const [selection, setSelection] = useState<Range | null>(null);
  const { loaded, error } = useColumns(range);
  const zone = useLive(({ overview }) => overview?.zone ?? 'UTC');
  const live = useLive(({ runs }) => runs);
  const tick = useNow();
  const canvas = useRef<HTMLCanvasElement>(null);
  const timeline = useRef<Timeline | undefined>(undefined);
  const model = useRef<RunModel | undefined>(undefined);
  const models = useRef<RunModels | undefined>(undefined);
  const drawn = useRef({ live: live, at: 0 });
  const overlay = useMemo(() => overlayOf(), []);
  const following = useRef(follow);
  following.current = follow;

  // Begins anew with each range that is loaded.
  useEffect(() => {
    const element = canvas.current;
    if (loaded === undefined || element === null) return;
    const { columns, base, until } = loaded;
    const clock = new WallClock({ steps: [[0, 0]], time: base, zone });
    const made = new RunModels(columns, base, store.state.runs);
    const first = made.at(store.state.runs, { until, now: Date.now() });
    models.current = made;
    model.current = first;
    overlay.gaps = columns.gaps.map(([from, to]) => ({ from: (from - base) * 1e6, to: (to - base) * 1e6 }));
    overlay.base = base;
    overlay.model = first;
    const own = new Timeline(element, first, clock, overlay.draw);
    timeline.current = own;
    const open = (entry: TimelineEntry): void => {
      own.select(entry);
      overlay.run = entry.type === 'span' ? entry : undefined;
      own.draw();
      setPlace(entry.type === 'span' ? (model.current?.places.get(entry.id) ?? null) : null);
    };
    const leave = overlay.connect(own, setSelection);
    setUpPanZoom(own, {
      point: (entry, x, y) => {
        placeTip(entry && sentence(entry, clock), entry, x, y);
        overlay.pointed = entry?.type === 'span' ? (entry as PageSpan) : undefined;
        own.draw();
      },
      open,
      close: () => {
        overlay.run = undefined;
        own.select(undefined);
        setPlace(null);
        setSelection(null);
      },
    });
    // Who moves back wants to look, not to follow.
    const stop = (): void => {
      if (own.view.to < (Date.now() - base) * 1e6) setFollow(false);
    };
    element.addEventListener('pointerup', stop);
    element.addEventListener('keyup', stop);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = (): void => own.recolour();
    scheme.addEventListener('change', recolour);
    own.arrange();
    return () => {
      leave();
      own.close();
      scheme.removeEventListener('change', recolour);
      element.removeEventListener('pointerup', stop);
      element.removeEventListener('keyup', stop);
    };
  }, [loaded, zone]);

  // Each second the present moves; what has come is drawn.
  useEffect(() => {
    const own = timeline.current;
    if (loaded === undefined || own === undefined) return;
    const { base } = loaded;
    const now = Date.now();
    const span = own.view.to - own.view.from;
    const until = Math.max(loaded.until, now + (span / 1e6) * AHEAD);
    const changed = drawn.current.live !== live || own.model.spans.some(({ open }) => open);
    const wait = own.model.spans.length < FEW_SPANS ? 900 : 10_000;
    const to = (now - base) * 1e6 + span * AHEAD;
    const view = following.current && own.view.to < to ? { from: to - span, to } : own.view;
    if (changed && now - drawn.current.at > wait) {
      drawn.current = { live, at: now };
      model.current = models.current!.at(live, { until, now });
      overlay.model = model.current;
      own.show(model.current, new WallClock({ steps: [[0, 0]], time: base, zone }), view);
    } else if (view !== own.view) own.view = view;
    else own.draw();
  }, [tick, live]);

  const figures = useMemo(
    () => (selection && model.current ? figuresIn(model.current, selection.from, selection.to) : null),
    [selection],
  );
  const selectShown = (): void => {
    const view = timeline.current?.view;
    if (view === undefined) return;
    overlay.selection = { ...view };
    setSelection(overlay.selection);
  };
  const closeSelection = (): void => {
    overlay.selection = undefined;
    setSelection(null);
    timeline.current?.draw();
  };
  return (
    <>
      <h1>Timeline</h1>
      <section id="timeline" aria-label="Timeline">
        <Tools {...{ range, setRange, follow, setFollow }} onSelect={selectShown} />
        {loaded === undefined && <Waiting error={error} what="the runs" />}
        {loaded !== undefined && loaded.columns.leftOut > 0 && (
          <p class="notice">{loaded.columns.leftOut} older runs of this range are left out.</p>
        )}
        <div aria-hidden="true">
          <canvas id="minimap" />
        </div>
        <div id="stage">
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
        <ul class="legend" aria-label="Signs">
          {SIGNS.map(([kind, text]) => (
            <li key={kind} class="badge" data-kind={kind}>
              <i />
              {text}
            </li>
          ))}
        </ul>
        <p class="keys" id="timeline-keys">
          <span>
            Arrow keys move in time and between items, + and − zoom, &lt; and &gt; go from run to run, Enter opens one.
          </span>
          <span>Drag to move; drag with Shift to count a range.</span>
        </p>
      </section>
      {figures && <FiguresTable figures={figures} onClose={closeSelection} />}
    </>
  );
};

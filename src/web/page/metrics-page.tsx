import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Vitals } from '../api.ts';
import { Chart, type ChartLine } from './chart.tsx';
import { ask, want } from './connection.ts';
import { useAnswer, useLive, useNow } from './hooks.ts';
import { figuresOf, showBytes, showMs, showPart, showTrend } from './metrics/figures.ts';
import { type MetricRange, periodsIn, RANGES, zoneOffset } from './metrics/ranges.ts';
import { byCondition, countsIn, endedRun, finishedRuns, thinned, withRun } from './metrics/run-figures.ts';
import type { PageProps } from './pages.tsx';
import { ItemName, Waiting } from './parts.tsx';

/** Points of a chart. */
const POINTS = 300;
/** Samples that are kept: an hour of them. */
const MOST_SAMPLES = 3600;

interface ShownVital {
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly colour: string; readonly of: (one: Vitals) => number }[];
  readonly format: (value: number) => string;
}

/** What the daemon measures of itself. */
const VITALS: readonly ShownVital[] = [
  {
    title: 'Memory',
    lines: [
      { label: 'whole process', colour: '--open', of: ({ rss }) => rss },
      { label: 'heap', colour: '--none', of: ({ heapUsed }) => heapUsed },
    ],
    format: showBytes,
  },
  { title: 'Lateness of ticks', lines: [{ label: 'late', colour: '--open', of: ({ late }) => late }], format: showMs },
  {
    title: 'Delay of the event loop',
    lines: [{ label: 'delay', colour: '--open', of: ({ loopDelay }) => loopDelay }],
    format: showMs,
  },
  {
    title: 'Use of the event loop',
    lines: [{ label: 'use', colour: '--open', of: ({ utilization }) => utilization }],
    format: showPart,
  },
];

const FIGURES = ['Least', 'Median', '95 %', 'Greatest', 'Last'] as const;

/** A chart, and the same in figures. */
const Measured = ({
  title,
  times,
  lines,
  format,
}: {
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
}) => (
  <section aria-label={title} class="measured">
    <h2>{title}</h2>
    {times.length < 2 ? (
      <p class="empty">Not measured long enough.</p>
    ) : (
      <>
        <Chart label={`${title} over time; the table below has figures`} {...{ times, lines, format }} height={130} />
        <section class="frame" tabIndex={0} aria-label={`Figures: ${title}`}>
          <table>
            <thead>
              <tr>
                <td />
                {FIGURES.map((name) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map(({ label, values }) => {
                const figures = figuresOf(values.filter((value) => value !== null));
                return (
                  <tr key={label}>
                    <th scope="row">{label}</th>
                    {figures &&
                      [figures.least, figures.median, figures.p95, figures.greatest, figures.last].map((value, i) => (
                        <td key={FIGURES[i]} class="number">
                          {format(value)}
                        </td>
                      ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      </>
    )}
  </section>
);

/** Samples of the daemon, as long as the page is open and seen. */
const useVitals = (): readonly Vitals[] => {
  const [samples, setSamples] = useState<readonly Vitals[]>([]);
  useEffect(() => {
    const add = (more: readonly Vitals[]): void =>
      setSamples((before) => {
        const known = new Set(before.map(({ time }) => time));
        const fresh = more.filter(({ time }) => !known.has(time));
        return [...before, ...fresh].sort((a, b) => a.time - b.time).slice(-MOST_SAMPLES);
      });
    let leave: (() => void) | undefined;
    const update = (): void => {
      leave?.();
      leave = undefined;
      if (document.hidden) return;
      leave = want({ type: 'vitals', on: true }, (message) => message.type === 'vitals' && add([message.sample]));
      ask('vitals', {}).then(
        (answer) => add(answer.samples),
        () => {},
      );
    };
    update();
    document.addEventListener('visibilitychange', update);
    return () => {
      document.removeEventListener('visibilitychange', update);
      leave?.();
    };
  }, []);
  return samples;
};

/** Durations and outcomes of runs in a range. */
const Runs = ({ range }: { readonly range: MetricRange }) => {
  const now = useNow(60_000);
  const zone = useLive(({ overview }) => overview?.zone ?? 'UTC');
  const live = useLive((state) => state.runs);
  const until = Math.ceil(now / 60_000) * 60_000;
  const { answer, error } = useAnswer('columns', { since: until - range.length, until });
  const runs = useMemo(() => {
    const ended = answer === undefined ? [] : finishedRuns(answer);
    return live.flatMap((run) => endedRun(run) ?? []).reduce(withRun, ended as ReturnType<typeof withRun>);
  }, [answer, live]);
  const conditions = useMemo(() => byCondition(runs), [runs]);
  const pieces = useMemo(() => periodsIn(range, now, zoneOffset(zone)), [range, now, zone]);
  const counts = useMemo(() => countsIn(runs, pieces), [runs, pieces]);
  if (answer === undefined) return <Waiting error={error} what="the runs" />;
  return (
    <>
      <Measured
        title={`Runs ${range.pieceName}`}
        times={pieces}
        lines={[
          { label: 'runs', colour: '--open', values: counts.runs },
          { label: 'failed', colour: '--failure', values: counts.failures },
        ]}
        format={(value) => String(Math.round(value * 10) / 10)}
      />
      <section aria-label="Durations">
        <h2>Durations</h2>
        {conditions.length === 0 ? (
          <p class="empty">No run has ended in this time.</p>
        ) : (
          <section class="frame" tabIndex={0} aria-label="Figures: durations">
            <table>
              <thead>
                <tr>
                  {['Condition', 'Runs', 'Failed', 'Median', '95 %', 'Longest', 'Trend'].map((name, i) => (
                    <th key={name} scope="col" class={i > 0 && i < 6 ? 'number' : undefined}>
                      {name}
                    </th>
                  ))}
                  <td />
                </tr>
              </thead>
              <tbody>
                {conditions.slice(0, 100).map(({ condition, runs: own, failures, figures, trend }) => {
                  const points = thinned(own, 60, ({ length }) => length);
                  return (
                    <tr key={condition}>
                      <th scope="row">
                        <ItemName of={`condition/${condition}`} />
                      </th>
                      {[
                        figures.count,
                        failures,
                        showMs(figures.median),
                        showMs(figures.p95),
                        showMs(figures.greatest),
                      ].map((value, i) => (
                        <td key={`${i}`} class="number">
                          {value}
                        </td>
                      ))}
                      <td>{showTrend(trend)}</td>
                      <td>
                        <Sparkline values={points.map(({ length }) => length)} />
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </section>
        )}
        {conditions.length > 100 && <p class="note">The other {conditions.length - 100} took less long.</p>}
      </section>
    </>
  );
};

const [WIDE, HIGH] = [120, 22] as const;
/** A row of values as a small line; the figures beside it say the same. */
const Sparkline = ({ values }: { readonly values: readonly number[] }) => {
  const most = Math.max(1e-9, ...values);
  const points = values.map(
    (value, i) =>
      `${((i / Math.max(1, values.length - 1)) * WIDE).toFixed(1)},${(HIGH - 2 - (value / most) * (HIGH - 4)).toFixed(1)}`,
  );
  return (
    <svg class="sparkline" width={WIDE} height={HIGH} aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
};

/** How the daemon and its runs are, in figures and charts. */
export const MetricsPage = (_: PageProps) => {
  const [range, setRange] = useState<MetricRange>(RANGES[2]!);
  const samples = useVitals();
  const shown = useMemo(() => thinned(samples, POINTS, ({ rss }) => rss), [samples]);
  const times = shown.map(({ time }) => time);
  return (
    <>
      <h1>Metrics</h1>
      <div class="tools">
        <label>
          Range of the runs{' '}
          <select
            value={range.id}
            onChange={({ currentTarget }) => setRange(RANGES.find(({ id }) => id === currentTarget.value)!)}
          >
            {RANGES.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Runs range={range} key={range.id} />
      <p class="note">The daemon measures itself only while this page is open; the last hour of that is kept.</p>
      <div class="charts">
        {VITALS.map(({ title, lines, format }) => (
          <Measured
            key={title}
            {...{ title, times, format }}
            lines={lines.map(({ label, colour, of }) => ({ label, colour, values: shown.map(of) }))}
          />
        ))}
      </div>
    </>
  );
};

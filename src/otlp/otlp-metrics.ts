import type { Attributes, HrTime } from '@opentelemetry/api';
import type { DataPoint, Histogram, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Family, Sample } from '../metrics/exposition.ts';

/** Values of enumerations of the packages, which are not read for them. */
const [CUMULATIVE, HISTOGRAM, GAUGE, SUM, DOUBLE] = [1, 0, 2, 3, 1] as const;

/** Units at the end of a name: Prometheus puts the one behind the other again. Without it a name needs another word. */
const UNITS = [
  { ending: '_seconds', unit: 's', word: 'duration', summed: 'time' },
  { ending: '_bytes', unit: 'By', word: 'size', summed: 'size' },
] as const;

/** What is said of a quantity already, so that it needs no other word. */
const SAYS_WHAT = /_(?:time|timestamp|delay|memory)$/;

/** What families without a unit count, in braces as UCUM has it; the others are `1`. */
export const COUNTED: Readonly<Record<string, string>> = {
  ...{ whenever_ticks_total: '{tick}', whenever_busy: '{condition}', whenever_checks_total: '{check}' },
  ...{ whenever_runs_total: '{run}', whenever_retries_total: '{run}', whenever_missed_total: '{instant}' },
  ...{ whenever_firings_held_total: '{firing}', whenever_events_fired_total: '{firing}' },
  ...{ whenever_task_runs_total: '{run}', whenever_task_retries_total: '{run}', whenever_running: '{run}' },
  ...{ whenever_task_attempts_total: '{attempt}', whenever_skipped_total: '{condition}' },
  ...{ whenever_dropped_total: '{record}', whenever_config_reloads_total: '{reload}' },
};

/**
 * `whenever_task_seconds`: `whenever.task.duration`, in `s`; `whenever_task_busy_seconds_total`: `whenever.task_busy.time`. Names are unique:
 * the word in the place of the unit keeps `whenever_running_seconds` apart from `whenever_running`.
 */
const descriptorOf = ({ name, help, type }: Family) => {
  const bare = name.replace(/_total$/, '').replace('_', '.');
  const common = { description: help, valueType: DOUBLE };
  const found = UNITS.find(({ ending }) => bare.endsWith(ending));
  if (found === undefined) return { ...common, name: bare, unit: COUNTED[name] ?? '1' };
  const what = bare.slice(0, bare.length - found.ending.length);
  const word = type === 'counter' ? found.summed : found.word;
  return { ...common, name: SAYS_WHAT.test(what) ? what : `${what}.${word}`, unit: found.unit };
};

const keyOf = (labels: Attributes): string => JSON.stringify(labels);

/** Samples of buckets, which include those below them, as histograms: one for each set of labels. */
const histogramsOf = (samples: readonly Sample[]): readonly (readonly [Attributes, Histogram])[] => {
  const found = new Map<string, { labels: Attributes; boundaries: number[]; totals: number[]; sum: number }>();
  for (const { suffix, labels = {}, value } of samples) {
    const { le, ...rest } = labels;
    const key = keyOf(rest);
    const one = found.get(key) ?? { labels: rest, boundaries: [], totals: [], sum: 0 };
    found.set(key, one);
    if (suffix === '_sum') one.sum = value;
    if (suffix !== '_bucket') continue;
    if (le !== '+Inf') one.boundaries.push(Number(le));
    one.totals.push(value);
  }
  return [...found.values()].map(({ labels, boundaries, totals, sum }) => {
    const counts = totals.map((total, i) => total - (totals[i - 1] ?? 0));
    return [labels, { buckets: { boundaries, counts }, sum, count: totals.at(-1)! }];
  });
};

/** Families of Prometheus as metrics of OpenTelemetry. Both are cumulative, since `start`. */
export const otlpMetrics = (
  families: readonly Family[],
  {
    resource,
    scope,
    start,
    now,
  }: {
    readonly resource: ResourceMetrics['resource'];
    readonly scope: ResourceMetrics['scopeMetrics'][number]['scope'];
    readonly start: HrTime;
    readonly now: HrTime;
  },
): ResourceMetrics => {
  const point = <T>(attributes: Attributes, value: T): DataPoint<T> => ({
    startTime: start,
    endTime: now,
    attributes,
    value,
  });
  const metrics = families
    .filter(({ samples }) => samples.length > 0)
    .map((family): MetricData => {
      const common = { descriptor: descriptorOf(family), aggregationTemporality: CUMULATIVE };
      if (family.type === 'histogram')
        return {
          ...{ ...common, dataPointType: HISTOGRAM },
          dataPoints: histogramsOf(family.samples).map(([labels, value]) => point(labels, value)),
        };
      const dataPoints = family.samples.map(({ labels = {}, value }) => point(labels, value));
      return family.type === 'counter'
        ? { ...common, dataPointType: SUM, isMonotonic: true, dataPoints }
        : { ...common, dataPointType: GAUGE, dataPoints };
    });
  return { resource, scopeMetrics: [{ scope, metrics }] };
};

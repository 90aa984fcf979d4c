import type { Attributes, HrTime } from '@opentelemetry/api';
import type { DataPoint, Histogram, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Family, Sample } from '../metrics/exposition.ts';

/** Values of enumerations of the packages, which are not read for them. */
const [CUMULATIVE, HISTOGRAM, GAUGE, SUM, DOUBLE] = [1, 0, 2, 3, 1] as const;

/** Units at the end of a name: Prometheus puts the one behind the other again. */
const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ['_seconds', 's'],
  ['_bytes', 'By'],
];

/** `whenever_task_busy_seconds_total`: `whenever.task_busy`, in `s`. */
const descriptorOf = ({ name, help }: Family) => {
  const bare = name.replace(/_total$/, '').replace('_', '.');
  const [ending = '', unit = ''] = UNITS.find(([one]) => bare.endsWith(one)) ?? [];
  return { name: bare.slice(0, bare.length - ending.length), description: help, unit, valueType: DOUBLE };
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

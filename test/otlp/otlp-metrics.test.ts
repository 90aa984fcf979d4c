import { expect, test } from 'vitest';
import { familiesOf } from '../../src/metrics/families.ts';
import { Totals } from '../../src/metrics/totals.ts';
import { COUNTED, otlpMetrics } from '../../src/otlp/otlp-metrics.ts';

const vitals = { eventLoopDelayMs: 0, rssBytes: 1, heapBytes: 1, cpuSeconds: 1 };
/** Each family, as if something had happened. */
const families = familiesOf(new Totals(), {
  ...{ vitals, now: 0, version: '1', node: 'v20', started: 0, ending: false },
}).map((family) => ({ ...family, samples: [{ value: 1, labels: {} }] }));

const units = (): [name: string, unit: string][] => {
  const common = { resource: {} as never, scope: { name: 'whenever' } };
  const { scopeMetrics } = otlpMetrics(families, { ...common, start: [0, 0], now: [1, 0] });
  return scopeMetrics[0]!.metrics.map(({ descriptor: { name, unit } }) => [name, unit]);
};

test('no two metrics of an export have one name, and each has a unit', () => {
  const found = units();
  expect(found).toHaveLength(families.length);
  expect(new Set(found.map(([name]) => name)).size).toBe(found.length);
  expect(found.filter(([, unit]) => unit === '')).toEqual([]);
});

test('a word takes the place of the unit in a name that would say too little, and counts have what they count', () => {
  expect(Object.fromEntries(units())).toMatchObject({
    ...{ 'whenever.running': '{run}', 'whenever.running.duration': 's', 'whenever.task.duration': 's' },
    ...{ 'whenever.cpu.time': 's', 'whenever.task_busy.time': 's', 'whenever.heap.size': 'By' },
    ...{ 'whenever.history.size': 'By', 'whenever.resident_memory': 'By', 'whenever.event_loop_delay': 's' },
    ...{ 'whenever.start_time': 's', 'whenever.next_due_timestamp': 's', 'whenever.missed': '{instant}' },
    ...{ 'whenever.up': '1', 'whenever.paused': '1' },
  });
  const names = new Set(families.map(({ name }) => name));
  expect(Object.keys(COUNTED).filter((name) => !names.has(name))).toEqual([]);
});

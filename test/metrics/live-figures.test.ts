import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dropCounts, SINKS, type SinkName } from '../../src/adapters/files/dropped.ts';
import { FileSink } from '../../src/adapters/files/file-sink.ts';
import { PrometheusHandler } from '../../src/adapters/metrics/prometheus.ts';
import { AsyncStructuredHandler } from '../../src/adapters/metrics/structured.ts';
import { liveFigures } from '../../src/live-figures.ts';
import { BACKEND_NAMES } from '../../src/metrics/backends.ts';
import { familiesOf } from '../../src/metrics/families.ts';
import type { MetricRecord } from '../../src/metrics/record.ts';
import { Totals } from '../../src/metrics/totals.ts';
import { daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { oftenToml } from '../support/measured-daemon.ts';

const TOML = `${oftenToml(30)}overdue_seconds = 60
on_overdue = ["A"]
[[condition]]
name = "Asked"
type = "bucket"
tasks = ["A"]
`;
const START = Date.parse('2026-03-02T12:00:00Z') / 1000;

/** What a daemon says of itself: samples of a family, by their labels. */
const asked = async (directory?: string) => {
  const one = await daemon(TOML, {
    processes: { A: [{ seconds: 40 }, { end: { how: 'exit', code: 1 } }] },
    history: new FakeHistory(),
  });
  const { scheduler, status: schedulerStatus, overdue, history } = one;
  const now = () => one.clock.wall();
  const deps = { scheduler, schedulerStatus, overdue, history, now };
  const live = () => liveFigures(directory === undefined ? deps : { ...deps, historyDirectory: directory });
  const samples = (name: string) => {
    const vitals = { eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 };
    const around = { vitals, now: 0, version: '2', node: 'v20', started: 1, ending: false };
    const family = familiesOf(new Totals(), { ...around, live: live() }).find((each) => each.name === name);
    return family!.samples.map(({ labels, value }) => [labels, value]);
  };
  return { one, samples };
};

test('when a condition is due next is known, but while it runs, waits for an event, or is suspended', async () => {
  const { one, samples } = await asked();
  const due = () => samples('whenever_next_due_timestamp_seconds');
  expect(due()).toEqual([[{ condition: 'Often' }, START + 30]]);
  await one.advance(31);
  expect(due()).toEqual([]);
  await one.advance(42);
  await one.submit('suspend_condition Often');
  expect(due()).toEqual([]);
});

test('what is overdue is seen', async () => {
  const { one, samples } = await asked();
  const overdue = () =>
    Object.fromEntries(samples('whenever_overdue').map(([of, value]) => [JSON.stringify(of), value]));
  expect(overdue()).toEqual({ '{"condition":"Often"}': 0, '{"condition":"Asked"}': 0 });
  await one.advance(200);
  expect(overdue()).toEqual({ '{"condition":"Often"}': 1, '{"condition":"Asked"}': 0 });
});

test('the size of the history, the file and the session are there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'whenever-live-'));
  try {
    writeFileSync(join(folder, '2026-03.jsonl'), 'x'.repeat(1234));
    const { samples, one } = await asked(folder);
    expect(samples('whenever_history_bytes')).toEqual([[{}, 1234]]);
    const { session } = one.history.state;
    expect(session).not.toBeNull();
    expect(samples('whenever_info')).toEqual([[{ version: '2', node: 'v20', file: 'test.toml', session }, 1]]);
    rmSync(folder, { recursive: true });
    expect(samples('whenever_history_bytes')).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what sinks drop is counted for each of them', async () => {
  const before = new Map(dropCounts.all);
  const dropped = (sink: SinkName) => dropCounts.of(sink) - before.get(sink)!;
  const quiet = { onTrouble: () => {}, onLost: () => '' };
  for (const sink of ['log', undefined] as const) {
    const full = new FileSink('/dev/full', { ...quiet, sink });
    full.write('one\ntwo\n', 2);
    full.end();
    full.write('three\n');
  }
  const record: MetricRecord = { name: 'whenever.metrics', level: 20, time: 0, message: { a: 1 } };
  const lines = new AsyncStructuredHandler({ path: '/dev/full', onError: () => {} });
  lines.handle(record);
  await lines.close();
  new PrometheusHandler({ onError: () => {} }).handle({ ...record, message: 'no mapping' });
  expect([dropped('log'), dropped('async'), dropped('prometheus'), dropped('recording')]).toEqual([3, 1, 1, 0]);

  const { samples } = await asked();
  const counted = samples('whenever_dropped_total');
  expect(counted.map(([labels]) => labels)).toEqual(SINKS.map((sink) => ({ sink })));
  expect(counted).toContainEqual([{ sink: 'log' }, dropCounts.of('log')]);
});

test('each back end for metrics is a sink', () => {
  expect(BACKEND_NAMES.filter((name) => !SINKS.includes(name))).toEqual([]);
});

import { Counter, Gauge, type OpenMetricsContentType, Registry } from 'prom-client';
import { afterEach, describe, expect, test } from 'vitest';
import { exposition, type Family } from '../../src/metrics/exposition.ts';
import { registerInPromClient } from '../../src/metrics/prom-client.ts';
import { awaited, clear, quick, reached } from '../library/support.ts';
import { readExposition } from '../support/exposition.ts';
import { always, shellTask } from '../support/program.ts';

afterEach(clear);

const FAMILIES: readonly Family[] = [
  {
    ...{ name: 'whenever_runs_total', type: 'counter', help: 'Runs\nof "all".' },
    samples: [
      { labels: { task: 'A "b"\\' }, value: 3 },
      { labels: { task: 'B' }, value: 0 },
    ],
  },
  { ...{ name: 'whenever_paused', type: 'gauge', help: 'Paused.' }, samples: [{ value: Number.NaN }] },
  {
    ...{ name: 'whenever_seconds', type: 'histogram', help: 'Seconds.' },
    samples: [
      {
        ...{ suffix: '_bucket', labels: { le: '1' }, value: 1 },
        exemplar: { labels: { trace_id: 'abc' }, value: 0.5, time: 12.5 },
      },
      { suffix: '_bucket', labels: { le: '+Inf' }, value: 2 },
      { suffix: '_sum', value: 7.5 },
      { suffix: '_count', value: 2 },
    ],
  },
  { name: 'whenever_info', type: 'info', help: 'About.', samples: [{ labels: { version: '2' }, value: 1 }] },
  { ...{ name: 'whenever_none_total', type: 'counter', help: 'None.' }, samples: [] },
];
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('registerInPromClient', () => {
  test('A registry shows the families of a daemon beside those of the program.', async () => {
    const registry = new Registry();
    new Counter({ name: 'mine_total', help: 'Mine.', registers: [registry] }).inc(2);
    const daemon = await quick(shellTask('Hello', 'true') + always('Once', ['Hello'], ''), { metrics: true });
    registerInPromClient(registry, daemon);
    const finished = awaited(daemon, reached('condition/Once', 'finished'));
    void daemon.run();
    await finished;
    await daemon.stop();
    const shown = lines(await registry.metrics());
    expect(shown).toContain('mine_total 2');
    expect(shown).toContain('whenever_task_runs_total{task="Hello",outcome="success"} 1');
    const families = readExposition(`${shown.join('\n')}\n`);
    expect([...families.keys()]).toEqual(expect.arrayContaining(daemon.collect().map(({ name }) => name)));
  });

  test('Its text is that of the daemon, with names, labels, buckets and marks.', async () => {
    const registry = new Registry();
    registerInPromClient(registry, { collect: () => FAMILIES });
    const expected = exposition(FAMILIES).replace('NaN', 'Nan');
    expect(lines(await registry.metrics())).toEqual(lines(expected));
  });

  test('As OpenMetrics counters lose and get their ending as those of prom-client do.', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    registerInPromClient(registry, { collect: () => FAMILIES });
    for (const _ of [1, 2])
      expect(lines(await registry.metrics())).toEqual(
        expect.arrayContaining(['# TYPE whenever_runs counter', 'whenever_runs_total{task="B"} 0', '# EOF']),
      );
    const text = await registry.metrics();
    expect(text).toContain('whenever_seconds_bucket{le="1"} 1 # {trace_id="abc"} 0.5 12.5\n');
    expect(text).toContain('# TYPE whenever_info gauge\nwhenever_info{version="2"} 1\n');
  });

  test('Each scrape collects once, and what it shows is of then; a reset changes nothing.', async () => {
    const registry = new Registry();
    let collected = 0;
    registerInPromClient(registry, {
      collect: () => {
        collected += 1;
        return FAMILIES.map((family) => ({ ...family, samples: [{ value: collected }] }));
      },
    });
    await Promise.resolve();
    registry.resetMetrics();
    expect(await registry.metrics()).toContain('whenever_paused 2\n');
    expect(await registry.metrics()).toContain('whenever_paused 3\n');
    expect(collected).toBe(3);
    expect(await registry.getMetricsAsJSON()).toMatchObject([
      { aggregator: 'sum', values: [{ value: 4 }] },
      {},
      {},
      {},
      {},
    ]);
  });

  test('The function that it returns takes them off again, and nothing that has replaced them.', async () => {
    const registry = new Registry();
    const leave = registerInPromClient(registry, { collect: () => FAMILIES });
    registry.removeSingleMetric('whenever_paused');
    new Gauge({ name: 'whenever_paused', help: 'Another one.', registers: [registry] });
    leave();
    leave();
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(['whenever_paused']);
  });

  test('A name that is taken is an error, and nothing is registered.', () => {
    const registry = new Registry();
    new Gauge({ name: 'whenever_seconds', help: 'Mine.', registers: [registry] });
    expect(() => registerInPromClient(registry, { collect: () => FAMILIES })).toThrow(
      'A metric with the name whenever_seconds has already been registered.',
    );
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(['whenever_seconds']);
    expect(() => registerInPromClient({} as never, { collect: () => FAMILIES })).toThrow(
      'registerInPromClient: registry: expected an object with the method registerMetric, found {}',
    );
  });
});

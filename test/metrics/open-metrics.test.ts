import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startMetrics } from '../../src/adapters/metrics/daemon-metrics.ts';
import { liveFigures } from '../../src/live-figures.ts';
import { exposition, type Family, openMetrics } from '../../src/metrics/exposition.ts';
import { formatFor } from '../../src/metrics/negotiation.ts';
import { daemon } from '../support/daemon.ts';
import { readExposition } from '../support/exposition.ts';
import { oftenToml } from '../support/measured-daemon.ts';
import { hasCommand } from '../support/service-manager.ts';

const folder = mkdtempSync(join(tmpdir(), 'whenever-om-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const family = (more: Partial<Family> = {}): Family => ({
  ...{ name: 'x', type: 'gauge', help: 'Help.', samples: [{ value: 1 }] },
  ...more,
});

describe('OpenMetrics', () => {
  test('names a family without the ending of its samples, has its unit, and says where it ends', () => {
    const labels = { task: 'A "b"\\\n' };
    const families = [
      family({ name: 'busy_seconds_total', type: 'counter', help: 'Say "x"\n', samples: [{ labels, value: 2.5 }] }),
      family({ name: 'build_info', type: 'info', samples: [{ labels: { version: '2' }, value: 1 }] }),
      family({ name: 'heap_bytes' }),
    ];
    expect(openMetrics(families).split('\n')).toEqual([
      '# TYPE busy_seconds counter',
      '# UNIT busy_seconds seconds',
      '# HELP busy_seconds Say \\"x\\"\\n',
      'busy_seconds_total{task="A \\"b\\"\\\\\\n"} 2.5',
      '# TYPE build info',
      '# HELP build Help.',
      'build_info{version="2"} 1',
      '# TYPE heap_bytes gauge',
      '# UNIT heap_bytes bytes',
      '# HELP heap_bytes Help.',
      'heap_bytes 1',
      '# EOF',
      '',
    ]);
    expect(exposition(families)).toContain('# TYPE build_info gauge\nbuild_info{version="2"} 1\n');
  });

  test('limits of buckets are decimal numbers, and exemplars follow the value; the text format has none', () => {
    const exemplar = { labels: { trace_id: 'ab' }, value: 0.5, time: 1.25 };
    const bucket = { suffix: '_bucket', labels: { le: '1' }, value: 3, exemplar };
    const families = [family({ type: 'histogram', samples: [bucket] })];
    expect(openMetrics(families)).toContain('x_bucket{le="1.0"} 3 # {trace_id="ab"} 0.5 1.25\n');
    expect(exposition(families)).toContain('x_bucket{le="1"} 3\n');
    const long = (length: number) =>
      openMetrics([family({ samples: [{ value: 1, exemplar: { ...exemplar, labels: { a: '😀'.repeat(length) } } }] })]);
    expect([127, 128].map((length) => long(length).includes(' # {'))).toEqual([true, false]);
  });
});

const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

test.each([
  [PROMETHEUS, true],
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', true],
  ['APPLICATION/OPENMETRICS-TEXT', true],
  ['application/openmetrics-text;version="1.0.0";q=0.5,*/*;q=0.1', true],
  ['application/openmetrics-text;version=0.0.1', false],
  ['application/openmetrics-text;q=0', false],
  ['application/openmetrics-text;q=0.3,text/plain;q=0.5', false],
  ['application/openmetrics-text;q=0.3,text/*;q=0.5', false],
  ['application/openmetrics-text;q=none', false],
  ['text/plain', false],
  ['*/*', false],
  ['', false],
  [undefined, false],
])('a client that accepts %j gets OpenMetrics: %s', (accept, wanted) => {
  expect(formatFor(accept).contentType.startsWith('application/openmetrics-text; version=1.0.0')).toBe(wanted);
});

const START = Date.parse('2026-03-02T12:00:00Z') / 1000;
const FAILS = { end: { how: 'exit', code: 1 } } as const;
const TOML = oftenToml(10);

/** A daemon on virtual time that is measured and has run three times. */
const scraped = async () => {
  const metrics = await startMetrics({
    ...{ backends: ['prometheus'], prometheusPort: 0, outputDir: folder, environment: {}, version: '2.0.0' },
    onError: (problem) => expect.fail(problem),
  });
  const processes = { A: [{ seconds: 2 }, { ...FAILS, seconds: 3 }, {}] };
  const one = await daemon(TOML, { processes, listener: (fact) => metrics.take(fact) });
  const { scheduler, status: schedulerStatus, overdue, history } = one;
  const deps = { scheduler, schedulerStatus, overdue, history, now: () => one.clock.wall(), historyDirectory: folder };
  metrics.attach(() => liveFigures(deps));
  await one.advance(35);
  one.journal.spans.metric(() => ({ 'rows "read"\\\n': 12 }), { item: 'task/A' });
  const url = `http://127.0.0.1:${metrics.port}/metrics`;
  const get = async (accept: string) => {
    const response = await fetch(url, { headers: { accept } });
    return { headers: response.headers, text: await response.text() };
  };
  return { metrics, url, get };
};

/** Prints what the parser of the Python client reads: a family a line, as JSON. */
const PYTHON = `
import sys, json
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
for f in read(sys.stdin.read()):
    print(json.dumps([f.name, f.type, f.unit, [[s.name, s.labels, s.value, s.exemplar and [s.exemplar.labels, s.exemplar.value]] for s in f.samples]]))
`;

type Read = readonly [string, string, string, (readonly [string, Record<string, string>, number, unknown])[]];

/** A port that is free now. */
const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Starts Prometheus, which scrapes the url. Returns what asks it: a path of its API to the data of the answer. */
const prometheus = async (url: URL) => {
  const file = join(folder, 'prometheus.yml');
  writeFileSync(
    file,
    `scrape_configs: [{ job_name: whenever, scrape_interval: 200ms, scrape_timeout: 200ms, static_configs: [{ targets: ['${url.host}'] }] }]\n`,
  );
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      ...[`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`],
      ...[`--web.listen-address=127.0.0.1:${port}`, '--enable-feature=exemplar-storage', '--log.level=error'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const ended = once(child, 'exit');
  return {
    ask: async (path: string): Promise<unknown> => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`).catch(() => undefined);
      return response?.ok ? ((await response.json()) as { data: unknown }).data : undefined;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

describe('what a daemon answers', () => {
  test.skipIf(!hasCommand('promtool'))(
    'GET /metrics answers in the format that the client accepts; readers of others take both.',
    async () => {
      const { metrics, get } = await scraped();
      const [open, plain] = [await get(PROMETHEUS), await get('text/plain')];
      await metrics.close();
      expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
      expect([open.headers.get('vary'), plain.headers.get('vary')]).toEqual(['Accept', 'Accept']);
      // It prints what is wrong, and what it would do otherwise.
      expect(execFileSync('promtool', ['check', 'metrics'], { input: plain.text, encoding: 'utf8' })).toBe('');
      const families = readExposition(plain.text);

      const printed = execFileSync('/usr/bin/python3', ['-c', PYTHON], { input: open.text, encoding: 'utf8' });
      const read = printed
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Read);
      expect(read.length).toBe(families.size);
      const samplesOf = (name: string) => read.find(([family]) => family === name)![3];
      expect(samplesOf('whenever_task_runs')).toContainEqual([
        ...['whenever_task_runs_total', { task: 'A', outcome: 'failure' }, 1, null],
      ]);
      expect(read.filter(([, , , samples]) => samples.length === 0)).toEqual([
        ['whenever_events_fired', 'counter', '', []],
      ]);
      expect(samplesOf('whenever_metric')[0]![1]).toEqual({ name: 'rows "read"\\\n', item: 'task/A' });
      expect(read.find(([name]) => name === 'whenever_cpu_seconds')!.slice(1, 3)).toEqual(['counter', 'seconds']);
      const exemplars = read.flatMap(([, , , samples]) => samples.filter(([, , , exemplar]) => exemplar !== null));
      expect(exemplars.map(([name, { le }, , exemplar]) => [name, le, exemplar])).toEqual([
        ['whenever_task_seconds_bucket', '0.01', [{ run: 'run-3' }, 0]],
        ['whenever_task_seconds_bucket', '5.0', [{ run: 'run-2' }, 3]],
      ]);
    },
  );

  test.skipIf(!hasCommand('prometheus'))('Prometheus scrapes it, with exemplars.', async () => {
    const { metrics, url } = await scraped();
    const server = await prometheus(new URL(url));
    try {
      const resultOf = async (query: string) => {
        const data = await server.ask(`query?query=${encodeURIComponent(query)}`);
        return (data as { result: { value: [number, string] }[] } | undefined)?.result.map(({ value }) => value[1]);
      };
      await expect.poll(() => resultOf('up{job="whenever"}'), { timeout: 20_000 }).toEqual(['1']);
      expect(await resultOf('whenever_task_runs_total{task="A",outcome="success"}')).toEqual(['2']);
      expect(await resultOf('whenever_info{version="2.0.0",file="test.toml"}')).toEqual(['1']);
      expect(await resultOf('whenever_next_due_timestamp_seconds{condition="Often"} - 40')).toEqual([String(START)]);
      const exemplars = await server.ask(
        'query_exemplars?query=whenever_task_seconds_bucket&start=2026-01-01T00:00:00Z&end=2027-01-01T00:00:00Z',
      );
      expect(exemplars).toMatchObject([
        { exemplars: [{ labels: { run: 'run-3' } }] },
        { exemplars: [{ labels: { run: 'run-2' }, value: '3' }] },
      ]);
    } finally {
      await server.stop();
      await metrics.close();
    }
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Metrics, type MetricsOptions, startMetrics } from '../../src/adapters/metrics/daemon-metrics.ts';
import { AsyncStructuredHandler } from '../../src/adapters/metrics/structured.ts';
import { daemon } from '../support/daemon.ts';
import { readEventFile } from '../support/event-file.ts';
import { readExposition } from '../support/exposition.ts';
import { oftenToml } from '../support/measured-daemon.ts';

let folder: string;
const open: Metrics[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-metrics-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((metrics) => metrics.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** A daemon on virtual time that is measured. */
const measured = async (options: Pick<MetricsOptions, 'backends'> & Partial<MetricsOptions>) => {
  const problems: string[] = [];
  const metrics = await startMetrics({
    ...{ outputDir: folder, environment: {}, version: '2.0.0', onError: (problem) => problems.push(problem) },
    ...options,
  });
  open.push(metrics);
  const processes = { A: [{ seconds: 2, stdout: 'x' }, { seconds: 3, end: { how: 'exit', code: 1 } as const }, {}] };
  const one = await daemon(oftenToml(10), { processes, listener: (fact) => metrics.take(fact) });
  return { metrics, daemon: one, problems };
};
const lines = (name: string): Record<string, unknown>[] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a daemon that is measured', () => {
  test('is refused a FIFO for its metrics, which would be lost without a reader', async () => {
    const fifo = join(folder, 'x.jsonl');
    execFileSync('mkfifo', [fifo]);
    await expect(measured({ backends: ['async'], runName: 'x' })).rejects.toThrow(`${fifo} is a FIFO`);
    expect(() => new AsyncStructuredHandler({ path: fifo })).toThrow(`${fifo} is a FIFO`);
  });

  test('writes its configuration, its tasks, its conditions and its ticks as lines of JSON', async () => {
    const { metrics, daemon: one, problems } = await measured({ backends: ['async'], runName: 'day' });
    await one.advance(25);
    await metrics.close();
    const told = lines('day.jsonl');
    expect(told[0]).toMatchObject({
      hparams: true,
      'settings/scheduler_tick_seconds': 5,
      'condition/Often/tasks': ['A'],
    });
    expect(told.filter((line) => 'task/A/seconds' in line)).toMatchObject([
      { 'task/A/seconds': 2, 'task/A/outcome': 'success', step: 1, item: 'task/A', run: 'run-1' },
      { 'task/A/seconds': 3, 'task/A/outcome': 'failure', step: 2, item: 'task/A', run: 'run-2' },
    ]);
    expect(told.filter((line) => 'condition/Often/runs' in line).map(({ step }) => step)).toEqual([1, 2]);
    const ticks = told.filter((line) => 'scheduler/ticks' in line);
    expect(ticks.length).toBeGreaterThanOrEqual(4);
    expect(ticks[0]!['scheduler/rss_bytes']).toBeGreaterThan(1e6);
    expect(problems).toEqual([]);
  });

  test('makes event files without a complaint', async () => {
    const { metrics, daemon: one, problems } = await measured({ backends: ['tensorboard'], runName: 'day' });
    await one.advance(25);
    one.journal.spans.metric(() => ({ rows: 12 }), { item: 'task/A' });
    await metrics.close();
    const [file] = readdirSync(join(folder, 'day'));
    const events = readEventFile(readFileSync(join(folder, 'day', file!)));
    const points = events.flatMap(({ step, values }) => values.map((value) => ({ step, ...value })));
    expect(points.filter(({ tag }) => tag === 'task/A/seconds')).toEqual([
      { step: 1, tag: 'task/A/seconds', scalar: 2 },
      { step: 2, tag: 'task/A/seconds', scalar: 3 },
    ]);
    expect(points).toContainEqual({ step: 0, tag: 'rows', scalar: 12 });
    expect(points.map(({ tag }) => tag)).toEqual(
      expect.arrayContaining(['_hparams_/experiment', '_hparams_/session_end_info']),
    );
    expect(problems).toEqual([]);
  });

  test('can be scraped, with the totals and what scripts have told, and not twice the same', async () => {
    const { metrics, daemon: one } = await measured({ backends: ['prometheus'], prometheusPort: 0 });
    await one.advance(13);
    one.journal.spans.metric(() => ({ rows: 12 }), { item: 'task/A' });
    const scrape = async () => readExposition(await (await fetch(`http://127.0.0.1:${metrics.port}/metrics`)).text());
    const [first, second] = [await scrape(), await scrape()];
    expect([...first.keys()]).toEqual([...second.keys()]);
    expect(first.get('whenever_task_runs_total')?.samples.get('{outcome=success,task=A}')).toBe(1);
    expect(Object.fromEntries(first.get('whenever_metric')!.samples)).toEqual({ '{item=task/A,name=rows}': 12 });
    await metrics.close();
    const last = readExposition(readFileSync(join(folder, 'whenever.prom'), 'utf8'));
    expect(last.get('whenever_up')?.samples.get('{}')).toBe(0);
    expect(last.get('whenever_task_runs_total')?.samples.get('{outcome=success,task=A}')).toBe(1);
  });

  test('that begins paused says so', async () => {
    const { metrics } = await measured({ backends: ['prometheus'], prometheusPort: 0, paused: true });
    const text = await (await fetch(`http://127.0.0.1:${metrics.port}/metrics`)).text();
    expect(readExposition(text).get('whenever_paused')?.samples.get('{}')).toBe(1);
  });

  test('does not start when a package is missing', async () => {
    await expect(measured({ backends: ['wandb'] })).rejects.toThrow('npm install @wandb/sdk');
  });

  test.each(['/dev/null/x', '/proc/x/y'])('does not start when the directory %s cannot be made', async (outputDir) => {
    await expect(measured({ backends: ['async'], outputDir })).rejects.toThrow('/x');
  });

  test('goes on when its file cannot be written, and that is told once', async () => {
    mkdirSync(join(folder, 'day.jsonl'));
    const { metrics, daemon: one, problems } = await measured({ backends: ['async'], runName: 'day' });
    await one.advance(25);
    await metrics.close();
    expect(one.runs.length).toBe(2);
    expect(problems).toEqual([
      expect.stringMatching(/^AsyncStructuredHandler: .*EISDIR/),
      expect.stringMatching(/records? could not be written and (?:is|are) lost$/),
    ]);
  });
});

test('figures of the process that cannot be read are said once, and the last ones count on', async () => {
  const {
    metrics,
    daemon: one,
    problems,
  } = await measured({ backends: ['async'], runName: 'few', schedulerSeconds: 0 });
  await one.advance(5);
  const memory = vi.spyOn(process, 'memoryUsage').mockImplementation(() => {
    throw new Error('EMFILE: too many open files, uv_resident_set_memory');
  });
  await one.advance(20);
  memory.mockRestore();
  await metrics.close();
  const schedulers = lines('few.jsonl').filter((line) => 'scheduler/ticks' in line);
  expect(schedulers.length).toBeGreaterThan(3);
  expect(schedulers.at(-1)!['scheduler/rss_bytes']).toBeGreaterThan(0);
  expect(problems).toEqual([
    'memory and processor time of the process cannot be read: EMFILE: too many open files, uv_resident_set_memory',
  ]);
});

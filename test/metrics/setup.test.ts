import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type MetricSetup, type MetricSetupOptions, setupMetricLogger } from '../../src/adapters/metrics/setup.ts';
import { AsyncStructuredHandler } from '../../src/adapters/metrics/structured.ts';
import { BACKENDS, parseBackends } from '../../src/metrics/backends.ts';
import { LineHandler } from '../../src/metrics/handler.ts';
import { getLogger, metricLogger, PACKAGE_LOGGER } from '../../src/metrics/logger.ts';
import { readEventFile } from '../support/event-file.ts';
import { readExposition } from '../support/exposition.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-setup-'));
});
const setups: MetricSetup[] = [];
afterEach(async () => {
  await Promise.all(setups.splice(0).map((setup) => setup.close()));
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => {
  expect(metricLogger.handlers).toEqual([]);
  expect(metricLogger.filters).toEqual([]);
});

const set = async (options: MetricSetupOptions): Promise<MetricSetup> => {
  const setup = await setupMetricLogger({ outputDir: folder, environment: {}, ...options });
  setups.push(setup);
  return setup;
};
const files = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const lines = (name: string): Record<string, unknown>[] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('names of back ends', () => {
  test('are separated by commas or a list; blanks and repetitions do not count', () => {
    expect(parseBackends(' async, tensorboard,async ,')).toEqual(['async', 'tensorboard']);
    expect(parseBackends(['prometheus'])).toEqual(['prometheus']);
    expect(parseBackends('')).toEqual([]);
  });

  test('that are unknown are an error that lists those there are, and the nearest', async () => {
    const known = '(there are: async, tensorboard, wandb, mlflow, prometheus)';
    expect(() => parseBackends('async,csv')).toThrow(`unknown metrics back end "csv" ${known}`);
    await expect(set({ loggers: 'tensorbord' })).rejects.toThrow(
      `unknown metrics back end "tensorbord", did you mean "tensorboard"? ${known}`,
    );
    expect(metricLogger.handlers).toEqual([]);
  });

  test('each has a line of doc', () => {
    for (const { doc } of BACKENDS) expect(doc).toMatch(/\w{3}/);
  });
});

describe('setupMetricLogger', () => {
  test.each([[undefined], [null], [''], [[]]])('without loggers (%j) nothing is configured', async (loggers) => {
    const { handlers } = await set({ loggers });
    expect(handlers).toEqual([]);
    metricLogger.info({ a: 1 });
    expect(files()).toEqual([]);
  });

  test('one record goes to several back ends, unchanged', async () => {
    const message = { task: { T: { seconds: 1.5, outcome: 'success' } } };
    const seen: unknown[] = [];
    const watcher = new LineHandler(
      () => {},
      (record) => String(seen.push(record.message)),
    );
    const setup = await set({ loggers: 'async,tensorboard,prometheus', runName: 'nightly' });
    metricLogger.addHandler(watcher);
    metricLogger.info(message, { step: 0 });
    metricLogger.removeHandler(watcher);
    await setup.close();
    expect(message).toEqual({ task: { T: { seconds: 1.5, outcome: 'success' } } });
    expect(seen).toEqual([message]);
    expect(lines('nightly.jsonl')).toMatchObject([{ 'task/T/seconds': 1.5, step: 0 }]);
    const [events] = readdirSync(join(folder, 'nightly'));
    expect(readEventFile(readFileSync(join(folder, 'nightly', events!)))[1]).toMatchObject({
      step: 0,
      values: [
        { tag: 'task/T/seconds', scalar: 1.5 },
        { tag: 'task/T/outcome', text: 'success' },
      ],
    });
    const told = readExposition(readFileSync(join(folder, 'nightly.prom'), 'utf8')).get('whenever_metric');
    expect(told?.samples.get('{item=,name=task/T/seconds}')).toBe(1.5);
  });

  test('without a run name each back end has its own', async () => {
    await set({ loggers: 'async,tensorboard,prometheus', environment: { RANK: '0' } });
    metricLogger.info({ a: 1 });
    await setups[0]!.close();
    const [run, ...rest] = files().filter((name) => !name.includes('tfevents'));
    expect(run).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}_rank0$/);
    expect(rest).toEqual(['training_params_and_metrics_global0.jsonl', 'whenever.prom']);
  });

  test('the file for Prometheus belongs to the first of several processes, unless its name tells the rank', async () => {
    const first = await set({ loggers: 'prometheus', environment: { RANK: '0' } });
    await first.close();
    const before = readFileSync(join(folder, 'whenever.prom'), 'utf8');
    const collect = () => [{ name: 'other', type: 'gauge' as const, help: 'of rank 1', samples: [] }];
    const second = await set({ loggers: 'prometheus', environment: { RANK: '1' }, prometheus: { collect } });
    await second.close();
    expect(readFileSync(join(folder, 'whenever.prom'), 'utf8')).toBe(before);
    const named = { loggers: 'prometheus', runName: 'of-{rank}', environment: { RANK: '1' } };
    await (await set({ ...named, prometheus: { collect } })).close();
    expect(readFileSync(join(folder, 'of-1.prom'), 'utf8')).toContain('of rank 1');
  });

  test('a handler made by hand that cannot write says so without an onError: to the package logger, else as a warning of the process', async () => {
    const path = join(folder, 'a-file', 'x.jsonl');
    writeFileSync(join(folder, 'a-file'), '');
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const lose = async () => {
      const handler = new AsyncStructuredHandler({ path });
      metricLogger.addHandler(handler);
      metricLogger.setLevel('info');
      metricLogger.info({ a: 1 });
      await handler.close();
      metricLogger.removeHandler(handler);
    };
    await lose();
    expect(warn.mock.calls.map(([text]) => String(text)).join('\n')).toContain(path);
    warn.mockClear();
    const said: string[] = [];
    const hears = new LineHandler(
      (line) => said.push(line),
      ({ message }) => String(message),
      { level: 'warning' },
    );
    const own = getLogger(PACKAGE_LOGGER);
    own.addHandler(hears);
    await lose();
    own.removeHandler(hears);
    warn.mockRestore();
    expect(said.join('\n')).toContain(path);
  });

  test('a run name has placeholders, and is safe as the name of a file', async () => {
    await set({
      loggers: 'async',
      runName: '../{host}:{rank}-{local_rank} {what}',
      environment: { RANK: '0', LOCAL_RANK: '3' },
    });
    metricLogger.info({ a: 1 });
    await setups[0]!.close();
    expect(files()).toEqual([`.._${hostname()}-0-3 {what}.jsonl`]);
  });

  test('the directory is made', async () => {
    await set({ loggers: 'async', runName: 'x', outputDir: join(folder, 'new/deep') });
    metricLogger.info({ a: 1 });
    await setups[0]!.close();
    expect(existsSync(join(folder, 'new/deep/x.jsonl'))).toBe(true);
  });

  test('a message that is no mapping makes no file', async () => {
    await set({ loggers: 'async,tensorboard' });
    metricLogger.info('text');
    await setups[0]!.close();
    expect(files()).toEqual([]);
  });

  test.each([
    ['every process writes lines to a file of its own', {}, ['training_params_and_metrics_global1.jsonl']],
    ['so it does when the run name tells the rank', { runName: 'r{rank}' }, ['r1.jsonl']],
    ['under one name only the first one writes', { runName: 'r' }, []],
  ])('of several processes: %s', async (_, options, expected) => {
    await set({ loggers: 'async,tensorboard', environment: { RANK: '1' }, ...options });
    metricLogger.info({ a: 1 });
    await setups[0]!.close();
    expect(files()).toEqual(expected);
  });

  test('called again, the back ends of the first call are closed', async () => {
    const first = await set({ loggers: 'async', runName: 'one' });
    metricLogger.info({ n: 1 });
    await set({ loggers: 'async', runName: 'two' });
    expect(lines('one.jsonl')).toMatchObject([{ n: 1 }]);
    metricLogger.info({ n: 2 });
    await first.close();
    metricLogger.info({ n: 3 });
    await setups[1]!.close();
    expect(lines('one.jsonl')).toHaveLength(1);
    expect(lines('two.jsonl')).toMatchObject([{ n: 2 }, { n: 3 }]);
    metricLogger.info({ n: 4 });
    expect(lines('two.jsonl')).toHaveLength(2);
  });

  test('a back end that cannot be had leaves nothing behind', async () => {
    await expect(set({ loggers: 'prometheus,wandb' })).rejects.toThrow('npm install @wandb/sdk');
    expect(metricLogger.handlers).toEqual([]);
    const { port } = await set({ loggers: 'prometheus', prometheus: { port: 0 } });
    await expect(set({ loggers: 'prometheus', prometheus: { port: port! } })).resolves.toMatchObject({ port });
  });

  test('what goes wrong later is a warning of the package, silent unless somebody listens', async () => {
    const said: unknown[] = [];
    const listener = new LineHandler(
      () => {},
      ({ message, name }) => String(said.push(`${name}: ${message}`)),
    );
    getLogger('whenever').addHandler(listener);
    await set({ loggers: 'tensorboard' });
    metricLogger.info({ list: [1] });
    getLogger('whenever').removeHandler(listener);
    expect(said).toContain('whenever: TensorBoardHandler: list is left out: expected a number or a text, got a list');
  });

  test('the level counts', async () => {
    await set({ loggers: 'async', runName: 'x', level: 'warning' });
    metricLogger.info({ n: 1 });
    metricLogger.warning({ n: 2 });
    await setups[0]!.close();
    expect(lines('x.jsonl')).toMatchObject([{ n: 2 }]);
  });
});

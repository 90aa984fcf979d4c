import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MlflowHandler, type MlflowOptions } from '../../src/adapters/metrics/mlflow.ts';
import { setupMetricLogger } from '../../src/adapters/metrics/setup.ts';
import { metricLogger } from '../../src/metrics/logger.ts';
import type { MetricRecord } from '../../src/metrics/record.ts';
import { deferred } from '../support/deferred.ts';
import { MlflowServer } from '../support/mlflow-server.ts';

let server: MlflowServer;
beforeEach(async () => {
  server = await MlflowServer.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

const record = (message: unknown, more: Partial<MetricRecord> = {}): MetricRecord => ({
  ...{ name: 'whenever.metrics', level: 20, time: 1_000, message },
  ...more,
});

type Environment = Readonly<Record<string, string>>;
const handlerAt = (environment: Environment = {}, options: Partial<MlflowOptions> = {}) => {
  const problems: string[] = [];
  const handler = new MlflowHandler({
    ...{ runName: 'night', environment: { MLFLOW_TRACKING_URI: server.uri, ...environment } },
    ...{ onError: (problem) => problems.push(problem), retryMs: 1 },
    ...options,
  });
  return { handler, problems };
};
const asked = (): string[] => server.requests.map(({ what }) => what);

describe('MLflow', () => {
  test('A configuration is the params of the run, numbers are metrics with step and time, and the run ends.', async () => {
    const { handler, problems } = handlerAt({ MLFLOW_EXPERIMENT_NAME: 'home' });
    handler.handle(record({ lr: 0.1, opt: 'adam', list: [1, 2] }, { hparams: true }));
    handler.handle(record({ loss: 0.5, eval: { ok: true, big: 'inf' }, outcome: 'success' }, { step: 3 }));
    handler.handle(record({ loss: Number.NaN }, { step: 0, time: 2_000 }));
    await handler.close();
    expect(server.experiments.get('home')).toBe('1');
    expect(server.run).toMatchObject({ experiment: '1', name: 'night', status: 'FINISHED' });
    expect(server.run.tags).toEqual({ 'mlflow.runName': 'night', 'mlflow.source.name': 'whenever' });
    expect(server.run.params).toEqual({ lr: '0.1', opt: 'adam', list: '[1,2]' });
    expect(server.run.metrics).toEqual([
      { key: 'loss', value: 0.5, step: 3, timestamp: 1_000 },
      { key: 'eval/ok', value: 1, step: 3, timestamp: 1_000 },
      { key: 'eval/big', value: 'Infinity', step: 3, timestamp: 1_000 },
      { key: 'loss', value: 'NaN', step: 0, timestamp: 2_000 },
    ]);
    expect(problems).toEqual([]);
  });

  test('Nothing is asked of a server before there is a record.', async () => {
    const { handler, problems } = handlerAt();
    await handler.close();
    // After its end it takes nothing, and ends once.
    handler.handle(record({ loss: 1 }));
    await handler.close();
    expect(server.requests).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('Records without a step go on where their name is.', async () => {
    const { handler } = handlerAt();
    for (const value of [5, 6]) handler.handle(record({ a: value }));
    handler.handle(record({ a: 7 }, { step: 9 }));
    handler.handle(record({ a: 8 }));
    await handler.close();
    expect(server.run.metrics.map(({ step }) => step)).toEqual([0, 1, 9, 10]);
  });

  test('A param with another value later is a tag; one with the same value is not sent again.', async () => {
    const { handler, problems } = handlerAt();
    handler.handle(record({ a: 1, b: 1 }, { hparams: true }));
    handler.handle(record({ a: 1, b: 2, c: 3 }, { hparams: true }));
    await handler.close();
    expect(server.run.params).toEqual({ a: '1', b: '1', c: '3' });
    expect(server.run.tags).toMatchObject({ b: '2' });
    expect(problems).toEqual([]);
  });

  test.each([
    ['task/Back up (1)/sec:onds', 'task/Back up _1_/sec_onds'],
    ['/a//../b', '_/a/_/_/b'],
    ['Größe', 'Größe'],
    ['x'.repeat(300), 'x'.repeat(250)],
  ])('The name %s is one that the server takes', async (name, taken) => {
    const { handler, problems } = handlerAt();
    handler.handle(record({ [name]: 1 }));
    await handler.close();
    expect(server.run.metrics.map(({ key }) => key)).toEqual([taken]);
    expect(problems).toEqual([]);
  });

  test('Many and long values go in several requests, none larger than the server takes.', async () => {
    const { handler, problems } = handlerAt();
    const params = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, `${i}${'€'.repeat(9_000)}`]));
    handler.handle(record(params, { hparams: true }));
    for (let i = 0; i < 2_500; i += 1) handler.handle(record({ m: i }, { step: i }));
    await handler.flush();
    expect(Object.values(server.run.params).map((value) => String(value).length)).toEqual(Array(250).fill(6_000));
    expect(server.run.metrics.map(({ value }) => value)).toEqual(Array.from({ length: 2_500 }, (_, i) => i));
    await handler.close();
    expect(problems).toEqual([]);
  });

  test.each([
    [0, 'FINISHED'],
    [1, 'KILLED'],
    [70, 'FAILED'],
  ])('With exit status %i the run is %s', async (exitStatus, status) => {
    const { handler } = handlerAt();
    handler.handle(record({ a: 1 }));
    await handler.close(exitStatus);
    expect(server.run.status).toBe(status);
  });

  test('The run of MLFLOW_RUN_ID is taken, and not ended.', async () => {
    server.runs.set('mine', { experiment: '0', name: 'x', status: 'RUNNING', params: {}, tags: {}, metrics: [] });
    const { handler } = handlerAt({ MLFLOW_RUN_ID: 'mine' });
    handler.handle(record({ a: 1 }));
    await handler.close();
    expect(server.run).toMatchObject({ status: 'RUNNING', metrics: [{ key: 'a' }] });
  });

  test.each<[string, Environment, string | undefined]>([
    ['nothing', {}, undefined],
    ['a token', { MLFLOW_TRACKING_TOKEN: 't' }, 'Bearer t'],
    [
      'a user before a token',
      { MLFLOW_TRACKING_TOKEN: 't', MLFLOW_TRACKING_USERNAME: 'me', MLFLOW_TRACKING_PASSWORD: 'p:w' },
      `Basic ${btoa('me:p:w')}`,
    ],
    ['a user in the address', { MLFLOW_TRACKING_URI: 'me:p%3Aw' }, `Basic ${btoa('me:p:w')}`],
    ['a user that is not encoded', { MLFLOW_TRACKING_URI: 'me:100%' }, `Basic ${btoa('me:100%')}`],
    ['a token of a file', { MLFLOW_TRACKING_TOKEN: 't\r\n', MLFLOW_HTTP_REQUEST_TIMEOUT: '1e12' }, 'Bearer t'],
  ])('Each request has %s of the environment', async (_, environment, authorization) => {
    const { MLFLOW_TRACKING_URI: user, ...others } = environment;
    const uri = user === undefined ? server.uri : server.uri.replace('//', `//${user}@`);
    const { handler } = handlerAt({ ...others, MLFLOW_TRACKING_URI: uri });
    handler.handle(record({ a: 1 }));
    await handler.close();
    expect(asked()).toEqual(['POST runs/create', 'POST runs/log-batch', 'POST runs/update']);
    expect(new Set(server.requests.map((request) => request.authorization))).toEqual(new Set([authorization]));
  });
});

describe('A server that does not answer as it should', () => {
  test.each<[string, Parameters<typeof server.faults.push>[0], string]>([
    ['503', { status: 503 }, 'the server answered 503'],
    ['429', { status: 429, headers: { 'Retry-After': 'Thu, 01 Jan 1970 00:00:00 GMT' } }, 'the server answered 429'],
    [
      '401',
      { status: 401 },
      '401: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
    ],
    ['a page', { status: 200, body: '<html>' }, 'the answer is not JSON: is it an MLflow server?'],
    ['something else', { status: 200, body: '{"run":{}}' }, 'the answer of the server has no run.info.run_id'],
    ['a redirect', { status: 302, headers: { Location: 'http://127.0.0.1:9/' } }, 'unexpected redirect'],
  ])('%s: the record waits, and is sent later', async (_, fault, problem) => {
    const { handler, problems } = handlerAt();
    server.faults.push(fault);
    handler.handle(record({ a: 1 }));
    await handler.flush();
    expect(server.runs.size).toBe(0);
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).toMatch(/^MlflowHandler: .*; records wait, and it is tried again$/);
    await handler.close();
    expect(server.run.metrics).toHaveLength(1);
    expect(problems).toHaveLength(1);
  });

  test('It is tried again by itself, after as long as the server asks for.', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const failed = deferred<string>();
    const { handler } = handlerAt({}, { onError: failed.resolve });
    server.faults.push({ status: 429, headers: { 'Retry-After': '30' } });
    handler.handle(record({ a: 1 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await failed.promise).toContain('429');
    await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(asked()).toEqual(['POST runs/create']);
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(server.run.metrics).toHaveLength(1));
    await handler.close();
  });

  test('What it refuses for good is lost, counted and reported once; the rest is sent.', async () => {
    const { handler, problems } = handlerAt();
    handler.handle(record({ a: 1 }));
    await handler.flush();
    const bad = JSON.stringify({ error_code: 'INVALID_PARAMETER_VALUE', message: 'no such thing\nmore' });
    for (let i = 0; i < 2; i += 1) {
      server.faults.push({ status: 400, body: bad });
      handler.handle(record({ b: 1, c: 2 }));
      await handler.flush();
    }
    handler.handle(record({ d: 1 }));
    await handler.close();
    expect(server.run.metrics.map(({ key }) => key)).toEqual(['a', 'd']);
    expect(problems).toEqual([
      `MlflowHandler: 2 values lost: ${server.uri}, runs/log-batch: the server answered 400: no such thing`,
      'MlflowHandler: 4 values were not sent',
    ]);
  });

  test('What does not fit in the queue is dropped and counted; the first values stay.', async () => {
    const { handler, problems } = handlerAt({}, { mostWaiting: 3 });
    handler.handle(record({ lr: 1 }, { hparams: true }));
    for (let i = 0; i < 5; i += 1) handler.handle(record({ m: i }));
    await handler.close();
    expect(server.run.params).toEqual({ lr: '1' });
    expect(server.run.metrics.map(({ value }) => value)).toEqual([0, 1]);
    expect(problems).toEqual([
      `MlflowHandler: values are dropped: 3 wait for ${server.uri}`,
      'MlflowHandler: 3 values were not sent',
    ]);
  });

  test('A server that is not there holds up nothing: the end reports what was not sent, without the password.', async () => {
    const uri = server.uri.replace('//', '//me:secretword@');
    await server.close();
    const { handler, problems } = handlerAt({ MLFLOW_TRACKING_URI: uri });
    handler.handle(record({ a: 1, b: 2 }));
    await handler.flush();
    await handler.close();
    expect(problems).toEqual([
      expect.stringMatching(
        /runs\/create: connect ECONNREFUSED 127\.0\.0\.1:\d+; records wait, and it is tried again$/,
      ),
      'MlflowHandler: 2 values were not sent',
    ]);
    expect(problems.join('\n')).not.toContain('secretword');
  });

  test('A server that never answers does not hold up the end for longer than it may.', async () => {
    const { handler, problems } = handlerAt({}, { closeMs: 50 });
    server.faults.push('hang');
    handler.handle(record({ a: 1 }));
    await handler.close();
    expect(asked()).toEqual(['POST runs/create']);
    expect(problems).toEqual(['MlflowHandler: 1 value was not sent']);
  });
});

describe('The back end mlflow', () => {
  const NEEDED = 'the metrics back end "mlflow" needs the address of a tracking server in MLFLOW_TRACKING_URI';
  test.each<[string, Environment, string]>([
    ['without an address', {}, `${NEEDED}, such as http://127.0.0.1:5000`],
    [
      'with a database',
      { MLFLOW_TRACKING_URI: 'sqlite:///x.db' },
      `${NEEDED}: expected http:// or https://, it begins with "sqlite:"; start a server for it with: mlflow server`,
    ],
    ['with a path', { MLFLOW_TRACKING_URI: './mlruns' }, `${NEEDED}: expected http:// or https://, it is a path`],
    ['with half an address', { MLFLOW_TRACKING_URI: 'http://' }, `${NEEDED}: expected a URL`],
    [
      'with a token of two lines',
      { MLFLOW_TRACKING_URI: 'http://a', MLFLOW_TRACKING_TOKEN: 's\nt' },
      'MLFLOW_TRACKING_TOKEN: expected what a header can have, found a line end or another such character',
    ],
  ])('%s is an error at the start', async (_, environment, message) => {
    await expect(setupMetricLogger({ loggers: 'mlflow', environment })).rejects.toThrow(message);
  });

  test('takes the run name, and the address and experiment of its options before those of the environment.', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'whenever-mlflow-'));
    const setup = await setupMetricLogger({
      ...{ loggers: 'mlflow', runName: 'run of {rank}', outputDir: folder },
      environment: { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9', MLFLOW_EXPERIMENT_NAME: 'other' },
      mlflow: { trackingUri: server.uri, experimentName: 'mine' },
    });
    metricLogger.info({ a: 1 });
    await setup.close(70);
    rmSync(folder, { recursive: true });
    expect([...server.experiments.keys()]).toEqual(['Default', 'mine']);
    expect(server.run).toMatchObject({ name: 'run of 0', status: 'FAILED', metrics: [{ key: 'a' }] });
  });
});

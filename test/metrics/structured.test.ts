import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { AsyncStructuredHandler, type AsyncStructuredOptions } from '../../src/adapters/metrics/structured.ts';
import { flatten } from '../../src/metrics/flatten.ts';
import type { MetricRecord } from '../../src/metrics/record.ts';
import { localTime } from '../../src/metrics/record-snapshot.ts';
import { settings } from '../support/property.ts';

const folder = mkdtempSync(join(tmpdir(), 'whenever-jsonl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(folder, String(++made), 'metrics.jsonl');

const record = (message: unknown, more: Partial<MetricRecord> = {}): MetricRecord => ({
  ...{ name: 'whenever.metrics', level: 20, time: Date.UTC(2026, 2, 31, 9, 38, 45, 986), message },
  ...more,
});
const parsed = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Writes records with a handler of its own; answers the lines of a new file, and what was complained of. */
const written = async (records: readonly MetricRecord[], options: Partial<AsyncStructuredOptions> = {}) => {
  const path = options.path ?? fresh();
  const problems: string[] = [];
  const handler = new AsyncStructuredHandler({ path, onError: (problem) => problems.push(problem), ...options });
  for (const one of records) handler.handle(one);
  await handler.close();
  return { path, problems, lines: options.path === undefined && existsSync(path) ? parsed(path) : [], handler };
};

describe('a line of JSON for each metric record', () => {
  test('the data flattened, then the local time', async () => {
    const { lines } = await written([record({ task: { Backup: { seconds: 1.5, outcome: 'success' } } })]);
    const timestamp = localTime(record({}).time);
    expect(lines).toEqual([{ 'task/Backup/seconds': 1.5, 'task/Backup/outcome': 'success', timestamp }]);
    expect(new Date(timestamp).getTime()).toBe(record({}).time);
    expect(Object.keys(lines[0]!).at(-1)).toBe('timestamp');
  });

  test('step 0 is written', async () => {
    const { lines } = await written([record({ a: 1 }, { step: 0 }), record({ a: 1 })]);
    expect(lines.map(({ step }) => step)).toEqual([0, undefined]);
  });

  test('a step in the data wins', async () => {
    const { lines } = await written([record({ step: 7 }, { step: 1 }), record({ step: null }, { step: 1 })]);
    expect(lines.map(({ step }) => step)).toEqual([7, null]);
  });

  test('a configuration can be told from a measurement', async () => {
    const { lines } = await written([record({ settings: { tick: 5 } }, { hparams: true }), record({ a: 1 })]);
    expect(lines.map(({ hparams }) => hparams)).toEqual([true, undefined]);
  });

  test('what the record belongs to is added, unless the data has it', async () => {
    const belongs = { item: 'task/T', run: 'run-1', cause: 'tick-1' };
    const { lines } = await written([record({ a: 1 }, belongs), record({ item: 'mine' }, belongs)]);
    expect(lines[0]).toMatchObject({ a: 1, item: 'task/T', run: 'run-1', cause: 'tick-1' });
    expect(lines[1]).toMatchObject({ item: 'mine', run: 'run-1' });
  });

  test('a timestamp in the data is replaced', async () => {
    const { lines } = await written([record({ timestamp: 'yesterday', a: 1 })]);
    expect(lines[0]!.timestamp).toBe(localTime(record({}).time));
  });

  test('what is no number is null, other leaves stay as they are', async () => {
    const leaves = {
      nan: Number.NaN,
      inf: Number.NEGATIVE_INFINITY,
      no: null,
      list: [1, [Number.NaN]],
      yes: true,
      text: '1',
      zero: -0,
    };
    const { lines, problems } = await written([record(leaves)]);
    expect(lines[0]).toMatchObject({
      nan: null,
      inf: null,
      no: null,
      list: [1, [null]],
      yes: true,
      text: '1',
      zero: 0,
    });
    expect(problems).toEqual([]);
  });

  test('a value that JSON cannot hold is null and complained of once, and its line is not lost', async () => {
    const round: unknown[] = [];
    round.push(round);
    const odd = {
      toJSON: () => {
        throw new Error('no');
      },
    };
    const { lines, problems, path } = await written([
      record({ f: () => 1, s: Symbol('s'), big: 12n, huge: 2n ** 64n + 1n, nothing: undefined, odd: [odd], ok: 1 }),
      record({ f: () => 1, round }),
    ]);
    expect(lines[0]).toMatchObject({
      f: null,
      s: null,
      big: 12,
      huge: '18446744073709551617',
      nothing: null,
      odd: null,
      ok: 1,
    });
    expect(problems).toEqual([
      `AsyncStructuredHandler: f is null in ${path}, JSON cannot hold it: a function`,
      `AsyncStructuredHandler: s is null in ${path}, JSON cannot hold it: a symbol`,
      `AsyncStructuredHandler: odd is null in ${path}, JSON cannot hold it: no`,
      expect.stringContaining(`round is null in ${path}, JSON cannot hold it: Converting circular structure`),
    ]);
    expect(lines[1]).toMatchObject({ f: null, round: null });
  });

  test('a message that is no mapping makes no file, and is complained of', async () => {
    const { path, problems } = await written([record('text'), record([1]), record(null)]);
    expect(existsSync(path)).toBe(false);
    expect(problems).toEqual([
      'AsyncStructuredHandler: record left out: expected a mapping, got a value of type string',
      'AsyncStructuredHandler: record left out: expected a mapping, got a list',
      'AsyncStructuredHandler: record left out: expected a mapping, got null',
    ]);
  });

  test('a mapping that contains itself is complained of, and nothing is thrown', async () => {
    const round: Record<string, unknown> = {};
    round.me = round;
    expect((await written([record(round)])).problems).toHaveLength(1);
  });

  test('less severe records are left out', async () => {
    const { lines } = await written([record({ a: 1 }, { level: 10 }), record({ a: 2 })]);
    expect(lines.map(({ a }) => a)).toEqual([2]);
  });

  test('a record is told as it was, whatever happens to it before it is written', async () => {
    const list = [1];
    const message = { a: { b: 1 }, list };
    const handler = new AsyncStructuredHandler({ path: fresh() });
    handler.handle(record(message));
    message.a.b = 2;
    list.push(2);
    await handler.close();
    expect(parsed(handler.path)[0]).toMatchObject({ 'a/b': 1, list: [1] });
  });

  test('whatever JSON can hold comes back from its line', async () => {
    const key = fc
      .string({ minLength: 1, maxLength: 5, unit: 'grapheme' })
      .filter((k) => k !== 'timestamp' && k !== 'step');
    const records = fc.array(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(records, async (messages) => {
        const { lines } = await written(messages.map((message, step) => record(message, { step })));
        const timestamp = localTime(record({}).time);
        expect(lines).toEqual(
          messages.map((message, step) => JSON.parse(JSON.stringify({ ...flatten(message), step, timestamp }))),
        );
      }),
      settings(50),
    );
  });
});

describe('the file', () => {
  test('is appended to, and a torn last line is ended first', async () => {
    const path = fresh();
    mkdirSync(join(path, '..'));
    writeFileSync(path, '{"old":1}\n{"torn":');
    await written([record({ a: 1 })], { path });
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^\{"old":1\}\n\{"torn":\n\{"a":1,"timestamp":"[^"]+"\}\n$/);
  });

  test('holds everything in order when flush resolves, and goes on afterwards', async () => {
    const handler = new AsyncStructuredHandler({ path: fresh() });
    for (let i = 0; i < 5000; i++) handler.handle(record({ i }));
    await handler.flush();
    expect(parsed(handler.path).map(({ i }) => i)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    handler.handle(record({ i: 'later' }));
    await handler.close();
    expect(parsed(handler.path)).toHaveLength(5001);
  });

  test('close flushes, may be called twice, and what comes later is dropped', async () => {
    const { handler, path } = await written([record({ a: 1 })]);
    handler.handle(record({ a: 2 }));
    await handler.close();
    await handler.flush();
    expect(parsed(path)).toHaveLength(1);
  });

  test('that cannot be written is complained of once, with how much was lost', async () => {
    const path = fresh();
    writeFileSync(join(path, '..'), '');
    const { problems } = await written([record({ a: 1 }), record({ a: 2 })], { path });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^AsyncStructuredHandler: .*metrics\.jsonl: (EEXIST|ENOTDIR)/);
    expect(problems[1]).toBe(`AsyncStructuredHandler: ${path}: 2 records could not be written and are lost`);
  });

  test('on a full disk nothing is thrown, and it is told', async () => {
    const { problems } = await written([record({ a: 1 })], { path: '/dev/full' });
    expect(problems).toEqual([
      expect.stringContaining('ENOSPC'),
      'AsyncStructuredHandler: /dev/full: 1 record could not be written and is lost',
    ]);
  });

  test('goes on when writing works again', async () => {
    const path = fresh();
    const parent = join(path, '..');
    writeFileSync(parent, '');
    const problems: string[] = [];
    const handler = new AsyncStructuredHandler({ path, onError: (problem) => problems.push(problem) });
    handler.handle(record({ a: 1 }));
    await handler.flush();
    rmSync(parent);
    handler.handle(record({ a: 2 }));
    await handler.close();
    expect(parsed(path).map(({ a }) => a)).toEqual([1, 2]);
    expect(problems).toEqual([expect.stringMatching(/EEXIST|ENOTDIR/)]);
  });

  test('is renamed when it is large enough, and the oldest goes', async () => {
    const path = fresh();
    const handler = new AsyncStructuredHandler({ path, rotateBytes: 300, keep: 3 });
    for (let i = 0; i < 40; i++) {
      handler.handle(record({ i }));
      await handler.flush();
    }
    await handler.close();
    const names = readdirSync(join(path, '..')).sort();
    expect(names).toEqual(['metrics.jsonl', 'metrics.jsonl.1', 'metrics.jsonl.2']);
    const numbers = ['.2', '.1', ''].flatMap((ending) => parsed(path + ending).map(({ i }) => i as number));
    expect(numbers.at(-1)).toBe(39);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 40 - numbers.length + i));
    for (const name of names) expect(statSync(join(path, '..', name)).size).toBeLessThan(400);
  });
});

describe('the end of the process', () => {
  test.each([
    ['at once', ''],
    ['while the system writes', 'await new Promise((resolve) => setImmediate(resolve));'],
    ['in the middle of it', 'await new Promise((resolve) => setTimeout(resolve, 3));'],
  ])('writes what is left, each record once: %s', async (_, wait) => {
    const path = fresh();
    const outfile = join(folder, `${++made}.cjs`);
    const contents = `
      import { AsyncStructuredHandler } from './src/adapters/metrics/structured.ts';
      const main = async () => {
        const handler = new AsyncStructuredHandler({ path: ${JSON.stringify(path)} });
        for (let i = 0; i < 20000; i++) handler.handle({ name: '', level: 20, time: 0, message: { i, text: 'x'.repeat(100) } });
        ${wait}
        process.exit(0);
      };
      void main();`;
    const resolveDir = join(import.meta.dirname, '../..');
    await build({
      stdin: { contents, resolveDir, loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    execFileSync(process.execPath, [outfile]);
    expect(parsed(path).map(({ i }) => i)).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
  });

  test('a file that was killed in the middle is read to its last whole line, and appended to', async () => {
    const { path } = await written([record({ a: 1 })]);
    appendFileSync(path, '{"a":2,"ti');
    await written([record({ a: 3 })], { path });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect([lines[0], lines[2]].map((line) => JSON.parse(line!).a)).toEqual([1, 3]);
  });
});

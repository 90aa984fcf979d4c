import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MissingPackage, WandbHandler, type WandbOptions } from '../../src/adapters/metrics/wandb.ts';
import type { MetricRecord } from '../../src/metrics/record.ts';

const folder = mkdtempSync(join(tmpdir(), 'whenever-wandb-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

const record = (message: unknown, more: Partial<MetricRecord> = {}): MetricRecord => ({
  ...{ name: 'whenever.metrics', level: 20, time: 0, message },
  ...more,
});

/** What the package does besides noting its calls, as the body of its `init` and its `finish`. */
interface Manners {
  readonly init?: string;
  readonly log?: string;
  readonly finish?: string;
}

/** A place where a package of that name is installed that notes its calls, and answers signals and prints as the real one does. */
const install = ({ init = '', log = '', finish = '' }: Manners = {}) => {
  const place = join(folder, String(++made));
  const home = join(place, 'node_modules/@wandb/sdk');
  mkdirSync(home, { recursive: true });
  const notes = join(place, 'notes');
  writeFileSync(
    join(home, 'package.json'),
    '{"name": "@wandb/sdk", "type": "module", "exports": {".": {"require": "./index.cjs"}}}',
  );
  writeFileSync(
    join(home, 'index.cjs'),
    `const { appendFileSync } = require('node:fs');
     const note = (...call) => appendFileSync(${JSON.stringify(notes)}, JSON.stringify(call) + '\\n');
     const run = {
       log(data, step) { note('log', data, step); ${log} data._step = step; },
       async finish(code) { ${finish}; note('finish', code); console.log('View run at'); },
     };
     const wandb = {
       async init(options) {
         note('init', options);
         process.once('SIGINT', () => process.exit());
         ${init}
         options.id = 'changed';
         return run;
       },
     };
     exports.default = wandb; exports.wandb = wandb;`,
  );
  return {
    from: join(place, 'program.cjs'),
    calls: () =>
      existsSync(notes)
        ? readFileSync(notes, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
  };
};

const handlerAt = (from: string, options: Partial<WandbOptions> = {}) => {
  const problems: string[] = [];
  const onError = (problem: string): void => void problems.push(problem);
  return { problems, handler: new WandbHandler({ runName: 'my run', directory: 'logs', onError, from, ...options }) };
};
const NAMED = { name: 'my run', dir: 'logs', settings: { silent: true } };

describe('Weights & Biases', () => {
  test('a missing package is an error when the handler is made, with the command that installs it', () => {
    expect(() => handlerAt(join(folder, 'nothing', 'program.cjs'))).toThrow(MissingPackage);
    expect(() => handlerAt(join(folder, 'nothing', 'program.cjs'))).toThrow(
      'the metrics back end "wandb" needs the package @wandb/sdk, which is not installed; install it beside whenever with: npm install @wandb/sdk',
    );
  });

  test.each(['offline', 'dryrun', 'disabled'])(
    'WANDB_MODE=%s is an error: nothing is sent that should stay here',
    async (mode) => {
      const environment = { WANDB_MODE: mode };
      expect(() => handlerAt(install().from, { environment })).toThrow(
        `the metrics back end "wandb" does not support WANDB_MODE=${mode}: @wandb/sdk sends records at once; unset it, or write files with --metrics tensorboard or --metrics async`,
      );
      await handlerAt(install().from, { environment: { WANDB_MODE: 'online' } }).handler.close();
    },
  );

  test('records are logged flattened, with their step; 0 counts', async () => {
    const { from, calls } = install();
    const { handler, problems } = handlerAt(from, { project: 'nightly', entity: 'team' });
    handler.handle(record({ task: { T: { seconds: 1.5, outcome: 'success' } } }, { step: 0 }));
    handler.handle(record({ a: [1], b: null }));
    await handler.flush();
    expect(calls()).toEqual([
      ['init', { ...NAMED, project: 'nightly', entity: 'team', config: {} }],
      ['log', { 'task/T/seconds': 1.5, 'task/T/outcome': 'success' }, 0],
      ['log', { a: [1], b: null }, null],
    ]);
    await handler.close();
    expect(calls().at(-1)).toEqual(['finish', 0]);
    expect(problems).toEqual([]);
  });

  test('the first configuration is that of the run, later ones are logged', async () => {
    const { from, calls } = install();
    const { handler } = handlerAt(from);
    handler.handle(record({ settings: { tick: 5 } }, { hparams: true }));
    handler.handle(record({ settings: { tick: 6 } }, { hparams: true }));
    await handler.close();
    expect(calls()).toEqual([
      ['init', { ...NAMED, config: { 'settings/tick': 5 } }],
      ['log', { 'config/settings/tick': 6 }, null],
      ['finish', 0],
    ]);
  });

  test('nothing is started when nothing was told', async () => {
    const { from, calls } = install();
    await handlerAt(from).handler.close();
    expect(calls()).toEqual([]);
  });

  test.each([
    ['init fails', { init: "throw new Error('no key');" }, 'no key'],
    ['a log fails', { log: "throw new Error('refused');" }, 'refused'],
    [
      'it throws out of a callback',
      // The end comes after it: timers go off in order.
      {
        log: "setTimeout(() => { throw new Error('later'); }, 1);",
        finish: 'await new Promise((resolve) => setTimeout(resolve, 5))',
      },
      'later',
    ],
    ['it gives up on a promise', { log: "void Promise.reject(new Error('unheard'));" }, 'unheard'],
    ['it ends its process', { log: 'process.exit(3);' }, undefined],
  ] as const)('%s: it is told, and nothing is thrown', async (_, manners, problem) => {
    const { from } = install(manners);
    const { handler, problems } = handlerAt(from);
    handler.handle(record({ a: 1 }));
    await handler.flush();
    handler.handle(record({ a: 2 }));
    await handler.close();
    if (problem !== undefined) expect(problems).toEqual([`WandbHandler: ${problem}`]);
  });

  test('its own ways with signals and standard output do not reach the program', async () => {
    const { from } = install();
    const before = process.listenerCount('SIGINT');
    const said: unknown[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((text: unknown) => said.push(text) > 0) as typeof write;
    const { handler } = handlerAt(from);
    handler.handle(record({ a: 1 }));
    await handler.close();
    process.stdout.write = write;
    expect(process.listenerCount('SIGINT')).toBe(before);
    expect(said.join('')).not.toContain('View run');
  });

  test('close does not wait for ever', async () => {
    const { from } = install({ finish: 'await new Promise(() => {})' });
    const { handler, problems } = handlerAt(from, { closeMs: 20 });
    handler.handle(record({ a: 1 }));
    await handler.close();
    expect(problems).toEqual(['WandbHandler: no answer within 0.02 s, what was not sent by then is lost']);
  });

  test('a message that is no mapping is left out', async () => {
    const { from, calls } = install();
    const { handler, problems } = handlerAt(from);
    handler.handle(record('text'));
    handler.handle(record({ f: () => 1 }));
    await handler.close();
    expect(calls().filter(([what]) => what === 'log')).toEqual([]);
    expect(problems).toEqual([
      'WandbHandler: record left out: expected a mapping, got a value of type string',
      expect.stringContaining('could not be cloned'),
    ]);
  });

  test('a run that could not be begun is begun with the next record, with its configuration', async () => {
    const { from, calls } = install({
      init: 'if (globalThis.tried !== true) { globalThis.tried = true; throw new Error("short"); }',
    });
    const { handler, problems } = handlerAt(from);
    handler.emit(record({ rate: 1 }, { hparams: true }));
    handler.emit(record({ loss: 2 }, { step: 3 }));
    await handler.close();
    expect(problems).toEqual([expect.stringContaining('short')]);
    expect(calls()).toEqual([
      ['init', { ...NAMED, config: { rate: 1 } }],
      ['init', { ...NAMED, config: { rate: 1 } }],
      ['log', { loss: 2 }, 3],
      ['finish', 0],
    ]);
  });
  test('a package that could not be loaded is loaded with the next record', async () => {
    const { from, calls } = install();
    const index = join(from, '../node_modules/@wandb/sdk/index.cjs');
    const whole = readFileSync(index, 'utf8');
    writeFileSync(index, 'throw new Error("short");');
    const { handler, problems } = handlerAt(from);
    handler.emit(record({ loss: 1 }));
    await handler.flush();
    writeFileSync(index, whole);
    handler.emit(record({ loss: 2 }));
    await handler.close();
    expect(problems).toEqual([expect.stringContaining('short')]);
    expect(calls().map(([what]) => what)).toEqual(['init', 'log', 'finish']);
  });
});

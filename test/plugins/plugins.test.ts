import { describe, expect, test } from 'vitest';
import { Journal } from '../../src/journal/journal.ts';
import type { Level } from '../../src/log/record.ts';
import type { Plugin, PluginDaemon, PluginEvent } from '../../src/plugins/plugin.ts';
import { type DaemonAccess, type GivenPlugin, type PluginFiles, Plugins, pluginOf } from '../../src/plugins/plugins.ts';
import { SLOW_MS } from '../../src/plugins/running-plugin.ts';
import { Records, shown } from '../support/records.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const boom = (): never => {
  throw new Error('a bug');
};

/** Plugins with a journal of their own, and files in memory: what a path exports, and its version. */
const started = (given: readonly GivenPlugin[], files: Record<string, { version: string; module: unknown }> = {}) => {
  const clock = new VirtualClock(0);
  const journal = new Journal(clock);
  const records = new Records(
    'info' as Level,
    () => clock.wall(),
    () => clock.mono(),
    (record) => journal.record(record),
  );
  const pluginFiles: PluginFiles = {
    identify: (path) => ({ path: path.replace('/./', '/'), version: files[path.replace('/./', '/')]?.version ?? '' }),
    load: async (path) => files[path]?.module ?? boom(),
    isFrom: (path, error) => error instanceof Error && error.message.includes(path),
    isForeign: (error) => !(error instanceof Error) || error.message.includes('a socket'),
  };
  const plugins = new Plugins({ journal, clock, log: records.log, files: pluginFiles }, given, []);
  const access = {
    file: '/my.toml',
    status: () => ({ conditions: [{ tasks: ['T'] }] }),
    submit: async (line: string) => ({ kind: 'done', said: line }),
  } as unknown as DaemonAccess;
  const lines = () => records.all.map(shown);
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i += 1) await clock.settle();
  };
  return { clock, journal, plugins, access, lines, files, settle };
};

const collector = () => {
  const heard: PluginEvent[] = [];
  const plugin: Plugin = { name: 'collector', event: (event) => void heard.push(event) };
  return { heard, plugin };
};

describe('What a plugin is called with', () => {
  test('All that happens from the start on, in order, after its setup, and nothing of the log.', async () => {
    const calls: string[] = [];
    let ready = (): void => {};
    const slow = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const plugin: Plugin = {
      setup: async ({ file }) => {
        calls.push(`setup ${file}`);
        await slow;
      },
      event: (event) => void calls.push(event.kind === 'event' ? String(event.message) : event.kind),
      teardown: () => void calls.push('teardown'),
    };
    const { journal, plugins, access, settle } = started([plugin]);
    journal.logEvent('a', 'one');
    journal.track('condition/C', 'waiting').to('running', 'it is due', { cause: 'tick-1', run: null });
    plugins.attach(access);
    await settle();
    expect(calls).toEqual(['setup /my.toml']);
    expect(plugins.status).toMatchObject([{ state: 'starting', events: 0 }]);
    ready();
    await settle();
    journal.logEvent('a', 'two');
    await plugins.end();
    expect(calls).toEqual(['setup /my.toml', 'one', 'transition', 'two', 'teardown']);
    expect(plugins.status).toMatchObject([{ name: 'plugin 1', state: 'running', events: 3, failures: 0 }]);
  });

  test('Runs and tasks, with how long they took.', async () => {
    const { heard, plugin } = collector();
    const { clock, journal, plugins, access, settle } = started([plugin]);
    plugins.attach(access);
    const trace = { cause: 'tick-1', run: 'run-1' };
    const data = () => ({ condition: 'C', tasks: ['T'], sequence: true });
    const run = journal.spans.start('run', 'condition/C', trace, data, undefined, 'run-1');
    const one = journal.spans.start('task', 'task/T', trace, () => ({ task: 'T', condition: 'C' }));
    await clock.advance(2500);
    one?.finish({ outcome: 'failure', why: 'status 1', output: 'no space' });
    run?.finish({ outcome: 'failure', executed: 1, of: 1 });
    await settle();
    expect(heard).toMatchObject([
      { kind: 'run-started', condition: 'C', tasks: ['T'], run: 'run-1', cause: 'tick-1' },
      { kind: 'task-started', task: 'T', condition: 'C' },
      { kind: 'task-finished', task: 'T', condition: 'C', outcome: 'failure', output: 'no space', seconds: 2.5 },
      { kind: 'run-finished', condition: 'C', outcome: 'failure', executed: 1, seconds: 2.5 },
    ]);
  });

  test('It is frozen, and the status is a copy: a plugin changes nothing of what others see.', async () => {
    const changes: string[] = [];
    let daemon: PluginDaemon | undefined;
    const changing: Plugin = {
      setup: (given) => {
        daemon = given;
      },
      event: (event) => {
        if (event.kind !== 'event') return;
        for (const change of [
          () => Object.assign(event, { message: 1 }),
          () => Object.assign(event.message as object, { a: 2 }),
          () => (event.topics as string[]).push('b'),
          () => Object.assign(daemon as object, { submit: boom }),
        ])
          try {
            change();
            changes.push(String(change));
          } catch {
            // As it has to be.
          }
      },
    };
    const { heard, plugin } = collector();
    const { journal, plugins, access, settle } = started([changing, plugin]);
    plugins.attach(access);
    await settle();
    Object.assign(daemon?.status().conditions[0]?.tasks ?? [], { 0: 'U' });
    expect(daemon?.status().conditions[0]?.tasks).toEqual(['T']);
    journal.logEvent('a', { a: 1 });
    await settle();
    expect(changes).toEqual([]);
    expect(heard).toMatchObject([{ topics: ['a'], message: { a: 1 } }]);
  });

  test('Not with what it publishes itself; the others are.', async () => {
    const { heard, plugin } = collector();
    const own: PluginEvent[] = [];
    let daemon: PluginDaemon | undefined;
    const publishing: Plugin = {
      setup: (given) => {
        daemon = given;
      },
      event: (event) => void own.push(event),
    };
    const { plugins, access, settle } = started([publishing, plugin]);
    plugins.attach(access);
    await settle();
    daemon?.logEvent('mine', 'hello');
    expect(() => daemon?.logEvent('', 1)).toThrow('a topic is a text');
    expect(() => daemon?.logEvent('mine', 1, { fleet: 'yes' as never })).toThrow('fleet: expected true or false');
    expect(await daemon?.submit('pause')).toEqual({ kind: 'done', said: 'pause' });
    await settle();
    expect(own).toEqual([]);
    expect(heard).toMatchObject([{ topics: ['mine'], message: 'hello' }]);
  });

  test('One event after the other; too many that wait are dropped, the oldest first, and counted.', async () => {
    const heard: PluginEvent[] = [];
    const waiting: (() => void)[] = [];
    const slow: Plugin = {
      event: (event) => {
        heard.push(event);
        return new Promise<void>((resolve) => waiting.push(resolve));
      },
    };
    const { journal, plugins, access, lines, settle } = started([slow]);
    plugins.attach(access);
    journal.logEvent('a', -1);
    await settle();
    for (let i = 0; i < 1003; i += 1) journal.logEvent('a', i);
    await settle();
    expect(heard.length).toBe(1);
    waiting[0]?.();
    await settle();
    expect(heard.slice(1)).toEqual([{ kind: 'dropped', dropped: 3 }]);
    waiting[1]?.();
    await settle();
    expect(heard[2]).toMatchObject({ message: 3 });
    expect(plugins.status).toMatchObject([{ dropped: 3 }]);
    expect(lines()).toEqual([
      'WARN  MAIN plugin [PROC/FAIL] plugin plugin 1: event takes too long: 3 events were dropped while over 1,000 waited',
    ]);
  });
});

describe('What goes wrong in a plugin stays there', () => {
  test('What throws or rejects is reported at once, then once a minute with its number.', async () => {
    const { heard, plugin } = collector();
    let later = false;
    const bad: Plugin = { name: 'bad', event: () => (later ? Promise.reject(new Error('later')) : boom()) };
    const { clock, journal, plugins, access, lines, settle } = started([bad, plugin]);
    plugins.attach(access);
    for (let i = 0; i < 5; i += 1) journal.logEvent('a', i);
    await settle();
    await settle();
    expect(lines()).toEqual(['WARN  MAIN plugin [PROC/FAIL] plugin bad: event failed: a bug']);
    await clock.advance(60_000);
    later = true;
    journal.logEvent('a', 5);
    await settle();
    expect(lines()[1]).toBe(
      'WARN  MAIN plugin [PROC/FAIL] plugin bad: event failed: later (5 times since the last record)',
    );
    expect(heard.length).toBe(6);
    expect(plugins.status).toMatchObject([{ name: 'bad', state: 'running', failures: 6, events: 6 }, { failures: 0 }]);
  });

  test('One that fails in setup, cannot be loaded or is not a plugin is left out, and the status says why.', async () => {
    const { plugins, access, lines, settle } = started([{ name: 'bad', setup: boom }, '/missing.mjs', '/none.mjs'], {
      '/none.mjs': { version: '1', module: { default: { hello: 1 } } },
    });
    plugins.attach(access);
    await settle();
    expect(plugins.status).toMatchObject([
      { name: 'bad', state: 'left-out', reason: 'setup failed: a bug' },
      { name: 'missing.mjs', file: '/missing.mjs', state: 'left-out', reason: 'a bug' },
      { state: 'left-out', reason: 'expected an export of setup, event or teardown, found none' },
    ]);
    expect(lines().sort()).toEqual([
      'WARN  MAIN plugin [START/FAIL] plugin /missing.mjs is left out: a bug',
      'WARN  MAIN plugin [START/FAIL] plugin /none.mjs is left out: expected an export of setup, event or teardown, found none',
      'WARN  MAIN plugin [START/FAIL] plugin bad is left out: setup failed: a bug',
    ]);
  });

  test('A call of more than 50 ms is reported, once a minute with its number.', async () => {
    const world: { clock?: VirtualClock } = {};
    const slow: Plugin = {
      name: 'slow',
      // Time passes while it has the main thread.
      event: () => void world.clock?.advance(SLOW_MS + 20),
    };
    const { clock, journal, plugins, access, lines, settle } = started([slow]);
    let now = 0;
    clock.mono = () => now;
    world.clock = {
      advance: (ms: number) => {
        now += ms;
      },
    } as unknown as VirtualClock;
    plugins.attach(access);
    for (let i = 0; i < 3; i += 1) journal.logEvent('a', i);
    await settle();
    now += 60_000;
    journal.logEvent('a', 3);
    await settle();
    const text =
      'WARN  MAIN plugin [PROC/FAIL] plugin slow: event took 70 ms of the main thread, in which nothing else runs; expected at most 50 ms';
    expect(lines()).toEqual([text, `${text} (3 times since the last record)`]);
    expect(plugins.status).toMatchObject([{ slow: 4 }]);
  });

  test('A module, a setup, an event and a teardown that never end hold up nothing.', async () => {
    const never = () => new Promise<void>(() => {});
    const { clock, journal, plugins, access, lines, settle } = started(
      [{ name: 'a', setup: never, event: boom }, { name: 'b', event: never }, { name: 'c', teardown: never }, '/d.mjs'],
      // A promise as a file has it that never gets beyond an await at its top.
      { '/d.mjs': { version: '1', module: never() } },
    );
    plugins.attach(access);
    await settle();
    await clock.advance(10_000);
    expect(lines().sort()).toEqual([
      'WARN  MAIN plugin [PROC/FAIL] plugin /d.mjs: its module has not been loaded after 10 s, setup waits for it',
      'WARN  MAIN plugin [PROC/FAIL] plugin a: setup has not ended after 10 s, events wait for it',
    ]);
    for (let i = 0; i < 3; i += 1) journal.logEvent('a', i);
    await settle();
    let ended = false;
    void plugins.end().then(() => {
      ended = true;
    });
    await clock.advance(4000);
    expect(ended).toBe(true);
    expect(lines().slice(2)).toEqual([
      'WARN  MAIN plugin [PROC/FAIL] plugin c: teardown has not ended after 3 s, nothing waits for it',
    ]);
  });

  test('An error that nothing caught is that of the plugin whose code it comes from, also after its end.', async () => {
    const module = { setup() {} };
    const { plugins, access, lines, settle } = started(['/p.mjs'], {
      '/p.mjs': { version: '1', module },
      '/q.mjs': { version: '1', module },
    });
    plugins.attach(access);
    await settle();
    expect(plugins.take(new Error('thrown in /p.mjs'))).toBe(true);
    expect(plugins.take(new Error('thrown elsewhere'))).toBe(false);
    expect(plugins.take(null)).toBe(true);
    await plugins.follow(['/q.mjs']);
    await plugins.follow([]);
    expect(plugins.take(new Error('thrown in /q.mjs'))).toBe(true);
    expect(plugins.take(new Error('a socket'))).toBe(true);
    expect(plugins.owns(new Error('a socket'))).toBe(true);
    expect(lines()).toEqual([
      'WARN  MAIN plugin [PROC/FAIL] plugin /p.mjs: failed outside of a call: thrown in /p.mjs',
      'WARN  MAIN plugin [PROC/FAIL] plugin /q.mjs: failed outside of a call: thrown in /q.mjs',
      'WARN  MAIN plugin [PROC/FAIL] a plugin failed outside of a call: a socket',
    ]);
    expect(plugins.status).toMatchObject([{ failures: 2 }]);
  });
});

describe('A reload', () => {
  test('begins and ends plugins; those that are the same go on, one that has changed begins anew.', async () => {
    const calls: string[] = [];
    const module = (name: string) => ({
      default: { setup: () => void calls.push(`+${name}`), teardown: () => void calls.push(`-${name}`) },
    });
    const { plugins, access, files, settle } = started([], {
      '/a.mjs': { version: '1', module: module('a') },
      '/b.mjs': { version: '1', module: module('b') },
      '/c.mjs': { version: '1', module: module('c') },
    });
    plugins.attach(access);
    await plugins.follow(['/a.mjs', '/b.mjs', '/./b.mjs']);
    await settle();
    expect(calls).toEqual(['+a', '+b']);
    await plugins.follow(['/b.mjs', '/c.mjs']);
    await settle();
    expect(calls.slice(2)).toEqual(['-a', '+c']);
    files['/b.mjs'] = { version: '2', module: module('b2') };
    await plugins.follow(['/b.mjs', '/c.mjs']);
    await settle();
    expect(calls.slice(4)).toEqual(['-b', '+b2']);
    await plugins.follow([]);
    expect(plugins.status).toEqual([]);
    expect(calls.slice(6).sort()).toEqual(['-b2', '-c']);
  });
});

test('A module is a plugin by its default export or by its names.', () => {
  const event = () => {};
  expect(pluginOf({ event })).toEqual({ event });
  expect(pluginOf({ default: { event }, other: 1 })).toEqual({ event });
  expect(() => pluginOf({ event, setup: 1 })).toThrow('expected a function as setup');
  expect(() => pluginOf({ event, name: 1 })).toThrow('expected a text as name');
  expect(() => pluginOf(undefined)).toThrow('found none');
});

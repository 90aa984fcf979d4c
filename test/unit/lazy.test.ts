import { describe, expect, test } from 'vitest';
import { ControlServer } from '../../src/adapters/control-server.ts';
import { createDesktop } from '../../src/adapters/desktop.ts';
import { lazy } from '../../src/adapters/lazy.ts';
import { createLazyLua } from '../../src/adapters/lazy-lua.ts';
import { LuaWatchdog } from '../../src/adapters/lua-watchdog.ts';
import type { Lua, LuaRequest, SharedWithScripts, WatchListener } from '../../src/core/ports.ts';
import { COUNTER_BYTES } from '../../src/lua/worker-messages.ts';

const SHORT = 'EMFILE: too many open files';
/** Fails as often as asked for, then answers. */
const failing = <T>(times: number, value: T): (() => Promise<T>) => {
  let left = times;
  return async () => {
    if (left-- > 0) throw new Error(SHORT);
    return value;
  };
};

const REQUEST: LuaRequest = {
  ...{ key: 'task T', section: 'task', chunk: 'task T', condition: 'C', task: 'T', script: 'x = 1' },
  ...{ variables: {}, expected: {}, timeoutSeconds: 1 },
};
const SILENT = { line: () => {}, initialised: () => {}, event: () => {}, metric: () => {} };

describe('A part that could not be loaded is tried again', () => {
  test('A failed attempt is forgotten, a made value is kept.', async () => {
    let made = 0;
    const part = lazy(async () => {
      made += 1;
      if (made === 1) throw new Error(SHORT);
      return made;
    });
    await expect(Promise.all([part(), part()])).rejects.toThrow(SHORT);
    expect(await part.settled()).toBeUndefined();
    expect([await part(), await part(), await part.settled(), made]).toEqual([2, 2, 2, 2]);
  });
  test('A script that comes while Lua cannot be loaded does not start and says why; the next one runs.', async () => {
    const finished = { end: { how: 'finished', comparisons: [] }, state: { how: 'untouched' } };
    const port = { run: async () => finished, forget: () => {}, killAll: async () => {}, close: async () => {} };
    const lua = createLazyLua({ workerPath: '' }, failing(1, port as unknown as Lua & SharedWithScripts));
    expect((await lua.run(REQUEST, SILENT)).end).toEqual({ how: 'not-started', reason: SHORT });
    // What comes at the end of an item or of the daemon does not fail with it.
    lua.forget('task T');
    await lua.killAll(1);
    await lua.close();
    expect((await lua.run(REQUEST, SILENT)).end).toEqual({ how: 'finished', comparisons: [] });
  });
  test('A request to the control socket that could not be answered is an error to its sender; the next one is answered.', async () => {
    let arrive = (_: unknown): void => {};
    const instance = { receive: (take: unknown) => (arrive = take as typeof arrive) };
    const open = failing(1, async () => 'an answer');
    const door = new ControlServer(instance as never, open as never);
    const { PassThrough, Duplex } = await import('node:stream');
    const inward = new PassThrough();
    const said: string[] = [];
    const socket = Object.assign(
      new Duplex({
        read() {},
        write: (chunk, _, done) => {
          said.push(String(chunk));
          done();
        },
      }),
      { setTimeout: () => {} },
    );
    inward.on('data', (chunk) => socket.push(chunk));
    arrive(socket);
    for (const _ of [1, 2]) inward.write('{"request":"status"}\n');
    await expect.poll(() => said.length).toBe(2);
    expect(said[0]).toContain(SHORT);
    expect(said[1]).toContain('an answer');
    socket.destroy();
    await door.close();
  });
  test('A desktop part answers in its own words while it cannot be loaded, and works afterwards.', async () => {
    const rows = { how: 'rows', rows: [] } as const;
    const wmi = { query: async () => rows, subscribe: () => ({}), idle: async () => 1, close: () => {} };
    const bus = { call: async () => ({ how: 'timeout' }), subscribe: () => ({}), close: () => {} };
    const idle = [
      { createIdle: () => ({ read: async () => ({ how: 'idle', ms: 5, source: 'X' }), close: () => {} }) },
      { idleSources: () => [] },
    ];
    const desktop = createDesktop({
      ...{ bus: failing(1, bus) as never, wmi: failing(1, wmi) as never, idle: failing(1, idle) as never },
    });
    expect(await desktop.bus.call({} as never)).toEqual({ how: 'disconnected', reason: SHORT });
    expect(await desktop.wmi.query(undefined, '', 1)).toEqual({ how: 'error', reason: SHORT });
    expect(await desktop.idle.read()).toEqual({ how: 'unknown', tried: [SHORT] });
    expect(await desktop.bus.call({} as never)).toEqual({ how: 'timeout' });
    expect(await desktop.wmi.query(undefined, '', 1)).toEqual(rows);
    expect(await desktop.idle.read()).toMatchObject({ how: 'idle', ms: 5 });
    await desktop.close();
  });
  test('A watch, a subscription of D-Bus and one of WMI whose part could not be loaded begin later by themselves.', async () => {
    const told: string[] = [];
    const begun = { ready: Promise.resolve(), close: () => told.push('closed') };
    const watcher = {
      watch: (_: unknown, listener: WatchListener) => {
        listener.established();
        return begun;
      },
    };
    const port = {
      subscribe: (_: unknown, __: unknown, listener: { subscribed(): void }) => {
        listener.subscribed();
        return begun;
      },
      close: () => {},
    };
    const parts = { watcher: failing(3, watcher), bus: failing(2, port), wmi: failing(1, port) };
    const desktop = createDesktop(parts as never, { firstMs: 1, mostMs: 2 });
    const tell = (what: string) => (reason?: string, more?: unknown) =>
      told.push([what, reason, more].filter((one) => one !== undefined).join(' '));
    const watch = desktop.watcher.watch(
      { path: '/p', recursive: false, pollSeconds: 0 },
      {
        established: () => tell('watched')(),
        missing: () => tell('missing')(),
        ...{ changed: tell('changed'), trouble: tell('trouble') },
      },
    );
    const subscription = desktop.bus.subscribe('session', {} as never, {
      ...{ subscribed: () => tell('bus')(), lost: tell('lost'), message: () => {} },
    });
    const notified = desktop.wmi.subscribe(undefined, '', {
      ...{ subscribed: () => tell('wmi')(), failed: tell('failed'), notified: () => {} },
    });
    await Promise.all([watch.ready, subscription.ready, notified.ready]);
    expect(told.sort()).toEqual([`failed ${SHORT}`, `lost ${SHORT}`, `trouble ${SHORT}; trying again false`]);
    // What changed on the path before it was watched is not known: it counts as a change.
    await expect.poll(() => told.slice(3).sort()).toEqual(['bus', 'changed OTHER /p', 'watched', 'wmi']);
    for (const one of [watch, subscription, notified]) one.close();
    expect(told.filter((one) => one === 'closed')).toHaveLength(3);
    await desktop.close();
  });
  test('The watch over the Lua host goes on when a look at it fails.', async () => {
    const rss = process.memoryUsage.rss;
    const stopped: number[] = [];
    const entry = { answered: false, overdueAt: 0, resolve: () => {} };
    let failures = 1;
    const stop = (id: number) => {
      stopped.push(id);
      if (failures-- > 0) throw new Error('a bug');
      // Has to be asked again, as after a stop that was lost.
    };
    const errors: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => errors.push(error));
    process.memoryUsage.rss = () => {
      throw new Error(SHORT);
    };
    const pending = new Map([
      [1, { ...entry }],
      [2, { ...entry }],
    ]) as never;
    const pulse = new Int32Array(new SharedArrayBuffer(COUNTER_BYTES));
    const watch = new LuaWatchdog({ counters: pulse, pending, stop, abort: () => {} }, 1024, 60_000);
    try {
      watch.begin();
      watch.soon();
      await expect.poll(() => stopped, { timeout: 5000 }).toEqual([1, 2]);
      expect(errors).toHaveLength(1);
    } finally {
      watch.end();
      process.memoryUsage.rss = rss;
      for (const listener of others) process.on('uncaughtException', listener);
    }
  });
});

test.each(['it can be loaded later', 'it cannot'])(
  'A watch that is closed while its part is loaded is not made, and says nothing: %s.',
  async (how) => {
    let made = 0;
    const said: string[] = [];
    let load = () => {};
    const watcher = () =>
      new Promise<never>((resolve, reject) => {
        load = () =>
          how === 'it cannot' ? reject(new Error(SHORT)) : resolve({ watch: () => (made += 1) } as unknown as never);
      });
    const listener = { trouble: (reason: string) => said.push(reason), changed: () => said.push('changed') };
    const watch = createDesktop({ watcher }).watcher.watch(
      { path: '/a', recursive: false, pollSeconds: 0 },
      listener as unknown as WatchListener,
    );
    await Promise.resolve();
    watch.close();
    load();
    await watch.ready;
    expect(made).toBe(0);
    expect(said).toEqual([]);
  },
);

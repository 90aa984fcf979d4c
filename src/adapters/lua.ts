import type { Lua } from '../core/ports.ts';
import type { ScriptJob, StoredEntries, WorkerReport } from '../lua/worker-messages.ts';
import type { LuaOptions } from './lua-options.ts';
import { type ScriptRequest, withoutState } from './lua-requests.ts';
import { LuaThread } from './lua-thread.ts';
import { OVERDUE_MS } from './lua-watchdog.ts';

export type { LuaOptions } from './lua-options.ts';

/** The Lua host on a thread of its own, which is started with the first script. */
export const createLua = (options: LuaOptions): Lua => {
  const shared = new Map<string, StoredEntries>();
  const states = new Map<string, StoredEntries>();
  let host: LuaThread | undefined;
  let lastId = 0;
  /** Conditions for which scripts have run since their run began. */
  const conditions = new Set<string>();
  /** Who is to know of locks that were still held at the end of the run of a condition. */
  const released = new Map<string, (lock: string) => void>();

  const onReport = (report: WorkerReport, from: LuaThread): void => {
    switch (report.what) {
      case 'line': {
        const entry = from.pending.get(report.id);
        if (entry?.answered === false) entry.listener.line(report.level, report.text);
        break;
      }
      case 'event': {
        const entry = from.pending.get(report.id);
        if (entry?.answered === false) entry.listener.event(report.topics, report.value);
        break;
      }
      case 'metric': {
        const entry = from.pending.get(report.id);
        if (entry?.answered === false) entry.listener.metric(report.message, report.step);
        break;
      }
      case 'initialised': {
        const entry = from.pending.get(report.id);
        if (entry?.answered !== false || entry.initialised) break;
        entry.initialised = true;
        entry.listener.initialised();
        break;
      }
      case 'shared':
        if (report.entries === undefined) shared.delete(report.name);
        else shared.set(report.name, report.entries);
        break;
      case 'done': {
        const entry = from.settle(report.id);
        if (entry === undefined || entry.answered) break;
        const { end, state, stored } = report.done;
        if (stored !== undefined) states.set(entry.request.key, stored);
        entry.resolve({ end, state });
        break;
      }
      case 'locks':
        for (const name of report.names) released.get(report.condition)?.(name);
        break;
      default: // The thread of the host has dealt with the others.
        break;
    }
  };

  const start = (): LuaThread =>
    new LuaThread(options, shared, onReport, (gone, again) => {
      if (host === gone) host = undefined;
      for (const entry of again) begin({ ...entry, losses: entry.losses + 1 });
    });

  const begin = (wanted: ScriptRequest): void => {
    const id = ++lastId;
    const { key, timeoutSeconds } = wanted.request;
    const overdueAt =
      timeoutSeconds > 0 ? performance.now() + timeoutSeconds * 1000 + OVERDUE_MS : Number.POSITIVE_INFINITY;
    const { section, chunk, condition, task, script, initScriptPath, variables, expected } = wanted.request;
    const effect = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const job: ScriptJob = {
      ...{ id, section, chunk, condition, task, script, initScriptPath, variables, expected, timeoutSeconds, effect },
      state: states.get(key) ?? [],
    };
    try {
      host ??= start();
      host.run(id, job, { ...wanted, overdueAt, effect: new Int32Array(effect), answered: false });
    } catch (error) {
      wanted.resolve(withoutState({ how: 'not-started', reason: (error as Error).message }));
    }
  };

  /** The host was begun before local time became that of another zone. */
  let outdated = false;
  const retire = (): void => {
    const old = host;
    host = undefined;
    outdated = false;
    old?.giveUp({ how: 'killed' });
  };

  return {
    run: (request, listener) =>
      new Promise((resolve) => {
        // A thread keeps the zone it began with, and the locks of the runs in progress.
        if (outdated && conditions.size === 0 && host?.pending.size === 0) retire();
        conditions.add(request.condition);
        begin({ request, listener, resolve, losses: 0, initialised: false });
      }),
    endRun: (condition, release) => {
      if (!conditions.delete(condition) || host === undefined) return;
      released.set(condition, release);
      host.endRun(condition);
    },
    renew: () => {
      outdated = host !== undefined;
    },
    forget: (key) => {
      states.delete(key);
    },
    killAll: async (graceMs) => {
      await host?.kill(graceMs);
    },
    close: async () => {
      const closing = host;
      if (closing === undefined) return;
      host = undefined;
      closing.giveUp({ how: 'killed' });
      await closing.gone;
    },
  };
};

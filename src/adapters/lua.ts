import type { Lua, LuaResult, SharedWithScripts } from '../core/ports.ts';
import type { ScriptJob, ScriptReport, StoredEntries, WorkerReport } from '../lua/worker-messages.ts';
import { keptState, restoredEntries } from './lua-kept-state.ts';
import { type RunningScript, type ScriptRequest, withoutState } from './lua-requests.ts';
import { SharedWithPrograms } from './lua-shared.ts';
import { type LuaOptions, LuaThread } from './lua-thread.ts';
import { OVERDUE_MS } from './lua-watchdog.ts';

export type { LuaOptions };

/** Runs Lua scripts on a thread of their own, which is started with the first script. */
export const createLua = (options: LuaOptions): Lua & SharedWithScripts => {
  const shared = new SharedWithPrograms();
  const states = new Map<string, StoredEntries>();
  let thread: LuaThread | undefined;
  let lastId = 0;
  /** Conditions, and runs of hooks, for which scripts have run since their run began. */
  const conditions = new Set<string>();
  /** By condition: called for each lock that was still held at the end of its run. */
  const released = new Map<string, (lock: string) => void>();

  const onScriptReport = (report: ScriptReport, entry: RunningScript): void => {
    const { listener } = entry;
    switch (report.what) {
      case 'line':
        listener.line(report.level, report.text, report.source);
        break;
      case 'event':
        listener.event(report.topics, report.value, report.fleet);
        break;
      case 'metric':
        listener.metric(report.message, report.step);
        break;
      case 'initialised':
        if (entry.initialised) break;
        entry.initialised = true;
        listener.initialised();
        break;
      case 'done': {
        const { end, state, stored } = report.done;
        if (stored !== undefined) states.set(entry.request.key, stored);
        entry.resolve({ end, state, ...(stored === undefined ? {} : { kept: () => keptState(stored) }) });
        break;
      }
    }
  };

  const onReport = (report: WorkerReport, from: LuaThread): void => {
    switch (report.what) {
      case 'shared':
      case 'state-changed':
      case 'lock':
        shared.receive(report);
        break;
      case 'locks':
        for (const name of report.names) released.get(report.condition)?.(name);
        break;
      case 'line':
      case 'event':
      case 'metric':
      case 'initialised':
      case 'done': {
        const entry = report.what === 'done' ? from.settle(report.id) : from.pending.get(report.id);
        if (entry?.answered === false) onScriptReport(report, entry);
        break;
      }
      default: // LuaThread handles the others.
        break;
    }
  };

  const start = (): LuaThread => {
    const given = { shared: shared.states.all, locks: shared.locks };
    const started = new LuaThread(options, given, onReport, (gone, again) => {
      if (thread === gone) thread = undefined;
      shared.detach();
      for (const entry of again) begin({ ...entry, losses: entry.losses + 1 });
    });
    shared.attach((command) => started.send(command));
    return started;
  };

  const begin = (script: ScriptRequest): void => {
    const id = ++lastId;
    const { key, earlierState, signal, ...request } = script.request;
    if (signal?.aborted) {
      script.resolve(withoutState({ how: 'cancelled' }));
      return;
    }
    if (earlierState !== undefined && !states.has(key)) states.set(key, restoredEntries(earlierState));
    const { timeoutSeconds } = request;
    const overdueAt =
      timeoutSeconds > 0 ? performance.now() + timeoutSeconds * 1000 + OVERDUE_MS : Number.POSITIVE_INFINITY;
    const effect = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const job: ScriptJob = { ...request, id, effect, state: states.get(key) ?? [] };
    try {
      thread ??= start();
      const on = thread;
      const cancel = (): void => on.cancel(id);
      const resolve = (result: LuaResult): void => {
        signal?.removeEventListener('abort', cancel);
        script.resolve(result);
      };
      on.run(id, job, {
        ...{ ...script, resolve, overdueAt, overdue: 'timeout', effect: new Int32Array(effect), answered: false },
      });
      signal?.addEventListener('abort', cancel);
    } catch (error) {
      script.resolve(withoutState({ how: 'not-started', reason: (error as Error).message }));
    }
  };

  /** The thread was started before the local time zone changed. */
  let outdated = false;
  const retire = (): void => {
    const old = thread;
    thread = undefined;
    outdated = false;
    old?.abort({ how: 'killed' });
  };

  return {
    state: (request) => shared.state(request),
    lock: (name, by, listener) => shared.lock(name, by, listener),
    run: (request, listener) =>
      new Promise((resolve) => {
        // A thread keeps the time zone of its start, and the locks of the runs in progress.
        if (outdated && conditions.size === 0 && thread?.pending.size === 0) retire();
        conditions.add(request.lockOwner ?? request.condition);
        begin({ request, listener, resolve, losses: 0, initialised: false });
      }),
    endRun: (condition, release) => {
      if (!conditions.delete(condition) || thread === undefined) return;
      released.set(condition, release);
      thread.endRun(condition);
    },
    renew: () => {
      outdated = thread !== undefined;
    },
    forget: (key) => {
      states.delete(key);
    },
    killAll: async (graceMs) => {
      await thread?.kill(graceMs);
    },
    close: async () => {
      const closing = thread;
      if (closing === undefined) return;
      thread = undefined;
      closing.abort({ how: 'killed' });
      await closing.gone;
    },
  };
};

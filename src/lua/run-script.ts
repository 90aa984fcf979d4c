import { performance } from 'node:perf_hooks';
import type { LuaComparison, LuaEnd, LuaScalar } from '../core/ports.ts';
import { callAfter } from './call-after.ts';
import { type InitEnd, readInitScript } from './init-script.ts';
import { newState, openLibraries, openModules } from './interpreter-state.ts';
import { compile } from './lib/load-chunk.ts';
import * as lua from './lua-api.ts';
import {
  decodeStrictly,
  decodeText,
  encodeText,
  pushEntries,
  pushJson,
  pushText,
  pushValue,
  typeName,
} from './lua-values.ts';
import { readState } from './modules/sharedstate.ts';
import type { AbortReason } from './run.ts';
import { ScriptRun, type ScriptScheduler } from './script-scheduler.ts';
import { type PrivateState, privateState } from './state-tables.ts';
import type { ScriptJob } from './worker-messages.ts';
import { installClockHook } from './yielding.ts';

/** Ends the run when its time is over, wherever it is. Returns a function that cancels this. */
const startTimeLimit = (run: ScriptRun): (() => void) => {
  const { timeoutSeconds } = run.job;
  if (timeoutSeconds <= 0) return () => {};
  run.deadline = performance.now() + timeoutSeconds * 1000;
  return callAfter(timeoutSeconds * 1000 + 1, () => run.scheduler.abort(run, { why: 'timeout' }));
};

const setGlobals = (L: lua.State, job: ScriptJob): void => {
  lua.pushglobaltable(L);
  const set = (name: string): void => lua.setfield(L, -2, name);
  pushText(L, job.condition);
  set('whenever_condition');
  if (job.task !== undefined) {
    pushText(L, job.task);
    set('whenever_task');
  }
  for (const [name, value] of Object.entries(job.tables ?? {})) {
    pushJson(L, value);
    set(name);
  }
  for (const [name, value] of Object.entries(job.variables)) {
    pushValue(L, value);
    set(name);
  }
  openModules(L);
  pushEntries(L, job.state);
  set('state');
  lua.pop(L, 1);
};

const pushGlobal = (L: lua.State, name: string): void => {
  lua.pushglobaltable(L);
  lua.pushliteral(L, name);
  lua.rawget(L, -2);
  lua.remove(L, -2);
};

type Result = LuaComparison['result'];

const compareText = (L: lua.State, expected: string): Result => {
  const type = lua.type(L, -1);
  if (type !== lua.TSTRING && type !== lua.TNUMBER) return 'missing';
  lua.pushvalue(L, -1);
  const actual = decodeStrictly(lua.tolstring(L, -1)!);
  lua.pop(L, 1);
  return actual === undefined ? 'missing' : equality(actual === expected);
};

const compareNumber = (L: lua.State, expected: number): Result => {
  const type = lua.type(L, -1);
  if (type === lua.TNUMBER) return equality(lua.tonumberx(L, -1) === expected);
  if (type !== lua.TSTRING) return 'missing';
  const s = lua.tolstring(L, -1)!;
  const size = lua.stringtonumber(L, s);
  if (size === 0) return 'missing';
  const actual = lua.tonumberx(L, -1);
  lua.pop(L, 1);
  return size === s.length + 1 ? equality(actual === expected) : 'missing';
};

const equality = (equal: boolean): Result => (equal ? 'equal' : 'different');

/** Compares globals with the expected values, each converted to the type of the expectation. */
const compareGlobals = (L: lua.State, expected: Readonly<Record<string, LuaScalar>>): LuaComparison[] =>
  Object.entries(expected).map(([name, value]) => {
    pushGlobal(L, name);
    const result =
      typeof value === 'string'
        ? compareText(L, value)
        : typeof value === 'boolean'
          ? equality(lua.toboolean(L, -1) === value)
          : compareNumber(L, Number(value));
    lua.pop(L, 1);
    return { name, result };
  });

/** The error on top of the stack as text, or undefined when it is neither a string nor a number. */
const errorText = (L: lua.State): string | undefined => {
  const type = lua.type(L, -1);
  return type === lua.TSTRING || type === lua.TNUMBER
    ? decodeText(lua.shortenForMessage(lua.tolstring(L, -1)!))
    : undefined;
};

/** The error on top of a coroutine that failed, as text; calls its `__tostring`, which is script code again. */
const describeError = async (run: ScriptRun, co: lua.State): Promise<string> => {
  const plain = errorText(co);
  if (plain !== undefined) return plain;
  const fallback = `(error object is a ${typeName(co, -1)} value)`;
  const caller = newThread(run);
  lua.pushcfunction(caller, (L) => {
    lua.tostring(L, 1);
    return 1;
  });
  lua.xmove(co, caller, 1);
  if (lua.getmetafield(caller, -1, '__tostring') === lua.TNIL) return fallback;
  lua.pop(caller, 1);
  return (await run.scheduler.runToEnd(run, caller, 1)) ? (errorText(caller) ?? fallback) : fallback;
};

const newThread = (run: ScriptRun): lua.State => {
  lua.settop(run.L, 0);
  const co = lua.newthread(run.L);
  installClockHook(co);
  return co;
};

/** Compiles and runs a chunk. Resolves to the text of its error, or undefined. */
const runChunk = async (run: ScriptRun, source: Uint8Array, chunk: string): Promise<string | undefined> => {
  const co = newThread(run);
  run.sliceBegan = performance.now();
  if (!compile(co, source, encodeText(`=${chunk}`))) {
    if (run.abortReason === undefined) return errorText(co) ?? 'syntax error';
    // The script was aborted while it was compiled.
    run.scheduler.enqueue(run);
    return new Promise(() => {});
  }
  return (await run.scheduler.runToEnd(run, co, 0)) ? undefined : describeError(run, co);
};

const runInit = async (run: ScriptRun, path: string): Promise<InitEnd | undefined> => {
  const init = await readInitScript(path);
  if ('how' in init) return init;
  if (run.over) return undefined;
  const message = await runChunk(run, init.source, path);
  return message === undefined ? undefined : { how: 'init-error', cause: 'failed', message };
};

const readPrivateState = (L: lua.State): PrivateState => {
  lua.settop(L, 0);
  pushGlobal(L, 'state');
  const read = readState(L, 1);
  lua.settop(L, 0);
  return privateState(read);
};

const endAfter = (reason: AbortReason, L: lua.State, job: ScriptJob): LuaEnd => {
  switch (reason.why) {
    case 'exit':
      return reason.message === undefined
        ? { how: 'finished', comparisons: compareGlobals(L, job.expected) }
        : { how: 'script-error', message: `${job.chunk}: ${reason.message}` };
    case 'hold':
      return {
        how: 'script-error',
        message: `${job.chunk}: ended because it held up all other scripts in a call that cannot be interrupted`,
      };
    default:
      return { how: reason.why };
  }
};

const initEndAfter = (reason: AbortReason, path: string): InitEnd => {
  const problem = reason.why === 'exit' ? (reason.message ?? 'os.exit in the init script') : 'held up other scripts';
  return { how: 'init-error', cause: 'failed', message: `${path}: ${problem}` };
};

/** Runs one script in a new interpreter state and reports how it ended. */
export const runScript = (scheduler: ScriptScheduler, job: ScriptJob): void => {
  const L = newState();
  const run = new ScriptRun(job, scheduler, L);
  scheduler.runs.set(job.id, run);
  if (scheduler.locks.heldFor(run.condition)) run.markEffect();
  const stopTimer = startTimeLimit(run);
  let initialised = job.initScriptPath === undefined;

  const finish = (end: LuaEnd): void => {
    if (run.over) return;
    run.flush();
    const keeps = initialised && (end.how === 'finished' || end.how === 'script-error');
    const { report, stored } = keeps
      ? readPrivateState(L)
      : { report: { how: 'untouched' } as const, stored: undefined };
    run.over = true;
    stopTimer();
    for (const resource of run.resources) resource.abandon();
    scheduler.runs.delete(job.id);
    scheduler.locks.leave(run);
    scheduler.report({ what: 'done', id: job.id, done: { end, state: report, stored } });
  };

  /** As plain Lua does at its end: writes out what is buffered, and waits for commands that were started. */
  const settleAndFinish = async (end: () => LuaEnd): Promise<void> => {
    if (run.resources.size === 0) return finish(end());
    run.co = undefined;
    // The decision is in `end`; the time limit may still be reached during the wait.
    run.abortReason = undefined;
    while (run.resources.size > 0 && !run.over)
      await Promise.all(
        // The latest first: what is buffered for a command is written before its input ends.
        [...run.resources].reverse().map(async (resource) => {
          await resource.settle();
          run.resources.delete(resource);
        }),
      );
    finish(end());
  };

  run.finish = (reason) => {
    if (reason.why !== 'exit' && reason.why !== 'hold') finish(endAfter(reason, L, job));
    else if (initialised) void settleAndFinish(() => endAfter(reason, L, job));
    else finish(initEndAfter(reason, job.initScriptPath ?? ''));
  };

  const runAll = async (): Promise<void> => {
    openLibraries(L);
    setGlobals(L, job);
    if (job.initScriptPath !== undefined) {
      const failed = await runInit(run, job.initScriptPath);
      if (failed !== undefined) return finish(failed);
      if (run.over) return;
      initialised = true;
      scheduler.report({ what: 'initialised', id: job.id });
    }
    const message = await runChunk(run, encodeText(job.script), job.chunk);
    await settleAndFinish(() =>
      message === undefined
        ? { how: 'finished', comparisons: compareGlobals(L, job.expected) }
        : { how: 'script-error', message },
    );
  };
  runAll().catch((error: Error) => finish({ how: 'not-started', reason: error.message }));
};

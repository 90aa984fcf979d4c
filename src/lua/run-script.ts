import { readFile, stat } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { luaL_getmetafield, luaL_tolstring } from 'fengari/src/lauxlib.js';
import {
  LUA_TNIL,
  lua_gettop,
  lua_newthread,
  lua_pop,
  lua_pushcfunction,
  lua_pushglobaltable,
  lua_pushstring,
  lua_rawget,
  type lua_State,
  lua_setfield,
  lua_settop,
  lua_xmove,
} from 'fengari/src/lua.js';
import type { LuaEnd, LuaStateReport } from '../core/ports.ts';
import { errorWithoutText, luaErrorText } from './error.ts';
import { compareExpectations } from './expectation.ts';
import { newState, openLibraries, openModules } from './interpreter-state.ts';
import { compile, withoutShebang } from './lib/load.ts';
import { readState } from './modules/stored-tables.ts';
import { type AbortReason, ScriptRun } from './script-run.ts';
import type { ScriptScheduler } from './script-scheduler.ts';
import { encodeText, luaString, pushEntries, pushText, pushValue, shownStored } from './values.ts';
import type { ScriptJob, StoredEntries } from './worker-messages.ts';
import { installClockHook } from './yielding.ts';

const LONGEST_MS = 2 ** 31 - 1;

/** Ends the run when its time is over, wherever it is; answers how to call that off. */
const limit = (run: ScriptRun): (() => void) => {
  const { timeoutSeconds } = run.job;
  if (timeoutSeconds <= 0) return () => {};
  run.deadline = performance.now() + timeoutSeconds * 1000;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = run.deadline - performance.now();
    if (left <= 0) run.scheduler.abort(run, { why: 'timeout' });
    else timer = setTimeout(wait, Math.min(left + 1, LONGEST_MS));
  };
  wait();
  return () => clearTimeout(timer);
};

const setGlobals = (L: lua_State, job: ScriptJob): void => {
  lua_pushglobaltable(L);
  const set = (name: string): void => lua_setfield(L, -2, encodeText(name));
  pushText(L, job.condition);
  set('whenever_condition');
  if (job.task !== undefined) {
    pushText(L, job.task);
    set('whenever_task');
  }
  for (const [name, value] of Object.entries(job.variables)) {
    pushValue(L, value);
    set(name);
  }
  openModules(L);
  pushEntries(L, job.state);
  set('state');
  lua_pop(L, 1);
};

/** The error on top of a coroutine that failed, as text; one with `__tostring` is asked, which is script code again. */
const describe = async (run: ScriptRun, co: lua_State): Promise<string> => {
  const plain = luaErrorText(co);
  if (plain !== undefined) return plain;
  const type = errorWithoutText(co);
  const asked = thread(run);
  lua_pushcfunction(asked, (L) => {
    luaL_tolstring(L, 1);
    return 1;
  });
  lua_xmove(co, asked, 1);
  if (luaL_getmetafield(asked, -1, luaString('__tostring')) === LUA_TNIL) return type;
  lua_pop(asked, 1);
  return (await run.scheduler.runToEnd(run, asked, 1)) ? (luaErrorText(asked) ?? type) : type;
};

const thread = (run: ScriptRun): lua_State => {
  lua_settop(run.L, 0);
  const co = lua_newthread(run.L);
  installClockHook(co);
  return co;
};

/** Compiles and runs a chunk; answers the text of its error, or undefined. */
const runChunk = async (run: ScriptRun, source: Uint8Array, chunk: string): Promise<string | undefined> => {
  const co = thread(run);
  run.sliceBegan = performance.now();
  if (!compile(co, source, encodeText(`=${chunk}`))) {
    if (run.abortReason === undefined) return luaErrorText(co) ?? 'syntax error';
    // It had to end while it was compiled.
    run.scheduler.enqueue(run);
    return new Promise(() => {});
  }
  return (await run.scheduler.runToEnd(run, co, 0)) ? undefined : describe(run, co);
};

type InitEnd = Extract<LuaEnd, { how: 'init-error' }>;

const runInit = async (run: ScriptRun, path: string): Promise<InitEnd | undefined> => {
  let source: Buffer;
  try {
    const found = await stat(path);
    if (!found.isFile()) return { how: 'init-error', cause: 'not-a-file', message: `${path} is not a file` };
    source = await readFile(path);
  } catch (error) {
    return { how: 'init-error', cause: 'unreadable', message: `${path} cannot be read: ${(error as Error).message}` };
  }
  if (run.over) return undefined;
  const message = await runChunk(run, withoutShebang(new Uint8Array(source)), path);
  return message === undefined ? undefined : { how: 'init-error', cause: 'failed', message };
};

const readPrivateState = (
  L: lua_State,
): { readonly report: LuaStateReport; readonly stored: StoredEntries | undefined } => {
  lua_settop(L, 0);
  lua_pushglobaltable(L);
  lua_pushstring(L, luaString('state'));
  lua_rawget(L, 1);
  const read = readState(L, lua_gettop(L));
  lua_settop(L, 0);
  if ('bad' in read) return { report: { how: 'refused', because: read.bad, reason: read.reason }, stored: undefined };
  const shown = read.entries.map(([key, value]) => [key, shownStored(value)] as const);
  return { report: { how: 'stored', entries: shown }, stored: read.entries };
};

const endOf = (sentence: AbortReason, L: lua_State, job: ScriptJob): LuaEnd => {
  switch (sentence.why) {
    case 'exit':
      return sentence.message === undefined
        ? { how: 'finished', comparisons: compareExpectations(L, job.expected) }
        : { how: 'script-error', message: `${job.chunk}: ${sentence.message}` };
    case 'hold':
      return {
        how: 'script-error',
        message: `${job.chunk}: ended because it held up all other scripts in a call that cannot be interrupted`,
      };
    default:
      return { how: sentence.why };
  }
};

/** Runs one script in a fresh interpreter state and reports how it ended. */
export const runScript = (host: ScriptScheduler, job: ScriptJob): void => {
  const L = newState();
  const run = new ScriptRun(job, host, L);
  host.runs.set(job.id, run);
  if (host.locks.heldFor(job.condition)) run.markEffect();
  const stopTimer = limit(run);
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
    host.runs.delete(job.id);
    host.locks.leave(run);
    host.report({ what: 'done', id: job.id, done: { end, state: report, stored } });
  };

  /** As plain Lua does at its end: what was written goes out, and commands that were begun are waited for. */
  const settle = async (end: () => LuaEnd): Promise<void> => {
    run.co = undefined;
    // What was decided is in `end`; the time limit may still strike while the rest is waited for.
    run.abortReason = undefined;
    while (run.resources.size > 0 && !run.over)
      await Promise.all(
        [...run.resources].map(async (resource) => {
          await resource.settle();
          run.resources.delete(resource);
        }),
      );
    finish(end());
  };

  run.finish = (sentence) => {
    if (sentence.why === 'exit' || sentence.why === 'hold') {
      if (!initialised)
        finish({ how: 'init-error', cause: 'failed', message: sentenceText(sentence, job.initScriptPath ?? '') });
      else if (run.resources.size === 0) finish(endOf(sentence, L, job));
      else void settle(() => endOf(sentence, L, job));
    } else finish(endOf(sentence, L, job));
  };

  const go = async (): Promise<void> => {
    openLibraries(L);
    setGlobals(L, job);
    if (job.initScriptPath !== undefined) {
      const failed = await runInit(run, job.initScriptPath);
      if (failed !== undefined) return finish(failed);
      if (run.over) return;
      initialised = true;
      host.report({ what: 'initialised', id: job.id });
    }
    const message = await runChunk(run, encodeText(job.script), job.chunk);
    const end = (): LuaEnd =>
      message === undefined
        ? { how: 'finished', comparisons: compareExpectations(L, job.expected) }
        : { how: 'script-error', message };
    if (run.resources.size === 0) finish(end());
    else await settle(end);
  };
  go().catch((error: Error) => finish({ how: 'not-started', reason: error.message }));
};

const sentenceText = (sentence: AbortReason, path: string): string =>
  sentence.why === 'exit'
    ? `${path}: ${sentence.message ?? 'os.exit in the init script'}`
    : `${path}: held up other scripts`;

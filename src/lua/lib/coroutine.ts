import { luaF_close } from 'fengari/src/lfunc.js';
import * as lua from '../lua-api.ts';
import { pushText } from '../lua-values.ts';
import { runOf } from '../script-scheduler.ts';

const threadAt = (L: lua.State, arg: number): lua.State => {
  const co = lua.tothread(L, arg);
  lua.argcheck(L, co !== null, arg, 'coroutine expected');
  return co!;
};

const FAILED = -1;
const TO_SCHEDULER = -2;

/**
 * Resumes a coroutine of the script. Passes on a yield that is meant for the scheduler and not for this `resume`.
 * Returns the number of results moved to `L`, FAILED with the error there, or TO_SCHEDULER.
 */
const resumeThread = (L: lua.State, co: lua.State, args: number): number => {
  const run = runOf(L);
  const blocks = !lua.isyieldable(L);
  if (blocks) run.blocked++;
  run.scheduler.running = co;
  const status = lua.resume(co, L, args);
  run.scheduler.running = L;
  if (blocks) run.blocked--;
  if (status === lua.YIELD && run.yielding !== undefined) return TO_SCHEDULER;
  if (status === lua.OK || status === lua.YIELD) {
    const n = lua.gettop(co);
    if (!lua.checkstack(L, n + 1)) {
      lua.pop(co, n);
      pushText(L, 'too many results to resume');
      return FAILED;
    }
    lua.xmove(co, L, n);
    return n;
  }
  lua.xmove(co, L, 1);
  return FAILED;
};

const beginThread = (L: lua.State, co: lua.State, args: number): number => {
  if (!lua.checkstack(co, args)) {
    pushText(L, 'too many arguments to resume');
    return FAILED;
  }
  if (lua.status(co) === lua.OK && lua.gettop(co) === 0) {
    pushText(L, 'cannot resume dead coroutine');
    return FAILED;
  }
  lua.xmove(L, co, args);
  return resumeThread(L, co, args);
};

const finishResume = (L: lua.State, n: number): number => {
  if (n === TO_SCHEDULER) return lua.yieldk(L, 0, 0, resumeAgain);
  if (n === FAILED) {
    lua.pushboolean(L, false);
    lua.insert(L, -2);
    return 2;
  }
  lua.pushboolean(L, true);
  lua.insert(L, -(n + 1));
  return n + 1;
};
const resumeAgain = (L: lua.State): number => finishResume(L, resumeThread(L, threadAt(L, 1), 0));
const resume = (L: lua.State): number => finishResume(L, beginThread(L, threadAt(L, 1), lua.gettop(L) - 1));

const finishWrapped = (L: lua.State, n: number): number => {
  if (n === TO_SCHEDULER) return lua.yieldk(L, 0, 0, wrapAgain);
  if (n !== FAILED) return n;
  if (lua.type(L, -1) === lua.TSTRING) {
    lua.where(L, 1);
    lua.insert(L, -2);
    lua.concat(L, 2);
  }
  return lua.error(L);
};
const ownThread = (L: lua.State): lua.State => lua.tothread(L, lua.upvalueindex(1))!;
const wrapAgain = (L: lua.State): number => finishWrapped(L, resumeThread(L, ownThread(L), 0));
const callWrapped = (L: lua.State): number => finishWrapped(L, beginThread(L, ownThread(L), lua.gettop(L)));

const create = (L: lua.State): number => {
  lua.checktype(L, 1, lua.TFUNCTION);
  const co = lua.newthread(L);
  lua.pushvalue(L, 1);
  lua.xmove(L, co, 1);
  return 1;
};

const wrap = (L: lua.State): number => {
  create(L);
  lua.pushcclosure(L, callWrapped, 1);
  return 1;
};

/** The script's own coroutine is its main thread: it must not yield, because only the scheduler resumes it. */
const isMain = (L: lua.State): boolean => L === runOf(L).co;

const yieldFrom = (L: lua.State): number =>
  isMain(L) ? lua.raise(L, 'attempt to yield from outside a coroutine') : lua.yieldk(L, lua.gettop(L), 0, null);

const running = (L: lua.State): number => {
  lua.pushthread(L);
  lua.pushboolean(L, isMain(L));
  return 2;
};

const isyieldable = (L: lua.State): number => lua.pushboolean(L, !isMain(L) && lua.isyieldable(L));

/** `coroutine.close (co)` of Lua 5.4: the coroutine is dead afterwards. */
const close = (L: lua.State): number => {
  const co = threadAt(L, 1);
  const failed = lua.status(co) !== lua.OK && lua.status(co) !== lua.YIELD;
  if (co === L || (lua.status(co) === lua.OK && co.ci !== co.base_ci))
    return lua.raise(L, 'cannot close a running coroutine');
  if (failed) {
    lua.pushboolean(L, false);
    lua.xmove(co, L, 1);
    return 2;
  }
  luaF_close(co, 1);
  co.ci = co.base_ci;
  co.status = lua.OK;
  lua.settop(co, 0);
  return lua.pushboolean(L, true);
};

/** Replaces functions of the same name in the interpreter's `coroutine` library. */
export const coroutineFunctions = { create, resume, wrap, yield: yieldFrom, running, isyieldable, close };

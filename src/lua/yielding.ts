import { performance } from 'node:perf_hooks';
import { luaL_error } from 'fengari/src/lauxlib.js';
import { LUA_MASKCOUNT, type lua_State, lua_sethook, lua_yield } from 'fengari/src/lua.js';
import { runOf, type ScriptRun } from './script-run.ts';
import { canSuspend } from './suspend.ts';
import { luaString } from './values.ts';

/** A script runs so long before others get their turn. */
export const SLICE_MS = 4;
/** Most instructions between two looks at the clock. */
const MOST = 2000;
const AIM_MS = 0.5;

/** What a script is told when it is to end where it cannot be left. */
const abortMessage = (run: ScriptRun): string => {
  switch (run.abortReason?.why) {
    case 'timeout':
      return 'time limit reached';
    case 'memory':
      return 'memory limit reached';
    case 'exit':
      return 'os.exit';
    case 'hold':
      return 'the script held up all others in a call that cannot be interrupted';
    default:
      return 'the script was ended';
  }
};

/** Called now and then within a call that cannot be left: raises the error of a script that has to end. */
export const abortIfDue = (L: lua_State, run: ScriptRun, now: number): void => {
  if (run.abortReason === undefined) run.scheduler.checkLimits(run, now);
  if (run.abortReason === undefined) run.scheduler.checkHoldTime(run, now);
  if (run.abortReason !== undefined) abortScript(L, run);
};

/**
 * Called by a library function between two pieces of its work; true when it is to yield to the host, by a continuation. Raises the
 * error of a script that has to end and cannot be left.
 */
export const shouldYield = (L: lua_State, run: ScriptRun, now: number): boolean => {
  if (run.abortReason === undefined) run.scheduler.checkLimits(run, now);
  if (run.abortReason === undefined && now - run.sliceBegan < SLICE_MS) return false;
  if (canSuspend(L)) {
    run.yielding = 'slice';
    return true;
  }
  abortIfDue(L, run, now);
  return false;
};

/** Ends a sentenced script from within: it yields and is never resumed, which no `pcall` can catch. */
const abortScript = (L: lua_State, run: ScriptRun): void => {
  if (canSuspend(L)) {
    run.yielding = 'slice';
    lua_yield(L, 0);
    return;
  }
  // It cannot be left here. An error can be caught, so it is raised again at every instruction.
  L.allowhook = 1;
  lua_sethook(L, clockHook, LUA_MASKCOUNT, 1);
  luaL_error(L, luaString('%s'), luaString(abortMessage(run)));
};

const clockHook = (L: lua_State): void => {
  const run = runOf(L);
  const now = performance.now();
  if (run.abortReason === undefined) {
    const took = now - run.hookAt;
    run.hookAt = now;
    // Instructions differ: some call a slow function. Look more often where they do.
    if (took > 2 * AIM_MS) L.basehookcount = Math.max(1, Math.floor((L.basehookcount * AIM_MS) / took));
    else if (took < AIM_MS / 2 && L.basehookcount < MOST) L.basehookcount = Math.min(MOST, L.basehookcount * 2);
    run.scheduler.checkLimits(run, now);
  }
  if (run.abortReason !== undefined) abortScript(L, run);
  else if (now - run.sliceBegan >= SLICE_MS) {
    if (canSuspend(L)) {
      run.yielding = 'slice';
      lua_yield(L, 0);
    } else run.scheduler.checkHoldTime(run, now);
  }
};

/** Puts the clock on a coroutine; those it makes inherit it. */
export const installClockHook = (L: lua_State): void => lua_sethook(L, clockHook, LUA_MASKCOUNT, MOST / 2);

/** Makes the clock be looked at with the next instruction. */
export const checkClockSoon = (L: lua_State): void => {
  L.hookcount = 1;
};

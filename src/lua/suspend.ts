import { luaL_error } from 'fengari/src/lauxlib.js';
import { lua_isyieldable, type lua_State, lua_yieldk } from 'fengari/src/lua.js';
import { runOf } from './script-run.ts';
import { encodeText, luaString } from './values.ts';

/** What a finished wait puts on the script's stack; answers how many values, or raises a Lua error. */
export type PushResults = (L: lua_State) => number;

/** True when everything between this coroutine and the host can be left and come back to. */
export const canSuspend = (L: lua_State): boolean => runOf(L).blocked === 0 && lua_isyieldable(L);

const takeAnswer = (L: lua_State): number => {
  const run = runOf(L);
  const { pushResults: answer } = run;
  run.pushResults = undefined;
  return answer === undefined ? 0 : answer(L);
};

/**
 * Leaves the script until `done` is called with what it was waiting for; other scripts run meanwhile. `start` answers how to
 * give up waiting. Raises a Lua error where the script cannot be left. To be returned from a function that Lua called.
 */
export const suspend = (
  L: lua_State,
  start: (done: (answer: PushResults) => void) => (() => void) | undefined,
): number => {
  if (!canSuspend(L)) return luaL_error(L, luaString('cannot wait here: inside a call that cannot be interrupted'));
  const run = runOf(L);
  const wait = { settled: false };
  run.yielding = 'wait';
  run.cancel = undefined;
  const cancel = start((answer) => {
    if (wait.settled || run.over) return;
    wait.settled = true;
    run.cancel = undefined;
    run.pushResults = answer;
    run.scheduler.enqueue(run);
  });
  if (!wait.settled) run.cancel = cancel;
  return lua_yieldk(L, 0, 0, takeAnswer);
};

/** {@link suspend} for a promise; a rejection raises its message as a Lua error. */
export const suspendFor = <T>(L: lua_State, work: () => Promise<T>, push: (L: lua_State, value: T) => number): number =>
  suspend(L, (done) => {
    work().then(
      (value) => done((to) => push(to, value)),
      (error: Error) => done((to) => luaL_error(to, luaString('%s'), encodeText(error.message))),
    );
    return undefined;
  });

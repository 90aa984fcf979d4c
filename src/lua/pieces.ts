import { performance } from 'node:perf_hooks';
import { type lua_State, lua_yieldk } from 'fengari/src/lua.js';
import { runOf, type ScriptRun } from './script-run.ts';
import { shouldYield } from './yielding.ts';

/**
 * Does the work of a library function in pieces: `piece` does some, for less than a millisecond, and answers whether it is done.
 * Between two pieces the clock is looked at, and others get their turn. To be returned from a function that Lua called; `end`
 * leaves the results on the stack.
 */
export const inPieces = (L: lua_State, piece: () => boolean, end: (L: lua_State) => number): number => {
  if (piece()) return end(L);
  return goOn(L, runOf(L), piece, end);
};

const goOn = (L: lua_State, run: ScriptRun, piece: () => boolean, end: (L: lua_State) => number): number => {
  for (;;) {
    if (shouldYield(L, run, performance.now())) return lua_yieldk(L, 0, 0, (to) => goOn(to, run, piece, end));
    if (piece()) return end(L);
  }
};

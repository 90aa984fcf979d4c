import type { lua_State } from 'fengari/src/lua.js';
import { runOf } from './script-run.ts';

/**
 * A script that overflows so often catches each overflow and goes on, which doubles the work with each level: it would not come to an
 * end in this century.
 */
const MOST_OVERFLOWS = 2000;

/** Counts calls that went too deep, and ends a script that makes them again and again. */
export const overflowed = (L: lua_State): void => {
  if (L.l_G.owner === undefined) return;
  const run = runOf(L);
  run.overflows += 1;
  if (run.overflows > MOST_OVERFLOWS)
    run.abortReason ??= { why: 'exit', message: `stack overflow, more than ${MOST_OVERFLOWS} times` };
};

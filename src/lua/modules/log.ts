import { luaL_checkany, luaL_tolstring } from 'fengari/src/lauxlib.js';
import { type LuaFunction, lua_pop, type lua_State } from 'fengari/src/lua.js';
import { LEVELS, type Level } from '../../log/record.ts';
import { waitForLog } from '../lib/base.ts';
import { runOf } from '../script-run.ts';
import { decodeText } from '../values.ts';

const speak =
  (level: Level): LuaFunction =>
  (L: lua_State): number => {
    luaL_checkany(L, 1);
    const said = decodeText(luaL_tolstring(L, 1));
    lua_pop(L, 1);
    const run = runOf(L);
    run.logLine(level, said);
    return waitForLog(L, run, 0);
  };

/** `log.trace (m)` to `log.error (m)`: one record each. Any value is taken, as `tostring` shows it. */
export const logFunctions: Readonly<Record<string, LuaFunction>> = Object.fromEntries(
  LEVELS.map((level) => [level, speak(level)]),
);

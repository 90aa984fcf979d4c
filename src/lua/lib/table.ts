import { luaL_argerror } from 'fengari/src/lauxlib.js';
import {
  LUA_TFUNCTION,
  LUA_TTABLE,
  type LuaFunction,
  lua_callk,
  lua_getmetatable,
  lua_pushinteger,
  lua_pushvalue,
  lua_rawlen,
  type lua_State,
  lua_type,
} from 'fengari/src/lua.js';
import { canSuspend } from '../suspend.ts';
import { word } from '../values.ts';
import { pushPrelude } from './shared.ts';

const nothing = (): number => 0;

/** `table.sort (t [, less])`: with a function to compare, the Lua version, which can be left and stopped inside. */
export const sortWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    if (lua_type(L, 2) !== LUA_TFUNCTION || lua_type(L, 1) !== LUA_TTABLE || lua_getmetatable(L, 1) || !canSuspend(L))
      return native(L);
    const n = lua_rawlen(L, 1);
    if (n >= 100_000_000) return luaL_argerror(L, 1, word('array too big'));
    pushPrelude(L, 'sort');
    lua_pushvalue(L, 1);
    lua_pushinteger(L, n);
    lua_pushvalue(L, 2);
    lua_callk(L, 3, 0, 0, nothing);
    return 0;
  };

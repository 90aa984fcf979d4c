import {
  luaL_argcheck,
  luaL_checkinteger,
  luaL_checkstring,
  luaL_error,
  luaL_optinteger,
  luaL_optstring,
} from 'fengari/src/lauxlib.js';
import {
  LUA_TFUNCTION,
  type LuaFunction,
  lua_callk,
  lua_gettop,
  lua_pushinteger,
  lua_pushstring,
  lua_pushvalue,
  type lua_State,
  lua_type,
} from 'fengari/src/lua.js';
import { MAX_STRING_BYTES } from '../allocation.ts';
import { canSuspend } from '../suspend.ts';
import { pushOwned, word } from '../values.ts';
import { pushPrelude } from './shared.ts';

const two = (): number => 2;

/** `string.gsub`: with a function as replacement, the Lua version, which can be left and stopped inside. */
export const gsubWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    if (lua_type(L, 3) !== LUA_TFUNCTION || !canSuspend(L)) return native(L);
    const s = luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    const most = luaL_optinteger(L, 4, s.length + 1);
    pushPrelude(L, 'gsub');
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    lua_pushinteger(L, most);
    lua_callk(L, 4, 2, 0, two);
    return 2;
  };

/** `string.char (···)`, whose error the interpreter loses. */
export const char = (L: lua_State): number => {
  const made = new Uint8Array(lua_gettop(L));
  for (let i = 0; i < made.length; i++) {
    const code = luaL_checkinteger(L, i + 1);
    luaL_argcheck(L, code >= 0 && code <= 255, i + 1, word('value out of range'));
    made[i] = code;
  }
  pushOwned(L, made);
  return 1;
};

/** `string.rep (s, n [, sep])`, which refuses to make more than a string may have, and doubles instead of looping. */
export const rep = (L: lua_State): number => {
  const s = luaL_checkstring(L, 1);
  const n = luaL_checkinteger(L, 2);
  const separator = luaL_optstring(L, 3, word(''))!;
  if (n <= 0) {
    lua_pushstring(L, word(''));
    return 1;
  }
  const total = n * s.length + (n - 1) * separator.length;
  if (total > MAX_STRING_BYTES) return luaL_error(L, word('resulting string too large'));
  const made = new Uint8Array(total);
  made.set(s);
  made.set(separator.subarray(0, total - s.length), s.length);
  const period = s.length + separator.length;
  for (let have = period; have > 0 && have < total; have *= 2) made.copyWithin(have, 0, Math.min(have, total - have));
  pushOwned(L, made);
  return 1;
};

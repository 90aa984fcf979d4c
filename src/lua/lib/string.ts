import { luaL_argcheck, luaL_checkinteger, luaL_checkstring, luaL_error, luaL_optstring } from 'fengari/src/lauxlib.js';
import { lua_gettop, lua_pushstring, type lua_State } from 'fengari/src/lua.js';
import { MAX_STRING_BYTES } from '../allocation.ts';
import { pushOwned, word } from '../values.ts';

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

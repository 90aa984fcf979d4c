import type { lua_State } from 'fengari/src/lua.js';
import {
  LUA_TNIL,
  LUA_TNUMBER,
  LUA_TSTRING,
  lua_pushinteger,
  lua_pushnil,
  lua_settop,
  lua_stringtonumber,
  lua_tolstring,
  lua_type,
  luaL_argcheck,
  luaL_checkany,
  luaL_checkinteger,
  luaL_checktype,
} from '../api.ts';
import { digitOf, isBlank } from '../number-parsing.ts';
import { inPieces } from '../pieces.ts';
import { luaString } from '../values.ts';

/** Bytes that are read in one piece of work. */
const AT_ONCE = 64 * 1024;
const [PLUS, MINUS] = [43, 45];

/** The number in a base, which wraps around at 32 bits as all integers here. */
const based = (L: lua_State): number => {
  const base = luaL_checkinteger(L, 2);
  luaL_checktype(L, 1, LUA_TSTRING);
  luaL_argcheck(L, base >= 2 && base <= 36, 2, luaString('base out of range'));
  const s = lua_tolstring(L, 1)!;
  let [from, end] = [0, s.length];
  while (isBlank(s[from])) from++;
  while (end > from && isBlank(s[end - 1])) end--;
  const negative = s[from] === MINUS;
  if (negative || s[from] === PLUS) from++;
  let n = 0;
  let at = from;
  let wrong = from === end;
  const piece = (): boolean => {
    const last = Math.min(end, at + AT_ONCE);
    for (; at < last; at++) {
      const digit = digitOf(s[at]);
      if (digit >= base) {
        wrong = true;
        return true;
      }
      n = (Math.imul(n, base) + digit) | 0;
    }
    return wrong || at === end;
  };
  return inPieces(L, piece, (to) => {
    if (wrong) lua_pushnil(to);
    else lua_pushinteger(to, negative ? -n | 0 : n);
    return 1;
  });
};

/** `tonumber (e [, base])`; the interpreter's own takes a text whose first digits fit the base. */
export const tonumber = (L: lua_State): number => {
  if (lua_type(L, 2) > LUA_TNIL) return based(L);
  const type = lua_type(L, 1);
  if (type === LUA_TNUMBER) {
    lua_settop(L, 1);
    return 1;
  }
  if (type === LUA_TSTRING) {
    const s = lua_tolstring(L, 1)!;
    if (lua_stringtonumber(L, s) === s.length + 1) return 1;
  } else luaL_checkany(L, 1);
  lua_pushnil(L);
  return 1;
};

import type { LuaFunction, lua_State } from 'fengari/src/lua.js';
import { MAX_STRING_BYTES } from '../allocation.ts';
import {
  lua_gettop,
  lua_pushstring,
  luaL_argcheck,
  luaL_checkinteger,
  luaL_checkstring,
  luaL_error,
  luaL_optstring,
} from '../api.ts';
import { inPieces } from '../pieces.ts';
import { luaString, pushOwned } from '../values.ts';

/** Bytes that are changed in one piece of work. */
const AT_ONCE = 128 * 1024;

/** `string.char (···)`, whose error the interpreter loses. */
export const char = (L: lua_State): number => {
  const made = new Uint8Array(lua_gettop(L));
  for (let i = 0; i < made.length; i++) {
    const code = luaL_checkinteger(L, i + 1);
    luaL_argcheck(L, code >= 0 && code <= 255, i + 1, luaString('value out of range'));
    made[i] = code;
  }
  pushOwned(L, made);
  return 1;
};

/** `string.rep (s, n [, sep])`, which refuses to make more than a string may have, and doubles instead of looping. */
export const rep = (L: lua_State): number => {
  const s = luaL_checkstring(L, 1);
  const n = luaL_checkinteger(L, 2);
  const separator = luaL_optstring(L, 3, luaString(''))!;
  if (n <= 0) {
    lua_pushstring(L, luaString(''));
    return 1;
  }
  const total = n * s.length + (n - 1) * separator.length;
  if (total > MAX_STRING_BYTES) return luaL_error(L, luaString('resulting string too large'));
  const made = new Uint8Array(total);
  made.set(s);
  made.set(separator.subarray(0, total - s.length), s.length);
  const period = s.length + separator.length;
  for (let have = period; have > 0 && have < total; have *= 2) made.copyWithin(have, 0, Math.min(have, total - have));
  pushOwned(L, made);
  return 1;
};

/** A function that makes a text of the same length, a part of it in each call of `change`. */
const changed =
  (change: (from: Uint8Array, to: Uint8Array, begin: number, end: number) => void): LuaFunction =>
  (L: lua_State): number => {
    const s = luaL_checkstring(L, 1);
    const made = new Uint8Array(s.length);
    if (s.length <= AT_ONCE) {
      change(s, made, 0, s.length);
      pushOwned(L, made);
      return 1;
    }
    let at = 0;
    const piece = (): boolean => {
      const begin = at;
      at = Math.min(s.length, at + AT_ONCE);
      change(s, made, begin, at);
      return at === s.length;
    };
    return inPieces(L, piece, (to) => {
      pushOwned(to, made);
      return 1;
    });
  };

const CASE = 0x20;

export const upper = changed((from, to, begin, end) => {
  for (let i = begin; i < end; i++) {
    const c = from[i]!;
    to[i] = c >= 97 && c <= 122 ? c - CASE : c;
  }
});

export const lower = changed((from, to, begin, end) => {
  for (let i = begin; i < end; i++) {
    const c = from[i]!;
    to[i] = c >= 65 && c <= 90 ? c + CASE : c;
  }
});

export const reverse = changed((from, to, begin, end) => {
  const last = from.length - 1;
  for (let i = begin; i < end; i++) to[i] = from[last - i]!;
});

import type { lua_State } from 'fengari/src/lua.js';
import {
  lua_gettop,
  lua_pushcfunction,
  lua_pushinteger,
  lua_pushnil,
  lua_pushvalue,
  lua_tointegerx,
  luaL_argcheck,
  luaL_checkinteger,
  luaL_checkstring,
  luaL_error,
  luaL_optinteger,
} from '../api.ts';
import { countWork } from '../effort.ts';
import { inPieces } from '../pieces.ts';
import { luaString, pushOwned } from '../values.ts';

const LARGEST = 0x10ffff;
/** Bytes that are read in one piece of work. */
const AT_ONCE = 64 * 1024;
/** The largest code of one byte, two, three. */
const LIMITS = [0x7f, 0x7ff, 0xffff];

const continues = (c: number | undefined): boolean => c !== undefined && (c & 0xc0) === 0x80;

/** Bytes of a character with this code. */
const sizeOf = (code: number): number => (code <= 0x7f ? 1 : code <= 0x7ff ? 2 : code <= 0xffff ? 3 : 4);

/** The code of the character at a place; -1: there is none. */
const codeAt = (s: Uint8Array, at: number): number => {
  const first = s[at]!;
  if (first < 0x80) return first;
  const more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf8 ? 3 : 0;
  if (more === 0) return -1;
  let code = first & (0x3f >> more);
  for (let i = 1; i <= more; i++) {
    const c = s[at + i];
    if (c === undefined || (c & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (c & 0x3f);
  }
  return code > LARGEST || code <= LIMITS[more - 1]! ? -1 : code;
};

const relative = (position: number, length: number): number =>
  position >= 0 ? position : -position > length ? 0 : length + position + 1;

/** `utf8.len (s [, i [, j]])` */
const len = (L: lua_State): number => {
  const s = luaL_checkstring(L, 1);
  let at = relative(luaL_optinteger(L, 2, 1), s.length) - 1;
  const last = relative(luaL_optinteger(L, 3, -1), s.length) - 1;
  luaL_argcheck(L, at >= 0 && at <= s.length, 2, luaString('initial position out of string'));
  luaL_argcheck(L, last < s.length, 3, luaString('final position out of string'));
  let n = 0;
  let wrong = false;
  const piece = (): boolean => {
    const stop = Math.min(last, at + AT_ONCE);
    while (at <= stop) {
      const code = codeAt(s, at);
      if (code < 0) {
        wrong = true;
        return true;
      }
      at += code < 0x80 ? 1 : sizeOf(code);
      n += 1;
    }
    return at > last;
  };
  return inPieces(L, piece, (to) => {
    if (!wrong) {
      lua_pushinteger(to, n);
      return 1;
    }
    lua_pushnil(to);
    lua_pushinteger(to, at + 1);
    return 2;
  });
};

/** `utf8.offset (s, n [, i])` */
const offset = (L: lua_State): number => {
  const s = luaL_checkstring(L, 1);
  let n = luaL_checkinteger(L, 2);
  let at = relative(luaL_optinteger(L, 3, n >= 0 ? 1 : s.length + 1), s.length) - 1;
  luaL_argcheck(L, at >= 0 && at <= s.length, 3, luaString('position out of range'));
  const found = n === 0;
  if (!found && continues(s[at])) return luaL_error(L, luaString('initial position is a continuation byte'));
  if (n > 0) n -= 1;
  const step = found || n < 0 ? -1 : 1;
  /** Within a character. */
  let inside = found;
  const piece = (): boolean => {
    for (let steps = AT_ONCE; steps > 0; steps--) {
      if (inside) {
        if (step < 0 ? at > 0 && continues(s[at]) : continues(s[at])) at += step;
        else {
          inside = false;
          n -= found ? 0 : step;
        }
      } else if (n === 0 || (step < 0 ? at <= 0 : at >= s.length)) return true;
      else {
        at += step;
        inside = true;
      }
    }
    return false;
  };
  return inPieces(L, piece, (to) => {
    if (n === 0) lua_pushinteger(to, at + 1);
    else lua_pushnil(to);
    return 1;
  });
};

/** `utf8.char (···)` */
const char = (L: lua_State): number => {
  const count = lua_gettop(L);
  let length = 0;
  for (let i = 1; i <= count; i++) {
    const code = luaL_checkinteger(L, i);
    luaL_argcheck(L, code >= 0 && code <= LARGEST, i, luaString('value out of range'));
    length += sizeOf(code);
  }
  const made = new Uint8Array(length);
  let at = 0;
  for (let i = 1; i <= count; i++) {
    const code = luaL_checkinteger(L, i);
    const size = sizeOf(code);
    for (let k = size - 1, rest = code; k > 0; k--, rest >>= 6) made[at + k] = 0x80 | (rest & 0x3f);
    made[at] = size === 1 ? code : ((0xf00 >> size) & 0xff) | (code >> (6 * (size - 1)));
    at += size;
  }
  pushOwned(L, made);
  return 1;
};

const nextCode = (L: lua_State): number => {
  const s = luaL_checkstring(L, 1);
  const before = lua_tointegerx(L, 2);
  let at = (before === false ? 0 : before) - 1;
  if (at < 0) at = 0;
  else if (at < s.length) {
    const from = at;
    at += 1;
    while (continues(s[at])) at++;
    countWork(at - from);
  }
  if (at >= s.length) return 0;
  const code = codeAt(s, at);
  if (code < 0 || continues(s[at + sizeOf(code)])) return luaL_error(L, luaString('invalid UTF-8 code'));
  lua_pushinteger(L, at + 1);
  lua_pushinteger(L, code);
  return 2;
};

/** `utf8.codes (s)` */
const codes = (L: lua_State): number => {
  luaL_checkstring(L, 1);
  lua_pushcfunction(L, nextCode);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
};

/** What replaces functions of the same name in the interpreter's `utf8` library. */
export const utf8Functions = { len, offset, char, codes };

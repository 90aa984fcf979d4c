import * as lua from '../lua-api.ts';
import { pushOwned } from '../lua-values.ts';
import { MAX_STRING_BYTES } from '../memory-limit.ts';
import { inPieces } from '../yielding.ts';

/** Bytes that are changed in one piece of work. */
const AT_ONCE = 128 * 1024;

/** `string.char (···)`: the interpreter's own loses the error. */
const char = (L: lua.State): number => {
  const made = new Uint8Array(lua.gettop(L));
  for (let i = 0; i < made.length; i++) {
    const code = lua.checkinteger(L, i + 1);
    lua.argcheck(L, code >= 0 && code <= 255, i + 1, 'value out of range');
    made[i] = code;
  }
  return pushOwned(L, made);
};

/** `string.rep (s, n [, sep])`: refuses to make a string that is too long, and doubles instead of looping. */
const rep = (L: lua.State): number => {
  const s = lua.checkstring(L, 1);
  const n = lua.checkinteger(L, 2);
  const separator = lua.optstring(L, 3, '')!;
  if (n <= 0) {
    return lua.pushliteral(L, '');
  }
  const total = n * s.length + (n - 1) * separator.length;
  if (total > MAX_STRING_BYTES) return lua.raise(L, 'resulting string too large');
  const made = new Uint8Array(total);
  made.set(s);
  made.set(separator.subarray(0, total - s.length), s.length);
  const period = s.length + separator.length;
  for (let have = period; have > 0 && have < total; have *= 2) made.copyWithin(have, 0, Math.min(have, total - have));
  return pushOwned(L, made);
};

/** Makes a function whose result has the same length; each call of `change` makes a part of it. */
const mapBytes =
  (change: (from: Uint8Array, to: Uint8Array, begin: number, end: number) => void): lua.LuaFunction =>
  (L: lua.State): number => {
    const s = lua.checkstring(L, 1);
    const made = new Uint8Array(s.length);
    let at = 0;
    const piece = (): boolean => {
      const begin = at;
      at = Math.min(s.length, at + AT_ONCE);
      change(s, made, begin, at);
      return at === s.length;
    };
    return inPieces(L, piece, (to) => pushOwned(to, made));
  };

const CASE = 0x20;

const upper = mapBytes((from, to, begin, end) => {
  for (let i = begin; i < end; i++) {
    const c = from[i]!;
    to[i] = c >= 97 && c <= 122 ? c - CASE : c;
  }
});

const lower = mapBytes((from, to, begin, end) => {
  for (let i = begin; i < end; i++) {
    const c = from[i]!;
    to[i] = c >= 65 && c <= 90 ? c + CASE : c;
  }
});

const reverse = mapBytes((from, to, begin, end) => {
  const last = from.length - 1;
  for (let i = begin; i < end; i++) to[i] = from[last - i]!;
});

/** The functions of `string` without patterns and formats. */
export const stringFunctions = { char, rep, upper, lower, reverse };

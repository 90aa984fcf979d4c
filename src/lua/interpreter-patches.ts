import './patch-strings.ts';
import lapi from 'fengari/src/lapi.js';
import lobject from 'fengari/src/lobject.js';
import { countWork } from './memory-limit.ts';
import { type Numeral, readNumeral } from './number-parsing.ts';

/** Bytes of a text that a message has room for. */
const LONGEST_QUOTE = 16 * 1024;
const ELLIPSIS = [46, 46, 46];

/** A text as a message quotes it: one that is very long ends in three points, between two characters. */
export const shortenForMessage = (s: Uint8Array): Uint8Array => {
  if (s.length <= LONGEST_QUOTE) return s;
  let end = LONGEST_QUOTE - ELLIPSIS.length;
  for (let back = 0; back < 3 && (s[end]! & 0xc0) === 0x80; back++) end--;
  const made = new Uint8Array(end + ELLIPSIS.length);
  made.set(s.subarray(0, end));
  made.set(ELLIPSIS, end);
  return made;
};

/**
 * An exception inside the interpreter, such as a string that is too large, is made a Lua error by pushing a function and the
 * exception. In a function of Lua there may be no room for them, which lost the error: makes room.
 */
const push = lapi.lua_pushcfunction;
lapi.lua_pushcfunction = (L, f) => {
  L.ci.top = Math.max(L.ci.top, L.top + 2);
  push(L, f);
};

/** Messages of errors quote names and texts of the script, however long they are: shortens them before a message is made. */
const shorten = (args: readonly unknown[]): readonly unknown[] =>
  args.map((arg) => (arg instanceof Uint8Array ? shortenForMessage(arg) : arg));
const { luaO_pushvfstring, luaO_pushfstring } = lobject;
lobject.luaO_pushvfstring = (L, format, args) => luaO_pushvfstring(L, format, shorten(args));
lobject.luaO_pushfstring = (L, format, ...args) => luaO_pushfstring(L, format, ...shorten(args));

/** Texts up to this length are left to the interpreter. */
const SHORT_NUMERAL = 32;
/** Digits that always fit an integer. */
const SAFE_DIGITS = 9;

const read = lobject.luaO_str2num;
/** By the bytes themselves: a text that stands for a number many times is read once. */
const knownNumerals = new WeakMap<Uint8Array, Numeral | null>();

/** The interpreter converts a long text to a number through several copies, which takes seconds: reads the bytes. */
lobject.luaO_str2num = (s, into) => {
  if (s.length > SHORT_NUMERAL) return readLong(s, into);
  return readDigits(s, into) || read(s, into);
};

/** The most frequent texts: a few digits. */
const readDigits: typeof read = (s, into) => {
  const { length } = s;
  if (length === 0 || length > SAFE_DIGITS) return 0;
  let n = 0;
  for (let i = 0; i < length; i++) {
    const digit = s[i]! - 48;
    if (digit < 0 || digit > 9) return 0;
    n = n * 10 + digit;
  }
  into.setivalue(n);
  return length + 1;
};

const readLong: typeof read = (s, into) => {
  let numeral = knownNumerals.get(s);
  if (numeral === undefined) {
    numeral = readNumeral(s) ?? null;
    knownNumerals.set(s, numeral);
    countWork(s.length);
  }
  if (numeral === null) return 0;
  if (numeral.integer) into.setivalue(numeral.value);
  else into.setfltvalue(numeral.value);
  return s.length + 1;
};

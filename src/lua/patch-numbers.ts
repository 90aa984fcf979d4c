import lobject from 'fengari/src/lobject.js';
import { countWork } from './effort.ts';
import { type Numeral, readNumeral } from './number-parsing.ts';

/** Texts up to this length are left to the interpreter. */
const SHORT = 32;
/** Digits that always fit an integer. */
const SAFE_DIGITS = 9;

const read = lobject.luaO_str2num;
/** By the bytes themselves: a text that stands for a number many times is read once. */
const known = new WeakMap<Uint8Array, Numeral | null>();

/** A repair of the interpreter. It makes a number of a long text by way of other texts, which takes seconds: read the bytes. */
lobject.luaO_str2num = (s, into) => {
  if (s.length > SHORT) return readLong(s, into);
  return readDigits(s, into) || read(s, into);
};

/** What is read most: a few digits. */
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
  let numeral = known.get(s);
  if (numeral === undefined) {
    numeral = readNumeral(s) ?? null;
    known.set(s, numeral);
    countWork(s.length);
  }
  if (numeral === null) return 0;
  if (numeral.integer) into.setivalue(numeral.value);
  else into.setfltvalue(numeral.value);
  return s.length + 1;
};

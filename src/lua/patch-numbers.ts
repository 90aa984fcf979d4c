import lobject from 'fengari/src/lobject.js';
import { effort } from './effort.ts';
import { type Numeral, readNumeral } from './long-numeral.ts';

/** Texts up to this length are left to the interpreter. */
const SHORT = 32;

const read = lobject.luaO_str2num;
/** By the bytes themselves: a text that stands for a number many times is read once. */
const known = new WeakMap<Uint8Array, Numeral | null>();

/** A repair of the interpreter. It makes a number of a long text by way of other texts, which takes seconds: read the bytes. */
lobject.luaO_str2num = (s, into) => {
  if (s.length <= SHORT) return read(s, into);
  return readLong(s, into);
};

const readLong: typeof read = (s, into) => {
  let numeral = known.get(s);
  if (numeral === undefined) {
    numeral = readNumeral(s) ?? null;
    known.set(s, numeral);
    effort(s.length);
  }
  if (numeral === null) return 0;
  if (numeral.integer) into.setivalue(numeral.value);
  else into.setfltvalue(numeral.value);
  return s.length + 1;
};

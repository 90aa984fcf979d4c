import * as lua from '../lua-api.ts';
import { positionAt, pushOwned } from '../lua-values.ts';
import { countWork } from '../memory-limit.ts';
import { inPieces } from '../yielding.ts';

const LARGEST = 0x10ffff;
/** Bytes that are read in one piece of work. */
const AT_ONCE = 64 * 1024;
/** The largest code of one byte, two, three. */
const LIMITS = [0x7f, 0x7ff, 0xffff];

const continues = (c: number | undefined): boolean => c !== undefined && (c & 0xc0) === 0x80;

/** Bytes of a character with this code. */
const sizeOf = (code: number): number => (code <= 0x7f ? 1 : code <= 0x7ff ? 2 : code <= 0xffff ? 3 : 4);

/** Continuation bytes after the first byte of a character of several bytes; 0 for other bytes. */
const continuationsAfter = (first: number): number => {
  if (first < 0xc0 || first >= 0xf8) return 0;
  return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
};

/** The code of the character at a position; -1: there is none. */
const codeAt = (s: Uint8Array, at: number): number => {
  const first = s[at]!;
  if (first < 0x80) return first;
  const more = continuationsAfter(first);
  if (more === 0) return -1;
  let code = first & (0x3f >> more);
  for (let i = 1; i <= more; i++) {
    const c = s[at + i];
    if (c === undefined || (c & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (c & 0x3f);
  }
  return code > LARGEST || code <= LIMITS[more - 1]! ? -1 : code;
};

/** `utf8.len (s [, i [, j]])` */
const len = (L: lua.State): number => {
  const s = lua.checkstring(L, 1);
  let at = positionAt(L, 2, 1, s.length) - 1;
  const last = positionAt(L, 3, -1, s.length) - 1;
  lua.argcheck(L, at >= 0 && at <= s.length, 2, 'initial position out of string');
  lua.argcheck(L, last < s.length, 3, 'final position out of string');
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
      return lua.pushinteger(to, n);
    }
    lua.pushnil(to);
    lua.pushinteger(to, at + 1);
    return 2;
  });
};

/** Steps over characters in pieces: forwards, backwards, or, for none, to the first byte of the one at the position. */
class CharacterSteps {
  at: number;
  left: number;
  readonly #s: Uint8Array;
  readonly #step: 1 | -1;
  readonly #toFirstByte: boolean;
  /** Within a character, which a step forwards leaves, and a step backwards up to its first byte. */
  #inside: boolean;

  constructor(s: Uint8Array, at: number, n: number) {
    this.#s = s;
    this.at = at;
    this.left = n > 0 ? n - 1 : n;
    this.#step = n > 0 ? 1 : -1;
    this.#toFirstByte = this.#inside = n === 0;
  }

  /** Does a piece of the work. Returns true at the goal or at an end of the text. */
  piece(): boolean {
    for (let steps = AT_ONCE; steps > 0; steps--) {
      if (this.#inside) this.#stepInside();
      else if (this.left === 0 || this.#atEnd()) return true;
      else {
        this.at += this.#step;
        this.#inside = true;
      }
    }
    return false;
  }

  #stepInside(): void {
    if (continues(this.#s[this.at]) && (this.#step > 0 || this.at > 0)) this.at += this.#step;
    else {
      this.#inside = false;
      if (!this.#toFirstByte) this.left -= this.#step;
    }
  }

  #atEnd(): boolean {
    return this.#step < 0 ? this.at <= 0 : this.at >= this.#s.length;
  }
}

/** `utf8.offset (s, n [, i])` */
const offset = (L: lua.State): number => {
  const s = lua.checkstring(L, 1);
  const n = lua.checkinteger(L, 2);
  const at = positionAt(L, 3, n >= 0 ? 1 : s.length + 1, s.length) - 1;
  lua.argcheck(L, at >= 0 && at <= s.length, 3, 'position out of range');
  if (n !== 0 && continues(s[at])) return lua.raise(L, 'initial position is a continuation byte');
  const steps = new CharacterSteps(s, at, n);
  return inPieces(
    L,
    () => steps.piece(),
    (to) => (steps.left === 0 ? lua.pushinteger(to, steps.at + 1) : lua.pushnil(to)),
  );
};

/** `utf8.char (···)` */
const char = (L: lua.State): number => {
  const count = lua.gettop(L);
  let length = 0;
  for (let i = 1; i <= count; i++) {
    const code = lua.checkinteger(L, i);
    lua.argcheck(L, code >= 0 && code <= LARGEST, i, 'value out of range');
    length += sizeOf(code);
  }
  const made = new Uint8Array(length);
  let at = 0;
  for (let i = 1; i <= count; i++) {
    const code = lua.checkinteger(L, i);
    const size = sizeOf(code);
    for (let k = size - 1, rest = code; k > 0; k--, rest >>= 6) made[at + k] = 0x80 | (rest & 0x3f);
    made[at] = size === 1 ? code : ((0xf00 >> size) & 0xff) | (code >> (6 * (size - 1)));
    at += size;
  }
  return pushOwned(L, made);
};

const nextCode = (L: lua.State): number => {
  const s = lua.checkstring(L, 1);
  const before = lua.tointegerx(L, 2);
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
  if (code < 0 || continues(s[at + sizeOf(code)])) return lua.raise(L, 'invalid UTF-8 code');
  lua.pushinteger(L, at + 1);
  lua.pushinteger(L, code);
  return 2;
};

/** `utf8.codes (s)` */
const codes = (L: lua.State): number => {
  lua.checkstring(L, 1);
  lua.pushcfunction(L, nextCode);
  lua.pushvalue(L, 1);
  lua.pushinteger(L, 0);
  return 3;
};

/** Replaces functions of the same name in the interpreter's `utf8` library. */
export const utf8Functions = { len, offset, char, codes };

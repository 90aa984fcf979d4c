import type { LuaFunction, lua_State } from 'fengari/src/lua.js';
import {
  LUA_TNUMBER,
  LUA_TSTRING,
  lua_call,
  lua_gettop,
  lua_pop,
  lua_pushcfunction,
  lua_pushstring,
  lua_pushvalue,
  lua_tolstring,
  lua_tonumberx,
  lua_type,
  luaL_argcheck,
  luaL_argerror,
  luaL_checkinteger,
  luaL_checknumber,
  luaL_checkstring,
  luaL_error,
  luaL_tolstring,
} from '../api.ts';
import { exponential, fixed, general, hexadecimal } from '../number-formatting.ts';
import { inPieces } from '../pieces.ts';
import { luaString, pushOwned } from '../values.ts';
import { ByteBuilder } from './byte-builder.ts';

/** What stands between the percent sign and the letter. */
interface Form {
  readonly flags: string;
  readonly width: number;
  /** Undefined: not given. */
  readonly precision: number | undefined;
  readonly letter: string;
}

/** The widest that a width can ask for: longer texts are not padded. */
const WIDEST = 99;
/** Texts of this length are kept as they are. */
const LONG = 4096;
/** Items in a piece of work. Reading many bytes, by a power of two, is a step as well. */
const STEPS = 500;
const BYTES_A_STEP = 12;
/** Bytes that are quoted at once. */
const BLOCK = 2048;

const FORM = /([-+ #0]*)([0-9]*)(?:(\.)([0-9]*))?(.?)/sy;

const formAt = (L: lua_State, format: string, from: number): readonly [Form, number] => {
  FORM.lastIndex = from;
  const [all = '', flags = '', width = '', point, decimals = '', letter = ''] = FORM.exec(format) ?? [];
  if (flags.length > 5) return luaL_error(L, luaString('invalid format (repeated flags)'));
  if (width.length > 2 || decimals.length > 2)
    return luaL_error(L, luaString('invalid format (width or precision too long)'));
  const precision = point === undefined ? undefined : Number(decimals);
  return [{ flags, width: Number(width), precision, letter }, from + all.length];
};

/** Blanks, or zeros after the sign, up to the width. */
const padded = (sign: string, text: string, { flags, width }: Form, zeros: boolean): string => {
  const room = Math.max(0, width - sign.length - text.length);
  if (flags.includes('-')) return sign + text + ' '.repeat(room);
  return zeros && flags.includes('0') ? sign + '0'.repeat(room) + text : ' '.repeat(room) + sign + text;
};

const signOf = (negative: boolean, { flags }: Form): string =>
  negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';

/** Beyond 32 bits whole numbers are floats here, exact up to 2⁵³: they count as integers. */
const wholeAt = (L: lua_State, arg: number): number => {
  const n = lua_type(L, arg) === LUA_TNUMBER ? lua_tonumberx(L, arg) : false;
  return n !== false && Number.isSafeInteger(n) ? n + 0 : luaL_checkinteger(L, arg);
};

const whole = (n: number, form: Form): string => {
  const { letter, flags, precision } = form;
  const signed = letter === 'd' || letter === 'i';
  // Negative ones have 32 bits, or, beyond that, 64.
  const bits = n >= -(2 ** 31) ? n >>> 0 : BigInt.asUintN(64, BigInt(n));
  const size = signed ? Math.abs(n) : n < 0 ? bits : n;
  let digits = size.toString(letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10);
  if (precision === 0 && n === 0) digits = '';
  digits = digits.padStart(precision ?? 0, '0');
  if (flags.includes('#') && letter === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
  const prefix = flags.includes('#') && (letter === 'x' || letter === 'X') && n !== 0 ? '0x' : '';
  const text = padded(signed ? signOf(n < 0, form) : prefix, digits, form, precision === undefined);
  return letter === 'X' ? text.toUpperCase() : text;
};

const FLOATS: Readonly<Record<string, (n: number, form: Form) => string>> = {
  a: (n, { precision }) => hexadecimal(n, precision),
  e: (n, { precision }) => exponential(n, precision ?? 6),
  f: (n, { precision }) => fixed(n, precision ?? 6),
  g: (n, { precision, flags }) => general(n, precision ?? 6, flags.includes('#')),
};

/** A number that is shown without one gets its point. */
const pointed = (text: string): string => (text.includes('.') ? text : text.replace(/(?=[ep])|$/, '.'));

const float = (n: number, form: Form): string => {
  const size = Math.abs(n);
  const sign = signOf(n < 0 || Object.is(n, -0), form);
  let digits = Number.isNaN(n) ? 'nan' : 'inf';
  if (Number.isFinite(n)) {
    digits = FLOATS[form.letter.toLowerCase()]!(size, form);
    if (form.flags.includes('#')) digits = pointed(digits);
  }
  const prefix = digits.startsWith('0x') ? '0x' : '';
  const text = padded(sign + prefix, digits.slice(prefix.length), form, Number.isFinite(n));
  return /[A-Z]/.test(form.letter) ? text.toUpperCase() : text;
};

const latin1 = (s: Uint8Array): string => Buffer.from(s.buffer, s.byteOffset, s.length).toString('latin1');

/** Text of Lua has bytes, and so have its width and its precision. */
const string = (L: lua_State, arg: number, form: Form, out: Shown): void => {
  const found = luaL_tolstring(L, arg);
  lua_pop(L, 1);
  const plain = form.flags === '' && form.width === 0 && form.precision === undefined;
  if (!plain) luaL_argcheck(L, found.indexOf(0) < 0, arg, luaString('string contains zeros'));
  out.steps -= found.length >> BYTES_A_STEP;
  if (found.length > WIDEST) out.addBytes(form.precision === undefined ? found : found.subarray(0, form.precision));
  else out.text += padded('', latin1(found).slice(0, form.precision), form, false);
};

const QUOTE = /["\\]|[^ -~\u0080-\u00ff]/g;

/** A part of a text as Lua source. */
const escaped = (part: string, next: string): string =>
  part.replace(QUOTE, (c, at: number) => {
    if (c === '"' || c === '\\' || c === '\n') return `\\${c}`;
    const code = String(c.charCodeAt(0));
    const after = part[at + 1] ?? next;
    return `\\${after >= '0' && after <= '9' ? code.padStart(3, '0') : code}`;
  });

/** A value as Lua source, by the interpreter. */
const quoted = (L: lua_State, arg: number, native: LuaFunction): string => {
  lua_pushcfunction(L, native);
  lua_pushstring(L, luaString('%q'));
  lua_pushvalue(L, arg);
  lua_call(L, 2, 1);
  const text = Buffer.from(lua_tolstring(L, -1)!).toString('latin1');
  lua_pop(L, 1);
  return text;
};

const item = (L: lua_State, arg: number, form: Form, native: LuaFunction): string => {
  switch (form.letter) {
    case 'c':
      return padded('', String.fromCharCode(luaL_checkinteger(L, arg) & 0xff), form, false);
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return whole(wholeAt(L, arg), form);
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return float(luaL_checknumber(L, arg), form);
    case 'q':
      return quoted(L, arg, native);
    default:
      return luaL_error(L, luaString("invalid option '%%%s' to 'format'"), luaString(form.letter));
  }
};

/** A text that is being formatted. */
class Shown {
  /** The end of it. */
  text = '';
  /** Steps left in this piece of work. */
  steps = STEPS;
  readonly #L: lua_State;
  #before: ByteBuilder | undefined;

  constructor(L: lua_State) {
    this.#L = L;
  }

  addBytes(part: Uint8Array): void {
    if (part.length < LONG) this.text += latin1(part);
    else this.#cut().add(this.#L, part);
  }

  /** Begins a piece. */
  renew(): void {
    this.steps = STEPS;
    if (this.text.length > LONG) this.#cut();
  }

  push(L: lua_State): void {
    if (this.#before !== undefined) this.#cut().push(L);
    else {
      const { text } = this;
      const made = new Uint8Array(text.length);
      if (text.length > WIDEST) made.set(Buffer.from(text, 'latin1'));
      else for (let i = 0; i < made.length; i++) made[i] = text.charCodeAt(i);
      pushOwned(L, made);
    }
  }

  #cut(): ByteBuilder {
    this.#before ??= new ByteBuilder();
    this.#before.addText(this.#L, this.text);
    this.text = '';
    return this.#before;
  }
}

/**
 * `string.format` as in C: the interpreter's own knows neither exponents of two digits nor `#`, counts characters in place of
 * bytes and rounds halves up. Its `%d` also takes floats that are whole numbers up to 2⁵³. `native` writes `%q` of a number.
 */
export const formatWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    const source = luaL_checkstring(L, 1);
    const format = latin1(source);
    const top = lua_gettop(L);
    const out = new Shown(L);
    let [at, arg] = [0, 1];
    /** The text that is being quoted, and how far. */
    let quoting: Uint8Array | undefined;
    let quotedTo = 0;
    const quote = (text: Uint8Array): void => {
      const part = latin1(text.subarray(quotedTo, quotedTo + BLOCK));
      const end = quotedTo + part.length;
      if (quotedTo === 0) out.text += '"';
      out.text += escaped(part, String.fromCharCode(text[end] ?? 0));
      quotedTo = end;
      if (end < text.length) return;
      out.text += '"';
      quoting = undefined;
      quotedTo = 0;
    };
    const piece = (): boolean => {
      for (out.renew(); out.steps > 0; out.steps--) {
        if (quoting !== undefined) {
          quote(quoting);
          out.steps -= BLOCK >> 3;
          continue;
        }
        const next = format.indexOf('%', at);
        if (next < 0) {
          out.addBytes(source.subarray(at));
          return true;
        }
        if (next - at > LONG) out.addBytes(source.subarray(at, next));
        else out.text += format.slice(at, next);
        at = next + 1;
        if (format[at] === '%') {
          out.text += '%';
          at += 1;
          continue;
        }
        arg += 1;
        if (arg > top) return luaL_argerror(L, arg, luaString('no value')) as never;
        const [form, end] = formAt(L, format, at);
        at = end;
        if (form.letter === 's') string(L, arg, form, out);
        else if (form.letter === 'q' && lua_type(L, arg) === LUA_TSTRING) quoting = lua_tolstring(L, arg)!;
        else out.text += item(L, arg, form, native);
      }
      return false;
    };
    return inPieces(L, piece, (to) => {
      out.push(to);
      return 1;
    });
  };

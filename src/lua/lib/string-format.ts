import * as lua from '../lua-api.ts';
import { decodeLatin1, pushOwned } from '../lua-values.ts';
import { exponential, fixed, general, hexadecimal } from '../number-formatting.ts';
import { inPieces } from '../yielding.ts';
import { ByteBuilder } from './byte-builder.ts';

/** The flags and sizes between the percent sign and the letter. */
interface Form {
  readonly flags: string;
  readonly width: number;
  /** Undefined: not given. */
  readonly precision: number | undefined;
  readonly letter: string;
}

/** The largest width: longer texts are not padded. */
const WIDEST = 99;
/** Texts of this length are kept as they are. */
const LONG = 4096;
/** Items in a piece of work. Reading 2 to the power of 12 bytes is a step as well. */
const STEPS = 500;
const BYTES_A_STEP = 12;
/** Bytes that are quoted in one step. */
const BLOCK = 2048;

const FORM = /([-+ #0]*)([0-9]*)(?:(\.)([0-9]*))?(.?)/sy;

const formAt = (L: lua.State, format: string, from: number): readonly [Form, number] => {
  FORM.lastIndex = from;
  const [all = '', flags = '', width = '', point, decimals = '', letter = ''] = FORM.exec(format)!;
  if (flags.length > 5) return lua.raise(L, 'invalid format (repeated flags)');
  if (width.length > 2 || decimals.length > 2) return lua.raise(L, 'invalid format (width or precision too long)');
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
const wholeAt = (L: lua.State, arg: number): number => {
  const n = lua.type(L, arg) === lua.TNUMBER ? lua.tonumberx(L, arg) : false;
  return n !== false && Number.isSafeInteger(n) ? n + 0 : lua.checkinteger(L, arg);
};

const BASES: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 };

/** The digits of a number without its sign; unsigned negative ones have 32 bits, or, if they need more, 64. */
const wholeDigits = (n: number, { letter, precision }: Form): string => {
  if (precision === 0 && n === 0) return '';
  const base = BASES[letter] ?? 10;
  if (n >= 0 || letter === 'd' || letter === 'i') return Math.abs(n).toString(base);
  return (n >= -(2 ** 31) ? n >>> 0 : BigInt.asUintN(64, BigInt(n))).toString(base);
};

const whole = (n: number, form: Form): string => {
  const { letter, flags, precision } = form;
  const alternative = flags.includes('#');
  let digits = wholeDigits(n, form).padStart(precision ?? 0, '0');
  if (alternative && letter === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
  let prefix = letter === 'd' || letter === 'i' ? signOf(n < 0, form) : '';
  if (alternative && BASES[letter] === 16 && n !== 0) prefix = '0x';
  const text = padded(prefix, digits, form, precision === undefined);
  return letter === 'X' ? text.toUpperCase() : text;
};

const FLOATS: Readonly<Record<string, (n: number, form: Form) => string>> = {
  a: (n, { precision }) => hexadecimal(n, precision),
  e: (n, { precision }) => exponential(n, precision ?? 6),
  f: (n, { precision }) => fixed(n, precision ?? 6),
  g: (n, { precision, flags }) => general(n, precision ?? 6, flags.includes('#')),
};

/** Adds the point to a number without one. */
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
const quoted = (L: lua.State, arg: number, native: lua.LuaFunction): string => {
  lua.pushcfunction(L, native);
  lua.pushliteral(L, '%q');
  lua.pushvalue(L, arg);
  lua.call(L, 2, 1);
  const text = decodeLatin1(lua.tolstring(L, -1)!);
  lua.pop(L, 1);
  return text;
};

const item = (L: lua.State, arg: number, form: Form, native: lua.LuaFunction): string => {
  switch (form.letter) {
    case 'c':
      return padded('', String.fromCharCode(lua.checkinteger(L, arg) & 0xff), form, false);
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
      return float(lua.checknumber(L, arg), form);
    case 'q':
      return quoted(L, arg, native);
    default:
      return lua.raise(L, `invalid option '%${form.letter}' to 'format'`);
  }
};

/** `string.format` in progress. */
class Formatting {
  readonly #L: lua.State;
  readonly #native: lua.LuaFunction;
  readonly #source: Uint8Array;
  readonly #format: string;
  readonly #top: number;
  /** Position in the format, and the last argument that was used. */
  #at = 0;
  #arg = 1;
  /** The text that is being quoted, and the position in it. */
  #quoting: Uint8Array | undefined;
  #quotedTo = 0;
  /** Steps left in this piece of work. */
  #steps = 0;
  /** The end of the result, and what comes before it. */
  #text = '';
  #before: ByteBuilder | undefined;

  constructor(L: lua.State, native: lua.LuaFunction) {
    this.#L = L;
    this.#native = native;
    this.#source = lua.checkstring(L, 1);
    this.#format = decodeLatin1(this.#source);
    this.#top = lua.gettop(L);
  }

  /** Does a piece of the work. Returns true when all is done. */
  piece(): boolean {
    if (this.#text.length > LONG) this.#cut();
    for (this.#steps = STEPS; this.#steps > 0; this.#steps--) {
      if (this.#quoting !== undefined) this.#quote(this.#quoting);
      else if (this.#next()) return true;
    }
    return false;
  }

  /** Pushes the result. */
  push(L: lua.State): number {
    if (this.#before !== undefined) return this.#cut().push(L);
    const text = this.#text;
    const made = new Uint8Array(text.length);
    if (text.length > WIDEST) made.set(Buffer.from(text, 'latin1'));
    else for (let i = 0; i < made.length; i++) made[i] = text.charCodeAt(i);
    return pushOwned(L, made);
  }

  /** Formats up to the end of the next item. Returns true at the end of the format. */
  #next(): boolean {
    const format = this.#format;
    const next = format.indexOf('%', this.#at);
    if (next < 0) {
      this.#addBytes(this.#source.subarray(this.#at));
      return true;
    }
    if (next - this.#at > LONG) this.#addBytes(this.#source.subarray(this.#at, next));
    else this.#text += format.slice(this.#at, next);
    this.#at = next + 1;
    if (format[this.#at] === '%') {
      this.#text += '%';
      this.#at += 1;
    } else this.#addItem();
    return false;
  }

  #addItem(): void {
    const L = this.#L;
    const arg = ++this.#arg;
    if (arg > this.#top) lua.argerror(L, arg, 'no value');
    const [form, end] = formAt(L, this.#format, this.#at);
    this.#at = end;
    if (form.letter === 's') this.#addString(arg, form);
    else if (form.letter === 'q' && lua.type(L, arg) === lua.TSTRING) this.#quoting = lua.tolstring(L, arg)!;
    else this.#text += item(L, arg, form, this.#native);
  }

  /** Adds a text of Lua, whose width and precision count bytes. */
  #addString(arg: number, form: Form): void {
    const L = this.#L;
    const { flags, width, precision } = form;
    const found = lua.tostring(L, arg);
    lua.pop(L, 1);
    const plain = flags === '' && width === 0 && precision === undefined;
    if (!plain) lua.argcheck(L, found.indexOf(0) < 0, arg, 'string contains zeros');
    this.#steps -= found.length >> BYTES_A_STEP;
    if (found.length > WIDEST) this.#addBytes(precision === undefined ? found : found.subarray(0, precision));
    else this.#text += padded('', decodeLatin1(found).slice(0, precision), form, false);
  }

  #quote(text: Uint8Array): void {
    this.#steps -= BLOCK >> 3;
    const part = decodeLatin1(text.subarray(this.#quotedTo, this.#quotedTo + BLOCK));
    const end = this.#quotedTo + part.length;
    if (this.#quotedTo === 0) this.#text += '"';
    this.#text += escaped(part, String.fromCharCode(text[end] ?? 0));
    this.#quotedTo = end;
    if (end < text.length) return;
    this.#text += '"';
    this.#quoting = undefined;
    this.#quotedTo = 0;
  }

  #addBytes(part: Uint8Array): void {
    if (part.length < LONG) this.#text += decodeLatin1(part);
    else this.#cut().add(this.#L, part);
  }

  #cut(): ByteBuilder {
    this.#before ??= new ByteBuilder();
    this.#before.addText(this.#L, this.#text);
    this.#text = '';
    return this.#before;
  }
}

/**
 * `string.format` as in C: the interpreter's own knows neither exponents of two digits nor `#`, counts characters in place of
 * bytes and rounds halves up. Its `%d` also takes floats that are whole numbers up to 2⁵³. `native` writes `%q` of a number.
 */
export const formatWith =
  (native: lua.LuaFunction): lua.LuaFunction =>
  (L: lua.State): number => {
    const formatting = new Formatting(L, native);
    return inPieces(
      L,
      () => formatting.piece(),
      (to) => formatting.push(to),
    );
  };

import {
  luaL_argcheck,
  luaL_argerror,
  luaL_checkinteger,
  luaL_checknumber,
  luaL_checkstring,
  luaL_error,
  luaL_tolstring,
} from 'fengari/src/lauxlib.js';
import {
  LUA_TNUMBER,
  type LuaFunction,
  lua_call,
  lua_gettop,
  lua_pop,
  lua_pushcfunction,
  lua_pushstring,
  lua_pushvalue,
  type lua_State,
  lua_tolstring,
  lua_tonumberx,
  lua_type,
} from 'fengari/src/lua.js';
import { exponential, fixed, general, hexadecimal } from '../number-text.ts';
import { pushOwned, word } from '../values.ts';

/** What stands between the percent sign and the letter. */
interface Form {
  readonly flags: string;
  readonly width: number;
  /** Undefined: not given. */
  readonly precision: number | undefined;
  readonly letter: string;
}

const FORM = /([-+ #0]*)([0-9]*)(?:(\.)([0-9]*))?(.?)/sy;

const formAt = (L: lua_State, format: string, from: number): readonly [Form, number] => {
  FORM.lastIndex = from;
  const [all = '', flags = '', width = '', point, decimals = '', letter = ''] = FORM.exec(format) ?? [];
  if (flags.length > 5) return luaL_error(L, word('invalid format (repeated flags)'));
  if (width.length > 2 || decimals.length > 2)
    return luaL_error(L, word('invalid format (width or precision too long)'));
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

/** Text of Lua has bytes, and so have its width and its precision. */
const string = (L: lua_State, arg: number, form: Form): string => {
  const found = luaL_tolstring(L, arg);
  lua_pop(L, 1);
  const text = Buffer.from(found).toString('latin1');
  const plain = form.flags === '' && form.width === 0 && form.precision === undefined;
  if (!plain) luaL_argcheck(L, !text.includes('\0'), arg, word('string contains zeros'));
  return padded('', text.slice(0, form.precision), form, false);
};

/** A value as Lua source, by the interpreter. */
const quoted = (L: lua_State, arg: number, native: LuaFunction): string => {
  lua_pushcfunction(L, native);
  lua_pushstring(L, word('%q'));
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
    case 's':
      return string(L, arg, form);
    default:
      return luaL_error(L, word("invalid option '%%%s' to 'format'"), word(form.letter));
  }
};

/**
 * `string.format` as in C: the interpreter's own knows neither exponents of two digits nor `#`, counts characters in place of
 * bytes and rounds halves up. Its `%d` also takes floats that are whole numbers up to 2⁵³. `native` writes `%q`.
 */
export const formatWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    const format = Buffer.from(luaL_checkstring(L, 1)).toString('latin1');
    const top = lua_gettop(L);
    const made: string[] = [];
    let arg = 1;
    for (let at = 0; ; ) {
      const next = format.indexOf('%', at);
      if (next < 0) {
        made.push(format.slice(at));
        break;
      }
      made.push(format.slice(at, next));
      at = next + 1;
      if (format[at] === '%') {
        made.push('%');
        at += 1;
        continue;
      }
      arg += 1;
      if (arg > top) return luaL_argerror(L, arg, word('no value'));
      const [form, end] = formAt(L, format, at);
      made.push(item(L, arg, form, native));
      at = end;
    }
    pushOwned(L, new Uint8Array(Buffer.from(made.join(''), 'latin1')));
    return 1;
  };

import luaconf from 'fengari/src/luaconf.js';

const [ZERO, NINE, DOT, PLUS, MINUS, E, P, X] = [48, 57, 46, 43, 45, 101, 112, 120];
const LOWER = 0x20;
/** Digits that decide the value of a float; of those after them it only matters whether all are zeros. */
const DECIDING = 800;
const DECIDING_HEX = 30;
/** No text has so many digits that a larger exponent would make a difference. */
const LARGEST_EXPONENT = 1e9;
const [LARGEST, SMALLEST] = [2147483647, -2147483648];

/** The number in a text. */
export interface Numeral {
  readonly value: number;
  readonly integer: boolean;
}

const isBlank = (c: number | undefined): boolean => c === 32 || (c !== undefined && c >= 9 && c <= 13);
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= ZERO && c <= NINE;

/** Returns where a text begins and ends without blanks around it. */
export const trimBlanks = (s: Uint8Array): [from: number, end: number] => {
  let [from, end] = [0, s.length];
  while (isBlank(s[from])) from++;
  while (end > from && isBlank(s[end - 1])) end--;
  return [from, end];
};

/** The value of a byte as a digit in a base up to 36; 99 for other bytes. */
export const digitOf = (c: number | undefined): number => {
  if (c === undefined) return 99;
  if (c >= ZERO && c <= NINE) return c - ZERO;
  const letter = c | LOWER;
  return letter >= 97 && letter <= 122 ? letter - 87 : 99;
};

const digitsEnd = (s: Uint8Array, from: number): number => {
  let at = from;
  while (at < s.length && s[at]! >= ZERO && s[at]! <= NINE) at++;
  return at;
};

const zerosEnd = (s: Uint8Array, from: number): number => {
  let at = from;
  while (at < s.length && s[at] === ZERO) at++;
  return at;
};

/** The exponent from `at` to the end, which begins with its letter; 0 at the end, undefined for anything else. */
const exponentAt = (s: Uint8Array, at: number, end: number, letter: number): number | undefined => {
  if (at === end) return 0;
  if ((s[at]! | LOWER) !== letter) return undefined;
  const signed = s[at + 1] === MINUS || s[at + 1] === PLUS;
  const from = signed ? at + 2 : at + 1;
  if (!isDigit(s[from]) || digitsEnd(s, from) !== end) return undefined;
  let n = 0;
  for (let i = from; i < end && n < LARGEST_EXPONENT; i++) n = n * 10 + s[i]! - ZERO;
  return (s[at + 1] === MINUS ? -1 : 1) * Math.min(n, LARGEST_EXPONENT);
};

const latin1 = (s: Uint8Array, from: number, to: number): string =>
  Buffer.from(s.buffer, s.byteOffset + from, to - from).toString('latin1');

const decimal = (s: Uint8Array, from: number, end: number, sign: number): Numeral | undefined => {
  const wholeFrom = zerosEnd(s, from);
  const wholeTo = digitsEnd(s, wholeFrom);
  const pointed = s[wholeTo] === DOT;
  const fractionFrom = pointed ? wholeTo + 1 : wholeTo;
  const fractionTo = pointed ? digitsEnd(s, fractionFrom) : wholeTo;
  if (wholeTo === from && fractionTo === fractionFrom) return undefined;
  const exponent = exponentAt(s, fractionTo, end, E);
  if (exponent === undefined) return undefined;
  const whole = wholeTo - wholeFrom;
  if (wholeTo === end && whole <= 10) {
    const value = sign * Number(latin1(s, wholeFrom, wholeTo));
    if (value >= SMALLEST && value <= LARGEST) return { value: value + 0, integer: true };
  }
  const first = whole > 0 ? fractionFrom : zerosEnd(s, fractionFrom);
  const point = whole > 0 ? whole : fractionFrom - first;
  const fromWhole = Math.min(whole, DECIDING);
  const fractionKept = Math.max(first, Math.min(fractionTo, first + DECIDING - fromWhole));
  const digits = latin1(s, wholeFrom, wholeFrom + fromWhole) + latin1(s, first, fractionKept);
  const more = zerosEnd(s, wholeFrom + fromWhole) < wholeTo || zerosEnd(s, fractionKept) < fractionTo;
  return { value: sign * Number(`0.${digits}${more ? 1 : ''}0e${point + exponent}`), integer: false };
};

/** Digits of a hexadecimal number. */
interface HexDigits {
  /** Where they end. */
  readonly end: number;
  readonly any: boolean;
  readonly pointed: boolean;
  /** The value as an integer of 32 bits. */
  readonly bits: number;
  /** The value of the deciding digits, to be multiplied by 16 to the power of `scale`. */
  readonly value: number;
  readonly scale: number;
}

const hexDigits = (s: Uint8Array, from: number, end: number): HexDigits => {
  let at = zerosEnd(s, from);
  let [value, bits, significant, scale] = [0, 0, 0, 0];
  let point = -1;
  for (; at < end; at++) {
    const digit = digitOf(s[at]);
    if (digit >= 16) {
      if (s[at] !== DOT || point >= 0) break;
      point = at;
      continue;
    }
    bits = ((bits << 4) | digit) >>> 0;
    if (significant > 0 || digit > 0) significant += 1;
    if (significant <= DECIDING_HEX) value = value * 16 + digit;
    else scale += 1;
  }
  const pointed = point >= 0;
  const fraction = pointed ? at - point - 1 : 0;
  const digits = pointed ? at - from - 1 : at - from;
  return { end: at, any: digits > 0, pointed, bits, value, scale: scale - fraction };
};

const hexadecimal = (s: Uint8Array, from: number, end: number, sign: number): Numeral | undefined => {
  const digits = hexDigits(s, from, end);
  if (!digits.any) return undefined;
  if (digits.end === end && !digits.pointed) return { value: (sign * digits.bits) | 0, integer: true };
  const exponent = exponentAt(s, digits.end, end, P);
  if (exponent === undefined) return undefined;
  const { value, scale } = digits;
  return { value: sign * (value === 0 ? 0 : luaconf.ldexp(value, 4 * scale + exponent)), integer: false };
};

/** Reads a number of Lua as the interpreter does, but goes through the bytes only once. */
export const readNumeral = (s: Uint8Array): Numeral | undefined => {
  let [from, end] = trimBlanks(s);
  const sign = s[from] === MINUS ? -1 : 1;
  if (s[from] === MINUS || s[from] === PLUS) from++;
  const isHexadecimal = s[from] === ZERO && (s[from + 1]! | LOWER) === X;
  return isHexadecimal ? hexadecimal(s, from + 2, end, sign) : decimal(s, from, end, sign);
};

import luaconf from 'fengari/src/luaconf.js';

const [ZERO, NINE, DOT, PLUS, MINUS, E, P, X] = [48, 57, 46, 43, 45, 101, 112, 120];
const LOWER = 0x20;
/** Digits that decide a float; of those behind them it counts only whether they are all zeros. */
const DECIDING = 800;
const DECIDING_HEX = 30;
/** No text is long enough to make up for such an exponent. */
const LARGEST_EXPONENT = 1e9;
const [LARGEST, SMALLEST] = [2147483647, -2147483648];

/** A number that a text stands for. */
export interface Numeral {
  readonly value: number;
  readonly integer: boolean;
}

export const isBlank = (c: number | undefined): boolean => c === 32 || (c !== undefined && c >= 9 && c <= 13);
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= ZERO && c <= NINE;

/** The digit that a byte is in a base up to 36; 99 for other bytes. */
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

/** The exponent at `at`, behind its letter, if it reaches to the end. */
const exponentAt = (s: Uint8Array, at: number, end: number): number | undefined => {
  const sign = s[at] === MINUS ? -1 : 1;
  const from = s[at] === MINUS || s[at] === PLUS ? at + 1 : at;
  if (!isDigit(s[from]) || digitsEnd(s, from) !== end) return undefined;
  let n = 0;
  for (let i = from; i < end && n < LARGEST_EXPONENT; i++) n = n * 10 + s[i]! - ZERO;
  return sign * Math.min(n, LARGEST_EXPONENT);
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
  let exponent = 0;
  if (fractionTo < end) {
    const found = (s[fractionTo]! | LOWER) === E ? exponentAt(s, fractionTo + 1, end) : undefined;
    if (found === undefined) return undefined;
    exponent = found;
  } else if (!pointed && wholeTo - wholeFrom <= 10) {
    const value = sign * Number(latin1(s, wholeFrom, wholeTo));
    if (value >= SMALLEST && value <= LARGEST) return { value: value + 0, integer: true };
  }
  const whole = wholeTo - wholeFrom;
  const first = whole > 0 ? fractionFrom : zerosEnd(s, fractionFrom);
  const point = whole > 0 ? whole : fractionFrom - first;
  const fromWhole = Math.min(whole, DECIDING);
  const fractionKept = Math.max(first, Math.min(fractionTo, first + DECIDING - fromWhole));
  let digits = latin1(s, wholeFrom, wholeFrom + fromWhole) + latin1(s, first, fractionKept);
  if (zerosEnd(s, wholeFrom + fromWhole) < wholeTo || zerosEnd(s, fractionKept) < fractionTo) digits += '1';
  return { value: sign * Number(`0.${digits}0e${point + exponent}`), integer: false };
};

const hexadecimal = (s: Uint8Array, from: number, end: number, sign: number): Numeral | undefined => {
  let at = zerosEnd(s, from);
  let zeros = at - from;
  let [value, whole, significant, exponent] = [0, 0, 0, 0];
  let pointed = false;
  for (; at < end; at++) {
    const digit = digitOf(s[at]);
    if (digit < 16) {
      whole = ((whole << 4) | digit) >>> 0;
      if (significant === 0 && digit === 0) zeros += 1;
      else if (++significant <= DECIDING_HEX) value = value * 16 + digit;
      else exponent += 1;
      if (pointed) exponent -= 1;
    } else if (s[at] === DOT && !pointed) pointed = true;
    else break;
  }
  if (zeros + significant === 0) return undefined;
  if (at === end && !pointed) return { value: (sign * whole) | 0, integer: true };
  exponent *= 4;
  if (at < end) {
    const found = (s[at]! | LOWER) === P ? exponentAt(s, at + 1, end) : undefined;
    if (found === undefined) return undefined;
    exponent += found;
  }
  return { value: sign * (value === 0 ? 0 : luaconf.ldexp(value, exponent)), integer: false };
};

/** The number that a text of Lua stands for, as the interpreter reads it, in one look at each byte. */
export const readNumeral = (s: Uint8Array): Numeral | undefined => {
  let [from, end] = [0, s.length];
  while (isBlank(s[from])) from++;
  while (end > from && isBlank(s[end - 1])) end--;
  const sign = s[from] === MINUS ? -1 : 1;
  if (s[from] === MINUS || s[from] === PLUS) from++;
  const isHexadecimal = s[from] === ZERO && (s[from + 1]! | LOWER) === X;
  return isHexadecimal ? hexadecimal(s, from + 2, end, sign) : decimal(s, from, end, sign);
};

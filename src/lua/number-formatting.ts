/** Formats numbers as `printf` of C does; JavaScript rounds halves up, and has other words and exponents. */

/** Most decimals that JavaScript can format. */
const MOST_DECIMALS = 100;
/** Digits checked after a 5: if all are zeros, the number is exactly in the middle. */
const FURTHER = 40;

/** Formats by `write`, which rounds halves up; a number exactly in the middle is rounded to the even digit. */
const rounded = (n: number, decimals: number, write: (decimals: number) => string): string => {
  const text = write(decimals);
  const more = Math.min(FURTHER, MOST_DECIMALS - decimals);
  // Few digits that parse to the same number are exact. A number in the middle has exactly one more decimal.
  if (more === 0 || (text.length <= 16 && Number(text) === n) || Number(write(decimals + 1)) !== n) return text;
  const [, digits = '', exponent = ''] = /^([0-9.]+)(.*)$/.exec(write(decimals + more))!;
  if (!/^50*$/.test(digits.slice(-more))) return text;
  const cut = digits.slice(0, -more).replace(/\.$/, '');
  return Number(cut.at(-1)) % 2 === 0 ? cut + exponent : text;
};

/** `%.Nf` of a finite number that is not negative. */
export const fixed = (n: number, decimals: number): string => {
  if (n >= 1e21) return decimals > 0 ? `${BigInt(n)}.${'0'.repeat(decimals)}` : String(BigInt(n));
  return rounded(n, decimals, (d) => n.toFixed(d));
};

/** Digits and exponent of a number with this number of decimals. */
const parts = (n: number, decimals: number): readonly [digits: string, exponent: number] => {
  const text = rounded(n, decimals, (d) => n.toExponential(d));
  const at = text.indexOf('e');
  return [text.slice(0, at), Number(text.slice(at + 1))];
};

const withExponent = (digits: string, exponent: number): string => {
  const size = String(Math.abs(exponent));
  return `${digits}e${exponent < 0 ? '-' : '+'}${size.length < 2 ? '0' : ''}${size}`;
};

/** `%.Ne` of a finite number that is not negative. */
export const exponential = (n: number, decimals: number): string => withExponent(...parts(n, decimals));

/** `%.Ng` of a finite number that is not negative; `all` keeps zeros at the end. */
export const general = (n: number, precision: number, all = false): string => {
  const digits = Math.max(precision, 1);
  const [mantissa, exponent] = parts(n, digits - 1);
  const short = (text: string): string => (all || !text.includes('.') ? text : text.replace(/\.?0+$/, ''));
  if (exponent < -4 || exponent >= digits) return withExponent(short(mantissa), exponent);
  return short(fixed(n, digits - 1 - exponent));
};

/** `%a` of a finite number that is not negative; without `decimals` as many as needed. */
export const hexadecimal = (n: number, decimals?: number): string => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const field = Number(bits >> 52n);
  let mantissa = (bits & 0xfffffffffffffn) | (field === 0 ? 0n : 1n << 52n);
  const exponent = n === 0 ? 0 : field === 0 ? -1022 : field - 1023;
  let places = 13;
  if (decimals !== undefined && decimals < 13) {
    const cut = BigInt(4 * (13 - decimals));
    const [half, rest] = [1n << (cut - 1n), mantissa & ((1n << cut) - 1n)];
    mantissa >>= cut;
    if (rest > half || (rest === half && mantissa % 2n === 1n)) mantissa += 1n;
    places = decimals;
  }
  const digits = mantissa.toString(16).padStart(places + 1, '0');
  let tail = digits.slice(digits.length - places);
  if (places === 0) tail = '';
  tail = decimals === undefined ? tail.replace(/0+$/, '') : tail.padEnd(decimals, '0');
  const head = digits.slice(0, digits.length - places);
  return `0x${head}${tail === '' ? '' : `.${tail}`}p${exponent < 0 ? '' : '+'}${exponent}`;
};

/** Digits of a float in `tostring`. */
const DIGITS = 14;

/** A float as `%.14g` shows it. */
export const floatToString = (n: number): string => {
  if (Number.isNaN(n)) return 'nan';
  if (!Number.isFinite(n)) return n < 0 ? '-inf' : 'inf';
  const text = general(Math.abs(n), DIGITS);
  return n < 0 || Object.is(n, -0) ? `-${text}` : text;
};

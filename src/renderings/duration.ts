import { showDuration } from '../terminal/instant.ts';

const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
] as const;

/** A number with three significant digits, or all digits before the point: 1.23, 12.3, 123, 1234. */
const figures = (n: number): string => n.toFixed(n < 9.995 ? 2 : n < 99.95 ? 1 : 0);

/** Nanoseconds as text: `430 ns`, `1.23 us`, `12.3 ms`, `4.56 s`, `2 min 05 s`, `1 h 30 min`. */
export const showNs = (ns: number): string => {
  if (Math.round(ns / 1e9) >= 60) return showDuration(ns / 1e6);
  // What would be rounded to 1000 of a unit is 1 of the next.
  for (const [unit, of] of UNITS) if (ns >= of * 0.9995) return `${figures(ns / of)} ${unit}`;
  return `${Math.round(ns)} ns`;
};

/** What some numbers are like. */
export interface Figures {
  readonly count: number;
  readonly least: number;
  readonly median: number;
  readonly p95: number;
  readonly greatest: number;
  /** The newest. */
  readonly last: number;
}

/** The number that this part of sorted numbers does not exceed. @param part 0.5: the median */
const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;

/** Numbers in short; undefined: there are none. @param values the newest last */
export const figuresOf = (values: readonly number[]): Figures | undefined => {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return {
    count: values.length,
    least: sorted[0]!,
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    greatest: sorted.at(-1)!,
    last: values.at(-1)!,
  };
};

/** With fewer numbers nothing is said about where they go. */
const FEWEST_FOR_TREND = 8;
/** A change below this part is none. */
const SAME = 0.1;

/** By which part the newer half is above the older half (0.5: half as much again); 0: about the same; undefined: too few numbers. */
export const trendOf = (values: readonly number[]): number | undefined => {
  if (values.length < FEWEST_FOR_TREND) return undefined;
  const half = Math.floor(values.length / 2);
  const older = figuresOf(values.slice(0, half))!.median;
  const newer = figuresOf(values.slice(half))!.median;
  if (older === 0) return newer === 0 ? 0 : undefined;
  const change = newer / older - 1;
  return Math.abs(change) < SAME ? 0 : change;
};

/** `1.2 kB`, `340 MB`: three figures at most. */
export const showBytes = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 99.95 || unit === 0 ? value.toFixed(0) : Number(value.toPrecision(3))} ${units[unit]}`;
};

/** `0.4 ms`, `12 ms`, `1.5 s`, `2 min`, `3 h`. */
export const showMs = (ms: number): string => {
  const units = [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const;
  // What would be rounded to 1000 ms is 1 s.
  const [unit, of] = units.find(([, size]) => ms >= size * 0.9995) ?? ['ms', 1];
  return `${Number((ms / of).toPrecision(3))} ${unit}`;
};

/** `12 %`; of a part from 0 to 1. */
export const showPart = (part: number): string => `${Number((part * 100).toPrecision(2))} %`;

/** `+40 %`, `about the same`, or nothing where it is not known. */
export const showTrend = (trend: number | undefined): string => {
  if (trend === undefined) return '';
  if (trend === 0) return 'about the same';
  return trend > 0 ? `slower by ${showPart(trend)}` : `faster by ${showPart(-trend)}`;
};

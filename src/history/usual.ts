import type { Success } from './history-state.ts';
import { isWithinWeek, sinceText, twoDigits } from './last-outcome.ts';

/** How a condition stands that can be overdue. */
export interface Punctuality {
  /** `unknown`: too few successes are known. */
  readonly state: 'overdue' | 'in-time' | 'unknown';
  /** A clause: why it is overdue, or what is usual. */
  readonly text: string;
}

/** With fewer of them nothing is usual. */
export const LEAST_SUCCESSES = 5;

/** One in so many is not usual at either end: an exception is not learned, and one day in five, as a weekend is, is. */
const UNUSUAL = 7;

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
/** The time of day is said in steps of this. */
const STEP_MS = 5 * MINUTE_MS;
/** Intervals between these are daily. */
const [SHORTEST_DAY_MS, LONGEST_DAY_MS] = [16 * HOUR_MS, 36 * HOUR_MS];
/** Times of day that differ by more are not usual. */
const SAME_TIME_MS = 3 * HOUR_MS;

/** What is usual of the successes of a condition. */
export interface Usual {
  /** The longest usual interval between two, ms, and the shortest and the middle one. */
  readonly interval: { readonly low: number; readonly middle: number; readonly high: number };
  /** The shortest and the longest usual duration, ms. */
  readonly duration: { readonly low: number; readonly high: number };
  /** Until when they come, where they come daily: ms since midnight, local time. */
  readonly dailyBy: number | undefined;
}

/** The least, the middle and the greatest usual one of sorted values. */
const usualRange = (
  sorted: readonly number[],
): { readonly low: number; readonly middle: number; readonly high: number } => {
  const left = Math.floor(sorted.length / UNUSUAL);
  return { low: sorted[left]!, middle: sorted[sorted.length >> 1]!, high: sorted[sorted.length - 1 - left]! };
};
const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

const timeOfDay = (at: number): number => {
  const d = new Date(at);
  return ((d.getHours() * 60 + d.getMinutes()) * 60 + d.getSeconds()) * 1000;
};

/** The time of day by which successes come; undefined: they come at any time. */
const usualTime = (instants: readonly number[]): number | undefined => {
  const times = instants.map(timeOfDay);
  // Around one of them: 23:55 and 00:05 differ by ten minutes.
  const [first = 0] = times;
  const offsets = ascending(times.map((time) => ((((time - first) % DAY_MS) + 1.5 * DAY_MS) % DAY_MS) - 0.5 * DAY_MS));
  const { low, high } = usualRange(offsets);
  if (high - low > SAME_TIME_MS) return undefined;
  return (Math.ceil((first + high) / STEP_MS) * STEP_MS + DAY_MS) % DAY_MS;
};

/** What is usual by the last successes, oldest first; undefined: there are too few. */
export const usualOf = (successes: readonly Success[]): Usual | undefined => {
  if (successes.length < LEAST_SUCCESSES) return undefined;
  const interval = usualRange(ascending(successes.slice(1).map(([at], i) => Math.max(0, at - successes[i]![0]))));
  const daily = interval.middle >= SHORTEST_DAY_MS && interval.high <= LONGEST_DAY_MS;
  return {
    interval,
    duration: usualRange(ascending(successes.map(([, seconds]) => seconds * 1000))),
    dailyBy: daily ? usualTime(successes.map(([at]) => at)) : undefined,
  };
};

/** How long after a success the next one is overdue, ms. */
export const successLimit = ({ interval: { high } }: Usual): number =>
  high + Math.max(MINUTE_MS, Math.min(HOUR_MS, high / 10));

/** After how long a run is overdue, ms. */
export const runLimit = ({ duration: { high } }: Usual): number => Math.max(2 * high, high + MINUTE_MS);

const UNITS = [
  [2 * DAY_MS, DAY_MS, 'd'],
  [2 * HOUR_MS, HOUR_MS, 'h'],
  [2 * MINUTE_MS, MINUTE_MS, 'min'],
  [0, 1000, 's'],
] as const;

/** `11 to 14 min`, `14 min`, `less than 1 s`. */
export const durationRange = (low: number, high: number): string => {
  const [, unit, word] = UNITS.find(([least]) => high >= least)!;
  const [a, b] = [Math.round(low / unit), Math.round(high / unit)];
  if (b === 0) return `less than 1 ${word}`;
  return a === b ? `${b} ${word}` : `${a} to ${b} ${word}`;
};

/** `succeeds daily by 03:20`, `succeeds every 10 min`. */
export const intervalText = ({ dailyBy, interval: { low, high } }: Usual): string =>
  dailyBy === undefined
    ? `succeeds every ${durationRange(low, high)}`
    : `succeeds daily by ${twoDigits(Math.floor(dailyBy / HOUR_MS))}:${twoDigits(Math.floor((dailyBy % HOUR_MS) / MINUTE_MS))}`;

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** Since when there was no success, where they come daily: `Tuesday`. */
export const dayText = (at: number, now: number): string =>
  isWithinWeek(at, now) && new Date(at).toDateString() !== new Date(now).toDateString()
    ? DAYS[new Date(at).getDay()]!
    : sinceText(at, now);

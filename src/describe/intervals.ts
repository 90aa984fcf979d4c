import { clockTime } from './times.ts';
import { duration, every, joined } from './words.ts';

/** So many times of the day are all named; of more only the first ones. */
const MOST_TIMES = 4;
const FIRST_TIMES = 3;

const DAY = 86_400;

/** Intervals that are counted from midnight, with the times of the day at which they end. */
const alignedWords = (seconds: number, isAtOnce: boolean, timezone: string | undefined): string => {
  const count = Math.ceil(DAY / seconds);
  const times = Array.from({ length: Math.min(MOST_TIMES, count) }, (_, i) => clockTime(i * seconds));
  const named = count > MOST_TIMES ? `${times.slice(0, FIRST_TIMES).join(', ')} and so on` : joined(times);
  const zone = timezone === undefined ? '' : ` (times of ${timezone})`;
  return `${every(seconds)} from midnight on, at ${named}${zone}${isAtOnce ? '; and at the first tick after the start' : ''}`;
};

/** When an interval condition is true. @param once it is true once, and never again */
export const intervalWords = (
  values: Readonly<Record<string, unknown>>,
  { tickSeconds, once }: { readonly tickSeconds: number; readonly once: boolean },
): string => {
  const {
    interval_seconds: seconds,
    interval: length = seconds,
    jitter_seconds: jitter,
    start,
    align,
    timezone,
    after_end: isAfterEnd,
  } = values as {
    readonly interval_seconds: number;
    readonly interval?: number;
    readonly jitter_seconds: number;
    readonly start: 'after' | 'at once';
    readonly align: boolean;
    readonly timezone?: string;
    readonly after_end: boolean;
  };
  const isAtOnce = start === 'at once';
  const late = jitter >= tickSeconds ? `, held back at random by up to ${duration(jitter)}` : '';
  if (once && (length === 0 || isAtOnce)) return `at the first tick after the start${late}`;
  if (align) return `${alignedWords(length, isAtOnce, timezone)}${late}`;
  const first = isAtOnce ? 'at the first tick' : duration(length);
  if (!once && isAfterEnd)
    return `${first} after the start, and then ${duration(length)} after the end of each run${late}`;
  if (!once && length <= tickSeconds) return `at every tick, that is ${every(tickSeconds)}${late}`;
  if (once) return `${duration(length)} after the start${late}`;
  return `${every(length)}, the first time ${first} after the start${late}`;
};

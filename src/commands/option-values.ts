import { DURATION, INSTANT, invalidDate, parseDuration, parseInstant } from '../core/duration.ts';
import { type OptionRow, UsageError, wholeNumber } from './subcommand.ts';

/** Wall-clock ms of an instant. @param more what else was possible. @throws UsageError */
const instantOr =
  (more: string) =>
  (text: string): number => {
    const at = parseInstant(text);
    if (at !== undefined) return at;
    throw new UsageError(invalidDate(text) ?? `expected ${INSTANT}${more}, found "${text}"`);
  };

/** Wall-clock ms of an instant. @throws UsageError */
export const instant = instantOr('');

/** An instant, or how long before now, as a function of now. @throws UsageError */
export const instantOrAgo = (text: string): ((now: number) => number) => {
  const ago = parseDuration(text);
  if (ago !== undefined) return (now) => now - ago;
  const at = instantOr(`, or ${DURATION}`)(text);
  return () => at;
};

/** The end of a range as a function of its beginning: an instant, or how long after the beginning. @throws UsageError */
const endOfRange = (text: string): ((from: number) => number) => {
  const after = parseDuration(text);
  if (after !== undefined) return (from) => from + after;
  const at = instantOr(`, or ${DURATION} after --from`)(text);
  return () => at;
};

/** An instant, and how much of time is meant: without seconds, the whole minute. @throws UsageError */
export const instantOrMinute = (text: string): { readonly at: number; readonly lengthMs: number } => ({
  at: instant(text),
  lengthMs: /:\d{2}:\d{2}/.test(text) ? 1000 : 60_000,
});

/** A range of time as options. */
export type RangeOptions = { readonly from?: number; readonly to?: ReturnType<typeof endOfRange> };

/** The options of a range. @param length the length without `--to`, in words. */
export const rangeOptions = (length: string): readonly OptionRow[] => [
  { flags: '--from <T>', help: 'where to begin; default: now', parse: instant },
  {
    flags: '--to <T>',
    help: `where to end, that instant included; also how long after --from: 90m, 12h, 7d, 2w; default: ${length}`,
    parse: endOfRange,
  },
];

/** The last instant that any range ends with. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59Z');

/** A range in wall-clock ms; `length` ms long without `--to`. @throws UsageError when the end is not after the beginning. */
export const rangeOf = ({ from: start, to: end }: RangeOptions, now: number, length: number) => {
  const from = start ?? now;
  const to = Math.min(LAST_INSTANT, end ? end(from) : from + length);
  if (to <= from) throw new UsageError('--to: expected an instant after --from');
  return { from, to };
};

/** `--count` of a subcommand that shows the last or the next ones; 0: all that are kept. */
export const countOption = (what: string, fallback = '0'): OptionRow => ({
  flags: '-n, --count <N>',
  help: `${what}; 0: all`,
  fallback,
  parse: wholeNumber(0),
});

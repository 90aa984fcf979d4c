import { CronDate, CronPattern } from 'croner';
import type { Firing } from '../../core/body.ts';
import { fittingFields } from './date-fields.ts';
import { changeBetween, firstAt, type Zone, zoneOf } from './zone.ts';

/** The instants of one time specification. Pure: asking changes nothing. */
export interface Instants {
  /** The specification as records show it: `hour=12 weekday=mon`. */
  readonly text: string;
  /** The first instant after the given one (wall-clock ms); undefined: there is none. */
  next(after: number): number | undefined;
}

/** The keys of a specification; what is missing is "every", except minute and second, which are 0. `cron` stands alone. */
export interface TimeFields {
  readonly year?: number | undefined;
  readonly month?: number | undefined;
  readonly day?: number | undefined;
  readonly hour?: number | undefined;
  readonly minute?: number | undefined;
  readonly second?: number | undefined;
  readonly weekday?: string | undefined;
  readonly cron?: string | undefined;
}

/** The years the calendar knows. */
const FIRST_YEAR = 1;
const LAST_YEAR = 9999;

/** A repeated or skipped piece of local time is no longer than this, in ms. */
const LONGEST_CHANGE = 25 * 3_600_000;
const SECOND = 1000;

/** The next local time (as if UTC) after one that fits a pattern, whatever the zone; Infinity: there is none. */
type Fitting = (local: number) => number;

/** Patterns that are kept. */
const MOST_PATTERNS = 1000;
const patterns = new Map<string, Fitting>();
/** Stands in for the list of years of each pattern that leaves the year open: 80 KB that nobody reads. */
const EVERY_YEAR: number[] = [];

/** What fits a cron pattern. Equal patterns are read once. @throws Error when it is none. */
const fittingCron = (pattern: string): Fitting => {
  let fits = patterns.get(pattern);
  if (!fits) {
    if (patterns.size === MOST_PATTERNS) patterns.clear();
    const parts = new CronPattern(pattern);
    if (parts.starYear) parts.year = EVERY_YEAR;
    // In this calendar each day has 24 hours: what the zone makes of it is decided below, by one rule for all.
    fits = (local) =>
      new CronDate(new Date(local), 0).increment(parts, {}, true)?.getTime() ?? Number.POSITIVE_INFINITY;
    patterns.set(pattern, fits);
  }
  return fits;
};

/** Bound to the clock on the wall: what is skipped comes at the end of the gap, what is repeated comes the first time. */
const byTheClock = (fits: Fitting, zone: Zone, after: number): number => {
  // The latest local time that has been shown: in repeated hours it is ahead of the clock.
  const change = changeBetween(zone, after - LONGEST_CHANGE, after);
  const local = fits(Math.max(zone.local(after), change ? change.from - SECOND : Number.NEGATIVE_INFINITY));
  return local === Number.POSITIVE_INFINITY ? local : firstAt(zone, local);
};

/** Without an hour: the same, but what is repeated comes both times. */
const byTheHour = (fits: Fitting, zone: Zone, after: number): number => {
  const shown = zone.local(after);
  const local = fits(shown);
  const change = changeBetween(zone, after, after + LONGEST_CHANGE);
  if (!change || after + local - shown < change.at) {
    // Within a day nothing else changes.
    if (local - shown <= LONGEST_CHANGE) return after + local - shown;
    return local === Number.POSITIVE_INFINITY ? local : firstAt(zone, local);
  }
  // Beyond a gap or a repetition: what is skipped comes at its end.
  if (local < change.to) return change.at;
  const then = fits(change.to - SECOND);
  if (then - change.to <= LONGEST_CHANGE) return change.at + then - change.to;
  return then === Number.POSITIVE_INFINITY ? then : firstAt(zone, then);
};

/** Whether a cron pattern leaves the hour open. */
const leavesHour = (pattern: string): boolean => {
  const parts = pattern.trim().split(/\s+/);
  if (parts.length === 1) return parts[0]!.toLowerCase() === '@hourly';
  return /^[*?]$/.test(parts[parts.length === 5 ? 1 : 2] ?? '');
};

/** The instants that fit. What was found last is remembered: it is asked for more than once. */
const calendar = (fits: Fitting, hourly: boolean, zone: Zone, text: string): Instants => {
  const rule = hourly ? byTheHour : byTheClock;
  let asked = Number.POSITIVE_INFINITY;
  let found = Number.NEGATIVE_INFINITY;
  return {
    text,
    next: (after) => {
      if (!(asked <= after && after < found)) {
        found = rule(fits, zone, Math.floor(after / SECOND) * SECOND);
        asked = after;
      }
      return found === Number.POSITIVE_INFINITY ? undefined : found;
    },
  };
};

/**
 * The instants of a specification, in local time or in the time zone given. In the hour that daylight saving skips, an
 * instant falls at the end of the gap; in the hour it repeats, an instant falls the first time, one of a specification
 * without an hour both times.
 * @throws Error when the cron pattern is none; its message says why.
 */
export const instantsOf = (fields: TimeFields, timezone?: string): Instants => {
  const { year, cron } = fields;
  const zone = zoneOf(timezone);
  if (cron !== undefined) {
    if (cron.includes(':')) throw new Error('a date is not a pattern');
    // A pattern of cron keeps the rule of cron: day of month or weekday, whichever fits.
    return calendar(fittingCron(cron), leavesHour(cron), zone, `cron "${cron}"`);
  }
  const text = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
  if (year !== undefined && (year < FIRST_YEAR || year > LAST_YEAR)) return { text, next: () => undefined };
  return calendar(fittingFields(fields, LAST_YEAR), fields.hour === undefined, zone, text || 'every hour');
};

/** The instants of several specifications after `from`, in order; equal ones are one. Endless when a specification is. */
export function* firings(specifications: readonly Instants[], from: number): Generator<Firing, void> {
  const next = specifications.map((spec) => spec.next(from));
  for (;;) {
    let first = -1;
    for (const [i, at] of next.entries()) if (at !== undefined && (first < 0 || at < next[first]!)) first = i;
    if (first < 0) return;
    const at = next[first]!;
    yield { at, by: specifications[first]!.text };
    for (const [i, spec] of specifications.entries()) if (next[i] === at) next[i] = spec.next(at);
  }
}

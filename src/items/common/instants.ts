import type { Firing } from '../../core/instance.ts';
import { readCron } from './cron.ts';
import { fittingFields } from './date-fields.ts';
import { changeBetween, firstAt, type Zone, zoneOf } from './zone.ts';

/** The instants of one time specification. Pure: asking changes nothing. */
export interface Instants {
  /** The specification as records show it: `hour=12 weekday=mon`. */
  readonly text: string;
  /** The first instant after the given one (wall-clock ms); undefined: there is none. */
  next(after: number): number | undefined;
  /** Local time is another: what was found is forgotten. */
  forget(): void;
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
export const LONGEST_CHANGE = 25 * 3_600_000;
const SECOND = 1000;

/** The next local time (as if UTC) after one that fits a pattern, whatever the zone; Infinity: there is none. */
type Fitting = (local: number) => number;

/** Bound to the clock on the wall: what is skipped comes at the end of the gap, what is repeated comes the first time. */
const byTheClock = (fits: Fitting, zone: Zone, after: number): number => {
  // The latest local time that has been shown: in repeated hours it is ahead of the clock.
  const change = changeBetween(zone, after - LONGEST_CHANGE, after);
  const local = fits(Math.max(zone.local(after), change ? change.from - SECOND : Number.NEGATIVE_INFINITY));
  return local === Number.POSITIVE_INFINITY ? local : firstAt(zone, local);
};

/** Bound to real time: what is skipped does not come, what is repeated comes both times. */
const byRealTime = (fits: Fitting, zone: Zone, after: number): number => {
  for (let at = after; ; ) {
    const shown = zone.local(at);
    const local = fits(shown);
    const change = changeBetween(zone, at, at + LONGEST_CHANGE);
    // Until the next change local time goes on evenly.
    const found = at + local - shown;
    if (change ? found < change.at : local - shown <= LONGEST_CHANGE) return found;
    if (change) {
      if (fits(change.to - SECOND) === change.to) return change.at;
      at = change.at;
    } else if (local === Number.POSITIVE_INFINITY) return local;
    else at = Math.max(at + LONGEST_CHANGE, firstAt(zone, local - LONGEST_CHANGE));
  }
};

/** The instants that fit. What was found last is remembered: it is asked for more than once. */
const calendar = (fits: Fitting, realTime: boolean, zone: Zone, text: string): Instants => {
  const rule = realTime ? byRealTime : byTheClock;
  let asked = Number.POSITIVE_INFINITY;
  let found = Number.NEGATIVE_INFINITY;
  return {
    text,
    forget: () => {
      asked = Number.POSITIVE_INFINITY;
      found = Number.NEGATIVE_INFINITY;
    },
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
 * The instants of a specification, in local time or in the time zone given. The rule for daylight saving is that of Debian's cron:
 * without an hour, or with a minute or hour of a cron pattern that begins with a star, it goes by real time. Any other goes by the
 * clock: what is skipped falls at the end of the gap, what is repeated falls the first time.
 * @throws Error that says what is wrong with the cron pattern.
 */
export const instantsOf = (fields: TimeFields, timezone?: string): Instants => {
  const { year, cron } = fields;
  const zone = zoneOf(timezone);
  if (cron !== undefined) {
    const { fits, realTime } = readCron(cron);
    return calendar(fits, realTime, zone, `cron "${cron}"`);
  }
  const text = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
  if (year !== undefined && (year < FIRST_YEAR || year > LAST_YEAR))
    return { text, next: () => undefined, forget: () => {} };
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

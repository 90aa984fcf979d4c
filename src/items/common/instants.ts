import type { Firing } from '../../core/instance.ts';
import { readCron } from './cron.ts';
import type { Holidays } from './day-pattern.ts';
import { localTimes } from './local-times.ts';
import { meaningOfAt, specificationText, type TimeFields } from './specification.ts';
import { changeBetween, firstAt, type Zone, zoneOf } from './zone.ts';

export type { TimeFields } from './specification.ts';

/** The instants of one time specification. */
export interface Instants {
  /** The specification as records show it: `hour=12 weekday=mon`. */
  readonly text: string;
  /** The first instant after the given one (wall-clock ms); undefined: there is none. */
  next(after: number): number | undefined;
  /** Called when the local time zone has changed: clears the cache. */
  forget(): void;
  /** Two days with instants can have different numbers of them. */
  readonly uneven?: true;
}

/** What the instants of a specification follow from besides its keys. */
export interface InstantSources {
  readonly holidays?: Holidays | undefined;
  /** Makes those that follow from the sun; it is imported only where a file has one. */
  readonly sun?: ((fields: TimeFields, zone: Zone, text: string, holidays?: Holidays) => Instants) | undefined;
}

/** A repeated or skipped piece of local time is no longer than this, in ms. */
export const LONGEST_CHANGE = 25 * 3_600_000;
const SECOND = 1000;

/** The next local time (as if UTC) after one that fits a pattern, whatever the zone; Infinity: there is none. */
type Fitting = (local: number) => number;

/** By the wall clock: skipped instants occur at the end of the gap, repeated ones the first time. */
const byTheClock = (fits: Fitting, zone: Zone, after: number): number => {
  // The latest local time so far: in repeated hours it is ahead of the clock.
  const change = changeBetween(zone, after - LONGEST_CHANGE, after);
  const local = fits(Math.max(zone.local(after), change ? change.from - SECOND : Number.NEGATIVE_INFINITY));
  return local === Number.POSITIVE_INFINITY ? local : firstAt(zone, local);
};

/** By real time: skipped instants do not occur, repeated ones occur both times. */
const byRealTime = (fits: Fitting, zone: Zone, after: number): number => {
  for (let at = after; ; ) {
    const shown = zone.local(at);
    const local = fits(shown);
    const change = changeBetween(zone, at, at + LONGEST_CHANGE);
    // Until the next change local time is linear.
    const found = at + local - shown;
    if (change ? found < change.at : local - shown <= LONGEST_CHANGE) return found;
    if (change) {
      if (fits(change.to - SECOND) === change.to) return change.at;
      at = change.at;
    } else if (local === Number.POSITIVE_INFINITY) return local;
    else at = Math.max(at + LONGEST_CHANGE, firstAt(zone, local - LONGEST_CHANGE));
  }
};

/** The first instant after one at which what fits begins, by either rule: repeated ones occur both times, and skipped ones at the end of the gap. */
export const earliest = (fits: Fitting, zone: Zone, after: number): number | undefined => {
  const second = Math.floor(after / SECOND) * SECOND;
  const found = Math.min(byTheClock(fits, zone, second), byRealTime(fits, zone, second));
  return found === Number.POSITIVE_INFINITY ? undefined : found;
};

/** The instants that fit. The last result is cached, as it is needed more than once. A class: there is one for each specification. */
export class FittingInstants implements Instants {
  readonly text: string;
  declare readonly uneven?: true;
  readonly #fits: Fitting;
  readonly #rule: typeof byRealTime;
  readonly #zone: Zone;
  #asked = Number.POSITIVE_INFINITY;
  #found = Number.NEGATIVE_INFINITY;

  constructor(fits: Fitting, realTime: boolean, zone: Zone, text: string, uneven = false) {
    this.text = text;
    this.#fits = fits;
    this.#rule = realTime ? byRealTime : byTheClock;
    this.#zone = zone;
    if (uneven) this.uneven = true;
  }
  forget(): void {
    this.#asked = Number.POSITIVE_INFINITY;
    this.#found = Number.NEGATIVE_INFINITY;
  }
  next(after: number): number | undefined {
    if (!(this.#asked <= after && after < this.#found)) {
      const rule = this.#rule;
      this.#found = rule(this.#fits, this.#zone, Math.floor(after / SECOND) * SECOND);
      this.#asked = after;
    }
    return this.#found === Number.POSITIVE_INFINITY ? undefined : this.#found;
  }
}

/** An instant that comes once, by real time. */
const onlyAt = (instant: number, text: string): Instants => ({
  text,
  forget: () => {},
  next: (after) => (after < instant ? instant : undefined),
});

/**
 * The instants of a specification, in local time or in the time zone given. The rule for daylight saving is that of Debian's cron:
 * without an hour, or with a minute or hour that begins with a star, it is by real time. Any other is by the wall clock.
 * @throws Error that says what is wrong with the cron pattern.
 */
export const instantsOf = (fields: TimeFields, timezone?: string, { holidays, sun }: InstantSources = {}): Instants => {
  const zone = zoneOf(timezone);
  const text = specificationText(fields);
  if (fields.cron !== undefined) {
    const { fits, realTime } = readCron(fields.cron);
    return new FittingInstants(fits, realTime, zone, text);
  }
  if (fields.sun !== undefined && sun !== undefined) return sun(fields, zone, text, holidays);
  const meant = meaningOfAt(fields);
  if (typeof meant === 'number') return onlyAt(meant, text);
  const { next, realTime } = localTimes(meant, holidays);
  return new FittingInstants(next, realTime, zone, text);
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

const HOUR = 3_600_000;
/** Units of local time: a specification that has instants in one of them has always the same number. */
const UNITS = [24 * HOUR, HOUR];

/** Whether local time is linear in `(from, to]`, and no change before has an effect there. */
const isEven = (zone: Zone, from: number, to: number): boolean => {
  const change = changeBetween(zone, from - LONGEST_CHANGE, to);
  return change === undefined || (change.at <= from && zone.local(from + 1) >= change.from);
};

/**
 * Counts the instants of several specifications in `(from, to]`, equal ones once. Days, and then hours, in which the same
 * specifications have instants have the same number of them, which is counted once.
 */
export const instantCounter = (
  specifications: readonly Instants[],
  zone: Zone,
): ((from: number, to: number) => number) => {
  const known = new Map<string, number>();
  const oneByOne = (from: number, to: number): number => {
    let count = 0;
    for (const { at } of firings(specifications, from)) {
      if (at > to) break;
      count += 1;
    }
    return count;
  };
  const counted = (from: number, to: number, [unit, ...smaller]: readonly number[]): number => {
    if (unit === undefined || to - from < unit)
      return smaller.length > 0 ? counted(from, to, smaller) : oneByOne(from, to);
    /** The end of a piece from `at` on that is counted, and how many instants it has; undefined: there are no more. */
    const piece = (at: number): { readonly end: number; readonly count: number } | undefined => {
      const next = specifications.map((spec) => spec.next(at) ?? Number.POSITIVE_INFINITY);
      const first = Math.min(...next);
      if (first > to) return undefined;
      const begin = first - (((zone.local(first) % unit) + unit) % unit) - 1;
      const end = begin + unit;
      if (begin < at || end > to || !isEven(zone, begin, end)) {
        // Any change is over within a unit.
        const until = Math.min(to, Math.max(end, first));
        return { end: until, count: counted(at, until, smaller) };
      }
      const key = `${unit} ${next.map((one) => (one <= end ? 1 : 0)).join('')}`;
      const count = known.get(key) ?? counted(begin, end, smaller);
      known.set(key, count);
      return { end, count };
    };
    let count = 0;
    for (let at = from; at < to; ) {
      const one = piece(at);
      if (one === undefined) break;
      count += one.count;
      at = one.end;
    }
    return count;
  };
  const units = specifications.some(({ uneven }) => uneven) ? [] : UNITS;
  return (from, to) => counted(from, to, units);
};

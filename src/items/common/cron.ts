import { CronDate, CronPattern } from 'croner';
import { cronFields } from './cron-pattern.ts';

/** The fields of a pattern in order, and what each may be. */
const FIELDS = [
  ['second', 'from 0 to 59'],
  ['minute', 'from 0 to 59'],
  ['hour', 'from 0 to 23'],
  ['day of month', 'from 1 to 31, L, LW, or one such as 15W'],
  ['month', 'from 1 to 12 or from JAN to DEC'],
  ['day of week', 'from 0 to 7, from SUN to SAT, or one such as 5L, TUE#2, +FRI'],
  ['year', 'from 1 to 9999'],
] as const;

/** Which field of a pattern is wrong. */
const explain = (fields: readonly string[], error: unknown): Error => {
  for (const [i, [name, range]] of FIELDS.entries()) {
    const alone = FIELDS.map((_, j) => (i === j ? fields[i]! : '*'));
    try {
      new CronPattern(alone.join(' '));
    } catch {
      return new Error(
        `expected the ${name} as *, numbers ${range}, lists, ranges (1-5) or steps (*/2, 8-18/2), found "${fields[i]}"`,
      );
    }
  }
  return error instanceof Error ? error : new Error(String(error));
};

/** Replaces the list of years of each pattern without a year: 80 KB that nothing reads. */
const EVERY_YEAR: number[] = [];

/** A parsed cron pattern. */
export interface Cron {
  /** Its minute or hour begins with a star: it is by real time when the clocks change, as in cron. */
  readonly realTime: boolean;
  /** The next local time (ms, as if UTC) after one that fits, whatever the zone; Infinity: there is none. */
  fits(local: number): number;
}

const read = (pattern: string): Cron => {
  const fields = cronFields(pattern);
  const begins = (field: string) => field.startsWith('*');
  let parts: CronPattern;
  try {
    parts = new CronPattern(fields.join(' '));
  } catch (error) {
    throw explain(fields, error);
  }
  if (parts.starYear) parts.year = EVERY_YEAR;
  // As in cron: either day is enough, unless one of the two fields begins with a star.
  if (begins(fields[3]!) || begins(fields[5]!)) parts.useAndLogic = true;
  /** The first local time that is known to have none after it: to find out takes the whole calendar. */
  let none = Number.POSITIVE_INFINITY;
  return {
    realTime: begins(fields[1]!) || begins(fields[2]!),
    // In this calendar each day has 24 hours; the zone is applied later, by the same rule for all.
    fits: (local) => {
      if (local >= none) return Number.POSITIVE_INFINITY;
      const next = new CronDate(new Date(local), 0).increment(parts, {}, true);
      if (next) return next.getTime();
      none = local;
      return Number.POSITIVE_INFINITY;
    },
  };
};

/** Patterns that are in use somewhere. */
const patterns = new Map<string, WeakRef<Cron>>();
/** At so many of them those that nothing uses any more are dropped. */
let most = 1000;

const dropUnused = (): void => {
  for (const [pattern, cron] of patterns) if (cron.deref() === undefined) patterns.delete(pattern);
  most = Math.max(1000, 2 * patterns.size);
};

/** Parses a cron pattern, equal ones once. @throws Error that names the field and its range. */
export const readCron = (pattern: string): Cron => {
  const known = patterns.get(pattern)?.deref();
  if (known) return known;
  if (patterns.size >= most) dropUnused();
  const cron = read(pattern);
  patterns.set(pattern, new WeakRef(cron));
  return cron;
};

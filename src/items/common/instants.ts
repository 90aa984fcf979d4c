import { Cron, type CronOptions } from 'croner';
import type { Firing } from '../../core/body.ts';

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

const calendar = (pattern: string, options: CronOptions, text: string): Instants => {
  const cron = new Cron(pattern, options);
  return {
    text,
    next: (after) => {
      const at = cron.nextRun(new Date(after))?.getTime();
      // The calendar goes by whole seconds.
      return at !== undefined && at <= after ? cron.nextRun(new Date(after + 1000))?.getTime() : at;
    },
  };
};

/**
 * The instants of a specification, in local time or in the time zone given. In the hour that daylight saving skips, an
 * instant falls at the end of the gap; in the hour it repeats, an instant with an hour falls the first time, one without
 * falls both times.
 * @throws Error when the cron pattern is none; its message says why.
 */
export const instantsOf = (fields: TimeFields, timezone?: string): Instants => {
  const { year, month, day, hour, minute = 0, second = 0, weekday, cron } = fields;
  const zone = timezone === undefined ? {} : { timezone };
  // A pattern of cron keeps the rule of cron: day of month or weekday, whichever fits.
  if (cron !== undefined) return calendar(cron, zone, `cron "${cron}"`);
  const text = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
  if (year !== undefined && (year < FIRST_YEAR || year > LAST_YEAR)) return { text, next: () => undefined };
  const part = (n: number | undefined) => (n === undefined ? '*' : String(n));
  const dayName = weekday?.slice(0, 3).toUpperCase() ?? '*';
  const pattern = [second, minute, part(hour), part(day), part(month), dayName, part(year)];
  return calendar(pattern.join(' '), { ...zone, mode: '7-part', domAndDow: true }, text || 'every hour');
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

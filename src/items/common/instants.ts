import { Cron } from 'croner';

/** The instants of one time specification. Pure: asking changes nothing. */
export interface Instants {
  /** The specification as records show it: `hour=12 weekday=mon`. */
  readonly text: string;
  /** The first instant after the given one (wall-clock ms); undefined: there is none. */
  next(after: number): number | undefined;
}

/** The fields of a specification; what is missing is "every", except minute and second, which are 0. */
export interface TimeFields {
  readonly year?: number | undefined;
  readonly month?: number | undefined;
  readonly day?: number | undefined;
  readonly hour?: number | undefined;
  readonly minute?: number | undefined;
  readonly second?: number | undefined;
  readonly weekday?: string | undefined;
}

/** The years the calendar knows. */
const FIRST_YEAR = 1;
const LAST_YEAR = 9999;

/**
 * The instants of a specification in local time. In the hour that daylight saving skips, an instant falls at the end of the
 * gap; in the hour it repeats, an instant with an hour falls the first time, one without falls both times.
 */
export const instantsOf = (fields: TimeFields): Instants => {
  const { year, month, day, hour, minute = 0, second = 0, weekday } = fields;
  const text = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
  if (year !== undefined && (year < FIRST_YEAR || year > LAST_YEAR)) return { text, next: () => undefined };
  const part = (n: number | undefined) => (n === undefined ? '*' : String(n));
  const pattern = [
    second,
    minute,
    part(hour),
    part(day),
    part(month),
    weekday?.slice(0, 3).toUpperCase() ?? '*',
    part(year),
  ];
  const cron = new Cron(pattern.join(' '), { mode: '7-part', domAndDow: true });
  return { text: text || 'every hour', next: (after) => cron.nextRun(new Date(after))?.getTime() };
};

import type { NumberRange, NumberSet } from './number-set.ts';

/** The days of the week, Sunday first. */
export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** What each part of a specification can be. */
export const PART_RANGES = {
  year: { min: 0, max: 9999, open: true },
  month: { min: 1, max: 12, round: true },
  day: { min: 1, max: 31, fromEnd: true },
  hour: { min: 0, max: 23, round: true },
  minute: { min: 0, max: 59, round: true },
  second: { min: 0, max: 59, round: true },
  weekday: { min: 0, max: 6, round: true, names: WEEKDAYS },
  nth: { min: 1, max: 5, fromEnd: true },
  workday: { min: 1, max: 23, fromEnd: true },
} as const satisfies Readonly<Record<string, NumberRange>>;

/** The events of the sun that a specification can name. */
export const SUN_EVENTS = ['sunrise', 'sunset', 'noon', 'dawn', 'dusk'] as const;
export type SunEvent = (typeof SUN_EVENTS)[number];

/**
 * The keys of a specification; what is missing is "every", except minute and second, which are 0, and the hour beside `every`, which
 * is 0 as well. `cron` stands alone.
 */
export interface TimeFields {
  readonly year?: NumberSet | undefined;
  readonly month?: NumberSet | undefined;
  readonly day?: NumberSet | undefined;
  readonly hour?: NumberSet | undefined;
  readonly minute?: NumberSet | undefined;
  readonly second?: NumberSet | undefined;
  readonly weekday?: string | readonly string[] | undefined;
  /** Which of such days of the week in a month; below zero from its end. */
  readonly nth?: NumberSet | undefined;
  /** Which working day of a month; below zero from its end. */
  readonly workday?: NumberSet | undefined;
  /** `2 weeks` */
  readonly every?: string | undefined;
  /** `2026-01-05`: what `every` counts from. */
  readonly since?: string | undefined;
  /** `2026-12-24T18:00:00`, with or without an offset, `2026-12-24` or `02:30:00`. */
  readonly at?: string | undefined;
  readonly sun?: SunEvent | undefined;
  /** `-30 min` */
  readonly offset?: string | undefined;
  /** Degrees of latitude and longitude. */
  readonly place?: readonly [latitude: number, longitude: number] | undefined;
  readonly cron?: string | undefined;
}

/** A specification as records show it: `hour=12 weekday=mon`. */
export const specificationText = ({ cron, ...fields }: TimeFields): string => {
  if (cron !== undefined) return `cron "${cron}"`;
  const shown = (value: unknown) => (Array.isArray(value) ? value.join(',') : String(value));
  const text = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${shown(value)}`);
  return text.join(' ') || 'every hour';
};

const LOCAL = /^(?:(\d{4})-(\d\d)-(\d\d))?[T ]?(?:(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** What `at` says in the other keys, or the instant that it is (wall-clock ms), with an offset. */
export const meaningOfAt = (fields: TimeFields): TimeFields | number => {
  const { at, ...rest } = fields;
  if (at === undefined) return fields;
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = LOCAL.exec(at) ?? [];
  if (!LOCAL.test(at)) return Date.parse(at);
  const time = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  if (year === undefined) return { ...rest, ...time };
  return { ...rest, year: Number(year), month: Number(month), day: Number(day), ...time };
};

/** A date alone, of `at`: as a window it is the whole day. */
export const isDateAlone = ({ at }: TimeFields): boolean => at !== undefined && /^\d{4}-\d\d-\d\d$/.test(at);

/** Every how many of which unit: `2 weeks`. */
export const EVERY = /^(?:(\d{1,5}) ?)?(day|week|month|year)s?$/;

/** How far before or after an event: `-30 min`. */
export const OFFSET = /^([+-]?)(\d{1,4}) ?(s|min|h)$/;

import { readCron } from './cron.ts';
import { dayPattern, type Holidays } from './day-pattern.ts';
import { earliest } from './instants.ts';
import { localTimes } from './local-times.ts';
import { type NumberSet, numbersOf } from './number-set.ts';
import { isDateAlone, meaningOfAt, PART_RANGES, specificationText, type TimeFields } from './specification.ts';
import { type Zone, zoneOf } from './zone.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** So many beginnings of parts of a window are looked at for one at which all of it holds. */
const MOST_BEGINNINGS = 2000;

/** When a condition of type `time` holds as a guard. Instants are wall-clock ms. */
export interface TimeWindow {
  /** What of it holds at this instant, as records show it; undefined: it does not hold. */
  at(wall: number): string | undefined;
  /** The first instant after the given one at which it begins to hold; undefined: none is known. */
  next(after: number): number | undefined;
}

/** The seconds of the day of a local time (as if UTC). */
const secondOfDay = (local: number): number => Math.floor((((local % DAY) + DAY) % DAY) / SECOND);

/** The same specification with what an instant leaves out: a missing minute is 0 if there is a second. */
const completed = (fields: TimeFields): TimeFields =>
  fields.second === undefined ? fields : { ...fields, minute: fields.minute ?? 0 };

const isDayNamed = ({ day, weekday, workday, every }: TimeFields): boolean =>
  [day, weekday, workday, every].some((value) => value !== undefined);

/** The instant at which the whole of a specification begins: what is smaller than its smallest part is at its beginning. */
const beginning = (fields: TimeFields): TimeFields => {
  const { year, month, hour, minute, second } = completed(fields);
  if (hour !== undefined || minute !== undefined || second !== undefined) return { ...fields, minute: minute ?? 0 };
  if (isDayNamed(fields)) return { ...fields, hour: 0 };
  if (month !== undefined) return { ...fields, day: 1, hour: 0 };
  return year === undefined ? fields : { ...fields, month: 1, day: 1, hour: 0 };
};

/** What a specification is as a window: a date alone is its day. @throws Error when it is an instant, which has no length. */
const asWindow = (fields: TimeFields): TimeFields => {
  if (fields.at === undefined) return fields;
  const meant = meaningOfAt(fields);
  if (typeof meant === 'number') throw new TypeError('an instant has no length');
  const { hour, minute, second, ...day } = meant;
  return isDateAlone(fields) ? day : { ...day, hour, minute, ...(second === 0 ? {} : { second }) };
};

/** A part of a window: whether a local time is in it, and when it begins next. */
export interface WindowPart {
  readonly text: string;
  holds(local: number): boolean;
  next(after: number): number | undefined;
  /** Within how many ms of local time it is the same: a second, a minute, an hour or a day. */
  readonly unit: number;
}

const numbersIn = (value: NumberSet | undefined, key: 'hour' | 'minute' | 'second'): ReadonlySet<number> | undefined =>
  value === undefined ? undefined : new Set(numbersOf(value, PART_RANGES[key]));

export const windowPart = (given: TimeFields, timezone: string | undefined, holidays?: Holidays): WindowPart => {
  const zone = zoneOf(timezone);
  const text = specificationText(given);
  if (given.cron !== undefined) {
    const { fits } = readCron(given.cron);
    // With seconds each second counts, else the whole minute.
    const unit = given.cron.trim().split(/\s+/).length > 5 ? SECOND : MINUTE;
    const next = (after: number) => earliest(fits, zone, after);
    return { text, unit, next, holds: (local) => fits(floor(local, unit) - SECOND) === floor(local, unit) };
  }
  const fields = asWindow(given);
  const wanted = completed(fields);
  const hours = numbersIn(wanted.hour, 'hour');
  const minutes = numbersIn(wanted.minute, 'minute');
  const seconds = numbersIn(wanted.second, 'second');
  const days = dayPattern(fields, holidays);
  const { next } = localTimes(beginning(fields), holidays);
  return {
    text,
    unit: seconds ? SECOND : minutes ? MINUTE : hours ? HOUR : DAY,
    next: (after) => earliest(next, zone, after),
    holds: (local) => {
      const second = secondOfDay(local);
      if (hours && !hours.has(Math.floor(second / 3600))) return false;
      if (minutes && !minutes.has(Math.floor(second / 60) % 60)) return false;
      if (seconds && !seconds.has(second % 60)) return false;
      return days.has(Math.floor(local / DAY));
    },
  };
};

const floor = (local: number, unit: number): number => Math.floor(local / unit) * unit;

const shownTime = (seconds: number): string => new Date(seconds * SECOND).toISOString().slice(11, 19);

/** @param seconds of the day. */
const betweenTimes = ([from, to]: readonly [number, number], zone: Zone): WindowPart => {
  const fits = localTimes({
    hour: Math.floor(from / 3600),
    minute: Math.floor(from / 60) % 60,
    second: from % 60,
  }).next;
  return {
    text: `between ${shownTime(from)} and ${shownTime(to)}`,
    unit: SECOND,
    holds: (local) => {
      const time = secondOfDay(local);
      return from < to ? time >= from && time < to : time >= from || time < to;
    },
    next: (after) => earliest(fits, zone, after),
  };
};

/** The window that specifications and `between` mean, in local time or in the time zone given: one of the former, and the latter. */
export const timeWindow = (
  specifications: readonly TimeFields[],
  between: readonly [number, number] | undefined,
  timezone: string | undefined,
  holidays?: Holidays,
): TimeWindow => {
  const zone = zoneOf(timezone);
  const parts = specifications.map((fields) => windowPart(fields, timezone, holidays));
  const times = between && betweenTimes(between, zone);
  const at = (wall: number): string | undefined => {
    const local = zone.local(wall);
    if (times && !times.holds(local)) return undefined;
    if (parts.length === 0) return times?.text;
    const part = parts.find(({ holds }) => holds(local));
    return part && [part.text, ...(times ? [times.text] : [])].join(', ');
  };
  return {
    at,
    next: (after) => {
      const all = times ? [...parts, times] : parts;
      for (let [from, i] = [after, 0]; i < MOST_BEGINNINGS; i++) {
        const next = Math.min(...all.map((part) => part.next(from) ?? Number.POSITIVE_INFINITY));
        if (!Number.isFinite(next)) return undefined;
        if (at(next) !== undefined) return next;
        from = next;
      }
      return undefined;
    },
  };
};

import { readCron } from './cron.ts';
import { earliest, fittingFields, instantsOf, type TimeFields } from './instants.ts';
import { type Zone, zoneOf } from './zone.ts';

const LAST_YEAR = 9999;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;
/** So many beginnings of parts of a window are looked at for one at which all of it holds. */
const MOST_BEGINNINGS = 2000;

/** When a condition of type `time` holds as a guard. Instants are wall-clock ms. */
export interface TimeWindow {
  /** What of it holds at this instant, as records show it; undefined: it does not hold. */
  at(wall: number): string | undefined;
  /** The first instant after the given one at which it begins to hold; undefined: none is known. */
  next(after: number): number | undefined;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** The parts of a local time (as if UTC). */
const partsOf = (local: number) => {
  const date = new Date(local);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
};

/** The same specification with what an instant leaves out: a missing minute is 0 if there is a second. */
const completed = (fields: TimeFields): TimeFields =>
  fields.second === undefined ? fields : { ...fields, minute: fields.minute ?? 0 };

/** The instant at which the whole of a specification begins: what is smaller than its smallest part is at its beginning. */
const beginning = (fields: TimeFields): TimeFields => {
  const { year, month, day, weekday, hour, minute, second } = completed(fields);
  if (hour !== undefined || minute !== undefined || second !== undefined) return { ...fields, minute: minute ?? 0 };
  if (day !== undefined || weekday !== undefined) return { ...fields, hour: 0 };
  if (month !== undefined) return { ...fields, day: 1, hour: 0 };
  return year === undefined ? fields : { ...fields, month: 1, day: 1, hour: 0 };
};

/** A part of a window: whether a local time is in it, and when it begins next. */
interface Part {
  readonly text: string;
  holds(local: number): boolean;
  next(after: number): number | undefined;
}

const specification = (fields: TimeFields, timezone: string | undefined): Part => {
  const zone = zoneOf(timezone);
  const { text } = instantsOf(fields, timezone);
  if (fields.cron !== undefined) {
    const { fits } = readCron(fields.cron);
    // With seconds each second counts, else the whole minute.
    const unit = fields.cron.trim().split(/\s+/).length > 5 ? SECOND : MINUTE;
    const next = (after: number) => earliest(fits, zone, after);
    return { text, next, holds: (local) => fits(floor(local, unit) - SECOND) === floor(local, unit) };
  }
  const wanted = completed(fields);
  const weekday = wanted.weekday === undefined ? undefined : WEEKDAYS.indexOf(wanted.weekday.slice(0, 3).toLowerCase());
  const fits = fittingFields(beginning(fields), LAST_YEAR);
  return {
    text,
    next: (after) => earliest(fits, zone, after),
    holds: (local) => {
      const parts = partsOf(local);
      if (weekday !== undefined && new Date(local).getUTCDay() !== weekday) return false;
      return PARTS.every((part) => wanted[part] === undefined || wanted[part] === parts[part]);
    },
  };
};

const floor = (local: number, unit: number): number => Math.floor(local / unit) * unit;

const shownTime = (seconds: number): string => new Date(seconds * SECOND).toISOString().slice(11, 19);

/** @param seconds of the day. */
const betweenTimes = ([from, to]: readonly [number, number], zone: Zone): Part => {
  const fields = partsOf(from * SECOND);
  const fits = fittingFields({ hour: fields.hour, minute: fields.minute, second: fields.second }, LAST_YEAR);
  return {
    text: `between ${shownTime(from)} and ${shownTime(to)}`,
    holds: (local) => {
      const time = Math.floor((((local % DAY) + DAY) % DAY) / SECOND);
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
): TimeWindow => {
  const zone = zoneOf(timezone);
  const parts = specifications.map((fields) => specification(fields, timezone));
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

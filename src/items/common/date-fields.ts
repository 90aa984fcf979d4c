import type { TimeFields } from './instants.ts';

const DAY = 86_400;
/** The calendar repeats itself after so many years: what has not come by then never will. */
const CYCLE = 400;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Days since 1970; `month` from 0, days beyond the end of a month run over. */
const dayOf = (year: number, month: number, day: number): number =>
  new Date(0).setUTCFullYear(year, month, day) / 1000 / DAY;

/** How many days after a day (days since 1970, a Thursday) the next such day of the week is; 0: it is one. */
const daysTo = (weekday: number, from: number): number => (((weekday - from - 4) % 7) + 7) % 7;

/**
 * The next local time (ms, as if UTC) after one that fits single fields: what is missing is "every", except minute and
 * second, which are 0. Infinity: there is none.
 */
export const fittingFields = (fields: TimeFields, lastYear: number): ((local: number) => number) => {
  const { year, month, day, hour, minute = 0, second = 0 } = fields;
  const weekday = fields.weekday === undefined ? undefined : WEEKDAYS.indexOf(fields.weekday.slice(0, 3).toLowerCase());
  const inHour = minute * 60 + second;

  /** The first second of a day after `after` that fits; none: beyond the day. */
  const timeAfter = (after: number): number => {
    if (hour !== undefined) return hour * 3600 + inHour > after ? hour * 3600 + inHour : DAY;
    const begin = Math.floor(Math.max(0, after) / 3600) * 3600 + inHour;
    return begin > after ? begin : begin + 3600;
  };

  /** The first day from `from` on that fits (days since 1970); Infinity: none. */
  const dayFrom = (from: number): number => {
    const start = new Date(from * DAY * 1000);
    let [y, m, d] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
    const end = Math.min(lastYear, year ?? y + CYCLE);
    if (year !== undefined && y < year) [y, m, d] = [year, 0, 1];
    for (; y <= end; [y, m, d] = m === 11 ? [y + 1, 0, 1] : [y, m + 1, 1]) {
      if (month !== undefined && m !== month - 1) continue;
      const [first, next] = [dayOf(y, m, 1), dayOf(y, m + 1, 1)];
      let found = first + Math.max(d, day ?? d) - 1;
      if (weekday !== undefined && day === undefined) found += daysTo(weekday, found);
      const exists = found < next && (day === undefined || found === first + day - 1);
      if (exists && (weekday === undefined || daysTo(weekday, found) === 0)) return found;
    }
    return Number.POSITIVE_INFINITY;
  };

  return (local) => {
    const at = Math.floor(local / 1000);
    const today = Math.floor(at / DAY);
    const time = timeAfter(at - today * DAY);
    if (time < DAY && dayFrom(today) === today) return (today * DAY + time) * 1000;
    return (dayFrom(today + 1) * DAY + timeAfter(-1)) * 1000;
  };
};

import { dateOfDay, dayNumber, dayOfText, daysInMonth, weekdayOf } from './dates.ts';
import { type NumberSet, numbersOf } from './number-set.ts';
import { EVERY, PART_RANGES, type TimeFields } from './specification.ts';

/** The last year of the calendar. */
const LAST_YEAR = 9999;
/** The calendar repeats after this many years: what has not occurred by then never will, unless it comes every so many days. */
const CYCLE = 400;
const BEYOND = dayNumber(LAST_YEAR + 1, 1, 1);
/** A Monday, and the first day of a year: what is counted without a date begins then. */
export const SINCE = '2001-01-01';

/** Holidays, by days since 1970. */
export type Holidays = ReadonlySet<number>;

/** The days that a specification names. Days since 1970. */
export interface DayPattern {
  /** The first day from this one on; Infinity: there is none. */
  from(day: number): number;
  has(day: number): boolean;
}

/** Every how many of which unit: `2 weeks`. */
export const periodOf = (every: string): { readonly count: number; readonly unit: string } => {
  const [, count = '1', unit = 'day'] = EVERY.exec(every.trim())!;
  return { count: Number(count), unit };
};

const named = (value: NumberSet | undefined, key: keyof typeof PART_RANGES): ReadonlySet<number> | undefined =>
  value === undefined ? undefined : new Set(numbersOf(value, PART_RANGES[key]));

/** @param number days since 1970; the rest is its date, months from 1. */
type DayTest = (number: number, year: number, month: number, day: number) => boolean;

/** The number of a day within a month from its begin, and from its end, below zero. */
const counted = (set: ReadonlySet<number>, n: number, fromEnd: number): boolean => set.has(n) || set.has(-fromEnd);

const workdayTest = (wanted: ReadonlySet<number>, holidays: Holidays): DayTest => {
  let known = Number.NaN;
  let workdays: readonly number[] = [];
  return (number, year, month, day) => {
    const first = number - day + 1;
    if (first !== known) {
      known = first;
      workdays = Array.from({ length: daysInMonth(year, month) }, (_, i) => first + i).filter(
        (one) => weekdayOf(one) % 6 !== 0 && !holidays.has(one),
      );
    }
    const index = workdays.indexOf(number);
    return index >= 0 && counted(wanted, index + 1, workdays.length - index);
  };
};

/** Days that come every so many days, weeks, months or years from a day on. Weeks begin on Monday. */
const periodTest = (every: string, since: string, isDayNamed: boolean): DayTest => {
  const { count, unit } = periodOf(every);
  const start = dayOfText(since);
  const begin = dateOfDay(start);
  const week = (day: number) => Math.floor((day + 3) / 7);
  const isTurn: Record<string, DayTest> = {
    day: (number) => (number - start) % count === 0,
    week: (number) =>
      (week(number) - week(start)) % count === 0 && (isDayNamed || weekdayOf(number) === weekdayOf(start)),
    month: (_, year, month, day) =>
      (12 * (year - begin.year) + month - begin.month) % count === 0 && (isDayNamed || day === begin.day),
    year: (_, year, month, day) =>
      (year - begin.year) % count === 0 && (isDayNamed || (month === begin.month && day === begin.day)),
  };
  const turn = isTurn[unit]!;
  return (number, year, month, day) => number >= start && turn(number, year, month, day);
};

/** What has to be true of a day within the months that are named. */
const testsOf = (fields: TimeFields, holidays: Holidays): readonly DayTest[] => {
  const { day, weekday, nth, workday, every } = fields;
  const days = named(day, 'day');
  const weekdays = named(weekday, 'weekday');
  const numbers = named(nth, 'nth');
  const workdays = named(workday, 'workday');
  const isDayNamed = [day, weekday, workday].some((value) => value !== undefined);
  const tests: DayTest[] = [];
  if (days) tests.push((_, year, month, day) => counted(days, day, daysInMonth(year, month) - day + 1));
  if (weekdays) tests.push((number) => weekdays.has(weekdayOf(number)));
  if (numbers)
    tests.push((_, year, month, day) => {
      const left = daysInMonth(year, month) - day;
      return counted(numbers, Math.ceil(day / 7), Math.floor(left / 7) + 1);
    });
  if (workdays) tests.push(workdayTest(workdays, holidays));
  if (every !== undefined) tests.push(periodTest(every, fields.since ?? SINCE, isDayNamed));
  return tests;
};

/** Patterns that have been made, by their keys: most files name the same days again and again. */
const known = new Map<string, DayPattern>();
const MOST_KNOWN = 500;

/** The days of a specification. @param holidays what is no working day, besides Saturday and Sunday. */
export const dayPattern = (fields: TimeFields, holidays?: Holidays): DayPattern => {
  if (holidays) return makePattern(fields, holidays);
  const { year, month, day, weekday, nth, workday, every, since } = fields;
  const key = JSON.stringify([year, month, day, weekday, nth, workday, every, since]);
  let pattern = known.get(key);
  if (pattern === undefined) {
    if (known.size >= MOST_KNOWN) known.clear();
    pattern = makePattern(fields, new Set());
    known.set(key, pattern);
  }
  return pattern;
};

const makePattern = (fields: TimeFields, holidays: Holidays): DayPattern => {
  const years = named(fields.year, 'year');
  const months = named(fields.month, 'month');
  const tests = testsOf(fields, holidays);
  const isYear = (year: number): boolean => year <= last && years?.has(year) !== false;
  const isMonth = (month: number): boolean => months?.has(month) !== false;
  const isEveryDay = tests.length === 0 && years === undefined && months === undefined;
  const last = years ? Math.min(LAST_YEAR, Math.max(...years)) : LAST_YEAR;
  const begin = fields.since === undefined || fields.every === undefined ? undefined : dayOfText(fields.since);

  const fits = (number: number, year: number, month: number, day: number): boolean => {
    for (const test of tests) if (!test(number, year, month, day)) return false;
    return true;
  };
  const onlyDay = typeof fields.day === 'number' ? fields.day : undefined;

  /** The first day of a month that fits, from its day `d` on. */
  const inMonth = (year: number, month: number, d: number): number | undefined => {
    const length = daysInMonth(year, month);
    // Most specifications name one day, or none.
    const only = onlyDay === undefined || onlyDay > 0 ? onlyDay : length + 1 + onlyDay;
    const last = Math.min(length, only ?? length);
    const begin = Math.max(d, only ?? d);
    if (begin > last) return undefined;
    const first = dayNumber(year, month, 1);
    for (let day = begin; day <= last; day++) if (fits(first + day - 1, year, month, day)) return first + day - 1;
    return undefined;
  };

  /** The first day in a year that fits, from a month and a day of it on. */
  const inYear = (year: number, fromMonth: number, fromDay: number): number | undefined => {
    if (!isYear(year)) return undefined;
    for (let month = fromMonth; month <= 12; month++) {
      const found = !isMonth(month) ? undefined : inMonth(year, month, month === fromMonth ? fromDay : 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return {
    from: (asked) => {
      if (isEveryDay) return asked < BEYOND ? asked : Number.POSITIVE_INFINITY;
      const start = dateOfDay(begin === undefined ? asked : Math.max(asked, begin));
      const end = years || fields.every !== undefined ? last : Math.min(last, start.year + CYCLE);
      let found = inYear(start.year, start.month, start.day);
      for (let year = start.year + 1; found === undefined && year <= end; year++) found = inYear(year, 1, 1);
      return found ?? Number.POSITIVE_INFINITY;
    },
    has: (number) => {
      if (isEveryDay) return true;
      const date = dateOfDay(number);
      return isYear(date.year) && isMonth(date.month) && fits(number, date.year, date.month, date.day);
    },
  };
};

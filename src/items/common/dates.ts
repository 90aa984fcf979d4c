const SECONDS_OF_DAY = 86_400;

/** A date of the calendar; months from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days since 1970. Days beyond the end of a month are in the next one, months from 1 beyond a year likewise. */
export const dayNumber = (year: number, month: number, day: number): number =>
  new Date(0).setUTCFullYear(year, month - 1, day) / 1000 / SECONDS_OF_DAY;

/** The end of the calendar: after its last year, 9999, in ms since 1970. */
export const END_OF_CALENDAR = Date.UTC(10_000, 0, 1);

/** The date of a day, from days since 1970. */
export const dateOfDay = (day: number): CalendarDate => {
  const date = new Date(day * SECONDS_OF_DAY * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

/** The day of the week of a day, from days since 1970; 0 is Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** How many days a month has; months from 1. */
export const daysInMonth = (year: number, month: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : LENGTHS[month - 1]!;

/** Days since 1970 of a date as text, `2026-12-24`. */
export const dayOfText = (text: string): number => {
  const [year = 0, month = 1, day = 1] = text.split('-').map(Number);
  return dayNumber(year, month, day);
};

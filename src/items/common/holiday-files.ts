import ICAL from 'ical.js';
import { dateOfDay, dayNumber } from './dates.ts';

/** Holidays are known from a year before to so many years after the file was read. */
const YEARS = 20;
/** The most holidays of a file. */
const MOST_HOLIDAYS = 20_000;

const dayOf = ({ year, month, day }: ICAL.Time): number => dayNumber(year, month, day);
const textOf = (day: number): string => {
  const { year, month, day: date } = dateOfDay(day);
  return [String(year).padStart(4, '0'), ...[month, date].map((n) => String(n).padStart(2, '0'))].join('-');
};

/** How many days an event lasts. */
const lengthOf = (event: ICAL.Event): number => Math.max(1, dayOf(event.endDate) - dayOf(event.startDate));

/** @throws Error that says what is wrong */
const parsed = (text: string): ICAL.Component => {
  try {
    return new ICAL.Component(ICAL.parse(text) as unknown[]);
  } catch (error) {
    throw new Error(`not an iCalendar file: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The days of the events of whole days in an iCalendar text, as dates. @param now wall-clock ms. @throws Error that says what is wrong. */
export const holidaysOf = (text: string, now: number): readonly string[] => {
  const calendar = parsed(text);
  const year = new Date(now).getUTCFullYear();
  const [first, last] = [dayNumber(year - 1, 1, 1), dayNumber(year + YEARS, 12, 31)];
  const days = new Set<number>();
  const add = (start: ICAL.Time, length: number): void => {
    for (let day = dayOf(start); day < dayOf(start) + length; day++) if (day >= first && day <= last) days.add(day);
  };
  let whole = 0;
  for (const component of calendar.getAllSubcomponents('vevent')) {
    if (String(component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED') continue;
    const start = component.getFirstPropertyValue('dtstart');
    if (!(start instanceof ICAL.Time) || !start.isDate) continue;
    const event = new ICAL.Event(component);
    whole += 1;
    const length = lengthOf(event);
    if (!event.isRecurring()) {
      add(event.startDate, length);
      continue;
    }
    const occurrences = event.iterator() as { next(): ICAL.Time | null };
    for (
      let next = occurrences.next();
      next && dayOf(next) <= last && days.size < MOST_HOLIDAYS;
      next = occurrences.next()
    )
      add(next, length);
  }
  if (whole === 0) throw new Error('it has no event of a whole day');
  return [...days].sort((a, b) => a - b).map(textOf);
};

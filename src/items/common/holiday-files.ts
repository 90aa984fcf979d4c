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

const isCancelled = (component: ICAL.Component): boolean =>
  String(component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED';

const isWholeDay = (component: ICAL.Component): boolean => {
  const start = component.getFirstPropertyValue('dtstart');
  return start instanceof ICAL.Time && start.isDate;
};

/** One time that an event takes place: days since 1970, the first and the one after the last. */
type Occurrence = readonly [start: number, end: number];

/** When an event takes place, until a day. @param changed other events that stand for some of its repetitions */
function* occurrencesOf(
  component: ICAL.Component,
  changed: readonly ICAL.Component[],
  last: number,
): Generator<Occurrence, void> {
  const event = new ICAL.Event(component);
  const length = Math.max(1, dayOf(event.endDate) - dayOf(event.startDate));
  if (!event.isRecurring()) {
    yield [dayOf(event.startDate), dayOf(event.startDate) + length];
    return;
  }
  const instead = new Map<string, ICAL.Component>();
  for (const one of changed) instead.set(String(one.getFirstPropertyValue('recurrence-id')), one);
  const repetitions = event.iterator() as { next(): ICAL.Time | null };
  for (let next = repetitions.next(), i = 0; next && dayOf(next) <= last && i < MOST_HOLIDAYS; i++) {
    const other = instead.get(String(next));
    if (other === undefined) yield [dayOf(next), dayOf(next) + length];
    else if (!isCancelled(other) && isWholeDay(other)) yield* occurrencesOf(other, [], last);
    next = repetitions.next();
  }
}

// A date without VALUE=DATE, as some programs write it, is a date all the same.
ICAL.design.strict = false;

/** The calendars of a file, usually one. @throws Error that says what is wrong */
const parsed = (text: string): readonly ICAL.Component[] => {
  try {
    const found = ICAL.parse(text) as unknown[];
    const calendars = (typeof found[0] === 'string' ? [found] : found) as unknown[][];
    return calendars.map((one) => new ICAL.Component(one));
  } catch (error) {
    throw new Error(`not an iCalendar file: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const DATES = ['dtstart', 'dtend', 'rdate', 'exdate', 'recurrence-id'] as const;

/** The library makes another date of one that does not exist: 30 February is 2 March. @throws Error that names the event */
const checkDates = (component: ICAL.Component): void => {
  for (const name of DATES)
    for (const property of component.getAllProperties(name))
      for (const value of (property.toJSON() as readonly unknown[]).slice(3).map(String)) {
        const [year, month, day] = value.split('-').map(Number);
        if (value.includes('T') || value === textOf(dayNumber(year!, month!, day!))) continue;
        const event = component.getFirstPropertyValue('summary') ?? component.getFirstPropertyValue('uid');
        throw new Error(`${name.toUpperCase()} of "${String(event)}": expected a date that exists, such as 20261225`);
      }
};

/** The days of the events of whole days in an iCalendar text, as dates. @param now wall-clock ms. @throws Error that says what is wrong. */
export const holidaysOf = (text: string, now: number): readonly string[] => {
  const calendars = parsed(text);
  if (calendars.length === 0) throw new Error('it is empty');
  const year = new Date(now).getUTCFullYear();
  const [first, last] = [dayNumber(year - 1, 1, 1), dayNumber(year + YEARS, 12, 31)];
  const days = new Set<number>();
  const events = calendars.flatMap((calendar) => calendar.getAllSubcomponents('vevent'));
  events.forEach(checkDates);
  const isChange = (component: ICAL.Component) => component.getFirstPropertyValue('recurrence-id') !== null;
  const uidOf = (component: ICAL.Component) => String(component.getFirstPropertyValue('uid'));
  const whole = events.filter((one) => isWholeDay(one) && !isCancelled(one) && !isChange(one));
  for (const component of whole) {
    const changed = events.filter((one) => isChange(one) && uidOf(one) === uidOf(component));
    for (const [start, end] of occurrencesOf(component, changed, last))
      for (let day = Math.max(start, first); day < end && day <= last; day++) days.add(day);
  }
  if (whole.length === 0) throw new Error('it has no event of a whole day');
  return [...days].sort((a, b) => a - b).map(textOf);
};

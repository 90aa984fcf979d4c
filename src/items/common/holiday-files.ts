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
  const events = calendar.getAllSubcomponents('vevent');
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

import ICAL from 'ical.js';
import rrule from 'rrule';
import { messageOf } from '../../error-message.ts';
import { dateOfDay, dayNumber, dayOfText } from './dates.ts';

/** Holidays are known from a year before to so many years after the file was read. */
const YEARS = 20;
/** The most repetitions of all events of a file. */
const MOST_REPETITIONS = 200_000;
const SECONDS_OF_DAY = 86_400;
const DAY = 1000 * SECONDS_OF_DAY;

const dayOf = ({ year, month, day }: ICAL.Time): number => dayNumber(year, month, day);
const textOf = (day: number): string => {
  const { year, month, day: date } = dateOfDay(day);
  return [String(year).padStart(4, '0'), ...[month, date].map((n) => String(n).padStart(2, '0'))].join('-');
};

const isCancelled = (component: ICAL.Component): boolean =>
  String(component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED';

// A date without VALUE=DATE, as some programs write it, is a date all the same.
ICAL.design.strict = false;

/** The texts of a property that is a date; undefined: it has a time. */
const datesOf = (property: ICAL.Property): string[] | undefined => {
  const [, , , ...texts] = property.toJSON() as string[];
  return texts.some((text) => String(text).includes('T')) ? undefined : texts.map(String);
};

const isWholeDay = (component: ICAL.Component): boolean => {
  const start = component.getFirstProperty('dtstart');
  return start !== null && datesOf(start) !== undefined;
};

const DATES = ['dtstart', 'dtend', 'rdate', 'exdate', 'recurrence-id'] as const;

/** The library makes another date of one that does not exist: 30 February is 2 March. @throws Error for such a date */
const checkDates = (component: ICAL.Component): void => {
  for (const name of DATES)
    for (const text of component.getAllProperties(name).flatMap((property) => datesOf(property) ?? []))
      if (text !== textOf(dayOfText(text)))
        throw new Error(`${name.toUpperCase()}: expected a date that exists, such as 20261225`);
};

/** The days of a property. */
const daysOf = (component: ICAL.Component, name: string): number[] =>
  component.getAllProperties(name).flatMap((property) => {
    const dates = datesOf(property);
    if (dates === undefined)
      return property.getValues().map((value) => dayOf((value as { start?: ICAL.Time }).start ?? (value as ICAL.Time)));
    return dates.map(dayOfText);
  });

/** Repetitions by a rule, at most until a day. The library for the file loses some, and makes up others. */
const repetitions = (rule: ICAL.Recur, start: number, first: number, last: number): number[] => {
  const text = rule.toString();
  if (!/\bFREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)\b/.test(text))
    throw new Error(`RRULE: expected FREQ=DAILY, WEEKLY, MONTHLY or YEARLY for whole days, found "${text}"`);
  const repeated = new rrule.RRule({ ...rrule.RRule.parseString(text), dtstart: new Date(start * DAY) });
  return repeated.between(new Date(first * DAY), new Date(last * DAY), true).map((date) => date.getTime() / DAY);
};

/** How many days an event lasts. */
const lengthOf = (component: ICAL.Component, start: number): number => {
  const [end] = daysOf(component, 'dtend');
  if (end !== undefined) return Math.max(1, end - start);
  const duration = component.getFirstPropertyValue('duration') as ICAL.Duration | null;
  return Math.max(1, Math.ceil((duration?.toSeconds() ?? 0) / SECONDS_OF_DAY));
};

/** One time that an event takes place: days since 1970, the first and the one after the last. */
type Occurrence = readonly [start: number, end: number];

/** When an event takes place, from a day until another. @param changed other events that stand for some of its repetitions */
const occurrencesOf = (
  component: ICAL.Component,
  changed: readonly ICAL.Component[],
  first: number,
  last: number,
): readonly Occurrence[] => {
  const [start] = daysOf(component, 'dtstart');
  const length = lengthOf(component, start!);
  const rules = component.getAllProperties('rrule').map((property) => property.getFirstValue() as ICAL.Recur);
  const starts = new Set([
    start!,
    ...daysOf(component, 'rdate'),
    ...rules.flatMap((rule) => repetitions(rule, start!, Math.max(start!, first - length), last)),
  ]);
  const moved = changed
    .map((one) => ({ one, of: daysOf(one, 'recurrence-id')[0]! }))
    .filter(({ of }) => starts.has(of));
  for (const day of [...daysOf(component, 'exdate'), ...moved.map(({ of }) => of)]) starts.delete(day);
  const instead = moved.filter(({ one }) => isWholeDay(one) && !isCancelled(one));
  return [
    ...[...starts].map((day): Occurrence => [day, day + length]),
    ...instead.flatMap(({ one }) => occurrencesOf(one, [], first, last)),
  ];
};

/** Calls for an event, and names it in what is thrown. */
const naming = <T>(component: ICAL.Component, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    const name = component.getFirstPropertyValue('summary') ?? component.getFirstPropertyValue('uid') ?? '';
    throw new Error(`event "${String(name)}": ${messageOf(error)}`);
  }
};

/** The events of a text. @throws Error that says what is wrong */
const eventsOf = (text: string): ICAL.Component[] => {
  let parsed: unknown[];
  try {
    parsed = ICAL.parse(text.replace(/^\uFEFF/, '')) as unknown[];
  } catch (error) {
    throw new Error(`not an iCalendar file: ${messageOf(error)}`);
  }
  // Several calendars can follow each other.
  const calendars = (typeof parsed[0] === 'string' ? [parsed] : parsed) as unknown[][];
  if (calendars.length === 0) throw new Error('it is empty');
  const events = calendars.flatMap((one) => new ICAL.Component(one).getAllSubcomponents('vevent'));
  for (const one of events) naming(one, () => checkDates(one));
  return events;
};

const isChange = (component: ICAL.Component): boolean => component.getFirstProperty('recurrence-id') !== null;
const uidOf = (component: ICAL.Component): string => String(component.getFirstPropertyValue('uid'));

/** The events of whole days, each with those that stand for some of its repetitions. */
const wholeDays = (
  events: readonly ICAL.Component[],
): readonly (readonly [event: ICAL.Component, changed: readonly ICAL.Component[]])[] => {
  const changes = new Map<string, ICAL.Component[]>();
  for (const one of events.filter(isChange)) changes.set(uidOf(one), [...(changes.get(uidOf(one)) ?? []), one]);
  const known = new Set(events.filter((one) => !isChange(one)).map(uidOf));
  return (
    events
      .filter((one) => isWholeDay(one) && !isCancelled(one))
      // What stands for a repetition of an event that the file does not have is an event of its own.
      .filter((one) => !isChange(one) || !known.has(uidOf(one)))
      .map((one) => [one, isChange(one) ? [] : (changes.get(uidOf(one)) ?? [])] as const)
  );
};

/** The days of the events of whole days in an iCalendar text, as dates. @param now wall-clock ms. @throws Error that says what is wrong. */
export const holidaysOf = (text: string, now: number): readonly string[] => {
  const year = new Date(now).getUTCFullYear();
  const [first, last] = [dayNumber(year - 1, 1, 1), dayNumber(year + YEARS, 12, 31)];
  const whole = wholeDays(eventsOf(text));
  if (whole.length === 0) throw new Error('it has no event of a whole day');
  const days = new Set<number>();
  let count = 0;
  for (const [component, changed] of whole) {
    const found = naming(component, () => occurrencesOf(component, changed, first, last));
    count += found.length;
    if (count > MOST_REPETITIONS)
      throw new Error(`expected at most ${MOST_REPETITIONS} repetitions of whole days, found more`);
    for (const [start, end] of found)
      for (let day = Math.max(start, first); day < end && day <= last; day++) days.add(day);
  }
  return [...days].sort((a, b) => a - b).map(textOf);
};

import { type CalendarExpression, type CalendarPart, readCalendar, YEARS } from './calendar.ts';
import type { TomlValue } from './toml.ts';

/** The time specification that is true at the instants of an expression. */
export interface CalendarSpec {
  readonly spec: { readonly [key: string]: TomlValue };
  readonly zone: string | undefined;
  readonly differs: readonly string[];
}

const DAY_NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const LONGEST_MONTH = 31;

/** One value as it is, several as a list. */
const listed = (values: readonly TomlValue[] | undefined): TomlValue | undefined =>
  values?.length === 1 ? values[0] : values;

/** All values of a part in order. */
const valuesOf = (part: CalendarPart, min: number, max: number): number[] => {
  const values = new Set<number>();
  for (const { start, stop, step } of part ?? [{ start: min, stop: max, step: 1 }]) {
    const end = stop ?? (step > 0 ? max : start);
    for (let n = start; n <= end; n += step || 1) values.add(n);
  }
  return [...values].sort((a, b) => a - b);
};

/** A part as a key has it: a number, a text such as `9-17/2` or `*\/15`, or a list of these; undefined: every one. */
const numberSet = (part: CalendarPart, min: number, max: number): TomlValue | undefined => {
  const written = part?.map(({ start, stop, step }) => {
    const end = stop ?? (step > 0 ? max : start);
    const by = step > 1 ? `/${step}` : '';
    if (start === end || (step > 0 && step > end - start)) return start;
    return start === min && end === max ? `*${by}` : `${start}-${end}${by}`;
  });
  return listed(written);
};

/** Seconds without their fractions. */
const wholeSeconds = (part: CalendarPart): { second: CalendarPart; cut: boolean } => {
  if (part === undefined || part.every(({ start, stop = 0, step }) => [start, stop, step].every(Number.isInteger)))
    return { second: part, cut: false };
  const whole = new Set(valuesOf(part, 0, 59.999_999).map(Math.floor));
  return { second: [...whole].map((start) => ({ start, stop: undefined, step: 0 })), cut: true };
};

/** Days of the week, from Monday on: ranges of three and more. */
const weekdayNames = (days: ReadonlySet<number>): TomlValue | undefined => {
  if (days.size === 0 || days.size === 7) return undefined;
  const runs: string[][] = [];
  for (const [i, name] of DAY_NAMES.entries()) {
    if (!days.has((i + 1) % 7)) continue;
    if (i > 0 && days.has(i)) runs.at(-1)!.push(name);
    else runs.push([name]);
  }
  return listed(runs.flatMap((run) => (run.length > 2 ? [`${run[0]}-${run.at(-1)}`] : run)));
};

/** Which days from the end of a month are meant: 1 is the last one. */
const daysFromEnd = (part: NonNullable<CalendarPart>): number[] => {
  const days = new Set<number>();
  for (const { start, stop, step } of part) {
    // Without an end it is repeated up to the end of the month.
    if (stop === undefined && step > 0) for (let day = start; day >= 1; day -= step) days.add(day);
    else for (let day = start; day <= (stop ?? start); day += step || 1) days.add(day);
  }
  return [...days].sort((a, b) => a - b);
};

/** Which weeks of a month, of seven days each from its begin or its end, the days are exactly; undefined: they are not weeks. */
const wholeWeeks = (days: readonly number[]): number[] | undefined => {
  const weeks = [...new Set(days.map((day) => Math.ceil(day / 7)))];
  const length = weeks.reduce((sum, week) => sum + Math.min(7, LONGEST_MONTH - 7 * (week - 1)), 0);
  return length === days.length ? weeks : undefined;
};

/** The days within a month. A day of the week within whole weeks of it is the nth one. */
const daysOfMonth = ({ day, fromEnd, weekdays }: CalendarExpression): { readonly [key: string]: TomlValue } => {
  if (day === undefined) return {};
  const days = fromEnd ? daysFromEnd(day) : valuesOf(day, 1, LONGEST_MONTH);
  if (days.length === LONGEST_MONTH) return {};
  const weeks = weekdays.size === 0 || weekdays.size === 7 ? undefined : wholeWeeks(days);
  const signed = (numbers: readonly number[]) => listed(fromEnd ? numbers.map((n) => -n) : numbers)!;
  if (weeks !== undefined) return { nth: signed(weeks) };
  return { day: fromEnd ? signed(days) : numberSet(day, 1, LONGEST_MONTH)! };
};

/**
 * Converts an expression of OnCalendar=.
 * @throws CalendarError for one that systemd would refuse
 */
export const calendarSpec = (text: string): CalendarSpec => {
  const expression = readCalendar(text);
  const { second, cut } = wholeSeconds(expression.second);
  const { zone } = expression;
  const differs = cut ? [`the fractions of a second in "${text}" are left out: instants are whole seconds`] : [];
  const keys = {
    weekday: weekdayNames(expression.weekdays),
    year: numberSet(expression.year, ...YEARS),
    month: numberSet(expression.month, 1, 12),
    ...daysOfMonth(expression),
    hour: numberSet(expression.hour, 0, 23),
    minute: numberSet(expression.minute, 0, 59) ?? '*',
    second: numberSet(second, 0, 59),
  };
  const spec = Object.fromEntries(
    Object.entries(keys).filter(([key, value]) => value !== undefined && !(key === 'second' && value === 0)),
  ) as { [key: string]: TomlValue };
  return { spec, zone, differs };
};

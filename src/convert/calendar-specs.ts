import { type CalendarExpression, type CalendarPart, readCalendar, YEARS } from './calendar.ts';
import type { TomlValue } from './toml.ts';

/** Time specifications that are true at the instants of an expression. */
export interface CalendarSpecs {
  readonly specs: readonly { readonly [key: string]: TomlValue }[];
  readonly zone: string | undefined;
  readonly differs: readonly string[];
}

const DAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** All values of a part in order. */
const valuesOf = (part: CalendarPart, min: number, max: number): number[] => {
  const values = new Set<number>();
  for (const { start, stop, step } of part ?? [{ start: min, stop: max, step: 1 }]) {
    const end = stop ?? (step > 0 ? max : start);
    for (let n = start; n <= end; n += step || 1) values.add(n);
  }
  return [...values].sort((a, b) => a - b);
};

/** A part as a field of cron. */
const cronField = (part: CalendarPart, min: number, max: number): string => {
  if (part === undefined) return '*';
  const written = part.map(({ start, stop, step }) => {
    const end = stop ?? (step > 0 ? max : start);
    const by = step > 1 ? `/${step}` : '';
    if (start === end || (step > 0 && step > end - start)) return String(start);
    return start === min && end === max ? `*${by}` : `${start}-${end}${by}`;
  });
  return written.join(',');
};

/** Seconds without their fractions. */
const wholeSeconds = (part: CalendarPart): { second: CalendarPart; cut: boolean } => {
  if (part === undefined || part.every(({ start, stop = 0, step }) => [start, stop, step].every(Number.isInteger)))
    return { second: part, cut: false };
  const whole = new Set(valuesOf(part, 0, 59.999_999).map(Math.floor));
  return { second: [...whole].map((start) => ({ start, stop: undefined, step: 0 })), cut: true };
};

/** Days of the week as cron has them: ranges of three and more within Monday to Saturday. */
const weekdayField = (days: ReadonlySet<number>): string => {
  if (days.size === 0 || days.size === 7) return '*';
  const runs: number[][] = [];
  for (const day of [1, 2, 3, 4, 5, 6].filter((day) => days.has(day))) {
    const last = runs.at(-1);
    if (last?.at(-1) === day - 1) last.push(day);
    else runs.push([day]);
  }
  if (days.has(0)) runs.push([0]);
  return runs
    .flatMap((run) =>
      run.length > 2 ? [`${DAY_NAMES[run[0]!]}-${DAY_NAMES[run.at(-1)!]}`] : run.map((day) => DAY_NAMES[day]!),
    )
    .join(',');
};

/** Which days from the end of a month are meant: 1 is the last one. */
const daysFromEnd = (part: CalendarPart): number[] => {
  const days = new Set<number>();
  for (const { start, stop, step } of part ?? []) {
    // Without an end it is repeated up to the end of the month.
    if (stop === undefined && step > 0) for (let day = start; day >= 1; day -= step) days.add(day);
    else for (let day = start; day <= (stop ?? start); day += step || 1) days.add(day);
  }
  return [...days].sort((a, b) => a - b);
};

/** The fields of a pattern. */
interface Fields {
  readonly second: string;
  readonly minute: string;
  readonly hour: string;
  readonly day: string;
  readonly month: string;
  readonly weekday: string;
  readonly year: string;
}

const pattern = ({ second, minute, hour, day, month, weekday, year }: Fields): string => {
  // Both have to fit, as in systemd.
  const both = weekday !== '*' && day !== '*' && !day.startsWith('*') ? '+' : '';
  const five = [minute, hour, day, month, both + weekday];
  if (year !== '*') return [second, ...five, year].join(' ');
  return second === '0' ? five.join(' ') : [second, ...five].join(' ');
};

const THIRTY = [4, 6, 9, 11];
const THIRTY_ONE = [1, 3, 5, 7, 8, 10, 12];
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Years as ranges with steps: those of the next two centuries are few. */
const yearField = (years: readonly number[]): string => {
  const rest = [...years].filter((year) => year >= 2020);
  const written: string[] = [];
  while (rest.length > 0) {
    const first = rest[0]!;
    let last = first;
    while (rest.includes(last + 4)) last += 4;
    for (let year = first; year <= last; year += 4) rest.splice(rest.indexOf(year), 1);
    written.push(first === last ? String(first) : `${first}-${last}/4`);
  }
  return written.join(',');
};

/** Patterns for days that count from the end of the month: one for each length of a month. */
const fromEndPatterns = (fields: Fields, expression: CalendarExpression): string[] => {
  const days = daysFromEnd(expression.day);
  const months = valuesOf(expression.month, 1, 12);
  const years = valuesOf(expression.year, ...YEARS);
  const among = (length: number, those: readonly number[], year: string): string[] => {
    const month = months.filter((month) => those.includes(month));
    const day = days.map((day) => length + 1 - day).filter((day) => day >= 1);
    if (month.length === 0 || day.length === 0 || year === '') return [];
    return [pattern({ ...fields, day: day.sort((a, b) => a - b).join(','), month: month.join(','), year })];
  };
  return [
    ...among(31, THIRTY_ONE, fields.year),
    ...among(30, THIRTY, fields.year),
    ...among(28, [2], yearField(years.filter((year) => !isLeap(year)))),
    ...among(29, [2], yearField(years.filter(isLeap))),
  ];
};

/** The patterns of an expression. */
const patternsOf = (expression: CalendarExpression, fields: Fields): string[] => {
  if (!expression.fromEnd) return [pattern(fields)];
  const days = daysFromEnd(expression.day);
  if (days.length === 1 && days[0] === 1) return [pattern({ ...fields, day: 'L' })];
  // A day of the week within the last seven days of the month is the last one of its kind.
  if (days.length === 7 && days.at(-1) === 7 && expression.weekdays.size > 0)
    return [pattern({ ...fields, day: '*', weekday: [...expression.weekdays].map((day) => `${day}L`).join(',') })];
  return fromEndPatterns(fields, expression);
};

/** The only value of a part; undefined: there are several, or none is given. */
const single = (part: CalendarPart): number | undefined =>
  part?.length === 1 && (part[0]!.stop ?? part[0]!.start) === part[0]!.start && part[0]!.step === 0
    ? part[0]!.start
    : undefined;

/** The expression as a table with single keys; undefined: it needs a pattern. */
const plainSpec = (expression: CalendarExpression, second: CalendarPart): { [key: string]: TomlValue } | undefined => {
  const { weekdays, year, month, day, hour, minute, fromEnd } = expression;
  const [atMinute, atSecond] = [single(minute), single(second)];
  const upper = [year, month, day, hour];
  if (fromEnd || weekdays.size > 1 || atMinute === undefined || atSecond === undefined) return undefined;
  if (upper.some((part) => part !== undefined && single(part) === undefined)) return undefined;
  const [weekday] = weekdays;
  const given = { year: single(year), month: single(month), day: single(day), hour: single(hour) };
  return {
    ...(weekday === undefined ? {} : { weekday: DAY_NAMES[weekday]!.toLowerCase() }),
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Record<string, number>),
    minute: atMinute,
    ...(atSecond === 0 ? {} : { second: atSecond }),
  };
};

/**
 * Converts an expression of OnCalendar=.
 * @throws CalendarError for one that systemd would refuse
 */
export const calendarSpecs = (text: string): CalendarSpecs => {
  const expression = readCalendar(text);
  const { second, cut } = wholeSeconds(expression.second);
  const { zone } = expression;
  const differs = cut ? [`the fractions of a second in "${text}" are left out: instants are whole seconds`] : [];
  const plain = plainSpec(expression, second);
  if (plain !== undefined) return { specs: [plain], zone, differs };
  const fields: Fields = {
    second: cronField(second, 0, 59),
    minute: cronField(expression.minute, 0, 59),
    hour: cronField(expression.hour, 0, 23),
    day: expression.fromEnd ? '' : cronField(expression.day, 1, 31),
    month: cronField(expression.month, 1, 12),
    weekday: weekdayField(expression.weekdays),
    year: cronField(expression.year, ...YEARS),
  };
  return { specs: patternsOf(expression, fields).map((cron) => ({ cron })), zone, differs };
};

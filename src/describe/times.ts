import { periodOf, SINCE } from '../items/common/day-pattern.ts';
import { numbersOf } from '../items/common/number-set.ts';
import { meaningOfAt, OFFSET, PART_RANGES, type SunEvent, type TimeFields } from '../items/common/specification.ts';
import { cronTimeWords, cronWords } from './cron-words.ts';
import { joined, ordinal } from './words.ts';

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const two = (n: number): string => String(n).padStart(2, '0');

/** The numbers of a part, in order; undefined: every one. */
const numbers = (fields: TimeFields, key: keyof typeof PART_RANGES): readonly number[] | undefined => {
  const value = fields[key];
  return value === undefined ? undefined : numbersOf(value, PART_RANGES[key]);
};

/** `15, 16, 17` as the first and the last, where they are three or more in a row. */
const isRow = (list: readonly number[]): boolean => list.length > 2 && list.every((n, i) => n === list[0]! + i);

/** `Monday to Friday`, or all of them; a row of them can go on after the last one of the week. */
const weekdayWords = (list: readonly number[]): string => {
  // From Monday on, as people read a week.
  const days = list.map((day) => (day + 6) % 7).sort((a, b) => a - b);
  const name = (day: number) => WEEKDAYS[(day + 1) % 7]!;
  return isRow(days) ? `${name(days[0]!)} to ${name(days.at(-1)!)}` : joined(days.map(name));
};

/** `the first`, `the last`, `the second to last`. */
const fromEnd = (n: number): string => {
  if (n > 0) return ordinal(n);
  return n === -1 ? 'last' : `${ordinal(-n)} to last`;
};

/** `the 1st and the last`: those from the begin of the month, then those from its end. */
const inMonth = (list: readonly number[]): string =>
  joined([...list.filter((n) => n > 0), ...list.filter((n) => n < 0)].map(fromEnd), 'and the');

const monthWords = (list: readonly number[]): string => {
  const name = (month: number) => MONTHS[month - 1]!;
  return isRow(list) ? `${name(list[0]!)} to ${name(list.at(-1)!)}` : joined(list.map(name));
};

const clock = (hour: number, minute: number, second: number): string =>
  `${two(hour)}:${two(minute)}${second > 0 ? `:${two(second)}` : ''}`;

/** So many times of a day are named one by one. */
const MOST_TIMES = 6;

/** A part as a field of cron has it; a range over midnight is a list there. */
const cronField = (fields: TimeFields, key: 'hour' | 'minute' | 'second', missing: string): string => {
  const value = fields[key];
  if (value === undefined) return missing;
  const texts = (typeof value === 'object' ? value : [value]).map(String);
  const isOver = texts.some((text) => {
    const [, from, to] = /(\d+)-(\d+)/.exec(text) ?? [];
    return Number(from) > Number(to);
  });
  return isOver ? numbers(fields, key)!.join(',') : texts.join(',').replaceAll(' ', '');
};

/** When in each hour, one time: `at 5 minutes past every hour`. */
const pastHour = (minute: number, second: number): string => {
  const past = [
    ...(minute > 0 ? [`${minute} ${minute === 1 ? 'minute' : 'minutes'}`] : []),
    ...(second > 0 ? [`${second} ${second === 1 ? 'second' : 'seconds'}`] : []),
  ].join(' and ');
  return past === '' ? 'at the start of every hour' : `at ${past} past every hour`;
};

/** When in the day, or in each hour. */
const timeWords = (fields: TimeFields): string => {
  const hours = numbers(fields, 'hour') ?? (fields.every === undefined ? undefined : [0]);
  const minutes = numbers(fields, 'minute') ?? [0];
  const seconds = numbers(fields, 'second') ?? [0];
  if (hours && hours.length * minutes.length * seconds.length <= MOST_TIMES)
    return `at ${joined(hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => clock(h, m, s)))))}`;
  if (!hours && minutes.length * seconds.length === 1) return pastHour(minutes[0]!, seconds[0]!);
  const parts = [
    cronField(fields, 'second', '0'),
    cronField(fields, 'minute', '0'),
    cronField(fields, 'hour', fields.every === undefined ? '*' : '0'),
  ];
  return cronTimeWords(parts);
};

/** The days of each month. Months without a day are skipped. */
const dayOfMonth = (days: readonly number[], weekdays: readonly number[] | undefined): string => {
  const named = isRow(days) && days[0]! > 0 ? `${ordinal(days[0]!)} to the ${ordinal(days.at(-1)!)}` : inMonth(days);
  if (weekdays !== undefined) return `on every ${weekdayWords(weekdays)} that is the ${named}`;
  const isLast = days.every((day) => day < 0);
  const word = isLast || (days.length > 1 && days.some((day) => day < 0)) ? ' day' : '';
  return `on the ${named}${word} of every month${days.length === 1 && days[0]! > 28 ? ' that has one' : ''}`;
};

const periodWords = (fields: TimeFields): string => {
  const { every, since = SINCE } = fields;
  if (every === undefined) return '';
  const { count, unit } = periodOf(every);
  const period = count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
  return `, ${period} from ${since} on`;
};

/** What is named of the days: those of the month, of the week, the working days. */
const namedDays = (fields: TimeFields): string | undefined => {
  const weekdays = numbers(fields, 'weekday');
  const nth = numbers(fields, 'nth');
  const workday = numbers(fields, 'workday');
  const day = numbers(fields, 'day');
  if (workday) return `on the ${inMonth(workday)} working day of every month`;
  if (nth && weekdays) return `on the ${inMonth(nth)} ${weekdayWords(weekdays)} of every month`;
  if (day) return dayOfMonth(day, weekdays);
  return weekdays && `every ${weekdayWords(weekdays)}`;
};

/** On which days; empty: on all, which goes without saying where every hour is named. */
const dayWords = (fields: TimeFields): string => {
  const { hour, every } = fields;
  const [years, months, days] = [numbers(fields, 'year'), numbers(fields, 'month'), numbers(fields, 'day')];
  const monthName = months && monthWords(months);
  const isDate = days?.length === 1 && days[0]! > 0 && months?.length === 1 && fields.weekday === undefined;
  if (isDate && fields.workday === undefined && every === undefined)
    return years === undefined
      ? `on ${days[0]} ${monthName} of every year`
      : `on ${days[0]} ${monthName} ${joined(years.map(String))}`;
  const within = [...(monthName ? [monthName] : []), ...(years ? [joined(years.map(String))] : [])].join(' ');
  const limited = `${within === '' ? '' : ` in ${within}`}${periodWords(fields)}`;
  const named = namedDays(fields);
  if (named !== undefined) return `${named}${limited}`;
  if (every !== undefined) return `${limited.slice(within === '' ? 2 : 1)}`;
  return within === '' && hour === undefined ? '' : `every day${limited}`;
};

const SUN_WORDS = {
  sunrise: 'at sunrise',
  sunset: 'at sunset',
  noon: 'when the sun is highest',
  dawn: 'at dawn',
  dusk: 'at dusk',
};

/** `30 min before sunset, at 41.9, 12.5`. */
const sunWords = (sun: SunEvent, { offset = '', place }: TimeFields): string => {
  const [, sign, amount, unit] = OFFSET.exec(offset) ?? [];
  const moment =
    amount === undefined
      ? SUN_WORDS[sun]
      : `${amount} ${unit} ${sign === '-' ? 'before' : 'after'} ${SUN_WORDS[sun].replace(/^at /, '').replace(/^when the sun is highest$/, 'the sun is highest')}`;
  return `${moment} (${place!.join(', ')})`;
};

/** The instants of a time specification: `every day at 17:30`. */
export const specificationWords = (given: TimeFields): string => {
  if (given.cron !== undefined) return cronWords(given.cron);
  const fields = meaningOfAt(given);
  if (typeof fields === 'number') return `once, at ${given.at}`;
  if (fields.sun !== undefined) return `${dayWords({ ...fields, hour: 0 })} ${sunWords(fields.sun, fields)}`;
  const days = dayWords(fields);
  const time = timeWords(fields);
  if (days === '') return time;
  return fields.hour === undefined && fields.every === undefined ? `${time}, ${days}` : `${days} ${time}`;
};

/** Specifications that differ in the day of the week only are one. */
const grouped = (specifications: readonly TimeFields[]): TimeFields[] => {
  const groups = new Map<string, TimeFields>();
  for (const fields of specifications) {
    const { weekday, ...rest } = fields;
    const key = `${weekday === undefined} ${JSON.stringify(rest)}`;
    const before = groups.get(key)?.weekday;
    const days = weekday === undefined ? {} : { weekday: [...(before === undefined ? [] : [before]), weekday].flat() };
    groups.set(key, { ...fields, ...days });
  }
  return [...groups.values()];
};

/** The instants of several time specifications: `every Monday and Friday at 09:00 and every day at 17:30`. */
export const instantWords = (specifications: readonly TimeFields[]): string =>
  joined(grouped(specifications).map(specificationWords));

/** A time of the day, from its seconds: `22:00`. */
export const clockTime = (seconds: number): string => {
  const text = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60].map(two).join(':');
  return seconds % 60 === 0 ? text : `${text}:${two(seconds % 60)}`;
};

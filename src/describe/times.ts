import { periodOf, SINCE } from '../items/common/day-pattern.ts';
import { numbersOf } from '../items/common/number-set.ts';
import { meaningOfAt, OFFSET, PART_RANGES, type SunEvent, type TimeFields } from '../items/common/specification.ts';
import { cronTimeWords, cronWords } from './cron-words.ts';
import { joined, ordinal } from './words.ts';

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const two = (n: number): string => String(n).padStart(2, '0');

/** The numbers of a part, in order; undefined: every one. */
const numbers = (fields: TimeFields, key: keyof typeof PART_RANGES): readonly number[] | undefined => {
  const value = fields[key];
  return value === undefined ? undefined : numbersOf(value, PART_RANGES[key]);
};

/** `15, 16, 17` as the first and the last, where they are three or more in a row. */
const isRow = (list: readonly number[]): boolean => list.length > 2 && list.every((n, i) => n === list[0]! + i);

/** Numbers from 0 on in the order of a row that can go on after the last of them: hours 22, 23, 0, 1 of 24. */
const inRow = (list: readonly number[], size: number): readonly number[] => {
  const begin = list.findIndex((n) => !list.includes((n + size - 1) % size));
  return begin < 1 ? list : [...list.slice(begin), ...list.slice(0, begin).map((n) => n + size)];
};

/** `Monday to Friday`, or all of them; a row of them can go on after the last one. */
const rowWords = (list: readonly number[], names: readonly string[]): string => {
  const row = inRow(list, names.length);
  const name = (n: number) => names[n % names.length]!;
  return isRow(row) ? `${name(row[0]!)} to ${name(row.at(-1)!)}` : joined(list.map(name));
};

/** Days of the week from Monday on, as people read a week. */
const fromMonday = (list: readonly number[]): readonly number[] =>
  list.map((day) => (day + 6) % 7).sort((a, b) => a - b);
const weekdayWords = (list: readonly number[]): string => rowWords(fromMonday(list), WEEKDAYS);

/** `the first`, `the last`, `the second to last`. */
const fromEnd = (n: number): string => {
  if (n > 0) return ordinal(n);
  return n === -1 ? 'last' : `${ordinal(-n)} to last`;
};

/** `the 1st and the last`: those from the begin of the month, then those from its end. */
const inMonth = (list: readonly number[]): string =>
  isRow(list) && list[0]! > 0
    ? `${ordinal(list[0]!)} to the ${ordinal(list.at(-1)!)}`
    : joined([...list.filter((n) => n > 0), ...list.filter((n) => n < 0)].map(fromEnd), 'and the');

const fromZero = (months: readonly number[]): readonly number[] => months.map((month) => month - 1);
const monthWords = (list: readonly number[]): string => rowWords(fromZero(list), MONTHS);

const clock = (hour: number, minute: number, second: number): string =>
  `${two(hour)}:${two(minute)}${second > 0 ? `:${two(second)}` : ''}`;

/** So many times of a day are named one by one. */
const MOST_TIMES = 6;

/** A part as a field of cron has it. */
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

/** The first and the last hour of hours that go on after midnight, which a field of cron cannot say. */
const overMidnight = (hours: readonly number[] | undefined): readonly [number, number] | undefined => {
  const row = inRow(hours ?? [], 24);
  return isRow(row) && row.at(-1)! > 23 ? [row[0]!, row.at(-1)! % 24] : undefined;
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
  const inHour = [cronField(fields, 'second', '0'), cronField(fields, 'minute', '0')];
  const night = overMidnight(hours);
  if (night) return `${cronTimeWords([...inHour, '*'])}, between ${clock(night[0], 0, 0)} and ${two(night[1])}:59`;
  return cronTimeWords([...inHour, cronField(fields, 'hour', fields.every === undefined ? '*' : '0')]);
};

/** Of which months, where a day of them is named. */
const ofMonths = ({ every }: TimeFields, months: readonly number[] | undefined, years: string): string => {
  const within = years === '' ? '' : ` in ${years}`;
  if (months === undefined) return every === undefined ? ` of every month${within}` : within;
  return `${isRow(inRow(fromZero(months), 12)) ? ' of each month from' : ' of'} ${monthWords(months)}${within}`;
};

/** The days of months. Months without a day are skipped. */
const dayOfMonth = (days: readonly number[], weekdays: readonly number[] | undefined, months: string): string => {
  const named = inMonth(days);
  if (weekdays !== undefined)
    return `on every ${weekdayWords(weekdays)} that is the ${named}${months.replace(/^ of every month/, '')}`;
  const isLast = days.every((day) => day < 0);
  const word = isLast || (days.length > 1 && days.some((day) => day < 0)) ? ' day' : '';
  const missing = months.startsWith(' of every month') ? ' that has one' : ' where there is one';
  return `on the ${named}${word}${months}${days.length === 1 && days[0]! > 28 ? missing : ''}`;
};

/** `every 2 weeks from 2026-01-05 on` */
const periodWords = ({ every, since = SINCE }: TimeFields): string => {
  const { count, unit } = periodOf(every!);
  return `${count === 1 ? `every ${unit}` : `every ${count} ${unit}s`} from ${since} on`;
};

/** What is named of the days: those of the month, of the week, the working days. @param months of which months */
const namedDays = (fields: TimeFields, months: string): string | undefined => {
  const weekdays = numbers(fields, 'weekday');
  const nth = numbers(fields, 'nth');
  const workday = numbers(fields, 'workday');
  const day = numbers(fields, 'day');
  if (workday) return `on the ${inMonth(workday)} working day${months}`;
  // Not "Monday to Friday": the first of each of them is meant.
  if (nth && weekdays) {
    const names = joined(fromMonday(weekdays).map((n) => WEEKDAYS[n]!));
    return `on the ${inMonth(nth)} ${names}${months}`;
  }
  return day && dayOfMonth(day, weekdays, months);
};

/** A day of one month alone: `24 December of every year`; undefined: something else is named. */
const dateWords = (fields: TimeFields, monthName: string, yearNames: string): string | undefined => {
  const { day, month, weekday, workday, every } = fields;
  const [days, months] = [numbers(fields, 'day'), numbers(fields, 'month')];
  const isOther =
    day === undefined || month === undefined || [weekday, workday, every].some((key) => key !== undefined);
  if (isOther || days!.length > 1 || days![0]! < 0 || months!.length > 1) return undefined;
  const isLeapDay = days![0] === 29 && months![0] === 2;
  const usual = isLeapDay ? 'of every leap year' : 'of every year';
  return `${days![0]} ${monthName} ${yearNames === '' ? usual : yearNames}`;
};

/** On which days; empty: on all, which goes without saying where every hour is named. */
export const dayWords = (fields: TimeFields): string => {
  const { hour, every } = fields;
  const [years, months, weekdays] = [numbers(fields, 'year'), numbers(fields, 'month'), numbers(fields, 'weekday')];
  const monthName = months ? monthWords(months) : '';
  const yearNames = years ? joined(years.map(String)) : '';
  const date = dateWords(fields, monthName, yearNames);
  if (date !== undefined) return `on ${date}`;
  const named = namedDays(fields, ofMonths(fields, months, yearNames));
  const within = [monthName, yearNames].filter((text) => text !== '').join(' ');
  const limited = within === '' ? '' : ` in ${within}`;
  const onDays = weekdays && `${weekdayWords(weekdays)}${limited}`;
  if (every !== undefined) {
    const those = named ?? (onDays && `on ${onDays}`);
    return `${periodWords(fields)}${those === undefined ? limited : `, ${those}`}`;
  }
  if (named !== undefined) return named;
  if (onDays !== undefined) return `every ${onDays}`;
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

/** Not "from 2026-01-05 on at 09:00". */
const beforeTime = (days: string): string => `${days}${days.endsWith(' on') ? ', ' : ' '}`;

/** The instants of a time specification: `every day at 17:30`. */
export const specificationWords = (given: TimeFields): string => {
  if (given.cron !== undefined) return cronWords(given.cron);
  const fields = meaningOfAt(given);
  if (typeof fields === 'number') return `once, at ${given.at}`;
  if (fields.sun !== undefined) return beforeTime(dayWords({ ...fields, hour: 0 })) + sunWords(fields.sun, fields);
  const days = dayWords(fields);
  const time = timeWords(fields);
  if (days === '' || (days === 'every day' && time.startsWith('every '))) return time;
  return fields.hour === undefined && fields.every === undefined ? `${time}, ${days}` : `${beforeTime(days)}${time}`;
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

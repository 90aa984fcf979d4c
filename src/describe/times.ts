import cronstrue from 'cronstrue';
import { cronFields } from '../items/common/cron-pattern.ts';
import type { TimeFields } from '../items/common/instants.ts';
import { joined, ordinal } from './words.ts';

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const two = (n: number): string => String(n).padStart(2, '0');

/** `mon` → `Monday`. */
const weekdayOf = (word: string): string =>
  WEEKDAYS.find((day) => day.toLowerCase().startsWith(word.slice(0, 3).toLowerCase())) ?? word;

/** When in the day, or in each hour. */
const timeWords = ({ hour, minute = 0, second = 0 }: TimeFields): string => {
  if (hour !== undefined) return `at ${two(hour)}:${two(minute)}${second > 0 ? `:${two(second)}` : ''}`;
  const past = [
    ...(minute > 0 ? [`${minute} ${minute === 1 ? 'minute' : 'minutes'}`] : []),
    ...(second > 0 ? [`${second} ${second === 1 ? 'second' : 'seconds'}`] : []),
  ].join(' and ');
  return past === '' ? 'at the start of every hour' : `at ${past} past every hour`;
};

/** The day of each month. Months without that day are skipped. */
const dayOfMonth = (day: number, weekday: string | undefined): string => {
  if (weekday !== undefined) return `on every ${weekdayOf(weekday)} that is the ${ordinal(day)}`;
  return `on the ${ordinal(day)} of every month${day > 28 ? ' that has one' : ''}`;
};

/** On which days; empty: on all, which goes without saying where every hour is named. */
const dayWords = (fields: TimeFields): string => {
  const { year, month, day, weekday, hour } = fields;
  const monthName = month === undefined ? undefined : MONTHS[month - 1];
  if (day !== undefined && weekday === undefined && monthName !== undefined)
    return year === undefined ? `on ${day} ${monthName} of every year` : `on ${day} ${monthName} ${year}`;
  const within = [...(monthName ? [monthName] : []), ...(year === undefined ? [] : [String(year)])].join(' ');
  const limited = within === '' ? '' : ` in ${within}`;
  if (day !== undefined) return `${dayOfMonth(day, weekday)}${limited}`;
  if (weekday !== undefined) return `every ${weekdayOf(weekday)}${limited}`;
  return within === '' && hour === undefined ? '' : `every day${limited}`;
};

/** The lowest and highest number of each field of a cron pattern, second to year. */
const BOUNDS = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
  [1, 9999],
] as const;
/** Fields whose even steps read well as they are. */
const EVEN_STEPS = 3;

/** A step as a list, where "every N" would not be the truth, as with minutes by sevens: they begin anew in each hour. */
const withoutSteps = (field: string, index: number): string => {
  const [least, most] = BOUNDS[index]!;
  return field
    .split(',')
    .flatMap((part, _, all) => {
      const [, from, to, step] = /^(?:\*|(\d+)(?:-(\d+))?)\/(\d+)$/.exec(part) ?? [];
      const by = Number(step);
      if (step === undefined || by === 0 || index === BOUNDS.length - 1) return [part];
      const even = index < EVEN_STEPS && all.length === 1 && ((most + 1) % by === 0 || to !== undefined);
      if (even) return [part];
      const first = from === undefined ? least : Number(from);
      const last = to === undefined ? most : Number(to);
      return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_ignored, i) => String(first + i * by));
    })
    .join(',');
};

/** The words of the library, with a small first letter. */
const libraryWords = (pattern: string): string => {
  const text = cronstrue.toString(pattern, { use24HourTimeFormat: true, throwExceptionOnParseError: true });
  return text.charAt(0).toLowerCase() + text.slice(1);
};

/** The words for one field alone; undefined: it is a star. */
const partWords = (fields: readonly string[], index: number): string | undefined => {
  const field = fields[index]!;
  if (field === '*') return undefined;
  const alone = ['0', '0', '0', '*', '*', '*', '*'];
  alone[index] = field;
  return libraryWords(alone.join(' ')).replace(/^at 00:00, /, '');
};

/** Both days: one is enough, or both have to fit. */
const cronDays = (fields: readonly string[], both: boolean): string | undefined => {
  const [day, weekday] = [partWords(fields, 3), partWords(fields, 5)];
  if (day === undefined || weekday === undefined) return day ?? weekday?.replace(/^only /, '');
  if (both) return `${day}, but only ${weekday.replace(/^only /, '')}`;
  return `${day}, and also ${weekday.replace(/^only /, '')}`;
};

/** A cron pattern in words: the days by the rule of cron, uneven steps as lists. */
export const cronWords = (pattern: string): string => {
  const text = pattern.trim();
  const given = cronFields(text);
  const starred = given[3]!.startsWith('*') || given[5]!.startsWith('*');
  const both = starred || given[5]!.startsWith('+');
  given[5] = given[5]!.replace(/^\+/, '');
  const fields = given.map(withoutSteps);
  try {
    const time = libraryWords([...fields.slice(0, 3), '*', '*', '*'].join(' '));
    const days = cronDays(fields, both);
    const rest = [days, partWords(fields, 4), partWords(fields, 6)].filter((part) => part !== undefined);
    if (rest.length === 0) return time.startsWith('at ') && !/\bpast the hour/.test(time) ? `every day ${time}` : time;
    return [time, ...rest].join(', ');
  } catch {
    return `at the times of the cron pattern ${JSON.stringify(text)}`;
  }
};

/** The instants of a time specification: `every day at 17:30`. */
export const specificationWords = (fields: TimeFields): string => {
  if (fields.cron !== undefined) return cronWords(fields.cron);
  const [days, time] = [dayWords(fields), timeWords(fields)];
  if (days === '') return time;
  return fields.hour === undefined ? `${time}, ${days}` : `${days} ${time}`;
};

/** Specifications that differ in the day of the week only are one. */
const grouped = (specifications: readonly TimeFields[]): TimeFields[][] => {
  const groups = new Map<string, TimeFields[]>();
  for (const fields of specifications) {
    const { weekday, ...rest } = fields;
    const key = `${weekday === undefined} ${JSON.stringify(rest)}`;
    groups.set(key, [...(groups.get(key) ?? []), fields]);
  }
  return [...groups.values()];
};

/** The instants of several time specifications: `every Monday and Friday at 09:00 and every day at 17:30`. */
export const instantWords = (specifications: readonly TimeFields[]): string =>
  joined(
    grouped(specifications).map(([first, ...others]) => {
      const days = [first, ...others].map((fields) => weekdayOf(fields?.weekday ?? ''));
      return specificationWords(first!).replace(`every ${days[0]}`, `every ${joined(days)}`);
    }),
  );

/** A time of the day, from its seconds: `22:00`. */
export const clockTime = (seconds: number): string => {
  const text = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60].map(two).join(':');
  return seconds % 60 === 0 ? text : `${text}:${two(seconds % 60)}`;
};

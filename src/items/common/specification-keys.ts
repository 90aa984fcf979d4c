import * as v from 'valibot';
import { closedTable, isDate, jsonSchema } from '../../config/field.ts';

import { type NumberRange, type NumberSet, numbersOf } from './number-set.ts';
import { EVERY, OFFSET, PART_RANGES, SUN_EVENTS, type TimeFields, WEEKDAYS } from './specification.ts';

/** A key of a time specification: its schema, and its text in the manual. */
export interface SpecificationKey {
  readonly schema: v.GenericSchema<unknown, unknown>;
  /** What is accepted, in words. */
  readonly expected: string;
  readonly doc: string;
  /** Not in the reference program's format, with any value. */
  readonly extension?: true;
}

/** Numbers of TOML as numbers: those beyond 2⁵³ are capped there. */
const plainNumber = (entry: unknown): unknown => {
  if (typeof entry !== 'bigint') return typeof entry === 'number' ? Number.NaN : entry;
  const cap = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(entry > cap ? cap : entry);
};
const plain = (value: unknown): unknown => (Array.isArray(value) ? value.map(plainNumber) : plainNumber(value));

const isSet = (value: unknown, range: NumberRange): boolean => {
  const entries = Array.isArray(value) ? value : [value];
  if (!entries.every((entry) => typeof entry === 'string' || (typeof entry === 'number' && !Number.isNaN(entry))))
    return false;
  return numbersOf(value as NumberSet, range) !== undefined;
};

/** One number of a range, in words. */
const oneNumber = ({ min, max, open, fromEnd }: NumberRange): string => {
  const below = fromEnd === true ? `, or from -${max} to -${Math.max(1, min)} from the end` : '';
  return open === true ? `an integer, ${min} or more` : `an integer from ${min} to ${max}${below}`;
};

/** Which entry of a list is none that it can have, in words; empty: the value is not a list, or has no entries. */
const wrongEntry = (value: unknown, isRight: (entry: unknown) => boolean): string => {
  const index = Array.isArray(value) ? value.findIndex((entry) => !isRight(entry)) : -1;
  return index < 0 ? '' : `: entry ${index + 1} is none of these`;
};

/** A number, a range or step as text, or a list of these. @param sample of a text */
const numberSet = (range: NumberRange, sample: string) => {
  const { min, max, open, fromEnd } = range;
  const one = oneNumber(range);
  const long = `${one}, a text such as ${sample}, or an array of these`;
  const expected = ({ input }: { readonly input: unknown }) =>
    typeof input === 'bigint' ? one : `${long}${wrongEntry(input, (entry) => isSet(plain(entry), range))}`;
  // Each keyword is about one type only: a message names the one that is wrong.
  const entry = {
    minimum: fromEnd === true ? -max : min,
    ...(open === true ? {} : { maximum: max }),
    ...(fromEnd === true ? { not: { const: 0 } } : {}),
    pattern: '^[*0-9][-*/,0-9 ]*$',
  };
  const list = { items: { type: ['integer', 'string'], ...entry }, minItems: 1 };
  const schema = v.pipe(
    v.custom<unknown>((value) => isSet(plain(value), range), expected),
    v.transform((value) => plain(value) as NumberSet),
    jsonSchema({ type: ['integer', 'string', 'array'], ...entry, ...list }),
  );
  return { schema, expected: long };
};

/** A pattern of a day in any letter case, the last letters of it optional: JSON Schema has no flags. */
const anyCaseOrShort = (day: string): string => {
  const letters = [...day].map((letter) => `[${letter.toUpperCase()}${letter}]`);
  return `${letters.slice(0, 3).join('')}(?:${letters.slice(3).join('')})?`;
};
const ANY_DAY = `(?:${WEEKDAYS.map(anyCaseOrShort).join('|')})`;
const DAY = 'a day of the week such as "mon" or "Monday", a range such as "mon-fri", or an array of these';
const dayText = { pattern: `^${ANY_DAY}(?: ?[-,] ?${ANY_DAY})*$` } as const;
const isDays = (value: unknown): boolean => {
  const entries = Array.isArray(value) ? value : [value];
  return entries.every((entry) => typeof entry === 'string') && isSet(value, PART_RANGES.weekday);
};
const weekday = v.pipe(
  v.custom<string | readonly string[]>(isDays, ({ input }) => `${DAY}${wrongEntry(input, isDays)}`),
  v.transform((value) => (typeof value === 'string' ? value.toLowerCase() : value.map((day) => day.toLowerCase()))),
  jsonSchema({
    ...{ type: ['string', 'array'], ...dayText },
    ...{ items: { type: 'string', ...dayText }, minItems: 1 },
    examples: ['mon', 'Monday', 'mon-fri', ['tue', 'thu']],
  }),
);

/** A date or time of the file as a text, without what is 0 in any case: `2026-12-24T18:00:00`. */
const textOfDate = (date: Date): string =>
  date
    .toISOString()
    .replace(/\.000/, '')
    .replace(/\.000(?=Z|[+-])/, '');

const AT =
  'a date and time such as 2026-12-24T18:00:00, a date such as 2026-12-24, or a time such as 02:30:00, in whole seconds';
const at = v.pipe(
  v.custom<Date>((x) => isDate(x) && !Number.isNaN(x.getTime()) && !/\.\d/.test(textOfDate(x)), AT),
  v.transform(textOfDate),
  jsonSchema({ type: 'string', pattern: '^(?:\\d{4}-\\d\\d-\\d\\d|\\d\\d:\\d\\d)' }),
);

const isLocalDate = (x: unknown): x is Date => isDate(x) && /^\d{4}-\d\d-\d\d$/.test(x.toISOString());
/** A date of the file, `2026-01-05`, as a text. */
export const dateSchema = v.pipe(
  v.custom<Date>(isLocalDate, 'a date such as 2026-01-05'),
  v.transform((date) => date.toISOString()),
  jsonSchema({ type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' }),
);

const PERIOD = 'a number of days, weeks, months or years such as "2 weeks"';
const every = v.pipe(
  v.string(PERIOD),
  v.regex(EVERY, ({ input }) =>
    /\b(?:s|sec|seconds?|m|min|minutes?|h|hours?)\b/.test(String(input))
      ? `${PERIOD}; for shorter ones: a condition of type "interval" with align = true`
      : PERIOD,
  ),
  v.check((text) => Number(/\d+/.exec(text)?.[0] ?? 1) > 0, PERIOD),
);

const OFFSETS = 'a time before or after it such as "-30 min", "+1 h" or "90 s"';
const offset = v.pipe(v.string(OFFSETS), v.regex(OFFSET, OFFSETS));

const SUN = `one of ${SUN_EVENTS.join(', ')}`;
const CRON = 'a cron pattern such as "*/5 8-18 * * MON-FRI"';

const PLACE = 'degrees of latitude and longitude such as [41.9, 12.5]';
const degrees = v.pipe(
  v.custom<number | bigint>((x) => ['number', 'bigint'].includes(typeof x) && Math.abs(Number(x)) <= 180, PLACE),
  v.transform(Number),
  jsonSchema({ type: 'number', minimum: -180, maximum: 180 }),
);

/** The keys of a time specification. */
export const SPECIFICATION_KEYS = {
  year: { ...numberSet(PART_RANGES.year, '"2026-2028"'), doc: 'Missing: every year.' },
  month: { ...numberSet(PART_RANGES.month, '"6-8"'), doc: 'Missing: every month.' },
  day: {
    ...numberSet(PART_RANGES.day, '"1-7"'),
    doc: 'The day of the month; -1 is the last one, -2 the one before. Months without that day are skipped. Missing: every day.',
  },
  hour: {
    ...numberSet(PART_RANGES.hour, '"9-17" or "*/2"'),
    doc: 'Missing: every hour; 0 beside every.',
  },
  minute: { ...numberSet(PART_RANGES.minute, '"*/15"'), doc: 'Missing: 0.' },
  second: { ...numberSet(PART_RANGES.second, '"*/15"'), doc: 'Missing: 0.' },
  weekday: { schema: weekday, expected: DAY, doc: 'In any letter case. Missing: every day.' },
  nth: {
    ...numberSet(PART_RANGES.nth, '"1-2"'),
    doc: 'Which of these days of the week in a month: 1 is the first one, -1 the last one.',
    extension: true,
  },
  workday: {
    ...numberSet(PART_RANGES.workday, '"1-5"'),
    doc: 'Which working day of a month, -1 is the last one. Working days are Monday to Friday without the holidays of the condition.',
    extension: true,
  },
  every: {
    schema: every,
    expected: PERIOD,
    doc: 'Every so many days, weeks (from Monday), months or years, counted from since. Without another key for the day it is the day of since: its day of the week, of the month, or of the year.',
    extension: true,
  },
  since: {
    schema: dateSchema,
    expected: 'a date such as 2026-01-05',
    doc: 'The date that every counts from. Default: 2001-01-01, a Monday.',
    extension: true,
  },
  at: {
    schema: at,
    expected: AT,
    doc: 'A date and time, once: in the zone of the condition, or with an offset that very instant. A date alone: its midnight. A time alone: each day, or on the days that the keys beside it name.',
    extension: true,
  },
  sun: {
    schema: v.picklist(SUN_EVENTS, SUN),
    expected: SUN,
    doc: 'When the sun rises or sets at a place, is highest (noon), or is six degrees below the horizon (dawn, dusk). A day on which it does not is skipped.',
    extension: true,
  },
  offset: { schema: offset, expected: OFFSETS, doc: 'Beside sun: how long before (-) or after it.', extension: true },
  place: {
    expected: PLACE,
    schema: v.pipe(
      v.tuple([degrees, degrees], PLACE),
      v.check(([latitude]) => Math.abs(latitude) <= 90, `${PLACE}: a latitude is from -90 to 90`),
    ),
    doc: 'Beside sun: degrees of latitude, north is above 0, and of longitude, east is above 0.',
    extension: true,
  },
  cron: {
    schema: v.string(CRON),
    expected: CRON,
    doc: 'A pattern of cron, in place of all other keys. A field for seconds may come first, one for years last.',
    extension: true,
  },
} as const satisfies Readonly<Record<string, SpecificationKey>>;

/** The table that was probably meant by a value that is not a table: the same time or date in keys, or a cron pattern. */
export const meantSpecification = (found: unknown): string => {
  const dated = found instanceof Date && !Number.isNaN(found.getTime());
  const text = dated ? found.toISOString() : typeof found === 'string' ? found : '';
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
  const [, hour, minute, second] = /(?:^|T)(\d\d?):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  const keys = { year, month, day, hour, minute, ...(Number(second) > 0 ? { second } : {}) };
  const shown = Object.entries(keys).filter(([, value]) => value !== undefined);
  if (shown.length > 0) return `{ ${shown.map(([key, value]) => `${key} = ${Number(value)}`).join(', ')} }`;
  const cron = typeof found === 'string' && /^(@\w+|\S+( +\S+){4,6})$/.test(found.trim());
  return cron ? `{ cron = ${JSON.stringify(found)} }` : '{ hour = 2, minute = 30 }';
};

/** The schema of a time specification. */
export const specificationSchema = closedTable(
  Object.fromEntries(Object.entries(SPECIFICATION_KEYS).map(([key, { schema }]) => [key, v.optional(schema)])),
  meantSpecification,
) as v.GenericSchema<unknown, TimeFields>;

const MOMENT = 'a date such as 2026-01-05, or a date and time such as 2026-01-05T09:00:00';
/** A date, or a date and time, of the file, as a text. */
export const momentSchema = v.pipe(
  v.custom<Date>((x) => isDate(x) && /^\d{4}-\d\d-\d\d/.test(textOfDate(x)) && !/\.\d/.test(textOfDate(x)), MOMENT),
  v.transform(textOfDate),
  jsonSchema({ type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d' }),
);

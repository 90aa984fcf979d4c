import * as v from 'valibot';
import {
  choiceField,
  closedTable,
  customField,
  integerField,
  integerSchema,
  jsonSchema,
  stringField,
} from '../../config/field.ts';
import type { TimeFields } from './instants.ts';
import { jitterField } from './tick-timing.ts';

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** A pattern of a day in any letter case, the last letters of it optional: JSON Schema has no flags. */
const anyCaseOrShort = (day: string): string => {
  const letters = [...day].map((letter) => `[${letter.toUpperCase()}${letter}]`);
  return `${letters.slice(0, 3).join('')}(?:${letters.slice(3).join('')})?`;
};
const DAY = 'a day of the week such as "mon" or "Monday"';
const weekday = v.pipe(
  v.string(DAY),
  v.toLowerCase(),
  v.check((day) => DAYS.some((name) => day === name || day === name.slice(0, 3)), DAY),
  jsonSchema({ pattern: `^(?:${DAYS.map(anyCaseOrShort).join('|')})$`, examples: ['mon', 'Monday'] }),
);

/** The keys of a time specification and their schemas; `cron` is an extension. */
export const specificationKeys = {
  year: v.optional(integerSchema(0)),
  month: v.optional(integerSchema(1, 12)),
  day: v.optional(integerSchema(1, 31)),
  hour: v.optional(integerSchema(0, 23)),
  minute: v.optional(integerSchema(0, 59)),
  second: v.optional(integerSchema(0, 59)),
  weekday: v.optional(weekday),
  cron: v.optional(v.string('a cron pattern such as "*/5 8-18 * * MON-FRI"')),
} as const;

const KEYS = Object.keys(specificationKeys).join(', ');

/** The table that was probably meant by a value that is not a table: the same time or date in keys, or a cron pattern. */
const meant = (found: unknown): string => {
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

/** A time of the day without a date, as TOML has it: `22:00:00`. */
const timeOfDay = v.pipe(
  v.custom<Date>((x) => x instanceof Date && /^\d\d:/.test(x.toISOString()), 'a time such as 22:00:00'),
  v.transform((date) => {
    const [h = 0, m = 0, s = 0] = date.toISOString().split(':').map(Number);
    return (h * 60 + m) * 60 + s;
  }),
  // A time of TOML is a text in JSON. By the format, editors that know it tell it from one.
  jsonSchema({ type: 'string', format: 'time-local', pattern: '^\\d\\d:\\d\\d' }),
);

/** Keys of a time condition; all but the first are extensions. */
export const timeFields = {
  time_specifications: customField<
    readonly TimeFields[],
    { required: true; unless: 'between'; fallback: readonly TimeFields[]; examples: readonly unknown[]; doc: string }
  >(
    'an array of tables',
    v.array(
      closedTable(specificationKeys, meant),
      ({ input }) => `an array of tables such as [${meant(input)}]`,
    ) as v.GenericSchema<unknown, readonly TimeFields[]>,
    {
      required: true,
      unless: 'between',
      fallback: [],
      examples: [
        [{ hour: 2, minute: 30 }],
        [
          { weekday: 'mon', hour: 9 },
          { weekday: 'fri', hour: 17, minute: 30 },
        ],
        [{ cron: '*/5 8-18 * * MON-FRI' }],
      ],
      doc: `Each with some of the keys ${KEYS}. A missing minute or second is 0, any other missing part is "every"; {} is the start of every hour. A table with cron holds nothing else. As a guard a table means the whole of what it names: { hour = 9 } holds from 09:00:00 to 09:59:59. Not required with between.`,
    },
  ),
  between: customField<readonly [from: number, to: number] | undefined, { extension: true; doc: string }>(
    'two times such as [22:00:00, 06:00:00]',
    v.tuple([timeOfDay, timeOfDay], 'two times such as [22:00:00, 06:00:00]') as v.GenericSchema<
      unknown,
      readonly [number, number]
    >,
    {
      extension: true,
      doc: 'Only for guards: it holds from the first time of the day up to the second one, over midnight if that is earlier. With time_specifications both have to hold.',
    },
  ),
  timezone: stringField({
    extension: true,
    examples: ['Europe/Rome', '+02:00'],
    doc: 'The time zone the specifications are in, such as "Europe/Rome", or an offset such as "+02:00". Default: local time.',
  }),
  catch_up: choiceField(['skip', 'once', 'all'], {
    fallback: 'skip',
    extension: true,
    doc: 'What to do about instants that were missed by more than the longer of a minute and two ticks: nothing, run once, or run once for each (at most 100).',
  }),
  catch_up_limit: integerField({
    min: 0,
    fallback: 86_400,
    extension: true,
    doc: 'Misses older than this many seconds are not made up for.',
  }),
  jitter_seconds: jitterField,
} as const;

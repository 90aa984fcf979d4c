import * as v from 'valibot';
import { choiceField, customField, integerField, jsonSchema } from '../../config/field.ts';
import type { TimeFields } from './specification.ts';
import { meantSpecification, SPECIFICATION_KEYS, specificationSchema } from './specification-keys.ts';
import { jitterField } from './tick-timing.ts';
import { windowFields } from './window-fields.ts';

const KEYS = Object.keys(SPECIFICATION_KEYS).join(', ');

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
      specificationSchema,
      ({ input }) => `an array of tables such as [${meantSpecification(input)}]`,
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
  timezone: windowFields.timezone,
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

import * as v from 'valibot';
import { booleanField, choiceField, customField, integerField } from '../../config/field.ts';
import { showDuration } from '../../core/duration.ts';
import { jitterField } from './tick-timing.ts';
import { windowFields } from './window-fields.ts';

/** The words of each unit, and its length in seconds. */
const UNITS = [
  [/^s(?:ec(?:onds?)?)?$/, 1],
  [/^m(?:in(?:utes?)?)?$/, 60],
  [/^h(?:ours?)?$/, 3600],
  [/^d(?:ays?)?$/, 86_400],
  [/^w(?:eeks?)?$/, 604_800],
] as const;
const WORDS = UNITS.map(([{ source }]) => source.slice(1, -1)).join('|');
/** One number with its unit, or several: `10m`, `1h30m`, `1 h 30 min`, `2 days`. */
const FORM = new RegExp(`^\\d{1,12} ?(?:${WORDS})(?: ?\\d{1,12} ?(?:${WORDS}))*$`);

/** Seconds of a text of that form. */
const secondsOf = (text: string): number => {
  let seconds = 0;
  for (const [, amount, word = ''] of text.matchAll(/(\d+) ?([a-z]+)/g))
    seconds += Number(amount) * UNITS.find(([form]) => form.test(word))![1];
  return seconds;
};

const LENGTH = 'a duration such as "1 h 30 min" or "10m"';

/** Keys of an interval condition; those after the first are extensions. */
export const intervalFields = {
  interval_seconds: integerField({
    min: 0,
    required: true,
    unless: 'interval',
    examples: [60, 3600],
    doc: 'Length of the interval in seconds; 0: every tick. Not required with interval.',
  }),
  interval: customField<
    number | undefined,
    { readonly extension: true; readonly examples: readonly unknown[]; readonly doc: string }
  >(LENGTH, v.pipe(v.string(LENGTH), v.regex(FORM, LENGTH), v.transform(secondsOf)), {
    extension: true,
    examples: ['1 h 30 min', '10m'],
    doc: 'In place of interval_seconds: numbers with their units, `s`, `min` (or `m`), `h`, `d` (24 hours) and `w`, also written out.',
  }),
  start: choiceField(['after', 'at once'], {
    fallback: 'after',
    extension: true,
    doc: 'after: it is first true one interval after the start. at once: at the first tick after the start, too, and after a reset. Not after a resume, and not at a reload that leaves the condition as it is.',
  }),
  align: booleanField({
    fallback: false,
    extension: true,
    doc: 'Count from each midnight of local time, and not from the start: 90 minutes are 00:00, 01:30, 03:00 and so on, 7 hours 00:00, 07:00, 14:00 and 21:00. From a second to 24 hours. What is missed, as during sleep, is left out.',
  }),
  after_end: booleanField({
    fallback: false,
    extension: true,
    doc: 'Count from the end of each run: that of its last task, with all attempts, also when a command has begun the run. Not with align, and only with when_busy = "skip".',
  }),
  timezone: windowFields.timezone,
  jitter_seconds: {
    ...jitterField,
    doc: `${jitterField.doc} At most the interval, so that the end of no interval is lost: ends held back to the same tick are one firing.`,
  },
} as const;

/** The keys that give the length. */
interface LengthKeys {
  readonly interval_seconds?: number | undefined;
  readonly interval?: number | undefined;
}

/** The key that gives the length of an interval. */
export const lengthKey = ({ interval }: LengthKeys): 'interval' | 'interval_seconds' =>
  interval === undefined ? 'interval_seconds' : 'interval';

/** The key and its value: `interval_seconds = 60`. */
export const lengthText = (values: LengthKeys): string => {
  const key = lengthKey(values);
  const seconds = values[key]!;
  return `${key} = ${key === 'interval' ? `"${showDuration(seconds * 1000)}"` : seconds}`;
};

/** The length of an interval in seconds; undefined: it is not known, as the file has a mistake there. */
export const intervalSeconds = (values: LengthKeys): number | undefined => values[lengthKey(values)];

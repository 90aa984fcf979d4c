import cronstrue from 'cronstrue';
import { cronFields } from '../items/common/cron-pattern.ts';

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

/** The words for the second, minute and hour of a pattern. */
export const cronTimeWords = (fields: readonly string[]): string =>
  libraryWords([...fields.map(withoutSteps), '*', '*', '*'].join(' '));

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
    const time = cronTimeWords(given.slice(0, 3));
    const days = cronDays(fields, both);
    const rest = [days, partWords(fields, 4), partWords(fields, 6)].filter((part) => part !== undefined);
    if (rest.length === 0) return time.startsWith('at ') && !/\bpast the hour/.test(time) ? `every day ${time}` : time;
    return [time, ...rest].join(', ');
  } catch {
    return `at the times of the cron pattern ${JSON.stringify(text)}`;
  }
};

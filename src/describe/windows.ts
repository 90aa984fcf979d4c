import type { ConditionSpec } from '../core/spec.ts';
import { numbersOf } from '../items/common/number-set.ts';
import { PART_RANGES, type TimeFields } from '../items/common/specification.ts';
import { clockTime, dayWords } from './times.ts';
import { joined } from './words.ts';

const HOUR = 3600;
const HOURS = 24;

/** Hours as parts of the day: `from 09:00 to 16:59`; empty: the whole day. */
const hourWords = (hours: readonly number[]): string => {
  if (hours.length === HOURS) return '';
  const has = (hour: number): boolean => hours.includes((hour + HOURS) % HOURS);
  const parts = hours
    .filter((hour) => !has(hour - 1))
    .map((first) => {
      let last = first;
      while (has(last + 1)) last++;
      return `from ${clockTime(first * HOUR)} to ${clockTime((last % HOURS) * HOUR).slice(0, 2)}:59`;
    });
  return joined(parts);
};

/** As the file has it: where only a part of an hour is meant. */
const asInFile = (fields: TimeFields): string => {
  const keys = Object.entries(fields).filter(([, value]) => value !== undefined);
  return `within ${keys.map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(',') : String(value)}`).join(' ')}`;
};

/** All the time that a specification names, or a date: `on Monday to Friday from 09:00 to 16:59`, `in August`. */
export const pieceWords = (piece: unknown): string => {
  if (typeof piece === 'string') return `on ${piece}`;
  const fields = piece as TimeFields;
  if (fields.cron !== undefined) return `in the minutes of cron ${JSON.stringify(fields.cron)}`;
  const { at, hour, minute, second, ...days } = fields;
  if (minute !== undefined || second !== undefined || (at !== undefined && !/^\d{4}-\d\d-\d\d$/.test(at)))
    return asInFile(fields);
  if (at !== undefined) return `on ${at}`;
  const on = dayWords(days)
    .replace(/^every day /, '')
    .replace(/^every (?=[A-Z])/, 'on ');
  const from = hour === undefined ? '' : hourWords(numbersOf(hour, PART_RANGES.hour)!);
  return [on, from].filter((text) => text !== '').join(' ') || 'at any time';
};

/** When a condition counts at all. */
export const windowWords = ({ type, traits: { window } }: ConditionSpec): string | undefined => {
  if (window === undefined) return undefined;
  const { timezone, from, until, except = [], holidays = [], only = [], outside } = window;
  const closed = [
    ...(from === undefined ? [] : [`before ${from}`]),
    ...(until === undefined ? [] : [`after ${until}`]),
    ...except.map(pieceWords),
    ...(holidays.length > 0 ? [`on ${holidays.length === 1 ? holidays[0] : `${holidays.length} holidays`}`] : []),
  ];
  if (closed.length === 0 && only.length === 0) return undefined;
  const not = joined(closed, 'or');
  const open = `it counts only ${joined(only.map(pieceWords), 'or')}`;
  const zone = timezone === undefined || type === 'time' ? '' : ` (times of ${timezone})`;
  const held = outside === 'hold' ? '; an event that comes outside is held until it counts again' : '';
  if (only.length === 0) return `it does not count ${not}${zone}${held}`;
  return `${open}${closed.length > 0 ? `, and not ${not}` : ''}${zone}${held}`;
};

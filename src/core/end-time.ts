import { DURATION, invalidDate, parseDuration, parseInstant } from './duration.ts';

/** When a pause or a suspension ends by itself. */
export interface EndTime {
  /** Wall-clock ms. */
  readonly at: number;
  /** It was given as a duration: when the clock is set, it is as far away as before. */
  readonly lasts: boolean;
}

/** The last instant that can be given, wall-clock ms. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59Z');

const EXPECTED = `expected a duration (${DURATION}), or "until" and a time of day (18:30), a date (2026-12-01) or both (2026-12-01T18:30)`;

/** The next instant after `now` at which the clock shows a time of day, local time; undefined: it is not one. */
const timeOfDay = (text: string, now: number): number | undefined => {
  const [, hour, minute, second = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (hour === undefined || h > 23 || m > 59 || s > 59) return undefined;
  const date = new Date(now);
  const today = date.setHours(h, m, s, 0);
  if (today > now) return today;
  date.setDate(date.getDate() + 1);
  return date.setHours(h, m, s, 0);
};

const lasting = (word: string, now: number): EndTime | string => {
  const ms = parseDuration(word);
  if (ms === undefined) return `${EXPECTED}, found "${word}"`;
  if (ms === 0) return `expected a duration of more than 0, found "${word}"`;
  return { at: now + ms, lasts: true };
};

const until = (text: string, now: number): EndTime | string => {
  const at = timeOfDay(text, now) ?? parseInstant(text);
  return at === undefined
    ? (invalidDate(text) ?? `${EXPECTED}, found "until${text === '' ? '' : ` ${text}`}"`)
    : { at, lasts: false };
};

/** Parses the words for an end: `2h`, `until 18:30`, `until 2026-12-01 08:00`. Returns what is wrong with them as a text. */
export const parseEnd = (words: readonly string[], now: number): EndTime | string => {
  const [first = '', ...rest] = words;
  const isUntil = first === 'until';
  const end = isUntil ? until(rest.join(' '), now) : lasting(words.join(' '), now);
  return typeof end !== 'string' && end.at > LAST_INSTANT ? 'expected an end before the year 10000' : end;
};

/** What is wrong with the end in the line of a command, at any time; undefined: nothing. */
export const endProblem = (line: string): string | undefined => {
  const [, command, end] = /^\s*(pause|suspend_condition\s+\S+)\s+(\S.*)$/su.exec(line) ?? [];
  if (command === undefined || end === undefined) return undefined;
  const found = parseEnd(end.trim().split(/\s+/u), 0);
  return typeof found === 'string' ? `${command.split(/\s/u, 1)[0]}: ${found}` : undefined;
};

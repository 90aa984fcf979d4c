import type { Problem } from '../../config/problem.ts';
import { invalidDate } from '../../core/duration.ts';
import { readCron } from './cron.ts';
import type { TimeFields } from './specification.ts';

type Key = keyof TimeFields;

/** What is wrong with a specification: at which of its keys, and what was expected. */
export interface SpecificationProblem {
  readonly key?: Key;
  readonly text: string;
  readonly id?: Problem['id'];
}

const DAY_KEYS: readonly Key[] = ['year', 'month', 'day', 'weekday', 'nth', 'workday', 'every', 'since'];
const TIME_KEYS: readonly Key[] = ['hour', 'minute', 'second'];

/** The keys that cannot stand beside one. */
const RIVALS: Readonly<Partial<Record<Key, (value: string) => readonly Key[]>>> = {
  cron: () => [...DAY_KEYS, ...TIME_KEYS, 'at', 'sun', 'offset', 'place'],
  at: (text) => [...TIME_KEYS, 'sun', ...(/^\d\d:/.test(text) ? [] : DAY_KEYS)],
  sun: () => TIME_KEYS,
};

const WHY_WITHOUT: Readonly<Record<string, string>> = {
  at: 'as it has the time itself: 2026-12-24T18:00:00, or 18:00:00 beside keys for the day',
  sun: 'as the sun says the time: offset moves it',
};

/** The key that one needs beside it. */
const NEEDED: Readonly<Partial<Record<Key, Key>>> = {
  nth: 'weekday',
  since: 'every',
  sun: 'place',
  offset: 'sun',
  place: 'sun',
};

const OFFSET_OF_TIME = /(?:Z|[+-]\d\d:\d\d)$/;

function* conflicts(fields: TimeFields, asWindow: boolean): Generator<SpecificationProblem, void> {
  const id = 'conflicting-keys';
  for (const [key, rivalsOf] of Object.entries(RIVALS)) {
    const value = fields[key as Key];
    const wrong = value === undefined ? [] : rivalsOf(String(value)).filter((rival) => fields[rival] !== undefined);
    if (wrong.length === 0) continue;
    const text =
      key === 'cron'
        ? 'cron alone, it leaves no room for other keys'
        : `${key} without ${wrong.join(', ')}, ${WHY_WITHOUT[key]}`;
    yield { text: `expected ${text}`, id };
  }
  for (const [key, needed] of Object.entries(NEEDED))
    if (fields[key as Key] !== undefined && fields[needed] === undefined)
      yield { key: key as Key, text: `expected ${needed} beside it`, id };
  if (asWindow && fields.sun !== undefined)
    yield { key: 'sun', text: 'expected a piece of time, and this is an instant', id };
  if (asWindow && fields.at !== undefined && OFFSET_OF_TIME.test(fields.at))
    yield { key: 'at', text: 'expected a piece of time, and a time with an offset is an instant', id };
}

function* wrongValues(fields: TimeFields): Generator<SpecificationProblem, void> {
  for (const key of ['at', 'since'] as const) {
    const wrong = fields[key] === undefined ? undefined : invalidDate(fields[key]);
    if (wrong !== undefined) yield { key, text: wrong };
  }
  if (fields.cron === undefined) return;
  try {
    readCron(fields.cron);
  } catch (error) {
    yield { key: 'cron', text: (error as Error).message, id: 'cron-syntax' };
  }
}

/** Whether it can mean all the time that it names, as in a guard: an instant cannot. */
export const isWindow = ({ sun, at }: TimeFields): boolean =>
  sun === undefined && (at === undefined || !OFFSET_OF_TIME.test(at));

/** What is wrong with the keys of a specification together. @param asWindow it means all the time that it names */
export const specificationProblems = (fields: TimeFields, asWindow: boolean): readonly SpecificationProblem[] => {
  const [conflict] = conflicts(fields, asWindow);
  // Which of the keys is meant is not known: their values are not looked at.
  return conflict ? [conflict] : [...wrongValues(fields)];
};

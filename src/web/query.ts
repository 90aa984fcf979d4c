import { LEVELS } from '../log/record.ts';
import type { QuestionName, Questions } from './api.ts';
import { MOST_ROWS } from './history-index.ts';
import { RequestError } from './request-checks.ts';

/** Reads the text of a parameter. @throws RequestError */
type ReadParameter = (text: string, name: string) => unknown;

const text: ReadParameter = (value) => value;
const number: ReadParameter = (value, name) => {
  const found = Number(value);
  if (value.trim() === '' || !Number.isFinite(found)) throw new RequestError(400, `${name}: expected a number`);
  return found;
};
const instant: ReadParameter = (value, name) => {
  const found = number(value, name) as number;
  if (found < 0) throw new RequestError(400, `${name}: expected milliseconds since 1970, 0 or more`);
  return found;
};
const wholeNumber =
  (least: number, most: number): ReadParameter =>
  (value, name) => {
    const found = Number(value);
    if (!/^\d{1,15}$/.test(value) || found < least || found > most)
      throw new RequestError(400, `${name}: expected a whole number from ${least} to ${most}`);
    return found;
  };
const count = wholeNumber(1, 1000);
const flag: ReadParameter = (value, name) => {
  if (value !== 'true' && value !== 'false') throw new RequestError(400, `${name}: expected true or false`);
  return value === 'true';
};
const level: ReadParameter = (value, name) => {
  if (!(LEVELS as readonly string[]).includes(value))
    throw new RequestError(400, `${name}: expected one of ${LEVELS.join(', ')}`);
  return value;
};

type Parameters<Q> = { readonly [K in keyof Required<Q>]: ReadParameter };

/** The parameters of each question. */
const PARAMETERS: { readonly [N in QuestionName]: Parameters<Questions[N]['query']> } = {
  overview: {},
  runs: { item: text, since: number, until: number, failed: flag, count },
  output: { session: text, run: text, machine: text },
  item: { key: text },
  why: { condition: text, at: text },
  columns: {
    ...{ since: number, until: number },
    ...{ rows: wholeNumber(1, MOST_ROWS), before: wholeNumber(0, Number.MAX_SAFE_INTEGER) },
  },
  calendar: { since: number, until: number },
  coming: { until: number },
  logs: { level, item: text, since: instant, count },
  fleet: { machine: text, failed: flag },
  vitals: {},
  file: {},
  story: { of: text },
};

/** The parameters that cannot be left out. */
const REQUIRED: Partial<Readonly<Record<QuestionName, readonly string[]>>> = {
  output: ['session', 'run'],
  item: ['key'],
  why: ['condition', 'at'],
  columns: ['since', 'until'],
  calendar: ['since', 'until'],
  coming: ['until'],
  story: ['of'],
};

export const isQuestion = (name: string): name is QuestionName => Object.hasOwn(PARAMETERS, name);

/** Reads the query of a question. @throws RequestError that says which parameter is wrong */
export const readQuery = <N extends QuestionName>(name: N, query: URLSearchParams): Questions[N]['query'] => {
  const parameters: Readonly<Record<string, ReadParameter>> = PARAMETERS[name];
  const found: Record<string, unknown> = {};
  for (const [key, value] of query) {
    const read = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (!read) throw new RequestError(400, `${name} has no parameter "${key.slice(0, 80)}"`);
    if (Object.hasOwn(found, key)) throw new RequestError(400, `${key} is given twice`);
    found[key] = read(value, key);
  }
  for (const key of REQUIRED[name] ?? [])
    if (!Object.hasOwn(found, key)) throw new RequestError(400, `${name}: ${key} is missing`);
  return found as Questions[N]['query'];
};

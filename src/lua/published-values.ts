import type { Json } from '../journal/fact.ts';
import { EventError, LARGEST, toJson, topicsOf } from '../journal/json.ts';
import type { WorkerReport } from './worker-messages.ts';

/** How deep tables may be nested. */
export const DEEPEST = 64;
/** Values in all tables together. */
export const MOST_VALUES = 20_000;
/** Bytes of more characters than a value may have. */
export const MOST_BYTES = 4 * LARGEST;

const cannot = (why: string): EventError => new EventError(`cannot be stored: ${why}`);

/** What a script wants to publish, and JSON cannot hold. */
export const cannotStore = {
  large: () => cannot(`larger than ${LARGEST} characters`),
  many: () => cannot(`more than ${MOST_VALUES} values`),
  bytes: (where: string) => cannot(`${where} is a string that is not UTF-8`),
  itself: (where: string) => cannot(`${where} is part of itself`),
  deep: (where: string) => cannot(`${where} is nested deeper than ${DEEPEST}`),
  mixed: (where: string) => cannot(`${where} is neither a list from 1 on nor a table with names`),
  key: (where: string, type: string) => cannot(`a key of ${where} is a ${type}`),
  number: (where: string, n: number) => cannot(`${where} is the number ${n}`),
  type: (where: string, type: string) => cannot(`${where} is a ${type}`),
} as const;

type Mapping = { readonly [key: string]: Json };

const topicsIn = (named: Json): readonly string[] =>
  topicsOf(typeof named === 'string' || Array.isArray(named) ? (named as string | readonly string[]) : []);

/** The options of `events.log`: whether all machines of the fleet get the event. */
const forFleet = (options: Json | undefined): boolean => {
  if (options === undefined) return false;
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new EventError(
      `expected a table of options such as { fleet = true }, got a ${Array.isArray(options) ? 'list' : typeof options}`,
    );
  const { fleet = false, ...more } = options as Mapping;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw new EventError(`unknown option "${unknown}" (known: fleet)`);
  if (typeof fleet !== 'boolean')
    throw new EventError(`the option fleet has to be true or false, it is ${JSON.stringify(fleet)}`);
  return fleet;
};

/**
 * The report of `events.log`. @param argument one of its arguments as a value; errors call it as given. The third may be absent.
 * @throws EventError
 */
export const eventReport = (
  id: number,
  argument: (n: 1 | 2 | 3, what: string) => Json | undefined,
): Extract<WorkerReport, { what: 'event' }> => {
  const topics = topicsIn(argument(1, 'the topic') ?? null);
  const value = toJson(argument(2, 'the value') ?? null);
  return { what: 'event', id, topics, value, fleet: forFleet(argument(3, 'the options')) };
};

/** The report of `metrics.log`. @param message its table, where NaN and infinity are allowed @throws EventError */
export const metricReport = (
  id: number,
  message: (what: string) => Json,
  step: number | undefined,
): Extract<WorkerReport, { what: 'metric' }> => {
  const value = toJson(message('the table'), undefined, true);
  if (Array.isArray(value)) throw new EventError('expected a table with names, got a list');
  if (step !== undefined && !Number.isSafeInteger(step))
    throw new EventError(`the step has to be a whole number, it is ${step}`);
  return { what: 'metric', id, message: value as Mapping, step };
};

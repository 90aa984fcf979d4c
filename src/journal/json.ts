import type { Json } from './fact.ts';

/** A value that cannot be stored, or a topic that is not a name; the message says what and where. */
export class EventError extends TypeError {
  override readonly name = 'EventError';
}

/** How deep a value may be nested. */
const DEEPEST = 64;
/** Most characters that a value of an item or a program may have as JSON. */
export const LARGEST = 64 * 1024;

const describe = (value: unknown): string =>
  typeof value === 'number'
    ? `the number ${value}`
    : value === undefined
      ? 'undefined'
      : `a ${typeof value === 'object' ? 'value of a class' : typeof value}`;

/** How many characters of JSON a value without parts takes at most; undefined for every other value. */
const scalarSize = (value: unknown, anyNumber: boolean): number | undefined => {
  if (value === null || typeof value === 'boolean') return 5;
  if (typeof value === 'string') return value.length + 2;
  return typeof value === 'number' && (anyNumber || Number.isFinite(value)) ? 8 : undefined;
};

const isPlain = (value: object | null): value is object =>
  Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));

/**
 * A frozen copy of a value that JSON can hold, as it is now. @throws EventError that names the place: functions, cycles, big
 * integers, NaN (unless `anyNumber`), what is nested too deep or is larger than `largest` characters.
 */
export const toJson = (value: unknown, largest = LARGEST, anyNumber = false): Json => {
  let budget = largest;
  const path: unknown[] = [];
  const spend = (n: number): void => {
    budget -= n;
    if (budget < 0) throw new EventError(`cannot be stored: larger than ${largest} characters`);
  };
  const copy = (x: unknown, where: string): Json => {
    const size = scalarSize(x, anyNumber);
    if (size !== undefined) {
      spend(size);
      return x as Json;
    }
    const bad = (why: string) => new EventError(`cannot be stored: ${where} is ${why}`);
    if (typeof x !== 'object') throw bad(describe(x));
    if (path.includes(x)) throw bad('part of itself');
    if (path.length === DEEPEST) throw bad(`nested deeper than ${DEEPEST}`);
    if (!isPlain(x)) throw bad(describe(x));
    path.push(x);
    spend(2);
    const made: Json = Array.isArray(x)
      ? x.map((one, i) => copy(one, `${where}[${i}]`))
      : Object.fromEntries(
          Object.entries(x).map(([key, one]) => {
            spend(key.length + 4);
            return [key, copy(one, `${where}.${key}`)];
          }),
        );
    path.pop();
    return Object.freeze(made);
  };
  return copy(value, 'the value');
};

/** Longest name of a topic. */
const LONGEST_NAME = 200;

/** A name of a topic. @throws EventError */
const named = (topic: unknown): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is searched for
  if (typeof topic !== 'string' || topic === '' || topic.length > LONGEST_NAME || /[\x00-\x1f\x7f]/.test(topic))
    throw new EventError(`a topic is a text of 1 to ${LONGEST_NAME} characters on one line`);
  return topic;
};

/** The topics of a call, each once. @throws EventError */
export const topicsOf = (topic: string | readonly string[]): readonly string[] => {
  const all = [...new Set((Array.isArray(topic) ? topic : [topic]).map(named))];
  if (all.length === 0) throw new EventError('an event needs a topic');
  return all;
};

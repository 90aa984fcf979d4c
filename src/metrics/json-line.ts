import { timestamp } from '../log/timestamp.ts';
import { flatten } from './flatten.ts';
import { isMapping, type MetricRecord } from './record.ts';

/** A metric record as it was when it was told: what happens to its mappings and lists later does not matter. */
export interface Snapshot {
  readonly flat: Record<string, unknown>;
  readonly record: MetricRecord;
}

/** Lists in lists are copied so deep; one that contains itself has no end. */
const DEEPEST = 32;

const copyList = (value: unknown, depth = 0): unknown =>
  Array.isArray(value) && depth < DEEPEST ? value.map((one) => copyList(one, depth + 1)) : value;

/**
 * Takes hold of a metric record cheaply: numbers and texts are copied when its mappings are flattened. @throws TypeError for
 * a message that is no mapping, or that contains itself.
 */
export const snapshot = (record: MetricRecord): Snapshot => {
  if (!isMapping(record.message)) throw new TypeError(`expected a mapping, got ${kindOf(record.message)}`);
  const flat = flatten(record.message);
  for (const key of Object.keys(flat)) if (Array.isArray(flat[key])) flat[key] = copyList(flat[key]);
  return { flat, record };
};

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;

const two = (n: number): string => String(n).padStart(2, '0');
let quarter = Number.NaN;
let offset = '';

/** Local time with its distance from UTC: `2026-03-31T11:38:45.986+02:00`. `time` is wall-clock ms. */
export const localTime = (time: number): string => {
  // Zones change at quarters of an hour.
  const now = Math.floor(time / 900_000);
  if (now !== quarter) {
    quarter = now;
    const minutes = -new Date(time).getTimezoneOffset();
    const size = Math.abs(minutes);
    offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  }
  return timestamp(time) + offset;
};

/** What of a record has to be told besides its line: keys whose values no line can hold. */
export type Complaint = (key: string, what: string) => void;

/**
 * The line of a record: what was told, then `step`, `item`, `run`, `cause` and `hparams: true` where there are such and the
 * data has no key of that name, and `timestamp`, the local time. What is no number is null. A value that JSON cannot hold is
 * null too, and complained of. Ends with a newline.
 */
export const jsonLine = ({ flat, record }: Snapshot, complain: Complaint): string => {
  const { step, item, run, cause, hparams } = record;
  const line: Record<string, unknown> = flat;
  for (const [key, value] of Object.entries({ step, item, run, cause }))
    if (value !== undefined && !Object.hasOwn(line, key)) line[key] = value;
  if (hparams === true && !Object.hasOwn(line, 'hparams')) line.hparams = true;
  delete line.timestamp;
  line.timestamp = localTime(record.time);
  try {
    // The fast way, for what JSON can hold: it makes null of NaN and Infinity by itself.
    if (!Object.values(line).some(isOdd)) return `${JSON.stringify(line)}\n`;
  } catch {
    // A leaf contains itself, or its toJSON throws: one by one.
  }
  const parts = Object.entries(line).map(([key, value]) => `${JSON.stringify(key)}:${leafJson(key, value, complain)}`);
  return `{${parts.join(',')}}\n`;
};

const isOdd = (value: unknown): boolean =>
  value === undefined || typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol';

const leafJson = (key: string, value: unknown, complain: Complaint): string => {
  if (value === undefined) return 'null';
  // Numbers beyond 2^53 are exact as text only.
  if (typeof value === 'bigint') return BigInt(Number(value)) === value ? String(value) : `"${value}"`;
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
    complain(key, `a ${typeof value}`);
  } catch (error) {
    complain(key, (error as Error).message.split('\n', 1)[0]!);
  }
  return 'null';
};

import { timestamp } from '../log/timestamp.ts';
import { type Leaves, leavesOf } from './flatten.ts';
import { isMapping, type MetricRecord } from './record.ts';

/** A metric record as it was when it was logged: what happens to its mappings and lists later does not matter. */
export interface FrozenRecord
  extends Pick<MetricRecord, 'time' | 'step' | 'item' | 'run' | 'cause' | 'hparams' | 'fields'> {
  readonly leaves: Leaves;
}

/** Lists in lists are copied so deep; one that contains itself has no end. */
const DEEPEST = 32;

const copyList = (value: unknown, depth = 0): unknown =>
  Array.isArray(value) && depth < DEEPEST ? value.map((one) => copyList(one, depth + 1)) : value;

/**
 * Takes hold of a metric record cheaply: numbers and texts are copied when its mappings are flattened. @throws TypeError for
 * a message that is not a mapping, or that contains itself.
 */
export const snapshotRecord = (record: MetricRecord): FrozenRecord => {
  if (!isMapping(record.message)) throw new TypeError(`expected a mapping, got ${kindOf(record.message)}`);
  const leaves = leavesOf(record.message);
  const { values } = leaves;
  for (let i = 0; i < values.length; i++) if (Array.isArray(values[i])) values[i] = copyList(values[i]);
  const { time, step, item, run, cause, hparams, fields } = record;
  // Without the message, which need not be kept until the line is written.
  return { leaves, time, step, item, run, cause, hparams, fields };
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

/** Keys of a line that no field replaces. */
const OWN_KEYS: ReadonlySet<string> = new Set(['step', 'item', 'run', 'cause', 'hparams', 'timestamp']);

/** Called for each key whose value no line can hold. */
type OnUnstorable = (key: string, what: string) => void;

/**
 * The line of a record: its leaves, then `step`, `item`, `run`, `cause` and `hparams: true` where there are such and the
 * data has no key of that name, and `timestamp`, the local time. NaN and the infinities are null. A value that JSON cannot hold is
 * null too, and reported. Ends with a newline.
 */
export const metricJsonLine = (record: FrozenRecord, complain: OnUnstorable): string => {
  const { names, values } = record.leaves;
  let line = '';
  for (const [i, name] of names.entries()) if (name !== 'timestamp') line += pair(name, values[i], complain);
  const add = (name: string, value: unknown): void => {
    if (value !== undefined && !names.includes(name)) line += pair(name, value, complain);
  };
  add('step', record.step);
  add('item', record.item);
  add('run', record.run);
  add('cause', record.cause);
  add('hparams', record.hparams || undefined);
  for (const [name, value] of Object.entries(record.fields ?? {})) if (!OWN_KEYS.has(name)) add(name, value);
  return `{${line}"timestamp":"${localTime(record.time)}"}\n`;
};

const pair = (name: string, value: unknown, complain: OnUnstorable): string =>
  `${JSON.stringify(name)}:${leafJson(name, value, complain)},`;

const leafJson = (key: string, value: unknown, complain: OnUnstorable): string => {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
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

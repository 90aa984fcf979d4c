import { expectType, TYPES } from '../check-arguments.ts';

/** Names of levels, least to most severe, with the numbers that Python's logging gives them; `warn` is `warning`, and `trace` is 5. */
export const METRIC_LEVELS = {
  ...{ notset: 0, trace: 5, debug: 10, info: 20 },
  ...{ warning: 30, warn: 30, error: 40, critical: 50 },
} as const;
/** One of {@link METRIC_LEVELS}. */
export type MetricLevelName = keyof typeof METRIC_LEVELS;
/** A level by name, in small or capital letters, or by number. */
export type MetricLevel = MetricLevelName | Uppercase<MetricLevelName> | number;

/** A mapping: a plain object, possibly nested. */
export type Mapping = { readonly [key: string]: unknown };

/** Fields of a record besides the message. */
export interface RecordExtra {
  /** Where in a row of records; 0 counts. */
  readonly step?: number | undefined;
  /** The message is a configuration, not a measurement. */
  readonly hparams?: boolean | undefined;
  /** Which of several processes speaks: among all of them, and on its machine. */
  readonly rank?: number | undefined;
  readonly localRank?: number | undefined;
  /** What it belongs to: `task/Backup`, `run-5`, `tick-17`. */
  readonly item?: string | undefined;
  readonly run?: string | undefined;
  readonly cause?: string | undefined;
  /** More about it, such as `{ host: 'db1' }`; those of a child logger are added. */
  readonly fields?: Mapping | undefined;
  /** Wall clock, ms since 1970; default: now. */
  readonly time?: number | undefined;
  /** Made by the daemon itself: back ends with totals get the same from these. */
  readonly measured?: boolean | undefined;
}

/** Fields of a record, and any other keys: these are part of `fields`, in the manner of `extra` in Python. */
export type LogExtra = RecordExtra | (RecordExtra & Mapping);

const EXTRA_KEYS: ReadonlySet<string> = new Set<keyof Required<RecordExtra>>([
  ...(['step', 'hparams', 'rank', 'localRank', 'item', 'run', 'cause'] as const),
  ...(['fields', 'time', 'measured'] as const),
]);

/** The fields of a record that is logged with `extra`: those of `fields`, and every key that means nothing else. */
export const fieldsOf = (extra: LogExtra): Mapping | undefined => {
  let found: Record<string, unknown> | undefined;
  for (const key in extra)
    if (!EXTRA_KEYS.has(key)) {
      found ??= { ...extra.fields };
      found[key] = (extra as Mapping)[key];
    }
  return found ?? extra.fields;
};

/** What a logger makes of a call. A record whose message is a {@link Mapping} is a metric record. */
export interface MetricRecord extends RecordExtra {
  /** Of the logger, such as `whenever.metrics`; empty: the root. */
  readonly name: string;
  readonly level: number;
  readonly message: unknown;
  readonly time: number;
}

/** The number of a level. @throws RangeError that lists the names there are. */
export const levelNumber = (level: MetricLevel): number => {
  if (typeof level === 'number' && !Number.isNaN(level)) return level;
  const name = String(level).toLowerCase();
  if (Object.hasOwn(METRIC_LEVELS, name)) return METRIC_LEVELS[name as MetricLevelName];
  throw new RangeError(`unknown level "${level}"; there are ${Object.keys(METRIC_LEVELS).join(', ')}, and numbers`);
};

/** `INFO`; `Level 25` where a number has no name. @throws TypeError */
export const levelName = (level: number): string => {
  expectType('levelName', 'level', level, TYPES.number);
  const name = Object.entries(METRIC_LEVELS).find(([, number]) => number === level)?.[0];
  return name === undefined ? `Level ${level}` : name.toUpperCase();
};

/** Whether a message makes its record a metric record: an object of no class, or without a prototype. */
export const isMapping = (value: unknown): value is Mapping => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a worker, a test environment) has an Object.prototype of its own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

import { expectMethod, expectOptions, stringify, TYPES } from '../check-arguments.ts';
import { flatten } from './flatten.ts';
import { isMapping, type Mapping, type MetricRecord } from './record.ts';

/** Lets a record pass (true), stops it (false), or passes another one in its place. */
interface FilterObject {
  filter(record: MetricRecord): boolean | MetricRecord;
}
/** An object with the method `filter`, or the function itself. */
export type MetricFilter = FilterObject | FilterObject['filter'];

/** @throws TypeError when this is neither a function nor an object with the method `filter`. */
export const expectFilter = (call: string, filter: unknown): void => {
  if (typeof filter !== 'function') expectMethod(call, 'filter', filter, 'filter');
};

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the filters let through; undefined: nothing. A replaced record is what the next one sees. */
export const passThrough = (filters: readonly MetricFilter[], record: MetricRecord): MetricRecord | undefined => {
  let current = record;
  for (const filter of filters) {
    const answer = typeof filter === 'function' ? filter(current) : filter.filter(current);
    if (answer === false) return undefined;
    if (answer !== true) current = answer;
  }
  return current;
};

/** Lets metric records pass: those whose message is a mapping. */
export class IsMappingFilter implements FilterObject {
  filter(record: MetricRecord): boolean {
    return isMapping(record.message);
  }
}

/** Which rank {@link IsRank0Filter} reads. */
export interface RankOptions {
  /** Counts before all else. */
  readonly rankVal?: number;
  /** The rank on this machine, not among all processes. */
  readonly localRank?: boolean;
  /** Where RANK and LOCAL_RANK are looked up; default: the environment of the process. */
  readonly environment?: Environment;
}

const wholeNumber = (value: unknown): number | undefined => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : undefined;
};

/** The rank that an environment gives a process; 0 when it gives none. */
export const rankOf = (environment: Environment, local = false): number =>
  wholeNumber(environment[local ? 'LOCAL_RANK' : 'RANK']) ?? 0;

/**
 * Lets the records of the first of several processes pass. The rank is the first that is defined, 0 included: the one given
 * here, the record's, `rank` (`local_rank`) in the message, RANK (LOCAL_RANK) of the environment; else 0.
 */
export class IsRank0Filter implements FilterObject {
  readonly #options: RankOptions;

  constructor(options: RankOptions = {}) {
    const { number, flag, table } = TYPES;
    expectOptions('IsRank0Filter', options, { rankVal: number, localRank: flag, environment: table });
    this.#options = options;
  }
  filter(record: MetricRecord): boolean {
    const { rankVal, localRank = false, environment = process.env } = this.#options;
    const { message } = record;
    const inMessage = isMapping(message) ? message[localRank ? 'local_rank' : 'rank'] : undefined;
    const known = [rankVal, localRank ? record.localRank : record.rank, wholeNumber(inMessage)];
    return (known.find((rank) => rank !== undefined) ?? rankOf(environment, localRank)) === 0;
  }
}

/** Fractions in three decimals, or in powers of ten below 0.001 and above 999. */
const formatNumber = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Number.isInteger(value)) return Object.is(value, -0) ? '0' : String(value);
  const size = Math.abs(value);
  if (size >= 0.001 && size <= 999) return value.toFixed(3);
  // At least two digits after the e, as in most languages.
  return value.toExponential(2).replace(/(?<=e[+-])\d$/, '0$&');
};

/** Texts in quotes; objects as JSON where that is possible. */
const formatValue = (value: unknown): string => {
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'bigint' || value === null || value === undefined) return String(value);
  try {
    return stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
};

/** A mapping as text: `a/b=0.523, c="d"`. */
export const formatMapping = (message: Mapping): string => {
  try {
    return Object.entries(flatten(message))
      .map(([key, value]) => `${key}=${formatValue(value)}`)
      .join(', ');
  } catch (error) {
    return `(${(error as Error).message})`;
  }
};

/**
 * Not a filter, but a formatter of metric records: passes a copy whose message is text, `task/Backup/seconds=0.523, …`.
 * The record itself stays as it is for other handlers. Other records pass unchanged.
 */
export class FormatDictFilter implements FilterObject {
  filter(record: MetricRecord): boolean | MetricRecord {
    if (!isMapping(record.message)) return true;
    return { ...record, message: formatMapping(record.message) };
  }
}

import { type Level, type LogRecord, SEVERITY } from '../log/record.ts';
import type { LogFact } from './fact.ts';
import { itemOf } from './item.ts';
import { Ring } from './ring.ts';

/** Which records are wanted, newest first. */
export interface RecordQuery {
  /** At the most; 0 or undefined: all that are kept. */
  readonly n?: number;
  /** Wall clock in ms: not older than this. */
  readonly since?: number;
  /** This level or a more severe one. */
  readonly level?: Level;
  /** `condition/Backup`, or `Backup` of any section. */
  readonly item?: string;
}

/** A record as a fact. `mono`: its place on the monotonic clock, ms. */
export const factOf = (record: LogRecord, mono: number): LogFact => {
  const { seq = 0, time, level, context, mark, message, origin } = record;
  const [run, cause] = [origin?.run ?? null, origin?.cause ?? null];
  return { kind: 'log', seq, time, mono, item: itemOf(context), run, cause, level, context, mark, message };
};

/** The last log records. They become facts when they are read. */
export class RecentLogRecords {
  readonly #clock: { wall(): number; mono(): number };
  readonly #ring: Ring<LogRecord | LogFact>;

  /** @param length records kept; 0: all. */
  constructor(clock: { wall(): number; mono(): number }, length: number) {
    this.#clock = clock;
    this.#ring = new Ring(length);
  }

  keep(record: LogRecord | LogFact): void {
    this.#ring.push(record);
  }
  /** A record as a fact; its place on the monotonic clock follows from the wall clock. */
  factOf(record: LogRecord | LogFact): LogFact {
    if ('kind' in record) return record;
    return factOf(record, this.#clock.mono() - (this.#clock.wall() - record.time));
  }
  /** Newest first. */
  find({ n = 0, since = Number.NEGATIVE_INFINITY, level = 'trace', item }: RecordQuery = {}): LogFact[] {
    const found: LogFact[] = [];
    const all = this.#ring.values;
    for (let i = all.length - 1; i >= 0 && (n === 0 || found.length < n); i--) {
      const record = all[i]!;
      if (record.time < since) break;
      if (SEVERITY[record.level] < SEVERITY[level]) continue;
      const fact = this.factOf(record);
      if (item !== undefined && fact.item !== item && fact.context.item !== item) continue;
      found.push(fact);
    }
    return found;
  }
}

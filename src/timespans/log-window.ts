import { expectType, TYPES } from '../check-arguments.ts';
import type { Columns, CoreRow, Row, Rows } from './columns.ts';
import type { Aggregator } from './multi-event-log.ts';

const timestampOf = (core: unknown): number | undefined => (core as CoreRow | null)?.timestamp;

/**
 * An aggregator that keeps a log short: rows older than the window before the newest instant are deleted, from the front. The newest
 * row always stays, and so does a row exactly at the edge. A row whose instant is not known goes with the row after it.
 *
 * @example
 * const window = new LogWindow(60e9);
 * log.setAggregator('window', window.aggregate);
 */
export class LogWindow {
  /** Called with each new row: the value of every consumer for one event. */
  readonly creationHandlers: ((row: Row) => void)[] = [];
  /** Called before rows are deleted from the front, with how many. */
  readonly deletionHandlers: ((rows: number) => void)[] = [];
  readonly #length: number;
  readonly #core: string;
  #newest = Number.NEGATIVE_INFINITY;

  /**
   * @param windowLength ns
   * @param core the name under which {@link CoreMetrics} stands in the log
   * @throws RangeError for a length below 0; TypeError for what is not a number
   */
  constructor(windowLength: number, core = 'core') {
    expectType('LogWindow', 'windowLength', windowLength, ['a number of ns', (value) => typeof value === 'number']);
    expectType('LogWindow', 'core', core, TYPES.name);
    if (!(windowLength >= 0))
      throw new RangeError(`the length of a window is a number of ns from 0 on, not ${windowLength}`);
    this.#length = windowLength;
    this.#core = core;
  }

  /** Give this to a log. @throws whatever handlers throw, after the rows are deleted; Error when the log has no core column. */
  readonly aggregate: Aggregator = (rows) => {
    if (rows.length === 0) return;
    if (rows.value(this.#core, -1) === undefined)
      throw new Error(`LogWindow needs a column "${this.#core}" of CoreMetrics`);
    const errors: unknown[] = [];
    const call = <T>(handlers: readonly ((value: T) => void)[], value: T): void => {
      for (const handler of handlers) {
        try {
          handler(value);
        } catch (error) {
          errors.push(error);
        }
      }
    };
    if (this.creationHandlers.length > 0) call(this.creationHandlers, rows.row(-1));
    const outside = this.#outside(rows);
    if (outside > 0) {
      call(this.deletionHandlers, outside);
      rows.drop(outside);
    }
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'handlers of a window');
  };

  /** How many rows at the front are outside. */
  #outside(rows: Rows): number {
    this.#newest = Math.max(this.#newest, timestampOf(rows.value(this.#core, -1)) ?? this.#newest);
    const edge = this.#newest - this.#length;
    let outside = 0;
    for (let i = 0; i < rows.length - 1; i++) {
      const timestamp = timestampOf(rows.value(this.#core, i));
      if (timestamp === undefined) continue;
      if (timestamp >= edge) break;
      outside = i + 1;
    }
    return outside;
  }
}

/**
 * Keeps every row it is given, while a {@link LogWindow} keeps the log itself short. It grows until it is cleared.
 *
 * @example
 * window.creationHandlers.push(table.add);
 * const anHour = table.between(from, from + 3600e9);
 */
export class TableStorage {
  readonly #core: string;
  readonly #columns = new Map<string, unknown[]>();
  #length = 0;

  /** @param core the name under which {@link CoreMetrics} stands in the log */
  constructor(core = 'core') {
    expectType('TableStorage', 'core', core, TYPES.name);
    this.#core = core;
  }

  /** Appends a row. A consumer that was not there before is null in all rows before, one that is missing is null in this row. */
  readonly add = (row: Row): void => {
    expectType('add', 'row', row, TYPES.table);
    for (const name of Object.keys(row))
      if (!this.#columns.has(name)) this.#columns.set(name, new Array<unknown>(this.#length).fill(null));
    for (const [name, column] of this.#columns) column.push(Object.hasOwn(row, name) ? row[name] : null);
    this.#length += 1;
  };

  /** The rows whose instant is from `from` to `to` (monotonic ns, both included), in the order of their coming, as columns. */
  between(from: number, to: number): Columns {
    expectType('between', 'from', from, TYPES.number);
    expectType('between', 'to', to, TYPES.number);
    const core = this.#columns.get(this.#core) ?? [];
    const rows: number[] = [];
    core.forEach((value, i) => {
      const timestamp = (value as CoreRow | null)?.timestamp;
      if (timestamp !== undefined && timestamp >= from && timestamp <= to) rows.push(i);
    });
    return this.#rows((column) => rows.map((i) => column[i]));
  }
  /** Everything, as columns. */
  get all(): Columns {
    return this.#rows((column) => [...column]);
  }
  /** How many rows there are. */
  get length(): number {
    return this.#length;
  }
  /** Forgets all rows. */
  clear(): void {
    this.#columns.clear();
    this.#length = 0;
  }

  #rows(pick: (column: readonly unknown[]) => unknown[]): Columns {
    return Object.fromEntries([...this.#columns].map(([name, column]) => [name, pick(column)]));
  }
}

import { expectType, TYPES } from '../check-arguments.ts';
import type { CoreRow, Row } from './columns.ts';
import type { Aggregator } from './multi-event-log.ts';
import type { Rows } from './rows.ts';

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

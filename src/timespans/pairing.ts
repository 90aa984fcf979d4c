import { expectFunction, expectObject } from '../check-arguments.ts';
import type { SpanFact, SpanId } from '../journal/fact.ts';
import type { Columns, CoreRow } from './columns.ts';
import { OpenSpans } from './open-spans.ts';

/** An edge that waits for the other one. */
interface Waiting<T> {
  /** Monotonic ns. */
  readonly timestamp: number;
  readonly value: T;
}

/**
 * Finds the two edges of each span. A finish may come before its start, as long as its instant is not earlier; a second start
 * of the same span takes the place of the first; a pair is found once. What waits is kept, so later edges still find it.
 */
export class Pairing<T> {
  readonly #starts = new OpenSpans<Waiting<T>>();
  readonly #finishes = new OpenSpans<Waiting<T>>();

  /**
   * Takes an edge. Returns the pair when it completes one. Instants and null ids are not edges.
   * @param timestamp monotonic ns
   */
  take(
    edge: SpanFact['edge'],
    category: string,
    id: SpanId,
    timestamp: number,
    value: T,
  ): readonly [start: T, finish: T] | undefined {
    if (edge === 'start') {
      const finish = this.#finishes.take(category, id);
      // A finish that is earlier than the start belongs to an earlier span of this id, whose start did not come.
      if (finish && finish.timestamp >= timestamp) return [value, finish.value];
      this.#starts.put(category, id, { timestamp, value });
    } else if (edge === 'finish') {
      const start = this.#starts.take(category, id);
      if (start) return [start.value, value];
      this.#finishes.put(category, id, { timestamp, value });
    }
    return undefined;
  }

  /** The starts that wait for their finish, by category, oldest first. */
  get open(): T[] {
    return this.#starts.values.map(({ value }) => value);
  }
}

/**
 * Calls `found` with the rows of the start and the finish of each span in `logs`, in order of the later of the two. Rows with a null
 * id and rows where the consumer had failed are left out, and so are spans with one edge only.
 * @throws TypeError when the columns `core` and `id` are not there
 */
export const logsEventPairs = (logs: Columns, found: (start: number, finish: number) => void): void => {
  expectObject('logsEventPairs', 'logs', logs, 'columns as fetchLogs() hands them out');
  expectFunction('logsEventPairs', 'found', found);
  const { core, id } = logs;
  if (!core || !id)
    throw new TypeError(`pairs need the columns "core" and "id", there are: ${Object.keys(logs).join(', ') || 'none'}`);
  const pairing = new Pairing<number>();
  core.forEach((value, row) => {
    if (value === null) return;
    const { kind, category, timestamp } = value as CoreRow;
    const pair = pairing.take(kind, category, id[row] as SpanId, timestamp, row);
    if (pair) found(...pair);
  });
};

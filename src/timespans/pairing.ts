import type { SpanFact, SpanId } from '../journal/fact.ts';
import { OpenSpans } from './open-spans.ts';

/** An edge that waits for the other one. */
interface Waiting<T> {
  /** Monotonic ns. */
  readonly timestamp: number;
  readonly value: T;
}

/**
 * Finds the two edges of each span. A finish may be told before its start, as long as its instant is not earlier; a second start
 * of the same span takes the place of the first; a pair is found once. What waits is kept, so later edges still find it.
 */
export class Pairing<T> {
  readonly #starts = new OpenSpans<Waiting<T>>();
  readonly #finishes = new OpenSpans<Waiting<T>>();

  /**
   * Takes an edge; answers the pair when it completes one. Instants and null ids are no edges.
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
      // A finish before the start in time belongs to an earlier span of this id, whose start nobody has seen.
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

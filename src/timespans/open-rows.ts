import type { SpanFact } from '../journal/fact.ts';
import type { Row } from './columns.ts';
import { OpenSpans } from './open-spans.ts';

/** Keeps the starts of open spans over a drain, so that no finish is ever handed out without its start. */
export class OpenRows {
  /** Where the start stands, counted from the first row ever. */
  readonly #here = new OpenSpans<number>();
  /** Starts that were handed out before their finish came. */
  readonly #carried = new OpenSpans<Row>();
  #resumed: { readonly row: Row; readonly finish: number }[] = [];

  /** An event has become row `at`. */
  see({ edge, category, id }: SpanFact, at: number): void {
    if (edge === 'start') {
      if (this.#carried.size > 0) this.#carried.take(category, id);
      this.#here.put(category, id, at);
    } else if (edge === 'finish') {
      if (this.#here.take(category, id) !== undefined || this.#carried.size === 0) return;
      const row = this.#carried.take(category, id);
      if (row) this.#resumed.push({ row, finish: at });
    }
  }

  /**
   * All rows from `first` on are handed out: answers the rows of the starts that were handed out before and whose finish is among them.
   * @param rowAt the values of a row
   */
  drain(first: number, rowAt: (at: number) => Row): Row[] {
    const resumed = this.#resumed.filter(({ finish }) => finish >= first).map(({ row }) => row);
    this.#resumed = [];
    this.#here.moveTo(this.#carried, (at) => (at >= first ? rowAt(at) : undefined));
    return resumed;
  }
}

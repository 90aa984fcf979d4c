import { CORRECTION_MS } from '../../core/time-change.ts';
import type { Firing, TimeRange } from '../kind.ts';
import { mergeRanges } from './time-ranges.ts';

type Firings = (from: number) => Iterable<Firing>;

/** The instants that have fired lately, as pieces of wall-clock time: when the clock is set back, they do not fire again. */
export class FiredRanges {
  #spans: TimeRange[] = [];

  /** All instants in `(from, to]` have fired. What no clock can go back to without being corrected is forgotten. */
  add(from: number, to: number): void {
    const last = this.#spans.at(-1);
    const joins = last !== undefined && last.from <= from && last.to === from;
    if (joins) this.#spans.pop();
    this.#spans.push({ from: joins ? last.from : from, to });
    if (this.#spans[0]!.to < to - CORRECTION_MS)
      this.#spans = this.#spans.filter((span) => span.to >= to - CORRECTION_MS);
  }

  forget(): void {
    this.#spans = [];
  }

  /** Those after `limit` count as not fired. */
  cut(limit: number): void {
    this.#spans = this.#spans
      .filter(({ from }) => from < limit)
      .map(({ from, to }) => ({ from, to: Math.min(to, limit) }));
  }

  /** The instants after `from` that have not fired. */
  *leaveOut(firings: Firings, from: number): Generator<Firing, void> {
    for (let start: number | undefined = from; start !== undefined; ) {
      const begin: number = start;
      start = undefined;
      for (const firing of firings(begin)) {
        const span = this.#of(firing.at);
        if (span) {
          start = span.to;
          break;
        }
        yield firing;
      }
    }
  }

  /** The pieces of time whose instants have fired, in order. */
  get spans(): readonly TimeRange[] {
    return mergeRanges(this.#spans);
  }

  #of(at: number): TimeRange | undefined {
    return this.#spans.find(({ from, to }) => from < at && at <= to);
  }
}

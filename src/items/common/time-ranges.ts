import { CORRECTION_MS } from '../../core/clock-watch.ts';
import type { Firing, TimeRange } from '../kind.ts';

/** Instants in order, and how many there are in a piece of time. */
export interface CountableInstants {
  firings(from: number): Iterable<Firing>;
  /** How many instants there are in `(from, to]`. */
  count(from: number, to: number): number;
}

/** Some instants in a row, `first` and `last` among them. */
export interface InstantSummary {
  readonly count: number;
  readonly first: Firing;
  readonly last: Firing;
}

/** What is left of pieces of time without others. Of all pieces the beginning is outside and the end inside. */
export const subtractRanges = (spans: readonly TimeRange[], others: readonly TimeRange[]): TimeRange[] => {
  let rest = [...spans];
  for (const off of others)
    rest = rest.flatMap(({ from, to }) =>
      [
        { from, to: Math.min(to, off.from) },
        { from: Math.max(from, off.to), to },
      ].filter((piece) => piece.from < piece.to),
    );
  return rest;
};

/** The parts of pieces of time in `(from, to]`. */
export const clipRanges = (spans: readonly TimeRange[], from: number, to: number): TimeRange[] =>
  spans
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .filter((piece) => piece.from < piece.to);

/** Pieces of time in order, what several have in common once. */
export const mergeRanges = (spans: readonly TimeRange[]): TimeRange[] => {
  const all: TimeRange[] = [];
  for (const span of spans) all.push(...subtractRanges([span], all));
  return all.sort((a, b) => a.from - b.from);
};

/** The instants in pieces of time. */
export function* instantsIn(calendar: CountableInstants, spans: readonly TimeRange[]): Generator<Firing, void> {
  for (const { from, to } of spans)
    for (const firing of calendar.firings(from)) {
      if (firing.at > to) break;
      yield firing;
    }
}

const firstIn = (calendar: CountableInstants, spans: readonly TimeRange[]): Firing | undefined => {
  for (const firing of instantsIn(calendar, spans)) return firing;
  return undefined;
};

/** The last instant in `(first, to]`, or `first`: found by bisection, as instants can only be listed forwards. */
const lastIn = (calendar: CountableInstants, first: Firing, to: number): Firing => {
  let last = first;
  for (let end = to; end > last.at; ) {
    const middle = Math.floor((last.at + end) / 2);
    const found = firstIn(calendar, [{ from: middle, to: end }]);
    if (found) last = found;
    else end = middle;
  }
  return last;
};

/** The instants in pieces of time, which are in order; undefined: there are none. */
export const summariseInstants = (
  calendar: CountableInstants,
  spans: readonly TimeRange[],
): InstantSummary | undefined => {
  const first = firstIn(calendar, spans);
  if (!first) return undefined;
  let count = 0;
  for (const { from, to } of spans) count += calendar.count(from, to);
  let last = first;
  for (const span of spans.toReversed()) {
    const found = firstIn(calendar, [span]);
    if (!found) continue;
    last = lastIn(calendar, found, span.to);
    break;
  }
  return { count, first, last };
};

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
  *leaveOut(calendar: CountableInstants, from: number): Generator<Firing, void> {
    for (let start: number | undefined = from; start !== undefined; ) {
      const begin: number = start;
      start = undefined;
      for (const firing of calendar.firings(begin)) {
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

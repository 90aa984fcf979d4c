import type { SpanFact, SpanId } from '../journal/fact.ts';
import type { Span } from './span-data.ts';

/** Ends that wait for their beginnings; more of them have lost theirs. */
const MOST_EARLY = 10_000;

const NOTHING: Readonly<Record<string, unknown>> = {};

/** What was told, as a mapping. */
export const mapping = (timeline: unknown): Readonly<Record<string, unknown>> => {
  if (timeline === null || timeline === undefined) return NOTHING;
  return typeof timeline === 'object' && !Array.isArray(timeline)
    ? (timeline as Readonly<Record<string, unknown>>)
    : { value: timeline };
};

/** Keys of a record in one order, so that equal ids are equal texts. */
const sorted = (id: unknown): unknown =>
  typeof id === 'object' && id !== null && !Array.isArray(id)
    ? Object.fromEntries(Object.entries(id).sort(([a], [b]) => (a < b ? -1 : 1)))
    : id;

/** An id as text; texts stand as they are. */
export const idText = (id: SpanId): string => (typeof id === 'string' ? id : JSON.stringify(sorted(id)));

const keyOf = ({ category, id }: SpanFact): string =>
  typeof id === 'string' ? `${category} ${id}` : `${category}\n${idText(id)}`;

/** A span that is told about while it goes on. */
export interface OpenSpan extends Span {
  name: string;
  finish: number | undefined;
  run: string | null;
  outcome: string | undefined;
  ended: Readonly<Record<string, unknown>>;
}

/** What became of the beginnings and ends of spans. */
export interface SpanPairsHandlers {
  begun(span: OpenSpan): void;
  ended(span: OpenSpan, at: number): void;
  lost(span: OpenSpan, at: number): void;
  draft(fact: SpanFact): OpenSpan;
}

/** Puts beginnings and ends of spans together by category and id; an end may come before its beginning. */
export class SpanPairs {
  readonly #teller: SpanPairsHandlers;
  readonly #open = new Map<string, OpenSpan>();
  readonly #early = new Map<string, SpanFact>();
  #lost = 0;

  constructor(teller: SpanPairsHandlers) {
    this.#teller = teller;
  }

  /** Ends without beginnings, and beginnings that came again. */
  get lost(): number {
    return this.#lost + this.#early.size;
  }

  take(fact: SpanFact): void {
    const key = keyOf(fact);
    if (fact.edge === 'start') {
      const before = this.#open.get(key);
      if (before) {
        this.#lost += 1;
        this.#open.delete(key);
        this.#teller.lost(before, Math.max(fact.timestamp, before.start));
      }
      const span = this.#teller.draft(fact);
      const early = this.#early.get(key);
      this.#teller.begun(span);
      if (early !== undefined && early.timestamp >= fact.timestamp) {
        this.#early.delete(key);
        this.#finish(span, early);
      } else this.#open.set(key, span);
      return;
    }
    const span = this.#open.get(key);
    if (span) {
      this.#open.delete(key);
      this.#finish(span, fact);
      return;
    }
    this.#early.set(key, fact);
    if (this.#early.size <= MOST_EARLY) return;
    const [oldest = ''] = this.#early.keys();
    this.#early.delete(oldest);
    this.#lost += 1;
  }

  /** What is open is open until `to`, monotonic ns. Inner ones are told first. */
  end(to: number): void {
    const left = [...this.#open.values()].sort((a, b) => b.start - a.start);
    this.#open.clear();
    for (const span of left) this.#teller.ended(span, Math.max(to, span.start));
  }

  #finish(span: OpenSpan, fact: SpanFact): void {
    span.finish = Math.max(fact.timestamp, span.start);
    span.ended = mapping(fact.timeline);
    const { outcome } = span.ended;
    if (typeof outcome === 'string') span.outcome = outcome;
    // A check gets its run when it is positive.
    span.run ??= fact.run;
    this.#teller.ended(span, span.finish);
  }
}

import { expectFunction } from '../check-arguments.ts';
import { SPANS } from '../journal/span-names.ts';
import type { Rendering, Window } from './rendering.ts';
import type { Instant, Span } from './span-data.ts';

/** Figures of a group of spans. Times in ns, of spans that have ended. */
export interface Stats {
  /** How many spans, open ones included. */
  readonly count: number;
  /** How many were open at the end; times do not include them. */
  readonly open: number;
  /** 0 if none has ended; the same for the other times. */
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly total: number;
  /** How many ended with each outcome; spans without an outcome are not counted. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Outcome of the span that ended last; undefined: it has none, or no span has ended. */
  readonly last: string | undefined;
}

/** Figures of a category and of each item in it, the item with the greatest total first. */
export interface CategoryStats extends Stats {
  readonly category: string;
  readonly items: readonly (Stats & { readonly item: string; readonly name: string })[];
}

/** How often a decision was made. */
interface InstantStats {
  readonly category: string;
  readonly count: number;
  /** How often for each reason; decisions without a reason are not counted. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** Counts spans one by one. */
export class SpanCounter implements Stats {
  count = 0;
  open = 0;
  total = 0;
  max = 0;
  last: string | undefined;
  readonly outcomes = new Map<string, number>();
  #least = Number.POSITIVE_INFINITY;

  get min(): number {
    return this.count === this.open ? 0 : this.#least;
  }
  get mean(): number {
    return this.count === this.open ? 0 : this.total / (this.count - this.open);
  }

  add({ start, finish, outcome }: Span): void {
    this.count += 1;
    if (finish === undefined) {
      this.open += 1;
      return;
    }
    const ns = finish - start;
    this.total += ns;
    if (ns < this.#least) this.#least = ns;
    if (ns > this.max) this.max = ns;
    this.last = outcome;
    if (outcome !== undefined) this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

/** Categories in causal order; unknown ones follow. */
export const CATEGORIES: readonly string[] = Object.keys(SPANS);

const place = (category: string): number => {
  const i = CATEGORIES.indexOf(category);
  return i === -1 ? CATEGORIES.length : i;
};

/** Compares categories: known ones in causal order, then by name. */
export const byCategory = (a: string, b: string): number => place(a) - place(b) || (a < b ? -1 : 1);

interface Category {
  readonly all: SpanCounter;
  readonly items: Map<string, { readonly name: string; readonly counter: SpanCounter }>;
}

/** The content of a summary. */
export interface Summary {
  readonly categories: readonly CategoryStats[];
  readonly instants: readonly InstantStats[];
  readonly window: Window;
}

/** Counts spans by category and item, and instants by category and reason. */
export class Statistics implements Rendering {
  readonly #categories = new Map<string, Category>();
  readonly #instants = new Map<string, { count: number; readonly reasons: Map<string, number> }>();
  readonly #done: (summary: Summary) => void;

  constructor(done: (summary: Summary) => void) {
    expectFunction('Statistics', 'done', done);
    this.#done = done;
  }

  ended(span: Span): void {
    const { category, item, name } = span;
    let of = this.#categories.get(category);
    if (!of) {
      of = { all: new SpanCounter(), items: new Map() };
      this.#categories.set(category, of);
    }
    of.all.add(span);
    if (item === null) return;
    let one = of.items.get(item);
    if (!one) {
      one = { name, counter: new SpanCounter() };
      of.items.set(item, one);
    }
    one.counter.add(span);
  }

  instant({ category, timeline }: Instant): void {
    let of = this.#instants.get(category);
    if (!of) {
      of = { count: 0, reasons: new Map() };
      this.#instants.set(category, of);
    }
    of.count += 1;
    const { reason } = timeline;
    if (typeof reason === 'string') of.reasons.set(reason, (of.reasons.get(reason) ?? 0) + 1);
  }

  end(window: Window): void {
    const categories = [...this.#categories]
      .sort(([a], [b]) => byCategory(a, b))
      .map(([category, { all, items }]) => ({
        ...{ category, ...statsOf(all) },
        items: [...items]
          .map(([item, { name, counter }]) => ({ item, name, ...statsOf(counter) }))
          .sort((a, b) => b.total - a.total || (a.item < b.item ? -1 : 1)),
      }));
    const instants = [...this.#instants]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([category, { count, reasons }]) => ({ category, count, reasons }));
    this.#done({ categories, instants, window });
  }
}

const statsOf = ({ count, open, mean, min, max, total, outcomes, last }: SpanCounter): Stats => ({
  ...{ count, open, mean, min, max, total, outcomes, last },
});

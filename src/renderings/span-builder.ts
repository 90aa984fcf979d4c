import { expectMethods } from '../check-arguments.ts';
import type { Fact, SpanFact } from '../journal/fact.ts';
import { INSTANTS, SPANS } from '../journal/span-names.ts';
import { idText, mapping, type OpenSpan, SpanPairs } from './pairs.ts';
import { itemListOf } from './plan.ts';
import type { Rendering } from './rendering.ts';
import type { Instant } from './span-data.ts';

/** Names that were given, not found: spans of this category only tell them. */
const ANNOTATION = 'data_annotation';

const NS = 1e6;

/** `Backup` of `condition/Backup`. */
export const nameOf = (item: string): string => item.slice(item.indexOf('/') + 1);

const SECTIONS = ['condition', 'task', 'event'] as const;
/** Which section a category is about, where only its timeline says the item. */
const ABOUT: ReadonlyMap<string, (typeof SECTIONS)[number]> = new Map(
  Object.entries({ ...SPANS, ...INSTANTS }).flatMap(([category, { of }]) => {
    const section = SECTIONS.find((one) => one === of);
    return section ? [[category, section]] : [];
  }),
);

/** The item that a fact is about; columns of a log do not have it apart. */
const itemOfSpan = ({ item, category, timeline }: SpanFact): string | null => {
  const section = ABOUT.get(category);
  if (item !== null || section === undefined) return item;
  const name = mapping(timeline)[section];
  return typeof name === 'string' ? `${section}/${name}` : null;
};

/** Makes spans and instants of facts, in their order, and hands them to a rendering. */
export class SpanBuilder {
  readonly #to: Rendering;
  readonly #pairs: SpanPairs;
  readonly #names = new Map<string, string>();
  #from = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #time: number | undefined;

  constructor(rendering: Rendering) {
    expectMethods('Gatherer', 'rendering', rendering, 'end');
    this.#to = rendering;
    this.#pairs = new SpanPairs({
      draft: (fact) => this.#draft(fact),
      begun: (span) => rendering.begun?.(span),
      ended: (span, at) => rendering.ended?.(span, at),
      lost: (span, at) => rendering.lost?.(span, at),
    });
  }

  /** Names that are given later hold for what comes before them too: the first one of each target, until another is given. */
  foresee(fact: Fact): void {
    const given = fact.kind === 'span' && fact.category === ANNOTATION ? this.#given(fact) : undefined;
    if (given && !this.#names.has(given.target)) this.#names.set(given.target, given.name);
  }

  readonly take = (fact: Fact): void => {
    if (fact.kind !== 'span') {
      this.#see(fact.mono * NS, fact.time);
      if (fact.kind === 'log') this.#to.record?.(fact);
      else if (fact.kind === 'metric' && this.#to.plan) {
        const plan = itemListOf(fact);
        if (plan) this.#to.plan(plan);
      }
      return;
    }
    if (fact.category === ANNOTATION) {
      this.#annotate(fact);
      return;
    }
    this.#see(fact.timestamp, Number.isNaN(fact.time) ? undefined : this.#wallOf(fact));
    if (fact.edge === 'instant') this.#to.instant?.(this.#instant(fact));
    else this.#pairs.take(fact);
  };

  end(): void {
    const some = this.#last >= this.#from;
    const [from, to] = some ? [this.#from, this.#last] : [0, 0];
    this.#pairs.end(to);
    this.#to.end({ from, to, time: this.#time, lost: this.#pairs.lost });
  }

  /**
   * Wall clock of the instant that a fact is about, ms: a span may have begun a moment before it was told. Where no clock is
   * known, since the beginning.
   */
  #wallOf({ time, mono, timestamp }: SpanFact): number {
    return Number.isNaN(time) ? (timestamp - this.#from) / NS : time - (mono - timestamp / NS);
  }

  #see(at: number, time: number | undefined): void {
    if (at < this.#from) {
      this.#from = at;
      this.#time = time;
    }
    if (at > this.#last) this.#last = at;
  }

  /** Its id is `{ target, name }`: from now on the target, an item or an id, goes by that name. */
  #annotate(fact: SpanFact): void {
    const given = this.#given(fact);
    if (given) this.#names.set(given.target, given.name);
  }
  #given({ id, edge }: SpanFact): { readonly target: string; readonly name: string } | undefined {
    if (edge !== 'start' || typeof id !== 'object' || id === null) return undefined;
    const { target, name } = id;
    if (typeof name !== 'string' || target === undefined) return undefined;
    return { target: idText(target as SpanFact['id']), name };
  }

  #nameFor(item: string | null, fact: SpanFact): string {
    if (this.#names.size > 0) {
      const given = this.#names.get(idText(fact.id)) ?? (item === null ? undefined : this.#names.get(item));
      if (given !== undefined) return given;
    }
    return item === null ? fact.category : nameOf(item);
  }

  #draft(fact: SpanFact): OpenSpan {
    const { category, id, cause, run, timestamp, timeline } = fact;
    const item = itemOfSpan(fact);
    return {
      ...{
        category,
        id,
        item,
        name: this.#nameFor(item, fact),
        start: timestamp,
        finish: undefined,
        time: this.#wallOf(fact),
      },
      ...{ cause, run, outcome: undefined, began: mapping(timeline), ended: mapping(undefined) },
    };
  }

  #instant(fact: SpanFact): Instant {
    const { category, cause, run, timestamp, timeline } = fact;
    const item = itemOfSpan(fact);
    const name = this.#nameFor(item, fact);
    return { category, item, name, at: timestamp, time: this.#wallOf(fact), cause, run, timeline: mapping(timeline) };
  }
}

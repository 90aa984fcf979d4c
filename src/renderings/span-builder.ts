import { expectMethod } from '../check-arguments.ts';
import type { Fact, MetricFact, SpanFact, SpanId } from '../journal/fact.ts';
import { INSTANTS, SPANS } from '../journal/span-names.ts';
import type { Rendering } from './rendering.ts';
import type { ItemList, Span } from './span-data.ts';

type Table = Readonly<Record<string, unknown>>;

const tableOf = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** The items of a configuration that a metric record holds; undefined if it does not hold one. */
const itemListOf = ({ hparams, message, item }: MetricFact): ItemList | undefined => {
  if (hparams !== true || item !== null || !('condition' in message || 'task' in message || 'event' in message))
    return undefined;
  const items = (section: string) =>
    Object.entries(tableOf(message[section])).map(([name, of]) => [name, tableOf(of)] as const);
  return {
    conditions: items('condition').map(([name, of]) => ({
      ...{ name, type: text(of.type), tasks: texts(of.tasks) },
      ...{ sequence: of.sequence === true, suspended: of.suspended === true },
    })),
    tasks: items('task').map(([name, of]) => ({ name, type: text(of.type) })),
    events: items('event').map(([name, of]) => ({ name, type: text(of.type), condition: text(of.condition) })),
  };
};

/** Finish events kept while their start event has not come; older ones count as lost. */
const MOST_EARLY = 10_000;

const NOTHING: Readonly<Record<string, unknown>> = {};

/** The attributes of an event as a mapping. */
const mapping = (timeline: unknown): Readonly<Record<string, unknown>> => {
  if (timeline === null || timeline === undefined) return NOTHING;
  return typeof timeline === 'object' && !Array.isArray(timeline)
    ? (timeline as Readonly<Record<string, unknown>>)
    : { value: timeline };
};

/** Sorts the keys of a record, so that equal ids are equal texts. */
const sorted = (id: unknown): unknown =>
  typeof id === 'object' && id !== null && !Array.isArray(id)
    ? Object.fromEntries(Object.entries(id).sort(([a], [b]) => (a < b ? -1 : 1)))
    : id;

/** An id as text; an id that is text stays as it is. */
const idText = (id: SpanId): string => (typeof id === 'string' ? id : JSON.stringify(sorted(id)));

const keyOf = ({ category, id }: SpanFact): string =>
  typeof id === 'string' ? `${category} ${id}` : `${category}\n${idText(id)}`;

/** A span while it is open. */
interface SpanDraft extends Span {
  name: string;
  finish: number | undefined;
  run: string | null;
  outcome: string | undefined;
  ended: Readonly<Record<string, unknown>>;
}

/** Pairs start and finish events by category and id; a finish event may come before its start event. */
class SpanPairs {
  readonly #to: Rendering;
  readonly #open = new Map<string, SpanDraft>();
  readonly #early = new Map<string, SpanFact>();
  #lost = 0;

  constructor(to: Rendering) {
    this.#to = to;
  }

  /** Finish events without a start event, and start events that came again. */
  get lost(): number {
    return this.#lost + this.#early.size;
  }

  start(fact: SpanFact, span: SpanDraft): void {
    const key = keyOf(fact);
    const before = this.#open.get(key);
    if (before) {
      this.#lost += 1;
      this.#open.delete(key);
      this.#to.lost?.(before, Math.max(fact.timestamp, before.start));
    }
    const early = this.#early.get(key);
    this.#to.begun?.(span);
    if (early !== undefined && early.timestamp >= fact.timestamp) {
      this.#early.delete(key);
      this.#end(span, early);
    } else this.#open.set(key, span);
  }

  finish(fact: SpanFact): void {
    const key = keyOf(fact);
    const span = this.#open.get(key);
    if (span) {
      this.#open.delete(key);
      this.#end(span, fact);
      return;
    }
    this.#early.set(key, fact);
    if (this.#early.size <= MOST_EARLY) return;
    this.#early.delete(this.#early.keys().next().value!);
    this.#lost += 1;
  }

  /** Ends all open spans at `to`, monotonic ns, inner ones first. */
  endAll(to: number): void {
    const left = [...this.#open.values()].sort((a, b) => b.start - a.start);
    this.#open.clear();
    for (const span of left) this.#to.ended?.(span, Math.max(to, span.start));
  }

  #end(span: SpanDraft, fact: SpanFact): void {
    span.finish = Math.max(fact.timestamp, span.start);
    span.ended = mapping(fact.timeline);
    const { outcome } = span.ended;
    if (typeof outcome === 'string') span.outcome = outcome;
    // A check gets its run when it is positive.
    span.run ??= fact.run;
    this.#to.ended?.(span, span.finish);
  }
}

/** Spans of this category give names to items and ids. */
const ANNOTATION = 'data_annotation';

const NS = 1e6;

/** `Backup` of `condition/Backup`. */
export const nameOf = (item: string): string => item.slice(item.indexOf('/') + 1);

const SECTIONS = ['condition', 'task', 'event'] as const;
/** The section of the items of a category, for spans whose item is only in their attributes. */
const SECTION_OF: ReadonlyMap<string, (typeof SECTIONS)[number]> = new Map(
  Object.entries({ ...SPANS, ...INSTANTS }).flatMap(([category, { of }]) => {
    const section = SECTIONS.find((one) => one === of);
    return section ? [[category, section]] : [];
  }),
);

/** The item of an event; fetched columns may have it only in the attributes. */
const itemOfSpan = ({ item, category, timeline }: SpanFact): string | null => {
  const section = SECTION_OF.get(category);
  if (item !== null || section === undefined) return item;
  const name = mapping(timeline)[section];
  return typeof name === 'string' ? `${section}/${name}` : null;
};

/** The name that an annotation gives: its id is `{ target, name }`. */
const annotationOf = ({ id, edge }: SpanFact): { readonly target: string; readonly name: string } | undefined => {
  if (edge !== 'start' || typeof id !== 'object' || id === null) return undefined;
  const { target, name } = id;
  if (typeof name !== 'string' || target === undefined) return undefined;
  return { target: idText(target as SpanId), name };
};

/** Makes spans and instants of facts, in their order, and passes them to a rendering. */
export class SpanBuilder {
  readonly #to: Rendering;
  readonly #pairs: SpanPairs;
  readonly #names = new Map<string, string>();
  #from = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #time: number | undefined;

  constructor(rendering: Rendering) {
    expectMethod('SpanBuilder', 'rendering', rendering, 'end');
    this.#to = rendering;
    this.#pairs = new SpanPairs(rendering);
  }

  /** Called with all facts before `take`, so that the first name of each target also holds for earlier spans. */
  readAnnotation(fact: Fact): void {
    const given = fact.kind === 'span' && fact.category === ANNOTATION ? annotationOf(fact) : undefined;
    if (given && !this.#names.has(given.target)) this.#names.set(given.target, given.name);
  }

  readonly take = (fact: Fact): void => {
    if (fact.kind === 'span') {
      this.#takeSpan(fact);
      return;
    }
    this.#see(fact.mono * NS, fact.time);
    if (fact.kind === 'log') this.#to.record?.(fact);
    else if (fact.kind === 'metric' && this.#to.items) {
      const items = itemListOf(fact);
      if (items) this.#to.items(items);
    }
  };

  end(): void {
    const [from, to] = this.#last >= this.#from ? [this.#from, this.#last] : [0, 0];
    this.#pairs.endAll(to);
    this.#to.end({ from, to, time: this.#time, lost: this.#pairs.lost });
  }

  #takeSpan(fact: SpanFact): void {
    if (fact.category === ANNOTATION) {
      const given = annotationOf(fact);
      if (given) this.#names.set(given.target, given.name);
      return;
    }
    this.#see(fact.timestamp, Number.isNaN(fact.time) ? undefined : this.#wallOf(fact));
    if (fact.edge === 'finish') {
      this.#pairs.finish(fact);
      return;
    }
    const { category, id, cause, run, timestamp, timeline } = fact;
    const item = itemOfSpan(fact);
    const name = this.#nameFor(item, fact);
    const time = this.#wallOf(fact);
    if (fact.edge === 'instant')
      this.#to.instant?.({ category, item, name, at: timestamp, time, cause, run, timeline: mapping(timeline) });
    else
      this.#pairs.start(fact, {
        ...{ category, id, item, name, start: timestamp, finish: undefined, time, cause, run },
        ...{ outcome: undefined, began: mapping(timeline), ended: NOTHING },
      });
  }

  /**
   * Wall clock of the event, ms: a span may have begun a moment before it was recorded. Counted from the beginning if the wall
   * clock is not known.
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

  #nameFor(item: string | null, fact: SpanFact): string {
    if (this.#names.size > 0) {
      const given = this.#names.get(idText(fact.id)) ?? (item === null ? undefined : this.#names.get(item));
      if (given !== undefined) return given;
    }
    return item === null ? fact.category : nameOf(item);
  }
}

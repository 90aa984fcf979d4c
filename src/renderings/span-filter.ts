import { expectMethods, expectOptions, TYPES } from '../check-arguments.ts';
import type { Rendering, Selection, Window } from './rendering.ts';
import { nameOf } from './span-builder.ts';
import type { Instant, ItemList, Span } from './span-data.ts';

/** What nothing else is about. */
const SCHEDULER = 'scheduler';

/** Whether a wanted item is meant by `condition/Backup`: as it stands, or by its name. */
const means = (wanted: ReadonlySet<string>, item: string | null): boolean =>
  item === null ? wanted.has(SCHEDULER) : wanted.has(item) || wanted.has(nameOf(item));

const NS = 1e6;

/** Hands on to a rendering what is selected, and remembers what there was to select from. */
export class SpanFilter implements Rendering {
  readonly #to: Rendering;
  readonly #items: ReadonlySet<string> | undefined;
  readonly #categories: ReadonlySet<string> | undefined;
  readonly #from: number;
  readonly #until: number;
  readonly #foundItems = new Set<string>();
  readonly #foundCategories = new Set<string>();
  /** Spans from before the range that may end in it, in order. */
  readonly #held = new Set<Span>();
  /** Spans that are not for the rendering. */
  readonly #left = new Set<Span>();
  #count = 0;
  #planned = false;
  readonly record?: NonNullable<Rendering['record']>;

  constructor(rendering: Rendering, selection: Selection) {
    expectMethods('Selected', 'rendering', rendering, 'end');
    const { texts, number } = TYPES;
    expectOptions('Selected', selection, { items: texts, categories: texts, from: number, to: number });
    const { items, categories, from, to } = selection;
    this.#to = rendering;
    this.#items = items && new Set(items);
    this.#categories = categories && new Set(categories);
    this.#from = from ?? Number.NEGATIVE_INFINITY;
    this.#until = to ?? Number.POSITIVE_INFINITY;
    if (rendering.record)
      this.record = (record) => {
        const about = record.item ?? record.context.item;
        if (this.#inside(record.time, record.time) && (!this.#items || means(this.#items, about)))
          rendering.record?.(record);
      };
  }

  /** How many spans and instants were handed on. */
  get count(): number {
    return this.#count;
  }
  /** Whether the configuration has anything that is selected. */
  get planned(): boolean {
    return this.#planned;
  }
  /** The items and categories there are, selected or not. */
  get found(): { readonly items: readonly string[]; readonly categories: readonly string[] } {
    return { items: [...this.#foundItems], categories: [...this.#foundCategories] };
  }

  items(list: ItemList): void {
    const { conditions, tasks, events } = list;
    const sections = { condition: conditions, task: tasks, event: events };
    for (const [section, items] of Object.entries(sections))
      for (const { name } of items) this.#foundItems.add(`${section}/${name}`);
    const wanted = this.#items ? narrowed(list, this.#items) : list;
    this.#planned = wanted.conditions.length + wanted.tasks.length + wanted.events.length > 0;
    this.#to.items?.(wanted);
  }

  begun(span: Span): void {
    if (!this.#wants(span) || span.time > this.#until) {
      this.#left.add(span);
      return;
    }
    if (span.time < this.#from) {
      this.#held.add(span);
      return;
    }
    this.#reached();
    this.#begin(span);
  }

  ended(span: Span, at: number): void {
    if (this.#goesOn(span, at)) this.#to.ended?.(span, at);
  }

  lost(span: Span, at: number): void {
    if (this.#goesOn(span, at)) this.#to.lost?.(span, at);
  }

  instant(instant: Instant): void {
    if (!this.#wants(instant) || !this.#inside(instant.time, instant.time)) return;
    this.#count += 1;
    this.#to.instant?.(instant);
  }

  /** What is left of the range lies in what there is. */
  simulated(): void {
    this.#to.simulated?.();
  }
  end(window: Window): void {
    const { time } = window;
    if (time === undefined) {
      this.#to.end(window);
      return;
    }
    const at = (wall: number) => window.from + (wall - time) * NS;
    const from = Math.min(Math.max(window.from, at(this.#from)), window.to);
    const to = Math.max(Math.min(window.to, at(this.#until)), from);
    this.#to.end({ ...window, from, to, time: time + (from - window.from) / NS });
  }

  /** Whether a span that is over now was, or is now to be, handed on. */
  #goesOn(span: Span, at: number): boolean {
    if (this.#left.delete(span)) return false;
    if (!this.#held.has(span)) return true;
    if (span.time + (at - span.start) / NS < this.#from) {
      this.#held.delete(span);
      return false;
    }
    this.#reached();
    return true;
  }

  #inside(first: number, last: number): boolean {
    return last >= this.#from && first <= this.#until;
  }

  #wants({ item, category }: Span | Instant): boolean {
    this.#foundCategories.add(category);
    this.#foundItems.add(item ?? SCHEDULER);
    if (this.#categories && !this.#categories.has(category)) return false;
    return !this.#items || means(this.#items, item);
  }

  #begin(span: Span): void {
    this.#count += 1;
    this.#to.begun?.(span);
  }

  /** The range has begun: what is still open touches it. */
  #reached(): void {
    if (this.#held.size === 0) return;
    for (const span of this.#held) this.#begin(span);
    this.#held.clear();
  }
}

/** The wanted items and what they are tied to. */
const narrowed = ({ conditions, tasks, events }: ItemList, wanted: ReadonlySet<string>): ItemList => {
  const is = (section: string, name: string) => means(wanted, `${section}/${name}`);
  const kept = conditions.filter(
    ({ name, tasks: run }) =>
      is('condition', name) ||
      run.some((task) => is('task', task)) ||
      events.some((event) => event.condition === name && is('event', event.name)),
  );
  const run = new Set(kept.filter(({ name }) => is('condition', name)).flatMap((one) => one.tasks));
  const asked = new Set(kept.filter(({ name }) => is('condition', name)).map(({ name }) => name));
  return {
    conditions: kept,
    tasks: tasks.filter(({ name }) => is('task', name) || run.has(name)),
    events: events.filter(({ name, condition }) => is('event', name) || asked.has(condition)),
  };
};

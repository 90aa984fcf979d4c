import { expectMethod, expectOptions, TYPES } from '../check-arguments.ts';
import type { Rendering, Selection, Window } from './rendering.ts';
import { nameOf } from './span-builder.ts';
import type { Instant, ItemList, Span } from './span-data.ts';

/** Selects what belongs to no item. */
const SCHEDULER = 'scheduler';

/** Whether an item such as `condition/Backup` is wanted, by its key or by its name. */
const isWanted = (wanted: ReadonlySet<string>, item: string | null): boolean =>
  item === null ? wanted.has(SCHEDULER) : wanted.has(item) || wanted.has(nameOf(item));

const NS = 1e6;

/** Passes on what is selected, and records which items and categories there are. */
export class SpanFilter implements Rendering {
  readonly #to: Rendering;
  readonly #items: ReadonlySet<string> | undefined;
  readonly #categories: ReadonlySet<string> | undefined;
  readonly #from: number;
  readonly #until: number;
  readonly #foundItems = new Set<string>();
  readonly #foundCategories = new Set<string>();
  /** Spans that started before the range and may end in it, in order. */
  readonly #held = new Set<Span>();
  /** Open spans that are not selected. */
  readonly #skipped = new Set<Span>();
  #count = 0;
  #anyConfigured = false;
  readonly record?: NonNullable<Rendering['record']>;

  constructor(rendering: Rendering, selection: Selection) {
    expectMethod('SpanFilter', 'rendering', rendering, 'end');
    const { texts, number } = TYPES;
    expectOptions('SpanFilter', selection, { items: texts, categories: texts, from: number, to: number });
    const { items, categories, from, to } = selection;
    this.#to = rendering;
    this.#items = items && new Set(items);
    this.#categories = categories && new Set(categories);
    this.#from = from ?? Number.NEGATIVE_INFINITY;
    this.#until = to ?? Number.POSITIVE_INFINITY;
    if (rendering.record)
      this.record = (record) => {
        const item = record.item ?? record.context.item;
        if (this.#inside(record.time) && (!this.#items || isWanted(this.#items, item))) rendering.record?.(record);
      };
  }

  /** How many spans and instants were passed on. */
  get count(): number {
    return this.#count;
  }
  /** Whether the configuration has an item that is selected. */
  get anyConfigured(): boolean {
    return this.#anyConfigured;
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
    const wanted = this.#items ? connected(list, this.#items) : list;
    this.#anyConfigured = wanted.conditions.length + wanted.tasks.length + wanted.events.length > 0;
    this.#to.items?.(wanted);
  }

  begun(span: Span): void {
    if (!this.#isSelected(span) || span.time > this.#until) {
      this.#skipped.add(span);
      return;
    }
    if (span.time < this.#from) {
      this.#held.add(span);
      return;
    }
    this.#releaseHeld();
    this.#begin(span);
  }

  ended(span: Span, at: number): void {
    if (this.#passes(span, at)) this.#to.ended?.(span, at);
  }

  lost(span: Span, at: number): void {
    if (this.#passes(span, at)) this.#to.lost?.(span, at);
  }

  instant(instant: Instant): void {
    if (!this.#isSelected(instant) || !this.#inside(instant.time)) return;
    this.#count += 1;
    this.#to.instant?.(instant);
  }

  simulated(): void {
    this.#to.simulated?.();
  }
  writtenBy(version: string, session?: string): void {
    this.#to.writtenBy?.(version, session);
  }

  /** Limits the range to the recorded time. */
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

  /** Whether the end of a span is passed on; passes on its start if that was held back. */
  #passes(span: Span, at: number): boolean {
    if (this.#skipped.delete(span)) return false;
    if (!this.#held.has(span)) return true;
    if (span.time + (at - span.start) / NS < this.#from) {
      this.#held.delete(span);
      return false;
    }
    this.#releaseHeld();
    return true;
  }

  #inside(time: number): boolean {
    return time >= this.#from && time <= this.#until;
  }

  #isSelected({ item, category }: Span | Instant): boolean {
    this.#foundCategories.add(category);
    this.#foundItems.add(item ?? SCHEDULER);
    if (this.#categories && !this.#categories.has(category)) return false;
    return !this.#items || isWanted(this.#items, item);
  }

  #begin(span: Span): void {
    this.#count += 1;
    this.#to.begun?.(span);
  }

  /** Passes on the spans that are open when the range begins. */
  #releaseHeld(): void {
    if (this.#held.size === 0) return;
    for (const span of this.#held) this.#begin(span);
    this.#held.clear();
  }
}

/** The wanted items, and items that are connected to them. */
const connected = ({ conditions, tasks, events }: ItemList, wanted: ReadonlySet<string>): ItemList => {
  const is = (section: string, name: string) => isWanted(wanted, `${section}/${name}`);
  const kept = conditions.filter(
    ({ name, tasks: run }) =>
      is('condition', name) ||
      run.some((task) => is('task', task)) ||
      events.some((event) => event.condition === name && is('event', event.name)),
  );
  const direct = kept.filter(({ name }) => is('condition', name));
  const run = new Set(direct.flatMap((one) => one.tasks));
  const fired = new Set(direct.map(({ name }) => name));
  return {
    conditions: kept,
    tasks: tasks.filter(({ name }) => is('task', name) || run.has(name)),
    events: events.filter(({ name, condition }) => is('event', name) || fired.has(condition)),
  };
};

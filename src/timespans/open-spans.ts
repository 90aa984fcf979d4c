import { stringify } from '../check-arguments.ts';
import type { Json, SpanId } from '../journal/fact.ts';

/** Spans of one category that may be open at once; beyond it the oldest is taken for one whose finish never comes. */
const MOST_OPEN = 100_000;

type Key = string | number;

/** The same text for the same value, whatever the order of its keys. */
const canonical = (value: Json): string => {
  if (typeof value !== 'object' || value === null) return stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const mapping = value as { readonly [key: string]: Json };
  const keys = Object.keys(mapping).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(mapping[key]!)}`).join()}}`;
};

/** What an id is known by in a map: text and numbers are their own key, records are compared by value. */
const keyOf = (id: Exclude<SpanId, null>): Key => (typeof id === 'object' ? `\u0000${canonical(id)}` : id);

/** One value for each open span, by category and id. A null id names no span: it is never found. */
export class OpenSpans<T> {
  readonly #categories = new Map<string, Map<Key, T>>();
  #size = 0;

  /** Keeps a value; the one before, if there is one, goes. */
  put(category: string, id: SpanId | undefined, value: T): void {
    if (id !== null && id !== undefined) this.#put(category, keyOf(id), value);
  }
  #put(category: string, key: Key, value: T): void {
    let spans = this.#categories.get(category);
    if (spans === undefined) {
      spans = new Map();
      this.#categories.set(category, spans);
    }
    const before = spans.size;
    spans.set(key, value);
    if (spans.size > MOST_OPEN) spans.delete(spans.keys().next().value!);
    this.#size += spans.size - before;
  }

  /** The value, which is no longer here afterwards. */
  take(category: string, id: SpanId | undefined): T | undefined {
    if (id === null || id === undefined) return undefined;
    const spans = this.#categories.get(category);
    if (spans === undefined) return undefined;
    const key = keyOf(id);
    const value = spans.get(key);
    if (value === undefined) return undefined;
    spans.delete(key);
    this.#size -= 1;
    return value;
  }

  /** Gives everything to `other`, changed by `convert`; what becomes undefined is forgotten. */
  moveTo<U>(other: OpenSpans<U>, convert: (value: T) => U | undefined): void {
    for (const [category, spans] of this.#categories) {
      for (const [key, value] of spans) {
        const converted = convert(value);
        if (converted !== undefined) other.#put(category, key, converted);
      }
      spans.clear();
    }
    this.#size = 0;
  }

  /** Each category with the number of its open spans, also those that have none any more. */
  *counts(): Generator<readonly [category: string, open: number]> {
    for (const [category, spans] of this.#categories) yield [category, spans.size];
  }
  /** Everything that is open, by category, oldest first. */
  get values(): T[] {
    return [...this.#categories.values()].flatMap((spans) => [...spans.values()]);
  }
  /** How many are open in all. */
  get size(): number {
    return this.#size;
  }
}

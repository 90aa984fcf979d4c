import { expectFunction } from '../check-arguments.ts';
import type { LogFact } from '../journal/fact.ts';
import type { Rendering, Window } from './rendering.ts';
import type { Instant, ItemList, Span, SpanData } from './span-data.ts';

/** How many of each are kept; the oldest are dropped. */
export interface Limits {
  readonly spans: number;
  readonly instants: number;
  readonly records: number;
}

/** The limits of a page. */
const PAGE_LIMITS: Limits = { spans: 20_000, instants: 20_000, records: 20_000 };

/** Keeps the last n values. Cuts off the rest in batches, because a cut copies the array. */
class LastN<T> {
  readonly #limit: number;
  #kept: T[] = [];
  dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }
  push(value: T): void {
    this.#kept.push(value);
    if (this.#kept.length >= 2 * this.#limit + 64) this.#cut();
  }
  get values(): T[] {
    this.#cut();
    return this.#kept;
  }
  #cut(): void {
    const over = this.#kept.length - this.#limit;
    if (over <= 0) return;
    this.dropped += over;
    this.#kept = this.#kept.slice(over);
  }
}

/** Collects the last spans, instants and records, and passes them on at the end. */
export class LastSpans implements Rendering {
  readonly #spans: LastN<Span>;
  readonly #instants: LastN<Instant>;
  readonly #records: LastN<LogFact>;
  readonly #done: (data: SpanData) => void;
  #items: ItemList | undefined;
  #simulated = false;
  #version: string | undefined;

  constructor(done: (data: SpanData) => void, limits: Limits = PAGE_LIMITS) {
    this.#spans = new LastN(limits.spans);
    this.#instants = new LastN(limits.instants);
    this.#records = new LastN(limits.records);
    expectFunction('LastSpans', 'done', done);
    this.#done = done;
  }

  ended(span: Span): void {
    this.#spans.push(span);
  }
  instant(instant: Instant): void {
    this.#instants.push(instant);
  }
  record(record: LogFact): void {
    this.#records.push(record);
  }
  items(items: ItemList): void {
    this.#items = items;
  }
  simulated(): void {
    this.#simulated = true;
  }
  writtenBy(version: string): void {
    this.#version = version;
  }
  end({ from, to, time }: Window): void {
    const [spans, instants, records] = [this.#spans.values, this.#instants.values, this.#records.values];
    this.#done({
      spans: spans.sort((a, b) => a.start - b.start),
      instants,
      records,
      items: this.#items,
      ...(this.#simulated ? { simulated: true } : {}),
      ...(this.#version === undefined ? {} : { version: this.#version }),
      ...{ from, to, time: time ?? 0 },
      leftOut: { spans: this.#spans.dropped, instants: this.#instants.dropped, records: this.#records.dropped },
    });
  }
}

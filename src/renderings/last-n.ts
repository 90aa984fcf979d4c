import { expectFunction } from '../check-arguments.ts';
import type { LogFact } from '../journal/fact.ts';
import type { Rendering, Window } from './rendering.ts';
import type { Instant, ItemList, Span, SpanData } from './span-data.ts';

/** How much of each is kept, the last ones. */
export interface Limits {
  readonly spans: number;
  readonly instants: number;
  readonly records: number;
}

/** What a page can carry. */
export const PAGE_LIMITS: Limits = { spans: 20_000, instants: 20_000, records: 20_000 };

/** The last ones of many; what is over is cut off now and then, not each time. */
class LastN<T> {
  readonly #most: number;
  #kept: T[] = [];
  dropped = 0;

  constructor(most: number) {
    this.#most = most;
  }
  push(value: T): void {
    this.#kept.push(value);
    if (this.#kept.length >= 2 * this.#most + 64) this.#cut();
  }
  get values(): T[] {
    this.#cut();
    return this.#kept;
  }
  #cut(): void {
    const over = this.#kept.length - this.#most;
    if (over <= 0) return;
    this.dropped += over;
    this.#kept = this.#kept.slice(over);
  }
}

/** Gathers a {@link SpanData} of what is told last, and hands it on in the end. */
export class LastSpans implements Rendering {
  readonly #spans: LastN<Span>;
  readonly #instants: LastN<Instant>;
  readonly #records: LastN<LogFact>;
  readonly #done: (chronicle: SpanData) => void;
  #items: ItemList | undefined;
  #simulated = false;

  constructor(done: (chronicle: SpanData) => void, limits: Limits = PAGE_LIMITS) {
    this.#spans = new LastN(limits.spans);
    this.#instants = new LastN(limits.instants);
    this.#records = new LastN(limits.records);
    expectFunction('Recent', 'done', done);
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
  end({ from, to, time }: Window): void {
    const [spans, instants, records] = [this.#spans.values, this.#instants.values, this.#records.values];
    this.#done({
      spans: spans.sort((a, b) => a.start - b.start),
      instants,
      records,
      items: this.#items,
      ...(this.#simulated ? { simulated: true } : {}),
      ...{ from, to, time: time ?? 0 },
      leftOut: { spans: this.#spans.dropped, instants: this.#instants.dropped, records: this.#records.dropped },
    });
  }
}

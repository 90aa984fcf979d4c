import { expectFunction } from '../expected.ts';
import type { LogFact } from '../journal/fact.ts';
import type { Chronicle, Instant, Plan, Span } from './chronicle.ts';
import type { Rendering, Window } from './rendering.ts';

/** How much of each is kept, the last ones. */
export interface Limits {
  readonly spans: number;
  readonly instants: number;
  readonly records: number;
}

/** What a page can carry. */
export const PAGE_LIMITS: Limits = { spans: 20_000, instants: 20_000, records: 20_000 };

/** The last ones of many; what is over is cut off now and then, not each time. */
class Last<T> {
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

/** Gathers a {@link Chronicle} of what is told last, and hands it on in the end. */
export class Recent implements Rendering {
  readonly #spans: Last<Span>;
  readonly #instants: Last<Instant>;
  readonly #records: Last<LogFact>;
  readonly #done: (chronicle: Chronicle) => void;
  #plan: Plan | undefined;
  #simulated = false;

  constructor(done: (chronicle: Chronicle) => void, limits: Limits = PAGE_LIMITS) {
    this.#spans = new Last(limits.spans);
    this.#instants = new Last(limits.instants);
    this.#records = new Last(limits.records);
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
  plan(plan: Plan): void {
    this.#plan = plan;
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
      plan: this.#plan,
      ...(this.#simulated ? { simulated: true } : {}),
      ...{ from, to, time: time ?? 0 },
      leftOut: { spans: this.#spans.dropped, instants: this.#instants.dropped, records: this.#records.dropped },
    });
  }
}

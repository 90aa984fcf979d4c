import type { TopicEvent } from '../journal/fact.ts';
import type { Dropped } from '../journal/subscribers.ts';
import { onAbort, type SignalOptions } from '../subscription.ts';

/** How events of a topic are read by `for await`. */
export interface EventsOptions extends SignalOptions {
  /** How many events may wait for the loop; beyond that the oldest are dropped. 1 000 if not set. */
  readonly limit?: number | undefined;
}

/** The events of a topic, or other entries, one after the other, for `for await`. */
export interface EventStream<T = TopicEvent | Dropped> extends AsyncIterableIterator<T> {
  /** Ends the stream: events that wait are discarded. */
  return(): Promise<IteratorReturnResult<undefined>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What stands in the place of entries that were dropped. */
export interface Gaps<T> {
  /** How much is lost with an entry. */
  lost(entry: T): number;
  /** The entry that says it. */
  gap(lost: number): T;
}

/** Entries are counted; those that are a gap already count as what they say. */
const BY_NUMBER: Gaps<object> = {
  lost: (entry) => ('dropped' in entry && typeof entry.dropped === 'number' ? entry.dropped : 1),
  gap: (dropped) => ({ dropped }),
};

/** A call of `next` that nothing has come for. */
interface Waiting<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** A queue of entries between what makes them and the loop that reads them. */
export class EventBuffer<T extends object = TopicEvent | Dropped> implements EventStream<T> {
  readonly #limit: number;
  readonly #open: Set<EventBuffer<T>>;
  readonly #gaps: Gaps<T>;
  #forget: () => void = () => {};
  #leave: () => void = () => {};
  #queue: T[] = [];
  readonly #waiting: Waiting<T>[] = [];
  /** What was lost before the first entry that waits. */
  #lost = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** @param open the queues that have not ended, to which it adds itself. @param gaps default: `{ dropped: n }` */
  constructor(
    { limit = 1000, signal }: EventsOptions,
    open: Set<EventBuffer<T>>,
    gaps: Gaps<T> = BY_NUMBER as Gaps<object> as Gaps<T>,
  ) {
    this.#limit = limit;
    this.#open = open;
    this.#gaps = gaps;
    open.add(this);
    this.#forget = onAbort(signal, () => void this.return());
  }

  /** Subscribes; `subscribe` returns how to end that. */
  open(subscribe: (push: (entry: T) => void) => () => void): void {
    const leave = subscribe((entry) => this.#push(entry));
    if (this.#ended) leave();
    else this.#leave = leave;
  }
  #push(entry: T): void {
    if (this.#ended) return;
    const next = this.#waiting.shift();
    if (next) {
      next.resolve({ done: false, value: entry });
      return;
    }
    this.#queue.push(entry);
    if (this.#queue.length > this.#limit) this.#lost += this.#gaps.lost(this.#queue.shift()!);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) return Promise.resolve({ done: false, value: this.#gaps.gap(lost) });
    const entry = this.#queue.shift();
    if (entry) return Promise.resolve({ done: false, value: entry });
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) return Promise.reject(failure.error);
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
  /** No more events: the loop ends after those that wait. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leave();
    this.#forget();
    this.#open.delete(this);
    for (const { resolve } of this.#waiting.splice(0)) resolve(DONE);
  }
  /** No more events: the loop throws this after those that wait. */
  fail(error: unknown): void {
    if (this.#ended) return;
    const next = this.#waiting.shift();
    if (next) next.reject(error);
    else this.#failure = { error };
    this.end();
  }
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#queue = [];
    this.#lost = 0;
    this.#failure = undefined;
    this.end();
    return DONE;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}

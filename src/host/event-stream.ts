import type { TopicEvent } from '../journal/fact.ts';
import type { Dropped } from '../journal/subscribers.ts';
import { onAbort, type SignalOptions } from '../subscription.ts';

/** How events of a topic are read by `for await`. */
export interface EventsOptions extends SignalOptions {
  /** How many events may wait for the loop; beyond that the oldest are dropped. 1 000 if not set. */
  readonly limit?: number | undefined;
}

/** The events of a topic, one after the other, for `for await`. */
export interface EventStream extends AsyncIterableIterator<TopicEvent | Dropped> {
  /** Ends the stream: events that wait are discarded. */
  return(): Promise<IteratorReturnResult<undefined>>;
  [Symbol.asyncDispose](): Promise<void>;
}

type Result = IteratorResult<TopicEvent | Dropped, undefined>;
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** A queue of events between a topic and the loop that reads them. */
export class EventBuffer implements EventStream {
  readonly #limit: number;
  readonly #open: Set<EventBuffer>;
  #forget: () => void = () => {};
  #leave: () => void = () => {};
  #queue: TopicEvent[] = [];
  /** Calls of `next` that no event has come for. */
  readonly #waiting: ((result: Result) => void)[] = [];
  #dropped = 0;
  #ended = false;

  /** @param open the queues that have not ended, to which it adds itself. */
  constructor({ limit = 1000, signal }: EventsOptions, open: Set<EventBuffer>) {
    this.#limit = limit;
    this.#open = open;
    open.add(this);
    this.#forget = onAbort(signal, () => void this.return());
  }

  /** Subscribes; `subscribe` returns how to end that. */
  open(subscribe: (push: (event: TopicEvent | Dropped) => void) => () => void): void {
    const leave = subscribe((event) => this.#push(event));
    if (this.#ended) leave();
    else this.#leave = leave;
  }
  #push(event: TopicEvent | Dropped): void {
    if ('dropped' in event) {
      this.#dropped += event.dropped;
      return;
    }
    const next = this.#waiting.shift();
    if (next) {
      next({ done: false, value: event });
      return;
    }
    this.#queue.push(event);
    if (this.#queue.length <= this.#limit) return;
    this.#queue.shift();
    this.#dropped += 1;
  }

  next(): Promise<Result> {
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) return Promise.resolve({ done: false, value: { dropped } });
    const event = this.#queue.shift();
    if (event) return Promise.resolve({ done: false, value: event });
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  /** No more events: the loop ends after those that wait. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leave();
    this.#forget();
    this.#open.delete(this);
    for (const next of this.#waiting.splice(0)) next(DONE);
  }
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#queue = [];
    this.#dropped = 0;
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

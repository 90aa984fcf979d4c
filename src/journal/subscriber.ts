import { isThenable } from '../contained.ts';
import type { TopicEvent } from './fact.ts';

/** Stands in the place of events that a subscriber was too slow for. */
export interface Dropped {
  /** How many they were. */
  readonly dropped: number;
}

/**
 * Takes the events of a topic, one after the other; may take its time. While more than 1,000 wait, the oldest are dropped, and it gets
 * `{ dropped: n }` in their place. What it throws is contained.
 */
export type TopicHandler = (event: TopicEvent | Dropped) => void | Promise<void>;

/** Events that wait for a slow subscriber; more are dropped, the oldest first. */
const LONGEST_QUEUE = 1000;

interface Waiting {
  readonly event: TopicEvent;
  /** It says that a handler failed. */
  readonly notice: boolean;
}

/** What listens to a topic: gets one event after the other and holds up nothing. */
export class Subscriber {
  readonly handler: TopicHandler;
  readonly #failed: (error: unknown, notice: boolean) => void;
  #queue: Waiting[] = [];
  #busy = false;
  /** The handler has answered with a promise. */
  #pending = false;
  #ending = false;
  #closed = false;
  /** Events it was too slow for, since it was last given their number. */
  #dropped = 0;

  /** @param failed gets what the handler throws or rejects with; `notice`: at an event that says that a handler failed. */
  constructor(handler: TopicHandler, failed: (error: unknown, notice: boolean) => void) {
    this.handler = handler;
    this.#failed = failed;
  }

  push(event: TopicEvent, notice: boolean): void {
    if (this.#ending) return;
    if (!this.#busy) {
      this.#handle(event, notice);
      return;
    }
    if (this.#queue.length === LONGEST_QUEUE) {
      this.#queue.shift();
      this.#dropped += 1;
    }
    this.#queue.push({ event, notice });
  }

  /** Nothing more is handed over. */
  close(): void {
    this.#ending = true;
    this.#closed = true;
    this.#queue = [];
  }

  /** As {@link close}, but what waits is handed over first as long as the handler answers at once. Returns how many are lost. */
  end(): number {
    this.#ending = true;
    while (this.#queue.length > 0 && !this.#pending) this.#turn();
    const lost = this.#queue.length + this.#dropped;
    this.close();
    return lost;
  }

  #handle(event: TopicEvent | Dropped, notice: boolean): void {
    // What it tells itself meanwhile waits.
    this.#busy = true;
    try {
      const done: unknown = this.handler(event);
      if (isThenable(done)) {
        this.#pending = true;
        void this.#await(done, notice);
        return;
      }
    } catch (error) {
      this.#failed(error, notice);
    }
    this.#rest();
  }
  async #await(done: PromiseLike<unknown>, notice: boolean): Promise<void> {
    try {
      await done;
    } catch (error) {
      this.#failed(error, notice);
    }
    this.#pending = false;
    this.#rest();
  }
  /** Each event that has waited gets a turn of the event loop: a handler that tells events itself does not stop the process. */
  #rest(): void {
    if (this.#queue.length === 0) this.#busy = false;
    else setImmediate(() => this.#turn());
  }
  #turn(): void {
    if (this.#closed || this.#pending) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#handle({ dropped }, false);
    else {
      const next = this.#queue.shift();
      if (next) this.#handle(next.event, next.notice);
    }
  }
}

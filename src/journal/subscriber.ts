import { isThenable } from '../call-safely.ts';
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

interface Waiting<Event> {
  readonly event: Event;
  /** It says that a handler failed. */
  readonly notice: boolean;
}

/** What listens to a topic, or to all facts: gets one event after the other and holds up nothing. */
export class Subscriber<Event extends object = TopicEvent> {
  readonly handler: (event: Event | Dropped) => unknown;
  readonly #failed: (error: unknown, notice: boolean) => void;
  #queue: Waiting<Event>[] = [];
  #busy = false;
  /** The handler has answered with a promise. */
  #pending = false;
  #ending = false;
  #closed = false;
  /** Events it was too slow for, since it was last given their number. */
  #dropped = 0;

  /** @param failed gets what the handler throws or rejects with; `notice`: at an event that says that a handler failed. */
  constructor(handler: (event: Event | Dropped) => unknown, failed: (error: unknown, notice: boolean) => void) {
    this.handler = handler;
    this.#failed = failed;
  }

  /** `now`: at once, if nothing waits; else in a later turn of the event loop. */
  push(event: Event, notice: boolean, now = true): void {
    if (this.#ending) return;
    if (now && !this.#busy) {
      this.#handle(event, notice);
      return;
    }
    if (this.#queue.length === LONGEST_QUEUE) {
      this.#queue.shift();
      this.#dropped += 1;
    }
    this.#queue.push({ event, notice });
    if (this.#busy) return;
    this.#busy = true;
    this.#rest();
  }

  /** Nothing more is handed over. */
  close(): void {
    this.#ending = true;
    this.#closed = true;
    this.#queue = [];
  }

  /**
   * As {@link close}, but what waits is handed over first, as long as the handler returns at once; `all`: also while its promises are not
   * settled. Returns how many are lost.
   */
  end(all = false): number {
    this.#ending = true;
    while (this.#queue.length > 0 && (all || !this.#pending)) {
      this.#pending = false;
      this.#turn();
    }
    const lost = this.#queue.length + this.#dropped;
    this.close();
    return lost;
  }

  #handle(event: Event | Dropped, notice: boolean): void {
    // What it tells itself meanwhile waits.
    this.#busy = true;
    try {
      const done = this.handler(event);
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

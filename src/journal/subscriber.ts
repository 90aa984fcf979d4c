import type { TopicEvent } from './fact.ts';

/** Takes the events of a topic; may take its time. What it throws is contained. */
export type TopicHandler = (event: TopicEvent) => void | Promise<void>;

/** Events that wait for a slow subscriber; more are dropped, the oldest first. */
const LONGEST_QUEUE = 1000;

/** One who listens to a topic: gets one event after the other and holds up nobody. */
export class Subscriber {
  readonly #handler: TopicHandler;
  readonly #failed: (error: unknown) => void;
  #queue: TopicEvent[] = [];
  #busy = false;
  #closed = false;
  /** Events it was too slow for. */
  dropped = 0;

  /** @param failed told when the handler throws or rejects. */
  constructor(handler: TopicHandler, failed: (error: unknown) => void) {
    this.#handler = handler;
    this.#failed = failed;
  }

  push(event: TopicEvent): void {
    if (this.#closed) return;
    if (this.#busy) {
      if (this.#queue.length === LONGEST_QUEUE) {
        this.#queue.shift();
        this.dropped += 1;
      }
      this.#queue.push(event);
      return;
    }
    const done = this.#handle(event);
    if (done) void this.#goOn(done);
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
  }

  #handle(event: TopicEvent): Promise<void> | undefined {
    // What it tells itself while it is told is queued.
    this.#busy = true;
    try {
      const done = this.#handler(event);
      if (done instanceof Promise) return done;
    } catch (error) {
      this.#failed(error);
    }
    this.#busy = false;
    return this.#queue.length > 0 ? Promise.resolve() : undefined;
  }

  async #goOn(first: Promise<void>): Promise<void> {
    for (let done: Promise<void> | undefined = first; done !== undefined; ) {
      this.#busy = true;
      await done.catch(this.#failed);
      this.#busy = false;
      const next = this.#queue.shift();
      done =
        next && !this.#closed
          ? (this.#handle(next) ?? (this.#queue.length > 0 ? Promise.resolve() : undefined))
          : undefined;
    }
  }
}

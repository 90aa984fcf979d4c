/** Events that wait for a plugin at the most; more are dropped, the oldest first. */
const MOST_WAITING = 1000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What gets one event after the other, each in a turn of the event loop of its own, so that no tick waits for it. */
export class EventQueue<Event extends object> {
  readonly #ready: Promise<unknown>;
  readonly #give: (event: Event) => unknown;
  readonly #missed: (dropped: number) => unknown;
  #waiting: Event[] = [];
  #dropped = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  /**
   * @param ready what the first event waits for; it does not reject. @param give takes an event, and does not throw. @param missed takes the
   * number of events that were dropped, in their place
   */
  constructor(ready: Promise<unknown>, give: (event: Event) => unknown, missed: (dropped: number) => unknown) {
    this.#ready = ready;
    this.#give = give;
    this.#missed = missed;
  }

  push(event: Event): void {
    if (this.#closed) return;
    if (this.#waiting.length === MOST_WAITING) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#waiting.push(event);
    this.#running ??= this.#run();
  }

  /** Resolves when all that waits is given. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** What waits is not given any more. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  async #run(): Promise<void> {
    await this.#ready;
    await turn();
    while (this.#waiting.length > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      await (dropped > 0 ? this.#missed(dropped) : this.#give(this.#waiting.shift()!));
      await turn();
    }
    this.#running = undefined;
  }
}

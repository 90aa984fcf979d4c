/** What starts may take of one turn of the event loop, ms. */
const TURN_MS = 5;

/**
 * Spreads work that holds up everything else over turns of the event loop. Work of one owner is done in the order in which it
 * comes; owners take turns, so that one with very much work does not delay the others.
 */
export class FairQueue {
  /** The work that waits, by owner. The one at the front is next. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #now: () => number;
  #spent = 0;
  #scheduled = false;

  /** @param now monotonic ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Does it at once, or in one of the next turns when this one has had enough. What it throws is thrown. */
  run<T>(work: () => T, owner = ''): T | Promise<T> {
    if (this.#waiting.size === 0 && this.#spent < TURN_MS) return this.#timed(work);
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(owner) ?? [];
      this.#waiting.set(owner, queue);
      queue.push(() => {
        try {
          resolve(this.#timed(work));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  #timed<T>(work: () => T): T {
    this.#schedule();
    const began = this.#now();
    try {
      return work();
    } finally {
      this.#spent += this.#now() - began;
    }
  }

  /** Takes the oldest work of the owner at the front, which goes to the end. */
  #take(): (() => void) | undefined {
    for (const [owner, queue] of this.#waiting) {
      this.#waiting.delete(owner);
      const work = queue.shift();
      if (queue.length > 0) this.#waiting.set(owner, queue);
      return work;
    }
    return undefined;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#spent = 0;
      while (this.#spent < TURN_MS) {
        const work = this.#take();
        if (!work) return;
        work();
      }
      if (this.#waiting.size > 0) this.#schedule();
    });
  }
}

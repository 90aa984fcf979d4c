/** What starts may take of one turn of the event loop, ms. */
const TURN_MS = 5;

/** Spreads work that holds up everything else over turns of the event loop, in the order in which it comes. */
export class Spread {
  readonly #waiting: (() => void)[] = [];
  readonly #now: () => number;
  #spent = 0;
  #scheduled = false;

  /** @param now monotonic ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Does it at once, or in one of the next turns when this one has had enough. What it throws is thrown. */
  do<T>(work: () => T): T | Promise<T> {
    if (this.#waiting.length === 0 && this.#spent < TURN_MS) return this.#timed(work);
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
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

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#spent = 0;
      let done = 0;
      while (done < this.#waiting.length && this.#spent < TURN_MS) this.#waiting[done++]!();
      this.#waiting.splice(0, done);
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}

import type { Clock } from '../../src/core/ports.ts';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  wake(): void;
}

/** One turn of the real event loop: everything that is ready by then has run. */
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that moves only when a test says so. Both clocks count in ms; the wall clock can be set apart from the other. */
export class VirtualClock implements Clock {
  #mono = 1000;
  #offset: number;
  #order = 0;
  #sleepers: Sleeper[] = [];
  #turns: (() => void)[] = [];
  readonly #outside = new Set<Promise<unknown>>();
  readonly #lateness: () => number;

  /** @param wall what the wall clock shows at first. @param lateness how many ms a sleep takes longer than asked for. */
  constructor(wall: number, lateness: () => number = () => 0) {
    this.#offset = wall - this.#mono;
    this.#lateness = lateness;
  }

  wall(): number {
    return this.#mono + this.#offset;
  }
  mono(): number {
    return this.#mono;
  }
  /** How many sleep at the moment. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = {
        at: this.#mono + Math.max(0, Math.ceil(ms)) + this.#lateness(),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', sleeper.wake);
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          resolve();
        },
      };
      signal?.addEventListener('abort', sleeper.wake);
      this.#sleepers.push(sleeper);
    });
  }
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#turns.push(resolve);
    });
  }

  /** Work in the real world, such as a module being loaded, that virtual time has to wait for. */
  waitFor<T>(work: Promise<T>): Promise<T> {
    const done = work.finally(() => this.#outside.delete(done)).catch(() => {});
    this.#outside.add(done);
    return work;
  }

  /** Everything that is ready gets its turn; no time passes. */
  async settle(): Promise<void> {
    for (;;) {
      await turnOfTheLoop();
      if (this.#outside.size > 0) {
        await Promise.all(this.#outside);
      } else if (this.#turns.length > 0) {
        const turns = this.#turns;
        this.#turns = [];
        for (const go of turns) go();
      } else return;
    }
  }

  /** Lets time pass and wakes the sleepers in order; what is ready settles before each step. */
  async advance(ms: number): Promise<void> {
    const end = this.#mono + ms;
    for (;;) {
      await this.settle();
      const next = this.#first();
      if (!next || next.at > end) break;
      this.#mono = Math.max(this.#mono, next.at);
      next.wake();
    }
    this.#mono = end;
  }

  /** Sets the wall clock, forward or back; the monotonic one does not notice. */
  stepWall(ms: number): void {
    this.#offset += ms;
  }

  #first(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (!first || sleeper.at < first.at || (sleeper.at === first.at && sleeper.order < first.order)) first = sleeper;
    }
    return first;
  }
}

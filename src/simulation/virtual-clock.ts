import { Heap } from '../core/heap.ts';
import type { Clock } from '../core/ports.ts';

interface Sleeper {
  wake(): void;
}

/** Lets everything that is ready run: promises settle before an immediate is served. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A clock that moves only when it is told to. It waits until everything that is ready has run, then jumps to the next
 * sleeper: a day of the whole daemon takes a fraction of a second, and two runs are equal.
 */
export class VirtualClock implements Clock {
  #mono = 0;
  #offset: number;
  #order = 0;
  readonly #sleepers = new Heap<Sleeper>();

  /** @param wall where the wall clock begins, in ms since 1970. */
  constructor(wall: number) {
    this.#offset = wall;
  }

  wall(): number {
    return this.#offset + this.#mono;
  }
  mono(): number {
    return this.#mono;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = {
        wake: () => {
          sleeper.wake = () => {};
          // A listener left behind makes a long simulation many times slower.
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = () => sleeper.wake();
      signal?.addEventListener('abort', onAbort, { once: true });
      // Equal instants are served in the order they were asked for.
      this.#order += 1;
      this.#sleepers.push(this.#mono + Math.max(0, ms), this.#order, sleeper);
    });
  }
  turn(): Promise<void> {
    return Promise.resolve();
  }

  /** Sets the wall clock forward or back; the monotonic clock does not notice. */
  stepWall(ms: number): void {
    this.#offset += ms;
  }

  /** Moves both clocks on by `ms`, waking the sleepers on the way, each at its instant. */
  async advance(ms: number): Promise<void> {
    const end = this.#mono + ms;
    await settle();
    for (let first = this.#sleepers.first; first !== undefined && first.at <= end; first = this.#sleepers.first) {
      this.#mono = Math.max(this.#mono, first.at);
      // One at a time: what it does comes before the next one wakes.
      this.#sleepers.pop();
      first.value.wake();
      await settle();
    }
    this.#mono = end;
  }

  /** Moves the clocks on as a machine that did not run meanwhile: sleepers wake late, after the gap. */
  async freeze(ms: number): Promise<void> {
    await settle();
    this.#mono += ms;
    await settle();
  }
}

import type { EndSignal } from '../core/end-signal.ts';
import type { Clock } from '../core/ports.ts';
import { Heap } from '../core/timer-queue.ts';

interface Sleeper {
  awake: boolean;
  wake(): void;
}

/** One turn of the real event loop: everything that is ready by then has run. */
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A clock that moves only by `advance`. It waits until everything that is ready has run, then jumps to the next sleeper: a
 * simulated day takes a fraction of a second, and two runs are equal. Both clocks count in ms.
 */
export class VirtualClock implements Clock {
  steady: boolean;
  #asleep = 0;
  #moved = new AbortController();
  #mono = 1000;
  #offset: number;
  #order = 0;
  #turns: (() => void)[] = [];
  readonly #sleepers = new Heap<Sleeper>();
  readonly #outside = new Set<Promise<unknown>>();
  readonly #lateness: () => number;

  /**
   * @param wall what the wall clock shows at first. @param lateness how many ms a sleep takes longer than asked for.
   * @param steady the wall clock will not be set.
   */
  constructor(wall: number, lateness: () => number = () => 0, steady = false) {
    this.#offset = wall - this.#mono;
    this.#lateness = lateness;
    this.steady = steady;
  }

  wall(): number {
    return this.#offset + this.#mono;
  }
  mono(): number {
    return this.#mono;
  }
  sleep(ms: number, signal?: EndSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = {
        awake: false,
        wake: () => {
          sleeper.awake = true;
          // A listener that is not removed makes a long simulation many times slower.
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      signal?.addEventListener('abort', sleeper.wake);
      // Equal instants are served in the order of the calls.
      this.#order += 1;
      this.#sleepers.push(this.#mono + Math.max(0, ms) + this.#lateness(), this.#order, sleeper);
    });
  }
  /** The time that has passed, with that asleep. */
  elapsed(): number {
    return this.#mono + this.#asleep;
  }
  /** Sleeps until an instant of the wall clock, also if that is set meanwhile. */
  async reach(wall: number, signal: AbortSignal): Promise<void> {
    while (this.wall() < wall && !signal.aborted)
      await this.sleep(wall - this.wall(), AbortSignal.any([signal, this.#moved.signal]));
  }
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#turns.push(resolve);
    });
  }

  /** Real work, such as reading a file, that virtual time has to wait for. */
  waitFor<T>(work: Promise<T>): Promise<T> {
    const done = work.finally(() => this.#outside.delete(done)).catch(() => {});
    this.#outside.add(done);
    return work;
  }

  /** Runs everything that is ready; no time passes. */
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

  /** Lets time pass by `ms` on both clocks and wakes the sleepers on the way, each at its instant. */
  async advance(ms: number): Promise<void> {
    const end = this.#mono + ms;
    await this.settle();
    for (let first = this.#sleepers.first; first !== undefined && first.at <= end; first = this.#sleepers.first) {
      this.#sleepers.pop();
      if (first.value.awake) continue;
      this.#mono = Math.max(this.#mono, first.at);
      // One at a time: what it does comes before the next one wakes.
      first.value.wake();
      await this.settle();
    }
    this.#mono = end;
  }

  /** Sets the wall clock forward or back; the monotonic one does not notice. */
  stepWall(ms: number): void {
    this.#offset += ms;
    this.#moved.abort('moved');
    this.#moved = new AbortController();
  }

  /** The machine sleeps: the wall clock goes on, the monotonic one does not. */
  suspend(ms: number): void {
    this.#asleep += Math.max(0, ms);
    this.stepWall(Math.max(0, ms));
  }

  /** Lets time pass by `ms` without anything running meanwhile (a stopped process): sleepers wake after it. */
  freeze(ms: number): void {
    this.#mono += ms;
  }
}

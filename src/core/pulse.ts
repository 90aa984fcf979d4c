import type { Clock } from './ports.ts';

/** The planned instants of one tick, in ms on both clocks: a late tick is still the tick it was meant to be. */
export interface Beat {
  readonly wall: number;
  readonly mono: number;
}

/** A daemon with nothing due looks at the wall clock this often, to notice that it was set. */
const LONGEST_SLEEP_MS = 60_000;
/** How much later than planned on the wall clock a tick may be before the monotonic clock decides. */
const SLACK_MS = 100;

/**
 * The ticks: at wall-clock multiples of the tick length, waited for on the monotonic clock, so that a clock that is set back
 * stops nothing. Lost ticks are skipped, not bunched. Ticks with nothing to do are slept over.
 */
export class Pulse {
  readonly #clock: Clock;
  readonly #tickMs: number;
  /** Milliseconds until there is something to do; 0: every tick has. */
  readonly #need: () => number;
  #wake = new AbortController();
  #target: Beat;
  #sleepsLong = false;

  constructor(clock: Clock, tickMs: number, need: () => number) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#need = need;
    this.#target = this.#plan();
  }

  /** Resolves at the next tick that has something to do, or with undefined when it was stirred before. */
  async next(): Promise<Beat | undefined> {
    const clock = this.#clock;
    // Stirred while nobody was waiting.
    if (this.#wake.signal.aborted && clock.wall() < this.#target.wall) this.#target = this.#plan();
    this.#wake = new AbortController();
    for (;;) {
      const left = Math.min(this.#target.wall - clock.wall(), this.#target.mono - clock.mono());
      if (left <= 0) break;
      await clock.sleep(Math.min(left, LONGEST_SLEEP_MS), this.#wake.signal);
      if (this.#wake.signal.aborted && clock.wall() < this.#target.wall) {
        this.#target = this.#plan();
        return undefined;
      }
    }
    const now = clock.wall();
    const wall = Math.floor(now / this.#tickMs) * this.#tickMs;
    this.#sleepsLong = false;
    return { wall, mono: clock.mono() - (now - wall) };
  }

  /** The tick is done: plans the one after it. */
  done(): void {
    this.#target = this.#plan();
  }

  /** Ends the sleep: something changed that it depends on. */
  stir(): void {
    this.#wake.abort();
  }

  /** Something may be due earlier; only a sleep over several ticks can be too long for that. */
  touch(): void {
    if (this.#sleepsLong) this.#wake.abort();
  }

  /** The next tick with something to do, on both clocks. */
  #plan(): Beat {
    const wall = this.#clock.wall();
    const mono = this.#clock.mono();
    const next = (Math.floor(wall / this.#tickMs) + 1) * this.#tickMs;
    const idle = Math.min(this.#need(), Math.max(LONGEST_SLEEP_MS, this.#tickMs));
    const target = Math.max(next, Math.ceil((wall + idle) / this.#tickMs) * this.#tickMs);
    this.#sleepsLong = target > next;
    return { wall: target, mono: mono + (target - wall) + SLACK_MS };
  }
}

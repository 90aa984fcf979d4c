import type { Clock } from './ports.ts';
import type { SetBack } from './time-change.ts';

/** Less is what ticks and two readings of the clocks can differ by. */
const LEAST_MS = 1000;

/** Notices that the wall clock was set back, by the monotonic clock. Forward is a gap like any other. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #started: number;
  readonly #elapsedAtStart: number;
  #wall: number;
  #mono: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.wall();
    this.#mono = clock.mono();
    this.#started = this.#wall;
    this.#elapsedAtStart = this.#elapsed();
  }

  /** Looks at the clocks, and returns what happened since the last look, if the wall clock was set back. */
  look(): SetBack | undefined {
    const [wall, mono] = [this.#clock.wall(), this.#clock.mono()];
    const [before, passed] = [this.#wall, mono - this.#mono];
    [this.#wall, this.#mono] = [wall, mono];
    const from = before + passed;
    return from - wall < LEAST_MS ? undefined : { from, to: wall, since: wall - passed, limit: this.undisturbed };
  }

  /** What the wall clock would show if it had never been set since the start, ms. */
  get undisturbed(): number {
    return this.#started + this.#elapsed() - this.#elapsedAtStart;
  }

  #elapsed(): number {
    return this.#clock.elapsed?.() ?? this.#clock.mono();
  }
}

import type { ClockChange } from './instance.ts';
import type { Clock } from './ports.ts';

/** The clock was set back by more than this: it was wrong before, and the new time counts at once, as in cron. */
export const CORRECTION_MS = 3 * 3_600_000;

/** Less is what ticks and two readings of the clocks can differ by. */
const LEAST_MS = 1000;

/** Notices that the wall clock was set: back by the monotonic clock, forward by the time that counts while the machine is asleep. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #onWake: () => void;
  readonly #started: number;
  readonly #elapsedAtStart: number;
  #wall: number;
  /** When the clocks were looked at last, monotonic ms. */
  lookedAt: number;
  /** How far the wall clock was ahead of {@link undisturbed} when it was set last. */
  #ahead = 0;

  /** @param onWake called when the machine was asleep since the last look. */
  constructor(clock: Clock, onWake: () => void = () => {}) {
    this.#clock = clock;
    this.#onWake = onWake;
    this.#wall = clock.wall();
    this.lookedAt = clock.mono();
    this.#started = this.#wall;
    this.#elapsedAtStart = this.#elapsed();
  }

  /** Looks at the clocks, and returns what happened since the last look, if the wall clock was set. */
  look(): ClockChange | undefined {
    const [wall, mono] = [this.#clock.wall(), this.#clock.mono()];
    const [before, passed] = [this.#wall, mono - this.lookedAt];
    [this.#wall, this.lookedAt] = [wall, mono];
    const from = before + passed;
    // What counts the time asleep is a file to be read: only where there is a gap.
    if (Math.abs(from - wall) < LEAST_MS) return undefined;
    const limit = this.undisturbed;
    const [ahead, was] = [wall - limit, this.#ahead];
    this.#ahead = ahead;
    if (wall < from) return { kind: 'set-back', from, to: wall, since: wall - passed, limit };
    if (ahead - was < LEAST_MS) {
      this.#onWake();
      return undefined;
    }
    return { kind: 'set-forward', from: limit + was, to: wall };
  }

  /** What the wall clock would show if it had never been set since the start, ms. */
  get undisturbed(): number {
    return this.#started + this.#elapsed() - this.#elapsedAtStart;
  }

  #elapsed(): number {
    return this.#clock.elapsed?.() ?? this.#clock.mono();
  }
}

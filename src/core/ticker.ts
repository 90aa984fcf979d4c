import { EndController } from './end-signal.ts';
import type { Clock } from './ports.ts';

/** The planned instants of one tick, in ms on both clocks: a late tick is still the tick it was meant to be. */
export interface Tick {
  readonly wall: number;
  readonly mono: number;
}

/** A tick that begins now, so many ms after its planned instants. */
export interface StartedTick extends Tick {
  readonly lateMs: number;
}

interface Timers {
  /** Whether something waits for an instant of the wall clock. */
  readonly watchesWall: boolean;
}

/** A daemon with nothing due looks at the wall clock this often, to notice that it was set; every tick, if something waits for it. */
const LONGEST_SLEEP_MS = 60_000;
/** Why a sleep ends early. */
const WOKEN = 'woken';
/** With a steady clock nothing is due as late as this. */
const FAR_MS = 366 * 86_400_000;
/** How much later than planned on the wall clock a tick may be before the monotonic clock decides. */
const SLACK_MS = 100;

/**
 * The ticks: at wall-clock multiples of the tick length, waited for on the monotonic clock, so that a clock that is set back
 * stops nothing. Lost ticks are skipped, not bunched. Ticks with nothing to do are slept over.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #tickMs: number;
  /** Milliseconds until there is something to do, from these instants on; 0: every tick has. */
  readonly #need: (wall: number, mono: number) => number;
  readonly #timers: readonly Timers[];
  /** Called whenever the clocks are looked at. */
  readonly #look: () => void;
  #wake = new EndController();
  #target: Tick;
  #sleepsLong = false;
  /** How long the sleep in progress leaves the wall clock out of sight at the most, in ms. */
  #asleep = 0;

  constructor(
    clock: Clock,
    tickMs: number,
    need: (wall: number, mono: number) => number,
    timers: readonly Timers[],
    look: () => void = () => {},
  ) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#need = need;
    this.#timers = timers;
    this.#look = look;
    this.#target = this.#plan();
  }

  /** Resolves at the next tick that has something to do, or with undefined when it was woken before. */
  async next(): Promise<StartedTick | undefined> {
    const clock = this.#clock;
    // Woken while nothing was waiting.
    if (this.#wake.aborted && !this.#planAgain()) this.#wake = new EndController();
    for (;;) {
      this.#look();
      const before = clock.wall();
      const mono = clock.mono();
      const left = Math.min(this.#target.wall - before, this.#target.mono - mono);
      if (left <= 0) {
        this.#sleepsLong = false;
        const wall = Math.floor(before / this.#tickMs) * this.#tickMs;
        const lateMs = before - wall;
        return { wall, mono: mono - lateMs, lateMs };
      }
      this.#asleep = this.#longest();
      await this.#wait(left);
      if (this.#wake.aborted && this.#planAgain()) return undefined;
      // The clock was set back: whatever waits for it is asked again at the next tick.
      if (this.#sleepsLong && clock.wall() < before) {
        const now = clock.wall();
        const earlier = this.#at(this.#tickAfter(now), now, clock.mono());
        this.#target = { wall: earlier.wall, mono: Math.min(earlier.mono, this.#target.mono) };
      }
    }
  }

  /** The tick is done: plans the one after it. */
  done(): void {
    this.#target = this.#plan();
  }

  /** Ends the sleep: something changed that it depends on. */
  wake(): void {
    this.#wake.abort(WOKEN);
  }

  /** Something may be due earlier, or wait for the wall clock; only a sleep over several ticks can be too long for that. */
  reconsider(): void {
    if (!this.#sleepsLong || this.#wake.aborted) return;
    const next = this.#next(this.#clock.wall(), this.#clock.mono());
    if (next < this.#target.wall || this.#longest() < this.#asleep) this.#wake.abort(WOKEN);
  }

  /** Waits for at most `left` ms: asleep, and the last moments awake, so that the tick begins on time. */
  async #wait(left: number): Promise<void> {
    const lead = this.#clock.leadMs ?? 0;
    if (left <= lead) await this.#clock.turn();
    else await this.#clock.sleep(Math.min(left - lead, this.#asleep), this.#wake);
  }

  /** How long the wall clock may be left out of sight, in ms. */
  #longest(): number {
    if (this.#clock.steady) return Number.POSITIVE_INFINITY;
    return this.#timers.some(({ watchesWall }) => watchesWall)
      ? Math.min(this.#tickMs, LONGEST_SLEEP_MS)
      : LONGEST_SLEEP_MS;
  }

  /** Plans the next tick anew, if the one that is planned is still to come. Returns whether it is. */
  #planAgain(): boolean {
    if (this.#clock.wall() >= this.#target.wall) return false;
    this.#wake = new EndController();
    this.#target = this.#plan();
    return true;
  }

  /** The next tick with something to do, on both clocks. */
  #plan(): Tick {
    const wall = this.#clock.wall();
    const mono = this.#clock.mono();
    const target = this.#next(wall, mono);
    this.#sleepsLong = target > this.#tickAfter(wall);
    return this.#at(target, wall, mono);
  }

  /** A tick on both clocks, by what they show. */
  #at(target: number, wall: number, mono: number): Tick {
    return { wall: target, mono: mono + (target - wall) + SLACK_MS };
  }

  #tickAfter(wall: number): number {
    return (Math.floor(wall / this.#tickMs) + 1) * this.#tickMs;
  }

  /** The tick at which there is something to do, wall-clock ms. */
  #next(wall: number, mono: number): number {
    const idle = Math.min(
      this.#need(wall, mono),
      this.#clock.steady ? FAR_MS : Math.max(LONGEST_SLEEP_MS, this.#tickMs),
    );
    return Math.max(this.#tickAfter(wall), Math.ceil((wall + idle) / this.#tickMs) * this.#tickMs);
  }
}

/** From `at` (ns) on the wall clock is `offset` ms ahead of where the monotonic clock would have it. */
export type PackedStep = readonly [at: number, offset: number];

/** What the clock of a page is made from. */
export interface ClockData {
  /** Steps of the wall clock; the first one is at 0. */
  readonly steps: readonly PackedStep[];
  /** Wall clock of the beginning, ms since 1970. */
  readonly time: number;
  /** The zone in which times are shown, such as `Europe/Rome`. */
  readonly zone: string;
}

/** A tick of the axis. */
interface AxisTick {
  /** ns since the beginning. */
  readonly at: number;
  readonly label: string;
}

const [S, M, H, D] = [1000, 60_000, 3_600_000, 86_400_000];
const STEPS = [
  ...[0.001, 0.01, 0.1, 1, 10, 100],
  ...[S, 5 * S, 15 * S, 30 * S, M, 5 * M, 15 * M, 30 * M],
  ...[H, 3 * H, 6 * H, 12 * H, D, 7 * D, 28 * D, 91 * D, 364 * D],
] as const;

/** The zone does not change its offset within this long, ms. */
const QUARTER = 900_000;

/** Wall-clock times in the zone where the page was made, with the steps of its clock. */
export class WallClock {
  readonly #data: ClockData;
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(data: ClockData) {
    this.#data = data;
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
    const options = { ...parts, second: '2-digit', hourCycle: 'h23' } as const;
    try {
      this.#format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: data.zone });
    } catch {
      // The browser does not know the zone.
      this.#format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
    }
  }

  /** Wall clock, ms since 1970, of an instant in ns since the beginning. */
  at(ns: number): number {
    const { steps, time } = this.#data;
    const offset = steps.findLast(([from]) => from <= ns)?.[1] ?? 0;
    return time + ns / 1e6 + offset;
  }

  /** Offset of the zone from UTC, ms. */
  #offset(ms: number): number {
    const quarter = Math.floor(ms / QUARTER);
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      const instant = quarter * QUARTER;
      const part = Object.fromEntries(
        this.#format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
      );
      offset = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) - instant;
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }

  /** `2026-03-29T02:30:00.123`, local. */
  #local(ms: number): string {
    return new Date(ms + this.#offset(ms)).toISOString().slice(0, -1);
  }

  /** `2026-03-29 02:30:00.123`, of wall-clock ms. */
  text(ms: number): string {
    return this.#local(ms).replace('T', ' ');
  }

  /** `2026-03-29`. */
  day(ms: number): string {
    return this.#local(ms).slice(0, 10);
  }

  /** `02:30:00.123`. */
  time(ms: number): string {
    return this.#local(ms).slice(11);
  }

  #label(ms: number, step: number): string {
    const local = this.#local(ms);
    if (step >= D || local.endsWith('T00:00:00.000')) return local.slice(5, 10);
    if (step >= M) return local.slice(11, 16);
    if (step >= S) return local.slice(11, 19);
    if (step >= 1) return local.slice(11, 23);
    return `+${Math.round((ms - Math.floor(ms)) * 1000)} us`;
  }

  /** Ticks at round local times, at most `most` of them. */
  ticks(from: number, to: number, most: number): AxisTick[] {
    const step = STEPS.find((one) => (to - from) / 1e6 / one <= most) ?? STEPS.at(-1)!;
    const { steps } = this.#data;
    const ticks: AxisTick[] = [];
    for (const [i, [begin, offset]] of steps.entries()) {
      const end = steps[i + 1]?.[0];
      const first = Math.max(from, i === 0 ? from : begin);
      const last = Math.min(to, end ?? to);
      if (first >= last) continue;
      // At a step the new time counts. A tick in the hour that summer time skips would repeat the next one.
      for (const tick of this.#ticksBetween(first, last, offset, step, most * 2 + 4))
        if (tick.at !== end && tick.at > (ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) ticks.push(tick);
    }
    return ticks;
  }

  /** Ticks in a range without a step of the wall clock. */
  *#ticksBetween(first: number, last: number, offset: number, step: number, most: number): Generator<AxisTick> {
    const zero = this.#data.time + offset;
    const start = zero + first / 1e6;
    let local = Math.ceil((start + this.#offset(start)) / step) * step;
    for (let i = 0; i <= most; i += 1, local += step) {
      const ms = local - this.#offset(local - this.#offset(local));
      const at = (ms - zero) * 1e6;
      if (at > last) return;
      if (at >= first) yield { at, label: this.#label(ms, step) };
    }
  }

  /** Steps of the wall clock: where, ns since the beginning, and by how much, ms. */
  get steps(): readonly { readonly at: number; readonly by: number }[] {
    const { steps } = this.#data;
    return steps.slice(1).map(([at, offset], i) => ({ at, by: offset - steps[i]![1] }));
  }
}

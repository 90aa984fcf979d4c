import type { Firing } from '../../core/instance.ts';
import type { ConditionWindow } from './condition-window.ts';
import type { Holidays } from './day-pattern.ts';
import { firings, type Instants, instantCounter, instantsOf } from './instants.ts';
import type { TimeFields } from './specification.ts';
import type { Calendar } from './time-condition.ts';
import type { CountableInstants } from './time-ranges.ts';
import { type TimeWindow, timeWindow } from './time-window.ts';
import type { Zone } from './zone.ts';

/** The instants of each specification. What follows from the sun is imported only where one has it. @throws Error that says what is wrong */
export const compileInstants = async (
  specifications: readonly TimeFields[],
  timezone: string | undefined,
  holidays?: Holidays,
): Promise<readonly Instants[]> => {
  const hasSun = specifications.some(({ sun }) => sun !== undefined);
  const sun = hasSun ? (await import('./sun-instants.ts')).sunInstants : undefined;
  return specifications.map((fields) => instantsOf(fields, timezone, { holidays, sun }));
};

/**
 * Instants and a window that do not meet are searched for so long: at least so many openings and so many ms, and at most so many
 * openings, as those of a window of seconds have no end.
 */
const LEAST_OPENINGS = 5000;
const LEAST_MS = 1500 * 86_400_000;
const MOST_OPENINGS = 50_000;

/** Whether what is searched for within a window will not be found. @param openings that were looked at in vain @param ms how far ahead */
export const isSearchedEnough = (openings: number, ms: number): boolean =>
  openings > MOST_OPENINGS || (openings > LEAST_OPENINGS && ms > LEAST_MS);

/** The instants that are within a window. */
function* open(specifications: readonly Instants[], window: ConditionWindow, from: number): Generator<Firing, void> {
  let outside = 0;
  let met = from;
  for (let start: number | undefined = from; start !== undefined; outside++) {
    if (isSearchedEnough(outside, start - met)) return;
    const begin: number = start;
    start = undefined;
    for (const firing of firings(specifications, begin)) {
      const opens = window.opens(firing.at);
      if (opens === firing.at) {
        outside = 0;
        met = firing.at;
        yield firing;
      } else {
        start = opens === undefined ? undefined : opens - 1;
        break;
      }
    }
  }
}

/** The instants of several specifications in order, and how many there are: those within the window, if there is one. */
export class InstantsWithin implements CountableInstants {
  readonly specifications: readonly Instants[];
  readonly #zone: Zone;
  readonly #within: ConditionWindow | undefined;
  /** Most are never counted. */
  #counter: ReturnType<typeof instantCounter> | undefined;

  constructor(specifications: readonly Instants[], zone: Zone, within: ConditionWindow | undefined) {
    this.specifications = specifications;
    this.#zone = zone;
    this.#within = within;
  }
  firings(from: number): Iterable<Firing> {
    const window = this.#within;
    return window === undefined ? firings(this.specifications, from) : open(this.specifications, window, from);
  }
  count(from: number, to: number): number {
    this.#counter ??= instantCounter(this.specifications, this.#zone);
    if (this.#within === undefined) return this.#counter(from, to);
    let sum = 0;
    for (const piece of this.#within.pieces(from, to)) sum += this.#counter(piece.from, piece.to);
    return sum;
  }
}

/** What a condition holds in as a guard: what {@link timeWindow} is made of. */
type GuardTimes = Parameters<typeof timeWindow>;

/** The instants of a condition, and the window that its specifications are where it is a guard. */
export class TimeCalendar extends InstantsWithin implements Calendar {
  readonly #guard: GuardTimes;
  /** Few conditions are guards. */
  #window: TimeWindow | undefined;

  constructor(
    specifications: readonly Instants[],
    zone: Zone,
    within: ConditionWindow | undefined,
    ...guard: GuardTimes
  ) {
    super(specifications, zone, within);
    this.#guard = guard;
  }
  get window(): TimeWindow {
    this.#window ??= timeWindow(...this.#guard);
    return this.#window;
  }
}

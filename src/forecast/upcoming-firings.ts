import type { ConditionSpec, Config } from '../core/spec.ts';
import { Heap } from '../core/timer-queue.ts';

/** One coming firing of a condition. */
export interface UpcomingFiring {
  /** The tick it falls on, wall-clock ms. */
  readonly at: number;
  readonly condition: string;
  readonly by: string;
  /** The zone that its rule is in; absent: the local one. */
  readonly timezone?: string;
  readonly tasks: readonly string[];
  /** The guards that it waits for; absent: none. */
  readonly guards?: readonly string[];
  /** When all guards that go by the clock hold, and it can run at the earliest, wall-clock ms; null: not before it is missed. Absent: at once. */
  readonly heldUntil?: number | null;
}

/** A condition, or one of its specifications, that will never fire, and why. */
export interface NeverFiring {
  readonly condition: string;
  readonly reason: string;
}

/** A condition without tasks that is a guard of others. */
interface ForeseenGuard {
  readonly condition: string;
  readonly of: readonly string[];
}

/** A condition whose firings cannot be foreseen. */
export interface Unpredictable {
  readonly condition: string;
  readonly type: string;
}

/** The query: instants in wall-clock ms, both ends included; at most `count` firings. */
export interface ForecastRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Every firing instead of the first one of each condition. */
  readonly all: boolean;
  /** Only these conditions; empty: all. */
  readonly conditions: readonly string[];
  /** Until when a condition cannot fire because of a pause or a suspension, wall-clock ms; default: it can. */
  readonly notBefore?: (condition: string) => number | undefined;
  /** Called for each firing that is found, with how many there are and its instant. */
  readonly progress?: (found: number, at: number) => void;
}

/** The answer. */
export interface Forecast {
  readonly coming: readonly UpcomingFiring[];
  readonly silent: readonly NeverFiring[];
  /** Conditions that are suspended in the file. */
  readonly suspended: readonly string[];
  readonly unforeseen: readonly Unpredictable[];
  /** Conditions without tasks that are guards. */
  readonly guards: readonly ForeseenGuard[];
  /** Conditions that fire, but not in the range. */
  readonly later: readonly string[];
  /** Whether there are firings in the range beyond `count`. */
  readonly more: boolean;
}

/** So many times the guards of a firing are asked in turn when all of them hold. */
const MOST_TURNS = 1000;

/** When all guards that go by the clock hold, from a firing on; undefined: not before it is missed. */
const allHoldFrom = (guards: readonly ConditionSpec[], at: number, holdSeconds: number): number | undefined => {
  const clocks = guards.filter(({ type }) => type === 'time');
  const last = at + holdSeconds * 1000;
  for (let [time, turn] = [at, 0]; turn < MOST_TURNS && time <= last; turn++) {
    const next = Math.max(time, ...clocks.map((guard) => guard.holdsFrom(time) ?? Number.POSITIVE_INFINITY));
    if (next === time) return time;
    time = next;
  }
  return undefined;
};

/** What guards make of a firing. */
const heldBy = (
  { traits }: ConditionSpec,
  guards: readonly ConditionSpec[],
  at: number,
  tickMs: number,
): Pick<UpcomingFiring, 'guards' | 'heldUntil'> => {
  const { only_when: names, hold_seconds: holdSeconds } = traits;
  if (names.length === 0) return {};
  const from = allHoldFrom(guards, at, holdSeconds);
  if (from === undefined) return { guards: names, heldUntil: null };
  return from === at ? { guards: names } : { guards: names, heldUntil: Math.ceil(from / tickMs) * tickMs };
};

/** The firings of one condition by tick; a condition that does not recur fires once. */
function* ofCondition(
  spec: ConditionSpec,
  guards: readonly ConditionSpec[],
  { from: start, to, notBefore }: ForecastRange,
  tickMs: number,
): Generator<UpcomingFiring, void> {
  const { traits, name } = spec;
  let last = Number.NEGATIVE_INFINITY;
  // An instant at the end counts.
  const from = Math.max(start, (notBefore?.(name) ?? start) - 1);
  for (const { at, by, timezone, jitterMs = 0 } of spec.forecast(from, from > start) ?? []) {
    const tick = Math.ceil(at / tickMs) * tickMs;
    if (tick > to) return;
    if (tick === last) continue;
    last = tick;
    // By whole ticks: less than one has no effect.
    const later = Math.floor((at + jitterMs - tick) / tickMs) * (tickMs / 1000);
    const rule = later > 0 ? `${by}, up to ${later} s later` : by;
    const zone = timezone === undefined ? {} : { timezone };
    yield { at: tick, condition: name, by: rule, ...zone, tasks: traits.tasks, ...heldBy(spec, guards, tick, tickMs) };
    if (!traits.recurring) return;
  }
}

/** The next firing of a condition, and those after it. */
interface Head {
  readonly rest: Generator<UpcomingFiring, void>;
  readonly next: UpcomingFiring;
}

/** Firings in order from those that are in order for each condition. @param all every firing instead of the first of each. */
const merged = (heads: readonly Head[], { count: most, all, progress }: ForecastRange): UpcomingFiring[] => {
  const count = most + 1;
  const firings: UpcomingFiring[] = [];
  const heap = new Heap<Head>();
  // Of firings at the same instant, that of the condition that comes first in the file comes first.
  for (const [place, head] of heads.entries()) heap.push(head.next.at, place, head);
  for (let first = heap.first; first !== undefined && firings.length < count; first = heap.first) {
    const { rest, next: firing } = first.value;
    firings.push(firing);
    progress?.(firings.length, firing.at);
    heap.pop();
    const next = all ? rest.next().value : undefined;
    if (next) heap.push(next.at, first.version, { rest, next });
  }
  return firings;
};

/** What becomes of the conditions of a file, and the first firing of those that fire. */
class Foresight {
  readonly silent: NeverFiring[] = [];
  readonly suspended: string[] = [];
  readonly unforeseen: Unpredictable[] = [];
  readonly guards: ForeseenGuard[] = [];
  readonly later: string[] = [];
  readonly heads: Head[] = [];
  readonly #config: Config;
  readonly #range: ForecastRange;
  readonly #specs: ReadonlyMap<string, ConditionSpec>;

  constructor(config: Config, range: ForecastRange) {
    this.#config = config;
    this.#range = range;
    this.#specs = new Map(config.conditions.map((spec) => [spec.name, spec]));
  }

  add(spec: ConditionSpec): void {
    const { name: condition, type, traits } = spec;
    if (traits.tasks.length === 0) this.#addWithoutTasks(condition);
    else if (traits.suspended) this.suspended.push(condition);
    else if (spec.forecast(this.#range.from) === undefined) this.unforeseen.push({ condition, type });
    else this.#addFirings(spec);
  }

  #addWithoutTasks(condition: string): void {
    const of = this.#config.conditions.filter(({ traits }) => traits.only_when.includes(condition));
    if (of.length > 0) this.guards.push({ condition, of: of.map(({ name }) => name) });
    else this.silent.push({ condition, reason: 'no tasks are listed' });
  }

  #addFirings(spec: ConditionSpec): void {
    const { name: condition, traits } = spec;
    const never = spec.never(this.#range.from);
    for (const reason of never) this.silent.push({ condition, reason });
    const guards = traits.only_when.map((name) => this.#specs.get(name)!);
    const rest = ofCondition(spec, guards, this.#range, this.#config.settings.tickSeconds * 1000);
    const next = rest.next().value;
    if (next) this.heads.push({ rest, next });
    else if (never.length === 0) this.later.push(condition);
  }
}

/**
 * The coming firings of interval and time conditions in order, what will never fire, and what cannot be foreseen. As if started
 * at `from`.
 */
export const upcomingFirings = (config: Config, range: ForecastRange): Forecast => {
  const foresight = new Foresight(config, range);
  for (const spec of config.conditions)
    if (range.conditions.length === 0 || range.conditions.includes(spec.name)) foresight.add(spec);
  const { heads, silent, suspended, unforeseen, guards, later } = foresight;
  const coming = merged(heads, range);
  const more = coming.length > range.count;
  return { coming: coming.slice(0, range.count), silent, suspended, unforeseen, guards, later, more };
};

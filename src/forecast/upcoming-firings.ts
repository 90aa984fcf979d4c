import type { ConditionSpec, Config } from '../core/spec.ts';

/** One coming firing of a condition. */
export interface UpcomingFiring {
  /** The tick it falls on, wall-clock ms. */
  readonly at: number;
  readonly condition: string;
  readonly by: string;
  readonly tasks: readonly string[];
}

/** A condition, or one of its specifications, that will never fire, and why. */
export interface NeverFiring {
  readonly condition: string;
  readonly reason: string;
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
}

/** The answer. */
export interface Forecast {
  readonly coming: readonly UpcomingFiring[];
  readonly silent: readonly NeverFiring[];
  /** Conditions that are suspended in the file. */
  readonly suspended: readonly string[];
  readonly unforeseen: readonly Unpredictable[];
  /** Conditions that fire, but not in the range. */
  readonly later: readonly string[];
  /** Whether there are firings in the range beyond `count`. */
  readonly more: boolean;
}

/** The firings of one condition by tick; a condition that does not recur fires once. */
function* ofCondition(
  { traits, name, forecast }: ConditionSpec,
  { from: start, to, notBefore }: ForecastRange,
  tickMs: number,
): Generator<UpcomingFiring, void> {
  let last = Number.NEGATIVE_INFINITY;
  // An instant at the end counts.
  const from = Math.max(start, (notBefore?.(name) ?? start) - 1);
  for (const { at, by, jitterMs = 0 } of forecast(from) ?? []) {
    const tick = Math.ceil(at / tickMs) * tickMs;
    if (tick > to) return;
    if (tick === last) continue;
    last = tick;
    // By whole ticks: less than one has no effect.
    const later = Math.floor((at + jitterMs - tick) / tickMs) * (tickMs / 1000);
    const rule = later > 0 ? `${by}, up to ${later} s later` : by;
    yield { at: tick, condition: name, by: rule, tasks: traits.tasks };
    if (!traits.recurring) return;
  }
}

/** The next firing of a condition, and those after it. */
interface Head {
  readonly rest: Generator<UpcomingFiring, void>;
  next: UpcomingFiring;
}

/** Firings in order from those that are in order for each condition. @param all every firing instead of the first of each. */
const merged = (heads: Head[], count: number, all: boolean): UpcomingFiring[] => {
  const firings: UpcomingFiring[] = [];
  while (firings.length < count && heads.length > 0) {
    const head = heads.reduce((first, one) => (one.next.at < first.next.at ? one : first));
    firings.push(head.next);
    const next = all ? head.rest.next().value : undefined;
    if (next) head.next = next;
    else heads.splice(heads.indexOf(head), 1);
  }
  return firings;
};

/**
 * The coming firings of interval and time conditions in order, what will never fire, and what cannot be foreseen. As if started
 * at `from`.
 */
export const upcomingFirings = (config: Config, range: ForecastRange): Forecast => {
  const tickMs = config.settings.tickSeconds * 1000;
  const silent: NeverFiring[] = [];
  const suspended: string[] = [];
  const unforeseen: Unpredictable[] = [];
  const later: string[] = [];
  const heads: Head[] = [];
  for (const spec of config.conditions) {
    if (range.conditions.length > 0 && !range.conditions.includes(spec.name)) continue;
    const { name: condition, type, traits } = spec;
    if (traits.tasks.length === 0 || traits.suspended) {
      if (traits.tasks.length === 0) silent.push({ condition, reason: 'no tasks are listed' });
      else suspended.push(condition);
      continue;
    }
    if (spec.forecast(range.from) === undefined) {
      unforeseen.push({ condition, type });
      continue;
    }
    const never = spec.never(range.from);
    for (const reason of never) silent.push({ condition, reason });
    const rest = ofCondition(spec, range, tickMs);
    const next = rest.next().value;
    if (next) heads.push({ rest, next });
    else if (never.length === 0) later.push(condition);
  }
  const coming = merged(heads, range.count + 1, range.all);
  const more = coming.length > range.count;
  return { coming: coming.slice(0, range.count), silent, suspended, unforeseen, later, more };
};

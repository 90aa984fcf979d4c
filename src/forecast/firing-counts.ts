import type { ConditionSpec, Config } from '../core/spec.ts';

/** Firings are counted for so long before something else gets a turn, in ms. */
const TURN_MS = 15;

/** The range, from `from` on and before `to`; instants in wall-clock ms. */
export interface CountRange {
  readonly from: number;
  readonly to: number;
  /** Where its parts begin, in order; each ends where the next one begins. */
  readonly parts: readonly number[];
  /** The program starts at `from`; absent: it runs already. */
  readonly starts?: true;
  /** Until when a condition cannot fire because of a pause or a suspension. */
  readonly notBefore: (condition: string) => number;
  /** How long it may take, in ms. */
  readonly budgetMs: number;
}

/** Called with how often a condition fires in the part that begins at `part`. */
type CountListener = (condition: string, part: number, count: number) => void;

/** Counts the firings of one condition before an instant, from where the last call ended. */
type Counter = (before: number) => number;

const counterOf = (spec: ConditionSpec, tickMs: number, range: CountRange): Counter => {
  const { name, traits } = spec;
  const from = Math.max(range.from, range.notBefore(name) - 1);
  const goesOn = range.starts !== true || from > range.from;
  const firings = (spec.forecast(from, goesOn) ?? [])[Symbol.iterator]();
  const tickOf = (at: number): number => Math.ceil(at / tickMs);
  let found = firings.next();
  // The first tick that is not counted yet.
  let next = found.done ? Number.POSITIVE_INFINITY : tickOf(found.value.at);
  /** Firings with their ticks from `next` on and before `end`, without a list of them; no tick has two. */
  const between = (at: number, everyMs: number, end: number): number => {
    const upTo = (tick: number) => Math.floor(((tick - 1) * tickMs - at) / everyMs) + 1;
    return everyMs <= tickMs ? end - next : upTo(end) - upTo(next);
  };
  const advance = () => {
    do found = firings.next();
    while (!found.done && tickOf(found.value.at) === next);
    next = found.done ? Number.POSITIVE_INFINITY : tickOf(found.value.at);
  };
  return (before) => {
    const end = tickOf(before);
    let count = 0;
    while (!found.done && next < end) {
      const { at, everyMs } = found.value;
      if (!traits.recurring) {
        next = Number.POSITIVE_INFINITY;
        return 1;
      }
      if (everyMs !== undefined) {
        count += between(at, everyMs, end);
        next = end;
        break;
      }
      count += 1;
      advance();
    }
    return count;
  };
};

/**
 * Counts the coming firings of each condition, part by part. Those of intervals are not listed: they need no longer than one.
 * Returns up to when they are counted, wall-clock ms: `to`, or the end of a part where the time was over.
 */
export const countFirings = async (config: Config, range: CountRange, each: CountListener): Promise<number> => {
  const { from, to, parts, budgetMs } = range;
  const tickMs = config.settings.tickSeconds * 1000;
  const counters = config.conditions
    .filter(({ traits }) => traits.tasks.length > 0 && !traits.suspended)
    .map((spec) => ({ name: spec.name, count: counterOf(spec, tickMs, range) }));
  const began = performance.now();
  let since = began;
  for (const [i, part] of parts.entries()) {
    const end = Math.min(parts[i + 1] ?? to, to);
    if (end <= from) continue;
    for (const { name, count } of counters) {
      const found = count(end);
      if (found > 0) each(name, part, found);
      const now = performance.now();
      if (now - since < TURN_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
    if (end < to && performance.now() - began > budgetMs) return end;
  }
  return to;
};

import type { ConditionSpec, Config } from '../core/spec.ts';

/** Firings are counted for so long before something else gets a turn, in ms. */
const TURN_MS = 15;

/** The range, from `from` on and before `to`, in parts of `partMs`; instants in wall-clock ms. */
export interface CountRange {
  readonly from: number;
  readonly to: number;
  /** Where one of the parts begins. */
  readonly start: number;
  readonly partMs: number;
  /** Until when a condition cannot fire because of a pause or a suspension. */
  readonly notBefore: (condition: string) => number;
  /** How long it may take, in ms. */
  readonly budgetMs: number;
}

/** Called with how often a condition fires in the part that begins at `part`. */
type CountListener = (condition: string, part: number, count: number) => void;

/** Counts the firings of one condition before an instant, from where the last call ended. */
type Counter = (before: number) => number;

const counterOf = ({ name, traits, forecast }: ConditionSpec, tickMs: number, range: CountRange): Counter => {
  const from = Math.max(range.from, range.notBefore(name) - 1);
  const firings = (forecast(from, true) ?? [])[Symbol.iterator]();
  const first = firings.next();
  const tickOf = (at: number): number => Math.ceil(at / tickMs);
  if (first.done) return () => 0;
  const { at, everyMs } = first.value;
  // The first tick that is not counted yet.
  let next = tickOf(at);
  if (!traits.recurring || everyMs !== undefined)
    return (before) => {
      const end = tickOf(before);
      if (end <= next) return 0;
      // Firings with their ticks from `next` on and before `end`; no tick has two.
      const upTo = (tick: number) => Math.floor(((tick - 1) * tickMs - at) / everyMs!) + 1;
      let count = 1;
      if (traits.recurring) count = everyMs! <= tickMs ? end - next : upTo(end) - upTo(next);
      next = traits.recurring ? end : Number.POSITIVE_INFINITY;
      return count;
    };
  return (before) => {
    const end = tickOf(before);
    let count = 0;
    while (next < end) {
      count += 1;
      let found = firings.next();
      while (!found.done && tickOf(found.value.at) === next) found = firings.next();
      next = found.done ? Number.POSITIVE_INFINITY : tickOf(found.value.at);
    }
    return count;
  };
};

/**
 * Counts the coming firings of each condition, part by part. Those of intervals are not listed: they need no longer than one.
 * Returns up to when they are counted, wall-clock ms: `to`, or the end of a part where the time was over.
 */
export const countFirings = async (config: Config, range: CountRange, each: CountListener): Promise<number> => {
  const { from, to, start, partMs, budgetMs } = range;
  const tickMs = config.settings.tickSeconds * 1000;
  const counters = config.conditions
    .filter(({ traits }) => traits.tasks.length > 0 && !traits.suspended)
    .map((spec) => ({ name: spec.name, count: counterOf(spec, tickMs, range) }));
  const began = performance.now();
  let since = began;
  for (let part = start + Math.floor((from - start) / partMs) * partMs; part < to; part += partMs) {
    const end = Math.min(part + partMs, to);
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

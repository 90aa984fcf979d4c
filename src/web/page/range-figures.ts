import type { LaneContent } from '../../renderings/html/page/page-model.ts';
import { failureSums, indexAfter, indexFrom } from '../../renderings/html/page/span-rows.ts';
import type { RunModel } from './run-model.ts';

/** What a selection over a range has, of one item or of all. */
export interface RangeFigures {
  readonly item: string;
  readonly runs: number;
  readonly failed: number;
  /** ns */
  readonly total: number;
  readonly median: number;
  readonly longest: number;
}

/** How many failed, and how long each took. */
interface Counted {
  readonly item: string;
  readonly failed: number;
  readonly lengths: Float64Array;
}

const figuresOf = ({ item, failed, lengths }: Counted): RangeFigures => {
  const sorted = lengths.toSorted();
  return {
    ...{ item, runs: sorted.length, failed, total: sorted.reduce((sum, one) => sum + one, 0) },
    ...{ median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, longest: sorted.at(-1) ?? 0 },
  };
};

/** What began in a range, ns, of one item. */
const countedIn = (item: string, rows: LaneContent['rows'], from: number, to: number): Counted => {
  const parts = rows.map((row) => [row, indexFrom(row, from), indexAfter(row, to)] as const);
  const lengths = new Float64Array(parts.reduce((sum, [, first, end]) => sum + Math.max(0, end - first), 0));
  let [failed, at] = [0, 0];
  for (const [row, first, end] of parts) {
    if (end <= first) continue;
    const sums = failureSums(row);
    failed += sums[end]! - sums[first]!;
    for (let i = first; i < end; i += 1, at += 1) lengths[at] = row[i]!.finish - row[i]!.start;
  }
  return { item, failed, lengths };
};

/** Puts lists together. */
const joined = (lists: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
};

/** Counts and durations of what began in a range, ns: of all conditions first, then of each item, the most failures first. */
export const figuresIn = ({ lanes }: RunModel, from: number, to: number): readonly RangeFigures[] => {
  const items = [...lanes]
    .map(([item, { rows }]) => countedIn(item, rows, from, to))
    .filter(({ lengths }) => lengths.length > 0);
  const runs = items.filter(({ item }) => item.startsWith('condition/'));
  const all = {
    ...{ item: '', failed: runs.reduce((sum, { failed }) => sum + failed, 0) },
    lengths: joined(runs.map(({ lengths }) => lengths)),
  };
  return [figuresOf(all), ...items.map(figuresOf).sort((a, b) => b.failed - a.failed || b.runs - a.runs)];
};

import { counted } from '../plural.ts';
import { formatInstant } from '../terminal/instant.ts';
import type { RecordedFiring } from './counts.ts';

/** What an edit does to one firing, or to all `count` firings of a condition, the last one at `last`, that has none in the other file. */
export type FiringChange =
  | { readonly kind: 'added' | 'removed'; readonly condition: string; readonly at: number }
  | {
      readonly kind: 'all-added' | 'all-removed';
      readonly condition: string;
      readonly at: number;
      readonly count: number;
      readonly last: number;
    }
  | { readonly kind: 'moved'; readonly condition: string; readonly at: number; readonly to: number };

/** When each condition fired, in order. */
const byCondition = (fired: readonly RecordedFiring[]): Map<string, number[]> => {
  const map = new Map<string, number[]>();
  for (const { condition, at } of fired) {
    const list = map.get(condition);
    if (list) list.push(at);
    else map.set(condition, [at]);
  }
  // The clock can have been set back meanwhile.
  for (const list of map.values()) list.sort((a, b) => a - b);
  return map;
};

/** The shortest time between two firings in order. */
const shortest = (at: readonly number[]): number =>
  at.reduce((least, when, i) => (i === 0 ? least : Math.min(least, when - at[i - 1]!)), Number.POSITIVE_INFINITY);

/** Pairs removed and added firings of one condition, the nearest first and at most `limit` ms apart: a pair is a move. */
const pair = (condition: string, gone: readonly number[], come: readonly number[], limit: number): FiringChange[] => {
  const near: { readonly at: number; readonly to: number }[] = [];
  let first = 0;
  for (const at of gone) {
    while (first < come.length && come[first]! < at - limit) first += 1;
    for (let i = first; i < come.length && come[i]! <= at + limit; i++) near.push({ at, to: come[i]! });
  }
  near.sort((a, b) => Math.abs(a.to - a.at) - Math.abs(b.to - b.at) || a.at - b.at);
  const [left, added] = [new Set(gone), new Set(come)];
  const changes: FiringChange[] = [];
  for (const { at, to } of near)
    if (left.has(at) && added.has(to)) {
      left.delete(at);
      added.delete(to);
      changes.push({ kind: 'moved', condition, at, to });
    }
  for (const at of left) changes.push({ kind: 'removed', condition, at });
  for (const at of added) changes.push({ kind: 'added', condition, at });
  return changes;
};

/** What fires more, less or at another time in `after` than in `before`, in order of time. @param sameMs what is not further apart is at the same time */
export const differences = (
  before: readonly RecordedFiring[],
  after: readonly RecordedFiring[],
  sameMs = 0,
): FiringChange[] => {
  const [old, now] = [byCondition(before), byCondition(after)];
  const changes: FiringChange[] = [];
  for (const condition of new Set([...old.keys(), ...now.keys()])) {
    const was = old.get(condition) ?? [];
    const is = now.get(condition) ?? [];
    const all = was.length === 0 ? is : was;
    if ((was.length === 0 || is.length === 0) && all.length > 1) {
      const kind = was.length === 0 ? 'all-added' : 'all-removed';
      changes.push({ kind, condition, at: all[0]!, count: all.length, last: all.at(-1)! });
      continue;
    }
    const [wasSet, isSet] = [new Set(was), new Set(is)];
    changes.push(
      ...pair(
        condition,
        was.filter((at) => !isSet.has(at)),
        is.filter((at) => !wasSet.has(at)),
        Math.max(sameMs, Math.min(shortest(was), shortest(is))),
      ),
    );
  }
  const isSame = (change: FiringChange): boolean =>
    change.kind === 'moved' && Math.abs(change.to - change.at) <= sameMs;
  return changes
    .filter((change) => !isSame(change))
    .sort((a, b) => a.at - b.at || (a.condition < b.condition ? -1 : 1));
};

/** What the signs of the changes mean: which file is which. */
export const showFiles = (before: string, after: string): string =>
  `- fires with ${before} only\n+ fires with ${after} only\n~ fires at another time with ${after}\n\n`;

/** What the signs mean where a file is compared with what has run. */
export const showHistory = (after: string): string =>
  `- has run, and does not with ${after}\n+ runs with ${after} only\n~ runs at another time with ${after}\n\n`;

/** One line a change: `+` added, `-` removed, `~` moved. Many firings of a condition that has none in the other file are one line. */
export const showChange = (change: FiringChange): string => {
  if (change.kind === 'moved')
    return `~ ${formatInstant(change.at)}  ${change.condition}  -> ${formatInstant(change.to)}`;
  if (change.kind === 'all-added' || change.kind === 'all-removed') {
    const sign = change.kind === 'all-added' ? '+' : '-';
    return `${sign} ${formatInstant(change.at)}  ${change.condition}  ${counted(change.count, 'firing')}, the last one at ${formatInstant(change.last)}`;
  }
  return `${change.kind === 'added' ? '+' : '-'} ${formatInstant(change.at)}  ${change.condition}`;
};

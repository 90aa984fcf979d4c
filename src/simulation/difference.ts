import { showInstant } from '../terminal/instant.ts';
import type { Fired } from './tally.ts';

/** What an edit does to one firing. */
export type Change =
  | { readonly kind: 'added' | 'removed'; readonly condition: string; readonly at: number }
  | { readonly kind: 'moved'; readonly condition: string; readonly at: number; readonly to: number };

const byCondition = (fired: readonly Fired[]): Map<string, number[]> => {
  const map = new Map<string, number[]>();
  for (const { condition, at } of fired) {
    const list = map.get(condition);
    if (list) list.push(at);
    else map.set(condition, [at]);
  }
  return map;
};

/** Pairs what is left of a condition's firings in order: a pair is a move, the rest came or went. */
const pair = (condition: string, gone: readonly number[], come: readonly number[]): Change[] => {
  const moved = Math.min(gone.length, come.length);
  const changes: Change[] = [];
  for (let i = 0; i < moved; i++) changes.push({ kind: 'moved', condition, at: gone[i]!, to: come[i]! });
  for (const at of gone.slice(moved)) changes.push({ kind: 'removed', condition, at });
  for (const at of come.slice(moved)) changes.push({ kind: 'added', condition, at });
  return changes;
};

/** What fires more, less or at another time in `after` than in `before`, in order of time. */
export const differences = (before: readonly Fired[], after: readonly Fired[]): Change[] => {
  const [old, now] = [byCondition(before), byCondition(after)];
  const changes: Change[] = [];
  for (const condition of new Set([...old.keys(), ...now.keys()])) {
    const was = old.get(condition) ?? [];
    const is = now.get(condition) ?? [];
    const [wasSet, isSet] = [new Set(was), new Set(is)];
    changes.push(
      ...pair(
        condition,
        was.filter((at) => !isSet.has(at)),
        is.filter((at) => !wasSet.has(at)),
      ),
    );
  }
  return changes.sort((a, b) => a.at - b.at || (a.condition < b.condition ? -1 : 1));
};

/** One line a change: `+` added, `-` removed, `~` moved. */
export const showChange = (change: Change): string => {
  if (change.kind === 'moved') return `~ ${showInstant(change.at)}  ${change.condition}  -> ${showInstant(change.to)}`;
  return `${change.kind === 'added' ? '+' : '-'} ${showInstant(change.at)}  ${change.condition}`;
};

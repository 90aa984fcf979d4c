import { firings, type Instants, LONGEST_CHANGE } from './instants.ts';
import { changeBetween, type Zone } from './zone.ts';

const HOUR = 3_600_000;
/** Pieces of local time in which the instants of a specification that has one there are always as many. */
const UNITS = [24 * HOUR, HOUR];

/** Local time goes on evenly in `(from, to]`, and no change before has an effect on it. */
const isEven = (zone: Zone, from: number, to: number): boolean => {
  const change = changeBetween(zone, from - LONGEST_CHANGE, to);
  return change === undefined || (change.at <= from && zone.local(from + 1) >= change.from);
};

/**
 * How many instants several specifications have in `(from, to]`, equal ones counted once. Days, and then hours, in which the same
 * specifications have instants have as many of them: they are gone through once.
 */
export const instantCounter = (
  specifications: readonly Instants[],
  zone: Zone,
): ((from: number, to: number) => number) => {
  const known = new Map<string, number>();
  const oneByOne = (from: number, to: number): number => {
    let count = 0;
    for (const { at } of firings(specifications, from)) {
      if (at > to) break;
      count += 1;
    }
    return count;
  };
  const counted = (from: number, to: number, [unit, ...smaller]: readonly number[]): number => {
    if (unit === undefined || to - from < unit)
      return smaller.length > 0 ? counted(from, to, smaller) : oneByOne(from, to);
    let count = 0;
    for (let at = from; at < to; ) {
      const next = specifications.map((spec) => spec.next(at) ?? Number.POSITIVE_INFINITY);
      const first = Math.min(...next);
      if (first > to) break;
      const begin = first - (((zone.local(first) % unit) + unit) % unit) - 1;
      const end = begin + unit;
      if (begin < at || end > to || !isEven(zone, begin, end)) {
        // Whatever is not even is over within a unit.
        const until = Math.min(to, Math.max(end, first));
        count += counted(at, until, smaller);
        at = until;
        continue;
      }
      const key = `${unit} ${next.map((one) => (one <= end ? 1 : 0)).join('')}`;
      const found = known.get(key) ?? counted(begin, end, smaller);
      known.set(key, found);
      count += found;
      at = end;
    }
    return count;
  };
  return (from, to) => counted(from, to, UNITS);
};

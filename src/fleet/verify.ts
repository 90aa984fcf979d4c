import type { Firing } from '../core/instance.ts';
import { type Cause, causesOf, type PresenceReport } from './causes.ts';
import type { ClaimReport } from './snapshot.ts';

/** What becomes of an instant over all machines. */
export type InstantState = 'run' | 'repeated' | 'running' | 'reported' | 'twice' | 'unproven' | 'open';

/** A range of instants that one machine at least should have asked for, and none has. Wall-clock ms, both are instants. */
export interface OpenRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** How the machines were during all of it. */
  readonly cause: Cause;
}

/** A firing that has run on several machines. `key`: its instant, wall-clock ms, or what else it is called. */
export interface TwiceRun {
  readonly key: string;
  readonly nodes: readonly string[];
}

/** What came of the instants of a shared condition. */
export interface ConditionAccount {
  readonly condition: string;
  /** From when on instants were looked at, wall-clock ms; null: none can be foretold, and its firings are counted. */
  readonly from: number | null;
  /** Up to when, wall-clock ms: what is due later is still being asked for. */
  readonly to: number;
  readonly counts: Readonly<Record<InstantState, number>>;
  /** Where no machine has asked: none was connected, or none ran. */
  readonly open: readonly OpenRange[];
  /** Where a machine has run it without asking: others can have run it, too. */
  readonly unproven: readonly OpenRange[];
  /** What has run on several machines, because a machine has run it without asking. */
  readonly twice: readonly TwiceRun[];
}

/** A shared condition, as far as it is needed here. */
export interface VerifiedCondition {
  readonly name: string;
  /** Its instants after `from`; undefined: they cannot be known. */
  forecast(from: number, goesOn?: boolean): Iterable<Firing> | undefined;
}

/** Of more instants of a condition the last ones are looked at. */
const MOST_INSTANTS = 1_000_000;
/** For how long the store keeps a claim at most, ms. */
const KEPT_MS = 41 * 86_400_000;

/** The machines that have run it: one that has given it up does not count, whatever others say. */
const ranOn = ({ entry, alsoOn = [] }: ClaimReport): readonly string[] =>
  entry.state === 'missed' ? alsoOn : [entry.node, ...alsoOn];
const isTwice = (claim: ClaimReport): boolean => claim.alsoOn !== undefined && ranOn(claim).length > 1;

const stateOf = (claim: ClaimReport | undefined): InstantState => {
  if (claim === undefined) return 'open';
  const { state, unclaimed, from } = claim.entry;
  if (claim.alsoOn !== undefined) return isTwice(claim) ? 'twice' : 'run';
  if (state === 'running') return 'running';
  if (state !== 'done') return 'reported';
  if (unclaimed) return 'unproven';
  return from === undefined ? 'run' : 'repeated';
};

const twiceOf = (claims: readonly ClaimReport[]): readonly TwiceRun[] =>
  claims.filter(isTwice).map((claim) => ({ key: claim.key, nodes: ranOn(claim) }));

const isSame = (a: Cause, b: Cause): boolean =>
  a === b || (a.kind === b.kind && a.machines.join(' ') === b.machines.join(' '));

/** Instants that follow each other without another one between are a range. */
class Ranges {
  readonly all: OpenRange[] = [];
  #last = -1;

  add(at: number, index: number, cause: Cause): void {
    const range = this.all.at(-1);
    if (range !== undefined && this.#last === index - 1 && isSame(range.cause, cause))
      this.all[this.all.length - 1] = { ...range, to: at, count: range.count + 1 };
    else this.all.push({ from: at, to: at, count: 1, cause });
    this.#last = index;
  }
}

const none = (): Record<InstantState, number> => ({
  ...{ run: 0, repeated: 0, running: 0, reported: 0, twice: 0, unproven: 0, open: 0 },
});

/** The least of many numbers. */
const firstOf = (all: Iterable<number>): number => {
  let first = Number.POSITIVE_INFINITY;
  for (const one of all) first = Math.min(first, one);
  return first;
};

const INSTANT = /^\d+$/;

/** Several instants can be one firing, which is called after the last one: finds out for one after the other, in their order. */
const coveredBy = (claims: ReadonlyMap<number, ClaimReport>): ((at: number) => boolean) => {
  const ranges = [...claims]
    .flatMap(([to, { entry }]) => (entry.since === undefined ? [] : [{ since: entry.since, to }]))
    .sort((a, b) => a.since - b.since);
  let [next, until] = [0, Number.NEGATIVE_INFINITY];
  return (at) => {
    for (; next < ranges.length && ranges[next]!.since < at; next++) until = Math.max(until, ranges[next]!.to);
    return at <= until;
  };
};

/** Its instants, both ends included; undefined: they cannot be known. */
const instantsIn = (condition: VerifiedCondition, from: number, until: number): readonly number[] | undefined => {
  const firings = condition.forecast(from - 1, true);
  if (firings === undefined) return undefined;
  const instants: number[] = [];
  for (const { at } of firings) {
    if (at > until) break;
    instants.push(at);
    if (instants.length >= 2 * MOST_INSTANTS) instants.splice(0, MOST_INSTANTS);
  }
  return instants.slice(-MOST_INSTANTS);
};

/** @param claims of this condition */
const account = (
  condition: VerifiedCondition,
  claims: readonly ClaimReport[],
  { from: given, until, tickMs, presence }: VerifiedRange,
): ConditionAccount => {
  const byInstant = new Map(claims.filter(({ key }) => INSTANT.test(key)).map((one) => [Number(one.key), one]));
  const first = firstOf(byInstant.keys());
  // No claim is kept for longer: an older key was written by another program.
  const begin = given ?? Math.max(Number.isFinite(first) ? first : until, until - KEPT_MS);
  const counts = none();
  const instants = instantsIn(condition, begin, until);
  if (instants === undefined) {
    for (const claim of claims) counts[stateOf(claim)] += 1;
    return { condition: condition.name, from: null, to: until, counts, open: [], unproven: [], twice: twiceOf(claims) };
  }
  const from = instants.length < MOST_INSTANTS ? begin : instants[0]!;
  const [open, unproven] = [new Ranges(), new Ranges()];
  const isCovered = coveredBy(byInstant);
  const causeAt = causesOf(presence, tickMs);
  for (const [index, at] of instants.entries()) {
    const own = byInstant.get(at);
    const state = own === undefined && isCovered(at) ? 'reported' : stateOf(own);
    counts[state] += 1;
    if (state === 'open') open.add(at, index, causeAt(at));
    if (state === 'unproven') unproven.add(at, index, causeAt(at));
  }
  const twice = twiceOf(claims.filter(({ key }) => Number(key) >= from && Number(key) <= until));
  return { condition: condition.name, from, to: until, counts, open: open.all, unproven: unproven.all, twice };
};

/** What is looked at. Wall-clock ms. */
export interface VerifiedRange {
  /** undefined: for each condition from its first firing on that is known. */
  readonly from: number | undefined;
  readonly until: number;
  readonly tickMs: number;
  /** When the machines were connected. */
  readonly presence: readonly PresenceReport[];
}

/** What came of the instants of shared conditions over all machines. */
export const verifyFirings = (
  conditions: readonly VerifiedCondition[],
  claims: readonly ClaimReport[],
  range: VerifiedRange,
): readonly ConditionAccount[] => {
  const of = new Map<string, ClaimReport[]>();
  for (const claim of claims) {
    const known = of.get(claim.condition);
    if (known === undefined) of.set(claim.condition, [claim]);
    else known.push(claim);
  }
  return conditions.map((condition) => account(condition, of.get(condition.name) ?? [], range));
};

import type { HistoryLine, RunLine, RunOutcome, TaskLine } from './history-line.ts';
import { isEndedEarly, isFailure } from './history-state.ts';

/** Consecutive runs that have ended alike: successes or failures. */
export interface Streak {
  readonly failed: boolean;
  readonly count: number;
  /** When the first of them ended, wall-clock ms. */
  readonly since: number;
}

/** A run in short: its outcome and its seconds. */
export type RecentRun = readonly [outcome: RunOutcome, seconds: number];

/** Runs that are kept one by one, for a small chart. */
const RECENT = 30;

/** Durations are known to this part of themselves. */
const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/** The bucket of durations below a millisecond. */
const NO_TIME = -1;

const bucketOf = (ms: number): number => (ms < 1 ? NO_TIME : Math.ceil(Math.log(ms) / LOG_GAMMA));
/** The middle of a bucket, seconds. */
const secondsOf = (bucket: number): number => (bucket === NO_TIME ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1) / 1000);

/**
 * How long runs took: their number in each of a few hundred buckets, which grow with the duration. So that quantiles are right to one
 * percent, whatever the durations are, and that histograms can be added up.
 */
export class Durations {
  readonly #counts: Map<number, number>;
  #least: number;
  #greatest: number;
  #total = 0;

  constructor({ least, greatest, buckets }: StoredDurations = { least: 0, greatest: 0, buckets: [] }) {
    this.#counts = new Map(buckets);
    this.#least = least;
    this.#greatest = greatest;
    for (const count of this.#counts.values()) this.#total += count;
  }

  /** How many runs it has. */
  get count(): number {
    return this.#total;
  }
  add(seconds: number): void {
    this.#widen(seconds, seconds);
    this.#count(bucketOf(seconds * 1000), 1);
  }
  merge(other: Durations): void {
    if (other.#total === 0) return;
    this.#widen(other.#least, other.#greatest);
    for (const [bucket, count] of other.#counts) this.#count(bucket, count);
  }
  /** The duration, in seconds, that this part of the runs did not exceed; undefined: there is no run. @param part 0.5: the median */
  quantile(part: number): number | undefined {
    if (this.#total === 0) return undefined;
    const rank = Math.max(1, Math.ceil(part * this.#total));
    if (rank === this.#total) return this.#greatest;
    let before = 0;
    for (const [bucket, count] of this.#sorted) {
      before += count;
      if (before >= rank) return Math.min(this.#greatest, Math.max(this.#least, secondsOf(bucket)));
    }
    return this.#greatest;
  }
  get stored(): StoredDurations {
    return { least: this.#least, greatest: this.#greatest, buckets: this.#sorted };
  }

  get #sorted(): readonly (readonly [bucket: number, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
  #count(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#total += count;
  }
  #widen(least: number, greatest: number): void {
    const first = this.#total === 0;
    this.#least = first ? least : Math.min(this.#least, least);
    this.#greatest = first ? greatest : Math.max(this.#greatest, greatest);
  }
}

/** The durations as they are kept in a file. */
export interface StoredDurations {
  /** Seconds. */
  readonly least: number;
  readonly greatest: number;
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

/** The runs of an item as they are kept in a file. */
export interface StoredStatistics {
  readonly runs: number;
  readonly failures: number;
  /** When the first and the last run ended, wall-clock ms, and when one last succeeded and failed. */
  readonly first: number;
  readonly last: number;
  readonly lastSuccess: number | null;
  readonly lastFailure: number | null;
  /** At the beginning and at the end: they grow together when statistics are merged. */
  readonly head: Streak;
  readonly tail: Streak;
  readonly durations: StoredDurations;
  readonly recent: readonly RecentRun[];
}

/** The runs of a condition or a task, of a part of the history. */
export class ItemStatistics {
  #runs: number;
  #failures: number;
  readonly #first: number;
  #last: number;
  #lastSuccess: number | null;
  #lastFailure: number | null;
  #head: Streak;
  #tail: Streak;
  readonly #durations: Durations;
  #recent: readonly RecentRun[];

  constructor(stored: StoredStatistics) {
    this.#runs = stored.runs;
    this.#failures = stored.failures;
    this.#first = stored.first;
    this.#last = stored.last;
    this.#lastSuccess = stored.lastSuccess;
    this.#lastFailure = stored.lastFailure;
    this.#head = stored.head;
    this.#tail = stored.tail;
    this.#durations = new Durations(stored.durations);
    this.#recent = stored.recent;
  }

  get runs(): number {
    return this.#runs;
  }
  get failures(): number {
    return this.#failures;
  }
  /** When the first run ended, wall-clock ms. */
  get first(): number {
    return this.#first;
  }
  /** When the last run ended, wall-clock ms. */
  get last(): number {
    return this.#last;
  }
  /** When a run last succeeded, wall-clock ms; null: none has. */
  get lastSuccess(): number | null {
    return this.#lastSuccess;
  }
  /** When a run last failed, wall-clock ms; null: none has. */
  get lastFailure(): number | null {
    return this.#lastFailure;
  }
  /** The streak that goes on. */
  get streak(): Streak {
    return this.#tail;
  }
  /** Of all runs that have come to an end: one that was interrupted has no duration. */
  get durations(): Durations {
    return this.#durations;
  }
  /** The last runs, the oldest first. */
  get recent(): readonly RecentRun[] {
    return this.#recent;
  }
  get stored(): StoredStatistics {
    return {
      ...{ runs: this.#runs, failures: this.#failures, first: this.#first, last: this.#last },
      ...{ lastSuccess: this.#lastSuccess, lastFailure: this.#lastFailure, head: this.#head, tail: this.#tail },
      ...{ durations: this.#durations.stored, recent: this.#recent },
    };
  }

  /** Adds runs that came after these. */
  merge(later: ItemStatistics): void {
    if (this.#head.count === this.#runs) this.#head = joined(this.#head, later.#head) ?? this.#head;
    const all = later.#tail.count === later.#runs ? joined(this.#tail, later.#tail) : undefined;
    this.#tail = all ?? later.#tail;
    this.#runs += later.#runs;
    this.#failures += later.#failures;
    this.#last = later.#last;
    this.#lastSuccess = later.#lastSuccess ?? this.#lastSuccess;
    this.#lastFailure = later.#lastFailure ?? this.#lastFailure;
    this.#durations.merge(later.#durations);
    this.#recent = [...this.#recent, ...later.#recent].slice(-RECENT);
  }
  /** Adds the next run. */
  add(at: number, outcome: RunOutcome, seconds: number): void {
    const failed = isFailure(outcome);
    const next: Streak = { failed, count: 1, since: at };
    if (this.#head.count === this.#runs) this.#head = joined(this.#head, next) ?? this.#head;
    this.#tail = joined(this.#tail, next) ?? next;
    this.#runs += 1;
    if (failed) {
      this.#failures += 1;
      this.#lastFailure = at;
    } else this.#lastSuccess = at;
    this.#last = at;
    if (outcome !== 'interrupted') this.#durations.add(seconds);
    this.#recent = [...this.#recent, [outcome, seconds] as const].slice(-RECENT);
  }
}

/** Two streaks as one; undefined: they have ended differently. */
const joined = (before: Streak, after: Streak): Streak | undefined =>
  before.failed === after.failed ? { ...before, count: before.count + after.count } : undefined;

const firstRun = (at: number, outcome: RunOutcome, seconds: number): ItemStatistics => {
  const failed = isFailure(outcome);
  const streak: Streak = { failed, count: 1, since: at };
  const durations = new Durations();
  if (outcome !== 'interrupted') durations.add(seconds);
  return new ItemStatistics({
    ...{ runs: 1, failures: failed ? 1 : 0, first: at, last: at },
    ...{ lastSuccess: failed ? null : at, lastFailure: failed ? at : null, head: streak, tail: streak },
    ...{ durations: durations.stored, recent: [[outcome, seconds]] },
  });
};

/** The statistics of all items, of a part of the history, as they are kept in a file: by `condition/NAME` and `task/NAME`. */
export type StoredRunStatistics = Readonly<Record<string, StoredStatistics>>;

/** The statistics of all items, of a part of the history: line by line, or of parts that follow each other. */
export class RunStatistics {
  readonly #items = new Map<string, ItemStatistics>();

  constructor(stored: StoredRunStatistics = {}) {
    for (const [item, of] of Object.entries(stored)) this.#items.set(item, new ItemStatistics(of));
  }

  /** By `condition/NAME` and `task/NAME`. */
  get items(): ReadonlyMap<string, ItemStatistics> {
    return this.#items;
  }
  get stored(): StoredRunStatistics {
    return Object.fromEntries([...this.#items].map(([item, of]) => [item, of.stored]));
  }

  /** Takes the next line. Only runs count that were not ended early, and those of hooks only for their tasks. */
  add(line: HistoryLine): void {
    if (line.kind === 'run') {
      if (line.hook === undefined) this.#add(`condition/${line.condition}`, line);
    } else if (line.kind === 'task') this.#add(`task/${line.task}`, line);
  }
  /** Adds the part of the history that comes after this one. */
  merge(later: RunStatistics): void {
    for (const [item, of] of later.#items) {
      const before = this.#items.get(item);
      if (before) before.merge(of);
      else this.#items.set(item, new ItemStatistics(of.stored));
    }
  }

  #add(item: string, { time, outcome, seconds }: RunLine | TaskLine): void {
    if (isEndedEarly(outcome)) return;
    const at = Date.parse(time);
    const before = this.#items.get(item);
    if (before) before.add(at, outcome, seconds);
    else this.#items.set(item, firstRun(at, outcome, seconds));
  }
}

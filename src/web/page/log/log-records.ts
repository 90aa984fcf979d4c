import type { LogFact } from '../../../journal/fact.ts';
import {
  type FilteredRecord,
  type LogFilter,
  matchesFilter,
  RECORD_LEVELS,
  searchedText,
} from '../../../renderings/html/page/record-filter.ts';

/** The records that the page keeps. */
export const MOST_RECORDS = 100_000;

/** So many records more than {@link MOST_RECORDS} are dropped at once: dropping one by one would move all others each time. */
const DROPPED_AT_ONCE = 5000;

/** A record as the page shows it. */
export interface LogRow extends FilteredRecord {
  readonly fact: LogFact;
  readonly time: number;
  readonly searched: string;
}

/** Which records are shown: as on the page of a recording, and not older than `since`, wall-clock ms. */
export interface LiveFilter extends LogFilter {
  readonly since: number;
}

export const EVERYTHING: LiveFilter = { level: 0, item: '', text: '', cause: '', since: 0 };

const rowOf = (fact: LogFact): LogRow => {
  const { level, item, mark, message, cause, run, time, context } = fact;
  const { emitter, action } = context;
  const record: FilteredRecord = {
    ...{ level: RECORD_LEVELS.indexOf(level), item, mark, message, cause, run },
    who: action === 'active' ? emitter : `${emitter} ${action}`,
  };
  return { ...record, fact, time, searched: searchedText(record) };
};

/** Numbers begin again with each instance, but time goes on; within an instance numbers go on, even if the clock is set back. */
const isLater = (a: LogFact, b: LogFact | undefined): boolean => !b || a.seq > b.seq || a.time > b.time;

/**
 * From when to when records are missing after an answer, wall-clock ms: it is as long as it can be, and begins after the newest one that the
 * page had. Undefined: none are. @param before the time of that one; undefined: the page had none
 */
export const gapBefore = (
  answer: readonly LogFact[],
  before: number | undefined,
  most: number,
): readonly [number, number] | undefined => {
  const first = answer[0]?.time;
  if (before === undefined || first === undefined || answer.length < most || first <= before) return undefined;
  return [before, first];
};

const noCounts = (): number[] => RECORD_LEVELS.map(() => 0);

/** The records that a page has, oldest first, and those of them that match its filter. */
export class LogRecords {
  #all: LogRow[] = [];
  #shown: LogRow[] = [];
  #filter = EVERYTHING;
  #counts = noCounts();
  #forgotten = 0;
  readonly #most: number;

  constructor(most = MOST_RECORDS) {
    this.#most = most;
  }

  /** Those that match the filter. */
  get shown(): readonly LogRow[] {
    return this.#shown;
  }
  get total(): number {
    return this.#all.length;
  }
  /** How many of each level match the rest of the filter. */
  get counts(): readonly number[] {
    return this.#counts;
  }
  /** The oldest and the newest record; undefined: there is none. */
  get first(): LogRow | undefined {
    return this.#all[0];
  }
  get last(): LogRow | undefined {
    return this.#all.at(-1);
  }
  /** Records that the page has had, and has dropped because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The names of the items of the records. */
  items(): string[] {
    return [...new Set(this.#all.flatMap(({ item }) => item ?? []))].sort();
  }

  filter(filter: LiveFilter): void {
    this.#filter = filter;
    this.#sift();
  }

  /** Adds records that have just come, oldest first. Returns how many of them are shown, and how many of the oldest are shown no longer. */
  add(facts: readonly LogFact[]): { readonly added: number; readonly removed: number } {
    const before = this.#shown.length;
    for (const fact of facts) {
      if (!isLater(fact, this.last?.fact)) continue;
      const row = rowOf(fact);
      this.#all.push(row);
      this.#take(row);
    }
    const added = this.#shown.length - before;
    const shown = this.#shown.length;
    if (this.#all.length > this.#most + Math.min(DROPPED_AT_ONCE, this.#most / 10)) this.#forget();
    return { added, removed: shown - this.#shown.length };
  }

  /** Fills in the answer to a question, oldest first: records that are known stay as they are, others take their places. */
  merge(facts: readonly LogFact[]): void {
    const known = new Map(this.#all.map((row) => [`${row.fact.seq} ${row.time}`, row]));
    const added = facts.filter((fact) => !known.has(`${fact.seq} ${fact.time}`));
    const merged: LogRow[] = [];
    let next = 0;
    for (const row of this.#all) {
      for (let fact = added[next]; fact && this.#isBefore(fact, row.fact); fact = added[next]) {
        merged.push(rowOf(fact));
        next += 1;
      }
      merged.push(row);
    }
    for (const fact of added.slice(next)) merged.push(rowOf(fact));
    this.#all = merged;
    if (merged.length > this.#most) this.#forget();
    this.#sift();
  }

  #isBefore(a: LogFact, b: LogFact): boolean {
    return a.time < b.time || (a.time === b.time && a.seq < b.seq);
  }

  #take(row: LogRow): void {
    const { since } = this.#filter;
    if (row.time < since || !matchesFilter(row, { ...this.#filter, level: 0 }, row.searched)) return;
    this.#counts[row.level]! += 1;
    if (row.level >= this.#filter.level) this.#shown.push(row);
  }

  #sift(): void {
    this.#counts = noCounts();
    this.#shown = [];
    for (const row of this.#all) this.#take(row);
  }

  #forget(): void {
    const gone = this.#all.splice(0, this.#all.length - this.#most);
    this.#forgotten += gone.length;
    this.#sift();
  }
}

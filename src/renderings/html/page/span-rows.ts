import { isBad } from './legend.ts';
import type { PageSpan, TimelineEntry } from './page-model.ts';
import type { View } from './view.ts';

/** Rows of a lane: spans that overlap are in different rows. */
const MOST_ROWS = 6;

/** Index of the first entry for which a condition holds that, once it holds, holds for all that follow. */
const firstWhere = <T>(entries: readonly T[], holds: (entry: T) => boolean): number => {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(entries[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Index of the first entry of a row that starts at `from` or later. */
export const indexFrom = (entries: readonly TimelineEntry[], from: number): number =>
  firstWhere(entries, ({ start }) => start >= from);

/** Index of the first entry of a row that starts later than `at`. */
export const indexAfter = (entries: readonly TimelineEntry[], at: number): number =>
  firstWhere(entries, ({ start }) => start > at);

/** Index of the first entry of a row that may reach `from`. */
const firstIn = (entries: readonly TimelineEntry[], from: number, crowded: boolean): number =>
  crowded ? 0 : firstWhere(entries, ({ finish }) => finish >= from);

/** The entries of a row without overlaps that touch a view: index of the first, and of the first one after them. */
export const rangeIn = (
  entries: readonly TimelineEntry[],
  { from, to }: View,
): readonly [begin: number, end: number] => [firstIn(entries, from, false), indexFrom(entries, to)];

/** The entries of a row that touch a view. */
export function* visibleIn<T extends TimelineEntry>(entries: readonly T[], view: View, crowded: boolean): Generator<T> {
  for (let i = firstIn(entries, view.from, crowded); i < entries.length; i += 1) {
    const entry = entries[i]!;
    if (entry.start > view.to) return;
    if (entry.finish >= view.from) yield entry;
  }
}

/** How many failed spans are before each span of a row, and up to which span that is known. */
interface FailedBefore {
  sums: Uint32Array;
  known: number;
}

const failedBefore = new WeakMap<readonly PageSpan[], FailedBefore>();

/** How many failed spans are before each span of a row; only what has changed is counted again. */
export const failureSums = (row: readonly PageSpan[]): Uint32Array => {
  const counted = failedBefore.get(row) ?? { sums: new Uint32Array(row.length + 1), known: 0 };
  failedBefore.set(row, counted);
  if (counted.sums.length <= row.length) {
    const longer = new Uint32Array(row.length * 2);
    longer.set(counted.sums);
    counted.sums = longer;
  }
  const { sums } = counted;
  for (; counted.known < row.length; counted.known += 1)
    sums[counted.known + 1] = sums[counted.known]! + (isBad(row[counted.known]!.style) ? 1 : 0);
  return sums;
};

/** What follows an index of a row has changed. */
const changedFrom = (row: readonly PageSpan[], index: number): void => {
  const counted = failedBefore.get(row);
  if (counted) counted.known = Math.min(counted.known, index);
};

const isFree = (row: readonly PageSpan[], at: number, { start, finish }: PageSpan): boolean =>
  (at === 0 || row[at - 1]!.finish <= start) && (at === row.length || row[at]!.start >= finish);

const insert = (row: PageSpan[], at: number, span: PageSpan): void => {
  if (at === row.length) row.push(span);
  else {
    row.splice(at, 0, span);
    changedFrom(row, at);
  }
};

const hasLength = ({ start, finish }: PageSpan): number => (start === finish ? 0 : 1);

/** The order in which inner spans come below outer ones. Spans without length go first. */
export const byStart = (a: PageSpan, b: PageSpan): number =>
  a.start - b.start || hasLength(a) - hasLength(b) || b.finish - a.finish;

/** The spans of a lane, each in the first row that is free. A new one costs a search, however many there are. */
export class SpanRows {
  #rows: PageSpan[][] = [];
  #crowded = false;

  /** By start. Spans in a row do not overlap, except in the last row if `crowded`. */
  get rows(): readonly (readonly PageSpan[])[] {
    return this.#rows;
  }
  get crowded(): boolean {
    return this.#crowded;
  }

  add(span: PageSpan): void {
    for (const row of this.#rows) {
      const at = indexAfter(row, span.start);
      if (!isFree(row, at, span)) continue;
      insert(row, at, span);
      return;
    }
    if (this.#rows.length < MOST_ROWS) {
      this.#rows.push([span]);
      return;
    }
    this.#crowded = true;
    const last = this.#rows.at(-1)!;
    insert(last, indexAfter(last, span.start), span);
  }

  /** Takes a span out, before it changes. */
  remove(span: PageSpan): void {
    for (const row of this.#rows)
      for (let at = indexFrom(row, span.start); row[at]?.start === span.start; at += 1)
        if (row[at] === span) {
          row.splice(at, 1);
          changedFrom(row, at);
          while (this.#rows.at(-1)?.length === 0) this.#rows.pop();
          return;
        }
  }

  /** Those that are wanted, in the rows that they are in. */
  filtered(isWanted: (span: PageSpan) => boolean): SpanRows {
    const found = new SpanRows();
    found.#rows = this.#rows.map((row) => row.filter(isWanted)).filter((row) => row.length > 0);
    found.#crowded = this.#crowded;
    return found;
  }

  /** Adds spans that are older than those that are there, in their order: they cost no more than new ones. */
  addOlder(spans: readonly PageSpan[]): void {
    const older = new SpanRows();
    for (const span of spans) older.add(span);
    const late: PageSpan[] = [];
    const rows: PageSpan[][] = [];
    for (let i = 0; i < Math.max(older.#rows.length, this.#rows.length); i += 1) {
      const [before, after] = [older.#rows[i] ?? [], this.#rows[i] ?? []];
      const begin = after[0]?.start ?? Number.POSITIVE_INFINITY;
      // What is still under way when the next one begins looks for another place.
      while (before.length > 0 && (before.at(-1)!.finish > begin || before.at(-1)!.start > begin))
        late.push(before.pop()!);
      rows.push(before.concat(after));
    }
    this.#rows = rows.filter((row) => row.length > 0);
    this.#crowded ||= older.#crowded;
    for (const span of late.reverse()) this.add(span);
  }
}

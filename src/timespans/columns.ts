import type { SpanFact, SpanId } from '../journal/fact.ts';

/** What a consumer makes of each event, by the name of the consumer; all columns are equally long, row by row one event. */
export type Columns = Readonly<Record<string, readonly unknown[]>>;

/** Columns of values of known types: `{ bytes: number }` gives `{ bytes: readonly number[] }`. */
export type ColumnsOf<Values> = { readonly [Name in keyof Values]: readonly Values[Name][] };

/** One row: the value of each consumer for one event; null where it threw, or came later. */
export type Row = Readonly<Record<string, unknown>>;

/** What {@link CoreMetrics} makes of an event. */
export interface CoreRow {
  /** Monotonic ns. */
  readonly timestamp: number;
  readonly category: string;
  readonly kind: SpanFact['edge'];
}

/** What `fetchLogs` returns: columns, among them always these two. */
export interface Logs extends Columns {
  readonly core: readonly (CoreRow | null)[];
  readonly id: readonly SpanId[];
}

/** Puts columns end to end; a column that some do not have is filled with null there. */
export const concatenate = (parts: readonly Columns[]): Columns => {
  const [only, ...more] = parts;
  if (only && more.length === 0) return only;
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  const lengths = parts.map((part) => Object.values(part)[0]?.length ?? 0);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      parts.flatMap((part, i) => (Object.hasOwn(part, name) ? part[name]! : new Array(lengths[i]!).fill(null))),
    ]),
  );
};

/** Rows with the daemon that each is of, row by row. */
export interface SourcedColumns {
  readonly columns: Columns;
  readonly daemons: readonly string[];
}

/** Lists by the key of their first part, in the order in which the keys come. */
export const groupByKey = <T>(pairs: Iterable<readonly [key: string, value: T]>): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
};

/** The rows of each daemon as columns of their own, in the order of their first rows. */
export const columnsByDaemon = ({ columns, daemons }: SourcedColumns): Map<string, Columns> => {
  const rows = groupByKey(daemons.map((daemon, row) => [daemon, row] as const));
  return new Map(
    [...rows].map(([daemon, of]) => [
      daemon,
      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, of.map((row) => values[row])])),
    ]),
  );
};

/** The rows of a log that were not fetched, as aggregators see them. */
export interface Rows {
  readonly length: number;
  /**
   * The columns themselves: they go on growing and shrinking, and are never to be changed by hand. A log from which rows are dropped
   * moves all others for it, so ask only when you need them: `value` and `row` cost next to nothing.
   */
  readonly columns: Columns;
  /** One value; undefined when there is no such column or row. Negative rows count from the end. */
  value(name: string, row: number): unknown;
  /** All values of one row. Negative rows count from the end. */
  row(at: number): Row;
  /** Deletes rows from the front, of all columns. */
  drop(rows: number): void;
}

/** One column. The first values may belong to rows that were dropped. */
export interface StoredColumn {
  readonly name: string;
  values: unknown[];
}

/** The least number of dropped rows for which all others are moved. */
const LEAST_DEAD = 64;

/** Columns that are equally long. */
export class RowStore implements Rows {
  readonly #columns = new Map<string, StoredColumn>();
  /** Whose row each is. */
  #daemons: string[] = [];
  /** Rows at the front of each column that are dropped: moving the others for each of them would be slow. */
  #dead = 0;
  #length = 0;
  #gone = 0;
  #shown: Columns | undefined;

  /** Rows that were removed: fetched or dropped. */
  get gone(): number {
    return this.#gone;
  }
  get length(): number {
    return this.#length;
  }
  /** A new column, null in all rows that are here. */
  add(name: string): StoredColumn {
    const column = { name, values: new Array<unknown>(this.#dead + this.#length).fill(null) };
    this.#columns.set(name, column);
    this.#shown = undefined;
    return column;
  }
  remove(name: string): void {
    this.#columns.delete(name);
    this.#shown = undefined;
  }
  /** A value was added to each column, of an event of this daemon. */
  grown(daemon: string): void {
    this.#daemons.push(daemon);
    this.#length += 1;
  }
  /** Whose row it is. */
  daemonOf(at: number): string {
    return this.#daemons[this.#place(at)] ?? '';
  }
  /** Returns everything, and begins again with the same columns. */
  take(): SourcedColumns {
    const taken = { columns: this.columns, daemons: this.#daemons };
    this.#daemons = [];
    for (const column of this.#columns.values()) column.values = [];
    this.#gone += this.#length;
    this.#length = 0;
    this.#shown = undefined;
    return taken;
  }

  get columns(): Columns {
    this.#trim();
    this.#shown ??= Object.fromEntries([...this.#columns].map(([name, { values }]) => [name, values]));
    return this.#shown;
  }
  value(name: string, row: number): unknown {
    return this.#columns.get(name)?.values[this.#place(row)];
  }
  row(at: number): Row {
    const place = this.#place(at);
    return Object.fromEntries([...this.#columns].map(([name, { values }]) => [name, values[place]]));
  }
  drop(rows: number): void {
    const count = Math.min(Math.max(0, Math.floor(rows) || 0), this.#length);
    this.#dead += count;
    this.#gone += count;
    this.#length -= count;
    // Rows are moved when as many are dropped as are left: each is moved once at the most for one that is dropped.
    if (this.#dead > Math.max(LEAST_DEAD, this.#length)) this.#trim();
  }

  #place(row: number): number {
    const place = row < 0 ? this.#length + row : row;
    return place < 0 ? -1 : this.#dead + place;
  }
  #trim(): void {
    if (this.#dead === 0) return;
    for (const { values } of this.#columns.values()) values.splice(0, this.#dead);
    this.#daemons.splice(0, this.#dead);
    this.#dead = 0;
  }
}

import { expected, expectFunction } from '../check-arguments.ts';
import type { SpanFact } from '../journal/fact.ts';
import {
  type Columns,
  type ColumnsOf,
  columnsByDaemon,
  type Row,
  RowStore,
  type Rows,
  type SourcedColumns,
  type StoredColumn,
} from './columns.ts';
import { OpenSpans } from './open-spans.ts';
import type { ErrorHandler, LogSink } from './sink.ts';

/**
 * Makes one value of each event, at once; undefined counts as null. `close` ends what only runs while events come (timers): it is
 * called when the consumer is deleted or its log is put away, and the next event may begin it again.
 */
export interface Consumer<T = unknown> {
  (event: SpanFact): T;
  close?(): void;
}

/** Looks at all rows after each event, and may drop some from the front. A promise that it answers is not waited for. */
export type Aggregator = (rows: Rows) => unknown;

/** What `MultiEventLog` can be given at its making. */
export interface MultiEventLogOptions<Values extends object = Record<string, unknown>> {
  readonly consumers?: { readonly [Name in keyof Values]: Consumer<Values[Name]> };
  readonly aggregators?: Readonly<Record<string, Aggregator>>;
  /** Called when a consumer or an aggregator throws; silence if not set. */
  readonly onError?: ErrorHandler;
}

interface Stream {
  readonly name: string;
  consumer: Consumer;
  readonly column: StoredColumn;
  /** For the row that is being made. */
  value: unknown;
}

/** Events that consumers and aggregators may cause by one event. */
const LONGEST_QUEUE = 100;

/**
 * A column for each named consumer, one value for each event. Without an aggregator such as {@link LogWindow} rows are kept until
 * they are fetched, however many there are.
 */
export class MultiEventLog<Values extends object = Record<string, unknown>> implements LogSink {
  /** Replaced, never changed, so that a row that is being made is not disturbed. */
  #streams: readonly Stream[] = [];
  readonly #aggregators = new Map<string, Aggregator>();
  readonly #onError: ErrorHandler;
  readonly #open = new OpenRows();
  readonly #rows = new RowStore();
  #writing = false;
  readonly #queue: (readonly [event: SpanFact, daemon: string])[] = [];

  constructor({ consumers, aggregators = {}, onError = () => {} }: MultiEventLogOptions<Values> = {}) {
    this.#onError = onError;
    for (const [name, consumer] of Object.entries<Consumer>({ ...consumers })) this.set(name, consumer);
    for (const [name, aggregator] of Object.entries(aggregators)) this.setAggregator(name, aggregator);
  }

  /** Adds a consumer, from the next event on; its column is filled with null up to there. A name that is known keeps its column. */
  set<Name extends string, T>(name: Name, consumer: Consumer<T>): MultiEventLog<Values & Record<Name, T>> {
    expected('MultiEventLog.set', 'name', name, 'a text', typeof name === 'string');
    expectFunction('MultiEventLog.set', 'consumer', consumer);
    const known = this.#streams.find((stream) => stream.name === name);
    if (known) {
      if (known.consumer !== consumer) this.#close(known);
      known.consumer = consumer;
    } else {
      this.#streams = [...this.#streams, { name, consumer, column: this.#rows.add(name), value: null }];
    }
    return this as unknown as MultiEventLog<Values & Record<Name, T>>;
  }
  /** Takes a consumer and its column away, unread values too; false when there is none of this name. */
  delete(name: string): boolean {
    const gone = this.#streams.find((stream) => stream.name === name);
    if (!gone) return false;
    this.#streams = this.#streams.filter((stream) => stream !== gone);
    this.#rows.remove(name);
    this.#close(gone);
    return true;
  }
  /** Adds an aggregator, or puts it in the place of the one of this name. They are called in the order of their adding. */
  setAggregator(name: string, aggregator: Aggregator): this {
    expected('MultiEventLog.setAggregator', 'name', name, 'a text', typeof name === 'string');
    expectFunction('MultiEventLog.setAggregator', 'aggregator', aggregator);
    this.#aggregators.set(name, aggregator);
    return this;
  }
  /** False when there is none of this name. */
  deleteAggregator(name: string): boolean {
    return this.#aggregators.delete(name);
  }
  /** The names of the consumers, in the order of their adding. */
  get names(): string[] {
    return this.#streams.map(({ name }) => name);
  }
  /** Rows that were not fetched. */
  get length(): number {
    return this.#rows.length;
  }

  /** Adds a row, of the program around daemons if it is of none. What consumers and aggregators throw is reported, never thrown; events that they emit become rows after it. */
  write(event: SpanFact, daemon = ''): void {
    if (this.#writing) {
      if (this.#queue.length < LONGEST_QUEUE) this.#queue.push([event, daemon]);
      else this.#report(new RangeError('consumers and aggregators emit too many events themselves'), 'log');
      return;
    }
    this.#writing = true;
    this.#add(event, daemon);
    // What these cause comes to the end of the same queue, which is emptied only afterwards: it cannot go on for ever.
    for (let i = 0; i < this.#queue.length; i++) this.#add(...this.#queue[i]!);
    if (this.#queue.length > 0) this.#queue.length = 0;
    this.#writing = false;
  }

  #add(event: SpanFact, daemon: string): void {
    for (const stream of this.#streams) stream.value = this.#consume(stream, event);
    for (const stream of this.#streams) {
      stream.column.values.push(stream.value);
      stream.value = null;
    }
    this.#open.see(event, this.#rows.gone + this.#rows.length);
    this.#rows.grown(daemon);
    for (const [name, aggregator] of this.#aggregators) this.#aggregate(name, aggregator);
  }
  #consume({ name, consumer }: Stream, event: SpanFact): unknown {
    try {
      const value = consumer(event);
      if (!(value instanceof Promise)) return value === undefined ? null : value;
      value.catch(() => {});
      throw new TypeError('a consumer has to answer at once, not by a promise');
    } catch (error) {
      this.#report(error, `consumer "${name}"`);
      return null;
    }
  }
  #aggregate(name: string, aggregator: Aggregator): void {
    const where = `aggregator "${name}"`;
    try {
      const done = aggregator(this.#rows);
      if (done instanceof Promise) done.catch((error) => this.#report(error, where));
    } catch (error) {
      this.#report(error, where);
    }
  }

  /**
   * Everything since the last time, a column for each consumer; what is handed out never changes afterwards. What consumers
   * remember stays. The start of a span that is open is kept aside: when it was handed out in an earlier fetch, it comes again,
   * before all others, in the one that has the finish.
   */
  fetch(): ColumnsOf<Values> {
    return this.#drain().columns as ColumnsOf<Values>;
  }
  /** The same, the rows of each daemon apart, by its name; those of the program around daemons have the empty name. */
  fetchPerDaemon(): ReadonlyMap<string, ColumnsOf<Values>> {
    return columnsByDaemon(this.#drain()) as ReadonlyMap<string, Columns> as ReadonlyMap<string, ColumnsOf<Values>>;
  }

  #drain(): SourcedColumns {
    const first = this.#rows.gone;
    const resumed = this.#open.drain(first, (at) => ({
      values: this.#rows.row(at - first),
      daemon: this.#rows.daemonOf(at - first),
    }));
    const { columns, daemons } = this.#rows.take();
    if (resumed.length === 0) return { columns, daemons };
    const began = (name: string) => resumed.map(({ values }) => (Object.hasOwn(values, name) ? values[name] : null));
    const all: Columns = Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, [...began(name), ...values]]),
    );
    return { columns: all, daemons: [...resumed.map(({ daemon }) => daemon), ...daemons] };
  }

  /** Ends what consumers run only while events come. */
  close(): void {
    for (const stream of this.#streams) this.#close(stream);
  }
  [Symbol.dispose](): void {
    this.close();
  }

  #close({ name, consumer }: Stream): void {
    try {
      consumer.close?.();
    } catch (error) {
      this.#report(error, `consumer "${name}"`);
    }
  }
  #report(error: unknown, where: string): void {
    try {
      this.#onError(error, where);
    } catch {
      // There is no other place to report it.
    }
  }
}

/** The values of a row, and whose it is. */
interface SourcedRow {
  readonly values: Row;
  readonly daemon: string;
}

/** Keeps the starts of open spans over a drain, so that no finish is ever handed out without its start. */
class OpenRows {
  /** Where the start stands, counted from the first row ever. */
  readonly #here = new OpenSpans<number>();
  /** Starts that were handed out before their finish came. */
  readonly #carried = new OpenSpans<SourcedRow>();
  #resumed: { readonly row: SourcedRow; readonly finish: number }[] = [];

  /** An event has become row `at`. */
  see({ edge, category, id }: SpanFact, at: number): void {
    if (edge === 'start') {
      if (this.#carried.size > 0) this.#carried.take(category, id);
      this.#here.put(category, id, at);
    } else if (edge === 'finish') {
      if (this.#here.take(category, id) !== undefined || this.#carried.size === 0) return;
      const row = this.#carried.take(category, id);
      if (row) this.#resumed.push({ row, finish: at });
    }
  }

  /**
   * All rows from `first` on are handed out: answers the rows of the starts that were handed out before and whose finish is among them.
   * @param rowAt the values of a row
   */
  drain(first: number, rowAt: (at: number) => SourcedRow): SourcedRow[] {
    const resumed = this.#resumed.filter(({ finish }) => finish >= first).map(({ row }) => row);
    this.#resumed = [];
    this.#here.moveTo(this.#carried, (at) => (at >= first ? rowAt(at) : undefined));
    return resumed;
  }
}

import { isThenable } from '../call-safely.ts';
import { expectFunction, expectMethod, expectText } from '../check-arguments.ts';
import type { Envelope, SpanFact, SpanId } from '../journal/fact.ts';
import { type SignalOptions, type Unsubscribe, unsubscriber } from '../subscription.ts';
import { type Columns, concatenate, groupByKey, type Logs } from './columns.ts';
import { MultiEventLog } from './multi-event-log.ts';
import { type ErrorHandler, FilterLog, type LogSink, NoOpLog } from './sink.ts';
import type { SystemFigures } from './system-metrics.ts';

/** A value, or a function that makes it, which is called only when there is a sink. */
export type ValueOrFunction<T> = T | (() => T);

/** What an event belongs to; null or left out: nothing. */
export type EventContext = Partial<Pick<Envelope, 'item' | 'run' | 'cause'>>;

/** What a context is made with. */
export interface TimespanContextOptions {
  /** `mono`: monotonic ms with fractions, `wall`: ms since 1970; those of the machine if not set. */
  readonly clock?: { mono(): number; wall(): number };
  /** Numbers the events; from 1 if not set. */
  readonly seq?: () => number;
  /** Called when something from outside throws: sinks, consumers, aggregators, functions that make a timeline. Silence if not set. */
  readonly onError?: ErrorHandler;
  /** Figures of the machine; without them `metrics`, `gcStats` and `eventLoopDelay` cannot be had. */
  readonly system?: SystemFigures;
}

const MACHINE = { mono: () => performance.now(), wall: () => Date.now() };

/** The log with columns that a sink is, or hands on to. */
const columnsOf = (sink: LogSink): MultiEventLog | undefined => {
  if (sink instanceof FilterLog) return columnsOf(sink.inner);
  return sink instanceof MultiEventLog ? sink : undefined;
};

/** Where spans are emitted: a clock and one sink. With a {@link NoOpLog}, which is the default, an event costs one comparison. */
export class TimespanContext {
  readonly clock: { mono(): number; wall(): number };
  /** May be set later. */
  system: SystemFigures | undefined;
  onError: ErrorHandler;
  readonly #seq: () => number;
  readonly #listeners = new Set<{ readonly listener: (on: boolean) => void }>();
  #sink: LogSink = new NoOpLog();
  #on = false;
  /** Logs that are no longer the sink and have rows that were not fetched. */
  #earlier: MultiEventLog[] = [];

  constructor({ clock = MACHINE, seq, onError = () => {}, system }: TimespanContextOptions = {}) {
    let last = 0;
    this.clock = clock;
    this.#seq = seq ?? (() => ++last);
    this.onError = onError;
    this.system = system;
  }

  /** Whether there is a sink: ask before you build what only an event needs. */
  get on(): boolean {
    return this.#on;
  }
  /** Calls `listener` with each change of {@link on}. Returns how to end that. */
  onChange(listener: (on: boolean) => void, { signal }: SignalOptions = {}): Unsubscribe {
    expectFunction('onChange', 'listener', listener);
    const one = { listener };
    this.#listeners.add(one);
    return unsubscriber(() => this.#listeners.delete(one), signal);
  }

  /** Where events go. A log with columns that is replaced can still be read by {@link fetchLogs}. */
  get sink(): LogSink {
    return this.#sink;
  }
  set sink(sink: LogSink) {
    expectMethod('TimespanContext', 'sink', sink, 'write');
    if (sink === this.#sink) return;
    const before = columnsOf(this.#sink);
    const next = columnsOf(sink);
    const old = this.#sink;
    this.#callSafely('sink', () => old.close?.());
    this.#sink = sink;
    this.#earlier = this.#earlier.filter((log) => log !== next && log.length > 0);
    if (before && before !== next && before.length > 0) this.#earlier.push(before);
    const on = !(sink instanceof NoOpLog);
    if (on === this.#on) return;
    this.#on = on;
    for (const { listener } of this.#listeners) this.#callSafely('a listener to changes', () => listener(on));
  }

  /**
   * Takes an event that is made already. What the sink throws is reported, not thrown.
   * @param daemon the name of the daemon that it is of; not given: of the program around daemons
   */
  write(event: SpanFact, daemon?: string): void {
    if (!this.#on) return;
    try {
      const done: unknown = this.#sink.write(event, daemon);
      if (isThenable(done)) done.then(undefined, (error: unknown) => this.#report(error, 'sink'));
    } catch (error) {
      this.#report(error, 'sink');
    }
  }

  /** A span begins. The same `category` and `id` belong to its finish; a null id is never paired. */
  start(
    category: string,
    id: ValueOrFunction<SpanId>,
    timeline?: ValueOrFunction<unknown>,
    belongs?: EventContext,
  ): void {
    if (this.#on) this.#emit('start', category, id, timeline, belongs);
  }
  /** A span ends. */
  finish(
    category: string,
    id: ValueOrFunction<SpanId>,
    timeline?: ValueOrFunction<unknown>,
    belongs?: EventContext,
  ): void {
    if (this.#on) this.#emit('finish', category, id, timeline, belongs);
  }
  /** Something without duration. */
  instant(category: string, timeline?: ValueOrFunction<unknown>, belongs?: EventContext): void {
    if (this.#on) this.#emit('instant', category, null, timeline, belongs);
  }

  /** All rows that were not read, of the log with columns that is the sink, and of those before it, oldest first. */
  fetchLogs(): Logs {
    const parts = this.#unread().map((log) => log.fetch());
    const none: Columns = { core: [], id: [] };
    return { ...none, ...concatenate(parts.length > 0 ? parts : [none]) } as Logs;
  }
  /** The same, the rows of each daemon apart, by its name; those of the program around daemons have the empty name. */
  fetchLogsPerDaemon(): ReadonlyMap<string, Logs> {
    const daemons = groupByKey<Columns>(this.#unread().flatMap((log) => [...log.fetchPerDaemon()]));
    return new Map([...daemons].map(([daemon, parts]) => [daemon, concatenate(parts) as Logs]));
  }
  /** The logs with rows that were not fetched, and the one that is the sink; oldest first. */
  #unread(): readonly MultiEventLog[] {
    const current = columnsOf(this.#sink);
    const logs = [...this.#earlier, ...(current ? [current] : [])];
    this.#earlier = [];
    return logs.filter((log) => log.length > 0 || log === current);
  }

  #emit(
    edge: SpanFact['edge'],
    category: string,
    id: ValueOrFunction<SpanId>,
    timeline: ValueOrFunction<unknown>,
    { item = null, run = null, cause = null }: EventContext = {},
  ): void {
    if (typeof category !== 'string' || category === '') expectText('timespan', 'category', category);
    // The clock first: building the rest must not count as part of the span.
    const mono = this.clock.mono();
    const time = this.clock.wall();
    const seq = this.#seq();
    const known = this.#made(id, category, 'id');
    const made = this.#made(timeline, category, 'timeline') ?? null;
    const timestamp = Math.round(mono * 1e6);
    this.write({
      kind: 'span',
      seq,
      time,
      mono,
      item,
      run,
      cause,
      edge,
      category,
      id: known,
      timeline: made,
      timestamp,
    });
  }
  #made<T>(lazy: ValueOrFunction<T>, category: string, what: string): T | null {
    if (typeof lazy !== 'function') return lazy;
    try {
      return (lazy as () => T)();
    } catch (error) {
      this.#report(error, `${what} of ${category}`);
      return null;
    }
  }
  #callSafely(where: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#report(error, where);
    }
  }
  #report(error: unknown, where: string): void {
    try {
      this.onError(error, where);
    } catch {
      // There is no other place to report it.
    }
  }
}

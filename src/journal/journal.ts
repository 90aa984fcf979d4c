import { describeError, SafeCaller } from '../call-safely.ts';
import type { LogRecord } from '../log/record.ts';
import { agree, counted } from '../plural.ts';
import { runSecrets } from '../run-secrets.ts';
import type { EventFact, Fact, LogFact, SharedEvent, TopicEvent, TraceContext, Transition } from './fact.ts';
import { itemOf } from './item.ts';
import { ItemTransitions, type LastReason, RemovedItems, type Track } from './item-transitions.ts';
import { toJson, topicsOf } from './json.ts';
import { EVENTS_PER_TOPIC, type HandlerFailure, RecentLogRecords, type RecordQuery, TopicStore } from './memory.ts';
import { type SpanListener, type SpanSink, Spans } from './spans.ts';
import type { TopicHandler } from './subscribers.ts';
import { type Listener, Listeners, type RecordListener } from './subscribers.ts';

/** Characters of an error, or of the reason of a handler that failed, that an event keeps. */
const LONGEST_ERROR = 8000;

export { itemOf } from './item.ts';
export type { RecordQuery } from './memory.ts';

/** How much is kept in memory; 0: everything. */
export interface JournalOptions {
  /** Chapters of all stories together; 1 000 if not set. */
  readonly storyLength?: number;
  /** Events of each topic; 1 000 if not set. */
  readonly topicLength?: number;
  /** Log records; 1 000 if not set. */
  readonly recordsLength?: number;
  /** Gets timespans too. */
  readonly spans?: SpanSink;
  /** Calls what listens, and says what of it failed; silence if not set. */
  readonly contained?: SafeCaller;
}

/** The item that publishes an event, and whether all machines get it. */
interface EventOrigin {
  readonly item?: string | undefined;
  readonly origin?: TraceContext | undefined;
  /** For all machines of the fleet. */
  readonly fleet?: boolean | undefined;
}

/** One ordered stream of facts with what is kept of it: states, stories, topics, the last records. */
export class Journal {
  readonly #clock: { wall(): number; mono(): number };
  readonly #contained: SafeCaller;
  readonly #listeners: Listeners;
  readonly #history: ItemTransitions;
  readonly #spans: Spans;
  readonly #topics: TopicStore;
  readonly #records: RecentLogRecords;
  readonly #removed: RemovedItems;
  /** The number of the last fact. */
  readonly #seq = { last: 0 };
  /** Whether anybody wants all facts. */
  #watched = false;
  #share: (event: SharedEvent) => void = () => {};

  constructor(clock: { wall(): number; mono(): number }, options: JournalOptions = {}) {
    this.#clock = clock;
    const mono = () => clock.mono();
    this.#records = new RecentLogRecords(clock, options.recordsLength ?? 1000);
    this.#removed = new RemovedItems(mono, (key) => {
      this.#history.forget(key);
      this.#topics.forget(key);
    });
    this.#contained = options.contained ?? new SafeCaller();
    this.#listeners = new Listeners(this.#contained, mono);
    this.#topics = new TopicStore(options.topicLength ?? EVENTS_PER_TOPIC, (failure) => this.#failed(failure));
    const hand = (fact: Fact) => this.#listeners.hand(fact);
    this.#history = new ItemTransitions(
      {
        ...{ clock, seq: this.#seq, topics: this.#topics, hand },
      },
      options.storyLength ?? 1000,
    );
    this.#spans = new Spans({ clock, contained: this.#contained, seq: this.#seq, hand }, options.spans);
  }

  // What projections and the log report.

  track(key: string, state: string): Track {
    this.#removed.delete(key);
    return this.#history.track(key, state);
  }
  depart(key: string): void {
    this.#removed.add(key);
  }
  logEvent(topic: string | readonly string[], message: unknown, by: EventOrigin = {}): void {
    const fact = this.#event(topic, message, by);
    if (by.fleet) this.#share(fact);
  }
  /** Events for all machines of the fleet go to this function, too. */
  onShared(share: (event: SharedEvent) => void): void {
    this.#share = share;
  }
  /** Publishes an event of another machine. @throws EventError */
  receive(machine: string, { time, topics, item, message }: Omit<SharedEvent, 'message'> & { message: unknown }): void {
    this.#event(topics, message, { item: item ?? undefined, machine, time });
  }
  /** `of`: the handler that failed, when this says that one did. */
  #event(
    topic: string | readonly string[],
    message: unknown,
    by: EventOrigin & { readonly machine?: string; readonly time?: number },
    of?: TopicHandler,
  ): EventFact {
    const topics = topicsOf(topic);
    const value = runSecrets.maskIn(toJson(message));
    this.#removed.clear();
    const { origin, item = null, machine, time = this.#clock.wall() } = by;
    const fact: EventFact = {
      ...{ kind: 'event', seq: ++this.#seq.last, time, mono: this.#clock.mono(), item },
      ...{ run: origin?.run ?? null, cause: origin?.cause ?? null, topics, message: value },
      ...(machine === undefined ? {} : { machine }),
    };
    if (this.#watched) this.#listeners.hand(fact);
    this.#topics.publish(fact, of);
    return fact;
  }
  /** One that failed because another one did is only counted: several could go on in a circle for ever. */
  #failed({ topic, handler, error, notice }: HandlerFailure): void {
    this.#contained.failed(handler, `a handler of topic ${topic}`, error);
    if (!notice)
      this.#event(
        'errors',
        { action: 'handler-failed', topic, reason: describeError(error).slice(0, LONGEST_ERROR) },
        {},
        handler,
      );
  }
  /** Timespans, instants and metric records. */
  get spans(): Spans {
    return this.#spans;
  }
  /** Numbers a log record and keeps it. */
  record(record: LogRecord): void {
    record.seq = ++this.#seq.last;
    this.#records.keep(record);
    if (this.#watched) this.#listeners.hand(record);
    if (record.level !== 'error') return;
    const { context, mark, message, origin } = record;
    const item = itemOf(context);
    this.logEvent(
      'errors',
      {
        action: 'log',
        emitter: context.emitter,
        doing: context.action,
        mark,
        message: message.slice(0, LONGEST_ERROR),
      },
      { ...(item === null ? {} : { item }), ...(origin ? { origin } : {}) },
    );
  }

  // What listeners and readers get.

  /**
   * Hands every fact from now on to `listener`, in order, or records to `record`; answers how to end that. A listener without `record`
   * is a {@link Subscriber}: what it causes itself comes in later turns of the event loop.
   */
  subscribe(listener: Listener, record?: RecordListener, name = 'a listener to facts'): () => void {
    const end = this.#listeners.add(listener, record, name);
    this.#heard();
    return () => {
      end();
      this.#heard();
    };
  }
  /** Hands spans and metrics alone to `listener`, which costs less. */
  subscribeSpans(listener: SpanListener, name?: string): () => void {
    return this.#spans.subscribe(listener, name);
  }
  /**
   * Hands later events of a topic to `handler`; the same `owner` again replaces its handler, and without an owner each call is a
   * subscription of its own. Returns how to end this one. @throws EventError for a topic that is not a name.
   */
  subscribeTopic(topic: string | readonly string[], handler: TopicHandler, owner: unknown = {}): () => void {
    const ends = topicsOf(topic).map((one) => this.#topics.subscribe(one, handler, owner));
    this.#heard();
    return () => {
      for (const end of ends) end();
      this.#heard();
    };
  }
  /** @throws EventError when that owner does not listen to the topic. */
  unsubscribeTopic(topic: string, owner: unknown): void {
    this.#topics.unsubscribe(topic, owner);
    this.#heard();
  }
  /** Ends all subscriptions, of topics and of facts: what waits is handed over first, events to handlers that return at once only. */
  endSubscriptions(): void {
    const events = this.#topics.end();
    const facts = this.#listeners.end();
    this.#heard();
    if (events > 0)
      this.#contained.report(
        `${counted(events, 'event')} ${agree(events, 'was', 'were')} not handed to slow handlers of topics before the end`,
      );
    if (facts > 0)
      this.#contained.report(`${counted(facts, 'fact')} ${agree(facts, 'was', 'were')} not handed to slow listeners`);
  }
  /** The kept events of one topic, oldest first, or of all topics that have any. Reading creates nothing. */
  getEvents(topic: string): readonly TopicEvent[];
  getEvents(): ReadonlyMap<string, readonly TopicEvent[]>;
  getEvents(topic?: string): readonly TopicEvent[] | ReadonlyMap<string, readonly TopicEvent[]> {
    this.#removed.clear();
    if (topic !== undefined) return this.#topics.get(topic).events;
    return new Map(this.#topics.names.map((name) => [name, this.#topics.get(name).events]));
  }
  /** How many events a topic has ever had. */
  countOf(topic: string): number {
    return this.#topics.get(topic).total;
  }
  /** What happened to an item (`condition/Backup`, or `Backup` of any section), or because of a cause; oldest first. */
  story(...queries: readonly string[]): Transition[] {
    this.#removed.clear();
    const found = new Map(queries.flatMap((query) => this.#history.find(query)).map((one) => [one.seq, one]));
    return [...found.values()].sort((a, b) => a.seq - b.seq);
  }
  /** The stories as a whole: what is kept, and how many chapters there were and are gone. */
  get stories(): { readonly chapters: readonly Transition[]; readonly total: number; readonly dropped: number } {
    const { ring, all } = this.#history;
    return { chapters: all, total: ring.total, dropped: ring.dropped };
  }
  /** The state of each item that is known, by `condition/Backup`. */
  get states(): ReadonlyMap<string, string> {
    return this.#history.states;
  }
  /** The state of one item, `condition/Backup`; undefined when it is not known. */
  stateOf(key: string): string | undefined {
    return this.#history.stateOf(key);
  }
  /** The last transition of one item, `condition/Backup`. */
  lastOf(key: string): Transition | undefined {
    return this.#history.lastOf(key);
  }
  /** Why one item, `condition/Backup`, is in its state. */
  lastReasonOf(key: string): LastReason | undefined {
    return this.#history.lastReasonOf(key);
  }
  /** The last log records, newest first. */
  records(query?: RecordQuery): LogFact[] {
    return this.#records.find(query);
  }
  /** `seq` of the last fact. */
  get last(): number {
    return this.#seq.last;
  }

  /** Takes a fact of a recording, with its own number. */
  restore(fact: Fact): void {
    this.#seq.last = Math.max(this.#seq.last, fact.seq);
    if (fact.kind === 'log') this.#records.keep(fact);
    else if (fact.kind === 'repeat') this.#history.track(fact.key, '').recount(fact);
    else if (fact.kind === 'event') this.#topics.publish(fact);
    else if (fact.kind === 'transition') {
      // As in the running instance: a repetition is counted, not an event of its own.
      if (this.#history.track(fact.key, fact.start).restore(fact)) this.#topics.publish(fact);
    }
  }
  /** Tells the listeners what has only been counted so far: a recording is about to end. */
  settle(): void {
    this.#history.reportRepeats();
  }

  /** A record as a fact. */
  factOf(record: LogRecord): LogFact {
    return this.#records.factOf(record);
  }
  #heard(): void {
    this.#watched = this.#listeners.any;
    this.#spans.listening = this.#watched;
    this.#history.watched = this.#watched;
    this.#history.listening = this.#watched || this.#topics.heard;
  }
}

import { type Context, type Level, type LogRecord, severity } from '../log/record.ts';
import type { CauseKind, Chapter, Fact, LogFact, Origin, TopicEvent } from './fact.ts';
import { toJson } from './json.ts';
import type { Ledger, MetricTraits, OpenSpan, Told } from './ledger.ts';
import { Ring } from './ring.ts';
import { type SpanListener, type SpanSink, Spans } from './spans.ts';
import { type ItemTrack, Stories } from './stories.ts';
import type { TopicHandler } from './subscriber.ts';
import { topicsOf } from './topic-names.ts';
import { TOPIC_LENGTH, Topics } from './topics.ts';

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
}

/** Which records are wanted, newest first. */
export interface RecordQuery {
  /** At the most; 0 or undefined: all that are kept. */
  readonly n?: number;
  /** Wall clock in ms: not older than this. */
  readonly since?: number;
  /** This level or a more severe one. */
  readonly level?: Level;
  /** `condition/Backup`, or `Backup` of any section. */
  readonly item?: string;
}

/** Characters of an error that its event keeps. */
const LONGEST_ERROR = 8000;

/** How long the story and the topic of a removed item are kept, in ms. */
const KEPT_MS = 3_600_000;

const SECTION = /^(?:[A-Z]+_)?(CONDITION|TASK|EVENT)$|^(CONDITION|TASK|EVENT)_/;
const items = new WeakMap<Context, string | null>();

/** `condition/Backup` for the context of a record, null for one of the scheduler. */
export const itemOf = (context: Context): string | null => {
  let item = items.get(context);
  if (item === undefined) {
    const [, own, registry] = SECTION.exec(context.emitter) ?? [];
    const section = (own ?? registry)?.toLowerCase();
    item = context.item === null || section === undefined ? null : `${section}/${context.item}`;
    items.set(context, item);
  }
  return item;
};

/** The origin of a run; its id is put into words when somebody wants it. */
class Run implements Origin {
  readonly cause: string;
  readonly #number: number;
  constructor(cause: string, number: number) {
    this.cause = cause;
    this.#number = number;
  }
  get run(): string {
    return `run-${this.#number}`;
  }
}

/** One ordered stream of facts with what is kept of it: states, stories, topics, the last records (`observability.md`). */
export class Journal implements Ledger {
  readonly #clock: { wall(): number; mono(): number };
  readonly #listeners = new Set<(fact: Fact) => void>();
  readonly #stories: Stories;
  readonly #spans: Spans;
  readonly #topics: Topics;
  readonly #records: Ring<LogRecord | LogFact>;
  readonly #counts = new Map<string, number>();
  /** Items that have left, and when their hour is over (monotonic ms), earliest first. */
  readonly #departed = new Map<string, number>();
  #seq = 0;
  #runs = 0;
  /** Whether anybody wants all facts. */
  #watched = false;

  constructor(clock: { wall(): number; mono(): number }, options: JournalOptions = {}) {
    this.#clock = clock;
    this.#records = new Ring(options.recordsLength ?? 1000);
    this.#topics = new Topics(options.topicLength ?? TOPIC_LENGTH, (topic, error) =>
      this.logEvent('errors', { action: 'handler-failed', topic, reason: String(error) }),
    );
    this.#stories = new Stories(
      {
        clock,
        listening: false,
        seq: () => this.#next(),
        tell: (fact, again) => {
          if (fact.kind === 'transition') {
            if (again) this.#topics.repeat(fact);
            else this.#topics.publish(fact);
          }
          this.#hand(fact);
        },
      },
      options.storyLength ?? 1000,
    );
    const hand = (fact: Fact) => this.#hand(fact);
    this.#spans = new Spans({ clock, listening: false, seq: () => this.#next(), hand }, options.spans);
  }

  // What the engine and the log tell.

  cause(kind: CauseKind): string {
    return this.#number(kind);
  }
  run(cause: string): Origin {
    this.#runs += 1;
    return new Run(cause, this.#runs);
  }
  track(key: string, state: string): ItemTrack {
    this.#departed.delete(key);
    return this.#stories.track(key, state);
  }
  depart(key: string): void {
    this.#departed.delete(key);
    this.#departed.set(key, this.#clock.mono() + KEPT_MS);
    this.#clear();
  }
  logEvent(topic: string | readonly string[], message: unknown, by: { item?: string; origin?: Origin } = {}): void {
    const topics = topicsOf(topic);
    const value = toJson(message);
    this.#clear();
    const { origin, item = null } = by;
    const fact: Fact = {
      ...{ kind: 'event', seq: this.#next(), time: this.#clock.wall(), mono: this.#clock.mono(), item },
      ...{ run: origin?.run ?? null, cause: origin?.cause ?? null, topics, message: value },
    };
    this.#topics.publish(fact);
    this.#hand(fact);
  }
  get timed(): boolean {
    return this.#spans.on;
  }
  span(...span: Parameters<Ledger['span']>): OpenSpan | undefined {
    return this.#spans.start(...span);
  }
  instant(category: string, item: string | null, origin: Origin, told: Told): void {
    this.#spans.instant(category, item, origin, told);
  }
  metric(message: Told, traits: MetricTraits = {}): void {
    this.#spans.metric(message, traits);
  }
  /** Numbers a log record and keeps it. */
  record(record: LogRecord): void {
    record.seq = ++this.#seq;
    this.#records.push(record);
    if (this.#watched || record.level === 'error') this.#pass(record);
  }

  // What listeners and readers get.

  /** Hands every fact from now on to `listener`, in order; answers how to end that. It must not throw. */
  subscribe(listener: (fact: Fact) => void): () => void {
    this.#listeners.add(listener);
    this.#heard();
    return () => {
      this.#listeners.delete(listener);
      this.#heard();
    };
  }
  /** Hands spans and metrics alone to `listener`, which costs less. It must not throw. */
  subscribeSpans(listener: SpanListener): () => void {
    return this.#spans.subscribe(listener);
  }
  /** Hands later events of a topic to `handler`; the same `owner` again replaces its handler. */
  subscribeTopic(topic: string, handler: TopicHandler, owner: unknown = handler): void {
    for (const one of topicsOf(topic)) this.#topics.subscribe(one, handler, owner);
    this.#heard();
  }
  /** @throws EventError when that owner does not listen to the topic. */
  unsubscribeTopic(topic: string, owner: unknown): void {
    this.#topics.unsubscribe(topic, owner);
    this.#heard();
  }
  /** The kept events of one topic, oldest first, or of all topics that have any. Reading creates nothing. */
  getEvents(topic: string): readonly TopicEvent[];
  getEvents(): ReadonlyMap<string, readonly TopicEvent[]>;
  getEvents(topic?: string): readonly TopicEvent[] | ReadonlyMap<string, readonly TopicEvent[]> {
    this.#clear();
    if (topic !== undefined) return this.#topics.get(topic).events;
    return new Map(this.#topics.names.map((name) => [name, this.#topics.get(name).events]));
  }
  /** How many events a topic has ever had. */
  countOf(topic: string): number {
    return this.#topics.get(topic).total;
  }
  /** What happened to an item (`condition/Backup`, or `Backup` of any section), or because of a cause; oldest first. */
  story(...queries: readonly string[]): Chapter[] {
    this.#clear();
    const found = new Map(queries.flatMap((query) => this.#stories.find(query)).map((one) => [one.seq, one]));
    return [...found.values()].sort((a, b) => a.seq - b.seq);
  }
  /** The stories as a whole: what is kept, and how many chapters there were and are gone. */
  get stories(): { readonly chapters: readonly Chapter[]; readonly total: number; readonly dropped: number } {
    const { ring, all } = this.#stories;
    return { chapters: all, total: ring.total, dropped: ring.dropped };
  }
  /** The state of each item that is known, by `condition/Backup`. */
  get states(): ReadonlyMap<string, string> {
    return this.#stories.states;
  }
  /** The state of one item, `condition/Backup`; undefined when it is not known. */
  stateOf(key: string): string | undefined {
    return this.#stories.stateOf(key);
  }
  /** The last log records, newest first. */
  records({ n = 0, since = Number.NEGATIVE_INFINITY, level = 'trace', item }: RecordQuery = {}): LogFact[] {
    const found: LogFact[] = [];
    const all = this.#records.values;
    for (let i = all.length - 1; i >= 0 && (n === 0 || found.length < n); i--) {
      const record = all[i]!;
      if (record.time < since) break;
      if (severity(record.level) < severity(level)) continue;
      const fact = this.factOf(record);
      if (item !== undefined && fact.item !== item && fact.context.item !== item) continue;
      found.push(fact);
    }
    return found;
  }
  /** `seq` of the last fact. */
  get last(): number {
    return this.#seq;
  }

  /** Takes a fact of a recording, with its own number. */
  restore(fact: Fact): void {
    this.#seq = Math.max(this.#seq, fact.seq);
    if (fact.kind === 'log') this.#records.push(fact);
    else if (fact.kind === 'repeat') this.#stories.track(fact.key, '').recount(fact);
    else if (fact.kind === 'event') this.#topics.publish(fact);
    else if (fact.kind === 'transition') {
      this.#stories.track(fact.key, fact.start).restore(fact);
      this.#topics.publish(fact);
    }
  }
  /** Tells the listeners what has only been counted so far: a recording is about to end. */
  settle(): void {
    this.#stories.settle();
  }

  /** A record as a fact; its place on the monotonic clock follows from the wall clock, unless it is told. */
  factOf(record: LogRecord | LogFact, told?: number): LogFact {
    if ('kind' in record) return record;
    const { seq = 0, time, level, context, mark, message, origin } = record;
    const mono = told ?? this.#clock.mono() - (this.#clock.wall() - time);
    const [run, cause] = [origin?.run ?? null, origin?.cause ?? null];
    return { kind: 'log', seq, time, mono, item: itemOf(context), run, cause, level, context, mark, message };
  }
  #pass(record: LogRecord): void {
    if (this.#watched) this.#hand(this.factOf(record, this.#clock.mono()));
    if (record.level === 'error') this.#error(record);
  }
  /** Errors are events too: a wrapper that only wants these needs no log. */
  #error({ context, mark, message, origin }: LogRecord): void {
    const { emitter, action } = context;
    const item = itemOf(context);
    this.logEvent(
      'errors',
      { action: 'log', emitter, doing: action, mark, message: message.slice(0, LONGEST_ERROR) },
      { ...(item === null ? {} : { item }), ...(origin ? { origin } : {}) },
    );
  }

  #number(kind: string): string {
    const n = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, n);
    return `${kind}-${n}`;
  }
  #heard(): void {
    this.#watched = this.#listeners.size > 0;
    this.#spans.teller.listening = this.#watched;
    this.#stories.teller.listening = this.#listeners.size > 0 || this.#topics.heard;
  }
  #next(): number {
    this.#seq += 1;
    return this.#seq;
  }
  #hand(fact: Fact): void {
    if (this.#listeners.size === 0) return;
    for (const listener of this.#listeners) listener(fact);
  }
  /** Forgets items that left more than an hour ago. */
  #clear(): void {
    if (this.#departed.size === 0) return;
    const now = this.#clock.mono();
    for (const [key, until] of this.#departed) {
      if (until > now) break;
      this.#departed.delete(key);
      this.#stories.forget(key);
      this.#topics.forget(key);
    }
  }
}

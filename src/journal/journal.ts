import { type Context, type Level, type LogRecord, severity } from '../log/record.ts';
import type { CauseKind, Chapter, Fact, LogFact, Origin, TopicEvent } from './fact.ts';
import { toJson } from './json.ts';
import type { Ledger } from './ledger.ts';
import { Ring } from './ring.ts';
import { type ItemTrack, Stories } from './stories.ts';
import type { TopicHandler } from './subscriber.ts';
import { TOPIC_LENGTH, Topics, topicsOf } from './topics.ts';

/** How much is kept in memory; 0: everything. */
export interface JournalOptions {
  /** Chapters of all stories together; 1 000 if not set. */
  readonly storyLength?: number;
  /** Events of each topic; 1 000 if not set. */
  readonly topicLength?: number;
  /** Log records; 1 000 if not set. */
  readonly recordsLength?: number;
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

/** One ordered stream of facts with what is kept of it: states, stories, topics, the last records (`observability.md`). */
export class Journal implements Ledger {
  readonly #clock: { wall(): number; mono(): number };
  readonly #listeners = new Set<(fact: Fact) => void>();
  readonly #stories: Stories;
  readonly #topics: Topics;
  readonly #records: Ring<LogFact>;
  readonly #counts = new Map<string, number>();
  /** Items that have left, and when their hour is over (monotonic ms), earliest first. */
  readonly #departed = new Map<string, number>();
  #seq = 0;

  constructor(clock: { wall(): number; mono(): number }, options: JournalOptions = {}) {
    this.#clock = clock;
    this.#records = new Ring(options.recordsLength ?? 1000);
    this.#topics = new Topics(options.topicLength ?? TOPIC_LENGTH, (topic, error) =>
      this.logEvent('errors', { action: 'handler-failed', topic, reason: String(error) }),
    );
    this.#stories = new Stories(
      {
        wall: () => clock.wall(),
        mono: () => clock.mono(),
        seq: () => this.#next(),
        listening: () => this.#listeners.size > 0 || this.#topics.heard,
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
  }

  // What the engine and the log tell.

  cause(kind: CauseKind): string {
    return this.#number(kind);
  }
  run(cause: string): Origin {
    return { cause, run: this.#number('run') };
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
  /** Makes a fact of a log record. */
  record(record: LogRecord): LogFact {
    const { time, level, context, mark, message, origin } = record;
    const fact: LogFact = {
      kind: 'log',
      seq: this.#next(),
      time,
      mono: this.#clock.mono(),
      item: itemOf(context),
      run: origin === undefined ? null : origin.run,
      cause: origin === undefined ? null : origin.cause,
      level,
      context,
      mark,
      message,
    };
    this.#records.push(fact);
    this.#hand(fact);
    return fact;
  }

  // What listeners and readers get.

  /** Hands every fact from now on to `listener`, in order; answers how to end that. It must not throw. */
  subscribe(listener: (fact: Fact) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  /** Hands later events of a topic to `handler`; the same `owner` again replaces its handler. */
  subscribeTopic(topic: string, handler: TopicHandler, owner: unknown = handler): void {
    for (const one of topicsOf(topic)) this.#topics.subscribe(one, handler, owner);
  }
  /** @throws EventError when that owner does not listen to the topic. */
  unsubscribeTopic(topic: string, owner: unknown): void {
    this.#topics.unsubscribe(topic, owner);
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
  /** The last log records, newest first. */
  records({ n = 0, since = Number.NEGATIVE_INFINITY, level = 'trace', item }: RecordQuery = {}): LogFact[] {
    const found: LogFact[] = [];
    const all = this.#records.values;
    for (let i = all.length - 1; i >= 0 && (n === 0 || found.length < n); i--) {
      const fact = all[i]!;
      if (fact.time < since) break;
      if (severity(fact.level) < severity(level)) continue;
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
    else {
      if (fact.kind === 'transition') this.#stories.track(fact.key, fact.start).restore(fact);
      this.#topics.publish(fact);
    }
  }
  /** Tells the listeners what has only been counted so far: a recording is about to end. */
  settle(): void {
    this.#stories.settle();
  }

  #number(kind: string): string {
    const n = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, n);
    return `${kind}-${n}`;
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

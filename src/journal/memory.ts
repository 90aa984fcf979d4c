import { type Level, type LogRecord, SEVERITY } from '../log/record.ts';
import type { EventFact, Json, LogFact, TopicEvent, TransitionFact } from './fact.ts';
import { factOf } from './item.ts';
import { EventError } from './json.ts';
import { bytesFor, entryBytes, Ring, transitionBytes } from './ring.ts';
import { Subscriber, type TopicHandler } from './subscribers.ts';

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

/** The last log records. They become facts when they are read. */
export class RecentLogRecords {
  readonly #clock: { wall(): number; mono(): number };
  readonly #ring: Ring<LogRecord | LogFact>;

  /** @param length records kept; 0: all. */
  constructor(clock: { wall(): number; mono(): number }, length: number) {
    this.#clock = clock;
    this.#ring = new Ring(length, bytesFor(length));
  }

  keep(record: LogRecord | LogFact): void {
    this.#ring.push(record, entryBytes(record.message.length));
  }
  /** A record as a fact; its place on the monotonic clock follows from the wall clock. */
  factOf(record: LogRecord | LogFact): LogFact {
    if ('kind' in record) return record;
    return factOf(record, this.#clock.mono() - (this.#clock.wall() - record.time));
  }
  /** Newest first. */
  find({ n = 0, since = Number.NEGATIVE_INFINITY, level = 'trace', item }: RecordQuery = {}): LogFact[] {
    const found: LogFact[] = [];
    const all = this.#ring.values;
    for (let i = all.length - 1; i >= 0 && (n === 0 || found.length < n); i--) {
      const record = all[i]!;
      if (record.time < since) break;
      if (SEVERITY[record.level] < SEVERITY[level]) continue;
      const fact = this.factOf(record);
      if (item !== undefined && fact.item !== item && fact.context.item !== item) continue;
      found.push(fact);
    }
    return found;
  }
}

/** Events kept of each topic. */
export const EVENTS_PER_TOPIC = 1000;
/** All topics together that scripts and programs make up have as many bytes as so many full ones. */
export const FULL_TOPICS = 8;
/** Topics that scripts and programs may make up; the one that was quiet longest goes. */
const MOST_TOPICS = 1000;
/** The topic that has everything. */
export const ALL = 'all';

/** What one topic is: read only. */
export interface TopicView {
  /** Oldest first. */
  readonly events: readonly TopicEvent[];
  /** How many there have ever been. */
  readonly total: number;
}

/** What a handler threw or rejected with. */
export interface HandlerFailure {
  readonly topic: string;
  readonly handler: TopicHandler;
  readonly error: unknown;
  /** At an event that says that a handler failed. */
  readonly notice: boolean;
}

/** The topics of the program itself. */
const OWN = /^(?:all|scheduler|lua|errors|(?:condition|task|event)\/.*)$/s;

/** Characters that stand for an element of a list or a mapping, with its number or its reference. */
const ELEMENT = 8;
/** The characters of all texts of a value, and what its parts take besides. */
const charactersOf = (value: Json): number => {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 2 * ELEMENT;
  if (Array.isArray(value)) {
    for (const one of value as readonly Json[]) sum += ELEMENT + charactersOf(one);
    return sum;
  }
  const table = value as { readonly [key: string]: Json };
  for (const key of Object.keys(table)) sum += ELEMENT + key.length + charactersOf(table[key]!);
  return sum;
};

const bytesOf = (fact: EventFact | TransitionFact): number => {
  if (fact.kind === 'transition') return transitionBytes(fact);
  let characters = charactersOf(fact.message);
  for (const topic of fact.topics) characters += ELEMENT + topic.length;
  return entryBytes(characters);
};

/** The last events of one topic. */
class TopicRing extends Ring<EventFact | TransitionFact> {
  /** It is a topic of the program itself. */
  readonly own: boolean;

  constructor(topic: string, length: number) {
    super(length, bytesFor(length));
    this.own = OWN.test(topic);
  }
}

/** The events of each topic, and who listens. */
export class TopicStore {
  /** An event alone stands for itself in a topic of the program: items that have not done anything are many. */
  readonly #rings = new Map<string, TopicRing | EventFact | TransitionFact>();
  readonly #subscribers = new Map<string, Map<unknown, Subscriber>>();
  readonly #length: number;
  readonly #failed: (failure: HandlerFailure) => void;
  /** Made-up topics, and the bytes of their events. */
  #count = 0;
  #bytes = 0;

  /** @param length events kept of a topic; 0: all. @param failed gets what handlers throw or reject with. */
  constructor(length: number, failed: (failure: HandlerFailure) => void) {
    this.#length = length;
    this.#failed = failed;
  }

  /** Keeps an event and hands it to those who listen. `of`: the handler that failed, when the event says that one did. */
  publish(fact: EventFact | TransitionFact, of?: TopicHandler): void {
    const event = this.#subscribers.size > 0 ? view(fact) : undefined;
    const bytes = this.#length === 0 ? 0 : bytesOf(fact);
    if (fact.kind === 'transition') this.#put(fact.key, fact, bytes, event, of);
    else for (const topic of fact.topics) this.#put(topic, fact, bytes, event, of);
    if (fact.kind === 'transition' || !fact.topics.includes(ALL)) this.#put(ALL, fact, bytes, event, of);
  }
  #put(
    topic: string,
    fact: EventFact | TransitionFact,
    bytes: number,
    event: TopicEvent | undefined,
    of: TopicHandler | undefined,
  ): void {
    this.#keep(topic, fact, bytes);
    if (event !== undefined) this.#hand(topic, event, of);
  }

  /** Hands on what is kept already. */
  repeat(fact: TransitionFact): void {
    if (this.#subscribers.size === 0) return;
    for (const topic of [fact.key, ALL]) this.#hand(topic, view(fact));
  }

  #hand(topic: string, event: TopicEvent, of?: TopicHandler): void {
    for (const one of this.#subscribers.get(topic)?.values() ?? [])
      if (one.handler !== of) one.push(event, of !== undefined);
  }

  #keep(topic: string, fact: EventFact | TransitionFact, bytes: number): void {
    let ring = this.#rings.get(topic);
    if (ring === undefined && OWN.test(topic)) {
      this.#rings.set(topic, fact);
      return;
    }
    const before = ring instanceof TopicRing ? ring.bytes : 0;
    if (!(ring instanceof TopicRing)) {
      const first = ring;
      ring = new TopicRing(topic, this.#length);
      if (first !== undefined) ring.push(first, this.#length === 0 ? 0 : bytesOf(first));
      this.#rings.set(topic, ring);
      if (!ring.own) this.#count += 1;
    } else if (!ring.own) {
      // In the order of their last event.
      this.#rings.delete(topic);
      this.#rings.set(topic, ring);
    }
    ring.push(fact, bytes);
    if (ring.own) return;
    this.#bytes += ring.bytes - before;
    while (this.#count > MOST_TOPICS || this.#bytes > FULL_TOPICS * bytesFor(this.#length)) this.#dropQuietest();
  }

  #dropQuietest(): void {
    for (const [topic, ring] of this.#rings) {
      if (!(ring instanceof TopicRing) || ring.own) continue;
      this.#rings.delete(topic);
      this.#count -= 1;
      this.#bytes -= ring.bytes;
      return;
    }
  }

  /** One topic; an unknown one is empty and stays unknown. */
  get(topic: string): TopicView {
    const ring = this.#rings.get(topic);
    if (ring === undefined) return { events: [], total: 0 };
    return ring instanceof TopicRing
      ? { events: ring.values.map(view), total: ring.total }
      : { events: [view(ring)], total: 1 };
  }

  /** Whether anybody listens. */
  get heard(): boolean {
    return this.#subscribers.size > 0;
  }

  get names(): string[] {
    return [...this.#rings.keys()];
  }

  /** The same owner again replaces its handler. Returns how to end this one, which is not that of its successor. */
  subscribe(topic: string, handler: TopicHandler, owner: unknown): () => void {
    const of = this.#subscribers.get(topic) ?? new Map<unknown, Subscriber>();
    of.get(owner)?.close();
    const failed = (error: unknown, notice: boolean) => this.#failed({ topic, handler, error, notice });
    const one = new Subscriber(handler, failed);
    of.set(owner, one);
    this.#subscribers.set(topic, of);
    return () => {
      one.close();
      if (this.#subscribers.get(topic)?.get(owner) === one) this.#remove(topic, owner);
    };
  }

  /** @throws EventError when that owner does not listen. */
  unsubscribe(topic: string, owner: unknown): void {
    const found = this.#subscribers.get(topic)?.get(owner);
    if (!found) throw new EventError(`topic ${topic} does not have this subscriber`);
    found.close();
    this.#remove(topic, owner);
  }

  /** Ends all subscriptions. Returns how many events they were too slow for at the end. */
  end(): number {
    const all = [...this.#subscribers.values()].flatMap((of) => [...of.values()]);
    this.#subscribers.clear();
    return all.reduce((lost, one) => lost + one.end(), 0);
  }

  #remove(topic: string, owner: unknown): void {
    const of = this.#subscribers.get(topic);
    of?.delete(owner);
    if (of?.size === 0) this.#subscribers.delete(topic);
  }

  forget(topic: string): void {
    this.#rings.delete(topic);
  }
}

const view = (fact: EventFact | TransitionFact): TopicEvent => {
  const { seq, time, mono, item, run, cause } = fact;
  return fact.kind === 'event'
    ? {
        ...{ seq, time, mono, topics: fact.topics, item, run, cause, message: fact.message },
        ...(fact.machine === undefined ? {} : { machine: fact.machine }),
      }
    : {
        ...{ seq, time, mono, topics: [fact.key], item, run, cause },
        message: { action: 'transition', start: fact.start, finish: fact.finish, why: fact.why },
      };
};

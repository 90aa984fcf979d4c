import type { EventFact, TopicEvent, TransitionFact } from './fact.ts';
import { EventError } from './ledger.ts';
import { Ring } from './ring.ts';
import { Subscriber, type TopicHandler } from './subscriber.ts';

/** Events kept of each topic. */
export const TOPIC_LENGTH = 1000;
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

/** The events of each topic, and who listens. */
export class Topics {
  readonly #rings = new Map<string, Ring<EventFact | TransitionFact>>();
  readonly #subscribers = new Map<string, Map<unknown, Subscriber>>();
  readonly #length: number;
  readonly #failed: (topic: string, error: unknown) => void;
  #count = 0;

  /** @param length events kept of a topic; 0: all. @param failed told when a handler throws. */
  constructor(length: number, failed: (topic: string, error: unknown) => void) {
    this.#length = length;
    this.#failed = failed;
  }

  /** Keeps an event and hands it to those who listen. */
  publish(fact: EventFact | TransitionFact): void {
    const event = this.#subscribers.size > 0 ? view(fact) : undefined;
    for (const topic of fact.kind === 'event' ? fact.topics : [fact.key]) this.#put(topic, fact, event);
    if (fact.kind === 'transition' || !fact.topics.includes(ALL)) this.#put(ALL, fact, event);
  }

  /** Hands on what is kept already. */
  repeat(fact: TransitionFact): void {
    if (this.#subscribers.size === 0) return;
    for (const topic of [fact.key, ALL])
      for (const one of this.#subscribers.get(topic)?.values() ?? []) one.push(view(fact));
  }

  #put(topic: string, fact: EventFact | TransitionFact, event: TopicEvent | undefined): void {
    let ring = this.#rings.get(topic);
    if (ring === undefined) {
      ring = new Ring(this.#length);
      this.#rings.set(topic, ring);
      if (!own(topic)) this.#limit();
    } else if (!own(topic)) {
      // In the order of their last event.
      this.#rings.delete(topic);
      this.#rings.set(topic, ring);
    }
    ring.push(fact);
    if (event === undefined) return;
    for (const one of this.#subscribers.get(topic)?.values() ?? []) one.push(event);
  }

  #limit(): void {
    this.#count += 1;
    if (this.#count <= MOST_TOPICS) return;
    for (const topic of this.#rings.keys()) {
      if (own(topic)) continue;
      this.#rings.delete(topic);
      this.#count -= 1;
      return;
    }
  }

  /** One topic; an unknown one is empty and stays unknown. */
  get(topic: string): TopicView {
    const ring = this.#rings.get(topic);
    return { events: ring?.values.map(view) ?? [], total: ring?.total ?? 0 };
  }

  /** Whether anybody listens. */
  get heard(): boolean {
    return this.#subscribers.size > 0;
  }

  get names(): string[] {
    return [...this.#rings.keys()];
  }

  subscribe(topic: string, handler: TopicHandler, owner: unknown): void {
    const of = this.#subscribers.get(topic) ?? new Map<unknown, Subscriber>();
    of.get(owner)?.close();
    of.set(owner, new Subscriber(handler, (error) => this.#failed(topic, error)));
    this.#subscribers.set(topic, of);
  }

  /** @throws EventError when nobody of that name listens. */
  unsubscribe(topic: string, owner: unknown): void {
    const of = this.#subscribers.get(topic);
    const found = of?.get(owner);
    if (!of || !found) throw new EventError(`nobody listens to topic ${topic}`);
    found.close();
    of.delete(owner);
    if (of.size === 0) this.#subscribers.delete(topic);
  }

  /** Events that a subscriber was too slow for. */
  droppedOf(topic: string, owner: unknown): number {
    return this.#subscribers.get(topic)?.get(owner)?.dropped ?? 0;
  }

  forget(topic: string): void {
    this.#rings.delete(topic);
  }
}

const OWN = /^(?:all|scheduler|lua|errors|(?:condition|task|event)\/.*)$/s;
/** One of the topics of the program itself. */
const own = (topic: string): boolean => OWN.test(topic);

const view = (fact: EventFact | TransitionFact): TopicEvent => {
  const { seq, time, mono, item, run, cause } = fact;
  return fact.kind === 'event'
    ? { seq, time, mono, topics: fact.topics, item, run, cause, message: fact.message }
    : {
        ...{ seq, time, mono, topics: [fact.key], item, run, cause },
        message: { action: 'transition', start: fact.start, finish: fact.finish, why: fact.why },
      };
};

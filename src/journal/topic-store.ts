import type { EventFact, TopicEvent, TransitionFact } from './fact.ts';
import { EventError } from './json.ts';
import { Ring } from './ring.ts';
import { Subscriber, type TopicHandler } from './subscribers.ts';

/** Events kept of each topic. */
export const EVENTS_PER_TOPIC = 1000;
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

/** The events of each topic, and who listens. */
export class TopicStore {
  readonly #rings = new Map<string, Ring<EventFact | TransitionFact>>();
  readonly #subscribers = new Map<string, Map<unknown, Subscriber>>();
  readonly #length: number;
  readonly #failed: (failure: HandlerFailure) => void;
  #count = 0;

  /** @param length events kept of a topic; 0: all. @param failed gets what handlers throw or reject with. */
  constructor(length: number, failed: (failure: HandlerFailure) => void) {
    this.#length = length;
    this.#failed = failed;
  }

  /** Keeps an event and hands it to those who listen. `of`: the handler that failed, when the event says that one did. */
  publish(fact: EventFact | TransitionFact, of?: TopicHandler): void {
    const event = this.#subscribers.size > 0 ? view(fact) : undefined;
    for (const topic of fact.kind === 'event' ? fact.topics : [fact.key]) this.#put(topic, fact, event, of);
    if (fact.kind === 'transition' || !fact.topics.includes(ALL)) this.#put(ALL, fact, event, of);
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

  #put(topic: string, fact: EventFact | TransitionFact, event: TopicEvent | undefined, of?: TopicHandler): void {
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
    if (event !== undefined) this.#hand(topic, event, of);
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

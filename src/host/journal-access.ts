import { expectFunction, expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { Fact, LogFact, TopicEvent, Transition } from '../journal/fact.ts';
import type { Journal, RecordQuery } from '../journal/journal.ts';
import type { TopicHandler } from '../journal/subscriber.ts';

/** What a program can read of the journal of its daemon, and tell to it; before it runs, while it does, and after that. */
export class JournalAccess {
  readonly #journal: Journal;

  /** @internal */
  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** What happened to items (`condition/Backup`, or `Backup` of any section), or because of causes (`tick-17`); oldest first. */
  story(...queries: readonly string[]): readonly Transition[] {
    expectType('story', 'queries', queries, TYPES.texts);
    return this.#journal.story(...queries);
  }
  /** The last log records, newest first. */
  records(query: RecordQuery = {}): readonly LogFact[] {
    const { amount, number, text } = TYPES;
    expectOptions('records', query, { n: amount, since: number, level: ['the name of a level', text[1]], item: text });
    return this.#journal.records(query);
  }

  /** The kept events of a topic, oldest first, or of all topics that have any. Reading creates nothing. */
  getEvents(topic: string): readonly TopicEvent[];
  getEvents(): ReadonlyMap<string, readonly TopicEvent[]>;
  getEvents(topic?: string): readonly TopicEvent[] | ReadonlyMap<string, readonly TopicEvent[]> {
    if (topic !== undefined) expectType('getEvents', 'topic', topic, TYPES.text);
    return topic === undefined ? this.#journal.getEvents() : this.#journal.getEvents(topic);
  }
  /** Tells a value under one topic or several. @throws EventError for what JSON cannot hold, and for topics that are no names. */
  logEvent(topic: string | readonly string[], message: unknown): void {
    this.#journal.logEvent(topic, message);
  }
  /**
   * Hands later events of a topic to `handler`, one after the other, until the daemon has ended; the same `owner` again replaces its
   * handler, and without an owner each call is a subscription of its own. Returns how to end this one. While more than 1,000 events wait
   * for a slow handler the oldest are dropped, and it gets `{ dropped: n }` in their place. What the handler throws or rejects with is an
   * event of the topic `errors` for all others. @throws EventError for a topic that is not a name; TypeError when the handler is not a
   * function.
   */
  subscribeTopic(topic: string, handler: TopicHandler, owner: unknown = {}): () => void {
    expectFunction('subscribeTopic', 'handler', handler);
    return this.#journal.subscribeTopic(topic, handler, owner);
  }
  /**
   * Hands every fact from now on to `listener`, in order, until the daemon has ended: transitions, events, records, timespans, metrics.
   * Returns how to end that. Facts that it causes itself, and those that come before its promise has settled, wait for later turns of the
   * event loop: at most 1,000, and those that are dropped are counted. What it throws first is told to the logger `whenever`, and
   * counted. @throws TypeError when it is not a function.
   */
  subscribe(listener: (fact: Fact) => unknown): () => void {
    expectFunction('subscribe', 'listener', listener);
    return this.#journal.subscribe(listener);
  }
}

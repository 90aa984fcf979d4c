import { expectFunction, expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { Fact, LogEventOptions, LogFact, TopicEvent, Transition } from '../journal/fact.ts';
import type { Journal, RecordQuery } from '../journal/journal.ts';
import type { TopicHandler } from '../journal/subscribers.ts';
import { type LevelName, levelOf } from '../log/record.ts';
import { type SignalOptions, type Unsubscribe, unsubscriber } from '../subscription.ts';
import { CommandAccess } from './command-access.ts';
import { EventBuffer, type EventStream, type EventsOptions } from './event-stream.ts';
import { LEVEL, SIGNAL } from './options.ts';

/** Which log records are wanted. */
export interface RecordsOptions extends Omit<RecordQuery, 'level'> {
  /** This level or a more severe one. */
  readonly level?: LevelName | undefined;
}

/** What a program can read from the journal of its daemon, and add to it: before it runs, while it does, and after that. */
export abstract class JournalAccess extends CommandAccess {
  readonly #journal: Journal;
  readonly #streams = new Set<EventBuffer>();
  #ended = false;

  /** @internal */
  constructor(journal: Journal) {
    super();
    this.#journal = journal;
  }

  /** What happened to items (`condition/Backup`, or `Backup` of any section), or because of causes (`tick-17`); oldest first. */
  story(...queries: readonly string[]): readonly Transition[] {
    expectType('story', 'queries', queries, TYPES.texts);
    return this.#journal.story(...queries);
  }
  /** The last log records, newest first. */
  records({ level, ...query }: RecordsOptions = {}): readonly LogFact[] {
    const { amount, text } = TYPES;
    expectOptions('records', { level, ...query }, { n: amount, since: TYPES.number, level: LEVEL, item: text });
    const least = levelOf(level);
    return this.#journal.records(least === undefined ? query : { ...query, level: least });
  }

  /** The kept events of a topic, oldest first, or of all topics that have any. Reading creates nothing. */
  getEvents(topic: string): readonly TopicEvent[];
  getEvents(): ReadonlyMap<string, readonly TopicEvent[]>;
  getEvents(topic?: string): readonly TopicEvent[] | ReadonlyMap<string, readonly TopicEvent[]> {
    if (topic !== undefined) expectType('getEvents', 'topic', topic, TYPES.text);
    return topic === undefined ? this.#journal.getEvents() : this.#journal.getEvents(topic);
  }
  /** Logs an event under one topic or several. @throws EventError for what JSON cannot hold, and for topics that are not names. */
  logEvent(topic: string | readonly string[], message: unknown, { fleet }: LogEventOptions = {}): void {
    expectOptions('logEvent', { fleet }, { fleet: TYPES.flag });
    this.#journal.logEvent(topic, message, { fleet });
  }
  /**
   * Calls `handler` with each later event of a topic, one after the other, until the daemon has ended, the signal is aborted or the
   * subscription is ended. The same `owner` again replaces its handler; without an owner each call is a subscription of its own. While
   * more than 1,000 events wait for a slow handler, the oldest are dropped, and it gets `{ dropped: n }` in their place. What the handler
   * throws or rejects with is an event of the topic `errors` for all others. @throws EventError for a topic that is not a name; TypeError
   * when the handler is not a function.
   */
  subscribeTopic(
    topic: string,
    handler: TopicHandler,
    owner: unknown = {},
    { signal }: SignalOptions = {},
  ): Unsubscribe {
    expectFunction('subscribeTopic', 'handler', handler);
    expectOptions('subscribeTopic', { signal }, { signal: SIGNAL });
    return unsubscriber(this.#journal.subscribeTopic(topic, handler, owner), signal);
  }
  /**
   * The later events of a topic, for `for await`. They are kept from this call on: at most `limit`, and then `{ dropped: n }` comes in the
   * place of the oldest. The loop ends when the daemon has ended, after the events that wait; at once when the signal is aborted.
   * @throws EventError for a topic that is not a name; TypeError for an option that does not fit.
   */
  events(topic: string, options: EventsOptions = {}): EventStream {
    expectOptions('events', options, { limit: TYPES.positive, signal: SIGNAL });
    const queue = new EventBuffer(options, this.#streams);
    queue.open((push) => this.#journal.subscribeTopic(topic, push));
    if (this.#ended) queue.end();
    return queue;
  }
  /**
   * Calls `listener` with every fact from now on, in order, until the daemon has ended, the signal is aborted or the subscription is
   * ended: transitions, events, records, timespans, metrics. Facts that it causes itself, and those that come before its promise has
   * settled, wait for later turns of the event loop: at most 1,000, and those that are dropped are counted. The first error that it throws
   * is reported to the logger `whenever`, and all are counted. @throws TypeError when it is not a function.
   */
  subscribe(listener: (fact: Fact) => unknown, { signal }: SignalOptions = {}): Unsubscribe {
    expectFunction('subscribe', 'listener', listener);
    expectOptions('subscribe', { signal }, { signal: SIGNAL });
    return unsubscriber(this.#journal.subscribe(listener), signal);
  }

  /** Ends all subscriptions: the daemon has ended. */
  protected endSubscriptions(): void {
    this.#ended = true;
    this.#journal.endSubscriptions();
    for (const stream of [...this.#streams]) stream.end();
  }
}

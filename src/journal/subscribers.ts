import type { SafeCaller } from '../call-safely.ts';
import { isThenable } from '../call-safely.ts';
import type { LogRecord } from '../log/record.ts';
import type { Fact, TopicEvent } from './fact.ts';
import { factOf } from './item.ts';

/** Stands in the place of events that a subscriber was too slow for. */
export interface Dropped {
  /** How many they were. */
  readonly dropped: number;
}

/**
 * Takes the events of a topic, one after the other; may take its time. While more than 1,000 wait, the oldest are dropped, and it gets
 * `{ dropped: n }` in their place. What it throws is contained.
 */
export type TopicHandler = (event: TopicEvent | Dropped) => void | Promise<void>;

/** Events that wait for a slow subscriber; more are dropped, the oldest first. */
const LONGEST_QUEUE = 1000;

interface Waiting<Event> {
  readonly event: Event;
  /** It says that a handler failed. */
  readonly notice: boolean;
}

/** What listens to a topic, or to all facts: gets one event after the other and holds up nothing. */
export class Subscriber<Event extends object = TopicEvent> {
  readonly handler: (event: Event | Dropped) => unknown;
  readonly #failed: (error: unknown, notice: boolean) => void;
  #queue: Waiting<Event>[] = [];
  #busy = false;
  /** The handler has answered with a promise. */
  #pending = false;
  #ending = false;
  #closed = false;
  /** Events it was too slow for, since it was last given their number. */
  #dropped = 0;

  /** @param failed gets what the handler throws or rejects with; `notice`: at an event that says that a handler failed. */
  constructor(handler: (event: Event | Dropped) => unknown, failed: (error: unknown, notice: boolean) => void) {
    this.handler = handler;
    this.#failed = failed;
  }

  /** `now`: at once, if nothing waits; else in a later turn of the event loop. */
  push(event: Event, notice: boolean, now = true): void {
    if (this.#ending) return;
    if (now && !this.#busy) {
      this.#handle(event, notice);
      return;
    }
    if (this.#queue.length === LONGEST_QUEUE) {
      this.#queue.shift();
      this.#dropped += 1;
    }
    this.#queue.push({ event, notice });
    if (this.#busy) return;
    this.#busy = true;
    this.#rest();
  }

  /** Nothing more is handed over. */
  close(): void {
    this.#ending = true;
    this.#closed = true;
    this.#queue = [];
  }

  /**
   * As {@link close}, but what waits is handed over first, as long as the handler returns at once; `all`: also while its promises are not
   * settled. Returns how many are lost.
   */
  end(all = false): number {
    this.#ending = true;
    while (this.#queue.length > 0 && (all || !this.#pending)) {
      this.#pending = false;
      this.#turn();
    }
    const lost = this.#queue.length + this.#dropped;
    this.close();
    return lost;
  }

  #handle(event: Event | Dropped, notice: boolean): void {
    // What the handler publishes itself meanwhile waits.
    this.#busy = true;
    try {
      const done = this.handler(event);
      if (isThenable(done)) {
        this.#pending = true;
        void this.#await(done, notice);
        return;
      }
    } catch (error) {
      this.#failed(error, notice);
    }
    this.#rest();
  }
  async #await(done: PromiseLike<unknown>, notice: boolean): Promise<void> {
    try {
      await done;
    } catch (error) {
      this.#failed(error, notice);
    }
    this.#pending = false;
    this.#rest();
  }
  /** Each event that has waited gets a turn of the event loop: a handler that publishes events itself does not block the process. */
  #rest(): void {
    if (this.#queue.length === 0) this.#busy = false;
    else setImmediate(() => this.#turn());
  }
  #turn(): void {
    if (this.#closed || this.#pending) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#handle({ dropped }, false);
    else {
      const { event, notice } = this.#queue.shift()!;
      this.#handle(event, notice);
    }
  }
}

/** Takes every fact, in order. What it throws is contained. */
export type Listener = (fact: Fact) => unknown;

/** Takes log records instead of the facts they are, which need not be made then. `mono`: now, monotonic ms. */
export type RecordListener = (record: LogRecord, mono: () => number) => void;

/** One that takes records is called at once, whatever it does; any other one gets the facts that it causes itself in later turns. */
type Listening =
  | { readonly name: string; readonly fact: Listener; readonly record: RecordListener }
  | { readonly facts: Subscriber<Fact> };

/** What listens to all facts: each gets them in order, also when one of them causes another fact. */
export class Listeners {
  readonly #contained: SafeCaller;
  readonly #mono: () => number;
  #all: readonly Listening[] = [];
  #busy = false;
  /** What was caused while something was handed over. */
  #later: (Fact | LogRecord)[] = [];
  /** The one that is called now, and those that have caused something since the first fact was handed over. */
  #called: Listening | undefined;
  readonly #causing = new Set<Listening>();
  /** Facts that were dropped. */
  #lost = 0;

  constructor(contained: SafeCaller, mono: () => number) {
    this.#contained = contained;
    this.#mono = mono;
  }

  get any(): boolean {
    return this.#all.length > 0;
  }

  /** `name`: for a person, `the recording`. Returns how to end that. */
  add(fact: Listener, record: RecordListener | undefined, name: string): () => void {
    const one: Listening = record === undefined ? { facts: this.#subscriber(fact, name) } : { name, fact, record };
    this.#all = [...this.#all, one];
    return () => {
      this.#all = this.#all.filter((other) => other !== one);
      if ('facts' in one) one.facts.close();
    };
  }
  /** Hands a fact, or a record as the fact it is, to all. */
  hand(what: Fact | LogRecord): void {
    if (this.#busy) {
      this.#later.push(what);
      if (this.#called) this.#causing.add(this.#called);
      return;
    }
    this.#busy = true;
    this.#give(what);
    for (let i = 0; i < this.#later.length; i++) this.#give(this.#later[i]!);
    this.#called = undefined;
    if (this.#later.length > 0) {
      this.#later = [];
      this.#causing.clear();
    }
    this.#busy = false;
  }
  /** Ends those that take facts: what waits is handed over first. Returns how many facts were lost in all. */
  end(): number {
    const ended = this.#all;
    this.#all = ended.filter((one) => !('facts' in one));
    return ended.reduce((lost, one) => ('facts' in one ? lost + one.facts.end(true) : lost), this.#lost);
  }

  #give(what: Fact | LogRecord): void {
    const known = 'kind' in what;
    let made: Fact | undefined = known ? what : undefined;
    for (const one of this.#all) {
      this.#called = one;
      if ('facts' in one) {
        made ??= factOf(what as LogRecord, this.#mono());
        one.facts.push(made, false, !this.#causing.has(one));
      } else if (known) this.#contained.call(one, one.name, one.fact, what, undefined);
      else this.#contained.call(one, one.name, one.record, what, this.#mono);
    }
  }
  #subscriber(listener: Listener, name: string): Subscriber<Fact> {
    const slow = {};
    const take = (fact: Fact | Dropped): unknown => {
      if (!('dropped' in fact)) return listener(fact);
      this.#lost += fact.dropped;
      this.#contained.failed(
        slow,
        name,
        new Error('it takes too long, and the oldest facts that wait for it are dropped'),
      );
      return undefined;
    };
    return new Subscriber(take, (error) => this.#contained.failed(listener, name, error));
  }
}

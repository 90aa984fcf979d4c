import type { SafeCaller } from '../call-safely.ts';
import type { LogRecord } from '../log/record.ts';
import type { Fact } from './fact.ts';
import { factOf } from './records.ts';
import { type Dropped, Subscriber } from './subscriber.ts';

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

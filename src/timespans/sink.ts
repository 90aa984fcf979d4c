import { expectFunction, expectMethod } from '../check-arguments.ts';
import type { SpanFact } from '../journal/fact.ts';

/** Takes the edges of spans and instants, in order, at once. */
export interface LogSink {
  /** @param daemon the name of the daemon that it is of; not given: of the program around daemons. */
  write(event: SpanFact, daemon?: string): void;
  /** Hands out what has come since the last time, and keeps it no longer; the shape is the sink's. */
  fetch(options?: object): unknown;
  /** Ends what only runs while events come, such as timers; the next event may begin it again. What is unread stays. */
  close?(): void;
}

/** Called when something that was added from outside throws; `where` names it in messages: `consumer "bytes"`. */
export type ErrorHandler = (error: unknown, where: string) => void;

/** Drops events. Functions that emit them do not even make them. */
export class NoOpLog implements LogSink {
  write(_event: SpanFact): void {}
  /** Nothing, not even something empty. */
  fetch(): null {
    return null;
  }
}

/** Passes on the events for which `predicate` returns true; reading is reading `inner`. What the predicate throws goes to the writer. */
export class FilterLog<Inner extends LogSink> implements LogSink {
  readonly inner: Inner;
  readonly #predicate: (event: SpanFact) => boolean;

  constructor(predicate: (event: SpanFact) => boolean, inner: Inner) {
    expectFunction('FilterLog', 'predicate', predicate);
    expectMethod('FilterLog', 'inner', inner, 'write');
    this.#predicate = predicate;
    this.inner = inner;
  }
  write(event: SpanFact, daemon?: string): void {
    if (this.#predicate(event)) this.inner.write(event, daemon);
  }
  get fetch(): Inner['fetch'] {
    return this.inner.fetch.bind(this.inner) as Inner['fetch'];
  }
  close(): void {
    this.inner.close?.();
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

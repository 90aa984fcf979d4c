import { expected, expectObject, expectType, TYPES } from '../check-arguments.ts';
import type { SpanFact, SpanId } from '../journal/fact.ts';
import { Pairing } from './pairing.ts';
import type { LogSink } from './sink.ts';

/** Keeps the events themselves until they are read, however many come. It has one reader: what is read is removed. */
export class LocalEventLog implements LogSink {
  #events: SpanFact[] = [];
  readonly #pairing = new Pairing<SpanFact>();

  write(event: SpanFact): void {
    this.#events.push(event);
  }

  /**
   * Everything since the last time: the spans whose second edge has come, in order of that edge; with `raw` the events instead.
   * A span that is open stays open, whichever way is read: its finish finds it later. Instants are only in what is raw.
   */
  fetch(options: { readonly raw: true }): readonly SpanFact[];
  fetch(options?: { readonly raw?: false }): readonly Timespan[];
  fetch({ raw = false }: { readonly raw?: boolean } = {}): readonly SpanFact[] | readonly Timespan[] {
    const events = this.#events;
    this.#events = [];
    const spans: Timespan[] = [];
    for (const event of events) {
      const pair = this.#pairing.take(event.edge, event.category, event.id, event.timestamp, event);
      if (pair && !raw) spans.push(spanBetween(...pair));
    }
    return raw ? events : spans;
  }

  /** The starts read so far whose finish has not been read. */
  get open(): readonly SpanFact[] {
    return this.#pairing.open;
  }
}

/** A span from its start to its finish. */
export interface Timespan {
  readonly category: string;
  readonly id: SpanId;
  /** `condition/Backup`; null: the scheduler itself, or a program of one's own. */
  readonly item: string | null;
  readonly run: string | null;
  readonly cause: string | null;
  /** The timeline of the start. */
  readonly began: unknown;
  /** The timeline of the finish. */
  readonly timeline: unknown;
  /** Monotonic ns. */
  readonly start: number;
  /** Monotonic ns, never before `start` where both come from one clock. */
  readonly finish: number;
  /** Wall clock at the start, ms since 1970. */
  readonly time: number;
}

/** @throws TypeError */
const expectEdge = (edge: 'start' | 'finish', event: SpanFact): void => {
  expectObject('timespanOf', edge, event, 'an event of a span');
  expected('timespanOf', edge, event.edge, `an event whose edge is "${edge}"`, event.edge === edge);
  expectType('timespanOf', `${edge}.timestamp`, event.timestamp, TYPES.number);
};

/** The span with these edges. @throws TypeError */
export const timespanOf = (start: SpanFact, finish: SpanFact): Timespan => {
  expectEdge('start', start);
  expectEdge('finish', finish);
  return spanBetween(start, finish);
};

/** As `timespanOf`, for edges that are known to be such. */
const spanBetween = (start: SpanFact, finish: SpanFact): Timespan => ({
  category: start.category,
  id: start.id,
  item: start.item,
  run: start.run,
  cause: start.cause,
  began: start.timeline,
  timeline: finish.timeline,
  start: start.timestamp,
  finish: finish.timestamp,
  time: start.time,
});

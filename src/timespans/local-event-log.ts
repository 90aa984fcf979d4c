import type { SpanFact } from '../journal/fact.ts';
import { Pairing } from './pairing.ts';
import type { LogSink } from './sink.ts';
import { spanBetween, type Timespan } from './timespan.ts';

/** Keeps the events themselves, as many as come until somebody reads them. One reader: what is read is gone. */
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

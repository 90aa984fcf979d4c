import type { TraceContext } from '../log/record.ts';
import type { EngineEvents } from './engine-events.ts';
import { EventBurst, type Occurrence } from './event-burst.ts';
import type { PendingEvent, PendingEvents } from './ports.ts';

/** The names of conditions whose event has come, with its cause. A name is there once or not at all. */
export class PendingEventSet implements PendingEvents {
  readonly #pending = new Map<string, { readonly trace: TraceContext; readonly burst: EventBurst }>();
  readonly #events: EngineEvents;
  readonly #onAdd: (condition: string) => void;

  /** @param onAdd called with each name that is new. */
  constructor(events: EngineEvents, onAdd: (condition: string) => void) {
    this.#events = events;
    this.#onAdd = onAdd;
  }

  add(condition: string, cause: string, occurrence: Occurrence): void {
    const trace = { cause, run: null };
    this.#pending.set(condition, { trace, burst: new EventBurst().add(occurrence) });
    this.#events.emit('pending.added', trace, { condition });
    this.#onAdd(condition);
  }
  join(condition: string, occurrence: Occurrence): void {
    this.#pending.get(condition)?.burst.add(occurrence);
  }
  has(condition: string): boolean {
    return this.#pending.has(condition);
  }
  take(condition: string): PendingEvent | undefined {
    const removed = this.#remove(condition, 'checked');
    return removed && { cause: removed.trace.cause, event: removed.burst.context };
  }
  /** Drops a name. Returns whether it was there. */
  drop(condition: string): boolean {
    return this.#remove(condition, 'dropped') !== undefined;
  }
  /** The cause of a name that is there. */
  causeOf(condition: string): TraceContext | undefined {
    return this.#pending.get(condition)?.trace;
  }

  #remove(condition: string, outcome: 'checked' | 'dropped') {
    const removed = this.#pending.get(condition);
    if (removed === undefined) return undefined;
    this.#pending.delete(condition);
    this.#events.emit('pending.removed', removed.trace, { condition, outcome });
    return removed;
  }
}

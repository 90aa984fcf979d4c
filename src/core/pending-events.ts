import type { TraceContext } from '../log/record.ts';
import type { EngineEvents } from './engine-events.ts';
import type { PendingEvents } from './ports.ts';

/** The names of conditions whose event has come, with its cause. A name is there once or not at all. */
export class PendingEventSet implements PendingEvents {
  readonly #causes = new Map<string, TraceContext>();
  readonly #events: EngineEvents;
  readonly #onAdd: (condition: string) => void;

  /** @param onAdd called with each name that is new. */
  constructor(events: EngineEvents, onAdd: (condition: string) => void) {
    this.#events = events;
    this.#onAdd = onAdd;
  }

  add(condition: string, cause: string): void {
    const trace = { cause, run: null };
    this.#causes.set(condition, trace);
    this.#events.emit('pending.added', trace, { condition });
    this.#onAdd(condition);
  }
  has(condition: string): boolean {
    return this.#causes.has(condition);
  }
  take(condition: string): string | undefined {
    return this.#remove(condition, 'checked')?.cause;
  }
  /** Drops a name. Returns whether it was there. */
  drop(condition: string): boolean {
    return this.#remove(condition, 'dropped') !== undefined;
  }
  /** The cause of a name that is there. */
  causeOf(condition: string): TraceContext | undefined {
    return this.#causes.get(condition);
  }

  #remove(condition: string, outcome: 'checked' | 'dropped'): TraceContext | undefined {
    const trace = this.#causes.get(condition);
    if (trace === undefined) return undefined;
    this.#causes.delete(condition);
    this.#events.emit('pending.removed', trace, { condition, outcome });
    return trace;
  }
}

import type { InstantName, SpanName } from '../../journal/span-names.ts';
import type { Span } from '../span-data.ts';
import type { Slice } from './tracks.ts';

/** Firings and ticks that are remembered; older ones cause nothing any more. */
const REMEMBERED = 4096;

/** Remembers what may still cause something, and finds the cause of a span. */
export class CauseIndex {
  /** Firings and ticks by their names: `event-3`, `tick-17`. */
  readonly #roots = new Map<string, Slice>();
  /** The last of each by item. */
  readonly #waits = new Map<string, Slice>();
  readonly #checks = new Map<string, Slice>();
  readonly #tasks = new Map<string, Slice>();
  /** Open ones, by their names. */
  readonly #runs = new Map<string, Slice>();

  /** What brought the span about, one step back; undefined: nothing that is recorded. */
  of({ category, item, cause, run }: Span): Slice | undefined {
    if (item === null) return undefined;
    const root = cause === null ? undefined : this.#roots.get(cause);
    switch (category as SpanName) {
      case 'wait':
        return root;
      case 'check': {
        const wait = this.#waits.get(item);
        return wait?.span.cause === cause && cause !== null ? wait : root;
      }
      case 'run': {
        const check = this.#checks.get(item);
        const led = check?.span.outcome === undefined || check.span.outcome === 'positive';
        return check && led && (check.span.cause === cause || check.span.run === run) ? check : root;
      }
      case 'task':
        return run === null ? undefined : this.#runs.get(run);
      case 'command':
      case 'lua': {
        const task = this.#tasks.get(item);
        if (task) return task.span.run === run ? task : undefined;
        return this.#checks.get(item);
      }
      default:
        return undefined;
    }
  }

  begun(slice: Slice): void {
    const { item, run, cause, id } = slice.span;
    const category = slice.span.category as SpanName | InstantName;
    if (category === 'fired') this.#root(cause, slice);
    else if (category === 'tick') this.#root(typeof id === 'string' ? id : cause, slice);
    else if (item === null) return;
    else if (category === 'wait') this.#waits.set(item, slice);
    else if (category === 'check') this.#checks.set(item, slice);
    else if (category === 'task') this.#tasks.set(item, slice);
    else if (category === 'run' && run !== null) this.#runs.set(run, slice);
  }

  ended({ span: { category, run } }: Slice): void {
    if ((category as SpanName) === 'run' && run !== null) this.#runs.delete(run);
  }

  #root(cause: string | null, slice: Slice): void {
    if (cause === null) return;
    this.#roots.delete(cause);
    this.#roots.set(cause, slice);
    if (this.#roots.size <= REMEMBERED) return;
    const [oldest = ''] = this.#roots.keys();
    this.#roots.delete(oldest);
  }
}

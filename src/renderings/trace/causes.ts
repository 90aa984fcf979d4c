import type { InstantName, SpanName } from '../../journal/span-names.ts';
import type { Span } from '../span-data.ts';
import type { Slice } from './tracks.ts';

/** How many firings and ticks are kept; older ones are no longer found as causes. */
const MOST_ROOTS = 4096;

/** Keeps the slices that may cause others, and finds the cause of a span. */
export class CauseIndex {
  /** Firings, ticks and runs that have ended, by id: `event-3`, `tick-17`, `run-7`. */
  readonly #roots = new Map<string, Slice>();
  /** The last slice of each item. */
  readonly #waits = new Map<string, Slice>();
  readonly #checks = new Map<string, Slice>();
  readonly #tasks = new Map<string, Slice>();
  /** Open runs by id. */
  readonly #runs = new Map<string, Slice>();

  /** The direct cause of a span; undefined: it is not recorded. */
  of({ category, item, cause, run }: Span): Slice | undefined {
    if (item === null) return undefined;
    const root = this.#roots.get(cause ?? '');
    const check = this.#checks.get(item);
    switch (category as SpanName) {
      case 'wait':
        return root;
      case 'check':
        return this.#waitOf(item, cause) ?? root;
      case 'run':
        return check && this.#ledTo(check.span, cause, run) ? check : root;
      case 'hook':
        return this.#runs.get(cause ?? '') ?? root;
      case 'task':
        return this.#runs.get(run ?? '');
      case 'command':
      case 'lua': {
        const task = this.#tasks.get(item);
        return !task ? check : task.span.run === run ? task : undefined;
      }
      default:
        return undefined;
    }
  }

  #waitOf(item: string, cause: string | null): Slice | undefined {
    const wait = this.#waits.get(item);
    return cause !== null && wait?.span.cause === cause ? wait : undefined;
  }

  /** Whether a check led to a run with this cause and id. */
  #ledTo(check: Span, cause: string | null, run: string | null): boolean {
    const positive = check.outcome === undefined || check.outcome === 'positive';
    return positive && (check.cause === cause || check.run === run);
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
    else if ((category === 'run' || category === 'hook') && run !== null) this.#runs.set(run, slice);
  }

  ended(slice: Slice): void {
    const { category, run } = slice.span;
    if (((category as SpanName) !== 'run' && (category as SpanName) !== 'hook') || run === null) return;
    this.#runs.delete(run);
    // A hook begins when the run has ended.
    this.#root(run, slice);
  }

  #root(cause: string | null, slice: Slice): void {
    if (cause === null) return;
    this.#roots.delete(cause);
    this.#roots.set(cause, slice);
    if (this.#roots.size > MOST_ROOTS) this.#roots.delete(this.#roots.keys().next().value!);
  }
}

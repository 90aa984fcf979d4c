import type { TraceContext } from '../log/record.ts';
import type { EndTime } from './end-time.ts';
import type { Operation } from './engine-events.ts';

/** An operation that waits until its condition is free, and what asked for it. */
export interface PendingOperation {
  readonly operation: Operation;
  readonly origin: TraceContext;
  /** Of a suspension: when it ends by itself. */
  readonly end?: EndTime | undefined;
}

/** The same end, so many ms later, if it was given as a duration. */
export const movedEnd = (end: EndTime | undefined, ms: number): EndTime | undefined =>
  end?.lasts ? { ...end, at: end.at + ms } : end;

/** The operations that wait until a condition is free, in order. Most conditions never have one. */
export class PendingOperations {
  #list: readonly PendingOperation[] = [];

  get list(): readonly PendingOperation[] {
    return this.#list;
  }
  add(operation: PendingOperation): void {
    this.#list = [...this.#list, operation];
  }
  /** Removes all, because they are carried out or discarded. */
  take(): readonly PendingOperation[] {
    const list = this.#list;
    this.#list = [];
    return list;
  }

  /** Whether an operation would change nothing after those that wait. `suspended`, `end`: how it is before them. */
  isUnneeded(operation: Operation, newEnd: EndTime | undefined, suspended: boolean, end: EndTime | undefined): boolean {
    const last = this.#list.findLast(({ operation: one }) => one !== 'reset');
    const willBe = last === undefined ? suspended : last.operation === 'suspend';
    if (operation === 'resume') return !willBe;
    return operation === 'suspend' && willBe && (last === undefined ? end : last.end)?.at === newEnd?.at;
  }
  /** A suspension comes to its end. A command that waits has another end, or none: then there is nothing to add. */
  addResumption(operation: PendingOperation): void {
    if (this.#list.every((one) => one.operation === 'reset')) this.add(operation);
  }
  /** The clock was set by so many ms. */
  moveEnds(ms: number): void {
    if (this.#list.some(({ end }) => end?.lasts))
      this.#list = this.#list.map((one) => ({ ...one, end: movedEnd(one.end, ms) }));
  }
}

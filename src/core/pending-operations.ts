import type { TraceContext } from '../log/record.ts';
import type { Operation } from './desk.ts';

/** An operation that waits, and who wants it. */
export interface PendingOperation {
  readonly operation: Operation;
  readonly origin: TraceContext;
}

const NONE: readonly PendingOperation[] = [];

/** The operations on a condition that is busy, in order: they are done when it is free. */
export class PendingOperations {
  #waiting = NONE;

  add(operation: Operation, origin: TraceContext): void {
    this.#waiting = [...this.#waiting, { operation, origin }];
  }
  /** Whether the condition is suspended when all are done; `now`: whether it is. */
  suspends(now: boolean): boolean {
    const last = this.#waiting.findLast(({ operation }) => operation !== 'reset');
    return last === undefined ? now : last.operation === 'suspend';
  }
  get waiting(): readonly PendingOperation[] {
    return this.#waiting;
  }
  /** All of them; none waits any more. */
  take(): readonly PendingOperation[] {
    const all = this.#waiting;
    this.#waiting = NONE;
    return all;
  }
}

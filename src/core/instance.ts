import type { Logger, TraceContext } from '../log/record.ts';
import type { CheckResult, Outcome } from './outcome.ts';
import type { Blocked, Inbox, PendingEvents, Ports } from './ports.ts';
import type { Reason } from './reasons.ts';
import type { TimeChange } from './time-change.ts';

/** Line and column of the file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** For a text in quotes: where its first character stands. */
  readonly content?: Position;
}

/** What the engine gives to an item while it is made. */
export interface ItemDeps {
  readonly name: string;
  /** Bound to `TASK active NAME/ID`, `CONDITION active NAME/ID` or `EVENT active NAME/ID`. */
  readonly log: Logger;
  /** The same item under another action, such as `exec_lua`. */
  logAs(action: string): Logger;
  readonly ports: Ports;
  readonly inbox: Inbox;
  readonly pending: PendingEvents;
  /** Where one of the item's keys stands in the file; undefined when the file does not tell. */
  locate(key: string): Promise<Position | undefined>;
}

/** A task as its kind made it. */
export interface TaskInstance {
  /** Runs once for the condition named; throwing is a bug and becomes an error outcome. */
  run(condition: string, origin: TraceContext): Promise<Outcome>;
  /** What it has to wait for before it may run; undefined: nothing. */
  blocked?(): Blocked | undefined;
  /** The item is gone: replaced, removed, or the program ends. */
  close?(): void;
}

/**
 * When a condition can next be true: an instant on one of the clocks (ms), at any tick, or not before something happens. `early`:
 * a tick so many ms before the instant counts.
 */
export type Due =
  | { readonly mono: number; readonly early?: number }
  | { readonly wall: number }
  | 'any-tick'
  | 'on-event';

/** A piece of wall-clock time in ms, without its beginning, with its end. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** What a check is given. The instants are the planned ones of the tick, not those of a late look. */
export interface CheckContext {
  /** Wall-clock ms. */
  readonly wall: number;
  /** Monotonic ms. */
  readonly mono: number;
  /** When the scheduler was paused lately, oldest first. */
  readonly pauses: readonly TimeRange[];
  /** Tick length in ms. */
  readonly tickMs: number;
  /** The tick, or the event that made it look at once. */
  readonly origin: TraceContext;
}

/**
 * A check that does something outside, or that an event has brought about, calls this first: it becomes part of a run, with the
 * cause of the event if one is given.
 */
export type BeginRun = (cause?: string) => TraceContext;

/** A condition as its kind made it: what it remembers is in its closure. */
export interface ConditionInstance {
  /** Called at each visit, and after each change: it has to allocate nothing while the answer stays the same. */
  due(): Due;
  /**
   * Called at each visit: it has to allocate nothing when it is not due. Answers at once where it can; throwing is a bug and counts
   * as an error.
   */
  check(look: CheckContext, begin: BeginRun): CheckResult | Promise<CheckResult>;
  /** What it waits for; undefined: `due` says it all. */
  waitsFor?(): Reason | undefined;
  /** The clock was set back, or local time is another: looks again, and returns what that means for it. */
  timeChanged?(change: TimeChange): Reason | undefined;
  /** As at start: references, latches and windows begin anew. `resumed`: it was suspended until now. */
  reset?(resumed: boolean): void;
  close?(): void;
  /** Instants that were missed so far. */
  readonly missed?: number;
  /** Checked this many ms after its event came, instead of at the next tick. */
  readonly debounceMs?: number;
}

/** An event as its kind made it. */
export interface EventInstance {
  /**
   * Begins to listen; `fire` puts the condition into the bucket. `tell`: what to log of it, unless it is only counted. A promise
   * resolves when it is known whether that works.
   */
  start?(fire: (tell?: () => void) => void): void | Promise<void>;
  close?(): void;
}

/** One instant (wall-clock ms) and the rule it follows from, in words. */
export interface Firing {
  readonly at: number;
  readonly by: string;
  /** How much later chance may make it, in ms. */
  readonly jitterMs?: number;
}

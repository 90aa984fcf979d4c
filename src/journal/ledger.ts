import type { CauseKind, Origin } from './fact.ts';

/** A reason as text, or as a function that is called only when the reason is new. */
export type Why = string | (() => string);

/** The states of one item. */
export interface Track {
  readonly state: string;
  /** The item is in state `finish` now; the same state with a reason: it was looked at and stayed. */
  to(finish: string, why: Why, origin: Origin): void;
}

/** What the engine tells the journal; the journal is one. */
export interface Ledger {
  /** A new cause, such as `tick-17`. */
  cause(kind: CauseKind): string;
  /** The origin of a new run with this cause. */
  run(cause: string): Origin;
  /** The states of an item, `condition/Backup`; the one there is, or a new one in state `state`. */
  track(key: string, state: string): Track;
  /** The item has left the configuration: its story and its topic go in an hour, unless it comes back. */
  depart(key: string): void;
  /**
   * Tells a value under one topic or several, at one instant. @throws EventError for what JSON cannot hold, and for topics
   * that are no names.
   */
  logEvent(topic: string | readonly string[], message: unknown, by?: { item?: string; origin?: Origin }): void;
}

/** A value that cannot be stored, or a topic that is no name; the message says what and where. */
export class EventError extends TypeError {}

import type { CauseKind, SpanId, TraceContext } from './fact.ts';
import type { InstantName, SpanName } from './span-names.ts';

export type { InstantName, SkipReason, SpanName } from './span-names.ts';

/** A reason as text, or as a function that is called only when the reason is new. */
export type Why = string | (() => string);

/** The states of one item. */
export interface Track {
  readonly state: string;
  /** The item is in state `finish` now; the same state with a reason: it was looked at and stayed. */
  to(finish: string, why: Why, origin: TraceContext): void;
}

/** What is told about a span, made only when somebody wants it. */
export type Told = () => Readonly<Record<string, unknown>>;

/** A timespan that has begun. */
export interface OpenSpan {
  readonly id: SpanId;
  finish(told: Told): void;
}

/** What belongs to a metric record. */
export interface MetricTraits {
  /** Where in a row; 0 counts. */
  readonly step?: number;
  /** It is a configuration. */
  readonly hparams?: boolean;
  readonly item?: string;
  readonly origin?: TraceContext;
}

/** What the engine tells the journal; the journal is one. */
export interface Ledger {
  /** A new cause, such as `tick-17`. */
  cause(kind: CauseKind): string;
  /** The origin of a new run with this cause. */
  run(cause: string): TraceContext;
  /** The states of an item, `condition/Backup`; the one there is, or a new one in state `state`. */
  track(key: string, state: string): Track;
  /** The item has left the configuration: its story and its topic go in an hour, unless it comes back. */
  depart(key: string): void;
  /**
   * Tells a value under one topic or several, at one instant. @throws EventError for what JSON cannot hold, and for topics
   * that are no names.
   */
  logEvent(topic: string | readonly string[], message: unknown, by?: { item?: string; origin?: TraceContext }): void;
  /** Whether anybody wants timespans and metrics. */
  readonly timed: boolean;
  /**
   * Begins a timespan; undefined when nobody wants any. `at`: monotonic ms, when it has begun a moment ago. `id`: when it has
   * one; else it gets a number.
   */
  span(
    category: SpanName,
    item: string | null,
    origin: TraceContext,
    told: Told,
    at?: number,
    id?: SpanId,
  ): OpenSpan | undefined;
  /** A decision, without duration. */
  instant(category: InstantName, item: string | null, origin: TraceContext, told: Told): void;
  /** A metric record. @throws EventError for what JSON cannot hold. */
  metric(message: Told, traits?: MetricTraits): void;
}

/** A value that cannot be stored, or a topic that is no name; the message says what and where. */
export class EventError extends TypeError {
  override readonly name: string = 'EventError';
}

import type { LogRecord } from '../log/record.ts';

export { CAUSES, type CauseKind, type TraceContext } from '../log/record.ts';

/** What a value of an event may be: what JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What all facts have. */
export interface Envelope {
  /** Counts all facts of the process, from 1. */
  readonly seq: number;
  /** Wall clock, ms since 1970. */
  readonly time: number;
  /** Monotonic clock, ms. */
  readonly mono: number;
  /** Such as `condition/Backup`; null: the scheduler itself. */
  readonly item: string | null;
  readonly run: string | null;
  readonly cause: string | null;
}

/** A log record. */
export interface LogFact extends Envelope, Omit<LogRecord, 'origin' | 'details' | 'seq'> {
  readonly kind: 'log';
}

/** An item went from one state to another, or was looked at and stayed (`start` equals `finish`). */
export interface TransitionFact extends Envelope {
  readonly kind: 'transition';
  /** The item: `condition/Backup`. */
  readonly key: string;
  readonly start: string;
  readonly finish: string;
  /** A reason that a person understands. */
  readonly why: string;
  /** What led to it: a check that did not pass, a command on the item, or a change of the clock; absent: something else, or an older recording. */
  readonly code?: 'check' | 'command' | 'clock' | 'hook' | 'guard';
  /** The reason without when the condition is due, where `why` says both. */
  readonly reason?: string;
  /** The condition of an event: `condition/Backup`. */
  readonly concerns?: string;
  /** The last lines that the run has written, where a task or a run has ended. */
  readonly output?: string;
}

/** Something was published under one or more topics. */
export interface EventFact extends Envelope {
  readonly kind: 'event';
  readonly topics: readonly string[];
  readonly message: Json;
  /** The machine of the fleet that has published it, at that time of its clock; absent: this one. */
  readonly machine?: string;
}

/** How an event is logged. */
export interface LogEventOptions {
  /** All machines of the fleet get it. */
  readonly fleet?: boolean | undefined;
}

/** What the machines of a fleet hand on of an event. */
export type SharedEvent = Pick<EventFact, 'time' | 'topics' | 'item' | 'message'>;

/** A look at an item that stayed as it was came to the same so many times in a row; written once at the end of the row. */
export interface RepeatFact extends Envelope {
  readonly kind: 'repeat';
  readonly key: string;
  /** `seq` of the transition that was repeated. */
  readonly of: number;
  /** All of them, the first included. */
  readonly count: number;
}

/** What a timespan is known by, unique within its category; by convention text such as `task-9`, or a small record. */
export type SpanId = string | number | null | { readonly [key: string]: Json };

/**
 * The beginning or the end of a timespan, or an instant without duration. `start` and `finish` of one span have the same
 * `category` and `id`.
 */
export interface SpanFact extends Envelope {
  readonly kind: 'span';
  readonly edge: 'start' | 'finish' | 'instant';
  readonly category: string;
  readonly id: SpanId;
  /** Its data; a mapping where it is a span of the daemon. */
  readonly timeline: unknown;
  /** Monotonic clock, nanoseconds. */
  readonly timestamp: number;
}

/** A metric record: a mapping of numbers, texts and mappings. */
export interface MetricFact extends Envelope {
  readonly kind: 'metric';
  readonly message: { readonly [key: string]: Json };
  /** Where in a row of records of this kind; 0 counts. */
  readonly step?: number;
  /** A configuration, not a measurement. */
  readonly hparams?: boolean;
}

/** What the journal is made of. */
export type Fact = LogFact | TransitionFact | EventFact | RepeatFact | SpanFact | MetricFact;

/** A transition as a story shows it: equal ones in a row are one, counted. */
export interface Transition {
  readonly seq: number;
  readonly key: string;
  readonly start: string;
  readonly finish: string;
  readonly cause: string | null;
  readonly run: string | null;
  readonly why: string;
  /** As in {@link TransitionFact}. */
  readonly code?: TransitionFact['code'];
  readonly reason?: string;
  readonly concerns?: string;
  /** Of the last time. */
  readonly output?: string;
  /** Of the first; wall clock and monotonic, ms. */
  readonly time: number;
  readonly mono: number;
  /** How often it happened. */
  readonly count: number;
  /** When it happened last, wall clock in ms, and the cause and the run then. */
  readonly lastTime: number;
  readonly lastCause: string | null;
  readonly lastRun: string | null;
  /** Its place, at the last time, in the order of happening: no clock that is set changes it. */
  readonly order: number;
}

/** Compares transitions by when they happened last. */
export const byOrder = (a: Transition, b: Transition): number => a.order - b.order || a.seq - b.seq;

/** One event as a reader of a topic gets it. */
export interface TopicEvent {
  readonly seq: number;
  /** Wall clock and monotonic, ms. */
  readonly time: number;
  readonly mono: number;
  readonly topics: readonly string[];
  readonly item: string | null;
  readonly run: string | null;
  readonly cause: string | null;
  readonly message: Json;
  /** The machine of the fleet that has published it; absent: this one. */
  readonly machine?: string;
}

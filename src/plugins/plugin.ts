import type { StatusReport } from '../control/status.ts';
import type { CommandResult } from '../core/ports.ts';
import type { Envelope, EventFact, Json, LogEventOptions, TransitionFact } from '../journal/fact.ts';
import type { Level } from '../log/record.ts';

/** The tasks of a condition begin to run: its own ones, or those of one of its hooks. */
export interface RunStarted extends Envelope {
  readonly kind: 'run-started';
  readonly condition: string;
  /** The hook whose tasks run; absent: they are those of the condition. */
  readonly hook?: string;
  readonly tasks: readonly string[];
}

/** A run has ended. */
export interface RunFinished extends Envelope {
  readonly kind: 'run-finished';
  readonly condition: string;
  readonly hook?: string;
  /** `success`, `failure`, or why it was ended early: `cancelled`, `replaced` … */
  readonly outcome: string;
  /** How many of its tasks were run. */
  readonly executed: number;
  /** How long it took; null: its beginning is not known. */
  readonly seconds: number | null;
}

/** A task begins to run. */
export interface TaskStarted extends Envelope {
  readonly kind: 'task-started';
  readonly task: string;
  /** The condition that runs it. */
  readonly condition: string;
}

/** A task has ended. */
export interface TaskFinished extends Envelope {
  readonly kind: 'task-finished';
  readonly task: string;
  readonly condition: string;
  /** `success`, `failure`, `none` or `error`. */
  readonly outcome: string;
  readonly why: string;
  /** How often it was tried; absent: it has no `retries`. */
  readonly attempts?: number;
  /** The last lines that it has written; absent: none. */
  readonly output?: string;
  /** How long it took; null: its beginning is not known. */
  readonly seconds: number | null;
}

/** Events that the plugin was too slow for, in their place. */
export interface EventsDropped {
  readonly kind: 'dropped';
  readonly dropped: number;
}

/**
 * What a plugin is called with, by `kind`: each change of state of an item, each event of a topic, and the beginning and the end of each run
 * and of each task. Log records, ticks and single checks are not among them. It is frozen, with all that is in it.
 */
export type PluginEvent =
  | TransitionFact
  | EventFact
  | RunStarted
  | RunFinished
  | TaskStarted
  | TaskFinished
  | EventsDropped;

/** The daemon as a plugin has it. What it returns is a copy. */
export interface PluginDaemon {
  /** The file of the running configuration. */
  readonly file: string;
  /** As `whenever status --json` has it; `conditions`: only these. */
  status(conditions?: readonly string[]): StatusReport;
  /** Gives an input command as a line: `trigger NAME`, `run NAME`, `pause` … Never rejects. */
  submit(line: string): Promise<CommandResult>;
  /** Publishes a value under one topic or several. The plugin itself is not called with it. @throws EventError */
  logEvent(topic: string | readonly string[], value: Json, options?: LogEventOptions): void;
  /** Writes a log record. */
  log(level: Level, text: string): void;
}

/** What takes part in a daemon. Each method may be left out, and may be asynchronous. What it throws is logged, and ends nothing. */
export interface Plugin {
  /** What it is called in records and in the status; default: the name of its file. */
  readonly name?: string;
  /** Called once, before the first event. When it throws, the plugin is left out. */
  setup?(daemon: PluginDaemon): unknown;
  /** Called with one event after the other; the next one when the promise that it returned is settled. */
  event?(event: PluginEvent): unknown;
  /** Called once, when the daemon ends or a reload has removed the plugin. It has three seconds. */
  teardown?(): unknown;
}

/** The functions of a plugin. */
export type PluginFunction = 'setup' | 'event' | 'teardown';

import type { Log, TraceContext } from '../log/record.ts';
import type { Bus, Idle, Sessions, Watcher, Wmi } from './desktop-ports.ts';
import type { EndSignal } from './end-signal.ts';
import type { Occurrence, Occurrences } from './event-burst.ts';
import type { Fleet } from './fleet-port.ts';
import type { KeptState, Lua } from './lua-port.ts';
import type { RunOutcomeKind } from './outcome.ts';
import type { Processes } from './process-port.ts';
import type { Reason } from './reasons.ts';
import type { RunFiles } from './run-file-ports.ts';
import type { TraceVariables } from './trace-variables.ts';

export type * from './desktop-ports.ts';
export type * from './fleet-port.ts';
export type * from './lua-port.ts';
export type * from './process-port.ts';
export type * from './run-file-ports.ts';
export type * from './trace-variables.ts';

/** The only source of time. `wall` and `mono` are milliseconds with fractions; `mono` never goes back. */
export interface Clock {
  wall(): number;
  mono(): number;
  /** Resolves after `ms` on the monotonic clock, or at once when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: EndSignal): Promise<void>;
  /** Resolves after one turn of the event loop. */
  turn(): Promise<void>;
  /** How many ms before an instant a sleep has to end, because sleeps end late; the rest is spent in turns of the event loop. */
  readonly leadMs?: number;
  /** Ms since some instant, including the time that the machine was asleep; default: `mono`. */
  elapsed?(): number;
  /** The wall clock is never set, so it need not be watched. */
  readonly steady?: boolean;
}

/** The time zone of the machine. */
export interface LocalZone {
  /** Switches to the current zone of the machine if it has changed. Returns the names of both, or once why that failed. */
  look(): { readonly from: string; readonly to: string } | { readonly problem: string } | undefined;
}

/** Numbers in [0, 1). */
export type Random = () => number;

/** A command that was accepted. */
export interface CommandDone {
  readonly kind: 'done';
  /** What has happened, as text. */
  readonly said?: string;
  /** Nothing had to be changed. */
  readonly idle?: true;
  /** The run that the command `run` began, and how it ended. */
  readonly run?: { readonly id: string; readonly outcome: RunOutcomeKind };
  /** Set when a part is done later: resolves with the result. Never rejects. */
  readonly later?: Promise<CommandResult>;
  /** `later` does not wait for anything that runs, so a task that gives the command can wait for it. */
  readonly soon?: true;
  /** The cause of what it led to, such as `command-3`, by which there is a story; known of an instance that was asked. */
  readonly cause?: string;
}

/** The result of an input command: done, without effect, or not understood. */
export type CommandResult =
  | CommandDone
  | { readonly kind: 'no-effect'; readonly reason: string; readonly cause?: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly cause?: string };

/** Takes the commands for the scheduler. */
export interface Inbox {
  /** Resolves when the command is accepted, not when it is finished. Without `origin` the command is a cause of its own. */
  submit(line: string, origin?: TraceContext): Promise<CommandResult>;
}

/** An event that waits for the check of its condition. */
export interface PendingEvent {
  readonly cause: string;
  /** What it has brought. */
  readonly event: Occurrences;
}

/** Conditions whose event has come, until they are checked. */
export interface PendingEvents {
  /** Adds a name that is not there. */
  add(condition: string, cause: string, occurrence: Occurrence): void;
  /** Adds what an occurrence has brought to a name that is there. */
  join(condition: string, occurrence: Occurrence): void;
  has(condition: string): boolean;
  /** Removes the name and returns what has come, if it was there. */
  take(condition: string): PendingEvent | undefined;
}

/** A regular expression of the RE2 dialect. `whole`: it has to match the whole text. */
export interface Pattern {
  readonly source: string;
  readonly caseSensitive: boolean;
  readonly whole: boolean;
}

/** Matches expressions against long texts on other threads. */
export interface RegexMatcher {
  /** Rejects when the text could not be searched. */
  matches(pattern: Pattern, text: string): Promise<boolean>;
}

/** Stands for one execution of a program or a script, from its start to its end. */
export interface Execution {
  /** `process-12` or `script-3`, as its timespan is called. */
  readonly id: string;
}

/** The events that kinds emit, by type, with their data. `item`: `task/Backup`. */
export interface ItemEventMap {
  'process.started': {
    readonly execution: Execution;
    readonly item: string;
    readonly command: string;
    readonly args: readonly string[];
  };
  'process.finished': { readonly execution: Execution; readonly report: Readonly<Record<string, unknown>> };
  /** A process has written something. The chunk is valid during the call only. */
  'process.output': {
    readonly item: string;
    readonly stream: 'stdout' | 'stderr';
    readonly chunk: Uint8Array;
  };
  'script.started': { readonly execution: Execution; readonly item: string };
  'script.finished': { readonly execution: Execution; readonly report: Readonly<Record<string, unknown>> };
  /** A script has logged a line. */
  'script.logged': { readonly item: string; readonly text: string };
  /** A script has stored its private state. */
  'script.stored': { readonly item: string; readonly kept: () => KeptState };
  /** @throws EventError for what JSON cannot hold, and for topics that are not names. */
  'item.published': {
    readonly item: string;
    readonly topics: string | readonly string[];
    readonly value: unknown;
    /** For all machines of the fleet. */
    readonly fleet?: boolean;
  };
  /** @throws EventError for what JSON cannot hold. */
  'item.measured': {
    readonly item: string;
    readonly message: Readonly<Record<string, unknown>>;
    readonly step?: number;
    /** The message is a configuration, not a measurement. */
    readonly hparams?: true;
  };
  'instants.missed': {
    readonly condition: string;
    readonly count: number;
    readonly first: number;
    readonly last: number;
  };
  /** With `recur_after_failed_check`: a success was counted, or a check has failed since. */
  'success.counted': { readonly condition: string; readonly counted: boolean };
  /** Instants came, and it is not run for them, or later: all up to `until` are accounted for. Instants are wall-clock ms. */
  'instants.unmet': {
    readonly condition: string;
    readonly unmet: readonly {
      readonly reason: Reason;
      readonly count: number;
      readonly first: number;
      readonly last: number;
      /** Where they lie: the beginning is excluded, the end included. */
      readonly ranges: readonly { readonly from: number; readonly to: number }[];
    }[];
    readonly until: number;
    /** Except these, which are held back. */
    readonly held: readonly number[];
    /** Runs that it owes. */
    readonly owed: number;
  };
}

/** Where kinds emit their events. */
export interface ItemEvents {
  /** @throws EventError, see `item.published`. */
  emit<T extends keyof ItemEventMap>(type: T, trace: TraceContext, data: ItemEventMap[T]): void;
  /** Whether an event of this type reaches anything. */
  wants(type: keyof ItemEventMap): boolean;
  /** A new execution. Its number counts all of its kind. */
  begin(kind: 'process' | 'script'): Execution;
}

/** What reaches outside of the scheduler, other than to the clock. A kind names those that it uses. */
export interface OutsidePorts {
  readonly processes: Processes;
  readonly lua: Lua;
  readonly watcher: Watcher;
  readonly bus: Bus;
  readonly idle: Idle;
  readonly wmi: Wmi;
  readonly sessions: Sessions;
}

/** Reads the files that say what runs are given. */
export interface GivenFiles {
  /** Rejects with an error that says which file cannot be read, and why. */
  read(path: string): Promise<string>;
  /** The directory of the credentials that systemd has passed; undefined: there is none. */
  readonly credentials: string | undefined;
}

/** Everything that kinds need from outside. */
export interface Ports extends OutsidePorts {
  readonly clock: Clock;
  /** Default: it does not change. */
  readonly localZone?: LocalZone;
  readonly random: Random;
  readonly log: Log;
  readonly events: ItemEvents;
  /** Absent: no files are made, as in a simulation. */
  readonly runFiles?: RunFiles;
  /** Absent: no files are read for runs. */
  readonly givenFiles?: GivenFiles;
  /** Absent: this machine shares nothing with others. */
  readonly fleet?: Fleet;
  /** Absent: texts are matched on the main thread. */
  readonly matcher?: RegexMatcher;
  /** What an execution gets to continue the trace; absent: nothing is traced. */
  readonly trace?: (origin: TraceContext, execution: Execution) => TraceVariables;
}

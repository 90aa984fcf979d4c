import type { Ledger } from '../journal/ledger.ts';
import type { Log, TraceContext } from '../log/record.ts';
import type { Bus, Idle, Watcher, Wmi } from './desktop-ports.ts';
import type { Lua } from './lua-port.ts';
import type { Processes } from './process-port.ts';

export type * from './desktop-ports.ts';
export type * from './lua-port.ts';
export type * from './process-port.ts';

/** The only source of time. `wall` and `mono` are milliseconds with fractions; `mono` never goes back. */
export interface Clock {
  wall(): number;
  mono(): number;
  /** Resolves after `ms` on the monotonic clock, or at once when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything else that is ready go first (one turn of the event loop). */
  turn(): Promise<void>;
  /** How many ms before an instant one has to be up to meet it, because sleeps end late; the rest is spent in turns. */
  readonly leadMs?: number;
  /** Ms since some instant, with the time that the machine was asleep; default: `mono`. */
  elapsed?(): number;
  /** Nobody sets the wall clock: it need not be looked at now and then. */
  readonly steady?: boolean;
}

/** The time zone of the machine. */
export interface LocalZone {
  /**
   * Looks whether it is another one, and if so, makes local time that of the new one. Returns their names; or, once, why that does
   * not work.
   */
  look(): { readonly from: string; readonly to: string } | { readonly problem: string } | undefined;
}

/** Numbers in [0, 1). */
export type Random = () => number;

/** A command that was accepted, for whoever wants to know more than that. */
export interface CommandDone {
  readonly kind: 'done';
  /** What has happened, in words. */
  readonly said?: string;
  /** Everything was as it should be before. */
  readonly idle?: true;
  /** Some of it comes later: resolves when it has, with what it came to. Never rejects. */
  readonly later?: Promise<CommandResult>;
  /** What comes later waits for nothing that runs: a task that gives the command may wait for it. */
  readonly soon?: true;
}

/** What an input command came to: done, no effect (`failure`), or not understood (`refused`). */
export type CommandResult =
  | CommandDone
  | { readonly kind: 'no-effect'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The door for everything that steers the scheduler. Answers when the command is accepted, not when it is finished. */
export interface Inbox {
  /** `origin`: what gives the command, if that is part of something; else the command is a cause of its own. */
  submit(line: string, origin?: TraceContext): Promise<CommandResult>;
}

/** Names of conditions that events have fired. */
export interface PendingEvents {
  /** True when the name was not there already; the first cause stays. */
  add(condition: string, cause: string): boolean;
  has(condition: string): boolean;
  /** The cause when the name was there; it is gone afterwards. */
  take(condition: string): string | undefined;
}

/** A regular expression of the RE2 dialect. `whole`: it has to be all of the text. */
export interface Pattern {
  readonly source: string;
  readonly caseSensitive: boolean;
  readonly whole: boolean;
}

/** Looks for expressions in long texts, beside everything else. */
export interface RegexMatcher {
  /** Rejects when it could not be looked for. */
  matches(pattern: Pattern, text: string): Promise<boolean>;
}

/** What reaches outside of the scheduler, other than to the clock. A kind names those that it uses. */
export interface OutsidePorts {
  readonly processes: Processes;
  readonly lua: Lua;
  readonly watcher: Watcher;
  readonly bus: Bus;
  readonly idle: Idle;
  readonly wmi: Wmi;
}

/** Everything the engine needs from outside. */
export interface Ports extends OutsidePorts {
  readonly clock: Clock;
  /** Default: it does not change. */
  readonly localZone?: LocalZone;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Ledger;
  /** Absent: texts are matched on the main thread. */
  readonly matcher?: RegexMatcher;
}

import type { RecordDetails } from '../log/record.ts';
import type { EndSignal } from './end-signal.ts';
import type { TraceVariables } from './trace-variables.ts';

/** A value that is set in Lua. A bigint is a TOML integer: an integer of 32 bits where it fits, else a float. */
export type LuaScalar = string | boolean | number | bigint;

/**
 * A private state as JSON: texts, booleans and floats as they are, `{ integer: "42" }`, `{ float: "inf" }`, and `{ bytes: BASE64 }`
 * for texts that are not UTF-8.
 */
export type KeptState = Readonly<
  Record<
    string,
    string | boolean | number | { readonly integer: string } | { readonly float: string } | { readonly bytes: string }
  >
>;

/** One script run. */
export interface LuaRequest {
  /** The owner of the private state; it stays the same across reloads of an unchanged item. */
  readonly key: string;
  readonly section: 'task' | 'condition';
  /** The chunk name, `task NAME` or `condition NAME`. */
  readonly chunk: string;
  /** The condition that triggers (task) or is checked (condition). */
  readonly condition: string;
  /** The run that keeps the locks of the script, where that is not the run of the condition but one of a hook. */
  readonly lockOwner?: string;
  readonly task?: string;
  readonly script: string;
  /** The program that runs it; undefined: the interpreter inside this program. */
  readonly interpreter?: string;
  readonly initScriptPath?: string;
  readonly variables: Readonly<Record<string, LuaScalar>>;
  readonly expected: Readonly<Record<string, LuaScalar>>;
  /** 0: no limit. */
  readonly timeoutSeconds: number;
  /** Aborted: the script is ended. */
  readonly signal?: EndSignal;
  /** Globals that are tables, by name: what JSON can hold. */
  readonly tables?: Readonly<Record<string, unknown>>;
  /** What its requests by HTTP carry, to continue the trace. */
  readonly trace?: TraceVariables;
  /** The private state to begin with, if this host has none of the owner. */
  readonly earlierState?: KeptState;
}

/** Receives what a running script logs and emits, in order. */
export interface LuaListener {
  /** One line for the log, by the script. */
  line(level: 'trace' | 'debug' | 'info' | 'warn' | 'error', text: string, source?: RecordDetails['source']): void;
  /** The init script ended without error. */
  initialised(): void;
  /** `events.log`: a value that JSON can hold. @param fleet for all machines of the fleet */
  event(topics: readonly string[], value: unknown, fleet: boolean): void;
  /** `metrics.log`: a mapping that JSON can hold, except for NaN and infinity; `step` is a whole number. */
  metric(message: Readonly<Record<string, unknown>>, step: number | undefined): void;
}

/** How one expected variable compared. `missing`: absent or not convertible to the expected type. */
export interface LuaComparison {
  readonly name: string;
  readonly result: 'equal' | 'different' | 'missing';
}

/** What happened to the private state. `entries` are `[key, value as text]`, for the trace records. */
export type LuaStateReport =
  | { readonly how: 'stored'; readonly entries: readonly (readonly [string, string])[] }
  /** Nothing was stored: a key is not an identifier, or a value is of a type that cannot be stored. */
  | { readonly how: 'refused'; readonly because: 'key' | 'value'; readonly reason: string }
  | { readonly how: 'untouched' };

/** How a script ended. Only `finished` has comparisons to look at. Messages name chunk and line (`task X:3: boom`). */
export type LuaEnd =
  | { readonly how: 'finished'; readonly comparisons: readonly LuaComparison[] }
  | { readonly how: 'script-error'; readonly message: string }
  | { readonly how: 'init-error'; readonly cause: 'failed' | 'unreadable' | 'not-a-file'; readonly message: string }
  | { readonly how: 'variable-error'; readonly message: string }
  | { readonly how: 'timeout' }
  /** By the signal of the request. */
  | { readonly how: 'cancelled' }
  | { readonly how: 'memory' }
  | { readonly how: 'killed' }
  /** The host was terminated while the script ran, mostly because of another script. */
  | { readonly how: 'lost'; readonly reason: string }
  | { readonly how: 'not-started'; readonly reason: string };

export interface LuaResult {
  readonly end: LuaEnd;
  readonly state: LuaStateReport;
  /** Returns the private state, if it was stored. */
  readonly kept?: () => KeptState;
}

/** The Lua host. Nothing is loaded before the first run. */
export interface Lua {
  run(request: LuaRequest, listener: LuaListener): Promise<LuaResult>;
  /**
   * Called when the run of a condition, or of a hook (`lockOwner`), has ended: releases the locks that its scripts still hold, and calls
   * `released` with each.
   */
  endRun(owner: string, released: (lock: string) => void): void;
  /** Drops the private state of an item that was removed or replaced. */
  forget(key: string): void;
  /** Called when the local time zone has changed: scripts that begin when no other one runs use the new one. */
  renew?(): void;
  /** Ends every running script as `killed`; never waits longer than `graceMs`. */
  killAll(graceMs: number): Promise<void>;
  /** Ends the host once no script runs. */
  close(): Promise<void>;
}

/** A value of a shared state as JSON: `{ "float": "inf" }` for a number that JSON does not have, `{ "bytes": BASE64 }` for a text that is not UTF-8. */
export type SharedValue = string | boolean | number | { readonly float: string } | { readonly bytes: string };

/** What a program asks of the shared states. Without a key: of a whole state. */
export interface StateRequest {
  readonly action: 'get' | 'set' | 'remove' | 'list';
  readonly name?: string;
  readonly key?: string;
  readonly value?: unknown;
}

/** The answer to `state`. */
export interface StateAnswer {
  /** Whether the state, or its key, was there before. */
  readonly found: boolean;
  /** Of `get`: the value of the key, or all keys with their values. */
  readonly value?: SharedValue | Readonly<Record<string, SharedValue>>;
  /** Of `list`: the names of the states, or the keys of one. */
  readonly names?: readonly string[];
}

/** Called with what becomes of a lock that a program wants. */
export interface LockListener {
  granted(): void;
  /** It is not free. `holder`: what has it, in words. */
  waiting(holder: string): void;
}

/** What programs share with scripts. */
export interface SharedWithScripts {
  /** @throws Error for a name or a value that a state cannot have */
  state(request: StateRequest): Promise<StateAnswer>;
  /**
   * Takes a lock of scripts as soon as it is free. Returns how to release it, or not to wait for it any more.
   * @param by what takes it, in words. @throws Error for what is not the name of a lock
   */
  lock(name: string, by: string, listener: LockListener): Promise<() => void>;
}

import type { Log } from '../log/record.ts';

/** The only source of time. `wall` and `mono` are milliseconds with fractions; `mono` never goes back. */
export interface Clock {
  wall(): number;
  mono(): number;
  /** Resolves after `ms` on the monotonic clock, or at once when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything else that is ready go first (one turn of the event loop). */
  turn(): Promise<void>;
}

/** Numbers in [0, 1). */
export type Random = () => number;

/** A process to run. Times in seconds or ms as named; `cwd` is entered before a relative `command` is looked up. */
export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The daemon's own environment first, then `variables` over it. */
  readonly inheritEnvironment: boolean;
  readonly variables: Readonly<Record<string, string>>;
  /** 0: no limit. */
  readonly timeoutSeconds: number;
}

/** What was written to one stream, decoded as UTF-8; `dropped` counts the bytes over the cap. */
export interface Captured {
  readonly text: string;
  readonly dropped: number;
}

/** How a process ended. Nothing here is thrown: a bad exit is a result. */
export type ProcessEnd =
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: string }
  | { readonly how: 'timeout' }
  | { readonly how: 'killed' }
  | { readonly how: 'not-started'; readonly reason: string };

export interface ProcessResult {
  readonly end: ProcessEnd;
  readonly stdout: Captured;
  readonly stderr: Captured;
}

/** Runs commands. Children have an empty stdin, a process group of their own and nothing of the daemon's. */
export interface Processes {
  run(request: ProcessRequest): Promise<ProcessResult>;
  /** Ends the process groups of everything running: SIGTERM, then SIGKILL after `graceMs`. Their runs, and all later ones, end as `killed`. */
  killAll(graceMs: number): Promise<void>;
}

/** A value that crosses into Lua. A bigint is a TOML integer and stays one where 32 bits hold it; else an exact float. */
export type LuaScalar = string | boolean | number | bigint;

/** One script run. */
export interface LuaRequest {
  /** Whose script: private state belongs to `key`, which stays the same across reloads of an unchanged item. */
  readonly key: string;
  readonly section: 'task' | 'condition';
  /** The chunk name, `task NAME` or `condition NAME`. */
  readonly chunk: string;
  /** The condition that triggers (task) or is checked (condition). */
  readonly condition: string;
  readonly task?: string;
  readonly script: string;
  readonly initScriptPath?: string;
  readonly variables: Readonly<Record<string, LuaScalar>>;
  readonly expected: Readonly<Record<string, LuaScalar>>;
  /** 0: no limit. */
  readonly timeoutSeconds: number;
}

/** What a running script says, in order. `lua` is a `log.*` call, `print` or `io.write`. */
export interface LuaListener {
  /** One line for the log, by the script. */
  line(level: 'trace' | 'debug' | 'info' | 'warn' | 'error', text: string): void;
  /** The init script ended without error. */
  initialised(): void;
}

/** How one expected variable compared. `missing`: absent or not convertible to the expected type. */
export interface LuaComparison {
  readonly name: string;
  readonly result: 'equal' | 'different' | 'missing';
}

/** What became of the private state. `entries` are `[key, value as text]`, for the trace records. */
export type LuaStateReport =
  | { readonly how: 'stored'; readonly entries: readonly (readonly [string, string])[] }
  /** Nothing was stored: a key that is no identifier, or a value of a type that cannot be kept. */
  | { readonly how: 'refused'; readonly because: 'key' | 'value'; readonly reason: string }
  | { readonly how: 'untouched' };

/** How a script ended. Only `finished` has comparisons to look at. Messages name chunk and line (`task X:3: boom`). */
export type LuaEnd =
  | { readonly how: 'finished'; readonly comparisons: readonly LuaComparison[] }
  | { readonly how: 'script-error'; readonly message: string }
  | { readonly how: 'init-error'; readonly cause: 'failed' | 'unreadable' | 'not-a-file'; readonly message: string }
  | { readonly how: 'variable-error'; readonly message: string }
  | { readonly how: 'timeout' }
  | { readonly how: 'memory' }
  | { readonly how: 'killed' }
  /** The host had to be given up while the script ran, mostly because of another one. */
  | { readonly how: 'lost'; readonly reason: string }
  | { readonly how: 'not-started'; readonly reason: string };

export interface LuaResult {
  readonly end: LuaEnd;
  readonly state: LuaStateReport;
  /** Locks the script still held, now released: one WARN record each. */
  readonly releasedLocks: readonly string[];
}

/** The Lua host. Nothing is loaded before the first run. */
export interface Lua {
  run(request: LuaRequest, listener: LuaListener): Promise<LuaResult>;
  /** Drops the private state of an item that was removed or replaced. */
  forget(key: string): void;
  /** Ends every running script as `killed`; never waits longer than `graceMs`. */
  killAll(graceMs: number): Promise<void>;
  /** Ends the host when nothing runs. */
  close(): Promise<void>;
}

/** What an input command came to, for internal tasks: done, no effect (`failure`), or not understood (`refused`). */
export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'no-effect'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The door for everything that steers the scheduler. Answers when the command is accepted, not when it is finished. */
export interface Inbox {
  submit(line: string): Promise<Answer>;
}

/** Names of conditions that events have fired. */
export interface Pending {
  /** True when the name was not there already. */
  add(condition: string): boolean;
  has(condition: string): boolean;
  /** True when the name was there; it is gone afterwards. */
  take(condition: string): boolean;
}

/** Everything the engine asks of the world. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly processes: Processes;
  readonly lua: Lua;
}

import type { Log } from '../log/record.ts';

/** The only source of time. `wall` and `mono` are milliseconds with fractions; `mono` never goes back. */
export interface Clock {
  wall(): number;
  mono(): number;
  /** Resolves after `ms` on the monotonic clock, or at once when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything else that is ready go first (one turn of the event loop). */
  turn(): Promise<void>;
  /** Nobody sets the wall clock: it need not be looked at now and then. */
  readonly steady?: boolean;
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

/** What is watched for changes. */
export interface WatchRequest {
  readonly path: string;
  /** The directories below as well. */
  readonly recursive: boolean;
  /** Look every so many seconds; 0: be told by the system. */
  readonly pollSeconds: number;
}

/** What became of a file or directory. `OTHER`: something the system does not tell. */
export type FileChange = 'CREATE' | 'MODIFY' | 'REMOVE' | 'OTHER';

/** What a watch tells. */
export interface WatchListener {
  /** The path is watched; told again when it was away and has come back. */
  established(): void;
  /** There is nothing at the path; it is waited for. */
  missing(): void;
  changed(how: FileChange, path: string): void;
  /** Something does not work as it should; watching goes on as well as it can. `known`: others have been told the same. */
  trouble(reason: string, known: boolean): void;
}

/** Something that is heard until it is closed. */
export interface Subscription {
  /** Resolves when it is known whether it works. Never rejects. */
  readonly ready: Promise<void>;
  close(): void;
}

/** Watches files and directories. Nothing is loaded before the first one. */
export interface Watcher {
  watch(request: WatchRequest, listener: WatchListener): Subscription;
}

/** One of the two message buses. */
export type BusName = 'session' | 'system';

/** A D-Bus value with its type. Integers of all sizes are bigint. `element` is the signature of what a container holds. */
export type BusValue =
  | { readonly type: 'y' | 'n' | 'q' | 'i' | 'u' | 'x' | 't' | 'h'; readonly value: bigint }
  | { readonly type: 'd'; readonly value: number }
  | { readonly type: 'b'; readonly value: boolean }
  | { readonly type: 's' | 'o' | 'g'; readonly value: string }
  | { readonly type: 'v'; readonly value: BusValue }
  | { readonly type: 'array'; readonly element: string; readonly items: readonly BusValue[] }
  | { readonly type: 'dict'; readonly element: string; readonly entries: readonly (readonly [BusValue, BusValue])[] }
  | { readonly type: 'struct'; readonly items: readonly BusValue[] };

/** A method call. */
export interface BusCall {
  readonly bus: BusName;
  readonly service: string;
  readonly path: string;
  readonly interface: string;
  readonly method: string;
  readonly args: readonly BusValue[];
  readonly timeoutMs: number;
}

/** What a call came to. Nothing here is thrown. */
export type BusReply =
  | { readonly how: 'reply'; readonly body: readonly BusValue[] }
  /** The service or the bus refused it; `name` is the error name of the protocol. */
  | { readonly how: 'error'; readonly name: string; readonly message: string }
  | { readonly how: 'timeout' }
  /** There is no connection, or it was lost before the reply came. */
  | { readonly how: 'disconnected'; readonly reason: string };

/** A message that came unasked. */
export interface BusMessage {
  readonly type: 'signal' | 'method_call' | 'method_return' | 'error';
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly destination: string;
  readonly body: readonly BusValue[];
}

/** What messages are wanted: a match rule, taken apart. */
export interface BusRule {
  /** As the bus is to be given it. */
  readonly text: string;
  readonly keys: ReadonlyMap<string, string>;
}

/** What a subscription tells. */
export interface BusListener {
  /** It is in force; told again when the connection was lost and has come back. */
  subscribed(): void;
  /** There is no connection, or the bus does not take the rule; the first is tried again. Told once until it works again. */
  lost(reason: string): void;
  message(message: BusMessage): void;
}

/** The message buses: one connection each, opened when first needed and again when it is lost. */
export interface Bus {
  call(call: BusCall): Promise<BusReply>;
  subscribe(bus: BusName, rule: BusRule, listener: BusListener): Subscription;
}

/** How long nobody has touched keyboard and mouse, or what was tried to find out. */
export type IdleReading =
  | { readonly how: 'idle'; readonly ms: number; readonly source: string }
  | { readonly how: 'unknown'; readonly tried: readonly string[] };

/** The idle time of the session. */
export interface Idle {
  read(): Promise<IdleReading>;
}

/** A value of a WMI row; other types are null. */
export type WmiValue = string | boolean | number | bigint | null;
/** Names of fields in lower case, as WMI does not tell cases apart. */
export type WmiRow = Readonly<Record<string, WmiValue>>;

/** What a query came to. */
export type WmiResult =
  | { readonly how: 'rows'; readonly rows: readonly WmiRow[] }
  | { readonly how: 'error'; readonly reason: string };

/** What a notification query tells. */
export interface WmiListener {
  subscribed(): void;
  /** It does not work, or no longer; tried again. Told once until it works again. */
  failed(reason: string): void;
  notified(): void;
}

/** Windows Management Instrumentation. `namespace` undefined: the default one. */
export interface Wmi {
  query(namespace: string | undefined, query: string, timeoutMs: number): Promise<WmiResult>;
  subscribe(namespace: string | undefined, query: string, listener: WmiListener): Subscription;
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
  readonly watcher: Watcher;
  readonly bus: Bus;
  readonly idle: Idle;
  readonly wmi: Wmi;
}

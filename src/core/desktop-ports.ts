/** What is watched for changes. */
export interface WatchRequest {
  readonly path: string;
  /** The directories below as well. */
  readonly recursive: boolean;
  /** Seconds between two looks; 0: the system notifies. */
  readonly pollSeconds: number;
  /** Find out what is a rename: what is there is read at the beginning, and kept. */
  readonly renames?: boolean;
}

/** What happened to a file or directory. `OTHER`: the system does not say. `RENAME` only where renames are asked for. */
export type FileChange = 'CREATE' | 'MODIFY' | 'REMOVE' | 'RENAME' | 'OTHER';

/** The callbacks of a watch. */
export interface WatchListener {
  /** Called when the path is watched, and again when it has come back. */
  established(): void;
  /** Called when the path does not exist, or cannot be reached because of `obstacle`. It is waited for. */
  missing(obstacle?: string): void;
  /** @param from the path that it had before, where renames are asked for */
  changed(how: FileChange, path: string, from?: string): void;
  /** Called once for each path whose changes are ignored: a file that the scheduler writes itself. */
  ownFile?(path: string): void;
  /** Called when watching does not fully work; it continues as far as possible. `known`: reported for other paths already. */
  trouble(reason: string, known: boolean): void;
  /** Called once for each part below the path that cannot be watched for now. */
  partly?(reason: string): void;
  /** Called when all parts are watched again. */
  whole?(): void;
}

/** Delivers until it is closed. */
export interface PortSubscription {
  /** Resolves when it is known whether it works. Never rejects. */
  readonly ready: Promise<void>;
  close(): void;
}

/** Watches files and directories. Its code is loaded at the first watch. */
export interface Watcher {
  watch(request: WatchRequest, listener: WatchListener): PortSubscription;
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

/** The result of a call, which never throws. */
export type BusReply =
  | { readonly how: 'reply'; readonly body: readonly BusValue[] }
  /** The service or the bus returned an error; `name` is the error name of the protocol. */
  | { readonly how: 'error'; readonly name: string; readonly message: string }
  | { readonly how: 'timeout' }
  /** There is no connection, or it was lost before the reply came. */
  | { readonly how: 'disconnected'; readonly reason: string };

/** A message for a subscription. */
export interface BusMessage {
  readonly type: 'signal' | 'method_call' | 'method_return' | 'error';
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly destination: string;
  readonly body: readonly BusValue[];
}

/** A match rule, parsed. */
export interface BusRule {
  /** As it is sent to the bus. */
  readonly text: string;
  readonly keys: ReadonlyMap<string, string>;
}

/** The callbacks of a subscription. */
export interface BusListener {
  /** Called when the rule is in force, and again after a lost connection was restored. */
  subscribed(): void;
  /** Called once until it works again: there is no connection, which is tried again, or the bus refuses the rule. */
  lost(reason: string): void;
  message(message: BusMessage): void;
}

/** The message buses: one connection each, opened when it is first needed, and again when it was lost. */
export interface Bus {
  call(call: BusCall): Promise<BusReply>;
  subscribe(bus: BusName, rule: BusRule, listener: BusListener): PortSubscription;
}

/** How long keyboard and mouse have not been used, or which sources were tried. */
export type IdleReading =
  | { readonly how: 'idle'; readonly ms: number; readonly source: string }
  | { readonly how: 'unknown'; readonly tried: readonly string[] };

/** The idle time of the session. */
export interface Idle {
  read(): Promise<IdleReading>;
}

/** A value of a WMI row; other types are null. */
export type WmiValue = string | boolean | number | bigint | null;
/** Names of fields in lower case, as WMI ignores case. */
export type WmiRow = Readonly<Record<string, WmiValue>>;

/** The result of a query. */
export type WmiResult =
  | { readonly how: 'rows'; readonly rows: readonly WmiRow[] }
  | { readonly how: 'error'; readonly reason: string };

/** The callbacks of a notification query. */
export interface WmiListener {
  subscribed(): void;
  /** Called once until it works again: the query does not work, and is tried again. */
  failed(reason: string): void;
  notified(): void;
}

/** Windows Management Instrumentation. `namespace` undefined: the default one. */
export interface Wmi {
  query(namespace: string | undefined, query: string, timeoutMs: number): Promise<WmiResult>;
  subscribe(namespace: string | undefined, query: string, listener: WmiListener): PortSubscription;
}

/** What happens to the sessions of the user, and to the machine: it is awake again, a screen is unlocked, a session begins, it goes down. */
export type SessionHappening = 'resume' | 'unlock' | 'login' | 'shutdown';

/** The callbacks of a watch on sessions. */
export interface SessionListener {
  /** Called when all that is watched for is seen from now on, and again after it was lost. */
  established(): void;
  /** Called until it works again: something cannot be seen, or a shutdown does not wait. */
  lost(reason: string): void;
  happened(what: SessionHappening): void;
}

/** A shutdown that is watched for waits until the watch lets it proceed, and for as long as the system allows. */
export interface SessionWatch extends PortSubscription {
  proceed(): void;
}

/** The sessions of the user. Where the system does not report them, nothing is established and nothing is lost. */
export interface Sessions {
  watch(what: readonly SessionHappening[], listener: SessionListener): SessionWatch;
}

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
  /** There is nothing at the path, or `obstacle` on the way to it; it is waited for. */
  missing(obstacle?: string): void;
  changed(how: FileChange, path: string): void;
  /** What happens to this path is left out: it is a file that the scheduler writes for itself. Called once for each. */
  ownFile?(path: string): void;
  /** Something does not work as it should; watching goes on as well as it can. `known`: others have been told the same. */
  trouble(reason: string, known: boolean): void;
  /** A part of what is below cannot be watched, and is left out until it can. Called once for each part. */
  partly?(reason: string): void;
  /** No part is left out any longer. */
  whole?(): void;
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

import type { LuaEnd, LuaScalar, LuaStateReport } from '../core/ports.ts';
import type { Json } from '../journal/fact.ts';
import type { Level } from '../log/record.ts';

/** A value kept for a script: bytes are a Lua string, a bigint is a Lua integer, a number a Lua float. */
export type StoredValue = Uint8Array | boolean | number | bigint;
/** What a private or a shared state holds. Keys are identifiers. */
export type StoredEntries = readonly (readonly [string, StoredValue])[];

/** A script to run, as the host gets it. */
export interface ScriptJob {
  readonly id: number;
  readonly section: 'task' | 'condition';
  readonly chunk: string;
  readonly condition: string;
  readonly task?: string | undefined;
  readonly script: string;
  readonly initScriptPath?: string | undefined;
  readonly variables: Readonly<Record<string, LuaScalar>>;
  readonly expected: Readonly<Record<string, LuaScalar>>;
  /** 0: no limit. */
  readonly timeoutSeconds: number;
  /** What the item stored after its previous run. */
  readonly state: StoredEntries;
  /** One number, not 0 once the script has had an effect outside its own state. */
  readonly effect: SharedArrayBuffer;
}

/** `task/NAME` or `condition/NAME`. */
export const itemPath = ({ section, task, condition }: Pick<ScriptJob, 'section' | 'task' | 'condition'>): string =>
  `${section}/${section === 'task' ? task : condition}`;

/** To the host. */
export type WorkerCommand =
  | { readonly what: 'run'; readonly job: ScriptJob }
  /** End one script as `timeout`. */
  | { readonly what: 'stop'; readonly id: number }
  /** The run of a condition has ended: its locks are released, which `locks` reports. */
  | { readonly what: 'end-run'; readonly condition: string }
  /** End every script as `killed`, and their processes; answered by `quiet`. */
  | { readonly what: 'kill' };

/** How a script ended, with its new private state if that was stored. */
export interface ScriptOutcome {
  readonly end: LuaEnd;
  readonly state: LuaStateReport;
  readonly stored: StoredEntries | undefined;
}

/** From the host; all of one turn of its event loop come in one message, in order. */
export type WorkerReport =
  | { readonly what: 'line'; readonly id: number; readonly level: Level; readonly text: string }
  | { readonly what: 'initialised'; readonly id: number }
  /** `events.log`. */
  | { readonly what: 'event'; readonly id: number; readonly topics: readonly string[]; readonly value: Json }
  /** `metrics.log`. */
  | {
      readonly what: 'metric';
      readonly id: number;
      readonly message: { readonly [key: string]: Json };
      readonly step: number | undefined;
    }
  | { readonly what: 'done'; readonly id: number; readonly done: ScriptOutcome }
  /** A shared state was saved, or removed (`undefined`). */
  | { readonly what: 'shared'; readonly name: string; readonly entries: StoredEntries | undefined }
  /** A script started or outlived a process; its number is that of its group. */
  | {
      readonly what: 'process';
      readonly id: number;
      readonly pid: number;
      readonly alive: boolean;
      /** The mark in its environment. */
      readonly start?: string | undefined;
    }
  /** Locks that were still held at the end of the run of a condition. */
  | { readonly what: 'locks'; readonly condition: string; readonly names: readonly string[] }
  /** The host has used more memory than it may. */
  | {
      readonly what: 'memory';
      /** The script that took most of it; 0 when that is not known. */
      readonly guilty: number;
    }
  | { readonly what: 'quiet' };

/** What the host is started with. */
export interface WorkerOptions {
  /** For V8's heap and the byte arrays outside it together. */
  readonly memoryBytes: number;
  /** A script that holds the host in a call which cannot be interrupted is ended after so long. */
  readonly holdMs: number;
  readonly shared: readonly (readonly [string, StoredEntries])[];
  readonly counters: SharedArrayBuffer;
  /** Where the start of a process is noted before, for an instance after a kill -9; the variable and the beginning of its mark. */
  readonly starts?: { readonly path: string; readonly variable: string; readonly mark: string } | undefined;
}

/** Places in the shared counters: what the main thread can read while the host is busy. */
export const COUNTERS = {
  /** The id of the script that is running this instant, 0 for none. */
  current: 0,
  /** Counts the turns of the host. */
  turns: 1,
  /** Counts batches of reports sent. */
  sent: 2,
  /** Counts batches of reports the main thread has taken. */
  taken: 3,
} as const;
/** Bytes of the counters. */
export const COUNTER_BYTES = 16;

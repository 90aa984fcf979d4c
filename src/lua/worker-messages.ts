import type { LuaEnd, LuaScalar, LuaStateReport, TraceVariables } from '../core/ports.ts';
import type { Json } from '../journal/fact.ts';
import type { Level, RecordDetails } from '../log/record.ts';

/** A value kept for a script: bytes are a Lua string, a bigint is a Lua integer, a number a Lua float. */
export type StoredValue = Uint8Array | boolean | number | bigint;
/** The content of a private or a shared state. Keys are identifiers. */
export type StoredEntries = readonly (readonly [string, StoredValue])[];

/** What a program changes of a shared state: all of it, or the value of one key. Undefined: it is removed. */
export type StateChange =
  | { readonly name: string; readonly entries: StoredEntries | undefined }
  | { readonly name: string; readonly key: string; readonly value: StoredValue | undefined };

/** A lock that a program has or waits for, as one thread hands it to the other. */
export interface LockOfProgram {
  readonly id: number;
  readonly name: string;
  readonly by: string;
}

/** A script to run, as the worker receives it. */
export interface ScriptJob {
  readonly id: number;
  readonly section: 'task' | 'condition';
  readonly chunk: string;
  readonly condition: string;
  readonly lockOwner?: string | undefined;
  readonly task?: string | undefined;
  readonly script: string;
  /** The program that runs it in a process; undefined: this thread. */
  readonly interpreter?: string | undefined;
  readonly initScriptPath?: string | undefined;
  readonly variables: Readonly<Record<string, LuaScalar>>;
  /** Globals that are tables. */
  readonly tables?: Readonly<Record<string, unknown>> | undefined;
  readonly expected: Readonly<Record<string, LuaScalar>>;
  /** What its requests by HTTP carry, to continue the trace. */
  readonly trace?: TraceVariables | undefined;
  /** 0: no limit. */
  readonly timeoutSeconds: number;
  /** The private state that the item stored after its previous run. */
  readonly state: StoredEntries;
  /** One number, not 0 once the script has had an effect outside its own state. */
  readonly effect: SharedArrayBuffer;
}

/** `task/NAME` or `condition/NAME`. */
export const itemPath = ({ section, task, condition }: Pick<ScriptJob, 'section' | 'task' | 'condition'>): string =>
  `${section}/${section === 'task' ? task : condition}`;

/** To the worker. */
export type WorkerCommand =
  | { readonly what: 'run'; readonly job: ScriptJob }
  /** Ends one script. */
  | { readonly what: 'stop'; readonly id: number; readonly why: 'timeout' | 'cancelled' }
  /** The run of a condition has ended: releases its locks, and reports them with `locks`. */
  | { readonly what: 'end-run'; readonly condition: string }
  /** A program changes a shared state: answered by `shared` and `state-changed`. */
  | { readonly what: 'change-state'; readonly id: number; readonly change: StateChange }
  /** A program wants a lock: answered by `lock`. */
  | { readonly what: 'lock'; readonly lock: LockOfProgram }
  /** A program has released its lock, or does not wait for it any more. */
  | { readonly what: 'unlock'; readonly id: number }
  /** Ends every script as `killed`, and their processes; answered by `quiet`. */
  | { readonly what: 'kill' };

/** How a script ended, with its new private state if that was stored. */
export interface ScriptOutcome {
  readonly end: LuaEnd;
  readonly state: LuaStateReport;
  readonly stored: StoredEntries | undefined;
}

/** A report about one script. */
export type ScriptReport = Extract<WorkerReport, { what: 'line' | 'initialised' | 'event' | 'metric' | 'done' }>;

/** From the worker; all reports of one turn of its event loop are in one message, in order. */
export type WorkerReport =
  | {
      readonly what: 'line';
      readonly id: number;
      readonly level: Level;
      readonly text: string;
      /** Where the script has logged it, if that is known. */
      readonly source?: RecordDetails['source'] | undefined;
    }
  | { readonly what: 'initialised'; readonly id: number }
  /** `events.log`. */
  | {
      readonly what: 'event';
      readonly id: number;
      readonly topics: readonly string[];
      readonly value: Json;
      /** For all machines of the fleet. */
      readonly fleet: boolean;
    }
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
  /** A program has changed a shared state; `found`: what it is about was there before. */
  | { readonly what: 'state-changed'; readonly id: number; readonly found: boolean }
  /** A program waits for a lock that `holder` has, or has it now (`undefined`). */
  | { readonly what: 'lock'; readonly id: number; readonly holder: string | undefined }
  /** A script started a process, or a process of it ended; `pid` is that of its group. */
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
  /** The worker has used more memory than it may. */
  | {
      readonly what: 'memory';
      /** The script that used most of it; 0 when that is not known. */
      readonly guilty: number;
    }
  | { readonly what: 'quiet' };

/** Start options of the worker. */
export interface WorkerOptions {
  /** For V8's heap and the byte arrays outside it together. */
  readonly memoryBytes: number;
  /** A script is ended after this time in a call that cannot be interrupted. */
  readonly holdMs: number;
  readonly shared: readonly (readonly [string, StoredEntries])[];
  /** The locks that programs have, then those that they wait for. */
  readonly locks: readonly LockOfProgram[];
  readonly counters: SharedArrayBuffer;
  /** File that records process starts for an instance after a kill -9; variable and beginning of the mark of a process. */
  readonly starts?: { readonly path: string; readonly variable: string; readonly mark: string } | undefined;
}

/** Indexes of the shared counters, which the main thread can read while the worker is busy. */
export const COUNTERS = {
  /** The id of the running script, 0 for none. */
  current: 0,
  /** Turns of the scheduler. */
  turns: 1,
  /** Batches of reports sent. */
  sent: 2,
  /** Batches of reports that the main thread has received. */
  taken: 3,
} as const;
/** Bytes of the shared counters. */
export const COUNTER_BYTES = 16;

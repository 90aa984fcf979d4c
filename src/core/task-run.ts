import type { TraceContext } from '../log/record.ts';
import type { EndSignal } from './end-signal.ts';
import type { Occurrences } from './event-burst.ts';
import type { OutcomeKind } from './outcome.ts';
import type { RunFile } from './run-file-ports.ts';

/** A list of tasks of a condition that runs because of how a run of it went. */
export type HookName = 'on_failure' | 'on_recovery' | 'on_success' | 'on_miss' | 'on_overdue';

/** What a hook is given of the run, or of the miss, that led to it. */
export interface HookContext {
  readonly name: HookName;
  /** The condition whose run it was. */
  readonly condition: string;
  /** The task that decided; absent: no task did. */
  readonly task?: string;
  /** `run-7`; absent: there was no run. */
  readonly run?: string;
  /** Why it came to this, as text. */
  readonly reason: string;
  /** Runs in a row that have ended alike. */
  readonly streak: number;
  /** The end of what the task wrote, with secrets masked: a text of lines, empty if it wrote nothing. */
  readonly output: string;
}

/** The task that has run before in the same sequence. */
export interface PreviousTask {
  readonly task: string;
  readonly outcome: OutcomeKind;
  /** The path of a file with its whole standard output; absent: there is none. */
  readonly output?: string;
}

/** A run of a list of tasks: what all of them are given. */
export interface RunContext {
  readonly origin: TraceContext;
  /** Aborted to end the run early: the reason is a `Reason`. */
  readonly signal: EndSignal;
  /** Aborted: what fails is not tried again, and the wait for the next attempt ends; the reason is a `RetryEnd`. */
  readonly retries?: EndSignal | undefined;
  readonly hook?: HookContext | undefined;
  readonly event?: Occurrences | undefined;
  /** Another machine has asked for it: its name, and what the run is called there. */
  readonly asked?: { readonly node: string; readonly run: string | null } | undefined;
  /** Of a shared condition: greater than that of every machine that had the firing before. */
  readonly fence?: number | undefined;
}

/** Whether a run is ended early. It changes while something is awaited. */
export const isEnded = ({ signal }: Pick<RunContext, 'signal'>): boolean => signal.aborted;

/** One of the attempts of a task within one run: `number` from 1, and how many there can be. */
export interface Attempt {
  readonly number: number;
  readonly of: number;
}

/** One run of one task. */
export interface TaskRunContext extends RunContext {
  /** The condition that it runs for. */
  readonly condition: string;
  /** Only of a task with `retries`. */
  readonly attempt?: Attempt | undefined;
  readonly previous?: PreviousTask | undefined;
  /**
   * Called with how to write what the task has put out to a file, for the next task of the sequence; absent: none follows. Called again
   * by each attempt. The file is written only when the next task begins. `undefined`: there is no file.
   */
  readonly handOn?: ((write: () => Promise<RunFile | undefined>) => void) | undefined;
}

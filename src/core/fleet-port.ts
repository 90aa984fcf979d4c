import type { Outcome, RunOutcomeKind } from './outcome.ts';
import type { TaskRunContext } from './task-run.ts';

/** A firing that all machines of a fleet have in common: what runs for it runs on one of them. */
export interface SharedFiring {
  readonly condition: string;
  /** The same on all machines, whatever their clocks show: the instant of the firing, the number of its period, or the id of an event. */
  readonly key: string;
  /** The definition of the condition and of its tasks, as a text. */
  readonly definition: string;
  /** What becomes of its run if the machine dies. */
  readonly onLost: 'miss' | 'rerun';
  /** Absent: it is not for instants. */
  readonly covers?: CoveredInstants;
}

/** Instants that one firing stands for: the key is the last one. Wall-clock ms. */
export interface CoveredInstants {
  /** All after this one, up to the last. */
  readonly since: number;
  /** In their order; of very many the last ones. */
  readonly instants: readonly number[];
}

/** A firing that this machine has got. */
export interface WonFiring {
  readonly kind: 'won';
  /** Greater than that of every machine that had the firing before. */
  readonly fence: number;
  /** Its run has ended. Resolves with the machine that has taken the firing over meanwhile; undefined: none has. Never rejects. */
  finish(outcome: RunOutcomeKind): Promise<string | undefined>;
}

/** What a machine gets when it asks for a firing. */
export type Claim =
  | WonFiring
  /** Another machine has it. `differs`: the condition is defined otherwise there; `missed`: it does not run there, either. */
  | { readonly kind: 'taken'; readonly node: string; readonly differs: boolean; readonly missed?: true }
  /** No server answers; `message`: what is known of that, or "". With `without_engine = "run"` it runs all the same: `runs`. */
  | { readonly kind: 'unreachable'; readonly message: string; readonly runs: boolean; finish?: WonFiring['finish'] }
  /** The clock of this machine differs from that of the server by so many ms: it may be another firing there. */
  | { readonly kind: 'skewed'; readonly ms: number }
  /** Another machine has the name of this one. */
  | { readonly kind: 'name-taken'; readonly node: string }
  /** The firing is not wanted any more. */
  | { readonly kind: 'cancelled' };

/** A run whose machine has died. This machine is the one that reports it, or repeats it. */
export interface LostRun {
  readonly condition: string;
  readonly key: string;
  readonly node: string;
  /** When it was begun, by the clock of the server, wall-clock ms. */
  readonly began: number;
  /** Set if it is repeated here. */
  readonly won?: WonFiring;
}

/** What a machine that does a task for another one is given of the run. Everything in here can be written as JSON. */
export interface AskedRun
  extends Pick<TaskRunContext, 'condition' | 'fence' | 'event' | 'hook' | 'previous' | 'attempt'> {
  /** `run-7`, as it is called on the machine that asks. */
  readonly run: string | null;
}

/** One run of a task that another machine can do. */
export interface Work {
  readonly task: string;
  /** The definition of the task, as a text. */
  readonly definition: string;
  /** `any`, `all`, `tag:NAME` or `host:NAME`. */
  readonly where: string;
  /** What becomes of it if the machine dies. */
  readonly onLost: SharedFiring['onLost'];
  readonly run: AskedRun;
}

/** The ends of what a run has written, with secrets masked. */
export type WorkOutput = Readonly<Partial<Record<'stdout' | 'stderr' | 'log', string>>>;

/** How a run ended that was asked for. */
export interface WorkResult {
  readonly outcome: Outcome;
  readonly output: WorkOutput;
}

/** What came of a run that was to be done elsewhere. */
export type Dispatched =
  /** This machine does it, without asking. */
  | { readonly kind: 'here' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unreachable'; readonly message: string }
  /** Another machine has the name of this one. */
  | { readonly kind: 'name-taken'; readonly node: string }
  | { readonly kind: 'done'; readonly results: readonly (WorkResult & { readonly node: string })[] };

/** Does what other machines ask for. */
export interface Worker {
  /** The tasks that other machines may ask for: the same list as long as nothing has changed. */
  tasks(): readonly Pick<Work, 'task' | 'definition' | 'where'>[];
  /** Whether it does such work now. */
  accepts(work: Work): boolean;
  /** Does it. `node`: who asks. Never rejects. */
  execute(node: string, work: Work, signal: AbortSignal): Promise<WorkResult>;
}

/** Hands runs of tasks to other machines, and takes theirs. */
export interface WorkExchange {
  /**
   * Resolves when it is done, or a few seconds after the signal was aborted. Never rejects.
   * @param onWaiting called with what it waits for before it begins, again when that is something else, and with undefined when it does
   * not wait any more
   */
  dispatch(work: Work, signal: AbortSignal, onWaiting?: (what: string | undefined) => void): Promise<Dispatched>;
  onWork(worker: Worker): void;
}

/** This machine as one of several that share firings. */
export interface Fleet {
  /** The name of this machine. */
  readonly node: string;
  /**
   * Asks for a firing: one machine gets it. With `without_engine = "hold"` it waits for a server. Never rejects.
   * @param onWaiting called when it has to wait, with what for, and again when that is something else
   */
  claim(firing: SharedFiring, signal: AbortSignal, onWaiting?: (what: string) => void): Promise<Claim>;
  /** While it is paused this machine gets no firings: those that it has asked for wait. */
  setPaused(paused: boolean): void;
  /** This machine does not ask for the instants of this firing: they are reported if no other one runs them. */
  missed(firing: SharedFiring): void;
  /** Runs are reported to this listener whose machine has died. */
  onLost(listener: (lost: LostRun) => void): void;
  /** Absent: tasks run on this machine only. */
  readonly work?: WorkExchange;
}

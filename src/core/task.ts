import type { Ledger, Track } from '../journal/ledger.ts';
import type { Logger, TraceContext } from '../log/record.ts';
import type { TaskInstance } from './instance.ts';
import { internalErrorReason, internalErrorText } from './internal-error.ts';
import { type Outcome, taskError } from './outcome.ts';
import { type Reason, reasonText } from './reasons.ts';
import { RefCount, SerialQueue } from './serial-queue.ts';
import type { TaskSpec } from './spec.ts';

const WORDS = {
  success: ['OK', 'task succeeded'],
  failure: ['FAIL', 'task failed'],
  none: ['IND', 'no outcome'],
} as const;

/** The state a run leaves behind. */
const STATES = { success: 'succeeded', failure: 'failed', none: 'indeterminate', error: 'error' } as const;
/** Why, where the kind does not say. */
const REASONS = { success: 'it succeeded', failure: 'it failed', none: 'it had no outcome' } as const;

/** Why a run ended, or did not begin. */
export const ENDED: Reason = { code: 'scheduler-ended' };

const reasonOf = (outcome: Outcome): string => {
  if (outcome.kind === 'error') return reasonText(outcome.reason);
  return outcome.reason === undefined ? REASONS[outcome.kind] : reasonText(outcome.reason);
};

/** The message of a HIST END record, in the form wrappers parse (`logging.md` §6). */
export const historyMessage = (outcome: Outcome, condition: string): string => {
  const [word, text] = outcome.kind === 'error' ? ['ERR', `error: ${reasonText(outcome.reason)}`] : WORDS[outcome.kind];
  return `${word}/trigger:${condition} ${text}`;
};

/** Called as the run of a task gets on. */
export interface Progress {
  /** The task runs for others first, or waits itself. */
  waits(task: Task): void;
  begins(task: Task): void;
  ends(task: Task): void;
}

/** One task of the running configuration. It never runs twice at the same time, whoever asks. */
export class Task {
  readonly spec: TaskSpec;
  readonly id: number;
  readonly log: Logger;
  readonly #body: TaskInstance;
  readonly #track: Track;
  readonly #journal: Ledger;
  /** Shared with the task this one has replaced. */
  readonly #turns: SerialQueue;
  readonly #holds = new RefCount();
  #open: { readonly condition: string; readonly ended: (outcome: Outcome) => void } | undefined;
  /** The condition that ran it last, and the reason that makes. */
  #runner = '';
  #runBy = '';
  /** Why no run begins any more. */
  #stopped: Reason | undefined;

  constructor(
    spec: TaskSpec,
    id: number,
    log: Logger,
    body: TaskInstance,
    track: Track,
    journal: Ledger,
    predecessor?: Task,
  ) {
    this.spec = spec;
    this.id = id;
    this.log = log;
    this.#body = body;
    this.#track = track;
    this.#journal = journal;
    this.#turns = predecessor ? predecessor.#turns : new SerialQueue();
  }

  get name(): string {
    return this.spec.name;
  }

  /** The conditions that want it, in order: the first one has it now. */
  get conditions(): readonly string[] {
    return this.#turns.conditions;
  }

  /** What it waits for, whichever condition wants it; undefined: nothing. */
  get blocked(): string | undefined {
    return this.#body.blocked?.()?.why;
  }

  /** Resolves when no list of tasks in progress has it. */
  get settled(): Promise<void> {
    return this.#holds.free;
  }
  /** Resolves when none has it, or one it has replaced, or one that has replaced it. */
  get gone(): Promise<void> {
    return this.#turns.holds.free;
  }
  /** A list with it begins. */
  hold(): void {
    this.#holds.acquire();
    this.#turns.holds.acquire();
  }
  /** That list has come to its end. */
  letGo(): void {
    this.#holds.release();
    this.#turns.holds.release();
  }

  /** Runs when it is its turn. Never rejects: what a kind throws is an error outcome [S24]. */
  run(condition: string, origin: TraceContext, progress: Progress): Promise<Outcome> {
    if (this.conditions.length > 0) progress.waits(this);
    return this.#turns.take(condition, () => this.#runNow(condition, origin, progress));
  }

  /** Lets no run begin any more: the program ends. The run in progress is not touched. */
  stop(reason: Reason): void {
    this.#stopped = reason;
  }

  /** Ends the open run in the history, because the program ends before it does. */
  abandon(reason: Reason): void {
    this.#open?.ended(taskError(reason));
  }

  /** It is not in the new file. */
  leave(origin: TraceContext): void {
    this.#track.to('removed', 'it is not in the new file', origin);
  }

  close(): void {
    this.#body.close?.();
  }

  async #runNow(condition: string, origin: TraceContext, progress: Progress): Promise<Outcome> {
    const blocked = this.#body.blocked?.();
    if (blocked) {
      progress.waits(this);
      if (!(await blocked.wait())) this.#stopped ??= ENDED;
    }
    if (this.#stopped !== undefined) {
      this.#turns.over();
      if (blocked)
        this.log.warn('PROC/FAIL', `(trigger: ${condition}) not started: ${reasonText(this.#stopped)}`, origin);
      return taskError(this.#stopped);
    }
    progress.begins(this);
    if (condition !== this.#runner) {
      this.#runner = condition;
      this.#runBy = `run by condition ${condition}`;
    }
    this.#track.to('running', this.#runBy, origin);
    const span = this.#journal.span('task', `task/${this.name}`, origin, () => ({ task: this.name, condition }));
    this.log.trace('HIST/START', `OK/trigger:${condition} starting task`, origin);
    const outcome = await new Promise<Outcome>((resolve) => {
      this.#open = { condition, ended: resolve };
      Promise.resolve()
        .then(() => this.#body.run(condition, origin))
        .then(resolve, (error: unknown) => {
          this.log.error('PROC/ERR', `(trigger: ${condition}) ${internalErrorText(error)}`, origin);
          resolve(taskError(internalErrorReason(error)));
        });
    });
    this.#open = undefined;
    this.#turns.over();
    progress.ends(this);
    this.log.trace('HIST/END', historyMessage(outcome, condition), origin);
    const why = reasonOf(outcome);
    span?.finish(() => ({ outcome: outcome.kind, why }));
    this.#track.to(STATES[outcome.kind], why, origin);
    return outcome;
  }
}

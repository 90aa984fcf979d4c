import type { TraceContext } from '../log/record.ts';
import { EndController, type EndSignal } from './end-signal.ts';
import type { ConditionRef, EngineEvents, Executed } from './engine-events.ts';
import { countsAsFailed, type EarlyEnd } from './outcome.ts';
import type { RetryEnd } from './reasons.ts';
import type { Task } from './task.ts';
import type { RunContext } from './task-run.ts';
import type { TaskRunner } from './task-runner.ts';

/** How a run of a list of tasks has ended. */
export interface EndedRun {
  /** Why it was ended early; undefined: all its tasks have ended by themselves. */
  readonly ended: EarlyEnd | undefined;
  readonly failed: boolean;
}

/** Why a run was ended early; undefined: all its tasks had ended by themselves. */
const earlyEnd = ({ aborted, reason }: EndSignal, tasks: readonly Task[], executed: readonly Executed[]) => {
  const isShort = executed.length < tasks.length || executed.some(({ outcome }) => outcome.reason === reason);
  return aborted && isShort ? (reason as EarlyEnd) : undefined;
};

const hasRetries = ({ spec }: Task): boolean => spec.traits.retries > 0;

/** The run of the tasks of a condition: at most one is under way. */
export class CurrentRun {
  readonly #condition: ConditionRef;
  readonly #events: EngineEvents;
  readonly #runner: TaskRunner;
  /** Undefined: none is under way. */
  #run: EndController | undefined;
  /** Aborted: what fails until the condition is free is not tried again. Undefined: none of its tasks has retries. */
  #retries: EndController | undefined;

  constructor(condition: ConditionRef, events: EngineEvents, runner: TaskRunner) {
    this.#condition = condition;
    this.#events = events;
    this.#runner = runner;
  }

  get underWay(): boolean {
    return this.#run !== undefined;
  }

  /** Begins to run the tasks. Resolves when all have ended; never rejects. */
  begin(
    tasks: readonly Task[],
    { origin, event }: Pick<RunContext, 'origin' | 'event'>,
    fence: number | undefined,
  ): Promise<readonly Executed[]> {
    const signal = new EndController();
    this.#run = signal;
    if (tasks.some(hasRetries)) this.#retries ??= new EndController();
    return this.#runner.run(this.#condition, tasks, { origin, signal, retries: this.#retries, event, fence });
  }
  /** Called when all have ended. */
  finish(tasks: readonly Task[], executed: readonly Executed[]): EndedRun {
    const ended = earlyEnd(this.#run!, tasks, executed);
    this.#run = undefined;
    return { ended, failed: ended === undefined && executed.some(({ outcome }) => countsAsFailed(outcome)) };
  }

  /** Ends the run early. Returns false when none is under way. */
  end(reason: EarlyEnd, origin: TraceContext): boolean {
    if (this.#run === undefined) return false;
    if (this.#run.aborted) return true;
    this.#events.emit('run.ending', origin, { condition: this.#condition, reason });
    this.#run.abort(reason);
    return true;
  }

  /** What fails until the condition is free is not tried again. */
  endRetries(by: RetryEnd): void {
    this.#retries ??= new EndController();
    this.#retries.abort(by);
  }
  /** The condition is free: what fails from now on is tried again. */
  allowRetries(): void {
    this.#retries = undefined;
  }
}

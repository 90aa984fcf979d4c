import type { ConditionRef, EngineEvents, Executed } from './engine-events.ts';
import type { Outcome } from './outcome.ts';
import type { RunFile } from './ports.ts';
import type { Traits } from './spec.ts';
import type { Task } from './task.ts';
import type { PreviousTask, RunContext, TaskRunContext } from './task-run.ts';

/** Runs the lists of tasks of conditions. */
export class TaskRunner {
  readonly #events: EngineEvents;

  constructor(events: EngineEvents) {
    this.#events = events;
  }

  /**
   * Runs the tasks as the condition's keys say. Resolves when all have ended; never rejects. A run that is ended early does not begin
   * further tasks.
   */
  run(condition: ConditionRef, tasks: readonly Task[], run: RunContext): Promise<Executed[]> {
    for (const task of tasks) task.acquire();
    const { execute_sequence } = condition.spec.traits;
    const executed =
      tasks.length === 1 && execute_sequence
        ? this.#one(condition, tasks[0]!, run)
        : execute_sequence
          ? this.#inSequence(condition, tasks, run)
          : this.#inParallel(condition, tasks, run);
    void executed.then(() => {
      for (const task of tasks) task.release();
    });
    return executed;
  }

  /** As a sequence, of which most are one task: without an asynchronous function, which takes 1.7 KB. */
  #one(condition: ConditionRef, task: Task, run: RunContext): Promise<Executed[]> {
    return task.run(condition, run).then((outcome) => {
      this.#events.emit('sequence.advanced', run.origin, { condition, task, outcome });
      this.#events.emit('tasks.finished', run.origin, { condition, executed: 1 });
      return [{ task, outcome }];
    });
  }

  async #inSequence(condition: ConditionRef, tasks: readonly Task[], run: RunContext): Promise<Executed[]> {
    const { origin, signal } = run;
    const executed: Executed[] = [];
    let previous: PreviousTask | undefined;
    let write: (() => Promise<RunFile | undefined>) | undefined;
    const handOn: TaskRunContext['handOn'] = (how) => {
      write = how;
    };
    for (const [i, task] of tasks.entries()) {
      const file = write && (await write());
      write = undefined;
      const own = contextOf(run, previous, file, i === tasks.length - 1 ? undefined : handOn);
      const outcome = await task.run(condition, own);
      file?.remove();
      executed.push({ task, outcome });
      previous = { task: task.name, outcome: outcome.kind };
      this.#events.emit('sequence.advanced', origin, { condition, task, outcome });
      if (signal.aborted) break;
      const on = breakReason(outcome, condition.spec.traits);
      if (on === undefined || executed.length === tasks.length) continue;
      this.#events.emit('sequence.broken', origin, { condition, task, on });
      break;
    }
    this.#events.emit('tasks.finished', origin, { condition, executed: executed.length });
    return executed;
  }

  async #inParallel(condition: ConditionRef, tasks: readonly Task[], run: RunContext): Promise<Executed[]> {
    const execute = async (task: Task): Promise<Executed> => ({ task, outcome: await task.run(condition, run) });
    const executed = await Promise.all(tasks.map(execute));
    this.#events.emit('tasks.finished', run.origin, { condition, executed: executed.length });
    return executed;
  }
}

/** What a task of a sequence is given: the run itself where it has nothing to add, as that of one task, which most are. */
const contextOf = (
  run: RunContext,
  before: PreviousTask | undefined,
  file: RunFile | undefined,
  handOn: TaskRunContext['handOn'],
): Omit<TaskRunContext, 'condition'> => {
  if (before === undefined && handOn === undefined) return run;
  const { origin, signal, retries, hook, event, asked, fence } = run;
  const previous = before && file ? { ...before, output: file.path } : before;
  return { origin, signal, retries, hook, event, asked, fence, previous, handOn };
};

/** Failures and errors break a sequence; a run without an outcome does not. */
const breakReason = ({ kind }: Outcome, traits: Traits): string | undefined => {
  if (traits.break_on_success && kind === 'success') return 'success';
  if (traits.break_on_failure && (kind === 'failure' || kind === 'error')) return kind;
  return undefined;
};

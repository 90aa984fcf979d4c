import type { Ledger } from '../journal/ledger.ts';
import type { Log, Logger, TraceContext } from '../log/record.ts';
import type { Outcome } from './outcome.ts';
import type { Traits } from './spec.ts';
import type { Progress, Task } from './task.ts';

/** A task that was run, and what came of it. Tasks a break kept from running are not here. */
export interface Executed {
  readonly task: Task;
  readonly outcome: Outcome;
}

/** Runs the lists of tasks of conditions (`scheduling.md` §6). */
export class TaskRunner {
  readonly #log: Log;
  readonly #journal: Ledger;
  readonly #sequence: Logger;
  readonly #parallel: Logger;

  constructor(log: Log, journal: Ledger) {
    this.#log = log;
    this.#journal = journal;
    this.#sequence = log.for('TASK_REGISTRY', 'run_seq');
    this.#parallel = log.for('TASK_REGISTRY', 'run_par');
  }

  /** Runs the tasks as the traits say and answers when all have ended. Never rejects. */
  run(
    condition: string,
    tasks: readonly Task[],
    traits: Traits,
    origin: TraceContext,
    progress: Progress,
  ): Promise<Executed[]> {
    for (const task of tasks) task.hold();
    const run = (task: Task) => task.run(condition, origin, progress);
    const executed = traits.execute_sequence
      ? this.#inSequence(condition, tasks, traits, origin, run)
      : this.#together(condition, tasks, origin, run);
    void executed.then(() => {
      for (const task of tasks) task.letGo();
    });
    return executed;
  }

  async #inSequence(
    condition: string,
    tasks: readonly Task[],
    traits: Traits,
    origin: TraceContext,
    run: (task: Task) => Promise<Outcome>,
  ): Promise<Executed[]> {
    const done: Executed[] = [];
    for (const task of tasks) {
      const outcome = await run(task);
      done.push({ task, outcome });
      const log = this.#log.for('TASK_REGISTRY', 'run_seq', task.name, task.id);
      log.trace('END/MSG', `(trigger: ${condition}) task ended: ${outcome.kind}`, origin);
      const why = breakReason(outcome, traits);
      if (why && done.length < tasks.length) {
        log.debug('END/MSG', `(trigger: ${condition}) sequence broken off on ${why}`, origin);
        this.#journal.instant('broken', `condition/${condition}`, origin, () => ({
          condition,
          on: why,
          task: task.name,
        }));
        break;
      }
    }
    this.#sequence.trace(
      'END/MSG',
      () => `(trigger: ${condition}) sequence ended: ${done.length} of ${tasks.length} tasks executed`,
      origin,
    );
    return done;
  }

  async #together(
    condition: string,
    tasks: readonly Task[],
    origin: TraceContext,
    run: (task: Task) => Promise<Outcome>,
  ): Promise<Executed[]> {
    const done = await Promise.all(tasks.map(async (task) => ({ task, outcome: await run(task) })));
    this.#parallel.trace(
      'END/MSG',
      () => `(trigger: ${condition}) parallel run ended: ${done.length} tasks executed`,
      origin,
    );
    return done;
  }
}

/** Failures and errors break a sequence, "no outcome" never does [S17]. */
const breakReason = ({ kind }: Outcome, traits: Traits): string | undefined => {
  if (traits.break_on_success && kind === 'success') return 'success';
  if (traits.break_on_failure && (kind === 'failure' || kind === 'error')) return kind;
  return undefined;
};

import type { Outcome } from '../core/outcome.ts';
import { showDuration } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';

/** The runs of a task, by outcome, and the attempts that were followed by another one. */
export type TaskCounts = Record<Outcome['kind'] | 'retries', number>;

/** The runs and misses of a condition. Times in ms. */
export interface ConditionCounts {
  /** Runs of its tasks. */
  fired: number;
  /** Instants that were missed. */
  missed: number;
  /** From the start of a check to the end of its last task. */
  longestBusyMs: number;
  /** When its last check began. */
  began: number;
  /** Its tasks that run now. */
  running: number;
}

/** One firing, for comparisons. */
export interface RecordedFiring {
  readonly at: number;
  readonly condition: string;
}

/** Counts what happens in a simulation. */
export class SimulationCounts {
  readonly tasks = new Map<string, TaskCounts>();
  readonly conditions = new Map<string, ConditionCounts>();
  /** Every firing in order; empty unless it was asked for. */
  readonly fired: RecordedFiring[] = [];
  readonly #keep: boolean;

  /** @param keep remember every firing. */
  constructor(keep: boolean) {
    this.#keep = keep;
  }
  /** Counts a task from now on. What was counted of one that it replaces stays. */
  addTask(name: string): void {
    if (!this.tasks.has(name)) this.tasks.set(name, { success: 0, failure: 0, none: 0, error: 0, retries: 0 });
  }
  /** Counts a condition from now on. What was counted of one that it replaces stays. */
  addCondition(name: string): void {
    if (!this.conditions.has(name))
      this.conditions.set(name, { fired: 0, missed: 0, longestBusyMs: 0, began: 0, running: 0 });
  }
  /** A check begins. */
  checking(condition: string, at: number): void {
    const counts = this.#of(condition);
    // A check during a run leads to another run at the end of it: it is busy all the time.
    if (counts.running === 0) counts.began = at;
  }
  /** Its tasks begin to run. `held`: guards have held them back since its check. */
  runs(condition: string, at: number, held: boolean): void {
    const counts = this.#of(condition);
    counts.fired += 1;
    if (held) counts.began = at;
    if (this.#keep) this.fired.push({ at, condition });
  }
  /** Adds missed instants. */
  missed(condition: string, count: number): void {
    this.#of(condition).missed += count;
  }
  /** A task begins to run, for a condition or in a hook. */
  taskStarted(condition: string | undefined): void {
    if (condition !== undefined) this.#of(condition).running += 1;
  }
  /** A run that has ended was an attempt only: another one begins. */
  taskRetried(task: string, before: Outcome): void {
    const counts = this.tasks.get(task)!;
    counts[before.kind] -= 1;
    counts.retries += 1;
  }
  taskEnded(task: string, condition: string | undefined, outcome: Outcome, at: number): void {
    this.tasks.get(task)![outcome.kind] += 1;
    if (condition === undefined) return;
    this.#of(condition).running -= 1;
    this.#busyUntil(condition, at);
  }
  /** The instance is over: what still runs has been busy until now. */
  end(at: number): void {
    for (const [condition, counts] of this.conditions) {
      if (counts.running > 0) this.#busyUntil(condition, at);
      counts.running = 0;
    }
  }
  /** Returns what was counted of a condition; it was added before. */
  #of(condition: string): ConditionCounts {
    return this.conditions.get(condition)!;
  }
  #busyUntil(condition: string, at: number): void {
    const counts = this.#of(condition);
    counts.longestBusyMs = Math.max(counts.longestBusyMs, at - counts.began);
  }
}

/** The tables at the end of a simulation: the runs of each condition and each task. */
export const summarise = ({ conditions, tasks }: SimulationCounts): string => {
  const numeric = true;
  const conditionTable = table(
    [
      { heading: 'CONDITION' },
      { heading: 'RUNS', numeric },
      { heading: 'MISSES', numeric },
      { heading: 'LONGEST BUSY', numeric },
    ],
    [...conditions].map(([name, { fired, missed, longestBusyMs }]) => [
      name,
      String(fired),
      String(missed),
      showDuration(longestBusyMs),
    ]),
  );
  const retries = [...tasks.values()].some((task) => task.retries > 0);
  const taskTable = table(
    [
      { heading: 'TASK' },
      { heading: 'RUNS', numeric },
      ...(retries ? [{ heading: 'RETRIES', numeric }] : []),
      { heading: 'SUCCESS', numeric },
      { heading: 'FAILURE', numeric },
      { heading: 'NO OUTCOME', numeric },
      { heading: 'ERROR', numeric },
    ],
    [...tasks].map(([name, { success, failure, none, error, retries: again }]) =>
      [name, success + failure + none + error, ...(retries ? [again] : []), success, failure, none, error].map(String),
    ),
  );
  return `${conditionTable}\n${taskTable}`;
};

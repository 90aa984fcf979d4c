import type { RunColumns, SlimRun } from '../api.ts';

/** A run before it is drawn. Instants in wall-clock ms. */
export interface GivenRun {
  readonly session: string;
  readonly run: string;
  readonly condition: string;
  readonly cause: string;
  /** The event that fired it; null: none, or not known. */
  readonly event: string | null;
  readonly began: number;
  readonly outcome: string;
  /** ms; −1: it runs, or was interrupted. */
  readonly length: number;
  readonly tasks: readonly GivenTask[];
}

/** A task that has ended. */
export interface GivenTask {
  readonly task: string;
  readonly began: number;
  readonly length: number;
  readonly outcome: string;
}

/** The runs of columns. */
export function* runsFromColumns(columns: RunColumns): Generator<GivenRun> {
  const text = (index: number): string => columns.texts[index] ?? '';
  let next = 0;
  for (let row = 0; row < columns.run.length; row += 1) {
    const tasks: GivenTask[] = [];
    for (; next < columns.tasks.length && columns.tasks[next]![0]! <= row; next += 1) {
      const [of, task, began, length, outcome] = columns.tasks[next] as [number, number, number, number, number];
      if (of === row) tasks.push({ task: text(task), began, length, outcome: text(outcome) });
    }
    yield {
      session: text(columns.session[row]!),
      run: text(columns.run[row]!),
      condition: text(columns.condition[row]!),
      cause: text(columns.cause[row]!),
      event: columns.texts[columns.event[row]!] ?? null,
      outcome: text(columns.outcome[row]!),
      began: columns.began[row]!,
      length: columns.length[row]!,
      tasks,
    };
  }
}

/** A run that has come by the live connection. */
export const givenOf = ({ event, seconds, tasks, ...given }: SlimRun): GivenRun => ({
  ...{ session: given.session, run: given.run, condition: given.condition, cause: given.cause, event: event ?? null },
  ...{ outcome: given.outcome, began: given.began, length: seconds === null ? -1 : seconds * 1000 },
  tasks: tasks.map((one) => ({
    task: one.task,
    began: one.began,
    length: one.seconds === null ? -1 : one.seconds * 1000,
    outcome: one.outcome,
  })),
});

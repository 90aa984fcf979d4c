import type { ConditionRun, HistoryEntry, TaskRun } from '../history/history-entries.ts';
import type { RunOutput, SlimEntry, SlimRun, SlimTask } from './api.ts';

/** A run without what it wrote. */
const slim = <T extends TaskRun | ConditionRun>({
  stdout,
  stderr,
  log,
  ...rest
}: T): Omit<T, 'stdout' | 'stderr' | 'log'> & { readonly hasOutput: boolean } => ({
  ...rest,
  hasOutput: stdout !== undefined || stderr !== undefined || log !== undefined,
});

const slimTask = (task: TaskRun): SlimTask => slim(task) as SlimTask;

export const slimRun = (run: ConditionRun): SlimRun => ({ ...slim(run), tasks: run.tasks.map(slimTask) }) as SlimRun;

export const slimEntry = (entry: HistoryEntry): SlimEntry => {
  if (entry.kind === 'run') return slimRun(entry);
  return entry.kind === 'task' ? slimTask(entry) : entry;
};

/** What a run and its tasks wrote. */
export const outputsOf = (run: ConditionRun): readonly RunOutput[] => {
  const of = (task: string | null, { stdout, stderr, log }: TaskRun | ConditionRun): RunOutput[] =>
    stdout === undefined && stderr === undefined && log === undefined
      ? []
      : [
          {
            task,
            ...(stdout === undefined ? {} : { stdout }),
            ...(stderr === undefined ? {} : { stderr }),
            ...(log === undefined ? {} : { log }),
          },
        ];
  return [...of(null, run), ...run.tasks.flatMap((task) => of(task.task, task))];
};

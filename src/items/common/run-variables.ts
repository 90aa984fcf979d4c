import type { TaskRunContext } from '../../core/task-run.ts';

/** The environment variables that a command gets from its run. */
export const runVariables = (
  { condition }: TaskRunContext,
  task: string,
): Readonly<Record<'WHENEVER_CONDITION', string> & Record<string, string>> => ({
  WHENEVER_CONDITION: condition,
  WHENEVER_TASK: task,
});

/** The globals that a Lua script gets from its run, by name: tables of what JSON can hold. */
export const runTables = (_run: TaskRunContext): Readonly<Record<string, unknown>> => ({});

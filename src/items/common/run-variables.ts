import type { TaskRunContext } from '../../core/task-run.ts';

/** The environment variables that a command gets from its run. */
export const runVariables = (
  { condition, attempt }: TaskRunContext,
  task: string,
): Readonly<Record<'WHENEVER_CONDITION', string> & Record<string, string>> => ({
  WHENEVER_CONDITION: condition,
  WHENEVER_TASK: task,
  ...(attempt ? { WHENEVER_ATTEMPT: String(attempt.number) } : {}),
});

/** The globals that a Lua script gets from its run besides tables. */
export const runGlobals = ({ attempt }: TaskRunContext): Readonly<Record<string, bigint>> =>
  attempt ? { whenever_attempt: BigInt(attempt.number) } : {};

/** The globals that a Lua script gets from its run, by name: tables of what JSON can hold. */
export const runTables = (_run: TaskRunContext): Readonly<Record<string, unknown>> => ({});

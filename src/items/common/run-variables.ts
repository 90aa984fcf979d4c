import type { HookContext, TaskRunContext } from '../../core/task-run.ts';

/** What led to the run of a hook, as environment variables. What is not known is absent. */
const hookVariables = ({
  name,
  condition,
  task,
  run,
  reason,
  streak,
  output,
}: HookContext): Record<string, string> => ({
  ...{ WHENEVER_HOOK: name, WHENEVER_FAILED_CONDITION: condition, WHENEVER_FAILED_REASON: reason },
  WHENEVER_FAILED_STREAK: String(streak),
  ...(task === undefined ? {} : { WHENEVER_FAILED_TASK: task }),
  ...(run === undefined ? {} : { WHENEVER_FAILED_RUN: run }),
  ...(output === undefined ? {} : { WHENEVER_FAILED_OUTPUT: output }),
});

/** The environment variables that a command gets from its run. */
export const runVariables = (
  { condition, attempt, hook }: TaskRunContext,
  task: string,
): Readonly<Record<'WHENEVER_CONDITION', string> & Record<string, string>> => ({
  WHENEVER_CONDITION: condition,
  WHENEVER_TASK: task,
  ...(attempt ? { WHENEVER_ATTEMPT: String(attempt.number) } : {}),
  ...(hook === undefined ? {} : hookVariables(hook)),
});

/** The globals that a Lua script gets from its run besides tables. */
export const runGlobals = ({ attempt }: TaskRunContext): Readonly<Record<string, bigint>> =>
  attempt ? { whenever_attempt: BigInt(attempt.number) } : {};

/** The globals that a Lua script gets from its run, by name: tables of what JSON can hold. */
export const runTables = ({ hook }: TaskRunContext): Readonly<Record<string, unknown>> => {
  if (hook === undefined) return {};
  const { name, ...rest } = hook;
  return { trigger: { hook: name, ...rest } };
};

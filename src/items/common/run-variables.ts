import type { Occurrences } from '../../core/event-burst.ts';
import type { RunFile, RunFiles } from '../../core/ports.ts';
import type { HookContext, PreviousTask, TaskRunContext } from '../../core/task-run.ts';
import { messageOf } from '../../error-message.ts';

/** The environment variables that a command gets from its run. */
type RunVariables = Readonly<Record<'WHENEVER_CONDITION', string> & Record<string, string>>;

/** Longer values are in files: the system takes 128 KiB for a variable, and not much more for all of them. */
const LONGEST_VARIABLE = 64 * 1024;

const bytesOf = (text: string): number => Buffer.byteLength(text);

const eventVariables = ({ name, type, count, changes, data }: Occurrences): Record<string, string> => {
  const path = changes?.at(-1)?.path;
  return {
    WHENEVER_EVENT: name,
    WHENEVER_EVENT_KIND: type,
    WHENEVER_EVENT_COUNT: String(count),
    ...(path === undefined ? {} : { WHENEVER_PATH: path }),
    ...(data === undefined || bytesOf(data) > LONGEST_VARIABLE ? {} : { WHENEVER_EVENT_DATA: data }),
  };
};

/** What led to the run of a hook, as environment variables. What is not known is absent. */
const hookVariables = ({ name, condition, task, run, reason, streak }: HookContext): Record<string, string> => ({
  ...{ WHENEVER_HOOK: name, WHENEVER_FAILED_CONDITION: condition, WHENEVER_FAILED_REASON: reason },
  WHENEVER_FAILED_STREAK: String(streak),
  ...(task === undefined ? {} : { WHENEVER_FAILED_TASK: task }),
  ...(run === undefined ? {} : { WHENEVER_FAILED_RUN: run }),
});

const previousVariables = ({ task, outcome, output }: PreviousTask): Record<string, string> => ({
  ...{ WHENEVER_PREVIOUS_TASK: task, WHENEVER_PREVIOUS_OUTCOME: outcome },
  ...(output === undefined ? {} : { WHENEVER_PREVIOUS_OUTPUT: output }),
});

/** The environment variables that a command gets from its run, without those that name files. */
export const runVariables = (
  { condition, attempt, hook, event, previous, fence, asked }: TaskRunContext,
  task: string,
): RunVariables => ({
  WHENEVER_CONDITION: condition,
  WHENEVER_TASK: task,
  ...(attempt ? { WHENEVER_ATTEMPT: String(attempt.number) } : {}),
  ...(typeof asked?.run === 'string' ? { WHENEVER_RUN: asked.run } : {}),
  ...(fence === undefined ? {} : { WHENEVER_FENCE: String(fence) }),
  ...(hook === undefined ? {} : hookVariables(hook)),
  ...(event === undefined ? {} : eventVariables(event)),
  ...(previous === undefined ? {} : previousVariables(previous)),
});

/** All changes: kind and path of each, every one of them ended by a NUL. `more` and a number stand for those that were not kept. */
const pathsText = ({ changes = [], more }: Occurrences): string => {
  const last = more === undefined ? '' : `more\0${more}\0`;
  return changes.map(({ kind, path }) => `${kind}\0${path}\0`).join('') + last;
};

/** Files for one run of one task, and the variables that name them. */
export interface VariableFiles {
  readonly variables: Readonly<Record<string, string>>;
  /** Removes the files. */
  remove(): void;
}

/** What a run is given that is too long for a variable: the name of the variable that names a file, and its content. */
const longValues = ({ event, hook }: TaskRunContext): readonly (readonly [string, string, string])[] => [
  // Also if nothing was written: a script that reads it need not ask.
  ...(hook === undefined ? [] : [['WHENEVER_FAILED_OUTPUT', 'output', hook.output] as const]),
  ...(event === undefined ? [] : eventValues(event)),
];

const eventValues = (event: Occurrences): readonly (readonly [string, string, string])[] => {
  const { changes, data } = event;
  return [
    ...(changes === undefined ? [] : [['WHENEVER_PATHS_FILE', 'paths', pathsText(event)] as const]),
    ...(data === undefined || bytesOf(data) <= LONGEST_VARIABLE
      ? []
      : [['WHENEVER_EVENT_DATA_FILE', 'data.json', data] as const]),
  ];
};

/**
 * Makes the files for what a run is given. Undefined: it needs none. A file that cannot be written is left out.
 * @param failed called with a message for each.
 */
export const makeVariableFiles = (
  context: TaskRunContext,
  files: RunFiles | undefined,
  failed: (message: string) => void,
): Promise<VariableFiles> | undefined => {
  const long = longValues(context);
  if (files === undefined || long.length === 0) return undefined;
  return writeAll(long, files, failed);
};

const writeAll = async (
  long: ReturnType<typeof longValues>,
  files: RunFiles,
  failed: (message: string) => void,
): Promise<VariableFiles> => {
  const made: RunFile[] = [];
  const variables: Record<string, string> = {};
  for (const [variable, name, content] of long) {
    try {
      const file = await files.write(name, content);
      made.push(file);
      variables[variable] = file.path;
    } catch (error) {
      failed(`no file for ${variable}: ${messageOf(error)}; going on without it`);
    }
  }
  return {
    variables,
    remove: () => {
      for (const file of made) file.remove();
    },
  };
};

const eventTable = ({ name, type, count, changes, more, data }: Occurrences) => ({
  ...{ name, kind: type, count },
  ...(changes === undefined ? {} : { path: changes.at(-1)?.path, changes }),
  ...(more === undefined ? {} : { more }),
  ...(data === undefined ? {} : { data: JSON.parse(data) as unknown }),
});

/**
 * Lets the next task of the sequence have what this one has put out, as a file.
 * @param failed called with a message when it cannot be written.
 */
export const handOutputOn = (
  { handOn }: TaskRunContext,
  files: RunFiles | undefined,
  content: string | Uint8Array,
  failed: (message: string) => void,
): void => {
  if (files === undefined) return;
  handOn?.(async () => {
    try {
      return await files.write('output', content);
    } catch (error) {
      failed(`no file with its output for the next task: ${messageOf(error)}; going on without it`);
      return undefined;
    }
  });
};

const triggerTable = ({ name, ...rest }: HookContext) => ({ hook: name, ...rest });

/** The globals that a Lua script gets from its run besides tables. */
export const runGlobals = ({ attempt }: TaskRunContext): Readonly<Record<string, bigint>> =>
  attempt ? { whenever_attempt: BigInt(attempt.number) } : {};

/** The globals that a Lua script gets from its run, by name: tables of what JSON can hold. */
export const runTables = ({ hook, event, previous }: TaskRunContext): Readonly<Record<string, unknown>> => ({
  ...(hook === undefined ? {} : { trigger: triggerTable(hook) }),
  ...(event === undefined ? {} : { event: eventTable(event) }),
  ...(previous === undefined ? {} : { previous }),
});

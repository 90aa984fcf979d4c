import { ConnectionLostError, NotRunningError } from '../adapters/control-errors.ts';
import { runtimeDirectoryWarning } from '../adapters/socket-path.ts';
import { ConfigError } from '../config/problem.ts';
import { oneLine } from '../log/one-line.ts';
import { INVALID, NOT_RUNNING } from './query-common.ts';
import { hasLostOutput, printMessage } from './stdio.ts';
import { type Invocation, type Subcommand, UsageError } from './subcommand.ts';

/** Where to ask instead while no instance runs; undefined: nothing is known of earlier ones. */
const historyHint = async (): Promise<string | undefined> => {
  const { keptHistories } = await import('../adapters/history/reader.ts');
  return keptHistories().length > 0 ? "what ran before: 'whenever history', 'whenever explain C --at T'" : undefined;
};

/** The messages about an error of a subcommand. */
const messagesOf = async (error: unknown): Promise<readonly (string | undefined)[]> => {
  if (error instanceof ConnectionLostError) return [error.message];
  // An instance may be running in a directory where this command does not look.
  if (error instanceof NotRunningError) return [error.message, runtimeDirectoryWarning() ?? (await historyHint())];
  if (error instanceof ConfigError) return [`invalid configuration: ${error.message}`];
  const { message, lines } = error as Error & { readonly lines?: readonly string[] };
  return [lines && !(error instanceof UsageError) ? lines.map(oneLine).join('\n') : message];
};

/** Runs a subcommand and prints its errors. Returns the exit status. */
export const runSubcommand = async (subcommand: Subcommand, invocation: Invocation): Promise<number> => {
  try {
    const status = await subcommand.run(invocation);
    return hasLostOutput() ? INVALID : status;
  } catch (error) {
    for (const message of await messagesOf(error)) if (message !== undefined) printMessage(message);
    return error instanceof NotRunningError ? NOT_RUNNING : INVALID;
  }
};

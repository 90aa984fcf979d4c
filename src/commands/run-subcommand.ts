import { ConnectionLostError, NotRunningError } from '../adapters/control-client.ts';
import { runtimeDirectoryWarning } from '../adapters/socket-path.ts';
import { ConfigError } from '../config/problem.ts';
import { oneLine } from '../log/one-line.ts';
import { INVALID, NOT_RUNNING } from './query-common.ts';
import { printMessage } from './stdio.ts';
import { type Invocation, type Subcommand, UsageError } from './subcommand.ts';

/** The messages about an error of a subcommand. */
const messagesOf = (error: unknown): readonly (string | undefined)[] => {
  // An instance may be running in a directory where this command does not look.
  if (error instanceof NotRunningError)
    return [error.message, error instanceof ConnectionLostError ? undefined : runtimeDirectoryWarning()];
  if (error instanceof ConfigError) return [`invalid configuration: ${error.message}`];
  const { message, lines } = error as Error & { readonly lines?: readonly string[] };
  return [lines && !(error instanceof UsageError) ? lines.map(oneLine).join('\n') : message];
};

/** Runs a subcommand and prints its errors. Returns the exit status. */
export const runSubcommand = async (subcommand: Subcommand, invocation: Invocation): Promise<number> => {
  try {
    return await subcommand.run(invocation);
  } catch (error) {
    for (const message of messagesOf(error)) if (message !== undefined) printMessage(message);
    return error instanceof NotRunningError ? NOT_RUNNING : INVALID;
  }
};

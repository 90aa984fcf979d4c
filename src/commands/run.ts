import { ConnectionLostError, NotRunningError } from '../adapters/control-client.ts';
import { runtimeDirectoryWarning } from '../adapters/socket-path.ts';
import { ConfigError } from '../config/problem.ts';
import { oneLine } from '../log/one-line.ts';
import { INVALID, NOT_RUNNING } from './query.ts';
import { printMessage } from './stdio.ts';
import { type Invocation, type Subcommand, UsageError } from './subcommand.ts';

/** Runs a subcommand and prints its errors. Returns the exit status. */
export const runSubcommand = async (subcommand: Subcommand, invocation: Invocation): Promise<number> => {
  try {
    return await subcommand.run(invocation);
  } catch (error) {
    if (error instanceof NotRunningError) {
      printMessage(error.message);
      // An instance may be running in a directory where this command does not look.
      const note = error instanceof ConnectionLostError ? undefined : runtimeDirectoryWarning();
      if (note !== undefined) printMessage(note);
      return NOT_RUNNING;
    }
    const { message, lines } = error as Error & { readonly lines?: readonly string[] };
    if (error instanceof ConfigError) printMessage(`invalid configuration: ${message}`);
    else printMessage(lines && !(error instanceof UsageError) ? lines.map(oneLine).join('\n') : message);
    return INVALID;
  }
};

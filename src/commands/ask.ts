import { ConnectionLostError, NotRunningError } from '../adapters/control-client.ts';
import { runtimeDirectoryWarning } from '../adapters/socket-path.ts';
import type { SubcommandName } from '../subcommands.ts';
import { ctl } from './ctl.ts';
import { dump } from './dump.ts';
import { events } from './events.ts';
import { explain } from './explain.ts';
import { logs } from './logs.ts';
import { type CliOptions, NOT_RUNNING } from './query.ts';
import { status } from './status.ts';
import { story } from './story.ts';
import { writeStderr } from './values.ts';

/** The commands that ask the running instance, or a file. Answers the exit status. `now`: wall-clock ms. */
export const ask = async (
  command: Exclude<SubcommandName, 'next' | 'simulate' | 'verify' | 'show'>,
  args: readonly string[],
  given: CliOptions,
  now: number,
): Promise<number> => {
  try {
    switch (command) {
      case 'status':
        return await status(args, given);
      case 'story':
        return await story(args, given);
      case 'explain':
        return await explain(args, given, now);
      case 'events':
        return await events(args, given);
      case 'logs':
        return await logs(given, now);
      case 'ctl':
        return await ctl(args, given);
      case 'dump':
        return await dump(args);
    }
  } catch (error) {
    if (!(error instanceof NotRunningError)) throw error;
    writeStderr(`whenever: ${error.message}\n`);
    // It may be running where this command does not look.
    const note = error instanceof ConnectionLostError ? undefined : runtimeDirectoryWarning();
    if (note !== undefined) writeStderr(`whenever: ${note}\n`);
    return NOT_RUNNING;
  }
};

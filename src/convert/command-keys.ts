import type { ConvertHost } from './host.ts';
import type { TomlValue } from './toml.ts';

/** A command as it was. */
export interface SourceCommand {
  readonly words: readonly string[];
  /** The working directory. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Files with more variables, as the key environment_file has them. */
  readonly environmentFiles?: readonly string[];
  /** Exit status 0 is the only success. */
  readonly judged: boolean;
  readonly inherits?: boolean;
}

/** Changes to the directory when it runs: one that does not exist is refused when the file is loaded. */
const IN_DIRECTORY = 'cd -- "$0" && exec "$@"';

/** The keys of a command task. */
export const commandKeys = (command: SourceCommand, host: ConvertHost): Record<string, TomlValue> => {
  const { words, directory, environment, environmentFiles: files = [], judged, inherits = true } = command;
  const exists = host.isDirectory(directory);
  const [program = '', ...rest] = exists ? words : ['sh', '-c', IN_DIRECTORY, directory, ...words];
  return {
    startup_path: exists ? directory : '/',
    command: program,
    command_arguments: rest,
    ...(inherits ? {} : { include_environment: false }),
    ...(files.length > 0 ? { environment_file: files.length === 1 ? files[0]! : files } : {}),
    ...(Object.keys(environment).length > 0 ? { environment_variables: environment } : {}),
    ...(judged ? { success_status: 0 } : {}),
  };
};

/** What to say about a directory that is not there; undefined: it is. */
export const directoryNote = (directory: string, host: ConvertHost): string | undefined =>
  host.isDirectory(directory)
    ? undefined
    : `${directory} does not exist here: the command changes to it when it runs, and fails without it`;

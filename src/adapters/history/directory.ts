import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Characters of the name of a configuration file that the name of its directory keeps. */
const LONGEST_NAME = 40;

/**
 * Where programs of this user keep what should survive a restart. A relative path would be another place in each directory.
 * @throws Error when there is none
 */
const stateHome = ({ XDG_STATE_HOME: given, LOCALAPPDATA: local }: NodeJS.ProcessEnv): string => {
  if (given && isAbsolute(given)) return given;
  if (process.platform === 'win32') return local || join(homedir(), 'AppData', 'Local');
  const home = homedir();
  if (!isAbsolute(home)) throw new Error('neither XDG_STATE_HOME nor HOME is an absolute path');
  return join(home, '.local', 'state');
};

/** The directory with the histories of all configurations. @throws Error when there is none */
export const historiesDirectory = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(stateHome(environment), 'whenever');

/** The directory with the history of one configuration. @param file its absolute path @throws Error when there is none */
export const historyDirectory = (file: string, environment: NodeJS.ProcessEnv = process.env): string => {
  // Not by cryptography, which would take two megabytes: it only separates files of the same name.
  const tag = crc32(file).toString(16).padStart(8, '0');
  const name = basename(file)
    .replace(/[^\w.-]/g, '_')
    .slice(0, LONGEST_NAME);
  return join(historiesDirectory(environment), `${name}-${tag}`);
};

/** The directory with what machines of a fleet have not yet put into its log. @param file the absolute path of the configuration @throws Error when there is none */
export const spoolDirectory = (file: string, environment: NodeJS.ProcessEnv = process.env): string =>
  join(historyDirectory(file, environment), 'fleet');

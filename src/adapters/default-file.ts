import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { codeOf } from '../error-message.ts';

/**
 * Where programs of this user look for their configuration. A relative path would be another place in each directory.
 * @throws Error when there is none
 */
export const configHome = (
  { XDG_CONFIG_HOME: given, APPDATA: roaming }: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string => {
  if (given && isAbsolute(given)) return given;
  const home = homedir();
  if (platform === 'win32') return roaming || join(home, 'AppData', 'Roaming');
  if (!isAbsolute(home)) throw new Error('neither XDG_CONFIG_HOME nor HOME is an absolute path');
  return join(home, '.config');
};

/** The path of the file that is read when the command line names none. @throws Error when neither XDG_CONFIG_HOME nor HOME gives one */
export const defaultFile = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(configHome(environment), 'whenever', 'whenever.toml');

/** Whether nothing has this name. What cannot be looked up counts as there: reading it reports why. */
export const isMissing = (path: string): boolean => {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
  }
};

import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where programs of this user have their configuration; undefined: there is no such place. */
const configHome = ({ XDG_CONFIG_HOME: given, APPDATA: roaming }: NodeJS.ProcessEnv): string | undefined => {
  // A relative path would be another place in each directory.
  if (given && isAbsolute(given)) return given;
  const home = homedir();
  if (process.platform === 'win32') return roaming || join(home, 'AppData', 'Roaming');
  return isAbsolute(home) ? join(home, '.config') : undefined;
};

/** The file that is read when none is named; undefined: this user has no home directory. */
export const defaultConfigFile = (environment: NodeJS.ProcessEnv = process.env): string | undefined => {
  const home = configHome(environment);
  return home === undefined ? undefined : join(home, 'whenever', 'whenever.toml');
};

/** Whether nothing has this name. What cannot be looked up counts as there: reading it reports why. */
export const isMissing = (path: string): boolean => {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
};

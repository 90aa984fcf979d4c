import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

const isFile = (path: string): boolean => {
  try {
    // Most folders of a PATH do not have it: an exception for each would cost more than the search.
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
};

/** True for a file that may be executed. */
export const isExecutable = (file: string): boolean => {
  if (!isFile(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The files of a name in the folders of a path. */
const candidates = (command: string, cwd: string, path: string): string[] =>
  path.split(delimiter).map((directory) => {
    const base = isAbsolute(directory) ? directory : resolve(cwd, directory || '.');
    return join(base, command);
  });

/**
 * A bare command name is searched in the scheduler's own PATH, even when the child gets another one or none. Without a PATH it is
 * a file in the working directory.
 */
export const findExecutable = (command: string, cwd: string, path = process.env.PATH): string | undefined => {
  if (process.platform === 'win32' || command.includes('/')) return command;
  if (!path) return resolve(cwd, command);
  return candidates(command, cwd, path).find(isExecutable);
};

/** The first file in the PATH that has the name and may not be executed. */
export const findNonExecutable = (command: string, cwd: string, path = process.env.PATH): string | undefined =>
  command.includes('/') || !path ? undefined : candidates(command, cwd, path).find(isFile);

import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** True for a file that may be executed. */
export const runnable = (file: string): boolean => {
  try {
    // Most folders of a PATH do not have it: an exception for each would cost more than the search.
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * False for a text without `#!`, and for nothing at all: the system refuses it, but the C library would hand it to a shell, which
 * finds something to run in any text. True when in doubt.
 */
export const isProgram = (file: string): boolean => {
  const head = Buffer.alloc(128);
  try {
    const fd = openSync(file, 'r');
    try {
      const size = readSync(fd, head);
      return head.toString('latin1', 0, 2) === '#!' || head.subarray(0, size).includes(0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return true;
  }
};

/**
 * A bare command name is searched in the scheduler's own PATH, even when the child gets another one or none. Without a PATH it is
 * a file in the working directory.
 */
export const findProgram = (command: string, cwd: string, path = process.env.PATH): string | undefined => {
  if (process.platform === 'win32' || command.includes('/')) return command;
  if (!path) return resolve(cwd, command);
  for (const directory of path.split(delimiter)) {
    const base = isAbsolute(directory) ? directory : resolve(cwd, directory || '.');
    const file = join(base, command);
    if (runnable(file)) return file;
  }
  return undefined;
};

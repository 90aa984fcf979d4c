import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ProcessRequest } from '../core/ports.ts';
import { readHead, shebang } from './executable.ts';

/** Shortages and limits: they are not the fault of the program. */
const SHORTAGES: Readonly<Record<string, string>> = {
  EMFILE: 'the scheduler has too many open files (EMFILE): raise its limit (ulimit -n), or run fewer commands at once',
  ENFILE: 'the system has too many open files (ENFILE)',
  EAGAIN: 'the limit of processes is reached (EAGAIN): raise it (ulimit -u, or that of the service or container)',
  ENOMEM: 'the system has not enough memory (ENOMEM)',
  E2BIG: 'its arguments and its environment are too long for the system',
  ERR_INVALID_ARG_VALUE: 'its name, an argument or a variable has a NUL character, which the system cannot pass on',
};

/** The code of the error when an access is tried; undefined: it is allowed. */
const denied = (path: string, mode: number): string | undefined => {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
};

/** What is wrong with the working directory. */
const wrongDirectory = (cwd: string): string | undefined => {
  const shown = `the working directory "${cwd}"`;
  try {
    if (!statSync(cwd).isDirectory()) return `${shown} is not a directory`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') return `no permission to reach ${shown}`;
    return code === 'ENOTDIR' ? `${shown} is not a directory` : `${shown} does not exist`;
  }
  return denied(cwd, constants.X_OK) === undefined ? undefined : `no permission to enter ${shown}`;
};

/** The interpreter of a script; undefined: it is not a script, or cannot be read. */
const interpreterOf = (file: string): string | undefined => {
  const head = readHead(file);
  return typeof head === 'object' ? shebang(head)?.interpreter : undefined;
};

/** The file is there, and something that it needs is not. */
const missingPart = (file: string, shown: string): string => {
  const interpreter = interpreterOf(file);
  return interpreter === undefined
    ? `${shown} is there, but not the loader it needs: it is for another system`
    : `the interpreter "${interpreter}" of the script ${shown} does not exist`;
};

const noPermission = (file: string, shown: string): string => {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return `${shown} is a directory, not a program`;
    if (!stat.isFile()) return `${shown} is not a file, but a device, a pipe or a socket`;
    if (denied(file, constants.X_OK) !== undefined) return `${shown} is not executable (chmod +x)`;
  } catch {
    return `no permission to reach ${shown}`;
  }
  const interpreter = interpreterOf(file);
  if (interpreter !== undefined && denied(interpreter, constants.X_OK) !== undefined)
    return `no permission to run the interpreter "${interpreter}" of the script ${shown}`;
  return `no permission to run ${shown}: its file system may be mounted with noexec`;
};

/** True when something is at the path, whatever it is. */
const isThere = (file: string): boolean => denied(file, constants.F_OK) === undefined;

/**
 * Why a program could not be started, as a clause. @param error of the system; only its code counts.
 * @param file the program that was found; undefined: none was.
 */
export const startFailure = (
  { code, message }: Pick<NodeJS.ErrnoException, 'code' | 'message'>,
  { command, cwd }: Pick<ProcessRequest, 'command' | 'cwd'>,
  file: string | undefined,
): string => {
  const shortage = SHORTAGES[code ?? ''];
  if (shortage !== undefined) return shortage;
  const directory = wrongDirectory(cwd);
  if (directory !== undefined) return directory;
  const shown = `"${command}"`;
  const path = file === undefined ? undefined : resolve(cwd, file);
  switch (code) {
    case 'ENOENT':
      if (path === undefined && /^\.\.?$/.test(command)) return `${shown} is a directory, not a program`;
      return path !== undefined && isThere(path) ? missingPart(path, shown) : `no such program: ${shown}`;
    case 'ENOTDIR':
      return `no such program: ${shown}`;
    case 'EACCES':
      return path === undefined ? `no permission to run ${shown}` : noPermission(path, shown);
    case 'ENOEXEC':
      return `${shown} is not a program of this system (ENOEXEC)`;
    case 'ETXTBSY':
      return `${shown} is being written to (ETXTBSY)`;
    case 'ELOOP':
      return `${shown} is a link that leads to itself (ELOOP)`;
    case 'ENAMETOOLONG':
      return `the name of the program is too long (ENAMETOOLONG)`;
    default:
      return `the system did not start ${shown}: ${message || code}`;
  }
};

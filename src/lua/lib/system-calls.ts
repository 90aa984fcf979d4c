import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as lua from '../lua-api.ts';
import { decodeText, pushText } from '../lua-values.ts';
import { canSuspend, suspend } from '../yielding.ts';

const ERROR_TEXTS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  EMFILE: 'Too many open files',
  ENFILE: 'Too many open files in system',
  EAGAIN: 'Resource temporarily unavailable',
  ENOMEM: 'Cannot allocate memory',
  E2BIG: 'Argument list too long',
  ERR_INVALID_ARG_VALUE: 'a command has no NUL characters',
  EBADF: 'Bad file descriptor',
  EXDEV: 'Invalid cross-device link',
  EPIPE: 'Broken pipe',
  ENAMETOOLONG: 'File name too long',
  ELOOP: 'Too many levels of symbolic links',
  EINVAL: 'Invalid argument',
  ESPIPE: 'Illegal seek',
};

/** The text of a system error in Lua: `NAME: No such file or directory`, without a name only the second part. */
export const systemErrorText = (error: unknown, path?: string): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  const text = (code !== undefined && ERROR_TEXTS[code]) || message.replace(/^[A-Z]+: /, '').replace(/, .*$/s, '');
  return path === undefined ? text : `${path}: ${text}`;
};

/** Pushes nil, message and number of a system error. */
export const pushSystemError = (L: lua.State, error: unknown, path?: string): number => {
  lua.pushnil(L);
  pushText(L, systemErrorText(error, path));
  lua.pushinteger(L, Math.abs((error as NodeJS.ErrnoException).errno ?? 0));
  return 3;
};

/**
 * Waits for `later`, or calls `now` where the script cannot be suspended; `now` returns false for what cannot be done without
 * waiting.
 */
export const waitOrDoNow = <T>(
  L: lua.State,
  later: () => Promise<T>,
  now: () => T | false,
  then: (L: lua.State, value: T) => number,
  failed: (L: lua.State, error: unknown) => number = pushSystemError,
): number => {
  if (canSuspend(L))
    return suspend(L, (done) => {
      later().then(
        (value) => done((to) => then(to, value)),
        (error: unknown) => done((to) => failed(to, error)),
      );
      return undefined;
    });
  let value: T | false;
  try {
    value = now();
  } catch (error) {
    return failed(L, error);
  }
  return value === false ? lua.raise(L, 'cannot wait here: inside a call that cannot be interrupted') : then(L, value);
};

/** Reads a file for a script; no path stands for the empty standard input. `then` gets the content or the problem. */
export const readWholeFile = (
  L: lua.State,
  path: Uint8Array | undefined,
  then: (L: lua.State, source: Uint8Array | undefined, problem: string) => number,
): number => {
  if (path === undefined) return then(L, new Uint8Array(0), '');
  const name = decodeText(path);
  return waitOrDoNow<Uint8Array>(
    L,
    () => readFile(name),
    () => readFileSync(name),
    (to, source) => then(to, new Uint8Array(source), ''),
    (to, error) => then(to, undefined, systemErrorText(error, name)),
  );
};

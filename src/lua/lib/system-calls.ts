import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { lua_State } from 'fengari/src/lua.js';
import { canSuspend, suspend } from '../suspend.ts';
import { decodeText } from '../values.ts';

/** What Lua says of a file that cannot be used: `NAME: No such file or directory`. */
export const systemErrorText = (path: string, error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
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
  return `${path}: ${(code !== undefined && known[code]) || message.replace(/^[A-Z]+: /, '').replace(/, .*$/s, '')}`;
};

/** Reads a file for a script, which waits meanwhile if it can; no name: the empty standard input. */
export const readWholeFile = (
  L: lua_State,
  path: Uint8Array | null,
  then: (L: lua_State, source: Uint8Array | undefined, problem: string) => number,
): number => {
  if (path === null) return then(L, new Uint8Array(0), '');
  const name = decodeText(path);
  if (!canSuspend(L)) {
    try {
      return then(L, new Uint8Array(readFileSync(name)), '');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return then(L, undefined, systemErrorText(name, error));
    }
  }
  return suspend(L, (done) => {
    readFile(name).then(
      (source) => done((to) => then(to, new Uint8Array(source), '')),
      (error: unknown) => done((to) => then(to, undefined, systemErrorText(name, error))),
    );
    return undefined;
  });
};

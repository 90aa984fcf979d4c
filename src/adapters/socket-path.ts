import { lstatSync, type Stats, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { OTHERS_WRITE, replaceableIn, shownMode } from './private-directory.ts';

/** Longest path of a Unix socket on known systems, with room for the ending of the marker of a start. */
const LONGEST_SOCKET_PATH = 88;

/** True for a directory of this user: in the directory of another user the name could be taken, or taken away. */
const isOurs = (path: string): boolean => {
  try {
    const stat = statSync(path);
    return stat.isDirectory() && (process.getuid === undefined || stat.uid === process.getuid());
  } catch {
    return false;
  }
};

/** Why a runtime directory is not used; undefined: it is. A relative path would be another place in each directory. */
const unusable = (runtime: string): string | undefined => {
  if (!isAbsolute(runtime)) return 'is not an absolute path';
  return isOurs(runtime) ? undefined : 'is not a directory of this user';
};

/** Why XDG_RUNTIME_DIR is not used although it is set; undefined: it is, or it is not set. */
export const runtimeDirectoryWarning = (environment: NodeJS.ProcessEnv = process.env): string | undefined => {
  const { XDG_RUNTIME_DIR: runtime } = environment;
  const why = runtime && process.platform !== 'win32' ? unusable(runtime) : undefined;
  return why && `XDG_RUNTIME_DIR ${runtime} ${why}: the socket is ${socketPath(environment)}`;
};

/** A hash of a text, 16 hexadecimal digits. Cryptography is loaded when it is needed: hardly ever. */
const digest = (text: string): string => {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
};

/**
 * The socket of the instance of this user: in the runtime directory, or in a directory made for it when there is none.
 * On Windows a named pipe, which the system frees.
 */
export const socketPath = (environment: NodeJS.ProcessEnv = process.env): string => {
  if (process.platform === 'win32') return `\\\\.\\pipe\\whenever-${userInfo().username}`;
  const runtime = environment.XDG_RUNTIME_DIR;
  const inRuntime = runtime ? join(runtime, 'whenever.sock') : undefined;
  if (runtime && inRuntime && inRuntime.length <= LONGEST_SOCKET_PATH && !unusable(runtime)) return inRuntime;
  const tag = runtime ? `-${digest(runtime)}` : '';
  const own = (folder: string) => join(folder, `whenever-${process.getuid?.()}`, `whenever${tag}.sock`);
  return own(tmpdir()).length <= LONGEST_SOCKET_PATH ? own(tmpdir()) : own('/tmp');
};

/** True when the socket is in the runtime directory, which others have made. */
export const inRuntimeDirectory = (path: string, { XDG_RUNTIME_DIR: runtime } = process.env): boolean =>
  runtime !== undefined && runtime !== '' && resolve(runtime) === dirname(path);

/**
 * Why the directory of the socket cannot be trusted: others could remove the socket, or put one of their own there. undefined: it can,
 * or is not there yet.
 */
export const unsafeSocketDirectory = (path: string): string | undefined => {
  if (process.platform === 'win32') return undefined;
  const folder = dirname(path);
  let stat: Stats | undefined;
  try {
    stat = (inRuntimeDirectory(path) ? statSync : lstatSync)(folder, { throwIfNoEntry: false });
  } catch (error) {
    return `the directory of the socket cannot be looked at: ${error instanceof Error ? error.message : error}`;
  }
  const help = 'set XDG_RUNTIME_DIR to a directory of mode 700';
  const replaceable = replaceableIn(dirname(folder));
  if (replaceable !== undefined)
    return `others could replace the directory of the socket, ${folder}: they may write to ${replaceable}: run 'chmod +t ${dirname(folder)}', or ${help.replace('a directory', 'another directory')}`;
  if (!stat) return undefined;
  if (!stat.isDirectory() || stat.uid !== process.getuid?.())
    return `${folder} is not a directory of this user: remove it, or ${help}`;
  if ((stat.mode & OTHERS_WRITE) === 0) return undefined;
  return `others may write to the directory of the socket, ${folder} (mode ${shownMode(stat.mode)}): run 'chmod go-w ${folder}', or ${help}`;
};

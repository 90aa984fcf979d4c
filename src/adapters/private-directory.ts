import { chmodSync, lstatSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from './mkdir.ts';

/** The bits of a mode that let users other than the owner and root write. */
export const OTHERS_WRITE = 0o022;
const ALL_WRITE = 0o002;
/** In a directory with this bit each user can rename and remove only what is theirs. */
const STICKY = 0o1000;

/** A mode as `chmod` takes it. */
export const shownMode = (mode: number): string => (mode & 0o7777).toString(8);

/**
 * A directory in which others may rename what is not theirs, with its mode; undefined: it is none, or is not there.
 * @param others the bits that let them.
 */
export const replaceableIn = (folder: string, others = OTHERS_WRITE): string | undefined => {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat || (stat.mode & others) === 0 || (stat.mode & STICKY) !== 0) return undefined;
  return `${folder} (mode ${shownMode(stat.mode)})`;
};

/** Why a directory is not private to this user; undefined: it is. */
const problemOf = (folder: string, stat: Stats): string | undefined => {
  if (!stat.isDirectory()) return `${folder} is not a directory`;
  if (process.getuid === undefined) return undefined;
  if (stat.uid !== process.getuid()) return `${folder} does not belong to this user`;
  if ((stat.mode & OTHERS_WRITE) !== 0)
    return `others may write to ${folder} (mode ${shownMode(stat.mode)}): run 'chmod go-w ${folder}'`;
  const above = process.platform === 'win32' ? undefined : replaceableIn(dirname(folder), ALL_WRITE);
  return above && `others could replace ${folder}: they may write to ${above}`;
};

/** Makes a directory that only this user can read, unless it is there. @throws Error also when others may write to it. */
export const makePrivateDirectory = (folder: string): void => {
  makeDirectory(folder, 0o700);
  const stat = lstatSync(folder);
  const problem = problemOf(folder, stat);
  if (problem !== undefined) throw new Error(problem);
  if (process.platform !== 'win32' && (stat.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
};

import { readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { makeDirectory } from '../adapters/mkdir.ts';

/** A folder of another version that nothing was written to for so long is removed, ms. */
const FORGOTTEN_MS = 90 * 86_400_000;

/** Permissions by which others could write. */
const OTHERS = 0o022;

/** Whether only this user can write it: what is in it is executed. */
export const isOwn = ({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean =>
  process.platform === 'win32' || (uid === process.getuid?.() && (mode & OTHERS) === 0);

/**
 * Where compiled code is kept: `whenever` in the folder of this user for caches. Undefined: nowhere, as the user wants it, or for a
 * measurement of which code is executed, or because there is no such folder.
 */
export const cacheFolder = (environment: NodeJS.ProcessEnv): string | undefined => {
  const { XDG_CACHE_HOME: given, LOCALAPPDATA: local, HOME: home } = environment;
  if (environment.NODE_DISABLE_COMPILE_CACHE || environment.NODE_V8_COVERAGE) return undefined;
  const usual = process.platform === 'win32' ? local : home && join(home, '.cache');
  const caches = given && isAbsolute(given) ? given : usual;
  return caches && isAbsolute(caches) ? join(caches, 'whenever') : undefined;
};

/** Makes a folder for this user, with those it is in. Returns false where that is not possible, or where others can write. */
export const makeOwn = (folder: string): boolean => {
  try {
    makeDirectory(folder, 0o700);
    return isOwn(statSync(folder));
  } catch {
    return false;
  }
};

/** Removes what is in a folder and was not changed for a long time, except one entry. */
export const forgetOld = (folder: string, except: string, now: number): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name !== except && now - statSync(path).mtimeMs > FORGOTTEN_MS) rmSync(path, { recursive: true, force: true });
  }
};

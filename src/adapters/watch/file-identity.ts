import { type BigIntStats, promises } from 'node:fs';
import { dirname } from 'node:path';

/** The device and the number on it. */
export const inodeOf = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`;

/**
 * What makes a file or directory the same one, whatever its name is. The time of its birth sets apart a new one that was
 * given the number of an old one.
 */
export const identityOf = (status: BigIntStats): string => `${inodeOf(status)}:${status.birthtimeNs}`;

/** Why an entry of a directory has no path. */
export const NOT_UTF8 = 'its name is not UTF-8: rename it';

/** Whether a name has the character that stands for bytes that are not UTF-8. */
export const isUnclear = (name: string): boolean => name.includes('\ufffd');

/** The status of what is at a path, links followed; undefined when there is nothing, or its status cannot be read. */
export const statusOf = (path: string): Promise<BigIntStats | undefined> =>
  promises.stat(path, { bigint: true }).catch(() => undefined);

/** The directories that a path is in. A link to one of them would lead to everything else. */
export const ancestorsOf = async (path: string): Promise<Set<string>> => {
  const found = new Set<string>();
  for (let at = await promises.realpath(path).catch(() => path); at !== dirname(at); ) {
    at = dirname(at);
    const status = await statusOf(at);
    if (status) found.add(identityOf(status));
  }
  return found;
};

/** A text that is another one when something was mounted or unmounted; undefined: not known. */
export const mountsNow = (): Promise<string | undefined> =>
  promises.readFile('/proc/self/mountinfo', 'utf8').catch(() => undefined);

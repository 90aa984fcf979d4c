import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

// Windows does not have all of them.
const { O_WRONLY, O_RDWR, O_APPEND, O_CREAT, O_TRUNC, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;

/**
 * Opens a file, a terminal, a FIFO or a device for appending. Neither opening nor writing waits for a terminal that is stopped or a
 * FIFO that is not read. @throws Error of the system
 */
export const openTarget = (path: string, truncate: boolean, mode = 0o666): number => {
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | (truncate ? O_TRUNC : 0);
  // A FIFO that is open for reading as well waits for readers, who may come and go.
  const asFifo = (): number => openSync(path, O_RDWR | O_NONBLOCK);
  let fd: number;
  try {
    fd = openSync(path, flags, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    return asFifo();
  }
  if (!fstatSync(fd).isFIFO()) return fd;
  try {
    const both = asFifo();
    closeSync(fd);
    return both;
  } catch {
    return fd;
  }
};

/**
 * A descriptor of its own for what an inherited one leads to, which never waits; undefined where there is none. (Setting the mode
 * of the inherited one would set it for the shell and for every program that shares it.)
 */
export const openAgain = (fd: number): number | undefined => {
  if (process.platform !== 'linux') return undefined;
  try {
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return undefined;
  }
};

/** Whether the path leads to the open file. */
export const sameFile = (path: string, fd: number | undefined): boolean => {
  if (fd === undefined) return false;
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (there === undefined) return false;
  const here = fstatSync(fd, { bigint: true });
  return there.dev === here.dev && there.ino === here.ino;
};

/** Whether a file ends within a line. */
export const tornAtEnd = (path: string, size: number): boolean => {
  if (size === 0) return false;
  try {
    const fd = openSync(path, 'r');
    try {
      const last = Buffer.alloc(1);
      return readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 10;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
};

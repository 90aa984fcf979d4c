import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import { codeOf } from '../../error-message.ts';
import { makeDirectory } from '../mkdir.ts';
import { ownFiles } from './own-files.ts';

// Windows does not have all of them.
const { O_WRONLY, O_RDWR, O_APPEND, O_CREAT, O_TRUNC, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;

/**
 * Opens a file, a terminal, a FIFO or a device for appending. Neither opening nor writing waits for a terminal that is stopped or a
 * FIFO that is not read. @throws Error of the system
 */
const openTarget = (path: string, truncate: boolean, mode = 0o666): number => {
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | (truncate ? O_TRUNC : 0);
  // A FIFO that is open for reading as well waits for readers, who may come and go.
  const asFifo = (): number => openSync(path, O_RDWR | O_NONBLOCK);
  let fd: number;
  try {
    fd = openSync(path, flags, mode);
  } catch (error) {
    if (codeOf(error) !== 'ENXIO') throw error;
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

/** How a target is opened. */
export interface SinkTargetOptions {
  /** Empty it first; default: append. It is opened for appending in both cases, so that others may empty it. */
  readonly truncate?: boolean;
  readonly mode?: number;
  /** Files kept when they rotate, this one included; default 5. */
  readonly keep?: number;
  /** Endings that the files have which were moved on; default: none. */
  readonly endings?: readonly string[];
}

/** Where a sink writes: a path that can be opened again, or a descriptor that is open. A new file is open before the old one is closed. */
export class SinkTarget {
  /** Empty for a descriptor. */
  readonly path: string;
  readonly #options: SinkTargetOptions;
  #fd: number | undefined;
  #release: () => void = () => {};
  /** Writing returns at once, whatever happens. */
  direct = false;
  regular = false;
  /** A terminal that was not opened here: writing waits while it is stopped. */
  mayWait = false;
  /** Bytes in the file. */
  size = 0;

  /** @param direct of a descriptor. */
  constructor(target: string | number, direct: boolean, options: SinkTargetOptions) {
    this.#options = options;
    this.path = typeof target === 'string' ? target : '';
    if (typeof target === 'string') return;
    this.#take(target);
    this.direct = direct;
    this.mayWait = !direct && isatty(target);
  }

  get isOpen(): boolean {
    return this.#fd !== undefined;
  }
  get fd(): number {
    if (this.#fd === undefined) throw new Error(`${this.path} is not open`);
    return this.#fd;
  }

  /** Opens the path, unless the file there is open. Returns whether it is another file now. @throws Error of the system */
  open(): boolean {
    const first = this.#fd === undefined;
    if (sameFile(this.path, this.#fd)) return false;
    if (first) makeDirectory(dirname(this.path));
    this.#switch(openTarget(this.path, first && this.#options.truncate === true, this.#options.mode));
    ownFiles.claim(this.path);
    return true;
  }

  /**
   * Begins a new file. What is there already is moved on when the new one is ready: FILE becomes FILE.1 and so on, the oldest goes.
   * @param head what it begins with. @throws Error of the system
   */
  next(head = ''): void {
    const { mode } = this.#options;
    const draft = `${this.path}.new`;
    ownFiles.claim(draft, this.path);
    const fd = openTarget(draft, true, mode);
    try {
      for (let rest = Buffer.from(head); rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest));
      this.#moveOn();
      renameSync(draft, this.path);
    } catch (error) {
      closeSync(fd);
      rmSync(draft, { force: true });
      throw error;
    }
    this.#switch(fd);
  }

  close(): void {
    const fd = this.#fd;
    if (fd === undefined || this.path === '') return;
    this.#fd = undefined;
    this.#release();
    closeSync(fd);
  }

  /** @throws Error of the system */
  #moveOn(): void {
    const { keep = 5, endings = [''] } = this.#options;
    for (let i = keep - 1; i > 0; i--) {
      const [from, to] = [i === 1 ? this.path : `${this.path}.${i - 1}`, `${this.path}.${i}`];
      ownFiles.claim(...endings.map((ending) => to + ending));
      const there = (i === 1 ? [''] : endings).filter((ending) => existsSync(from + ending));
      // The oldest one goes, whatever its ending is.
      if (there.length > 0 && i === keep - 1) for (const ending of endings) rmSync(to + ending, { force: true });
      for (const ending of there) renameSync(from + ending, to + ending);
    }
  }
  #switch(fd: number): void {
    this.close();
    this.#take(fd);
  }
  #take(fd: number): void {
    const stat = fstatSync(fd);
    this.#fd = fd;
    this.regular = stat.isFile();
    this.direct = stat.isFIFO() || isatty(fd);
    this.size = this.regular ? stat.size : 0;
    this.#release = this.regular ? ownFiles.hold(fd) : () => {};
  }
}

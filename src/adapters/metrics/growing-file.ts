import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../folder.ts';

/** How a file grows. */
export interface GrowingFileOptions {
  /** Begin a new file when this one has so many bytes; the older ones are FILE.1 and so on. Default: never. */
  readonly rotateBytes?: number;
  /** Files kept when they rotate, this one included; default 5. */
  readonly keep?: number;
  /** The file consists of lines: a torn one that is there already is ended first. Default: false. */
  readonly lines?: boolean;
}

/** A file that is appended to, opened when it is needed, made with its directory if it is not there. */
export class GrowingFile {
  readonly path: string;
  readonly #options: GrowingFileOptions;
  #fd: number | undefined;

  constructor(path: string, options: GrowingFileOptions) {
    this.path = path;
    this.#options = options;
  }

  /** Open, and its size in bytes. @throws Error of the system */
  ready(): { readonly fd: number; readonly size: number } {
    if (this.#fd !== undefined) return { fd: this.#fd, size: fstatSync(this.#fd).size };
    makeFolder(dirname(this.path));
    const fd = openSync(this.path, 'a+');
    this.#fd = fd;
    const { size } = fstatSync(fd);
    const last = Buffer.alloc(1);
    if (this.#options.lines && size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 10)
      return { fd, size: size + writeSync(fd, '\n') };
    return { fd, size };
  }
  /** Appends at once. @throws Error of the system */
  put(bytes: Uint8Array): void {
    const { fd } = this.ready();
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest));
  }
  /** Takes back what was appended beyond `size`. */
  cut(size: number): void {
    try {
      if (this.#fd !== undefined) ftruncateSync(this.#fd, size);
    } catch {
      // A half piece stays.
    }
  }
  /** Moves the files on when this one is full. @throws Error of the system */
  rotate(size: number): void {
    const { rotateBytes, keep = 5 } = this.#options;
    if (rotateBytes === undefined || size < rotateBytes) return;
    this.shut();
    for (let i = keep - 1; i > 0; i--) {
      const from = i === 1 ? this.path : `${this.path}.${i - 1}`;
      if (existsSync(from)) renameSync(from, `${this.path}.${i}`);
    }
  }
  shut(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd === undefined) return;
    try {
      closeSync(fd);
    } catch {
      // Nothing can be done about it.
    }
  }
}

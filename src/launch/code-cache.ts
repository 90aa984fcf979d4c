import { closeSync, fstatSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { forgetOld, isOwn, makeOwn } from './cache-folder.ts';

/** What a file of CommonJS is put between. */
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'] as const;

/** Bytes for the greatest part of the program: for the others the same memory is used again. */
const MOST_BYTES = 1 << 19;

type Compiled = (exports: unknown, require: unknown, module: unknown, file: string, folder: string) => void;

/**
 * Compiled code of the parts of the program, kept from one start to the next. For versions of Node that cannot keep it themselves.
 * What cannot be read, was changed, or was made for another version is ignored, and written again.
 */
export class CodeCache {
  readonly #folder: string;
  /** What was compiled in this process, by name of its file in the folder. */
  readonly #made = new Map<string, Script>();
  /** What is read stays in memory until a collection of garbage, which hardly comes before the start is over. */
  #bytes = Buffer.allocUnsafeSlow(MOST_BYTES);

  /** @param folder for one build and one version of Node; made when there is something to write */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Compiles a file of CommonJS. */
  compile(file: string): Compiled {
    const source = this.#source(file);
    const name = `${basename(file)}.code`;
    const cachedData = this.#read(name, file);
    const script = new Script(source, {
      ...{ filename: file, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER },
      ...(cachedData ? { cachedData } : {}),
    });
    if (!cachedData || script.cachedDataRejected) this.#made.set(name, script);
    return script.runInThisContext() as Compiled;
  }

  /** The start is over: writes what was not there, with all functions that have been compiled by now. Never throws. */
  save(): void {
    this.#bytes = Buffer.alloc(0);
    if (this.#made.size === 0) return;
    const made = [...this.#made];
    this.#made.clear();
    try {
      const parent = dirname(this.#folder);
      if (!makeOwn(parent) || !makeOwn(this.#folder)) return;
      for (const [name, script] of made) {
        const path = join(this.#folder, name);
        const unfinished = `${path}.${process.pid}`;
        writeFileSync(unfinished, script.createCachedData(), { mode: 0o600 });
        renameSync(unfinished, path);
      }
      forgetOld(parent, basename(this.#folder), Date.now());
    } catch {
      // The next start tries again.
    }
  }

  /** The text of a file in its wrapper. */
  #source(file: string): string {
    const fd = openSync(file, 'r');
    try {
      const [before, after] = WRAPPER;
      const read = this.#fill(fd, fstatSync(fd).size, before.length, after.length);
      this.#bytes.write(before, 0, 'latin1');
      this.#bytes.write(after, before.length + read.length, 'latin1');
      return this.#bytes.toString('utf8', 0, before.length + read.length + after.length);
    } finally {
      closeSync(fd);
    }
  }

  /** The code of a file that is older; undefined: there is none that can be trusted. */
  #read(name: string, file: string): Buffer | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(join(this.#folder, name), 'r');
      const stat = fstatSync(fd);
      const isTrusted = isOwn(stat) && stat.isFile() && stat.mtimeMs > statSync(file).mtimeMs;
      return isTrusted ? this.#fill(fd, stat.size) : undefined;
    } catch {
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /** Reads a file into the memory that is there for it, with room before and after it. Returns it, until the next call. */
  #fill(fd: number, size: number, before = 0, after = 0): Buffer {
    if (before + size + after > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(before + size + after);
    let end = before;
    for (let count = 1; count > 0 && end < before + size; end += count)
      count = readSync(fd, this.#bytes, end, before + size - end, null);
    return this.#bytes.subarray(before, end);
  }
}

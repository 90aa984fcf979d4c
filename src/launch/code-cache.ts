import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { forgetOld, isOwn, makeOwn } from './cache-folder.ts';

type Compiled = (exports: unknown, require: unknown, module: unknown, file: string, folder: string) => void;

/**
 * Compiled code of the parts of the program, kept from one start to the next. For versions of Node that cannot keep it themselves.
 * What cannot be read, was changed, or was made for another version is ignored, and written again.
 */
export class CodeCache {
  readonly #folder: string;
  /** What was compiled in this process, by name of its file in the folder. */
  readonly #made = new Map<string, Script>();

  /** @param folder for one build and one version of Node; made when there is something to write */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Compiles a file of CommonJS. */
  compile(file: string): Compiled {
    const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
    const name = `${basename(file)}.code`;
    const cachedData = this.#read(name, file);
    const script = new Script(source, {
      ...{ filename: file, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER },
      ...(cachedData ? { cachedData } : {}),
    });
    if (!cachedData || script.cachedDataRejected) this.#made.set(name, script);
    return script.runInThisContext() as Compiled;
  }

  /** Writes what was not there, with all functions that have been compiled by now. Never throws. */
  save(): void {
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

  /** The code of a file that is older; undefined: there is none that can be trusted. */
  #read(name: string, file: string): Buffer | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(join(this.#folder, name), 'r');
      const stat = fstatSync(fd);
      return isOwn(stat) && stat.isFile() && stat.mtimeMs > statSync(file).mtimeMs ? readFileSync(fd) : undefined;
    } catch {
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}

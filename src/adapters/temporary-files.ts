import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that is removed when it is not needed any more. */
export interface TemporaryFile {
  readonly path: string;
  remove(): void;
}

/** Files for the tasks of runs, which only this user can read, in a directory of their own. It is made with the first one. */
export class TemporaryFiles {
  #directory: string | undefined;
  #count = 0;

  /** Writes a text; undefined: that is not possible. */
  write(name: string, text: string): TemporaryFile | undefined {
    try {
      this.#directory ??= mkdtempSync(join(tmpdir(), 'whenever-run-'));
      this.#count += 1;
      const path = join(this.#directory, `${this.#count}-${name}`);
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      return { path, remove: () => rmSync(path, { force: true }) };
    } catch {
      // The directory was removed: the next one is made anew.
      this.#directory = undefined;
      return undefined;
    }
  }
  /** Removes the directory with all that is in it. */
  close(): void {
    if (this.#directory === undefined) return;
    rmSync(this.#directory, { recursive: true, force: true });
    this.#directory = undefined;
  }
}

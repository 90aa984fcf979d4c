import type { ScratchFiles } from '../../src/hooks/hook-events.ts';

/** Files of runs, in memory. */
export class FakeScratch implements ScratchFiles {
  /** Those that are there, by path. */
  readonly files = new Map<string, string>();
  #count = 0;

  write(name: string, text: string): ReturnType<ScratchFiles['write']> {
    this.#count += 1;
    const path = `/scratch/${this.#count}-${name}`;
    this.files.set(path, text);
    return { path, remove: () => this.files.delete(path) };
  }
  close(): void {
    this.files.clear();
  }
}

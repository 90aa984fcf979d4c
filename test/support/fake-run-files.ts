import type { RunFile, RunFiles } from '../../src/core/ports.ts';

/** Files of runs in memory. */
export class FakeRunFiles implements RunFiles {
  /** What is there now, by path. */
  readonly there = new Map<string, string>();
  /** All that was ever written, in order. */
  readonly written: string[] = [];
  /** Why no file can be written. */
  failure: string | undefined;

  async write(name: string, content: string | Uint8Array): Promise<RunFile> {
    if (this.failure !== undefined) throw new Error(this.failure);
    const text = typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
    const path = `/run/${this.written.push(text)}-${name}`;
    this.there.set(path, text);
    return {
      path,
      remove: () => {
        this.there.delete(path);
      },
    };
  }
}

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { HistoryStore, type HistoryStoreOptions } from '../../src/adapters/history/store.ts';
import type { HistoryLine, RunLine, RunOutcome, StartLine } from '../../src/history/history-line.ts';

/** When lines of a test are written, unless they say so. */
export const THEN = Date.UTC(2026, 10, 10, 12);

const at = (ms: number) => ({ time: new Date(ms).toISOString(), session: 's1' });

export const startLine = (ms = THEN): StartLine => ({
  kind: 'start',
  ...at(ms),
  ...{ format: 1, version: '2', pid: 1, config: '/c.toml', zone: 'UTC', tick_seconds: 5, paused: false },
});

export const claimLine = (condition: string, run: string, ms = THEN): HistoryLine => ({
  kind: 'claim',
  ...at(ms),
  ...{ condition, run, cause: 'tick-1', tasks: ['T'], code: 'due', why: 'due' },
});

export const runLine = (condition: string, run: string, ms = THEN, outcome: RunOutcome = 'success'): RunLine => ({
  kind: 'run',
  ...at(ms),
  ...{ condition, run, cause: 'tick-1', began: new Date(ms - 250).toISOString(), seconds: 0.25, outcome, why: 'due' },
  tasks: [{ task: 'T', outcome }],
});

/** A directory of a history, in a folder of its own. */
export class HistoryFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'whenever-history-'));
  readonly directory = join(this.root, 'whenever', 'c.toml-00000000');
  readonly warnings: string[] = [];
  readonly #stores: HistoryStore[] = [];

  /** Opens the history as a program does that starts. */
  open(options: HistoryStoreOptions = {}): HistoryStore {
    const store = new HistoryStore(this.directory, (text) => this.warnings.push(text), { now: () => THEN, ...options });
    this.#stores.push(store);
    return store;
  }
  path(name: string): string {
    return join(this.directory, name);
  }
  /** All but a snapshot that is being written. */
  get files(): readonly string[] {
    return readdirSync(this.directory)
      .filter((name) => name !== 'state.json.tmp')
      .sort();
  }
  text(name: string): string {
    const bytes = readFileSync(this.path(name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  }
  write(name: string, text: string | Uint8Array): void {
    writeFileSync(this.path(name), text);
  }
  /** The runs of all segments, by what was written in their `run`. */
  get runs(): readonly string[] {
    return this.files
      .filter((name) => /\.jsonl(\.gz)?$/.test(name))
      .flatMap((name) => this.text(name).split('\n'))
      .flatMap((text) => {
        try {
          const { kind, run } = JSON.parse(text) as { readonly kind: string; readonly run: string };
          return kind === 'run' ? [run] : [];
        } catch {
          return [];
        }
      });
  }
  remove(): void {
    for (const store of this.#stores) store.close();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Applies what a program does with a line: the state takes it, then it is written. */
export const record = ({ state, writer }: HistoryStore, ...lines: readonly HistoryLine[]): void => {
  for (const line of lines) {
    state.apply(line);
    writer.write([line]);
  }
};

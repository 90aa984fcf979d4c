import { closeSync, openSync, readdirSync, readFileSync, statSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '../../call-safely.ts';
import { type HistoryLine, type HistoryWriter, parseHistoryLine } from '../../history/history-line.ts';
import { HistoryState } from '../../history/history-state.ts';
import { makeDirectory } from '../mkdir.ts';

/** The history of one configuration in its directory: read at the start, then written line by line. */
export class HistoryStore {
  readonly state = new HistoryState();
  readonly writer: HistoryWriter;
  /** When the last instance was known to run, wall-clock ms. */
  readonly aliveUntil: number = 0;
  readonly #fd: number | undefined;

  /** @param warn called when something is wrong with the directory. */
  constructor(directory: string, warn: (text: string) => void) {
    const path = join(directory, `${new Date().toISOString().slice(0, 7)}.jsonl`);
    try {
      makeDirectory(directory, 0o700);
      for (const name of readdirSync(directory).sort())
        for (const text of readFileSync(join(directory, name), 'utf8').split('\n')) {
          const line = parseHistoryLine(text);
          if (line) this.state.apply(line);
        }
      this.aliveUntil = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      this.#fd = openSync(path, 'a', 0o600);
    } catch (error) {
      warn(`the history is not kept: ${describeError(error, true)}`);
    }
    const fd = this.#fd;
    this.writer = {
      write: (line: HistoryLine) => {
        if (fd !== undefined) writeSync(fd, `${JSON.stringify(line)}\n`);
      },
      alive: () => {
        if (fd !== undefined) utimesSync(path, new Date(), new Date());
      },
    };
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}

import { HistoryEntries, type HistoryEntry, type RunFilter } from './history-entries.ts';
import type { HistoryLine, HistoryWriter, KeptOutput } from './history-line.ts';

/** Lines that are kept in memory, and characters of output in them. */
const MOST_LINES = 3000;
const MOST_OUTPUT = 1 << 22;

const outputLength = ({ stdout = '', stderr = '', log = '' }: KeptOutput): number =>
  stdout.length + stderr.length + log.length;
const lengthOf = (line: HistoryLine): number => (line.kind === 'task' || line.kind === 'run' ? outputLength(line) : 0);

/** The last lines of a history that is kept in memory only: about a thousand runs. */
export class RecentLines implements HistoryWriter {
  #lines: HistoryLine[] = [];
  #output = 0;

  write(lines: readonly HistoryLine[]): void {
    for (const line of lines) {
      this.#lines.push(line);
      this.#output += lengthOf(line);
    }
    // Seldom, so that the array is not moved for each line.
    if (this.#lines.length > 2 * MOST_LINES || this.#output > 2 * MOST_OUTPUT) this.#shorten();
  }
  alive(): void {}

  /** The entries, the newest first. @param alive whether the daemon is running */
  *entries(filter: RunFilter, alive: boolean): Generator<HistoryEntry, void> {
    const entries = new HistoryEntries(filter, alive);
    for (const line of this.#lines.toReversed()) yield* entries.take(line);
    yield* entries.rest();
  }

  #shorten(): void {
    let [at, output] = [this.#lines.length, 0];
    while (at > 0 && this.#lines.length - at < MOST_LINES) {
      output += lengthOf(this.#lines[at - 1]!);
      if (output > MOST_OUTPUT) break;
      at -= 1;
    }
    this.#lines = this.#lines.slice(at);
    this.#output = this.#lines.reduce((sum, line) => sum + lengthOf(line), 0);
  }
}

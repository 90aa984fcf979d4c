import type { HistoryLine, HistoryWriter } from '../../src/history/history-line.ts';
import { HistoryState } from '../../src/history/history-state.ts';

/** A history in memory, of which each instance reads what those before have written, as text. */
export class FakeHistory {
  readonly texts: string[] = [];
  #aliveUntil = 0;
  #instance = 0;
  /** How many more lines are written before the program is killed. */
  budget = Number.POSITIVE_INFINITY;

  get lines(): readonly HistoryLine[] {
    return this.texts.map((text) => JSON.parse(text) as HistoryLine);
  }
  /** The program is killed: what it does from now on has not happened. */
  get killed(): boolean {
    return this.budget <= 0;
  }
  /** The lines of one kind. */
  of<K extends HistoryLine['kind']>(kind: K): readonly (HistoryLine & { readonly kind: K })[] {
    return this.lines.filter((line): line is HistoryLine & { readonly kind: K } => line.kind === kind);
  }

  /** An instance begins; what an earlier one still writes is lost, as it was killed. */
  open(now: () => number): { state: HistoryState; writer: HistoryWriter; aliveUntil: number } {
    const state = new HistoryState();
    for (const line of this.lines) state.apply(line);
    this.#instance += 1;
    const instance = this.#instance;
    const writer: HistoryWriter = {
      write: (lines) => {
        // One call of the system: a kill comes before it or after it.
        if (instance !== this.#instance || this.killed) return;
        this.budget -= lines.length;
        this.texts.push(...lines.map((line) => JSON.stringify(line)));
      },
      alive: () => {
        if (instance === this.#instance && !this.killed) this.#aliveUntil = now();
      },
    };
    return { state, writer, aliveUntil: this.#aliveUntil };
  }
}

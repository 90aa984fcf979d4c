import type { Pending } from './ports.ts';

/** The names of conditions that events have fired (`scheduling.md` §5.4). A name is there once or not at all. */
export class Bucket implements Pending {
  readonly #names = new Set<string>();
  /** Told about each name that is new. */
  onAdd: (condition: string) => void = () => {};

  add(condition: string): boolean {
    if (this.#names.has(condition)) return false;
    this.#names.add(condition);
    this.onAdd(condition);
    return true;
  }
  has(condition: string): boolean {
    return this.#names.has(condition);
  }
  take(condition: string): boolean {
    return this.#names.delete(condition);
  }
}

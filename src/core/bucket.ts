import type { Pending } from './ports.ts';

/** The names of conditions that events have fired (`scheduling.md` §5.4), with the cause of the first. A name is there once or not at all. */
export class Bucket implements Pending {
  readonly #causes = new Map<string, string>();
  /** Told about each name that is new. */
  onAdd: (condition: string) => void = () => {};

  add(condition: string, cause: string): boolean {
    if (this.#causes.has(condition)) return false;
    this.#causes.set(condition, cause);
    this.onAdd(condition);
    return true;
  }
  has(condition: string): boolean {
    return this.#causes.has(condition);
  }
  take(condition: string): string | undefined {
    const cause = this.#causes.get(condition);
    this.#causes.delete(condition);
    return cause;
  }
  /** The cause of a name that is there. */
  causeOf(condition: string): string | undefined {
    return this.#causes.get(condition);
  }
}

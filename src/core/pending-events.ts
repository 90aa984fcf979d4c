import type { Ledger, OpenSpan } from '../journal/ledger.ts';
import type { PendingEvents } from './ports.ts';

/** The names of conditions that events have fired (`scheduling.md` §5.4), with the cause of the first. A name is there once or not at all. */
export class EventQueue implements PendingEvents {
  readonly #causes = new Map<string, string>();
  /** How long each name has been waiting, where somebody wants to know. */
  readonly #waits = new Map<string, OpenSpan>();
  readonly #journal: Ledger;
  /** Told about each name that is new. */
  onAdd: (condition: string) => void = () => {};

  constructor(journal: Ledger) {
    this.#journal = journal;
  }

  add(condition: string, cause: string): boolean {
    if (this.#causes.has(condition)) return false;
    this.#causes.set(condition, cause);
    const wait = this.#journal.span('wait', `condition/${condition}`, { cause, run: null }, () => ({ condition }));
    if (wait) this.#waits.set(condition, wait);
    this.onAdd(condition);
    return true;
  }
  has(condition: string): boolean {
    return this.#causes.has(condition);
  }
  take(condition: string): string | undefined {
    return this.#remove(condition, 'checked');
  }
  /** The name counts no longer; true when it was there. */
  drop(condition: string): boolean {
    return this.#remove(condition, 'dropped') !== undefined;
  }
  /** The cause of a name that is there. */
  causeOf(condition: string): string | undefined {
    return this.#causes.get(condition);
  }

  #remove(condition: string, outcome: 'checked' | 'dropped'): string | undefined {
    const cause = this.#causes.get(condition);
    this.#causes.delete(condition);
    this.#waits.get(condition)?.finish(() => ({ outcome }));
    this.#waits.delete(condition);
    return cause;
  }
}

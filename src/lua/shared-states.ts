import type { StateChange, StoredEntries } from './worker-messages.ts';

/** Whether what a change is about is there before it. */
const isThere = (before: StoredEntries | undefined, change: StateChange): boolean =>
  'key' in change ? (before?.some(([key]) => key === change.key) ?? false) : before !== undefined;

/** What a state is after a change; undefined: it is not there. */
const entriesAfter = (before: StoredEntries | undefined, change: StateChange): StoredEntries | undefined => {
  if (!('key' in change)) return change.entries;
  const others = before?.filter(([key]) => key !== change.key);
  return change.value === undefined ? others : [...(others ?? []), [change.key, change.value]];
};

/** Bytes that an entry takes at least. */
const ENTRY_BYTES = 32;

const sizeOf = (entries: StoredEntries): number =>
  entries.reduce(
    (sum, [key, value]) => sum + key.length + ENTRY_BYTES + (value instanceof Uint8Array ? value.length : 0),
    0,
  );

/** The shared states by name. The thread of the scripts has them, and the main thread what it has heard of them. */
export class SharedStates {
  readonly #states: Map<string, StoredEntries>;
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  constructor(states: Iterable<readonly [string, StoredEntries]> = []) {
    this.#states = new Map(states);
  }

  get(name: string): StoredEntries | undefined {
    return this.#states.get(name);
  }
  /** @param entries undefined: the state is removed */
  set(name: string, entries: StoredEntries | undefined): void {
    const before = this.#sizes.get(name) ?? 0;
    const after = entries === undefined ? 0 : sizeOf(entries);
    this.#bytes += after - before;
    if (entries === undefined) {
      this.#states.delete(name);
      this.#sizes.delete(name);
      return;
    }
    this.#states.set(name, entries);
    this.#sizes.set(name, after);
  }
  /** Carries out a change at once. Returns whether what it is about was there before. */
  change(change: StateChange): boolean {
    const before = this.get(change.name);
    this.set(change.name, entriesAfter(before, change));
    return isThere(before, change);
  }
  /** About how many bytes all of them would take after a change. */
  bytesAfter(change: StateChange): number {
    const after = entriesAfter(this.get(change.name), change);
    return this.#bytes - (this.#sizes.get(change.name) ?? 0) + (after === undefined ? 0 : sizeOf(after));
  }
  /** All of them, for another thread. */
  get all(): readonly (readonly [string, StoredEntries])[] {
    return [...this.#states];
  }
}

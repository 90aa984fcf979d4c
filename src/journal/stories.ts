import type { Transition } from './fact.ts';
import { type Entry, type Shelf, type Teller, Track } from './item-track.ts';
import { Ring } from './ring.ts';

const told = ({ given: _, unsaid: __, began: ___, ...chapter }: Entry): Transition => chapter;

/** The states of all items and how they came about. */
export class Stories implements Shelf {
  readonly teller: Teller;
  readonly ring: Ring<Entry>;
  #order = 0;
  readonly #tracks = new Map<string, Track>();

  /** @param length chapters kept of all items together; 0: all. */
  constructor(teller: Teller, length: number) {
    this.teller = teller;
    this.ring = new Ring(length);
  }

  order(more: number): number {
    this.#order += more;
    return this.#order;
  }

  track(key: string, state: string): Track {
    let track = this.#tracks.get(key);
    if (track === undefined) {
      track = new Track(key, state, this);
      this.#tracks.set(key, track);
    }
    return track;
  }

  /** What is known of an item (`condition/Backup`, or `Backup` of any section), a cause or a run, oldest first. */
  find(query: string): Transition[] {
    const named = query.includes('/')
      ? [query]
      : ['condition', 'task', 'event'].map((section) => `${section}/${query}`);
    // What is left in the ring of an item that is forgotten is found by its causes only.
    const keys = named.filter((key) => this.#tracks.has(key));
    const found = new Set<Entry>();
    for (const key of keys) for (const entry of this.#tracks.get(key)?.own.values ?? []) found.add(entry);
    for (const entry of this.ring.values)
      if (keys.includes(entry.key) || [entry.cause, entry.lastCause, entry.run, entry.lastRun].includes(query))
        found.add(entry);
    return [...found].sort((a, b) => a.seq - b.seq).map(told);
  }

  /** The items that are known, with their states. */
  get states(): ReadonlyMap<string, string> {
    return new Map([...this.#tracks].map(([key, { state }]) => [key, state]));
  }

  stateOf(key: string): string | undefined {
    return this.#tracks.get(key)?.state;
  }

  /** What was told last of one item. */
  lastOf(key: string): Transition | undefined {
    return this.#tracks.get(key)?.last;
  }

  /** Everything in the ring, oldest first. */
  get all(): Transition[] {
    return this.ring.values.map(told);
  }

  forget(key: string): void {
    this.#tracks.delete(key);
  }

  /** Says what has only been counted so far: a recording ends. */
  settle(): void {
    for (const track of this.#tracks.values()) track.settle();
  }
}

import type { Due } from './instance.ts';

interface Rank {
  readonly at: number;
  readonly version: number;
}
const before = (a: Rank, b: Rank): boolean => a.at < b.at || (a.at === b.at && a.version < b.version);

/** A queue ordered by `at`, then by `version`, least first. Entries are not removed but outdated: the caller knows by the version. */
export class Heap<T> {
  #entries: { readonly at: number; readonly version: number; readonly value: T }[] = [];

  get size(): number {
    return this.#entries.length;
  }
  /** The least entry, left where it is. */
  get first(): { readonly at: number; readonly version: number; readonly value: T } | undefined {
    return this.#entries[0];
  }
  push(at: number, version: number, value: T): void {
    const list = this.#entries;
    const entry = { at, version, value };
    let i = list.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, list[parent]!)) break;
      list[i] = list[parent]!;
      i = parent;
    }
    list[i] = entry;
  }
  /** Removes the least entry. */
  pop(): void {
    const list = this.#entries;
    const last = list.pop();
    if (last === undefined || list.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= list.length) break;
      if (child + 1 < list.length && before(list[child + 1]!, list[child]!)) child += 1;
      if (!before(list[child]!, last)) break;
      list[i] = list[child]!;
      i = child;
    }
    list[i] = last;
  }
  /** Removes the entries that `wanted` refuses. */
  keep(wanted: (entry: { readonly at: number; readonly version: number; readonly value: T }) => boolean): void {
    // A sorted array is a heap.
    this.#entries = this.#entries.filter(wanted).sort((a, b) => a.at - b.at || a.version - b.version);
  }
}

interface Entry {
  version: number;
  due: Due;
}

/** Outdated entries a queue may hold before it is cleared of them. */
const SLACK = 1000;

const same = (a: Due, b: Due): boolean =>
  a === b ||
  (typeof a === 'object' &&
    typeof b === 'object' &&
    ('wall' in a ? 'wall' in b && a.wall === b.wall : 'mono' in b && a.mono === b.mono));

/**
 * When each condition is to be looked at: cost follows what is due, not what exists. Those that know their instant wait in
 * queues ordered by it, one for each clock; the others are looked at on every tick; what waits for an event costs nothing.
 */
export class TimerQueue<T> {
  readonly #entries = new Map<T, Entry>();
  readonly #everyTick = new Set<T>();
  readonly #wall = new Heap<T>();
  readonly #mono = new Heap<T>();

  /** Says when `value` is to be looked at, instead of what was said before. */
  schedule(value: T, due: Due): void {
    const entry = this.#entries.get(value) ?? { version: 0, due: 'on-event' };
    if (same(entry.due, due)) return;
    if (entry.due === 'any-tick') this.#everyTick.delete(value);
    entry.version += 1;
    entry.due = due;
    this.#entries.set(value, entry);
    if (due === 'any-tick') this.#everyTick.add(value);
    else if (due !== 'on-event') {
      const heap = 'wall' in due ? this.#wall : this.#mono;
      heap.push('wall' in due ? due.wall : due.mono - (due.early ?? 0), entry.version, value);
      if (heap.size > 2 * this.#entries.size + SLACK)
        heap.keep((e) => this.#entries.get(e.value)?.version === e.version);
    }
  }

  /** Forgets a value for good: planned again, it could be taken for an entry that is outdated. */
  drop(value: T): void {
    this.#everyTick.delete(value);
    this.#entries.delete(value);
  }

  /** Whether something waits for an instant of the wall clock. */
  get watchesWall(): boolean {
    return this.#fresh(this.#wall) !== undefined;
  }

  /** Everything that is due at these instants (ms). What was in a queue is out of it: schedule it again. */
  due(wall: number, mono: number): T[] {
    const due = [...this.#everyTick];
    for (const [heap, now] of [
      [this.#wall, wall],
      [this.#mono, mono],
    ] as const) {
      for (let first = this.#fresh(heap); first !== undefined && first.at <= now; first = this.#fresh(heap)) {
        heap.pop();
        this.#entries.get(first.value)!.due = 'on-event';
        due.push(first.value);
      }
    }
    return due;
  }

  /** Milliseconds until something is due; 0 when something is looked at on every tick; Infinity when nothing is. */
  wait(wall: number, mono: number): number {
    if (this.#everyTick.size > 0) return 0;
    const left = (heap: Heap<T>, now: number) => (this.#fresh(heap)?.at ?? Number.POSITIVE_INFINITY) - now;
    return Math.max(0, Math.min(left(this.#wall, wall), left(this.#mono, mono)));
  }

  /** The least entry of a queue that still holds; outdated ones are thrown away on the way. */
  #fresh(heap: Heap<T>) {
    for (let first = heap.first; first !== undefined; first = heap.first) {
      if (this.#entries.get(first.value)?.version === first.version) return first;
      heap.pop();
    }
    return undefined;
  }
}

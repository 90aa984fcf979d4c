import { Heap } from './heap.ts';
import type { Due } from './instance.ts';

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
  plan(value: T, due: Due): void {
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

  /** Everything that is due at these instants (ms). What was in a queue is out of it: plan it again. */
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

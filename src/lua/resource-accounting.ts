import v8 from 'node:v8';
import vm from 'node:vm';
import { onAllocation } from './allocation.ts';

/** Between two looks that nothing else asked for. */
const EVERY_MS = 50;

type Collector = (how?: { type: 'minor' }) => void;
let collector: Collector | undefined;
/** V8's own collector, so that garbage is not taken for use. */
const collect = (): void => {
  if (collector === undefined) {
    v8.setFlagsFromString('--expose-gc');
    const found: unknown = vm.runInNewContext('globalThis.gc');
    collector = typeof found === 'function' ? (found as Collector) : () => {};
  }
  collector();
  // What is freed of byte arrays counts as freed with the next collection only, be it a small one.
  collector({ type: 'minor' });
};

/** Heap and byte arrays of this thread, in bytes. */
export const usedBytes = (): number => {
  const s = v8.getHeapStatistics();
  return s.used_heap_size + s.external_memory + s.malloced_memory;
};

/** Watches what the host's thread uses. */
export class MemoryLimit {
  readonly #limit: number;
  readonly #grew: (bytes: number) => void;
  #used = usedBytes();
  #lookedAt = 0;
  #over = false;

  /**
   * @param limit in bytes
   * @param hurry called when much was made, so that the running script is looked at soon
   * @param exhausted called when the limit is found to be reached by a single call
   * @param grew called with how much more is used than at the measurement before
   * @param tookMost whether the running script has taken most: then it is refused what does not fit. What another one asks for is
   * made, and the limit is reached.
   */
  constructor(
    limit: number,
    hurry: () => void,
    exhausted: () => void,
    grew: (bytes: number) => void,
    tookMost: () => boolean,
  ) {
    this.#limit = limit;
    this.#grew = grew;
    onAllocation(
      () => {
        hurry();
        if (!this.#measure()) return;
        exhausted();
        throw new RangeError('not enough memory');
      },
      (bytes) => {
        if (usedBytes() + bytes <= limit) return true;
        hurry();
        collect();
        return this.#look() + bytes <= limit || !tookMost();
      },
    );
  }

  /** True once the limit is reached; looks at most every 50 ms. `now` in ms. */
  over(now: number): boolean {
    if (!this.#over && now - this.#lookedAt >= EVERY_MS) {
      this.#lookedAt = now;
      this.#measure();
    }
    return this.#over;
  }

  #measure(): boolean {
    if (this.#over) return true;
    if (this.#look() <= this.#limit) return false;
    collect();
    this.#over = this.#look() > this.#limit;
    return this.#over;
  }

  #look(): number {
    const before = this.#used;
    this.#used = usedBytes();
    this.#grew(this.#used - before);
    return this.#used;
  }
}

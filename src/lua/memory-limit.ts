/**
 * Strings of Lua are byte arrays outside the JavaScript heap, which a heap limit does not bound. The interpreter makes each of them
 * with the constructor that is replaced here, so that a single huge one is refused before it is made and many are noticed soon.
 * To be imported before the interpreter.
 */
import v8 from 'node:v8';
import vm from 'node:vm';

const Bytes = globalThis.Uint8Array;

/** Bytes one string may have; more raises a Lua error. */
export const MAX_STRING_BYTES = 128 * 1024 * 1024;
/** Bytes of new byte arrays between two measurements of the memory. */
const ALLOCATION_STEP = 16 * 1024 * 1024;
/** Bytes of texts the interpreter works on between two checks of the clock. */
const WORK_STEP = 1024 * 1024;
/** Between two measurements that nothing else caused. */
const MEASURE_EVERY_MS = 50;

/** What the memory limit asks and reports. */
interface MemoryEvents {
  /** Called when much was made, so that the running script is checked soon. */
  checkClockSoon(): void;
  /** Called when a single call has reached the limit. */
  memoryExhausted(): void;
  /** Called with how much more is used than at the measurement before. */
  addMemoryGrowth(bytes: number): void;
  /** Whether the running script has used most memory: only that script is refused what does not fit. */
  isLargestUser(): boolean;
}

let work = 0;
let allocated = 0;
let watched: { readonly limit: MemoryLimit; readonly events: MemoryEvents } | undefined;

/** Counts the bytes an instruction or a short function has worked on, so that the clock is checked soon after. */
export const countWork = (bytes: number): void => {
  work += bytes;
  if (work < WORK_STEP) return;
  work = 0;
  watched?.events.checkClockSoon();
};

const countAllocation = (bytes: number): void => {
  if (bytes > MAX_STRING_BYTES || (bytes >= ALLOCATION_STEP && watched?.limit.hasRoom(bytes) === false))
    throw new RangeError('not enough memory');
  allocated += bytes;
  if (allocated < ALLOCATION_STEP) return;
  allocated = 0;
  watched?.limit.checkAllocations();
};

function CountedBytes(this: unknown, first?: unknown, ...rest: unknown[]): Uint8Array {
  if (typeof first === 'number') {
    countAllocation(first);
    return new Bytes(first);
  }
  return Reflect.construct(Bytes, first === undefined ? [] : [first, ...rest]) as Uint8Array;
}
CountedBytes.prototype = Bytes.prototype;
CountedBytes.BYTES_PER_ELEMENT = 1;
CountedBytes.of = (...values: number[]): Uint8Array => Bytes.of(...values);
// The built-in copies a byte array element by element, as any iterable, which took most of the interpreter's time.
CountedBytes.from = (source: Uint8Array | ArrayLike<number>): Uint8Array => {
  countAllocation(source.length);
  return new Bytes(source);
};

globalThis.Uint8Array = CountedBytes as unknown as Uint8ArrayConstructor;

type Collector = (how?: { type: 'minor' }) => void;
let collector: Collector | undefined;
/** Runs V8's garbage collector, so that garbage does not count as used. */
const collect = (): void => {
  if (collector === undefined) {
    v8.setFlagsFromString('--expose-gc');
    const found: unknown = vm.runInNewContext('globalThis.gc');
    collector = typeof found === 'function' ? (found as Collector) : () => {};
  }
  collector();
  // Freed byte arrays are only subtracted by the next collection, even a small one.
  collector({ type: 'minor' });
};

/** Heap and byte arrays of this thread, in bytes. */
export const usedBytes = (): number => {
  const s = v8.getHeapStatistics();
  return s.used_heap_size + s.external_memory + s.malloced_memory;
};

/** Bounds the memory of this thread. */
export class MemoryLimit {
  readonly #limit: number;
  readonly #events: MemoryEvents;
  #used = usedBytes();
  #measuredAt = 0;
  #over = false;

  /** @param limit in bytes */
  constructor(limit: number, events: MemoryEvents) {
    this.#limit = limit;
    this.#events = events;
    watched = { limit: this, events };
  }

  /** True once the limit is reached; measures at most every 50 ms. `now` in ms. */
  over(now: number): boolean {
    if (!this.#over && now - this.#measuredAt >= MEASURE_EVERY_MS) {
      this.#measuredAt = now;
      this.#exceeded();
    }
    return this.#over;
  }

  /** Called before a large byte array is made. */
  hasRoom(bytes: number): boolean {
    if (usedBytes() + bytes <= this.#limit) return true;
    this.#events.checkClockSoon();
    collect();
    return this.#measure() + bytes <= this.#limit || !this.#events.isLargestUser();
  }

  /** Called each time another 16 MiB of byte arrays were made. @throws RangeError to refuse the one being made. */
  checkAllocations(): void {
    this.#events.checkClockSoon();
    if (!this.#exceeded()) return;
    this.#events.memoryExhausted();
    throw new RangeError('not enough memory');
  }

  #exceeded(): boolean {
    if (this.#over) return true;
    if (this.#measure() <= this.#limit) return false;
    collect();
    this.#over = this.#measure() > this.#limit;
    return this.#over;
  }

  #measure(): number {
    const before = this.#used;
    this.#used = usedBytes();
    this.#events.addMemoryGrowth(this.#used - before);
    return this.#used;
  }
}

import type { Transition } from './fact.ts';

/** Bytes that an entry of a ring takes at least: its objects, its numbers and short names. */
const ENTRY_BYTES = 256;
/** What a character takes at most. */
const CHARACTER_BYTES = 2;

/** Characters of the excerpt of an output that a transition may get later; see `excerptOf`. */
const OUTPUT_CHARACTERS = 400;

/** About how many bytes an entry takes whose texts have so many characters together. */
export const entryBytes = (characters: number): number => ENTRY_BYTES + CHARACTER_BYTES * characters;

/** Bytes that a store or a topic keeps: more where more entries are asked for, so that entries of a usual size find room. */
export const KEPT_BYTES = 2 * 1024 * 1024;
/** Bytes for each entry, where the number of entries asks for more. */
const USUAL_ENTRY_BYTES = 2048;

/** The bytes that so many entries may take; see {@link KEPT_BYTES}. */
export const bytesFor = (length: number): number => Math.max(KEPT_BYTES, length * USUAL_ENTRY_BYTES);

/** About how many bytes a transition takes. */
export const transitionBytes = ({ why, reason = '' }: Pick<Transition, 'why' | 'reason'>): number =>
  entryBytes(OUTPUT_CHARACTERS + why.length + reason.length);

/** The last values, limited in number and in bytes, oldest first, and how many there have ever been. */
export class Ring<T> {
  readonly #capacity: number;
  readonly #mostBytes: number;
  /** Grows up to the capacity; from then on places are used again. */
  #values: (T | undefined)[] = [];
  /** The bytes of each value, at the same place. */
  #sizes: number[] = [];
  /** Where the oldest stands. */
  #first = 0;
  #length = 0;
  #bytes = 0;
  #total = 0;

  /** @param capacity values kept; 0: all of them, of any size. @param mostBytes bytes kept; the newest value is kept at any size. */
  constructor(capacity: number, mostBytes: number) {
    this.#capacity = capacity;
    this.#mostBytes = capacity === 0 ? Number.POSITIVE_INFINITY : mostBytes;
  }
  /** Keeps a value of about so many bytes. */
  push(value: T, bytes: number): void {
    this.#total += 1;
    const first = this.#first;
    if (this.#length === this.#capacity && this.#length > 0) {
      this.#bytes += bytes - this.#sizes[first]!;
      this.#values[first] = value;
      this.#sizes[first] = bytes;
      this.#first = first + 1 === this.#capacity ? 0 : first + 1;
    } else {
      const end = first + this.#length;
      const at = this.#capacity > 0 && end >= this.#capacity ? end - this.#capacity : end;
      if (this.#values.length === 0) {
        // Most rings of items have one value for long: an array that grows has room for 17.
        this.#values = [value];
        this.#sizes = [bytes];
      } else {
        this.#values[at] = value;
        this.#sizes[at] = bytes;
      }
      this.#length += 1;
      this.#bytes += bytes;
    }
    if (this.#bytes > this.#mostBytes) this.#shrink();
  }
  #shrink(): void {
    while (this.#bytes > this.#mostBytes && this.#length > 1) this.#drop();
  }
  #drop(): void {
    this.#bytes -= this.#sizes[this.#first]!;
    this.#values[this.#first] = undefined;
    this.#first = this.#first + 1 === this.#capacity ? 0 : this.#first + 1;
    this.#length -= 1;
  }
  /** Everything that is still here, oldest first. */
  get values(): T[] {
    const end = this.#first + this.#length;
    const kept = [...this.#values.slice(this.#first, end), ...this.#values.slice(0, Math.max(0, end - this.#capacity))];
    return (this.#capacity === 0 ? this.#values : kept) as T[];
  }
  /** How many there have ever been. */
  get total(): number {
    return this.#total;
  }
  /** How many are no longer here. */
  get dropped(): number {
    return this.#total - this.#length;
  }
  /** About how many bytes the values take. */
  get bytes(): number {
    return this.#bytes;
  }
}

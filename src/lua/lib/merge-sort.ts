import type { TString } from 'fengari/src/lstring.js';
import type * as lua from '../lua-api.ts';

/** Returns whether the number or text in a slot is sorted before another of its type. */
export type Before = (a: lua.TValue, b: lua.TValue) => boolean;

export const numbersBefore: Before = (a, b) => (a.value as number) < (b.value as number);

/** Compares texts by their bytes; the interpreter makes a second copy of each for that. */
export const textsBefore: Before = (a, b) =>
  Buffer.compare((a.value as TString).realstring, (b.value as TString).realstring) < 0;

/** Elements that one step sorts or merges. */
const AT_ONCE = 4000;

/** Merge sort in steps of less than a millisecond or two. */
export class MergeSort {
  /** The elements in order once {@link step} returns true. */
  sorted: lua.TValue[];
  readonly #before: Before;
  #other: lua.TValue[] = [];
  /** Elements of a sorted run; 0 before there is one. */
  #width = 0;
  #from = 0;
  #i = 0;
  #j = 0;

  constructor(elements: lua.TValue[], before: Before) {
    this.sorted = elements;
    this.#before = before;
  }

  step(): boolean {
    const n = this.sorted.length;
    if (this.#width === 0) {
      const run = this.sorted
        .slice(this.#from, this.#from + AT_ONCE)
        .sort((a, b) => (this.#before(a, b) ? -1 : this.#before(b, a) ? 1 : 0));
      for (let i = 0; i < run.length; i++) this.sorted[this.#from + i] = run[i]!;
      this.#from += AT_ONCE;
      if (this.#from < n) return false;
      this.#width = AT_ONCE;
      this.#beginAt(0);
    }
    if (this.#width >= n) return true;
    this.#merge();
    return this.#width >= n;
  }

  #beginAt(from: number): void {
    this.#from = this.#i = from;
    this.#j = Math.min(from + this.#width, this.sorted.length);
  }

  #merge(): void {
    const { sorted } = this;
    const other = this.#other;
    const middle = Math.min(this.#from + this.#width, sorted.length);
    const to = Math.min(this.#from + 2 * this.#width, sorted.length);
    for (let left = AT_ONCE; left > 0 && (this.#i < middle || this.#j < to); left--) {
      const first = this.#j >= to || (this.#i < middle && !this.#before(sorted[this.#j]!, sorted[this.#i]!));
      other.push(sorted[first ? this.#i++ : this.#j++]!);
    }
    if (this.#i < middle || this.#j < to) return;
    if (to < sorted.length) {
      this.#beginAt(to);
      return;
    }
    this.#other = [];
    this.sorted = other;
    this.#width *= 2;
    this.#beginAt(0);
  }
}

import type { Sample } from './exposition.ts';

/** Counts values by how large they are; cheap, and its size does not grow. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #max = 0;

  /** @param bounds the upper bounds of the buckets, ascending; one without bound follows them. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }
  get sum(): number {
    return this.#sum;
  }
  /** The greatest value so far; 0 without any. */
  get max(): number {
    return this.#max;
  }
  take(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > this.#bounds[at]!) at += 1;
    this.#counts[at]! += 1;
    this.#sum += value;
    if (value > this.#max) this.#max = value;
  }
  /** As Prometheus wants it: each bucket holds those below it too. */
  samples(labels: Readonly<Record<string, string>>): readonly Sample[] {
    const samples: Sample[] = [];
    let count = 0;
    for (const [i, own] of this.#counts.entries()) {
      count += own;
      const le = i < this.#bounds.length ? String(this.#bounds[i]) : '+Inf';
      samples.push({ suffix: '_bucket', labels: { ...labels, le }, value: count });
    }
    samples.push({ suffix: '_sum', labels, value: this.#sum }, { suffix: '_count', labels, value: count });
    return samples;
  }
}

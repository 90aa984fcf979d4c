/** The last so many values, oldest first, and how many there have ever been. */
export class Ring<T> {
  readonly #capacity: number;
  #values: T[] = [];
  /** Where the oldest stands once the ring is full. */
  #first = 0;
  #total = 0;

  /** @param capacity values kept; 0: all of them. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }
  /** Keeps a value; answers the one that had to go for it. */
  push(value: T): T | undefined {
    this.#total += 1;
    if (this.#capacity === 0 || this.#values.length < this.#capacity) {
      this.#values.push(value);
      return undefined;
    }
    const at = this.#first;
    const gone = this.#values[at];
    this.#values[at] = value;
    this.#first = at + 1 === this.#capacity ? 0 : at + 1;
    return gone;
  }
  /** Everything that is still here, oldest first. */
  get values(): T[] {
    return [...this.#values.slice(this.#first), ...this.#values.slice(0, this.#first)];
  }
  /** How many there have ever been. */
  get total(): number {
    return this.#total;
  }
  /** How many are no longer here. */
  get dropped(): number {
    return this.#total - this.#values.length;
  }
}

/** How long the story and the topic of a removed item are kept, in ms. */
const KEPT_MS = 3_600_000;

/** Items that have left the configuration, and are forgotten when their hour is over. */
export class Departures {
  readonly #mono: () => number;
  readonly #forget: (key: string) => void;
  /** When the hour of each is over (monotonic ms), earliest first. */
  readonly #until = new Map<string, number>();

  /** @param mono monotonic ms. @param forget told when the hour of an item is over. */
  constructor(mono: () => number, forget: (key: string) => void) {
    this.#mono = mono;
    this.#forget = forget;
  }
  /** It has left. */
  add(key: string): void {
    this.#until.delete(key);
    this.#until.set(key, this.#mono() + KEPT_MS);
    this.clear();
  }
  /** It has come back. */
  cancel(key: string): void {
    this.#until.delete(key);
  }
  /** Forgets those whose hour is over. */
  clear(): void {
    if (this.#until.size === 0) return;
    const now = this.#mono();
    for (const [key, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(key);
      this.#forget(key);
    }
  }
}

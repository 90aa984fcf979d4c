/** Told of what goes wrong with metrics: nothing of it is ever thrown at whoever tells one. */
export type OnError = (problem: string) => void;

/** Different complaints that one handler makes at most; what is wrong with each of a million names is not told a million times. */
const MOST = 100;

/** The complaints of one handler. */
export class Complaints {
  readonly #who: string;
  readonly #onError: OnError;
  readonly #made = new Set<string>();

  constructor(who: string, onError: OnError = () => {}) {
    this.#who = who;
    this.#onError = onError;
  }
  tell(problem: string): void {
    this.#onError(`${this.#who}: ${problem}`);
  }
  /** Tells it the first time only. */
  once(key: string, problem: string): void {
    if (this.#made.has(key) || this.#made.size >= MOST) return;
    this.#made.add(key);
    this.tell(problem);
  }
  /** What `work` answers; undefined, and a complaint, when it throws. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.once(problem, `record left out: ${problem}`);
      return undefined;
    }
  }
}

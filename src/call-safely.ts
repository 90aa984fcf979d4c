/** Those that failed and are remembered apart; more are counted together. */
const MOST = 1000;

interface Failures {
  readonly where: string;
  count: number;
}

/**
 * The one place that calls what listens: sinks, meters, handlers, subscribers. What they throw, or reject with later, holds
 * nothing up: it is counted, and said the first time.
 */
export class SafeCaller {
  /** Says a failure. What it throws is contained too. */
  report: (problem: string) => void;
  readonly #failures = new Map<unknown, Failures>();
  readonly #rest = {};

  constructor(say: (problem: string) => void = () => {}) {
    this.report = say;
  }

  /** Calls `act`. `who`: the listener, counted by itself. `where`: its name for a person. */
  call<A, B>(who: unknown, where: string, act: (a: A, b: B) => unknown, a: A, b: B): void {
    try {
      const done = act(a, b);
      if (isThenable(done)) done.then(undefined, (error: unknown) => this.failed(who, where, error));
    } catch (error) {
      this.failed(who, where, error);
    }
  }
  /** Counts a failure; says the first one of each listener. */
  failed(who: unknown, where: string, error: unknown): void {
    const known = this.#failures.get(who) ?? (this.#failures.size < MOST ? undefined : this.#failures.get(this.#rest));
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const kept = this.#failures.size < MOST - 1;
    this.#failures.set(kept ? who : this.#rest, { where: kept ? where : 'other listeners', count: 1 });
    this.#tell(`${where} failed: ${describeError(error, true)}`);
  }
  /** Says how often each has failed that has failed more than once, and begins to count anew. */
  reportCounts(): void {
    const all = [...this.#failures.values()];
    this.#failures.clear();
    for (const { where, count } of all) if (count > 1) this.#tell(`${where} failed ${count} times in all`);
  }

  #tell(problem: string): void {
    try {
      this.report(problem);
    } catch {
      // What says it fails too.
    }
  }
}

/** Whether a value is a promise, of whatever library. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** What was thrown in words, whatever it was. */
export const describeError = (error: unknown, short = false): string => {
  try {
    return short && error instanceof Error ? error.message : String(error);
  } catch {
    return 'a value that cannot be shown';
  }
};

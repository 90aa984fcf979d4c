/** Listeners whose failures are counted one by one; those of more are counted together. */
const MOST = 1000;

interface Failures {
  readonly where: string;
  count: number;
}

/**
 * Calls listeners: sinks, meters, handlers, subscribers. What they throw, or reject with later, stops nothing: it is counted, and
 * reported the first time.
 */
export class SafeCaller {
  /** Reports a failure. What it throws is ignored. */
  report: (problem: string) => void;
  readonly #failures = new Map<unknown, Failures>();
  readonly #rest = {};

  constructor(say: (problem: string) => void = () => {}) {
    this.report = say;
  }

  /** Calls `act`. `who`: the listener, counted by itself. `where`: its name in messages. */
  call<A, B>(who: unknown, where: string, act: (a: A, b: B) => unknown, a: A, b: B): void {
    try {
      const done = act(a, b);
      if (done !== undefined && isThenable(done))
        done.then(undefined, (error: unknown) => this.failed(who, where, error));
    } catch (error) {
      this.failed(who, where, error);
    }
  }
  /** Counts a failure; reports the first one of each listener. */
  failed(who: unknown, where: string, error: unknown): void {
    const known = this.#failures.get(who) ?? (this.#failures.size < MOST ? undefined : this.#failures.get(this.#rest));
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const kept = this.#failures.size < MOST - 1;
    this.#failures.set(kept ? who : this.#rest, { where: kept ? where : 'other listeners', count: 1 });
    this.#report(`${where} failed: ${describeError(error, true)}`);
  }
  /** Reports how often each listener has failed that failed more than once, and begins to count again. */
  reportCounts(): void {
    const all = [...this.#failures.values()];
    this.#failures.clear();
    for (const { where, count } of all) if (count > 1) this.#report(`${where} failed ${count} times in all`);
  }

  #report(problem: string): void {
    try {
      this.report(problem);
    } catch {
      // There is no other place to report it.
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

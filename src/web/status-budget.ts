/** Changes are gathered for so long before the status is asked for, in ms. */
const GATHER_MS = 50;
/** A status takes at most one part in so many of the daemon's time, averaged over so many ms. */
const SHARE = 200;
const AVERAGE_MS = 30_000;
/** A change after so long without one is alone: it may use the credit that a stream of changes leaves, in ms. */
const QUIET_MS = 1000;
const RESERVE_MS = 10_000;
/** What changes so soon after an action of the page is asked for without waiting, in ms. */
const ACTION_MS = 2000;
/** So many answers show what a status costs. */
const REMEMBERED = 32;

/** How often the daemon may be asked for its status. Times are ms of a monotonic clock. */
export class StatusBudget {
  readonly #now: () => number;
  /** From when on the daemon may be asked: the time since then is the credit. */
  #free: number;
  #lastChange = Number.NEGATIVE_INFINITY;
  #lastAction = Number.NEGATIVE_INFINITY;
  /** A change that came alone has not been asked for yet. */
  #alone = false;
  readonly #answers: { readonly conditions: number; readonly took: number }[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    // At the start as much is free as after a while of quiet.
    this.#free = now() - AVERAGE_MS;
  }

  /** Called when an action of the page was accepted. */
  acted(): void {
    this.#lastAction = this.#now();
  }
  /** Called when something has changed. */
  changed(): void {
    const now = this.#now();
    if (now - this.#lastChange >= QUIET_MS) this.#alone = true;
    this.#lastChange = now;
  }
  get #acting(): boolean {
    return this.#now() - this.#lastAction < ACTION_MS;
  }
  /** How long to wait before the status is asked for. */
  get wait(): number {
    if (this.#acting) return GATHER_MS;
    const free = this.#alone ? this.#free : Math.max(this.#free, this.#now() - AVERAGE_MS) + RESERVE_MS;
    return Math.max(GATHER_MS, free - this.#now());
  }
  /** Called when the status is asked for: what changes from now on is a change of its own. */
  asked(): void {
    this.#alone = false;
  }
  /**
   * Pays for an answer. The time that it took contains waiting on a loaded machine. What the daemon spends grows with the conditions,
   * so an answer costs at most what an earlier one of as many conditions, or of more, took.
   */
  spent(conditions: number, took: number): void {
    this.#answers.push({ conditions, took });
    if (this.#answers.length > REMEMBERED) this.#answers.shift();
    const bounds = this.#answers.filter((one) => one.conditions >= conditions).map((one) => one.took);
    const now = this.#now();
    const next = Math.max(this.#free, now - AVERAGE_MS) + Math.min(...bounds) * SHARE;
    // What an action asks for uses up the credit, and leaves no debt.
    this.#free = this.#acting ? Math.max(this.#free, Math.min(next, now)) : next;
  }
}

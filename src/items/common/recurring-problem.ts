import { showDuration } from '../../core/duration.ts';
import type { Clock } from '../../core/ports.ts';
import type { Logger, Mark } from '../../log/record.ts';

/** Trouble is over when there was none for so long, in ms. */
const QUIET_MS = 10_000;
/** Trouble that comes back sooner after its end than so many times that has to stay away for twice as long. */
const SOON = 60;
const MOST_QUIET_MS = 3_600_000;

/**
 * A problem that occurs again and again: one WARN when it begins and one when it is over, DEBUG in between. While it comes and
 * goes it counts as one problem, so that the log is not flooded.
 */
export class RecurringProblem {
  readonly #clock: Clock;
  #on = false;
  #closed = false;
  #count = 0;
  #began = 0;
  #ended = Number.NEGATIVE_INFINITY;
  #quietMs = QUIET_MS;
  /** The beginning or the end that is logged unless something else happens first. */
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Reports an occurrence. @param settleMs it is not logged if it is over sooner. */
  report(log: Logger, mark: Mark, text: string, settleMs = 0): void {
    if (!this.#on && settleMs > 0) {
      this.#after(settleMs, () => this.report(log, mark, text));
      return;
    }
    this.#cancel();
    log[this.#on ? 'debug' : 'warn'](mark, text);
    this.#count += 1;
    if (this.#on) return;
    this.#on = true;
    this.#began = this.#clock.mono();
    const soon = this.#began - this.#ended < SOON * this.#quietMs;
    this.#quietMs = soon ? Math.min(MOST_QUIET_MS, 2 * this.#quietMs) : QUIET_MS;
  }

  /** Reports that it works. */
  resolve(log: Logger, text: string): void {
    if (!this.#on) this.#cancel();
    if (!this.#on || this.#waiting) return;
    this.#ended = this.#clock.mono();
    this.#after(this.#quietMs, () => {
      const often = ` (it went wrong ${this.#count} times in ${showDuration(this.#ended - this.#began)})`;
      log.warn('PROC/OK', `${text}${this.#count > 1 ? often : ''}`);
      this.#on = false;
      this.#count = 0;
    });
  }

  /** Cancels what is pending, for good. */
  close(): void {
    this.#cancel();
    this.#closed = true;
  }

  #cancel(): void {
    this.#waiting?.abort();
    this.#waiting = undefined;
  }

  #after(ms: number, act: () => void): void {
    this.#cancel();
    if (this.#closed) return;
    const waiting = new AbortController();
    this.#waiting = waiting;
    void this.#clock.sleep(ms, waiting.signal).then(() => {
      if (waiting.signal.aborted) return;
      this.#waiting = undefined;
      act();
    });
  }
}

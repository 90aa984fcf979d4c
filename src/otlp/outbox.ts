import type { Sent } from './wire.ts';

/** Items of one batch, and items that wait at most; the defaults of the specification of OpenTelemetry. */
const [BATCH, MOST] = [512, 2048] as const;

/** After a failure the next try comes after so many ms, then twice as many, up to the last. */
const [FIRST_WAIT_MS, LAST_WAIT_MS] = [5000, 60_000] as const;

/** What an outbox needs. */
export interface OutboxOptions<T> {
  send(batch: T[]): Promise<Sent>;
  /** Between two batches that are not full, ms. */
  readonly everyMs: number;
  /** Called when items are lost, with their number and why, and when it works again. */
  lost(count: number, why: string): void;
  /** Called when nothing can be sent, with the reason; not again with the same one until something was sent. */
  stuck(why: string): void;
  /** Calls a function later; returns how not to. Default: timers that do not keep the program alive. */
  readonly later?: (ms: number, act: () => void) => () => void;
}

const timer = (ms: number, act: () => void): (() => void) => {
  const one = setTimeout(act, ms).unref();
  return () => clearTimeout(one);
};

/**
 * Items that wait to be sent, one batch at a time. What cannot be sent now is sent again, later and later; when too many wait, the oldest
 * are lost.
 */
export class Outbox<T> {
  readonly #options: OutboxOptions<T>;
  #waiting: T[] = [];
  #sending: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #waitMs: number = FIRST_WAIT_MS;
  /** Lost since the last report. */
  #lost = 0;
  #stuckBy = '';
  #closed = false;

  constructor(options: OutboxOptions<T>) {
    this.#options = options;
  }

  /** Takes an item; never waits. */
  add(item: T): void {
    if (this.#closed) return;
    this.#waiting.push(item);
    if (this.#waiting.length > MOST) {
      this.#waiting.shift();
      this.#lost += 1;
    }
    if (this.#sending !== undefined) return;
    if (this.#waiting.length >= BATCH && this.#stuckBy === '') this.#begin();
    else this.#cancel ??= this.#later(this.#options.everyMs);
  }

  /** Sends what waits. Resolves when it is sent or cannot be, at the latest after `limitMs`; what is left is lost. */
  async close(limitMs: number): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    let over: () => void = () => {};
    const late = new Promise<'late'>((resolve) => {
      over = (this.#options.later ?? timer)(limitMs, () => resolve('late'));
    });
    const all = (async () => {
      await this.#sending;
      while (this.#waiting.length > 0 && this.#stuckBy === '') await this.#send();
    })();
    const ended = await Promise.race([all, late]);
    over();
    this.#lost += this.#waiting.length;
    this.#waiting = [];
    this.#reportLost(ended === 'late' ? 'no answer came before the end' : this.#stuckBy);
  }

  #later(ms: number): () => void {
    return (this.#options.later ?? timer)(ms, () => {
      this.#cancel = undefined;
      this.#begin();
    });
  }

  #begin(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#sending = this.#send().finally(() => {
      this.#sending = undefined;
      if (this.#closed || this.#waiting.length === 0) return;
      if (this.#stuckBy !== '') this.#cancel = this.#later(this.#waitMs);
      else if (this.#waiting.length >= BATCH) this.#begin();
      else this.#cancel = this.#later(this.#options.everyMs);
    });
  }

  async #send(): Promise<void> {
    const batch = this.#waiting.splice(0, BATCH);
    const sent = await this.#options.send(batch);
    if (sent.how === 'sent') {
      this.#stuckBy = '';
      this.#waitMs = FIRST_WAIT_MS;
      this.#reportLost('too many waited while nothing could be sent');
      if (sent.rejected) this.#options.lost(sent.rejected.count, `the receiver has refused them: ${sent.rejected.why}`);
      return;
    }
    if (!sent.again) {
      this.#options.lost(batch.length, sent.why);
      return;
    }
    // The oldest are lost first.
    const room = Math.max(0, MOST - this.#waiting.length);
    this.#lost += Math.max(0, batch.length - room);
    this.#waiting.unshift(...batch.slice(Math.max(0, batch.length - room)));
    if (this.#stuckBy !== '') this.#waitMs = Math.min(LAST_WAIT_MS, 2 * this.#waitMs);
    if (sent.why !== this.#stuckBy) this.#options.stuck(sent.why);
    this.#stuckBy = sent.why;
  }

  #reportLost(why: string): void {
    if (this.#lost === 0) return;
    this.#options.lost(this.#lost, why);
    this.#lost = 0;
  }
}

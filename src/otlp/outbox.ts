import type { Sent } from './wire.ts';

/** Items of one batch, and items that wait at most; the defaults of the specification of OpenTelemetry. */
const [BATCH, MOST] = [512, 2048] as const;

/** After a failure the next try comes after so many ms, then twice as many, up to the last. */
const [FIRST_WAIT_MS, LAST_WAIT_MS] = [5000, 60_000] as const;

/** Reasons of losses that are reported one by one, and what the others are called. */
const [MOST_REASONS, OTHER_REASONS] = [10, 'other reasons'] as const;

/** What an outbox needs. */
export interface OutboxOptions<T> {
  send(batch: T[]): Promise<Sent>;
  /** Between two batches that are not full, ms. */
  readonly everyMs: number;
  /** Called at once with the number of items that are lost. */
  dropped(count: number): void;
  /** Called with what was lost and why; once more for all that follows for the same reason, when nothing is lost any more or at the end. */
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
  /** Why items were lost since something was sent without loss, with how many of them are not reported. */
  readonly #losses = new Map<string, number>();
  /** Items that could not wait any more. */
  #crowdedOut = 0;
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
      this.#crowdOut(1);
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
    this.#crowdOut(this.#waiting.length);
    this.#waiting = [];
    this.#lose(this.#crowdedOut, ended === 'late' ? 'no answer came before the end' : this.#stuckBy);
    this.#reportRest();
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
      if (this.#crowdedOut === 0 && !sent.rejected) this.#reportRest();
      this.#lose(this.#crowdedOut, 'more came than could be sent');
      this.#crowdedOut = 0;
      if (sent.rejected) {
        this.#options.dropped(sent.rejected.count);
        this.#lose(sent.rejected.count, `the receiver has refused them: ${sent.rejected.why}`);
      }
      return;
    }
    if (!sent.again) {
      this.#options.dropped(batch.length);
      this.#lose(batch.length, sent.why);
      return;
    }
    // The oldest are lost first.
    const room = Math.max(0, MOST - this.#waiting.length);
    this.#crowdOut(Math.max(0, batch.length - room));
    this.#waiting.unshift(...batch.slice(Math.max(0, batch.length - room)));
    if (this.#stuckBy !== '') this.#waitMs = Math.min(LAST_WAIT_MS, 2 * this.#waitMs);
    if (sent.why !== this.#stuckBy) this.#options.stuck(sent.why);
    this.#stuckBy = sent.why;
  }

  #crowdOut(count: number): void {
    this.#crowdedOut += count;
    this.#options.dropped(count);
  }

  /** A report is itself a record that is sent, as a rule: one for each loss would have no end. */
  #lose(count: number, why: string): void {
    if (count === 0) return;
    const first = !this.#losses.has(why) && this.#losses.size < MOST_REASONS;
    const key = first || this.#losses.has(why) ? why : OTHER_REASONS;
    this.#losses.set(key, first ? 0 : (this.#losses.get(key) ?? 0) + count);
    if (first) this.#options.lost(count, why);
  }

  #reportRest(): void {
    const losses = [...this.#losses];
    this.#losses.clear();
    for (const [why, count] of losses) if (count > 0) this.#options.lost(count, why);
  }
}

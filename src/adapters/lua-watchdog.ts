import type { LuaEnd } from '../core/ports.ts';
import { COUNTERS } from '../lua/worker-messages.ts';
import { endScript, type RunningScript } from './lua-requests.ts';

/** A thread that ends a script this much too late is ended, if it hangs in that script. */
export const OVERDUE_MS = 400;
/** Between two checks of a thread that is busy, and of one whose scripts all wait. */
const BUSY_CHECK_MS = 250;
const IDLE_CHECK_MS = 5000;

/** The thread that is watched. */
export interface WatchedThread {
  /** Its shared counters, by the indexes in `COUNTERS`. */
  readonly counters: Int32Array;
  readonly pending: ReadonlyMap<number, RunningScript>;
  /** Requests the end of a script. */
  stop(id: number, why: RunningScript['overdue']): void;
  /** Ends the thread at once; `guilty` is the script that is the reason, 0 when that is not known. */
  abort(end: LuaEnd, guilty: number): void;
}

/** Memory of the process in bytes; undefined while there is no free descriptor to read it. */
const residentBytes = (): number | undefined => {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
};

/** Watches a thread that has work: its progress, overdue scripts and its memory. */
export class LuaWatchdog {
  readonly #thread: WatchedThread;
  readonly #memoryBytes: number;
  readonly #stallMs: number;
  /** Undefined: not yet known. */
  #startRss = residentBytes();
  #timer: NodeJS.Timeout | undefined;
  #turns = 0;
  #turnedAt = 0;
  #checkAt = Number.POSITIVE_INFINITY;

  /** @param memoryBytes most it may use. @param stallMs longest time without progress. */
  constructor(thread: WatchedThread, memoryBytes: number, stallMs: number) {
    this.#thread = thread;
    this.#memoryBytes = memoryBytes;
    this.#stallMs = stallMs;
  }

  /** Called with the first script after an idle time. */
  begin(): void {
    this.#turnedAt = performance.now();
  }
  /** Called when a script was sent to the thread. */
  soon(): void {
    this.#checkBy(performance.now() + BUSY_CHECK_MS);
  }
  /** Called when no script is left. */
  end(): void {
    clearTimeout(this.#timer);
    this.#checkAt = Number.POSITIVE_INFINITY;
  }

  /** Checks at that instant of `performance.now()`, or before. */
  #checkBy(at: number): void {
    if (at >= this.#checkAt) return;
    clearTimeout(this.#timer);
    this.#checkAt = at;
    this.#timer = setTimeout(
      () => {
        this.#checkAt = Number.POSITIVE_INFINITY;
        try {
          this.#check();
        } finally {
          // Another check follows whatever happened in this one.
          if (this.#checkAt === Number.POSITIVE_INFINITY && this.#thread.pending.size > 0) this.soon();
        }
      },
      Math.max(0, at - performance.now()),
    );
  }

  #check(): void {
    const now = performance.now();
    const { counters, pending } = this.#thread;
    const turns = Atomics.load(counters, COUNTERS.turns);
    const current = Atomics.load(counters, COUNTERS.current);
    if (turns !== this.#turns || current === 0) {
      this.#turns = turns;
      this.#turnedAt = now;
    }
    const stalled = now - this.#turnedAt;
    if (this.#hasGrownTooLarge() && stalled > BUSY_CHECK_MS) {
      this.#thread.abort({ how: 'memory' }, current);
      return;
    }
    this.#endOverdue(now);
    const hanging = pending.get(current);
    if (stalled >= this.#stallMs || (hanging?.answered === true && stalled >= 2 * BUSY_CHECK_MS)) {
      this.#abortHanging(current, stalled);
      return;
    }
    const idle = Math.max(BUSY_CHECK_MS, Math.min(IDLE_CHECK_MS, this.#stallMs / 2));
    this.#checkBy(now + (current === 0 ? idle : BUSY_CHECK_MS));
    for (const entry of pending.values()) if (!entry.answered) this.#checkBy(entry.overdueAt);
  }

  #hasGrownTooLarge(): boolean {
    const resident = residentBytes();
    this.#startRss ??= resident;
    const grown = resident === undefined ? 0 : resident - (this.#startRss ?? 0);
    return grown > this.#memoryBytes * 1.5 + 256 * 1024 * 1024;
  }

  #endOverdue(now: number): void {
    for (const [id, entry] of this.#thread.pending) {
      if (now < entry.overdueAt || entry.answered) continue;
      endScript(entry, { how: entry.overdue });
      this.#thread.stop(id, entry.overdue);
    }
  }

  /** Ends a thread that hangs in a script; the reason of that script differs from the reason of the others. */
  #abortHanging(current: number, stalled: number): void {
    const hanging = this.#thread.pending.get(current);
    const name = hanging?.request.chunk ?? 'a script';
    if (hanging !== undefined) {
      const time = `${Math.round(stalled / 1000)} s`;
      endScript(hanging, { how: 'lost', reason: `ended because it held up all other scripts for ${time} in one call` });
    }
    this.#thread.abort({ how: 'lost', reason: `ended with the Lua host, which hung in one call of ${name}` }, current);
  }
}

import type { LuaEnd } from '../core/ports.ts';
import { COUNTERS } from '../lua/worker-messages.ts';
import { endScript, type RunningScript } from './lua-requests.ts';

/** A host that is late by this much in ending a script on time is given up, if that script is what it hangs in. */
export const OVERDUE_MS = 400;
/** Between two looks at a host that is busy, and at one whose scripts all wait. */
const BUSY_LOOK_MS = 250;
const IDLE_LOOK_MS = 5000;

/** The host that is watched, as it changes. */
export interface WatchedThread {
  /** What it counts, by the places of `PULSE`. */
  readonly counters: Int32Array;
  readonly pending: ReadonlyMap<number, RunningScript>;
  /** Asks it to end a script. */
  stop(id: number): void;
  /** Ends it at once; `guilty` is the script that is the reason, 0 when that is not known. */
  giveUp(end: LuaEnd, guilty: number): void;
}

/** Memory of the process in bytes; undefined while the system cannot say, as it needs a descriptor for it. */
const residentBytes = (): number | undefined => {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
};

/** Watches a host that has work: is it getting on, is anything overdue, how large has it grown? */
export class LuaWatchdog {
  readonly #host: WatchedThread;
  readonly #memoryBytes: number;
  readonly #stallMs: number;
  /** Undefined: not known yet. */
  #startRss = residentBytes();
  #timer: NodeJS.Timeout | undefined;
  #turns = 0;
  #turnedAt = 0;
  #lookAt = Number.POSITIVE_INFINITY;

  /** @param memoryBytes most it may use. @param stallMs how long it need not get on. */
  constructor(host: WatchedThread, memoryBytes: number, stallMs: number) {
    this.#host = host;
    this.#memoryBytes = memoryBytes;
    this.#stallMs = stallMs;
  }

  /** It has work after it had none. */
  begin(): void {
    this.#turnedAt = performance.now();
  }
  /** It has got a script. */
  soon(): void {
    this.#lookBy(performance.now() + BUSY_LOOK_MS);
  }
  /** It has no work. */
  end(): void {
    clearTimeout(this.#timer);
    this.#lookAt = Number.POSITIVE_INFINITY;
  }

  /** Looks at that instant of `performance.now()`, or before. */
  #lookBy(at: number): void {
    if (at >= this.#lookAt) return;
    clearTimeout(this.#timer);
    this.#lookAt = at;
    this.#timer = setTimeout(
      () => {
        this.#lookAt = Number.POSITIVE_INFINITY;
        try {
          this.#look();
        } finally {
          // Another look comes whatever happened in this one.
          if (this.#lookAt === Number.POSITIVE_INFINITY && this.#host.pending.size > 0) this.soon();
        }
      },
      Math.max(0, at - performance.now()),
    );
  }

  #look(): void {
    const now = performance.now();
    const { counters, pending } = this.#host;
    const turns = Atomics.load(counters, COUNTERS.turns);
    const current = Atomics.load(counters, COUNTERS.current);
    if (turns !== this.#turns || current === 0) {
      this.#turns = turns;
      this.#turnedAt = now;
    }
    const stalled = now - this.#turnedAt;
    const resident = residentBytes();
    this.#startRss ??= resident;
    const grown = resident === undefined ? 0 : resident - (this.#startRss ?? 0);
    if (grown > this.#memoryBytes * 1.5 + 256 * 1024 * 1024 && stalled > BUSY_LOOK_MS) {
      this.#host.giveUp({ how: 'memory' }, current);
      return;
    }
    for (const [id, entry] of pending) {
      if (now < entry.overdueAt || entry.answered) continue;
      endScript(entry, { how: 'timeout' });
      this.#host.stop(id);
    }
    const hanging = pending.get(current);
    if (stalled >= this.#stallMs || (hanging?.answered === true && stalled >= 2 * BUSY_LOOK_MS)) {
      this.#abandon(current, stalled);
      return;
    }
    const idle = Math.max(BUSY_LOOK_MS, Math.min(IDLE_LOOK_MS, this.#stallMs / 2));
    this.#lookBy(now + (current === 0 ? idle : BUSY_LOOK_MS));
    for (const entry of pending.values()) if (!entry.answered) this.#lookBy(entry.overdueAt);
  }

  /** It hangs in a script, which is told apart from those that end with it. */
  #abandon(current: number, stalled: number): void {
    const hanging = this.#host.pending.get(current);
    const name = hanging?.request.chunk ?? 'a script';
    if (hanging !== undefined) {
      const time = `${Math.round(stalled / 1000)} s`;
      endScript(hanging, { how: 'lost', reason: `ended because it held up all other scripts for ${time} in one call` });
    }
    this.#host.giveUp({ how: 'lost', reason: `ended with the Lua host, which hung in one call of ${name}` }, current);
  }
}

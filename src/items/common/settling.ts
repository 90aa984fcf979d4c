import type { PathChange } from '../../core/event-burst.ts';
import type { SettlingFiles } from '../../core/instance.ts';
import type { Clock } from '../../core/ports.ts';

/** The most paths that are waited for; the changes of more are passed on at once. */
export const MOST_SETTLING = 10_000;
/** A path that changes for so long, or for ten times the time that it has to be quiet, is reported once, in ms. */
const RESTLESS_MS = 60_000;

/** A path that changes. Instants are monotonic ms. */
interface Settling {
  readonly kind: PathChange['kind'];
  readonly since: number;
  readonly due: number;
  /** It was reported that it does not come to rest. */
  reported: boolean;
}

/** What is done with paths that settle. */
interface SettlingListener {
  /** Called when a path has not changed for long enough, or was removed, with all that has happened to it as one change. */
  settled(change: PathChange): void;
  /** Called once for a path that goes on changing, with how long it has. */
  restless(path: string, ms: number): void;
  /** Called once when there are too many paths. */
  full(): void;
}

/** Keeps changes back until their path has not changed for some time. */
export class SettlingPaths {
  readonly #clock: Clock;
  readonly #quietMs: number;
  readonly #listener: SettlingListener;
  /** In the order in which they are due: what changes again goes to the end. */
  readonly #paths = new Map<string, Settling>();
  readonly #closed = new AbortController();
  #waiting = false;
  #full = false;

  /** @param quietMs how long a path must not change. */
  constructor(clock: Clock, quietMs: number, listener: SettlingListener) {
    this.#clock = clock;
    this.#quietMs = quietMs;
    this.#listener = listener;
  }

  /** @param from the path that it had before */
  add({ kind, path }: PathChange, from?: string): void {
    const now = this.#clock.mono();
    const before = this.#paths.get(path);
    const old = from === undefined ? undefined : this.#paths.get(from);
    this.#paths.delete(path);
    if (from !== undefined) this.#paths.delete(from);
    if (kind === 'remove') {
      // What has come and gone meanwhile was never there.
      if (before?.kind !== 'create') this.#listener.settled({ kind, path });
      return;
    }
    if (this.#paths.size >= MOST_SETTLING) {
      if (!this.#full) this.#listener.full();
      this.#full = true;
      this.#listener.settled({ kind, path });
      return;
    }
    const first = before ?? old;
    const one: Settling = {
      // A file that is new stays new, whatever its name is by now.
      kind: first?.kind === 'create' || kind === 'modify' ? (first?.kind ?? kind) : kind,
      since: first?.since ?? now,
      due: now + this.#quietMs,
      reported: first?.reported ?? false,
    };
    this.#paths.set(path, one);
    this.#reportRestless(path, one, now);
    if (!this.#waiting) void this.#wait();
  }

  /** What it waits for now. */
  get files(): SettlingFiles | undefined {
    let oldest: [path: string, since: number] | undefined;
    for (const [path, { since }] of this.#paths) if (oldest === undefined || since < oldest[1]) oldest = [path, since];
    if (oldest === undefined) return undefined;
    const [path, since] = oldest;
    const age = this.#clock.mono() - since;
    return { path, since: this.#clock.wall() - age, more: this.#paths.size - 1, quietMs: this.#quietMs };
  }

  close(): void {
    this.#closed.abort('closed');
    this.#paths.clear();
  }

  #reportRestless(path: string, one: Settling, now: number): void {
    const ms = now - one.since;
    if (one.reported || ms < Math.max(RESTLESS_MS, 10 * this.#quietMs)) return;
    one.reported = true;
    this.#listener.restless(path, ms);
  }

  async #wait(): Promise<void> {
    this.#waiting = true;
    for (;;) {
      const [first] = this.#paths;
      if (first === undefined || this.#closed.signal.aborted) break;
      const [path, { kind, due }] = first;
      const left = due - this.#clock.mono();
      if (left > 0) {
        await this.#clock.sleep(left, this.#closed.signal);
        continue;
      }
      this.#paths.delete(path);
      this.#listener.settled({ kind, path });
    }
    this.#full = false;
    this.#waiting = false;
  }
}

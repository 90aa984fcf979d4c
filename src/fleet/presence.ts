import type { Clock } from '../core/ports.ts';
import { type PresenceEntry, presenceKey } from './entries.ts';
import type { SharedStore } from './shared-store.ts';

/** Between two changes of what is written, ms: so much less may be known of a node that was killed. */
const WRITTEN_EVERY_MS = 10_000;

/** A time without an interruption, in which the clock was right or was off, and the scheduler paused or not. Monotonic ms. */
interface Part {
  readonly number: number;
  readonly from: number;
  readonly isOff: boolean;
  readonly isPaused: boolean;
  to: number;
  /** The greatest one, ms ahead of the server. */
  skew: number;
  revision?: number;
  writtenAt: number;
}

interface PresenceDeps {
  readonly node: string;
  readonly session: string;
  readonly store: SharedStore;
  readonly clock: Clock;
  readonly tickMs: number;
  /** How far the clock of this node is ahead of that of the server, ms; undefined: it is not known. */
  skew(): number | undefined;
  paused(): boolean;
}

/** Writes when this node was connected, and how far its clock was off: `verify` says by that why something cannot be proved. */
export class PresenceLog {
  readonly #deps: PresenceDeps;
  #began = 0;
  #count = 0;
  #part: Part | undefined;
  /** Those that are over, and not written to their ends yet. */
  #over: Part[] = [];

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  /** The program takes part from now on, connected or not. */
  begin(): void {
    this.#began = this.#deps.clock.mono();
  }

  /** The connection is lost. */
  lost(): void {
    if (this.#part !== undefined) this.#over.push(this.#part);
    this.#part = undefined;
  }

  /** A server answers. Rejects with `UnreachableError`. @param since when it began to, monotonic ms. @param over this node takes no part any more */
  async beat(since: number, over = false): Promise<void> {
    const { clock, skew: skewNow, tickMs, paused } = this.#deps;
    const skew = skewNow();
    if (skew === undefined) return;
    const now = clock.mono();
    const [isOff, isPaused] = [Math.abs(skew) > tickMs, paused()];
    let from = since;
    if (this.#part !== undefined && (this.#part.isOff !== isOff || this.#part.isPaused !== isPaused)) {
      from = this.#part.to;
      this.lost();
    }
    this.#part ??= { number: ++this.#count, from, isOff, isPaused, to: now, skew, writtenAt: Number.NEGATIVE_INFINITY };
    const part = this.#part;
    part.to = now;
    if (Math.abs(skew) > Math.abs(part.skew)) part.skew = skew;
    for (const one of this.#over) {
      await this.#write(one, skew);
      this.#over = this.#over.filter((other) => other !== one);
    }
    if (!over && now - part.writtenAt < WRITTEN_EVERY_MS) return;
    await this.#write(part, skew);
    part.writtenAt = now;
  }

  async #write(part: Part, skew: number): Promise<void> {
    const { node, session, store, clock } = this.#deps;
    const key = presenceKey(node, session, part.number);
    const start = clock.wall() - skew - clock.mono();
    const at = (mono: number): number => Math.round(start + mono);
    const [began, from, to] = [at(this.#began), at(part.from), at(part.to)];
    const entry: PresenceEntry = {
      ...{ session, began, from, to, skew: Math.round(part.skew) },
      ...(part.isPaused ? { paused: true } : {}),
    };
    const value = JSON.stringify(entry);
    const { revision } = part;
    let written = revision === undefined ? await store.create(key, value) : await store.update(key, value, revision);
    if (written === undefined) {
      // An answer was lost, or the server has lost its last data.
      const present = await store.get(key);
      written = present ? await store.update(key, value, present.revision) : await store.create(key, value);
    }
    if (written !== undefined) part.revision = written;
  }
}

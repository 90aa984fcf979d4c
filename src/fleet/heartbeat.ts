import type { Clock } from '../core/ports.ts';
import { type NodeEntry, nodeKey, readNode } from './entries.ts';
import type { SharedEntry, SharedStore } from './shared-store.ts';

/** Between two beats, ms. */
export const BEAT_MS = 2000;
/** A node that was not heard for so long is dead, ms. */
export const DEAD_AFTER_MS = 10_000;
/** An answer that takes longer says nothing about the clock, ms. */
const LONGEST_TRIP_MS = 1000;

/** An entry of another instance with this name that does not change for so long was left by one that was killed, ms. */
const LEFT_AFTER_MS = 3000;

/** What a heart needs. */
export interface HeartbeatDeps {
  readonly node: string;
  readonly session: string;
  readonly store: SharedStore;
  readonly clock: Clock;
  /** Writes what the entry of the node refers to. Rejects with `UnreachableError`. */
  define(): Promise<void>;
  /** What the node says of itself, but for its clock. */
  entry(): Omit<NodeEntry, 'session' | 'skew' | 'began'>;
  /** Another instance uses the name of this node. @param began since when, by the clock of the server, wall-clock ms; undefined: it is not known */
  onNameTaken(began: number | undefined): void;
  /** The other instance does not use it any more: this one has it. */
  onNameFree(): void;
  onSkew(ms: number): void;
}

/** What another instance with this name has written last, and since when that is known, monotonic ms. */
interface Rival {
  readonly revision: number;
  readonly since: number;
  /** It was seen to change. */
  readonly isAlive: boolean;
}

/**
 * Writes at regular times that this node is alive, and measures how far its clock is from that of the server, which stamps what is
 * written. Of two instances with one name the one that has it keeps it: the other one writes nothing as long as it hears that heart.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  /** When it began to beat, monotonic ms. */
  #began: number | undefined;
  /** Of the last beat; undefined: this instance does not have the name. */
  #revision: number | undefined;
  /** The last revision of the key, of whichever instance; undefined: it is not there. */
  #present: number | undefined;
  /** When the beat with this revision was written, wall-clock ms of this node. */
  #written: { readonly revision: number; readonly at: number } | undefined;
  #seen: SharedEntry | undefined;
  #skew: number | undefined;
  #rival: Rival | undefined;

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  /** How far the clock of this node is ahead of that of the server, ms; undefined: it is not known. */
  get skew(): number | undefined {
    return this.#skew;
  }
  /** This instance has the name, and takes part. */
  get hasName(): boolean {
    return this.#revision !== undefined;
  }
  /** Another instance uses the name of this node: this one takes no part. */
  get nameTaken(): boolean {
    return this.#rival?.isAlive === true;
  }

  /** Called when a server answers again: what was not heard meanwhile says nothing. */
  onConnection(): void {
    if (this.#rival !== undefined) this.#rival = { ...this.#rival, since: this.#deps.clock.mono() };
  }

  /** Writes one beat, if this instance has the name or can have it. Rejects with `UnreachableError`. */
  async beat(over = false): Promise<void> {
    const { clock, node, store } = this.#deps;
    this.#began ??= clock.mono();
    if (!this.hasName && (over || !(await this.#isFree()))) return;
    if (!over) await this.#deps.define();
    const before = clock.wall();
    const revision = await this.#write(this.#value(over));
    if (revision === undefined) return;
    this.#has(revision);
    const took = clock.wall() - before;
    if (took < 0 || took > LONGEST_TRIP_MS) return;
    this.#written = { revision, at: before + took / 2 };
    this.#measure();
    if (this.#seen?.revision !== revision && store.connected) {
      const entry = await store.get(nodeKey(node));
      if (entry) this.see(entry);
    }
  }

  /** Takes an entry of this node. */
  see(entry: SharedEntry): void {
    this.#seen = entry;
    this.#measure();
  }

  #value(over: boolean): string {
    const { clock, session, entry } = this.#deps;
    const skew = this.#skew;
    const ran = clock.mono() - (this.#began ?? clock.mono());
    return JSON.stringify({
      ...{ session, ...entry() },
      ...(skew === undefined ? {} : { skew: Math.round(skew), began: Math.round(clock.wall() - skew - ran) }),
      ...(over ? { over } : {}),
    } satisfies NodeEntry);
  }

  async #write(value: string): Promise<number | undefined> {
    const { node, store } = this.#deps;
    const key = nodeKey(node);
    if (this.#revision !== undefined) {
      const written = await store.update(key, value, this.#revision);
      if (written !== undefined) return written;
      if (!(await this.#isFree())) return undefined;
    }
    const present = this.#present;
    return present === undefined ? await store.create(key, value) : await store.update(key, value, present);
  }

  #has(revision: number): void {
    const wasTaken = this.nameTaken;
    this.#revision = revision;
    this.#rival = undefined;
    if (wasTaken) this.#deps.onNameFree();
  }

  /** Whether no other instance uses the name, as far as is known. Rejects with `UnreachableError`. */
  async #isFree(): Promise<boolean> {
    const { node, session, store, clock } = this.#deps;
    const present = await store.get(nodeKey(node));
    this.#present = present?.revision;
    if (present === undefined) return true;
    const { revision, value } = present;
    const other = readNode(value);
    // A server that has lost its last data can have an entry again that an earlier instance has left.
    if (other?.session === session || other?.over || revision < (this.#revision ?? 0)) return true;
    const now = clock.mono();
    const known = this.#rival;
    if (known?.revision === revision) return now - known.since >= (known.isAlive ? DEAD_AFTER_MS : LEFT_AFTER_MS);
    const isAlive = known?.isAlive === true || revision > (known?.revision ?? this.#revision ?? revision);
    const wasTaken = this.nameTaken;
    this.#rival = { revision, since: now, isAlive };
    this.#revision = undefined;
    if (isAlive && !wasTaken) this.#deps.onNameTaken(other?.began);
    return false;
  }

  #measure(): void {
    if (this.#written === undefined || this.#seen?.revision !== this.#written.revision) return;
    this.#skew = this.#written.at - this.#seen.at;
    this.#deps.onSkew(this.#skew);
  }
}

import type { Clock } from '../core/ports.ts';
import { type NodeEntry, nodeKey, readNode } from './entries.ts';
import type { SharedEntry, SharedStore } from './shared-store.ts';

/** Between two beats, ms. */
export const BEAT_MS = 2000;
/** A node that was not heard for so long is dead, ms. */
export const DEAD_AFTER_MS = 10_000;
/** An answer that takes longer says nothing about the clock, ms. */
const LONGEST_TRIP_MS = 1000;

/** What a heart needs. */
export interface HeartbeatDeps {
  readonly node: string;
  readonly session: string;
  readonly store: SharedStore;
  readonly clock: Clock;
  /** What the node says of itself, but for its clock. */
  entry(): Omit<NodeEntry, 'session' | 'skew'>;
  /** Another instance uses the name of this node. */
  onNameTaken(session: string): void;
  onSkew(ms: number): void;
}

/**
 * Writes at regular times that this node is alive, and measures how far its clock is from that of the server, which stamps what is
 * written.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #revision: number | undefined;
  /** When the beat with this revision was written, wall-clock ms of this node. */
  #written: { readonly revision: number; readonly at: number } | undefined;
  #seen: SharedEntry | undefined;
  #skew: number | undefined;
  /** What another instance with this name has written last, and since when it is known, monotonic ms. */
  #other: { readonly revision: number; readonly since: number } | undefined;

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  /** How far the clock of this node is ahead of that of the server, ms; undefined: it is not known. */
  get skew(): number | undefined {
    return this.#skew;
  }
  /** Another instance uses the name of this node: this one takes no part. */
  get nameTaken(): boolean {
    return this.#other !== undefined;
  }

  /** Writes one beat. Rejects with `UnreachableError`. */
  async beat(over = false): Promise<void> {
    const { clock, node, session, store } = this.#deps;
    const before = clock.wall();
    const value = JSON.stringify({
      ...{ session, ...this.#deps.entry() },
      ...(this.#skew === undefined ? {} : { skew: Math.round(this.#skew) }),
      ...(over ? { over } : {}),
    } satisfies NodeEntry);
    const revision = await this.#write(value);
    if (revision === undefined) return;
    this.#revision = revision;
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

  async #write(value: string): Promise<number | undefined> {
    const { node, session, store, clock } = this.#deps;
    const key = nodeKey(node);
    if (this.#other !== undefined) return this.#writeAfterOther(key, value, this.#other);
    const revision =
      this.#revision === undefined ? await store.create(key, value) : await store.update(key, value, this.#revision);
    if (revision !== undefined) return revision;
    const present = await store.get(key);
    if (present === undefined) {
      this.#revision = undefined;
      return undefined;
    }
    const other = readNode(present.value);
    const isOwn = other?.session === session;
    // What an earlier instance has left does not change any more.
    if (!isOwn && other?.over !== true && this.#revision !== undefined && present.revision > this.#revision) {
      this.#other = { revision: present.revision, since: clock.mono() };
      this.#deps.onNameTaken(other?.session ?? '');
      return undefined;
    }
    this.#revision = present.revision;
    return await store.update(key, value, present.revision);
  }

  /** Takes the name back when the other instance is silent for so long that it is dead. */
  async #writeAfterOther(
    key: string,
    value: string,
    other: { readonly revision: number; readonly since: number },
  ): Promise<number | undefined> {
    const { store, clock } = this.#deps;
    const present = await store.get(key);
    if (present !== undefined && present.revision !== other.revision) {
      this.#other = { revision: present.revision, since: clock.mono() };
      return undefined;
    }
    if (clock.mono() - other.since < DEAD_AFTER_MS) return undefined;
    const revision =
      present === undefined ? await store.create(key, value) : await store.update(key, value, present.revision);
    if (revision !== undefined) this.#other = undefined;
    return revision;
  }

  #measure(): void {
    if (this.#written === undefined || this.#seen?.revision !== this.#written.revision) return;
    this.#skew = this.#written.at - this.#seen.at;
    this.#deps.onSkew(this.#skew);
  }
}

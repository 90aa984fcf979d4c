import type { LostRun, WonFiring } from '../core/fleet-port.ts';
import type { Clock } from '../core/ports.ts';
import { type ClaimEntry, readClaim, readFireKey } from './entries.ts';
import { DEAD_AFTER_MS } from './heartbeat.ts';
import type { FleetPeers } from './peers.ts';
import type { SharedEntry, SharedStore } from './shared-store.ts';

/** A firing of another node whose run goes on. */
interface RunningClaim {
  readonly entry: ClaimEntry;
  readonly revision: number;
  readonly at: number;
  /** Since when it is known here, monotonic ms. */
  readonly since: number;
  /** Since when its node is known to be dead, monotonic ms. */
  deadSince?: number;
}

/** What this node has written about a run of another one. */
interface Decision {
  readonly taken: ClaimEntry;
  /** The node that has died. */
  readonly node: string;
  /** When its run began. */
  readonly at: number;
}

interface LostRunsDeps {
  readonly node: string;
  readonly session: string;
  readonly store: SharedStore;
  readonly clock: Clock;
  readonly peers: Pick<FleetPeers, 'isDead'>;
  /** The hash of the definition that this node has of a condition; undefined: it does not have it. */
  hashOf(condition: string): string | undefined;
  /** This node has taken a firing over, with this revision. */
  won(key: string, entry: ClaimEntry, revision: number): WonFiring;
  onLost(lost: LostRun): void;
}

/** The runs of other nodes that go on, and what becomes of them when their nodes die. */
export class LostRuns {
  readonly #deps: LostRunsDeps;
  /** In the order of their revisions, those of this node included. */
  readonly #running = new Map<string, RunningClaim>();
  /** What is not known to be written. */
  readonly #deciding = new Map<string, Decision>();
  /** The last change that was seen. */
  #seen: number | undefined;

  constructor(deps: LostRunsDeps) {
    this.#deps = deps;
  }

  /** The least revision of a run that goes on, else that after the last change; undefined: none was seen. */
  get horizon(): number | undefined {
    if (this.#seen === undefined) return undefined;
    for (const { revision } of this.#running.values()) return revision;
    return this.#seen + 1;
  }

  /** Called when a server answers, before entries come: it can have lost data, and count anew. */
  onConnection(): void {
    this.#running.clear();
    this.#seen = undefined;
  }

  /** Takes an entry of a firing. */
  see({ key, value, revision, at }: SharedEntry): void {
    const { clock } = this.#deps;
    this.#seen = revision;
    const entry = readClaim(value);
    const known = this.#running.get(key);
    if (known && known.revision >= revision) return;
    this.#running.delete(key);
    if (entry?.state === 'running') this.#running.set(key, { entry, revision, at, since: clock.mono() });
  }

  /** Decides about the runs of nodes that have died, as far as no other node has. Rejects with `UnreachableError`. */
  async look(): Promise<void> {
    const { clock, peers, session: own } = this.#deps;
    const now = clock.mono();
    for (const [key, decision] of [...this.#deciding]) await this.#readBack(key, decision);
    for (const [key, claim] of [...this.#running]) {
      const { node, session, on_lost } = claim.entry;
      if (session === own || !peers.isDead(node, session, claim.since)) continue;
      claim.deadSince ??= now;
      const again = on_lost === 'rerun' && this.#canRepeat(key, claim.entry);
      // A node that has the condition may repeat it.
      const isFirst = again || on_lost === 'miss' || now - claim.deadSince > DEAD_AFTER_MS;
      if (isFirst) await this.#takeOver(key, claim, again);
    }
  }

  #canRepeat(key: string, { hash }: ClaimEntry): boolean {
    return this.#deps.hashOf(readFireKey(key).condition) === hash;
  }

  async #takeOver(key: string, { entry, revision, at }: RunningClaim, again: boolean): Promise<void> {
    const { store, node, session } = this.#deps;
    const from = [...(entry.from ?? []), entry.node];
    const taken: ClaimEntry = again
      ? { ...entry, node, session, from, state: 'running' }
      : { ...entry, from, state: 'lost', by: session };
    const decision = { taken, node: entry.node, at };
    this.#deciding.set(key, decision);
    const changed = await store.update(key, JSON.stringify(taken), revision);
    this.#deciding.delete(key);
    this.#running.delete(key);
    if (changed !== undefined) this.#decided(key, decision, changed);
  }

  /** Reads back what this node has decided without an answer. Rejects with `UnreachableError`. */
  async #readBack(key: string, decision: Decision): Promise<void> {
    const { store, session } = this.#deps;
    const present = await store.get(key);
    this.#deciding.delete(key);
    const entry = present && readClaim(present.value);
    const isOwn =
      decision.taken.state === 'lost'
        ? entry?.state === 'lost' && entry.by === session
        : entry?.state === 'running' && entry.session === session;
    if (present === undefined || !isOwn) return;
    this.#running.delete(key);
    this.#decided(key, decision, present.revision);
  }

  #decided(key: string, { taken, node, at: began }: Decision, revision: number): void {
    const { won, onLost } = this.#deps;
    const lost = { ...readFireKey(key), node, began };
    onLost(taken.state === 'running' ? { ...lost, won: won(key, taken, revision) } : lost);
  }
}

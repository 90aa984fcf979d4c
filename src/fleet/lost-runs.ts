import type { LostRun, WonFiring } from '../core/fleet-port.ts';
import type { Clock } from '../core/ports.ts';
import { type ClaimEntry, FIRES, readClaim, readFireKey } from './entries.ts';
import { DEAD_AFTER_MS } from './heartbeat.ts';
import type { FleetPeers } from './peers.ts';
import type { SharedEntry, SharedStore } from './shared-store.ts';

/** Firings are read so often while no node ends, ms: one can have asked for a firing after it was taken for dead. */
const READ_MS = 60_000;

/** A firing whose run goes on, or is lost and not yet known to be reported. */
interface OpenClaim {
  readonly entry: ClaimEntry;
  readonly revision: number;
  readonly at: number;
  /** Since when it is known here, monotonic ms. */
  readonly since: number;
  /** Since when its node is known to be dead, monotonic ms. */
  deadSince?: number;
}

/** Whether there is something to do if a node dies. The one that has written that a run is lost can die before it reports that. */
const isOpen = ({ state, by, reported }: ClaimEntry): boolean =>
  state === 'running' || (state === 'lost' && by !== undefined && reported !== true);

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
  readonly peers: Pick<FleetPeers, 'isDead' | 'nodeOf' | 'departures'>;
  /** The revision from which on firings have to be read. Rejects with `UnreachableError`. */
  first(): Promise<number>;
  /** The hash of the definition that this node has of a condition; undefined: it does not have it. */
  hashOf(condition: string): string | undefined;
  /** Nothing begins here now. */
  paused(): boolean;
  /** This node has taken a firing over, with this revision. */
  won(key: string, entry: ClaimEntry, revision: number): WonFiring;
  onLost(lost: LostRun): void;
  /** Firings were read: those that were written since this revision, with their revisions. Rejects with `UnreachableError`. */
  onRead(from: number, read: ReadonlyMap<string, number>): Promise<void>;
  /** A firing that this node has and that is seen to run may not run here. Rejects with `UnreachableError`. */
  onOwn(key: string, entry: ClaimEntry, revision: number): Promise<void>;
}

/**
 * The runs of other nodes that go on, and what becomes of them when their nodes die. Firings are not followed as they come: each node
 * would have as much to do as all of them ask for. They are read when a node has ended or is silent.
 */
export class LostRuns {
  readonly #deps: LostRunsDeps;
  /** Those of this node included. */
  readonly #open = new Map<string, OpenClaim>();
  /** What is not known to be written. */
  readonly #deciding = new Map<string, Decision>();
  /** The last change that was read. */
  #seen: number | undefined;
  /** When it was read, monotonic ms. */
  #readAt = 0;
  /** How many nodes had ended by then. */
  #departures = 0;
  #connections = 0;

  constructor(deps: LostRunsDeps) {
    this.#deps = deps;
  }

  /** The least revision of a run that goes on, else that after the last change; undefined: none was seen. */
  get horizon(): number | undefined {
    if (this.#seen === undefined) return undefined;
    let least = this.#seen + 1;
    for (const { revision } of this.#open.values()) least = Math.min(least, revision);
    return least;
  }

  /** Called when a server answers, before entries come: it can have lost data, and count anew. */
  onConnection(): void {
    this.#open.clear();
    this.#seen = undefined;
    this.#connections += 1;
  }

  /** Reads what has changed, if a run can have been lost. Rejects with `UnreachableError`. */
  async #read(): Promise<void> {
    const { clock, store, peers, first } = this.#deps;
    const [now, departures, connections] = [clock.mono(), peers.departures(), this.#connections];
    if (this.#seen !== undefined && departures === this.#departures && now - this.#readAt < READ_MS) return;
    const horizon = await first();
    const from = Math.max(horizon, (this.#seen ?? 0) + 1);
    const entries = await store.list(FIRES, from);
    if (connections !== this.#connections) return;
    // Another node has seen that these have ended.
    for (const [key, { revision }] of this.#open) if (revision < horizon) this.#open.delete(key);
    this.#seen = from - 1;
    for (const entry of entries) this.#see(entry);
    this.#readAt = now;
    this.#departures = departures;
    await this.#deps.onRead(from, new Map(entries.map(({ key, revision }) => [key, revision])));
  }

  #see({ key, value, revision, at }: SharedEntry): void {
    const { clock } = this.#deps;
    this.#seen = revision;
    const entry = readClaim(value);
    const known = this.#open.get(key);
    if (known && known.revision >= revision) return;
    this.#open.delete(key);
    if (entry && isOpen(entry)) this.#open.set(key, { entry, revision, at, since: clock.mono() });
  }

  /** Decides about the runs of nodes that have died, as far as no other node has. Rejects with `UnreachableError`. */
  async look(): Promise<void> {
    const { clock, peers, session: own, paused } = this.#deps;
    const now = clock.mono();
    await this.#read();
    for (const [key, decision] of [...this.#deciding]) await this.#readBack(key, decision);
    for (const [key, claim] of [...this.#open]) {
      const { node, session, on_lost, state } = claim.entry;
      if (state === 'lost') {
        await this.#lookAtReport(key, claim);
        continue;
      }
      if (session === own) {
        await this.#lookAtOwn(key, claim);
        continue;
      }
      if (!peers.isDead(node, session, claim.since)) continue;
      claim.deadSince ??= now;
      const again = on_lost === 'rerun' && this.#canRepeat(key, claim.entry);
      // Another machine repeats it, or this one after the pause.
      if (again && paused()) continue;

      // A node that has the condition may repeat it.
      const isFirst = again || on_lost === 'miss' || now - claim.deadSince > DEAD_AFTER_MS;
      if (isFirst) await this.#takeOver(key, claim, again);
    }
  }

  /** What is being decided is not known to be that of this node yet. */
  async #lookAtOwn(key: string, { entry, revision }: OpenClaim): Promise<void> {
    if (!this.#deciding.has(key)) await this.#deps.onOwn(key, entry, revision);
  }

  /** Reports what a node has died with that was to report it. */
  async #lookAtReport(key: string, { entry, revision, since }: OpenClaim): Promise<void> {
    const { peers, session } = this.#deps;
    const { by = '', from } = entry;
    if (by === session) await this.#setReported(key, entry, revision);
    else if (peers.isDead(peers.nodeOf(by), by, since)) {
      const taken = { ...entry, by: session };
      await this.#write(key, { taken, node: from?.at(-1) ?? entry.node, at: entry.began }, revision);
    }
  }

  /** It would begin in a pause: it is read back at the end of that. */
  #mustWait({ taken }: Pick<Decision, 'taken'>): boolean {
    return taken.state === 'running' && this.#deps.paused();
  }

  #canRepeat(key: string, { hash }: ClaimEntry): boolean {
    return this.#deps.hashOf(readFireKey(key).condition) === hash;
  }

  async #takeOver(key: string, { entry, revision, at }: OpenClaim, again: boolean): Promise<void> {
    const { node, session, clock } = this.#deps;
    const from = [...(entry.from ?? []), entry.node];
    const taken: ClaimEntry = again
      ? { ...entry, node, session, from, taken: clock.wall(), state: 'running' }
      : { ...entry, from, state: 'lost', by: session };
    await this.#write(key, { taken, node: entry.node, at }, revision);
  }

  async #write(key: string, decision: Decision, revision: number): Promise<void> {
    this.#deciding.set(key, decision);
    const changed = await this.#deps.store.update(key, JSON.stringify(decision.taken), revision);
    this.#deciding.delete(key);
    this.#open.delete(key);
    if (changed !== undefined) await this.#decided(key, decision, changed);
  }

  /** Reads back what this node has decided without an answer. Rejects with `UnreachableError`. */
  async #readBack(key: string, decision: Decision): Promise<void> {
    const { store, session } = this.#deps;
    if (this.#mustWait(decision)) return;
    const present = await store.get(key);
    this.#deciding.delete(key);
    const entry = present && readClaim(present.value);
    const isOwn =
      decision.taken.state === 'lost'
        ? entry?.state === 'lost' && entry.by === session
        : entry?.state === 'running' && entry.session === session;
    if (present === undefined || !isOwn) return;
    this.#open.delete(key);
    await this.#decided(key, decision, present.revision);
  }

  async #decided(key: string, { taken, node, at }: Decision, revision: number): Promise<void> {
    const { won, onLost, clock } = this.#deps;
    if (this.#mustWait({ taken })) {
      this.#deciding.set(key, { taken, node, at });
      return;
    }
    const lost = { ...readFireKey(key), node, began: at };
    if (taken.state === 'running') {
      onLost({ ...lost, won: won(key, taken, revision) });
      return;
    }
    onLost(lost);
    this.#open.set(key, { entry: taken, revision, at, since: clock.mono() });
    await this.#setReported(key, taken, revision);
  }

  /** Writes that a lost run is reported: no other node has to do it if this one dies. */
  async #setReported(key: string, entry: ClaimEntry, revision: number): Promise<void> {
    await this.#deps.store.update(key, JSON.stringify({ ...entry, reported: true } satisfies ClaimEntry), revision);
    this.#open.delete(key);
  }
}

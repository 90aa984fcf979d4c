import type { Clock } from '../core/ports.ts';
import { NODES, type NodeEntry, readNode } from './entries.ts';
import { BEAT_MS, DEAD_AFTER_MS } from './heartbeat.ts';
import type { SharedEntry } from './shared-store.ts';

/** What is known of another node. */
export interface Peer {
  readonly entry: NodeEntry;
  /** When its heart was heard last, monotonic ms. */
  readonly heard: number;
  dead: boolean;
  /** That it is silent is counted. */
  counted?: true;
}

interface PeersDeps {
  readonly node: string;
  readonly clock: Clock;
  /** Since when a server answers, monotonic ms; undefined: none does. */
  connectedSince(): number | undefined;
  /** A node is silent. */
  onDead(node: string): void;
}

/** The other nodes of a fleet, and which of them are dead. */
export class FleetPeers {
  readonly #deps: PeersDeps;
  readonly #all = new Map<string, Peer>();
  #departures = 0;
  /** When any heart was heard last, monotonic ms: hearts come in their order, so that those of other nodes were heard until then. */
  #listened = Number.NEGATIVE_INFINITY;

  constructor(deps: PeersDeps) {
    this.#deps = deps;
  }

  get all(): ReadonlyMap<string, Peer> {
    return this.#all;
  }

  /** A heart was heard: this is called for that of this node, too. */
  listen(): void {
    this.#listened = this.#deps.clock.mono();
  }

  /** Takes an entry of another node. Returns what it says; undefined: it is not one of this version. */
  see({ key, value }: SharedEntry): NodeEntry | undefined {
    const entry = readNode(value);
    if (entry === undefined) return undefined;
    const name = key.slice(NODES.length);
    const known = this.#all.get(name)?.entry;
    if (known && (known.session !== entry.session || (entry.over && !known.over))) this.#departures += 1;
    this.#all.set(name, { entry, heard: this.#deps.clock.mono(), dead: false });
    return entry;
  }

  /** How often an instance of another node has ended, or has become silent. */
  departures(): number {
    for (const peer of this.#all.values()) {
      if (peer.counted || peer.entry.over || !this.#isSilent(peer)) continue;
      peer.counted = true;
      this.#departures += 1;
    }
    return this.#departures;
  }

  /** Those that are alive. */
  get alive(): string[] {
    return [...this.#all].filter(([, peer]) => !peer.entry.over && !this.#isSilent(peer)).map(([name]) => name);
  }
  /** Those that are alive and do this task for others, by its hash. */
  aliveWith(task: string): string[] {
    return [...this.#all]
      .filter(([, peer]) => !peer.entry.over && !this.#isSilent(peer) && peer.entry.tasks?.includes(task))
      .map(([name]) => name);
  }

  /** Whether nothing can be expected of a node now: it has ended, or its heart was not heard for long. */
  isSilent(node: string): boolean {
    const peer = this.#all.get(node);
    return peer === undefined || peer.entry.over === true || this.#isSilent(peer);
  }

  /** The node whose last instance this is; "": none that is known. */
  nodeOf(session: string): string {
    for (const [name, { entry }] of this.#all) if (entry.session === session) return name;
    return '';
  }

  /** Whether an instance is dead, as far as can be known here. @param since when there was to be heard something of it, monotonic ms */
  isDead(node: string, session: string, since: number): boolean {
    const { clock, connectedSince, onDead } = this.#deps;
    const now = clock.mono();
    // What is not heard while no server answers says nothing.
    const listening = Math.max(since, connectedSince() ?? now);
    if (node === this.#deps.node) return now - listening > BEAT_MS;
    const peer = this.#all.get(node);
    if (peer === undefined) return now - listening > DEAD_AFTER_MS;
    if (peer.entry.session !== session || peer.entry.over) return now - listening > BEAT_MS;
    const isSilent = this.#isSilent(peer);
    if (isSilent && !peer.dead) {
      peer.dead = true;
      onDead(node);
    }
    return isSilent;
  }

  #isSilent({ heard }: Peer): boolean {
    const since = this.#deps.connectedSince();
    return since !== undefined && this.#listened - Math.max(heard, since) > DEAD_AFTER_MS;
  }
}

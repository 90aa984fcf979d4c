import type { Clock } from '../core/ports.ts';
import { byNode, hashesIn } from './definitions.ts';
import {
  type ClaimEntry,
  DEFINITIONS,
  FIRES,
  NODES,
  type NodeEntry,
  readClaim,
  readFireKey,
  readNode,
  readTwice,
  TWICE,
} from './entries.ts';
import { DEAD_AFTER_MS } from './heartbeat.ts';
import { type SharedEntry, type SharedStore, UnreachableError } from './shared-store.ts';

/** A key that is written to learn what the clock of the server shows. */
const PROBE = 'probe.clock';
/** How often another program may write it at the same moment. */
const PROBES = 5;

/** How a machine stands. `ended`: it has left in order. */
export type NodeState = 'alive' | 'silent' | 'ended';

/** A machine as the store has it. Instants are those of the clock of the server. */
export interface NodeReport {
  readonly node: string;
  readonly state: NodeState;
  /** Its scheduler is paused, or was when it was heard last. */
  readonly paused?: true;
  /** When it was heard last. */
  readonly heard: number;
  readonly version: string;
  readonly tags: readonly string[];
  /** How far its clock is ahead of that of the server, ms; null: it is not known yet. */
  readonly skew: number | null;
  /** The names of its shared conditions. */
  readonly shared: readonly string[];
  /** Those that are defined otherwise elsewhere, and where: other machines that are alive, and the file. */
  readonly differs: readonly { readonly condition: string; readonly from: readonly string[] }[];
}

/** A firing that the store knows. */
export interface ClaimReport {
  readonly condition: string;
  readonly key: string;
  readonly entry: ClaimEntry;
  /** Other machines that have run it, without a server; absent: none. */
  readonly alsoOn?: readonly string[];
  /** When it was last written, by the clock of the server. */
  readonly at: number;
}

/** What a fleet is like at one moment. */
export interface FleetSnapshot {
  /** By the clock of the server. */
  readonly now: number;
  /** Why that cannot be read, and `now` is by the clock of the one who asks; absent: it was read. */
  readonly refused?: string;
  readonly nodes: readonly NodeReport[];
  /** The runs that go on. */
  readonly running: readonly ClaimReport[];
}

/** What the clock of the server shows, or that of this machine if the server takes nothing. @throws UnreachableError */
const serverTime = async (store: SharedStore, clock: Clock): Promise<Pick<FleetSnapshot, 'now' | 'refused'>> => {
  for (let i = 0; i < PROBES; i++) {
    const before = clock.mono();
    const present = await store.get(PROBE);
    const value = String(clock.wall());
    let revision: number | undefined;
    try {
      revision = await (present === undefined
        ? store.create(PROBE, value)
        : store.update(PROBE, value, present.revision));
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      // Its disk can be full: it can be read all the same, or the next question says that it does not answer.
      return { now: clock.wall(), refused: error.message };
    }
    const written = revision === undefined ? undefined : await store.get(PROBE);
    if (written !== undefined && written.revision === revision)
      return { now: written.at + (clock.mono() - before) / 2 };
  }
  throw new UnreachableError('the clock of the server cannot be read: too many programs ask at once');
};

/** The firings that the store knows, in the order in which they were last written. @throws UnreachableError */
export const readClaims = async (store: SharedStore): Promise<readonly ClaimReport[]> => {
  const twice = new Map<string, string[]>();
  for (const { key, value } of await store.list(TWICE)) {
    const { node } = readTwice(value) ?? {};
    if (node === undefined) continue;
    const fire = FIRES + key.slice(TWICE.length, -node.length - 1);
    twice.set(fire, [...(twice.get(fire) ?? []), node]);
  }
  return (await store.list(FIRES)).flatMap(({ key, value, at }) => {
    const entry = readClaim(value);
    const alsoOn = twice.get(key);
    return entry === undefined ? [] : [{ ...readFireKey(key), entry, at, ...(alsoOn ? { alsoOn } : {}) }];
  });
};

const stateOf = ({ over }: NodeEntry, heard: number, now: number): NodeState => {
  if (over) return 'ended';
  return now - heard > DEAD_AFTER_MS ? 'silent' : 'alive';
};

interface Found {
  readonly node: string;
  readonly entry: NodeEntry;
  /** The hashes of its definitions. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly heard: number;
  readonly state: NodeState;
}

/** @param definitions the entries of definitions of all nodes */
const found = (
  { key, value, at }: SharedEntry,
  definitions: ReadonlyMap<string, readonly SharedEntry[]>,
  now: number,
): readonly Found[] => {
  const entry = readNode(value);
  if (entry === undefined) return [];
  const node = key.slice(NODES.length);
  const hashes = hashesIn(definitions.get(node) ?? [], entry.defined) ?? {};
  return [{ node, entry, hashes, heard: at, state: stateOf(entry, at, now) }];
};

/** Where conditions of a machine are defined otherwise. */
const differencesOf = (
  { node, hashes: own }: Found,
  all: readonly Found[],
  file: Readonly<Record<string, string>>,
): NodeReport['differs'] => {
  const others = all.filter((other) => other.node !== node && other.state === 'alive');
  const sources = [...others.map((other) => [other.node, other.hashes] as const), ['the file', file] as const];
  return Object.entries(own).flatMap(([condition, hash]) => {
    const from = sources
      .filter(([, hashes]) => hashes[condition] !== undefined && hashes[condition] !== hash)
      .map(([name]) => name);
    return from.length === 0 ? [] : [{ condition, from }];
  });
};

/**
 * Reads how the machines of a fleet stand, and what they run.
 * @param file the hashes of the shared conditions of the configuration that is at hand @throws UnreachableError
 */
export const readFleetSnapshot = async (
  store: SharedStore,
  clock: Clock,
  file: Readonly<Record<string, string>>,
): Promise<FleetSnapshot> => {
  const time = await serverTime(store, clock);
  const { now } = time;
  const definitions = byNode(await store.list(DEFINITIONS));
  const all = (await store.list(NODES)).flatMap((entry) => found(entry, definitions, now));
  const nodes = all
    .map((one) => ({
      ...{ node: one.node, state: one.state, heard: one.heard },
      ...{ version: one.entry.version, tags: one.entry.tags, skew: one.entry.skew ?? null },
      ...(one.entry.paused ? { paused: true as const } : {}),
      shared: Object.keys(one.hashes),
      differs: one.state === 'alive' ? differencesOf(one, all, file) : [],
    }))
    .sort((a, b) => (a.node < b.node ? -1 : 1));
  const running = (await readClaims(store)).filter(({ entry }) => entry.state === 'running');
  return { ...time, nodes, running };
};

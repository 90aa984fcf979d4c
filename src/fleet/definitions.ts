import type { Clock } from '../core/ports.ts';
import { DEFINITIONS, type DefinitionsEntry, definitionsOf, readDefined } from './entries.ts';
import { type SharedEntry, type SharedStore, unlessUnreachable } from './shared-store.ts';

/** So many conditions are one entry: a message of a server has at most 1 MB. */
const CONDITIONS_AN_ENTRY = 2000;
/** An entry that is older is written again: a server forgets what is old, ms. */
const RENEWED_MS = 86_400_000;

type Hashes = Readonly<Record<string, string>>;

/** The hashes of the definitions of all shared conditions of a node, and the hash of these. */
interface DefinedConditions {
  readonly hashes: Hashes;
  readonly digest: string;
}

interface DefinitionsDeps {
  readonly node: string;
  readonly session: string;
  readonly store: SharedStore;
  readonly clock: Clock;
  hash(text: string): string;
  /** The definitions of this node: the same map as long as they are the same. */
  definitions(): ReadonlyMap<string, string>;
  /** Another node has another definition of a condition. */
  onDifference(condition: string, node: string): void;
}

/** The hashes that a node has written, from its entries. Undefined: not all of them are those of this digest. */
export const hashesIn = (entries: readonly SharedEntry[], digest: string): Hashes | undefined => {
  const parts = entries
    .map(({ value }) => readDefined(value))
    .filter((part): part is DefinitionsEntry => part?.digest === digest);
  return parts[0]?.of === parts.length ? Object.assign({}, ...parts.map(({ shared }) => shared)) : undefined;
};

/** The entries of all nodes, by their names. */
export const byNode = (entries: readonly SharedEntry[]): ReadonlyMap<string, readonly SharedEntry[]> => {
  const found = new Map<string, SharedEntry[]>();
  for (const entry of entries) {
    const node = entry.key.slice(DEFINITIONS.length).split('.')[0]!;
    found.set(node, [...(found.get(node) ?? []), entry]);
  }
  return found;
};

/** Writes the definitions of this node into the store when they have changed, and compares them with those of other nodes. */
export class Definitions {
  readonly #deps: DefinitionsDeps;
  #own: (DefinedConditions & { readonly of: ReadonlyMap<string, string> }) | undefined;
  /** The digest that the store has, and since when. */
  #written: { readonly digest: string; readonly since: number } | undefined;
  /** By node: its digest and that of this node, which were compared. */
  readonly #compared = new Map<string, string>();
  readonly #differences = new Map<string, string>();

  constructor(deps: DefinitionsDeps) {
    this.#deps = deps;
  }

  get own(): DefinedConditions {
    const { definitions, hash } = this.#deps;
    const of = definitions();
    if (this.#own?.of !== of) {
      const pairs = [...of].map(([condition, text]) => [condition, hash(text)] as const);
      const sorted = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
      this.#own = { of, hashes: Object.fromEntries(pairs), digest: hash(JSON.stringify(sorted)) };
    }
    return this.#own;
  }

  /** Called when a server answers again: it can have lost what was written. */
  onConnection(): void {
    this.#written = undefined;
  }

  /** Writes what the store does not have. Rejects with `UnreachableError`. */
  async write(): Promise<void> {
    const { clock, session, store, node } = this.#deps;
    const { digest, hashes } = this.own;
    if (this.#written?.digest === digest && clock.wall() - this.#written.since < RENEWED_MS) return;
    const all = Object.entries(hashes);
    const of = Math.max(1, Math.ceil(all.length / CONDITIONS_AN_ENTRY));
    let since = clock.wall();
    for (let i = 0; i < of; i++) {
      const key = `${definitionsOf(node)}${i}`;
      const present = await store.get(key);
      const isThere = present && readDefined(present.value)?.digest === digest;
      if (isThere && clock.wall() - present.at < RENEWED_MS) {
        since = Math.min(since, present.at);
        continue;
      }
      const shared = Object.fromEntries(all.slice(i * CONDITIONS_AN_ENTRY, (i + 1) * CONDITIONS_AN_ENTRY));
      const value = JSON.stringify({ session, digest, of, shared } satisfies DefinitionsEntry);
      await (present === undefined ? store.create(key, value) : store.update(key, value, present.revision));
    }
    this.#written = { digest, since };
  }

  /** Compares with what another node says that it has. */
  async compare(node: string, digest: string): Promise<void> {
    const { own } = this;
    const both = `${digest} ${own.digest}`;
    if (digest === own.digest || this.#compared.get(node) === both) return;
    this.#compared.set(node, both);
    const entries = await unlessUnreachable(this.#deps.store.list(definitionsOf(node)));
    const hashes = hashesIn(entries ?? [], digest);
    // Its next heartbeat is compared.
    if (hashes === undefined) this.#compared.delete(node);
    for (const [condition, hash] of Object.entries(hashes ?? {}))
      if (own.hashes[condition] !== undefined && own.hashes[condition] !== hash) this.differs(condition, node, hash);
  }

  /** Another node has another definition of a condition, with this hash. */
  differs(condition: string, node: string, hash: string): void {
    const key = `${condition} ${node}`;
    if (this.#differences.get(key) === hash) return;
    this.#differences.set(key, hash);
    this.#deps.onDifference(condition, node);
  }
}

import type { Clock } from '../core/ports.ts';
import { type ClaimEntry, readClaim, readFireKey, type TwiceEntry, twiceKey } from './entries.ts';
import type { OwedFirings, OwedKeeper } from './owed-firings.ts';
import type { SharedStore } from './shared-store.ts';

/** For how long a node remembers the firings that it has got, ms. */
const REMEMBERED_MS = 600_000;

/** A firing that this node has got. */
interface OwnFiringEntry {
  readonly entry: ClaimEntry;
  readonly revision: number;
  readonly since: number;
}

interface OwnFiringsDeps {
  readonly store: SharedStore;
  readonly clock: Clock;
  readonly session: string;
  readonly keeper: OwedKeeper | undefined;
  /** Less is owed than before. */
  onPaid(): void;
  /** A firing has run here and on another node: without a server, or because a server has lost what it had confirmed. */
  onRanTwice(firing: { readonly condition: string; readonly key: string; readonly node: string }): void;
}

/** What a node has written about firings, and has still to write. */
export class OwnFirings {
  readonly #deps: OwnFiringsDeps;
  /** Firings that this node has got of late: a server that has lost its last data gets them again. */
  readonly #own = new Map<string, OwnFiringEntry>();
  /** Runs without a claim, and claims that may have been made, to be written when a server answers. */
  readonly #owed = new Map<string, ClaimEntry>();

  constructor(deps: OwnFiringsDeps) {
    this.#deps = deps;
  }

  /** It was written with this revision. */
  wrote(key: string, entry: ClaimEntry, revision: number): void {
    this.#own.set(key, { entry, revision, since: this.#deps.clock.mono() });
  }
  /** The last revision that was written; undefined: it is not known any more. */
  revision(key: string): number | undefined {
    return this.#own.get(key)?.revision;
  }
  /** What is not written yet, by its keys. */
  get owed(): OwedFirings['written'] {
    return [...this.#owed];
  }
  /** It is to be written when a server answers, by the next instance if this one is killed. */
  owe(key: string, entry: ClaimEntry): void {
    this.#owed.set(key, entry);
    this.#deps.keeper?.add(key, entry);
  }
  /** An earlier instance has not written this. */
  take(written: OwedFirings['written']): void {
    for (const [key, entry] of written) this.#owed.set(key, entry);
  }
  /** What was owed of a firing has changed. Another machine can have got it: then nothing of it is written any more. */
  change(key: string, entry: ClaimEntry): void {
    if (this.#owed.has(key) || this.#own.has(key)) this.owe(key, entry);
  }

  /**
   * Writes what this node knows of a firing that it has on the server, and that does not run here: what it has asked for can arrive long after it
   * has given it up. Rejects with `UnreachableError`.
   */
  async correct(key: string, found: ClaimEntry, revision: number): Promise<void> {
    const { store, clock } = this.#deps;
    const own = this.#own.get(key);
    // It is not lost: it runs, or what was found has been written since.
    if (this.#owed.has(key) || own?.entry.state === 'running' || (own && own.revision >= revision)) return;
    const entry: ClaimEntry = own?.entry ?? { ...found, state: 'missed', ended: clock.wall() };
    this.#isWritten(key, entry, await store.update(key, JSON.stringify(entry), revision));
  }

  /** Writes what is owed, as far as a server answers. */
  async pay(): Promise<void> {
    let isPaid = false;
    for (const [key, entry] of [...this.#owed]) {
      try {
        // What it has come to meanwhile is still owed.
        if (!(await this.#payOne(key, entry)) || this.#owed.get(key) !== entry) continue;
      } catch {
        break;
      }
      isPaid = this.#owed.delete(key) || isPaid;
    }
    if (isPaid) this.#deps.onPaid();
  }

  /** Forgets what is old. Rejects with `UnreachableError`. @param again write what the server has lost that was killed, or is another one */
  async restore(again: boolean): Promise<void> {
    const now = this.#deps.clock.mono();
    for (const [key, own] of [...this.#own]) {
      if (own.entry.state !== 'running' && now - own.since > REMEMBERED_MS) this.#own.delete(key);
      else if (again) await this.#restoreOne(key, own);
    }
  }

  /** Whether the server has lost that this node had got a firing, and given it to another one. */
  #isLostTo(own: ClaimEntry, other: ClaimEntry): boolean {
    const ran = ({ state }: ClaimEntry): boolean => state === 'running' || state === 'done';
    return ran(own) && ran(other) && !other.from?.includes(own.node);
  }

  /** Writes one entry. Returns whether nothing is owed any more. */
  async #payOne(key: string, entry: ClaimEntry): Promise<boolean> {
    const { store } = this.#deps;
    // Of this instance, or of an earlier one.
    const { session } = entry;
    const value = JSON.stringify(entry);
    const present = await store.get(key);
    // A firing that was not got is nothing to write.
    if (present === undefined)
      return entry.state === 'missed' || this.#isWritten(key, entry, await store.create(key, value));
    const other = readClaim(present.value);
    if (other?.session === session)
      return this.#isWritten(key, entry, await store.update(key, value, present.revision));
    // It was not got, or is repeated.
    if (!entry.unclaimed || other?.from?.includes(entry.node)) return true;
    if (other?.state === 'missed') {
      const since = Math.min(other.since ?? Number.POSITIVE_INFINITY, entry.since ?? Number.POSITIVE_INFINITY);
      const run: ClaimEntry = Number.isFinite(since) ? { ...entry, since } : entry;
      return this.#isWritten(key, run, await store.update(key, JSON.stringify(run), present.revision));
    }
    await this.#ranTwice(key, entry, other?.node ?? '');
    return true;
  }

  /**
   * Firings have been read that were written since this revision: what this node has written since then, and what is not among them, a server
   * has lost. Rejects with `UnreachableError`.
   */
  async compare(from: number, read: ReadonlyMap<string, number>): Promise<void> {
    const last = Math.max(0, ...read.values());
    for (const [key, own] of [...this.#own]) {
      const isLost = own.revision >= from && own.revision < last && (read.get(key) ?? 0) < own.revision;
      if (isLost && this.#own.get(key) === own) await this.#restoreOne(key, own);
    }
  }

  /** Another node has a firing that this one has got. Rejects with `UnreachableError`. */
  async lostTo(key: string, own: ClaimEntry, other: ClaimEntry): Promise<void> {
    if (this.#isLostTo(own, other)) await this.#ranTwice(key, own, other.node);
  }

  /** Writes that a firing has run here, and on another node. */
  async #ranTwice(key: string, { node, session }: ClaimEntry, other: string): Promise<void> {
    const twice: TwiceEntry = { node, session, other };
    const isNew = (await this.#deps.store.create(twiceKey(key, node), JSON.stringify(twice))) !== undefined;
    if (isNew) this.#deps.onRanTwice({ ...readFireKey(key), node: other });
  }

  #isWritten(key: string, entry: ClaimEntry, revision: number | undefined): boolean {
    if (revision !== undefined) this.wrote(key, entry, revision);
    return revision !== undefined;
  }

  async #restoreOne(key: string, own: OwnFiringEntry): Promise<void> {
    const { store } = this.#deps;
    const present = await store.get(key);
    const value = JSON.stringify(own.entry);
    const other = present && readClaim(present.value);
    if (present !== undefined && other?.session !== own.entry.session) {
      if (other !== undefined) await this.lostTo(key, own.entry, other);
      return;
    }
    // A greater one is what this node has written without having heard of it yet.
    if (present !== undefined && present.revision >= own.revision) return;
    const revision =
      present === undefined ? await store.create(key, value) : await store.update(key, value, present.revision);
    if (revision !== undefined) this.#own.set(key, { ...own, revision });
  }
}

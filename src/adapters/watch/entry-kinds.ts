import { type BigIntStats, lstatSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { FileChange, WatchListener, WatchRequest } from '../../core/ports.ts';
import { identityOf, isUnclear, NOT_UTF8, statusOf } from './file-identity.ts';

/** How long a name that has gone is kept back: it may come again as another one, in ms. */
const PAIR_MS = 10;
/** Entries that are read at the same time. */
const AT_ONCE = 32;

const identityAt = (path: string): string | undefined => {
  try {
    return identityOf(lstatSync(path, { bigint: true }));
  } catch {
    return undefined;
  }
};

/** A name that has gone, until it is known whether it was a rename. */
interface Gone {
  readonly path: string;
  readonly timer: NodeJS.Timeout;
}

/**
 * Finds out what has happened to each entry, by its identity: systems and polling report entries that come and go, and not that one has
 * got another name, or has taken the place of another one. What comes and goes between two looks is not reported.
 */
export class EntryKinds {
  readonly listener: WatchListener;
  readonly #request: WatchRequest;
  readonly #target: WatchListener;
  readonly #identities = new Map<string, string>();
  readonly #paths = new Map<string, string>();
  readonly #gone = new Map<string, Gone>();
  #closed = false;

  /** @param target is called with what is found. */
  constructor(request: WatchRequest, target: WatchListener) {
    this.#request = request;
    this.#target = target;
    this.listener = { ...target, changed: (how, path) => this.#onChange(how, path) };
  }

  /** Resolves when it is known what is there. */
  async begin(): Promise<void> {
    const { path } = this.#request;
    const status = await lstat(path, { bigint: true }).catch(() => undefined);
    if (status) this.#add(path, identityOf(status));
    if ((await statusOf(path))?.isDirectory()) await this.#scan(path, false);
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#gone.values()) clearTimeout(timer);
    this.#gone.clear();
  }

  #onChange(how: FileChange, path: string): void {
    if (this.#closed) return;
    if (how === 'OTHER') void this.#look(path);
    else this.#see(how, path, identityAt(path));
  }

  /** Compares what is at a path with what was there. Returns whether something was found. */
  #see(how: FileChange, path: string, now: string | undefined): boolean {
    const before = this.#identities.get(path);
    if (now === undefined) {
      if (before !== undefined) this.#hasGone(path, before);
      return before !== undefined;
    }
    if (now === before) {
      if (how !== 'MODIFY') return false;
      this.#target.changed('MODIFY', path);
      return true;
    }
    const from = this.#nameBefore(now, path);
    this.#add(path, now);
    if (before !== undefined) {
      this.#paths.delete(before);
      this.#target.changed('MODIFY', path, from);
    } else if (from !== undefined) this.#renamed(from, path);
    else this.#target.changed(how === 'MODIFY' ? 'MODIFY' : 'CREATE', path);
    if (before === undefined && how !== 'MODIFY' && this.#holds(path)) void this.#scan(path, false);
    return true;
  }

  #add(path: string, identity: string): void {
    this.#identities.set(path, identity);
    this.#paths.set(identity, path);
  }

  /** The name that it had, if it has lost that. */
  #nameBefore(identity: string, path: string): string | undefined {
    const gone = this.#gone.get(identity);
    if (gone) {
      clearTimeout(gone.timer);
      this.#gone.delete(identity);
      return gone.path;
    }
    const other = this.#paths.get(identity);
    // Of a hard link both names are there.
    if (other === undefined || other === path || identityAt(other) === identity) return undefined;
    this.#identities.delete(other);
    return other;
  }

  #hasGone(path: string, identity: string): void {
    this.#identities.delete(path);
    if (this.#paths.get(identity) === path) this.#paths.delete(identity);
    const timer = setTimeout(() => {
      this.#gone.delete(identity);
      for (const [inside] of this.#below(path)) this.#forget(inside);
      this.#target.changed('REMOVE', path);
    }, PAIR_MS);
    this.#gone.set(identity, { path, timer });
  }

  /** A directory takes along what is in it. */
  #renamed(from: string, to: string): void {
    for (const [path, identity] of this.#below(from)) {
      this.#forget(path);
      this.#add(to + path.slice(from.length), identity);
    }
    this.#target.changed('RENAME', to, from);
  }

  #forget(path: string): void {
    const identity = this.#identities.get(path);
    this.#identities.delete(path);
    if (identity !== undefined && this.#paths.get(identity) === path) this.#paths.delete(identity);
  }

  /** What is in it is watched, if it is a directory. */
  #holds(path: string): boolean {
    return this.#request.recursive || path === this.#request.path;
  }

  #below(directory: string): [string, string][] {
    return this.#holds(directory) ? [...this.#identities].filter(([path]) => path.startsWith(directory + sep)) : [];
  }

  /** Something in a directory has changed. */
  async #look(directory: string): Promise<void> {
    const inside = [...this.#identities.keys()].filter((path) => dirname(path) === directory);
    let found = false;
    for (const path of inside) if (identityAt(path) === undefined) found = this.#see('OTHER', path, undefined) || found;
    found = (await this.#scan(directory, true)) || found;
    if (!found && !this.#closed) this.#target.changed('OTHER', directory);
  }

  /** Reads what is in a directory. @param reports what is new is reported. Returns whether something was. */
  async #scan(directory: string, reports: boolean): Promise<boolean> {
    const names = await readdir(directory).catch(() => []);
    const inside: string[] = [];
    let found = false;
    for (let i = 0; i < names.length && !this.#closed; i += AT_ONCE) {
      const paths = names.slice(i, i + AT_ONCE).map((name) => join(directory, name));
      const all = await Promise.all(paths.map((path) => lstat(path, { bigint: true }).catch(() => undefined)));
      this.#reportUnnamed(
        paths.filter((_, j) => !all[j]),
        reports,
      );
      for (const [j, status] of all.entries()) {
        if (!status) continue;
        found = this.#take(paths[j]!, status, reports) || found;
        if (status.isDirectory()) inside.push(paths[j]!);
      }
    }
    if (!this.#request.recursive) return found;
    for (const path of inside) found = (await this.#scan(path, reports)) || found;
    return found;
  }

  /** What happens to an entry that no path leads to is only a change of its directory. Polling reports it by itself. */
  #reportUnnamed(paths: readonly string[], reports: boolean): void {
    if (!reports || this.#closed || this.#request.pollSeconds > 0) return;
    for (const path of paths) if (isUnclear(path)) this.#target.trouble(`${path}: ${NOT_UTF8}`, false);
  }

  #take(path: string, status: BigIntStats, reports: boolean): boolean {
    if (this.#closed) return false;
    if (reports) return this.#see('OTHER', path, identityOf(status));
    if (!this.#identities.has(path)) this.#add(path, identityOf(status));
    return false;
  }
}

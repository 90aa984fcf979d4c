import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DirectoryEvent, DirectoryWatches } from './directory-watches.ts';
import { ancestorsOf, identityOf, isUnclear, NOT_UTF8, statusOf } from './file-identity.ts';

/** Receives what happens in a tree. */
interface TreeListener {
  /** A notification of the system about an entry of a directory; without a name about any of them. */
  notified(event: DirectoryEvent, directory: string, name: string | undefined): void;
  /** Something in a directory has changed; the system does not report what. */
  other(directory: string): void;
  /** A directory cannot be watched. */
  failed(directory: string, error: NodeJS.ErrnoException): void;
  /** Every directory is watched, after one could not be. */
  whole(): void;
}

/** A directory that is watched. */
interface TreeDirectory {
  /** One path that leads to it. */
  path: string;
  /** The directories in it, links too: the identity of each by its name. */
  readonly inside: Map<string, string>;
  /** The last look at each entry that is being looked at, and the time (ms) from which what is in it is new. */
  readonly looks: Map<string, { readonly since: number | undefined }>;
  /** The directories in it that cannot be reached: their names are not UTF-8. */
  unnamed: ReadonlySet<string>;
  /** It could not be read: to be tried again. */
  unread: boolean;
  /** It is to be read when other notifications have come. */
  soon: NodeJS.Immediate | undefined;
  stop: () => void;
}

/** Something in it, or all of it, cannot be watched. */
const hasGap = ({ unread, unnamed }: TreeDirectory): boolean => unread || unnamed.size > 0;

/** In the place of the identity: a link that leads nowhere. */
const NOTHING = '';

/** How far the times of files lag behind the clock at the most, in ms. */
const CLOCK_LAG_MS = 20;

/**
 * A directory and all below it, links followed. A directory is known by its identity, not by its name: it is entered once,
 * however many ways lead to it, and one that takes the name of another one is entered anew.
 */
export class TreeWatch {
  readonly ready: Promise<void>;
  readonly #listener: TreeListener;
  readonly #watches: DirectoryWatches;
  readonly #branches = new Map<string, TreeDirectory>();
  /** The directories that the root is in: not entered. */
  #above: ReadonlySet<string> = new Set();
  #root = '';
  #mounts: string | undefined;
  #tidying: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(root: string, listener: TreeListener, watches: DirectoryWatches) {
    this.#listener = listener;
    this.#watches = watches;
    this.ready = this.#begin(root);
  }

  close(): void {
    this.#closed = true;
    clearImmediate(this.#tidying);
    for (const { stop } of this.#branches.values()) stop();
    this.#branches.clear();
  }

  /** Finds what no notification reports: a mount on a directory, a link whose target is another one. */
  async look(): Promise<void> {
    const mounts = await this.#watches.mounts();
    const all = mounts === undefined || mounts !== this.#mounts;
    this.#mounts = mounts;
    for (const branch of [...this.#branches.values()]) {
      if (this.#closed) return;
      if (branch.unread) await this.#read(branch);
      for (const [name, identity] of all ? [...branch.inside] : this.#links(branch)) {
        if (!(await this.#lookAt(branch, name, identity))) return;
      }
    }
  }

  /** Looks at one entry. Returns false when nothing is watched any more. */
  async #lookAt(branch: TreeDirectory, name: string, identity: string): Promise<boolean> {
    const status = await statusOf(join(branch.path, name));
    if (this.#closed) return false;
    if (branch.inside.get(name) === identity && (status ? identityOf(status) : NOTHING) !== identity) {
      await this.#see(branch, name);
      this.#listener.other(join(branch.path, name));
    }
    return true;
  }

  /** Entries that lead to what is at another path or to nothing: links, whose targets may be anywhere. */
  #links({ path, inside }: TreeDirectory): [string, string][] {
    return [...inside].filter(([name, identity]) => this.#branches.get(identity)?.path !== join(path, name));
  }

  async #begin(root: string): Promise<void> {
    this.#above = await ancestorsOf(root);
    this.#mounts = await this.#watches.mounts();
    const status = await statusOf(root);
    if (!status || this.#closed) return;
    this.#root = identityOf(status);
    await this.#enter(this.#root, root);
  }

  /** Begins to watch a directory and what is in it. `since`: it is new, and what is in it has come after that (ms). */
  async #enter(identity: string, path: string, since?: number): Promise<void> {
    if (this.#branches.has(identity) || this.#above.has(identity)) return;
    const branch: TreeDirectory = {
      ...{ path, inside: new Map(), looks: new Map(), stop: () => {} },
      ...{ unnamed: new Set<string>(), unread: false, soon: undefined },
    };
    this.#branches.set(identity, branch);
    await this.#read(branch, since);
  }

  /** Listens to the directory that has the path now. False: it cannot. */
  #open(branch: TreeDirectory): boolean {
    const old = branch.stop;
    branch.stop = () => {};
    try {
      branch.stop = this.#watches.watchUnshared(branch.path, (event, name) => this.#onEvent(branch, event, name));
      return true;
    } catch (error) {
      this.#cannot(branch, error as NodeJS.ErrnoException);
      return false;
    } finally {
      old();
    }
  }

  /** The removal of a directory is reported by the one that it was in. */
  #cannot(branch: TreeDirectory, error: NodeJS.ErrnoException): void {
    if (error.code === 'ENOENT' || this.#closed) return;
    const again = branch.unread;
    branch.unread = true;
    if (!again) this.#listener.failed(branch.path, error);
  }

  #onEvent(branch: TreeDirectory, event: DirectoryEvent, name: string | undefined): void {
    if (this.#closed) return;
    this.#listener.notified(event, branch.path, name);
    if (name === undefined) void this.#read(branch);
    else if (isUnclear(name)) this.#readSoon(branch);
    // A change may be that of permissions: a directory that could not be read perhaps can.
    else if (event === 'rename' || branch.inside.has(name)) void this.#see(branch, name, event, Date.now());
  }

  /** Listens to a directory, sees which directories are in it, and enters those that are new. */
  async #read(branch: TreeDirectory, since?: number): Promise<void> {
    if (!this.#open(branch)) return;
    let names: string[];
    try {
      const entries = await readdir(branch.path, { withFileTypes: true });
      if (since !== undefined) await this.#reportNew(branch, entries, since);
      names = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
    } catch (error) {
      this.#cannot(branch, error as NodeJS.ErrnoException);
      return;
    }
    if (branch.unread) {
      branch.unread = false;
      this.#recovered();
    }
    await this.#findUnnamed(branch, names);
    const gone = [...branch.inside.keys()].filter((name) => !names.includes(name));
    await Promise.all([...names, ...gone].map((name) => this.#see(branch, name, undefined, since)));
  }

  /** Reads a directory once for all notifications that have come. */
  #readSoon(branch: TreeDirectory): void {
    branch.soon ??= setImmediate(() => {
      branch.soon = undefined;
      if (!this.#closed) void this.#read(branch);
    });
  }

  /** Reports directories whose names are not UTF-8: this runtime has no path that leads to them. */
  async #findUnnamed(branch: TreeDirectory, names: readonly string[]): Promise<void> {
    const before = branch.unnamed;
    const unnamed = new Set<string>();
    for (const name of names.filter(isUnclear))
      if (!(await lstat(join(branch.path, name)).catch(() => undefined))) unnamed.add(name);
    if (this.#closed) return;
    branch.unnamed = unnamed;
    for (const name of unnamed)
      if (!before.has(name)) this.#listener.failed(join(branch.path, name), new Error(NOT_UTF8));
    if (before.size > 0 && unnamed.size === 0) this.#recovered();
  }

  /** No notification has come for what was put into a new directory before it was watched. */
  async #reportNew(
    { path }: TreeDirectory,
    entries: readonly { readonly name: string }[],
    since: number,
  ): Promise<void> {
    for (const { name } of entries) {
      const status = await statusOf(join(path, name));
      if (!status || Number(status.ctimeMs) < since - CLOCK_LAG_MS || this.#closed) continue;
      this.#listener.other(path);
      return;
    }
  }

  /** Sees whether an entry of a directory is a directory, and which one. */
  async #see(branch: TreeDirectory, name: string, event?: DirectoryEvent, from?: number): Promise<void> {
    const path = join(branch.path, name);
    const look = { since: branch.looks.get(name)?.since ?? from };
    branch.looks.set(name, look);
    const status = await statusOf(path);
    const link = status ?? (await lstat(path).catch(() => undefined));
    // What a later look finds is newer.
    if (this.#closed || branch.looks.get(name) !== look) return;
    branch.looks.delete(name);
    const before = branch.inside.get(name);
    let identity: string | undefined;
    if (status?.isDirectory()) identity = identityOf(status);
    else if (!status && link?.isSymbolicLink()) identity = NOTHING;
    if (identity === undefined) branch.inside.delete(name);
    else branch.inside.set(name, identity);
    if (identity !== before) this.#tidySoon();
    if (identity !== undefined && identity !== NOTHING) await this.#reach(identity, path, look.since, event);
  }

  /** A directory has this path: watches it if it is new, or again if it may be another one. */
  async #reach(identity: string, path: string, since: number | undefined, event?: DirectoryEvent): Promise<void> {
    const known = this.#branches.get(identity);
    if (!known) await this.#enter(identity, path, since);
    else if (event === undefined || known.path !== path) return;
    else if (known.unread) await this.#read(known);
    // It may be a new one with the number of the old one.
    else if (event === 'rename') this.#open(known);
  }

  /** A directory that could not be read can, or is gone. */
  #recovered(): void {
    if (![...this.#branches.values()].some(hasGap)) this.#listener.whole();
  }

  #tidySoon(): void {
    this.#tidying ??= setImmediate(() => {
      this.#tidying = undefined;
      this.#tidy();
    });
  }

  /** Lets go of directories that no way leads to any more, and follows those that have moved. */
  #tidy(): void {
    const root = this.#branches.get(this.#root);
    if (!root || this.#closed) return;
    const found = new Map([[this.#root, root.path]]);
    for (const [identity, at] of found) {
      for (const [name, inside] of this.#branches.get(identity)?.inside ?? [])
        if (!found.has(inside)) found.set(inside, join(at, name));
    }
    for (const [identity, branch] of [...this.#branches]) {
      const path = found.get(identity);
      if (path === undefined) this.#leave(identity, branch);
      else if (path !== branch.path) {
        branch.path = path;
        // What came into it while it was looked for under its old path may have been missed.
        void this.#read(branch, Date.now());
      }
    }
  }

  #leave(identity: string, branch: TreeDirectory): void {
    branch.stop();
    this.#branches.delete(identity);
    if (hasGap(branch)) this.#recovered();
  }
}

import type { BigIntStats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FileChange, WatchListener, WatchRequest } from '../../core/ports.ts';
import { codeOf } from '../../error-message.ts';
import { ancestorsOf, identityOf, inodeOf, isUnclear, NOT_UTF8, statusOf } from './file-identity.ts';

/** Timers of the system cannot wait much longer than three weeks. */
const MOST_SECONDS = 86_400;
/** Entries that are read at the same time. */
const AT_ONCE = 32;

/** Each path with a text that is another one after a change. */
type Sight = Map<string, string>;

/** Reading a file is not a change; of a directory, nor is what happens in it. */
const stateOf = (status: BigIntStats): string => {
  const owner = `${status.mode} ${status.uid} ${status.gid}`;
  return status.isDirectory()
    ? `${identityOf(status)} ${owner}`
    : `${inodeOf(status)} ${owner} ${status.size} ${status.mtimeNs}`;
};

const change = (before: string | undefined, now: string | undefined): FileChange | undefined => {
  if (before === now) return undefined;
  return before === undefined ? 'CREATE' : now === undefined ? 'REMOVE' : 'MODIFY';
};

/** Watches a path by polling: where the system gives no notifications, or not enough. */
export class PollWatch {
  readonly ready: Promise<void>;
  readonly #request: WatchRequest;
  readonly #listener: WatchListener;
  readonly #timer: NodeJS.Timeout;
  #last: Sight | undefined;
  /** Entries without a path, at the last look and at this one. */
  #unnamed: ReadonlySet<string> = new Set();
  #unnamedNow = new Set<string>();
  #looking = false;
  #closed = false;

  constructor(request: WatchRequest, listener: WatchListener) {
    this.#request = request;
    this.#listener = listener;
    this.ready = this.#look();
    this.#timer = setInterval(() => void this.#look(), Math.min(request.pollSeconds, MOST_SECONDS) * 1000);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  /** Reads the status of everything, and reports what has changed. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { path } = this.#request;
    const now: Sight = new Map();
    const status = await statusOf(path);
    if (status) now.set(path, stateOf(status));
    if (status?.isDirectory()) await this.#read(path, now, (await ancestorsOf(path)).add(identityOf(status)));
    if (!this.#closed) {
      this.#report(this.#last, now);
      this.#reportUnnamed();
    }
    this.#last = now;
    this.#looking = false;
  }

  /** Looks at what is in a directory. `entered`: directories that links may lead to again. */
  async #read(directory: string, now: Sight, entered: Set<string>): Promise<void> {
    let names: string[];
    try {
      names = await readdir(directory);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#keepLast(directory, now);
      return;
    }
    const inside: [string, string][] = [];
    for (let i = 0; i < names.length && !this.#closed; i += AT_ONCE) {
      const some = names.slice(i, i + AT_ONCE).map((name) => this.#readEntry(directory, name, now));
      for (const found of await Promise.all(some)) if (found) inside.push(found);
    }
    if (!this.#request.recursive) return;
    // Always in the same order: of several ways to a directory, the same one is taken each time.
    for (const [path, identity] of inside.sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (entered.has(identity)) continue;
      entered.add(identity);
      await this.#read(path, now, entered);
    }
  }

  /** Looks at one entry. Returns path and identity of a directory. */
  async #readEntry(directory: string, name: string, now: Sight): Promise<[string, string] | undefined> {
    const path = join(directory, name);
    // A link that leads nowhere is an entry as well.
    const status = (await statusOf(path)) ?? (await lstat(path, { bigint: true }).catch(() => undefined));
    if (!status && isUnclear(name)) this.#unnamedNow.add(path);
    if (!status) return undefined;
    now.set(path, stateOf(status));
    return status.isDirectory() ? [path, identityOf(status)] : undefined;
  }

  /** Takes what cannot be read now to be as it was. A directory that has just gone is found to be gone at the next look. */
  #keepLast(directory: string, now: Sight): void {
    for (const [path, state] of this.#last ?? []) if (path.startsWith(directory + sep)) now.set(path, state);
  }

  #report(before: Sight | undefined, now: Sight): void {
    const { path } = this.#request;
    if (now.has(path) && !before?.has(path)) this.#listener.established();
    else if (!now.has(path) && (before?.has(path) ?? true)) this.#listener.missing();
    if (!before) return;
    for (const where of new Set([...before.keys(), ...now.keys()])) {
      const how = change(before.get(where), now.get(where));
      if (how) this.#listener.changed(how, where);
    }
  }

  #reportUnnamed(): void {
    const before = this.#unnamed;
    this.#unnamed = this.#unnamedNow;
    this.#unnamedNow = new Set();
    for (const path of this.#unnamed) if (!before.has(path)) this.#listener.partly?.(`${path}: ${NOT_UTF8}`);
    if (before.size > 0 && this.#unnamed.size === 0) this.#listener.whole?.();
  }
}

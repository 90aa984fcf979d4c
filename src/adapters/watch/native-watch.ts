import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { basename, join, parse, resolve, sep } from 'node:path';
import type { FileChange, WatchListener, WatchRequest } from '../../core/ports.ts';
import { codeOf } from '../../error-message.ts';
import type { DirectoryEvent, DirectoryWatches } from './directory-watches.ts';
import { inodeOf, isUnclear, statusOf } from './file-identity.ts';
import { TreeWatch } from './tree-watch.ts';

/** A name that is looked up in a directory on the way to a path. */
interface LookupStep {
  readonly directory: string;
  readonly name: string;
}

/** The way to a path, links followed. */
interface PathLookup {
  /** Every lookup, up to the first that finds nothing. */
  readonly steps: readonly LookupStep[];
  /** What is at its end; undefined when there is nothing, or its status cannot be read. */
  readonly end: { readonly path: string; readonly directory: boolean; readonly identity: string } | undefined;
  /** What keeps from looking at what is at its end, if it is not that there is nothing. */
  readonly obstacle?: string;
}

/** Links on one way that are followed at the most. */
const MOST_LINKS = 40;

/** The names in a path without its root. */
const namesIn = (path: string, root: string): string[] => path.slice(root.length).split(sep).filter(Boolean);

/** Follows a path to its end, and adds each lookup to the steps. @throws Error of the system */
const followPath = (path: string, steps: LookupStep[]): Omit<PathLookup, 'steps'> => {
  const whole = resolve(path);
  let { root: at } = parse(whole);
  const left = namesIn(whole, at);
  let links = 0;
  let end = { directory: true, identity: '' };
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const here = join(at, name);
    if (name === '.' || name === '..') {
      at = here;
      continue;
    }
    steps.push({ directory: at, name });
    const stats = lstatSync(here, { bigint: true });
    if (stats.isSymbolicLink()) {
      links += 1;
      if (links > MOST_LINKS) return { end: undefined, obstacle: `too many links at ${here}` };
      const target = readlinkSync(here);
      const { root } = parse(target);
      if (root) at = root;
      left.unshift(...namesIn(target, root));
      continue;
    }
    end = { directory: stats.isDirectory(), identity: inodeOf(stats) };
    if (left.length > 0 && !end.directory) return { end: undefined, obstacle: `${here} is not a directory` };
    at = here;
  }
  return { end: { ...end, path: at } };
};

/** Looks a path up as the system does. Returns every directory on the way whose change could lead elsewhere. */
const lookUpPath = (path: string): PathLookup => {
  const steps: LookupStep[] = [];
  try {
    return { steps, ...followPath(path, steps) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { steps, end: undefined, ...(code === 'ENOENT' ? {} : { obstacle: message }) };
  }
};

/** Returns whether both lookups lead through the same directories to the same file. */
const sameLookup = (a: PathLookup, b: PathLookup): boolean =>
  a.end?.identity === b.end?.identity &&
  a.steps.length === b.steps.length &&
  a.steps.every(({ directory, name }, i) => b.steps[i]!.directory === directory && b.steps[i]!.name === name);

/** What a notification means: the system reports entries that come and entries that go alike. */
export const described = (event: string, directory: string, name: string): [FileChange, string] => {
  // No path leads to it.
  if (isUnclear(name)) return ['OTHER', directory];
  const path = join(directory, name);
  if (event === 'change') return ['MODIFY', path];
  if (existsSync(path)) return ['CREATE', path];
  // A directory reports its own end under its own name.
  return ['REMOVE', name === basename(directory) ? directory : path];
};

/** Paths that change while they are followed are followed again, so many times. */
const MOST_ROUNDS = 5;

/**
 * Watches a path by notifications of the system. Every directory on the way is watched, so that a path that comes, goes, is replaced
 * or leads elsewhere is noticed; a file needs no more than that.
 */
export class NativeWatch {
  readonly ready: Promise<void>;
  readonly #request: WatchRequest;
  readonly #listener: WatchListener;
  readonly #watches: DirectoryWatches;
  readonly #failed: (error: NodeJS.ErrnoException) => void;
  #lookup: PathLookup = { steps: [], end: undefined };
  #stops: (() => void)[] = [];
  #inner: { look?(): Promise<void>; close(): void } | undefined;
  #known = false;
  #looking = false;
  #closed = false;

  /** @param failed the system cannot watch the path: its limit is reached, or it may not be read. Called at most once. */
  constructor(
    request: WatchRequest,
    listener: WatchListener,
    watches: DirectoryWatches,
    failed: (error: NodeJS.ErrnoException) => void,
  ) {
    this.#request = request;
    this.#listener = listener;
    this.#watches = watches;
    this.#failed = (error) => {
      if (this.#closed) return;
      this.close();
      failed(error);
    };
    this.ready = this.#look(false);
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#inner?.close();
    this.#inner = undefined;
  }

  /** Finds what the system does not report, such as a mount on a directory. Called every few seconds. */
  async look(): Promise<void> {
    if (this.#looking || !this.#known) return;
    this.#looking = true;
    const status = await statusOf(resolve(this.#request.path));
    if ((status && inodeOf(status)) !== this.#lookup.end?.identity) await this.#look(false);
    await this.#inner?.look?.();
    this.#looking = false;
  }

  /** Finds out what is at the path and listens to the way there. `entry`: something on the way has come or gone. */
  async #look(entry: boolean): Promise<void> {
    if (this.#closed) return;
    const before = this.#lookup.end;
    try {
      this.#watchWay();
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
      return;
    }
    const { end } = this.#lookup;
    const other = entry || end?.identity !== before?.identity;
    if (other || !this.#known) await this.#enter();
    this.#report(entry, other, before);
  }

  /** Reports to the listener what has changed at the path since `before`, and for the first time what is there. */
  #report(entry: boolean, other: boolean, before: PathLookup['end']): void {
    if (this.#closed) return;
    const { end } = this.#lookup;
    if (!this.#known || (end === undefined) !== (before === undefined)) {
      if (end) this.#listener.established();
      else this.#listener.missing(this.#lookup.obstacle);
    }
    if ((this.#known || entry) && other && (end || before)) {
      this.#listener.changed(!end ? 'REMOVE' : before ? 'MODIFY' : 'CREATE', this.#request.path);
    }
    this.#known = true;
  }

  /** Watches every directory on the way. Looks the path up again, in case it has changed before it was watched. */
  #watchWay(): void {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const lookup = lookUpPath(this.#request.path);
      if (round > 0 && sameLookup(lookup, this.#lookup)) return;
      const old = this.#stops;
      this.#lookup = lookup;
      this.#stops = [];
      // A directory of the same name may be another one.
      if (this.#known) for (const { directory } of lookup.steps) this.#watches.forget(directory);
      const last = lookup.steps.length - 1;
      for (const [i, step] of lookup.steps.entries()) this.#watchStep(step, i === last);
      for (const stop of old) stop();
    }
  }

  /** @throws Error of the system when a limit is reached, or the path itself cannot be watched. */
  #watchStep({ directory, name }: LookupStep, last: boolean): void {
    try {
      const stop = this.#watches.watch(directory, (event, changed) => {
        if (changed === undefined || changed === name) this.#onEvent(event, last);
      });
      this.#stops.push(stop);
    } catch (error) {
      const code = codeOf(error);
      // A directory on the way that may not be read, or has just gone, gives no notifications; the others do.
      const limit = code === 'ENOSPC' || code === 'EMFILE';
      const { end } = this.#lookup;
      if (limit || (last && code !== 'ENOENT' && end && !end.directory)) throw error;
    }
  }

  #onEvent(event: DirectoryEvent, itself: boolean): void {
    if (this.#closed) return;
    if (event === 'rename') void this.#look(true);
    // A directory reports changes of itself.
    else if (itself && this.#lookup.end && !this.#lookup.end.directory)
      this.#listener.changed('MODIFY', this.#request.path);
  }

  /** Watches what is in a directory. */
  async #enter(): Promise<void> {
    const old = this.#inner;
    this.#inner = undefined;
    const { end } = this.#lookup;
    try {
      if (end?.directory && this.#request.recursive) {
        const tree = new TreeWatch(
          end.path,
          {
            notified: (event, directory, name) => this.#listener.changed(...described(event, directory, name ?? '')),
            other: (directory) => this.#listener.changed('OTHER', directory),
            failed: (directory, error) => this.#treeFailed(directory, error),
            whole: () => this.#listener.whole?.(),
          },
          this.#watches,
        );
        this.#inner = tree;
        await tree.ready;
      } else if (end?.directory) {
        const { path } = end;
        if (this.#known) this.#watches.forget(path);
        const stop = this.#watches.watch(path, (event, name) =>
          this.#listener.changed(...described(event, path, name ?? '')),
        );
        this.#inner = { close: stop };
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#failed(error as NodeJS.ErrnoException);
    } finally {
      old?.close();
    }
  }

  /** A part of a tree that cannot be read is left out as long as that is so. */
  #treeFailed(directory: string, error: NodeJS.ErrnoException): void {
    if (error.code === 'ENOSPC' || (error.code === 'EMFILE' && error.syscall === 'watch')) this.#failed(error);
    else this.#listener.partly?.(`${directory}: ${error.message}`);
  }
}

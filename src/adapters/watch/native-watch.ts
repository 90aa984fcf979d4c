import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import type { FileChange, WatchListener, WatchRequest } from '../../core/ports.ts';
import type { DirectoryEvent, DirectoryWatches } from './directory-watches.ts';
import { inodeOf, statusOf } from './file-identity.ts';
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
  /** What is at its end; undefined: nothing, or something that cannot be looked at. */
  readonly end: { readonly path: string; readonly directory: boolean; readonly identity: string } | undefined;
  /** What keeps from looking at what is at its end, if it is not that there is nothing. */
  readonly obstacle?: string;
}

/** Links on one way that are followed at the most. */
const MOST_LINKS = 40;

/** Follows a path as the system does and tells every directory whose change could lead elsewhere. */
const lookUpPath = (path: string): PathLookup => {
  const whole = resolve(path);
  let { root: at } = parse(whole);
  const left = whole.slice(at.length).split(sep).filter(Boolean);
  const steps: LookupStep[] = [];
  let links = 0;
  let identity = '';
  let directory = true;
  while (left.length > 0) {
    const name = left.shift()!;
    if (name === '..' || name === '.') {
      if (name === '..') at = dirname(at);
      continue;
    }
    steps.push({ directory: at, name });
    const here = join(at, name);
    try {
      const stats = lstatSync(here, { bigint: true });
      if (stats.isSymbolicLink()) {
        links += 1;
        if (links > MOST_LINKS) return { steps, end: undefined, obstacle: `too many links at ${here}` };
        const target = readlinkSync(here);
        const { root } = parse(target);
        if (root) at = root;
        left.unshift(...target.slice(root.length).split(sep).filter(Boolean));
        continue;
      }
      directory = stats.isDirectory();
      identity = inodeOf(stats);
      if (left.length > 0 && !directory) return { steps, end: undefined, obstacle: `${here} is not a directory` };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { steps, end: undefined, ...(code === 'ENOENT' ? {} : { obstacle: message }) };
    }
    at = here;
  }
  return { steps, end: { path: at, directory, identity } };
};

/** True when both ways lead through the same directories to the same thing. */
const sameLookup = (a: PathLookup, b: PathLookup): boolean =>
  a.end?.identity === b.end?.identity &&
  a.steps.length === b.steps.length &&
  a.steps.every(({ directory, name }, i) => b.steps[i]!.directory === directory && b.steps[i]!.name === name);

/** What a notification means: entries that come and go are told in one word. */
export const described = (told: string, directory: string, name: string): [FileChange, string] => {
  const path = join(directory, name);
  if (told === 'change') return ['MODIFY', path];
  if (existsSync(path)) return ['CREATE', path];
  // The end of a directory is told by it under its own name.
  return ['REMOVE', name === basename(directory) ? directory : path];
};

/** Paths that change while they are followed are followed again, so many times. */
const MOST_ROUNDS = 5;

/**
 * A path as the system tells about it. Every directory on the way is listened to, so that a path that comes, goes, is replaced
 * or leads elsewhere is noticed; a file needs no more than that.
 */
export class NativeWatch {
  readonly ready: Promise<void>;
  readonly #request: WatchRequest;
  readonly #listener: WatchListener;
  readonly #guards: DirectoryWatches;
  readonly #failed: (error: NodeJS.ErrnoException) => void;
  #trail: PathLookup = { steps: [], end: undefined };
  #stops: (() => void)[] = [];
  #inner: { look?(): Promise<void>; close(): void } | undefined;
  #known = false;
  #looking = false;
  #closed = false;

  /** @param failed the system cannot watch the path: its limit is reached, or it may not be read. Told at most once. */
  constructor(
    request: WatchRequest,
    listener: WatchListener,
    guards: DirectoryWatches,
    failed: (error: NodeJS.ErrnoException) => void,
  ) {
    this.#request = request;
    this.#listener = listener;
    this.#guards = guards;
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

  /** Looks for what the system does not tell, such as something mounted on a directory. Called every few seconds. */
  async look(): Promise<void> {
    if (this.#looking || !this.#known) return;
    this.#looking = true;
    const status = await statusOf(resolve(this.#request.path));
    if ((status && inodeOf(status)) !== this.#trail.end?.identity) await this.#look(false);
    await this.#inner?.look?.();
    this.#looking = false;
  }

  /** Finds out what is at the path and listens to the way there. `entry`: something on the way has come or gone. */
  async #look(entry: boolean): Promise<void> {
    if (this.#closed) return;
    const before = this.#trail.end;
    try {
      this.#listen();
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
      return;
    }
    const { end } = this.#trail;
    const other = entry || end?.identity !== before?.identity;
    if (other || !this.#known) await this.#enter();
    this.#report(entry, other, before);
  }

  /** Tells the listener what has changed at the path since `before`, and for the first time what is there. */
  #report(entry: boolean, other: boolean, before: PathLookup['end']): void {
    if (this.#closed) return;
    const { end } = this.#trail;
    if (!this.#known || (end === undefined) !== (before === undefined)) {
      if (end) this.#listener.established();
      else this.#listener.missing(this.#trail.obstacle);
    }
    if ((this.#known || entry) && other && (end || before)) {
      this.#listener.changed(!end ? 'REMOVE' : before ? 'MODIFY' : 'CREATE', this.#request.path);
    }
    this.#known = true;
  }

  /** Listens to every directory on the way. Follows again, in case something has changed before it was listened to. */
  #listen(): void {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const trail = lookUpPath(this.#request.path);
      if (round > 0 && sameLookup(trail, this.#trail)) return;
      const old = this.#stops;
      this.#trail = trail;
      this.#stops = [];
      const last = trail.steps.length - 1;
      // A directory of the same name may be another one.
      if (this.#known) for (const { directory } of trail.steps) this.#guards.forget(directory);
      for (const [i, { directory, name }] of trail.steps.entries()) {
        try {
          this.#stops.push(
            this.#guards.watch(directory, (told, whose) => {
              if (whose === undefined || whose === name) this.#heard(told, i === last);
            }),
          );
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          // A directory on the way that may not be read, or has just gone, tells nothing; the others do.
          if (code === 'ENOSPC' || code === 'EMFILE') throw error;
          if (i === last && code !== 'ENOENT' && trail.end && !trail.end.directory) throw error;
        }
      }
      for (const stop of old) stop();
    }
  }

  #heard(told: DirectoryEvent, itself: boolean): void {
    if (this.#closed) return;
    if (told === 'rename') void this.#look(true);
    // A directory tells about itself.
    else if (itself && this.#trail.end && !this.#trail.end.directory)
      this.#listener.changed('MODIFY', this.#request.path);
  }

  /** Watches what is in a directory. */
  async #enter(): Promise<void> {
    const old = this.#inner;
    this.#inner = undefined;
    const { end } = this.#trail;
    try {
      if (end?.directory && this.#request.recursive) {
        const tree = new TreeWatch(
          end.path,
          {
            notified: (told, directory, name) => this.#listener.changed(...described(told, directory, name ?? '')),
            other: (directory) => this.#listener.changed('OTHER', directory),
            failed: (directory, error) => this.#treeFailed(directory, error),
            whole: () => this.#listener.whole?.(),
          },
          this.#guards,
        );
        this.#inner = tree;
        await tree.ready;
      } else if (end?.directory) {
        const { path } = end;
        if (this.#known) this.#guards.forget(path);
        const stop = this.#guards.watch(path, (told, name) =>
          this.#listener.changed(...described(told, path, name ?? '')),
        );
        this.#inner = { close: stop };
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#failed(error as NodeJS.ErrnoException);
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

import { fstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { identityOf } from '../watch/file-identity.ts';

/** How long the identity of a file that is closed is still known, in ms: what happened to it before may be noticed later. */
const REMEMBERED_MS = 5000;

const real = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/**
 * The files that this process writes for itself: logs, recordings, metrics, state. Watching them would feed on itself, so what
 * happens to them is not an event. A file that is open is known by device and inode, whatever it is called; names are known
 * as well, for files that come and go.
 */
class OwnFiles {
  /** Identities, with how often each is open. The number of a file that was removed may be that of a new one. */
  readonly #identities = new Map<string, number>();
  /** Directories, by the name of a file in them. */
  readonly #names = new Map<string, Set<string>>();
  /** Directories with everything below them. */
  readonly #trees = new Set<string>();

  /** An open file. Returns a function to call when it is closed. */
  hold(fd: number): () => void {
    const identity = identityOf(fstatSync(fd, { bigint: true }));
    this.#identities.set(identity, (this.#identities.get(identity) ?? 0) + 1);
    return () => {
      setTimeout(() => {
        const count = this.#identities.get(identity) ?? 1;
        if (count > 1) this.#identities.set(identity, count - 1);
        else this.#identities.delete(identity);
      }, REMEMBERED_MS).unref();
    };
  }
  /** Names that this process alone makes, moves and removes. */
  claim(...paths: readonly string[]): void {
    for (const path of paths) {
      const name = basename(path);
      const directories = this.#names.get(name) ?? new Set();
      this.#names.set(name, directories.add(dirname(resolve(path))));
    }
  }
  /** A directory, with everything that is or will be below it. */
  claimTree(path: string): void {
    this.#trees.add(resolve(path));
  }
  /** Whether something that happened to this path was done by this process for itself. */
  owns(path: string): boolean {
    const directories = this.#names.get(basename(path));
    if (directories) {
      const directory = real(dirname(resolve(path)));
      for (const own of directories) if (real(own) === directory) return true;
    }
    for (const tree of this.#trees) {
      const at = join(real(dirname(resolve(path))), basename(path));
      if (at === real(tree) || at.startsWith(`${real(tree)}/`)) return true;
    }
    if (this.#identities.size === 0) return false;
    try {
      const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
      return stat !== undefined && this.#identities.has(identityOf(stat));
    } catch {
      return false;
    }
  }
}

/** Those of this process. */
export const ownFiles = new OwnFiles();

import { type FSWatcher, watch } from 'node:fs';
import { mountsNow } from './file-identity.ts';

/** What the system reports: `rename` when an entry comes or goes, `change` when it changes. */
export type DirectoryEvent = 'rename' | 'change';
/** Called for changes of the entries of one directory; without a name it may be any of them. */
type DirectoryListener = (event: DirectoryEvent, name: string | undefined) => void;
/** How a directory is watched; the function of Node, or a stand-in. */
export type WatchDirectory = (
  path: string,
  listener: (event: DirectoryEvent, name: string | null) => void,
) => Pick<FSWatcher, 'close' | 'on'>;

const byNode: WatchDirectory = (path, listener) =>
  watch(path, { persistent: false, encoding: 'utf8' }, (event, name) => listener(event as DirectoryEvent, name));

interface SharedWatch {
  readonly stop: () => void;
  readonly listeners: Set<DirectoryListener>;
}

/** One notification of the system for each directory, however many listen to it. */
export class DirectoryWatches {
  readonly #watch: WatchDirectory;
  readonly #watches = new Map<string, SharedWatch>();

  /** A text that is another one when something was mounted or unmounted; undefined: not known. */
  readonly mounts: () => Promise<string | undefined>;

  constructor(watchDirectory: WatchDirectory = byNode, mounts = mountsNow) {
    this.#watch = watchDirectory;
    this.mounts = mounts;
  }

  /**
   * Listens until the returned function is called.
   * @throws an error of the system when the directory cannot be watched.
   */
  watch(directory: string, listener: DirectoryListener): () => void {
    const shared = this.#watches.get(directory) ?? this.#share(directory);
    shared.listeners.add(listener);
    return () => {
      shared.listeners.delete(listener);
      if (shared.listeners.size > 0) return;
      shared.stop();
      if (this.#watches.get(directory) === shared) this.#watches.delete(directory);
    };
  }

  /** Listens to the directory that has the path now, even if it has another one later. @throws as `listen` does. */
  watchUnshared(directory: string, listener: DirectoryListener): () => void {
    const handle = this.#watch(directory, (event, name) => listener(event, name ?? undefined));
    // On some systems the removal of the directory is an error.
    handle.on('error', () => listener('rename', undefined));
    return () => handle.close();
  }

  /** The directory may be another one under the same name: later listeners get a watch of their own. */
  forget(directory: string): void {
    this.#watches.delete(directory);
  }

  #share(directory: string): SharedWatch {
    const listeners = new Set<DirectoryListener>();
    const stop = this.watchUnshared(directory, (event, name) => {
      for (const listener of [...listeners]) listener(event, name);
    });
    const shared = { stop, listeners };
    this.#watches.set(directory, shared);
    return shared;
  }
}

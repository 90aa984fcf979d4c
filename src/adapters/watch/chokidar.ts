import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type FSWatcher, watch } from 'chokidar';
import type { FileChange } from '../../core/ports.ts';

/** What a tree tells. */
export interface TreeListener {
  changed(how: FileChange, path: string): void;
  /** It cannot be watched as asked for. */
  failed(error: NodeJS.ErrnoException): void;
}

/** A tree that is watched. */
export interface Tree {
  /** Resolves when everything that is there now is watched. */
  readonly ready: Promise<void>;
  close(): void;
}

const KINDS: Readonly<Record<string, FileChange>> = {
  add: 'CREATE',
  addDir: 'CREATE',
  change: 'MODIFY',
  unlink: 'REMOVE',
  unlinkDir: 'REMOVE',
};

const opened = (watcher: FSWatcher, listener: TreeListener): Tree => {
  watcher.on('error', (error) => listener.failed(error as NodeJS.ErrnoException));
  return {
    ready: new Promise((resolve) => {
      watcher.once('ready', () => resolve());
      // What failed is told apart; nobody waits for it.
      watcher.once('error', () => resolve());
    }),
    close: () => void watcher.close(),
  };
};

/** How long after a new directory was found it is looked into once more, in ms: by then it is watched. */
const SECOND_LOOK_MS = 250;

/**
 * A directory and all below it, as the system tells. Files are not watched one by one: their directory tells about them.
 * `newest` answers the latest change (ms) of a directory's entries.
 */
export const watchTree = (
  root: string,
  listener: TreeListener & {
    /** A notification as the system gives it. */
    told(told: string, directory: string, name: string): void;
  },
  newest: (directory: string) => Promise<number>,
): Tree => {
  const watcher = watch(root, {
    ignoreInitial: true,
    ignorePermissionErrors: true,
    atomic: false,
    ignored: (_, stats) => stats !== undefined && !stats.isDirectory() && !stats.isSymbolicLink(),
  });
  const looks = new Set<NodeJS.Timeout>();
  watcher.on('raw', (told, name: string | null, details) => {
    const { watchedPath } = details as { watchedPath: string };
    listener.told(told, watchedPath, name ?? '');
  });
  // What is put into a new directory before it is watched would be lost.
  watcher.on('addDir', (path) => {
    const found = Date.now();
    listener.changed('CREATE', path);
    const look = setTimeout(async () => {
      looks.delete(look);
      if ((await newest(path)) >= found - 10) listener.changed('OTHER', path);
    }, SECOND_LOOK_MS);
    looks.add(look);
  });
  const tree = opened(watcher, listener);
  return {
    ready: tree.ready,
    close: () => {
      for (const look of looks) clearTimeout(look);
      tree.close();
    },
  };
};

/** A file, a directory or a tree, looked at every `seconds`. */
export const pollTree = (root: string, recursive: boolean, seconds: number, listener: TreeListener): Tree => {
  const interval = seconds * 1000;
  const watcher = watch(root, {
    ignoreInitial: true,
    ignorePermissionErrors: true,
    atomic: false,
    usePolling: true,
    interval,
    binaryInterval: interval,
    ...(recursive ? {} : { depth: 0 }),
  });
  // A new file is looked at regularly from some moment after it was found: what happens to it before that is looked for once.
  const found = new Map<string, Stats>();
  const looks = new Set<NodeJS.Timeout>();
  const lookAgain = (path: string): void => {
    const look = setTimeout(async () => {
      looks.delete(look);
      const now = await stat(path).catch(() => undefined);
      const then = found.get(path);
      found.delete(path);
      if (now && then && (now.mtimeMs !== then.mtimeMs || now.size !== then.size)) listener.changed('MODIFY', path);
    }, interval);
    looks.add(look);
  };
  watcher.on('all', (kind, path, stats) => {
    if (kind === 'add' && stats) {
      if (!found.has(path)) lookAgain(path);
      found.set(path, stats);
    } else found.delete(path);
    listener.changed(KINDS[kind] ?? 'OTHER', path);
  });
  // Changes of the mode are told in the raw only.
  watcher.on('raw', (_, path: string, details) => {
    const { curr, prev } = details as { curr: Stats; prev: Stats };
    if (!curr || !prev || curr.nlink === 0 || prev.nlink === 0) return;
    if (curr.mode !== prev.mode || curr.uid !== prev.uid || curr.gid !== prev.gid) listener.changed('MODIFY', path);
  });
  const tree = opened(watcher, listener);
  return {
    ready: tree.ready,
    close: () => {
      for (const look of looks) clearTimeout(look);
      tree.close();
    },
  };
};

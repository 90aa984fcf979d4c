import { stat } from 'node:fs/promises';
import type { WatchListener, WatchRequest } from '../../core/ports.ts';
import { pollTree, type Tree } from './chokidar.ts';

/** Timers of the system cannot wait much longer than three weeks. */
const MOST_SECONDS = 86_400;
/** A directory that keeps changing while it is looked at is entered again, so many times. */
const MOST_ROUNDS = 3;
/** Seen to go by chokidar. */
const GONE = 'gone';

/** A path that is looked at every so many seconds: where the system does not tell, or not enough. */
export class PollWatch {
  readonly ready: Promise<void>;
  readonly #request: WatchRequest;
  readonly #listener: WatchListener;
  readonly #seconds: number;
  readonly #timer: NodeJS.Timeout;
  #tree: Tree | undefined;
  /** What is at the path; undefined: nothing. */
  #identity: string | undefined;
  #known = false;
  #looking = false;
  #closed = false;

  constructor(request: WatchRequest, listener: WatchListener) {
    this.#request = request;
    this.#listener = listener;
    this.#seconds = Math.min(request.pollSeconds, MOST_SECONDS);
    this.ready = this.#look();
    this.#timer = setInterval(() => void this.#look(), this.#seconds * 1000);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#tree?.close();
    this.#tree = undefined;
  }

  /** Sees whether the path has come, gone, or is another directory. What is in it is chokidar's business. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { path } = this.#request;
    const stats = await stat(path).catch(() => undefined);
    const identity = stats && (stats.isDirectory() ? `${stats.dev}:${stats.ino}` : 'file');
    const before = this.#identity;
    if (!this.#closed && (identity !== before || !this.#known)) {
      this.#identity = identity;
      this.#tree?.close();
      this.#tree = undefined;
      if (identity) await this.#enter();
      if (!this.#closed) this.#tell(before, identity);
      this.#known = true;
    }
    this.#looking = false;
  }

  /** Lets chokidar look. What comes between its first look and the second is seen by neither: then it begins again. */
  async #enter(): Promise<void> {
    const { path, recursive } = this.#request;
    const modified = async () => (await stat(path).catch(() => undefined))?.mtimeMs;
    for (let round = 0; round < MOST_ROUNDS && !this.#closed; round++) {
      const before = await modified();
      const tree = pollTree(path, recursive, this.#seconds, {
        changed: (how, where) => {
          // It may come back before it was seen missing.
          if (how === 'REMOVE' && where === path) this.#identity = GONE;
          this.#listener.changed(how, where);
        },
        failed: (error) => {
          if (error.code !== 'ENOENT') this.#listener.trouble(error.message, false);
        },
      });
      this.#tree?.close();
      this.#tree = tree;
      if (this.#closed) tree.close();
      await tree.ready;
      // Its first look at each file is on its way by then: ours come after it.
      await modified();
      if ((await modified()) === before) return;
    }
  }

  #tell(before: string | undefined, now: string | undefined): void {
    const { path } = this.#request;
    if (now && !before) this.#listener.established();
    else if (!now && (before || !this.#known)) this.#listener.missing();
    if (this.#known) this.#listener.changed(!now ? 'REMOVE' : before ? 'MODIFY' : 'CREATE', path);
  }
}

import { dirname } from 'node:path';
import type { FileChange, PortSubscription, Watcher, WatchListener, WatchRequest } from '../../src/core/ports.ts';

/** Watches a tree that exists in the mind of a test only. */
export class FakeWatcher implements Watcher {
  readonly #there: Set<string>;
  readonly watches = new Set<{ readonly request: WatchRequest; readonly listener: WatchListener }>();

  /** @param there paths that exist at the start. */
  constructor(there: readonly string[] = []) {
    this.#there = new Set(there);
  }

  watch(request: WatchRequest, listener: WatchListener): PortSubscription {
    const watch = { request, listener };
    this.watches.add(watch);
    if (this.#there.has(request.path)) listener.established();
    else listener.missing();
    return {
      ready: Promise.resolve(),
      close: () => {
        this.watches.delete(watch);
      },
    };
  }

  /** A file is written, or a directory made. */
  write(path: string): void {
    const how = this.#there.has(path) ? 'MODIFY' : 'CREATE';
    this.#there.add(path);
    this.#tell(how, path);
  }
  /** A file or a directory goes, with all that is in it. */
  remove(path: string): void {
    for (const one of [...this.#there]) if (one === path || one.startsWith(`${path}/`)) this.#there.delete(one);
    this.#tell('REMOVE', path);
  }

  /** A file in a directory gets another name there. */
  rename(from: string, to: string): void {
    this.#there.delete(from);
    this.#there.add(to);
    for (const { request, listener } of [...this.watches]) {
      if (dirname(from) !== request.path) continue;
      if (request.renames) listener.changed('RENAME', to, from);
      else {
        listener.changed('REMOVE', from);
        listener.changed('CREATE', to);
      }
    }
  }

  #tellItself(listener: WatchListener, how: FileChange, path: string): void {
    if (how === 'REMOVE') listener.missing();
    else if (how === 'CREATE') listener.established();
    listener.changed(how, path);
  }

  #tell(how: FileChange, path: string): void {
    for (const { request, listener } of [...this.watches]) {
      const { path: root, recursive } = request;
      if (path === root) this.#tellItself(listener, how, path);
      else if (recursive ? path.startsWith(`${root}/`) : dirname(path) === root) listener.changed(how, path);
      else if (how === 'REMOVE' && root.startsWith(`${path}/`)) {
        listener.missing();
        listener.changed(how, root);
      }
    }
  }
}

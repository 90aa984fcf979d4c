import { isPattern, matchesName } from './config/include.ts';
import type { EventHandlers } from './core/engine-events.ts';
import type { Clock, PortSubscription, Watcher } from './core/ports.ts';
import type { IncludedPaths } from './core/spec.ts';
import type { Logger } from './log/record.ts';

/** How long the files have to be left alone before they are loaded, ms: editors write them in several steps. */
const QUIET_MS = 200;

/** What is seen of the files without reading them. */
export interface FileStamps {
  /** A text that is another one when the file is; undefined: it is not there. */
  stamp(path: string): string | undefined;
  /** The names in a directory; none if it is not there. */
  list(directory: string): readonly string[];
}

interface ConfigWatchOptions {
  readonly watcher: Watcher;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Logger;
  /** Loads the running file again. */
  reload(): void;
  readonly files: FileStamps;
}

const NOTHING: IncludedPaths = { files: [], patterns: [] };

/** Loads the configuration again when its file, or one that it includes, has changed and is left alone. */
export class ConfigWatch {
  readonly #options: ConfigWatchOptions;
  readonly #files: FileStamps;
  readonly #watches = new Map<string, PortSubscription>();
  #file = '';
  #included = NOTHING;
  /** The stamps of the files when they were read. */
  #seen: ReadonlyMap<string, string> = new Map();
  #waiting: AbortController | undefined;
  #closed = false;

  constructor(options: ConfigWatchOptions) {
    this.#options = options;
    this.#files = options.files;
  }

  readonly handlers: EventHandlers = {
    'scheduler.loading': ({ config }) => this.#follow(config.file, config.included),
    // What changes while they are read is a change.
    'reload.started': () => {
      this.#seen = this.#look();
    },
    'reload.finished': ({ config }) => this.#follow(config.file, config.included),
    // The mistake may be in a file that was not included before.
    'reload.refused': ({ file, included }) => {
      if (file === this.#file && included) this.#follow(file, joined(this.#included, included));
    },
    'scheduler.ended': () => this.close(),
  };

  close(): void {
    this.#closed = true;
    this.#waiting?.abort();
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  /** Watches these files and no others. */
  #follow(file: string, included = NOTHING): void {
    if (this.#closed) return;
    this.#file = file;
    this.#included = included;
    const paths = new Set([
      file,
      ...included.files,
      ...included.patterns.filter(({ name }) => isPattern(name)).map(({ directory }) => directory),
    ]);
    for (const [path, watch] of this.#watches)
      if (!paths.has(path)) {
        watch.close();
        this.#watches.delete(path);
      }
    for (const path of paths) if (!this.#watches.has(path)) this.#watches.set(path, this.#watch(path));
    // A file that is new here was read just before.
    this.#seen = new Map([...this.#look()].map(([path, stamp]) => [path, this.#seen.get(path) ?? stamp]));
  }

  #watch(path: string): PortSubscription {
    const changed = (): void => this.#changed();
    return this.#options.watcher.watch(
      { path, recursive: false, pollSeconds: 0 },
      {
        established: changed,
        missing: changed,
        changed,
        trouble: (reason) => this.#options.log.warn('PROC/MSG', `watching ${path}: ${reason}`),
      },
    );
  }

  /** The stamps of the files that there are now. */
  #look(): ReadonlyMap<string, string> {
    const paths = new Set([this.#file, ...this.#included.files]);
    for (const { directory, name } of this.#included.patterns)
      if (isPattern(name))
        for (const one of this.#files.list(directory)) if (matchesName(name, one)) paths.add(`${directory}/${one}`);
    return new Map([...paths].map((path) => [path, this.#files.stamp(path) ?? 'missing']));
  }

  /** Waits until nothing has changed for a while. */
  #changed(): void {
    this.#waiting?.abort();
    if (this.#closed) return;
    const waiting = new AbortController();
    this.#waiting = waiting;
    void this.#options.clock.sleep(QUIET_MS, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#reloadIfOther();
    });
  }

  #reloadIfOther(): void {
    const now = this.#look();
    const same = now.size === this.#seen.size && [...now].every(([path, stamp]) => this.#seen.get(path) === stamp);
    if (same) return;
    this.#seen = now;
    this.#options.reload();
  }
}

const joined = (a: IncludedPaths, b: IncludedPaths): IncludedPaths => ({
  files: [...new Set([...a.files, ...b.files])],
  patterns: [...a.patterns, ...b.patterns],
});

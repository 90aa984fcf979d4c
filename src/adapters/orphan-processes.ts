import type { Blocked } from '../core/ports.ts';
import { signalGroup } from './process-group.ts';
import { isStillRunning, type RunningProcess, RunningProcessesFile } from './running-processes-file.ts';

/** How often the orphans are checked, ms. */
const LOOK_MS = 100;
/** Between SIGTERM and SIGKILL after the time limit, ms. */
const GRACE_MS = 2000;
/** More are counted, not listed. */
const MOST_LISTED = 10;

/** Receives what happens to them. */
interface OrphanLogger {
  warn(text: string): void;
  info(text: string): void;
}

interface Left {
  readonly note: RunningProcess;
  readonly gone: Promise<void>;
  readonly settle: () => void;
  /** Monotonic ms at which it gets SIGKILL. */
  killAt?: number;
}

/** `task/NAME` as messages show it. */
const named = (item: string): string => item.replace('/', ' ');
const shown = ({ item, pid }: RunningProcess): string => `${named(item)} (process group ${pid})`;

const withResolvers = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};

/**
 * The processes that items start, as the next instance will know them if this one is killed; and those that a killed instance has
 * left running. An item is not run beside its own process of before.
 */
export class OrphanProcesses {
  /** Where starts and ends are noted. */
  readonly notes: RunningProcessesFile;
  readonly #records: OrphanLogger;
  readonly #left = new Map<number, Left>();
  /** Items whose wait was logged. */
  readonly #waiting = new Set<string>();
  readonly #ending = withResolvers();
  #isEnding = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param path of the file beside the socket of the instance. */
  constructor(path: string, records: OrphanLogger) {
    this.#records = records;
    this.notes = new RunningProcessesFile(path, records.warn);
    const { previous } = this.notes;
    for (const note of previous) {
      const { promise, resolve } = withResolvers();
      this.#left.set(note.pid, { note, gone: promise, settle: resolve });
    }
    if (previous.length === 0) return;
    const seconds = ({ at }: RunningProcess) => Math.max(0, Math.round((Date.now() - at) / 1000));
    const list = previous.slice(0, MOST_LISTED).map((note) => `${shown(note)} for ${seconds(note)} s`);
    if (previous.length > MOST_LISTED) list.push(`${previous.length - MOST_LISTED} others`);
    records.warn(
      `an instance that was killed has left running: ${list.join(', ')}; their items are not run before these have ended`,
    );
    for (const left of this.#left.values()) if (left.note.asked) this.#endAsked(left);
    this.#lookLater();
  }

  /** `listener` is called at once with each process that was left, and when it has ended. */
  watch(listener: (process: RunningProcess, state: 'running' | 'ended') => void): void {
    for (const { note, gone } of this.#left.values()) {
      listener(note, 'running');
      void gone.then(() => listener(note, 'ended'));
    }
  }

  /** What was left of an item and still runs keeps it from running. */
  blocked(item: string): Blocked | undefined {
    if (this.#left.size === 0) return undefined;
    const own = [...this.#left.values()].filter(({ note }) => note.item === item);
    if (own.length === 0) return undefined;
    const list = own.map(({ note }) => note.pid).join(', ');
    const why = `waits for the end of process group ${list}, which a killed instance has left`;
    if (!this.#waiting.has(item)) this.#records.info(`${named(item)} ${why}`);
    this.#waiting.add(item);
    const gone = () => Promise.all(own.map(({ gone }) => gone));
    return { why, wait: () => Promise.race([this.#ending.promise, gone()]).then(() => !this.#isEnding) };
  }

  /** The scheduler ends: what waits is not run any more. */
  noMore(): void {
    this.#isEnding = true;
    this.#ending.resolve();
  }

  /** Ends all that were left: SIGTERM, then SIGKILL after `graceMs`. Resolves when they are gone. */
  async killAll(graceMs: number): Promise<void> {
    this.noMore();
    const all = [...this.#left.values()];
    for (const left of all) this.#end(left, graceMs);
    await Promise.all(all.map(({ gone }) => gone));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.notes.close();
  }

  #endAsked(left: Left): void {
    this.#records.info(
      `${shown(left.note)}, which a killed instance has left, was asked as a guard, and is asked anew: process group ended`,
    );
    this.#end(left, GRACE_MS);
  }

  #end(left: Left, graceMs: number): void {
    if (!isStillRunning(left.note)) return;
    signalGroup(left.note.pid, 'SIGTERM');
    left.killAt = performance.now() + graceMs;
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => {
      for (const left of this.#left.values()) this.#look(left);
      if (this.#left.size > 0) this.#lookLater();
    }, LOOK_MS).unref();
  }

  #look(left: Left): void {
    const { note } = left;
    if (!isStillRunning(note)) {
      this.#left.delete(note.pid);
      this.notes.remove(note.pid);
      this.#records.info(`${shown(note)}, which a killed instance has left, has ended`);
      left.settle();
    } else if (left.killAt !== undefined) {
      if (performance.now() >= left.killAt) signalGroup(note.pid, 'SIGKILL');
    } else if (note.limit > 0 && Date.now() > note.at + note.limit * 1000) {
      this.#records.warn(
        `${shown(note)}, which a killed instance has left, has reached its time limit of ${note.limit} s, process group ended`,
      );
      this.#end(left, GRACE_MS);
    }
  }
}

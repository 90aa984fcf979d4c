import {
  close,
  closeSync,
  constants,
  fstatSync,
  fsync,
  fsyncSync,
  futimesSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError } from '../../call-safely.ts';
import { codeOf } from '../../error-message.ts';
import type { HistoryLine, HistoryWriter } from '../../history/history-line.ts';
import { HistoryState } from '../../history/history-state.ts';
import { agree, counted } from '../../plural.ts';
import { dropCounts } from '../files/dropped.ts';
import { ownFiles } from '../files/own-files.ts';
import { lazy } from '../lazy.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import { hasWork } from './inventory.ts';
import { type LoadedHistory, loadHistory, nextSegment } from './load.ts';
import { PLAIN_SUFFIX, type SegmentId, segmentName } from './segments.ts';
import { type HistorySnapshot, LaterFormat, writeSnapshot, writeSnapshotNow } from './snapshot.ts';

/** How long runs are kept, and how many bytes of them. */
export interface HistoryLimits {
  readonly days: number;
  readonly megabytes: number;
}

/** The limits where the file has none. */
export const DEFAULT_LIMITS: HistoryLimits = { days: 90, megabytes: 200 };

/** How a store works, besides its limits. */
export interface HistoryStoreOptions extends Partial<HistoryLimits> {
  /** The greatest size of a segment, bytes. */
  readonly largest?: number;
  /** Lines between two snapshots. */
  readonly lines?: number;
  /** Wall-clock ms. */
  readonly now?: () => number;
}

const MEGABYTE = 1e6;
const LARGEST = 16 * 2 ** 20;
/** A start has to read so many lines at most, or as many as there are items. */
const LINES = 1000;
/** The first housekeeping does not disturb the start. The next ones come with each new segment, and once a day. */
const HOUSEKEEPING_MS = 2000;
const DAY_MS = 86_400_000;
/** Names that may be taken when a segment begins. */
const MOST_TAKEN = 100;

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Neither a link nor a pipe is written to, and what is there is never cut off. */
const APPEND = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK;

const housekeeping = lazy(() => import('./housekeeping.ts'));

/**
 * The history of one configuration in its directory: read at the start, then written line by line. Nothing that goes wrong with it
 * disturbs the program: what cannot be written is counted.
 */
export class HistoryStore {
  /** What the lines say so far. */
  readonly state: HistoryState;
  /** When an instance was last known to run, wall-clock ms; 0: never. */
  readonly aliveUntil: number;
  readonly writer: HistoryWriter;
  readonly #directory: string;
  readonly #warn: (text: string) => void;
  readonly #limits: HistoryLimits;
  readonly #largest: number;
  readonly #lines: number;
  readonly #now: () => number;
  readonly #abort = new AbortController();
  /** Nothing is written: the directory could not be read, or the store is closed. */
  #off = false;
  #segment: SegmentId;
  /** The segment is not there yet. */
  #isNew: boolean;
  #fd: number | undefined;
  #size: number;
  /** The last line has no end: the next one begins with it. */
  #torn: boolean;
  #lost = 0;
  #reason = '';
  #written = false;
  /** Lines since the last snapshot. */
  #since = 0;
  /** The snapshot that is to be written, and whether one is being written. */
  #wanted: HistorySnapshot | undefined;
  #writing: Promise<void> | undefined;
  #houseAt: number;
  #house: Promise<void> = Promise.resolve();
  #houseFails = false;
  #timer: NodeJS.Timeout | undefined;
  /** Segments that are finished, up to the next line. */
  #finished: readonly string[] = [];
  /** What is kept with the statistics of segments: how it was when they were finished. */
  readonly #snapshots = new Map<string, HistorySnapshot>();

  /** @param warn called when something is wrong with the directory. */
  constructor(directory: string, warn: (text: string) => void, options: HistoryStoreOptions = {}) {
    const { days = DEFAULT_LIMITS.days, megabytes = DEFAULT_LIMITS.megabytes, now = Date.now } = options;
    this.#directory = directory;
    this.#warn = warn;
    this.#limits = { days, megabytes };
    this.#largest = options.largest ?? Math.min(LARGEST, (megabytes * MEGABYTE) / 2);
    this.#lines = options.lines ?? LINES;
    this.#now = now;
    this.#houseAt = now();
    const loaded = this.#load();
    this.state = loaded.state;
    this.aliveUntil = loaded.aliveUntil;
    this.#segment = loaded.segment;
    this.#isNew = loaded.isNew;
    this.#size = loaded.size;
    this.#torn = loaded.torn;
    this.writer = { write: (lines) => this.#write(lines), alive: () => this.#alive() };
    if (this.#off) return;
    if (loaded.damaged.length > 0) this.#snapshotNow();
    this.#timer = setTimeout(() => void this.keepHouse(), HOUSEKEEPING_MS).unref();
  }

  /** Compresses, counts and removes what is finished. Resolves when it is done, and no snapshot is being written; never rejects. */
  async keepHouse(): Promise<void> {
    // One at a time. What goes on may not know of the last segment.
    this.#house = this.#house.then(() => this.#keepHouse());
    await this.#house;
    await this.#writing;
  }
  /** Writes the snapshot, and closes the files. */
  close(): void {
    if (this.#off) return;
    this.#off = true;
    clearTimeout(this.#timer);
    this.#abort.abort();
    if (this.#since > 0) this.#snapshotNow();
    // A directory that could never be written to was reported when that was found out.
    if (this.#lost > 0 && this.#written) this.#warn(this.#lostText());
    if (this.#fd === undefined) return;
    try {
      fsyncSync(this.#fd);
    } catch {
      // The lines are with the system.
    }
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #load(): LoadedHistory {
    try {
      ownFiles.claimTree(this.#directory);
      makePrivateDirectory(dirname(this.#directory));
      makePrivateDirectory(this.#directory);
      const loaded = loadHistory(this.#directory, this.#now());
      if (loaded.damaged.length > 0)
        this.#warn(`the history in ${this.#directory} is damaged, and goes on: ${loaded.damaged.join('; ')}`);
      return loaded;
    } catch (error) {
      this.#off = true;
      const left = error instanceof LaterFormat ? '; it is left as it is' : '';
      this.#warn(`no history is kept in ${this.#directory}: ${describeError(error, true)}${left}`);
    }
    const segment = { month: '', number: 0 };
    return {
      ...{ state: new HistoryState(), segment, isNew: true, size: 0, torn: false },
      ...{ aliveUntil: 0, damaged: [] },
    };
  }

  #write(lines: readonly HistoryLine[]): void {
    const [first] = lines;
    if (this.#off || !first) return;
    const { time, session } = first;
    try {
      const month = time.slice(0, 7);
      if (this.#size >= this.#largest || this.#segment.month < month) this.#turn(month);
      if (this.#lost > 0) this.#writeLost(time, session);
      this.#append(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    } catch (error) {
      this.#failed(error, lines.length);
      return;
    }
    this.#since += lines.length;
    if (this.#finished.length > 0) this.#finish();
    else if (this.#since >= this.#lines && this.#since >= this.state.items.size + this.state.conditions.size)
      this.#takeSnapshot();
  }
  #writeLost(time: string, session: string): void {
    this.#append(`${JSON.stringify({ kind: 'lost', time, session, lines: this.#lost, why: this.#reason })}\n`);
    this.#warn(`the history in ${this.#directory} is written again: ${this.#lostText()}`);
    this.#lost = 0;
  }
  #lostText(): string {
    const lines = counted(this.#lost, 'line');
    return `${lines} could not be written and ${agree(this.#lost, 'is', 'are')} lost (${this.#reason})`;
  }
  #failed(error: unknown, lines: number): void {
    const before = this.#lost;
    this.#lost += lines;
    dropCounts.add('history', lines);
    if (before > 0) return;
    this.#reason = describeError(error, true);
    this.#warn(`cannot write to the history in ${this.#directory}: ${this.#reason}; runs go on without it`);
  }
  /** @throws Error of the system */
  #append(text: string): void {
    const fd = this.#open();
    const bytes = Buffer.from(this.#torn ? `\n${text}` : text);
    // Whatever becomes of it: what follows a line that is not complete begins with a line end.
    this.#torn = true;
    for (let done = 0; done < bytes.length; ) {
      const written = writeSync(fd, bytes, done);
      done += written;
      this.#size += written;
    }
    this.#torn = false;
    this.#written = true;
  }

  /** The file of the segment, which is made again when it was removed. @throws Error of the system */
  #open(): number {
    if (this.#fd !== undefined && fstatSync(this.#fd).nlink > 0) return this.#fd;
    if (this.#fd !== undefined) this.#remake();
    try {
      return this.#openOrBegin();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      this.#remake();
      return this.#openOrBegin();
    }
  }
  #openOrBegin(): number {
    this.#fd = this.#isNew ? this.#begin(this.#segment) : openExisting(this.#path);
    return this.#fd;
  }
  get #path(): string {
    return join(this.#directory, `${segmentName(this.#segment)}${PLAIN_SUFFIX}`);
  }
  /** The file is not there any more, nor perhaps its directory. @throws Error of the system */
  #remake(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#isNew = true;
    makePrivateDirectory(this.#directory);
    // The snapshot may be gone as well.
    this.#since = Number.POSITIVE_INFINITY;
  }
  /** Begins a segment: the given one, or the next whose name is free. Returns its file. @throws Error of the system */
  #begin(wanted: SegmentId): number {
    let segment = wanted;
    for (let attempt = 1; ; attempt++) {
      try {
        const path = join(this.#directory, `${segmentName(segment)}${PLAIN_SUFFIX}`);
        const fd = openSync(path, APPEND | O_CREAT | O_EXCL, 0o600);
        this.#segment = segment;
        this.#isNew = false;
        this.#size = 0;
        this.#torn = false;
        return fd;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST' || attempt >= MOST_TAKEN) throw error;
        segment = nextSegment(segment, segment.month);
      }
    }
  }
  /** Begins the next segment. When that is not possible the one before goes on. */
  #turn(month: string): void {
    const [fd, finished] = [this.#fd, this.#segment];
    const next = nextSegment(finished, month);
    if (this.#isNew) {
      this.#segment = next;
      return;
    }
    try {
      this.#fd = this.#begin(next);
    } catch {
      return;
    }
    if (fd !== undefined) fsync(fd, () => close(fd, () => {}));
    this.#finished = [...this.#finished, segmentName(finished)];
  }
  /** Called after the first line of a segment: the state is that up to this line, and not that at the end of the one before. */
  #finish(): void {
    const snapshot = this.#takeSnapshot();
    for (const name of this.#finished) this.#snapshots.set(name, snapshot);
    this.#finished = [];
    void this.keepHouse();
  }

  #alive(): void {
    if (this.#off) return;
    try {
      const now = this.#now();
      if (this.#fd !== undefined) {
        if (statSync(this.#path, { throwIfNoEntry: false })?.ino !== fstatSync(this.#fd).ino) this.#remake();
        else futimesSync(this.#fd, now / 1000, now / 1000);
      }
      if (now - this.#houseAt > DAY_MS) void this.keepHouse();
    } catch {
      // The next line reports what is wrong.
    }
  }

  /** What a start would read, as of now. */
  get #current(): HistorySnapshot {
    return { state: this.state.stored, segment: segmentName(this.#segment), offset: this.#size };
  }
  #takeSnapshot(): HistorySnapshot {
    this.#since = 0;
    const snapshot = this.#current;
    this.#wanted = snapshot;
    this.#writing ??= this.#writeSnapshots();
    return snapshot;
  }
  /** Writes the newest snapshot, one at a time. Without it the next start reads more lines. */
  async #writeSnapshots(): Promise<void> {
    for (let next = this.#wanted; next !== undefined && !this.#off; next = this.#wanted) {
      this.#wanted = undefined;
      await writeSnapshot(this.#directory, next, () => !this.#off).catch(() => {});
    }
    this.#writing = undefined;
  }
  #snapshotNow(): void {
    this.#since = 0;
    try {
      writeSnapshotNow(this.#directory, this.#current);
    } catch {
      // The next start reads more lines.
    }
  }

  async #keepHouse(): Promise<void> {
    if (this.#off) return;
    this.#houseAt = this.#now();
    const { days, megabytes } = this.#limits;
    try {
      const work = { inProgress: this.#segment, days, bytes: megabytes * MEGABYTE, now: this.#houseAt };
      // Most starts have nothing to do: what does it is not loaded then.
      if (!hasWork(this.#directory, work)) return;
      const { keepHouse } = await housekeeping();
      const snapshots = new Map(this.#snapshots);
      const { signal } = this.#abort;
      const damaged = await keepHouse({ directory: this.#directory, snapshots, signal, ...work });
      this.#houseFails = false;
      for (const name of snapshots.keys()) this.#snapshots.delete(name);
      if (damaged.length > 0) this.#warn(`the history in ${this.#directory} is damaged: ${damaged.join('; ')}`);
    } catch (error) {
      if (!this.#houseFails && !this.#abort.signal.aborted)
        this.#warn(
          `older parts of the history in ${this.#directory} are not compressed: ${describeError(error, true)}`,
        );
      this.#houseFails = true;
    }
  }
}

/** @throws Error of the system, also when it is not a regular file */
const openExisting = (path: string): number => {
  const fd = openSync(path, APPEND);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error(`${path} is not a regular file`);
};

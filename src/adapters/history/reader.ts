import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../error-message.ts';
import { HistoryEntries, type HistoryEntry, type RunFilter } from '../../history/history-entries.ts';
import { type HistoryLine, parseHistoryLine } from '../../history/history-line.ts';
import { HistoryState, type StoredState } from '../../history/history-state.ts';
import { RunStatistics, type StoredRunStatistics } from '../../history/run-statistics.ts';
import { historiesDirectory } from './directory.ts';
import {
  compareSegments,
  listSegments,
  PLAIN_SUFFIX,
  parseSegmentName,
  readSegment,
  type Segment,
  type SegmentId,
  segmentFile,
} from './segments.ts';
import { readSnapshot } from './snapshot.ts';
import { readStatistics } from './statistics-file.ts';

const NEWLINE = 0x0a;

/** An instance notes about once a minute that it runs. */
const ALIVE_MS = 3 * 60_000;

/** A place in the history. */
interface Place {
  readonly segment: SegmentId;
  readonly offset: number;
}

/** Called while files are read: bytes of all bytes. */
type ReadListener = (done: number, total: number) => void;

/** Which lines are read. */
export interface LineFilter {
  /** A line without any of these texts is not parsed; undefined: all are. It is asked before each line. */
  readonly containing?: readonly string[] | undefined;
}

/** Returns what tells whether a line may be wanted: it need not be decoded and parsed if not. */
const prefilter = (filter: LineFilter): ((line: Buffer) => boolean) => {
  let made: readonly string[] | undefined;
  let needles: readonly Buffer[] = [];
  return (line) => {
    const { containing } = filter;
    if (containing === undefined) return true;
    if (containing !== made) {
      made = containing;
      needles = containing.map((text) => Buffer.from(text));
    }
    return needles.some((needle) => line.includes(needle));
  };
};

/** The lines of runs of these items; none: of all. */
const ofItems = (items: readonly string[]): LineFilter =>
  items.length === 0
    ? { containing: ['"kind":"run"', '"kind":"task"'] }
    : {
        containing: items.map((item) => {
          const at = item.indexOf('/');
          return `"${item.slice(0, at)}":${JSON.stringify(item.slice(at + 1))}`;
        }),
      };

const chosen = (all: StoredRunStatistics, items: readonly string[]): StoredRunStatistics =>
  items.length === 0 ? all : Object.fromEntries(items.flatMap((item) => (all[item] ? [[item, all[item]]] : [])));

/** Reads the history of one configuration from its directory, also while an instance writes to it. */
export class HistoryReader {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Whether anything was written. */
  get exists(): boolean {
    try {
      return this.#segments.length > 0;
    } catch {
      return false;
    }
  }

  /** The lines, the oldest first. What is not a line is left out. @throws Error of the system */
  *lines(filter: LineFilter = {}, progress?: ReadListener): Generator<HistoryLine, void> {
    const isWanted = prefilter(filter);
    for (const [segment, read] of this.#measured(progress)) yield* this.#linesIn(segment, isWanted, read);
  }
  *#linesIn(
    segment: Segment,
    isWanted: (line: Buffer) => boolean,
    read?: (share: number) => void,
  ): Generator<HistoryLine, void> {
    const bytes = this.#read(segment);
    for (let at = 0; at < bytes.length; ) {
      const next = bytes.indexOf(NEWLINE, at);
      const end = next === -1 ? bytes.length : next;
      const line = this.#parse(bytes.subarray(at, end), isWanted);
      if (line) yield line;
      at = end + 1;
      read?.(Math.min(1, at / bytes.length));
    }
  }

  /** The lines, the newest first. @throws Error of the system */
  *linesBackwards(filter: LineFilter = {}): Generator<HistoryLine, void> {
    const isWanted = prefilter(filter);
    for (const segment of this.#segments.toReversed()) {
      const bytes = this.#read(segment);
      for (let end = bytes.length; end > 0; ) {
        const before = bytes.lastIndexOf(NEWLINE, end - 1);
        const line = this.#parse(bytes.subarray(before + 1, end), isWanted);
        if (line) yield line;
        end = before;
      }
    }
  }

  /** The entries, the newest first. @param alive whether the instance that has written last is running. @throws Error of the system */
  *entries(filter: RunFilter, alive: boolean): Generator<HistoryEntry, void> {
    const entries = new HistoryEntries(filter, alive);
    for (const line of this.linesBackwards(entries)) {
      yield* entries.take(line);
      if (entries.over) return;
    }
    yield* entries.rest();
  }

  /**
   * The statistics of items. Of finished segments they are in a file of their own.
   * @param items `condition/NAME` and `task/NAME`; none: all. @param since only of runs that ended not before; wall-clock ms.
   * @param progress called for each line that is read
   * @throws Error of the system
   */
  statistics(items: readonly string[] = [], since = Number.NEGATIVE_INFINITY, progress?: ReadListener): RunStatistics {
    const all = new RunStatistics();
    const isWanted = prefilter(ofItems(items));
    const whole = since === Number.NEGATIVE_INFINITY;
    for (const [segment, read] of this.#measured(progress)) {
      if (this.#written(segment) < since) continue;
      const beside = whole ? readStatistics(this.directory, segment)?.items : undefined;
      const found = beside ?? this.#count(segment, isWanted, since, read).stored;
      all.merge(new RunStatistics(chosen(found, items)));
    }
    return all;
  }
  /** The segments, each with what is called with the share of it that is read. */
  *#measured(progress: ReadListener | undefined): Generator<[Segment, ((share: number) => void)?], void> {
    const segments = this.#segments;
    if (progress === undefined) {
      for (const segment of segments) yield [segment];
      return;
    }
    const sizes = segments.map(
      (segment) => statSync(join(this.directory, segmentFile(segment)), { throwIfNoEntry: false })?.size ?? 0,
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    let before = 0;
    for (const [i, segment] of segments.entries()) {
      const [start, size] = [before, sizes[i]!];
      yield [segment, (share) => progress(start + share * size, total)];
      before += size;
    }
  }
  #count(
    segment: Segment,
    isWanted: (line: Buffer) => boolean,
    since: number,
    read: ((share: number) => void) | undefined,
  ): RunStatistics {
    const lines = new RunStatistics();
    for (const line of this.#linesIn(segment, isWanted, read)) if (Date.parse(line.time) >= since) lines.add(line);
    return lines;
  }

  /** What its lines say. What cannot be read is left out. @throws Error of the system */
  state(): HistoryState {
    const { stored, start } = this.#snapshot();
    const state = new HistoryState(stored);
    for (const segment of this.#segments) {
      const order = start === undefined ? 1 : compareSegments(segment, start.segment);
      if (order >= 0) for (const line of this.#linesOf(segment, order > 0 ? 0 : start!.offset)) state.apply(line);
    }
    return state;
  }

  /** The names that it knows: `condition/NAME` and `task/NAME`. @throws Error of the system */
  names(): ReadonlySet<string> {
    const [names, start] = this.#snapshotNames();
    for (const segment of this.#segments) for (const item of this.#itemsOf(segment, start)) names.add(item);
    return names;
  }
  /** The names in a segment that a snapshot does not have. */
  #itemsOf(segment: Segment, start: Place | undefined): Iterable<string> {
    if (start === undefined) {
      const items = readStatistics(this.directory, segment)?.items;
      return items ? Object.keys(items) : this.#namesIn(segment, 0);
    }
    const order = compareSegments(segment, start.segment);
    return order < 0 ? [] : this.#namesIn(segment, order > 0 ? 0 : start.offset);
  }
  *#namesIn(segment: Segment, offset: number): Generator<string, void> {
    for (const line of this.#linesOf(segment, offset)) {
      if ('condition' in line) yield `condition/${line.condition}`;
      if (line.kind === 'task') yield `task/${line.task}`;
    }
  }

  /** Whether the instance that has written last was known to run a moment ago. */
  isAlive(now: number): boolean {
    const last = this.#segments.at(-1);
    return last !== undefined && now - this.#written(last) < ALIVE_MS;
  }

  /** When it was written last, wall-clock ms; undefined: there is nothing in it. @throws Error of the system */
  get written(): number | undefined {
    const last = this.#segments.at(-1);
    return last && this.#written(last);
  }

  #written(segment: Segment): number {
    const path = join(this.directory, segmentFile(segment));
    // It may have been compressed since the directory was listed.
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  }

  /** The snapshot, and where the lines begin that are not in it; nothing if there is none that can be read. */
  #snapshot(): { readonly stored?: StoredState; readonly start?: Place } {
    try {
      const snapshot = readSnapshot(this.directory);
      const segment = snapshot && parseSegmentName(`${snapshot.segment}${PLAIN_SUFFIX}`);
      return segment ? { stored: snapshot.state, start: { segment, offset: snapshot.offset } } : {};
    } catch {
      return {};
    }
  }
  #snapshotNames(): [Set<string>, Place | undefined] {
    const { stored, start } = this.#snapshot();
    const { runs = [], conditions = [] } = stored ?? {};
    return [new Set([...runs.map(([item]) => item), ...conditions.map(([name]) => `condition/${name}`)]), start];
  }

  *#linesOf(segment: Segment, offset = 0): Generator<HistoryLine, void> {
    for (const text of this.#read(segment, offset).toString('utf8').split('\n')) {
      const line = parseHistoryLine(text);
      if (line) yield line;
    }
  }

  get #segments(): readonly Segment[] {
    return listSegments(this.directory);
  }

  #read(segment: Segment, offset = 0): Buffer {
    try {
      return readSegment(this.directory, segment, offset).bytes;
    } catch (error) {
      // It was compressed, or dropped, since the directory was listed.
      if (codeOf(error) !== 'ENOENT') throw error;
      const now = this.#segments.find(({ name }) => name === segment.name);
      return now ? readSegment(this.directory, now, offset).bytes : Buffer.alloc(0);
    }
  }

  #parse(bytes: Buffer, isWanted: (line: Buffer) => boolean): HistoryLine | undefined {
    return bytes.length > 0 && isWanted(bytes) ? parseHistoryLine(bytes.toString('utf8')) : undefined;
  }
}

/** A history that is kept. */
export interface KeptHistory {
  readonly directory: string;
  /** When it was written last, wall-clock ms. */
  readonly written: number;
}

/** The histories of this user, the one that was written last first. */
export const keptHistories = (environment: NodeJS.ProcessEnv = process.env): readonly KeptHistory[] => {
  const all = historiesDirectory(environment);
  let names: readonly string[];
  try {
    names = readdirSync(all);
  } catch {
    return [];
  }
  const found = names.flatMap((name): KeptHistory[] => {
    const directory = join(all, name);
    try {
      const { written } = new HistoryReader(directory);
      return written === undefined ? [] : [{ directory, written }];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => b.written - a.written);
};

import { copyFileSync, linkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '../../call-safely.ts';
import { parseHistoryLine } from '../../history/history-line.ts';
import { HistoryState } from '../../history/history-state.ts';
import {
  compareSegments,
  DAMAGED,
  DRAFT,
  listSegments,
  PLAIN_SUFFIX,
  parseSegmentName,
  readSegment,
  type Segment,
  type SegmentId,
  segmentFile,
} from './segments.ts';
import { HISTORY_FORMAT, type HistorySnapshot, LaterFormat, readSnapshot, SNAPSHOT } from './snapshot.ts';
import { readStatistics } from './statistics-file.ts';

/** What a directory holds when a program starts. */
export interface LoadedHistory {
  readonly state: HistoryState;
  /** The segment to go on with; `isNew`: it is not there yet. */
  readonly segment: SegmentId;
  readonly isNew: boolean;
  /** Bytes of the segment, and whether its last line has no end. */
  readonly size: number;
  readonly torn: boolean;
  /** When an instance was last known to run, wall-clock ms; 0: never. */
  readonly aliveUntil: number;
  /** What was found to be damaged, each with where it is now. */
  readonly damaged: readonly string[];
}

/** Where a segment ends. */
type End = Pick<LoadedHistory, 'size' | 'torn'>;

const NEWLINE = 0x0a;

/** Keeps a file under another name. Returns the name. @throws Error of the system */
const setAside = (directory: string, file: string): string => {
  renameSync(join(directory, file), join(directory, `${file}${DAMAGED}`));
  return `${file}${DAMAGED}`;
};

/** Whether a text is a line of a history, of this version or a later one. */
const isLine = (text: string): boolean => {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null && !Array.isArray(line);
  } catch {
    return false;
  }
};

/** Puts the lines of a segment that can be read in its place, and keeps it under another name. @throws Error of the system */
export const salvage = (directory: string, segment: Segment): string => {
  const lines = readSegment(directory, segment, 0).bytes.toString('utf8').split('\n');
  const file = segmentFile(segment);
  const [from, aside] = [join(directory, file), join(directory, `${file}${DAMAGED}`)];
  const plain = join(directory, `${segment.name}${PLAIN_SUFFIX}`);
  const readable = lines.filter(isLine).map((line) => `${line}\n`);
  writeFileSync(`${plain}${DRAFT}`, readable.join(''), { mode: 0o600, flush: true });
  if (from === plain) {
    rmSync(aside, { force: true });
    try {
      linkSync(from, aside);
    } catch {
      copyFileSync(from, aside);
    }
    renameSync(`${plain}${DRAFT}`, plain);
  } else {
    renameSync(`${plain}${DRAFT}`, plain);
    renameSync(from, aside);
  }
  return `${file}${DAMAGED}`;
};

/** Reads what a directory holds. Nothing is written unless something is damaged. */
class Loader {
  readonly #directory: string;
  readonly #damaged: string[] = [];
  state = new HistoryState();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws Error of the system, LaterFormat */
  load(now: number): LoadedHistory {
    const segments = listSegments(this.#directory);
    const newest = segments.at(-1);
    const aliveUntil = newest ? statSync(join(this.#directory, segmentFile(newest))).mtimeMs : 0;
    const start = this.#start(segments);
    let end: End | undefined;
    for (const segment of segments) {
      const order = start ? compareSegments(segment, start.from) : 1;
      if (order >= 0) end = this.#replay(segment, order > 0 ? 0 : start!.offset);
    }
    const { state } = this;
    const loaded = { state, damaged: this.#damaged, aliveUntil };
    // What was put right is not written to: the snapshot may know more of it.
    if (newest && end && !newest.compressed && this.#damaged.length === 0)
      return { ...loaded, ...end, segment: newest, isNew: false };
    const last = start && (newest === undefined || compareSegments(start.from, newest) > 0) ? start.from : newest;
    const segment = nextSegment(last, new Date(now).toISOString().slice(0, 7));
    return { ...loaded, segment, isNew: true, size: 0, torn: false };
  }

  /** Takes the state from a snapshot. Returns where its lines end; undefined: there is no snapshot. */
  #start(segments: readonly Segment[]): { readonly from: SegmentId; readonly offset: number } | undefined {
    try {
      const snapshot = readSnapshot(this.#directory);
      if (snapshot) return this.#take(snapshot);
    } catch (error) {
      if (error instanceof LaterFormat) throw error;
      this.#damaged.push(`${SNAPSHOT} (${describeError(error, true)}) is now ${setAside(this.#directory, SNAPSHOT)}`);
    }
    // Those with the segments are older: more lines are read.
    for (const segment of segments.toReversed()) {
      const snapshot = readStatistics(this.#directory, segment)?.snapshot;
      if (snapshot) return this.#take(snapshot);
    }
    return undefined;
  }
  #take({ segment, offset, state }: HistorySnapshot): { readonly from: SegmentId; readonly offset: number } {
    this.state = new HistoryState(state);
    return { from: parseSegmentName(`${segment}${PLAIN_SUFFIX}`)!, offset };
  }

  /** Applies the lines of a segment that come after an offset. */
  #replay(segment: Segment, offset: number): End {
    const { bytes, size, whole } = readSegment(this.#directory, segment, offset);
    let foreign = 0;
    for (const text of bytes.toString('utf8').split('\n')) {
      const line = parseHistoryLine(text);
      if (line === undefined) {
        // A line that is torn has its beginning.
        if (text !== '' && !text.startsWith('{')) foreign += 1;
        continue;
      }
      if (line.kind === 'start' && (line.format as number) > HISTORY_FORMAT)
        throw new LaterFormat(segmentFile(segment), line.format);
      this.state.apply(line);
    }
    if (!whole) this.#putRight(segment, 'it cannot be decompressed');
    else if (size < offset) this.#putRight(segment, 'it was cut off');
    else if (foreign > 0) this.#putRight(segment, 'lines are not those of a history');
    return { size, torn: bytes.length > 0 && bytes.at(-1) !== NEWLINE };
  }
  #putRight(segment: Segment, why: string): void {
    const file = segmentFile(segment);
    this.#damaged.push(`${file} (${why}) is now ${salvage(this.#directory, segment)}`);
  }
}

/** The segment after another one: the month does not go back when the clock does. */
export const nextSegment = (last: SegmentId | undefined, month: string): SegmentId =>
  last === undefined || last.month < month ? { month, number: 1 } : { month: last.month, number: last.number + 1 };

/** Reads what a directory holds, as far as it can be read. @throws Error of the system, LaterFormat */
export const loadHistory = (directory: string, now: number): LoadedHistory => new Loader(directory).load(now);

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  compareSegments,
  listSegments,
  readSegment,
  type Segment,
  type SegmentId,
} from '../adapters/history/segments.ts';
import { type HistoryLine, parseHistoryLine } from '../history/history-line.ts';

const NEWLINE = 0x0a;
/** Lines are parsed for so long before something else gets a turn, in ms. */
const TURN_MS = 15;

/** Where lines have been read up to. */
interface ReadTo {
  readonly segment: SegmentId;
  readonly offset: number;
}

/** Called for each line; `isNew`: it was not there when the history was first read. */
export type LineListener = (line: HistoryLine, isNew: boolean) => void;

/** Reads the lines of a history once; then only what is new. */
export class HistoryTail {
  readonly #directory: string;
  readonly #onLine: LineListener;
  #readTo: ReadTo | undefined;
  #first = true;
  #reading: Promise<void> | undefined;

  constructor(directory: string, onLine: LineListener) {
    this.#directory = directory;
    this.#onLine = onLine;
  }

  /** Reads what has been written since the last call. @throws Error of the system */
  async update(): Promise<void> {
    // What was written after a reading began is for the next one.
    while (this.#reading !== undefined) await this.#reading;
    this.#reading = this.#read();
    try {
      await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  async #read(): Promise<void> {
    let since = performance.now();
    for (const segment of this.#segments()) {
      const order = this.#readTo === undefined ? 1 : compareSegments(segment, this.#readTo.segment);
      if (order < 0) continue;
      const offset = order === 0 ? this.#readTo!.offset : 0;
      const bytes = this.#bytes(segment, offset);
      for (let at = 0, end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
        const line = parseHistoryLine(bytes.toString('utf8', at, end));
        at = end + 1;
        this.#readTo = { segment, offset: offset + at };
        if (line) this.#onLine(line, !this.#first);
        if (performance.now() - since > TURN_MS) {
          await nextTurn();
          since = performance.now();
        }
      }
    }
    this.#first = false;
  }
  #segments(): readonly Segment[] {
    try {
      return listSegments(this.#directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
  #bytes(segment: Segment, offset: number): Buffer {
    try {
      return readSegment(this.#directory, segment, offset).bytes;
    } catch (error) {
      // It was compressed, or dropped, since the directory was listed: what is missing comes with the next reading, if it is there.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    }
  }
}

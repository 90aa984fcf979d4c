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
  #replaced = false;
  #reading: Promise<void> | undefined;

  constructor(directory: string, onLine: LineListener) {
    this.#directory = directory;
    this.#onLine = onLine;
  }

  /** What was read is not there any more: the files were taken away, cut off, or are others. */
  get replaced(): boolean {
    return this.#replaced;
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
    for (const [segment, offset, bytes] of this.#newParts()) {
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
  /** What is in each segment after the line that was read last; nothing when that is not there any more. */
  *#newParts(): Generator<readonly [Segment, offset: number, Buffer], void> {
    const segments = this.#segments();
    const { segment: last, offset: readTo = 0 } = this.#readTo ?? {};
    // The newest segment is always kept.
    if (last && !segments.some((segment) => compareSegments(segment, last) >= 0)) this.#replaced = true;
    for (const segment of segments) {
      const order = last === undefined ? 1 : compareSegments(segment, last);
      if (order < 0 || this.#replaced) continue;
      const offset = order === 0 ? readTo : 0;
      const bytes = this.#bytes(segment, offset);
      if (bytes === undefined) this.#replaced = true;
      else yield [segment, offset, bytes];
    }
  }
  #segments(): readonly Segment[] {
    try {
      return listSegments(this.#directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
  /** The bytes from the end of a line on; undefined: no line ends there. */
  #bytes(segment: Segment, offset: number): Buffer | undefined {
    try {
      if (offset === 0) return readSegment(this.#directory, segment, 0).bytes;
      const { bytes } = readSegment(this.#directory, segment, offset - 1);
      return bytes[0] === NEWLINE ? bytes.subarray(1) : undefined;
    } catch (error) {
      // It was compressed, or dropped, since the directory was listed: what is missing comes with the next reading, if it is there.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    }
  }
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type HistoryLine, parseHistoryLine } from '../../history/history-line.ts';
import { RunStatistics } from '../../history/run-statistics.ts';
import { historiesDirectory } from './directory.ts';
import { listSegments, readSegment, type Segment } from './segments.ts';
import { readStatistics } from './statistics-file.ts';

const NEWLINE = 0x0a;

/** Which lines are read. */
export interface LineFilter {
  /** A line without any of these texts is not parsed; undefined: all are. */
  readonly containing?: readonly string[];
}

const wanted = (bytes: Buffer, needles: readonly Buffer[] | undefined): boolean =>
  needles === undefined || needles.some((needle) => bytes.includes(needle));

const needlesOf = ({ containing }: LineFilter): readonly Buffer[] | undefined =>
  containing?.map((text) => Buffer.from(text));

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
  *lines(filter: LineFilter = {}): Generator<HistoryLine, void> {
    const needles = needlesOf(filter);
    for (const segment of this.#segments) {
      const bytes = this.#read(segment);
      for (let at = 0; at < bytes.length; ) {
        const next = bytes.indexOf(NEWLINE, at);
        const end = next === -1 ? bytes.length : next;
        const line = this.#parse(bytes.subarray(at, end), needles);
        if (line) yield line;
        at = end + 1;
      }
    }
  }

  /** The lines, the newest first. @throws Error of the system */
  *linesBackwards(filter: LineFilter = {}): Generator<HistoryLine, void> {
    const needles = needlesOf(filter);
    for (const segment of this.#segments.toReversed()) {
      const bytes = this.#read(segment);
      for (let end = bytes.length; end > 0; ) {
        const before = bytes.lastIndexOf(NEWLINE, end - 1);
        const line = this.#parse(bytes.subarray(before + 1, end), needles);
        if (line) yield line;
        end = before;
      }
    }
  }

  /** The statistics of all items. Of finished segments they are in a file of their own. @throws Error of the system */
  statistics(): RunStatistics {
    const all = new RunStatistics();
    for (const segment of this.#segments) {
      const found = readStatistics(this.directory, segment);
      if (found) {
        all.merge(new RunStatistics(found.items));
        continue;
      }
      const lines = new RunStatistics();
      for (const line of this.#linesOf(segment)) lines.add(line);
      all.merge(lines);
    }
    return all;
  }

  *#linesOf(segment: Segment): Generator<HistoryLine, void> {
    for (const text of this.#read(segment).toString('utf8').split('\n')) {
      const line = parseHistoryLine(text);
      if (line) yield line;
    }
  }

  get #segments(): readonly Segment[] {
    return listSegments(this.directory);
  }

  #read(segment: Segment): Buffer {
    try {
      return readSegment(this.directory, segment, 0).bytes;
    } catch (error) {
      // It was compressed, or dropped, since the directory was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const now = this.#segments.find(({ name }) => name === segment.name);
      return now ? readSegment(this.directory, now, 0).bytes : Buffer.alloc(0);
    }
  }

  #parse(bytes: Buffer, needles: readonly Buffer[] | undefined): HistoryLine | undefined {
    return bytes.length > 0 && wanted(bytes, needles) ? parseHistoryLine(bytes.toString('utf8')) : undefined;
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
      const last = listSegments(directory).at(-1);
      if (!last) return [];
      const file = `${last.name}${last.compressed ? '.jsonl.gz' : '.jsonl'}`;
      return [{ directory, written: statSync(join(directory, file)).mtimeMs }];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => b.written - a.written);
};

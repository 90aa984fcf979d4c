import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';

/** A segment of the history: the lines of a month, or of a part of it. */
export interface SegmentId {
  /** `2026-11`, as the clock showed it when the segment began. It never goes back. */
  readonly month: string;
  /** Counts within the month, from 1. */
  readonly number: number;
}

/** A segment that is in a directory. */
export interface Segment extends SegmentId {
  /** The name without its ending: `2026-11-001`. */
  readonly name: string;
  /** Both for a moment, when it has just been compressed: the compressed one is complete. */
  readonly plain: boolean;
  readonly compressed: boolean;
}

const SEGMENT = /^(?<name>(?<month>\d{4}-\d{2})-(?<number>\d{3,9}))\.jsonl(?<gz>\.gz)?$/;

/** Endings of the files of a segment. What has another one is not touched. */
export const PLAIN_SUFFIX = '.jsonl';
export const COMPRESSED_SUFFIX = '.jsonl.gz';
export const STATISTICS = '.stats.json';
/** Of files that could not be read, after their names. */
export const DAMAGED = '.damaged';
/** Of files that are not complete yet. */
export const DRAFT = '.tmp';

export const segmentName = ({ month, number }: SegmentId): string => `${month}-${String(number).padStart(3, '0')}`;

export const parseSegmentName = (file: string): (SegmentId & { readonly name: string }) | undefined => {
  const { name, month, number } = SEGMENT.exec(file)?.groups ?? {};
  return name === undefined ? undefined : { name, month: month!, number: Number(number) };
};

/** Negative: `a` comes before `b`. */
export const compareSegments = (a: SegmentId, b: SegmentId): number =>
  a.month === b.month ? a.number - b.number : a.month < b.month ? -1 : 1;

/** The segments in a directory, the oldest first. Other names, and what is not a regular file, are left out. @throws Error of the system */
export const listSegments = (directory: string): readonly Segment[] => {
  const found = new Map<string, Segment>();
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const id = entry.isFile() ? parseSegmentName(entry.name) : undefined;
    if (id === undefined) continue;
    const { plain = false, compressed = false } = found.get(id.name) ?? {};
    const gz = entry.name.endsWith('.gz');
    found.set(id.name, { ...id, plain: plain || !gz, compressed: compressed || gz });
  }
  return [...found.values()].sort(compareSegments);
};

/** The file with the lines of a segment. */
export const segmentFile = ({ name, compressed }: Pick<Segment, 'name' | 'compressed'>): string =>
  `${name}${compressed ? COMPRESSED_SUFFIX : PLAIN_SUFFIX}`;

/** What is in a file of a segment. */
export interface SegmentBytes {
  readonly bytes: Buffer;
  /** Bytes of the whole segment. */
  readonly size: number;
  /** False: it is compressed and does not come to its end. */
  readonly whole: boolean;
}

/** The longest beginning that can be decompressed. */
const decompress = (bytes: Buffer): { readonly text: Buffer; readonly whole: boolean } => {
  try {
    return { text: gunzipSync(bytes), whole: true };
  } catch {
    // It is cut off or damaged.
  }
  let text: Buffer = Buffer.alloc(0);
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      text = gunzipSync(bytes.subarray(0, middle), { finishFlush: constants.Z_SYNC_FLUSH });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return { text, whole: false };
};

const readFrom = (path: string, offset: number): SegmentBytes => {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    let done = 0;
    for (let read = -1; read !== 0 && done < bytes.length; done += read)
      read = readSync(fd, bytes, done, bytes.length - done, offset + done);
    return { bytes: bytes.subarray(0, done), size, whole: true };
  } finally {
    closeSync(fd);
  }
};

/** Reads a file of lines from an offset on, as far as it can be read. @throws Error of the system */
export const readLinesFile = (path: string, compressed: boolean, offset: number): SegmentBytes => {
  if (!compressed) return readFrom(path, offset);
  const { text, whole } = decompress(readFileSync(path));
  return { bytes: text.subarray(offset), size: text.length, whole };
};

/** Reads a segment from an offset on, as far as it can be read. @throws Error of the system */
export const readSegment = (directory: string, segment: Segment, offset: number): SegmentBytes =>
  readLinesFile(join(directory, segmentFile(segment)), segment.compressed, offset);

import { createReadStream, existsSync, openSync } from 'node:fs';
import { open, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../../error-message.ts';
import { parseHistoryLine } from '../../history/history-line.ts';
import { RunStatistics } from '../../history/run-statistics.ts';
import { compressFile } from '../files/compress.ts';
import { isTooOld, takeInventory } from './inventory.ts';
import {
  COMPRESSED_SUFFIX,
  compareSegments,
  DAMAGED,
  DRAFT,
  listSegments,
  PLAIN_SUFFIX,
  type Segment,
  type SegmentId,
  STATISTICS,
} from './segments.ts';
import type { HistorySnapshot } from './snapshot.ts';
import { statisticsText } from './statistics-file.ts';

/** Bytes of lines that are parsed at once: about a millisecond. */
const CHUNK = 1 << 16;
const MODE = 0o600;

/** What is done with the segments of a directory. */
export interface Housekeeping {
  readonly directory: string;
  /** The segment that is written. It and later ones are left alone. */
  readonly inProgress: SegmentId;
  readonly days: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Wall-clock ms. */
  readonly now: number;
  /** How it was when segments were finished, by their names. */
  readonly snapshots: ReadonlyMap<string, HistorySnapshot>;
  readonly signal: AbortSignal;
}

/** Takes bytes, and adds the lines in them to statistics. */
class StatisticsReader {
  readonly statistics = new RunStatistics();
  readonly #decoder = new TextDecoder();
  #rest = '';

  readonly add = (bytes: Buffer): void => {
    const lines = `${this.#rest}${this.#decoder.decode(bytes, { stream: true })}`.split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
  };
  end(): RunStatistics {
    this.#line(this.#rest);
    return this.statistics;
  }

  #line(text: string): void {
    const line = parseHistoryLine(text);
    if (line) this.statistics.add(line);
  }
}

/** Writes a file at once: a reader finds all of it or nothing. */
const replace = async (path: string, text: string): Promise<void> => {
  await writeFile(`${path}${DRAFT}`, text, { mode: MODE, flush: true });
  await rename(`${path}${DRAFT}`, path);
};

const writeStatistics = async ({ directory, snapshots }: Housekeeping, name: string, read: StatisticsReader) => {
  const snapshot = snapshots.get(name);
  const text = statisticsText({ items: read.end().stored, ...(snapshot ? { snapshot } : {}) });
  await replace(join(directory, `${name}${STATISTICS}`), text);
};

/**
 * Compresses a segment and writes its statistics. At each moment it is there as a whole: a kill loses nothing.
 * @throws Error of the system, or because of the signal
 */
const finish = async (work: Housekeeping, { name }: Segment): Promise<void> => {
  const plain = join(work.directory, `${name}${PLAIN_SUFFIX}`);
  const compressed = join(work.directory, `${name}${COMPRESSED_SUFFIX}`);
  const reader = new StatisticsReader();
  const { atime, mtime } = await stat(plain);
  const options = { mode: MODE, signal: work.signal, look: reader.add, chunk: CHUNK };
  await compressFile(openSync(plain, 'r'), `${compressed}${DRAFT}`, options);
  await writeStatistics(work, name, reader);
  // The time of the last line decides how long it is kept.
  await utimes(`${compressed}${DRAFT}`, atime, mtime);
  await rename(`${compressed}${DRAFT}`, compressed);
  await rm(plain);
};

/**
 * Writes the statistics of a segment that was compressed without them. What cannot be decompressed to its end is set aside, and what
 * was read of it takes its place. Returns what is damaged.
 */
const addStatistics = async (work: Housekeeping, { name }: Segment): Promise<readonly string[]> => {
  const reader = new StatisticsReader();
  const compressed = join(work.directory, `${name}${COMPRESSED_SUFFIX}`);
  const plain = join(work.directory, `${name}${PLAIN_SUFFIX}`);
  const draft = await open(`${plain}${DRAFT}`, 'w', MODE);
  try {
    const source = createReadStream(compressed);
    const take = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const bytes of chunks) {
        reader.add(bytes);
        await draft.appendFile(bytes);
      }
    };
    await pipeline(source, createGunzip({ chunkSize: CHUNK }), take, { signal: work.signal });
    await rm(`${plain}${DRAFT}`);
    await writeStatistics(work, name, reader);
    return [];
  } catch (error) {
    if (work.signal.aborted || !isDamage(error)) throw error;
    await rename(`${plain}${DRAFT}`, plain);
    await rename(compressed, `${compressed}${DAMAGED}`);
    return [`${name}${COMPRESSED_SUFFIX} (it cannot be decompressed) is now ${name}${COMPRESSED_SUFFIX}${DAMAGED}`];
  } finally {
    await draft.close();
  }
};

/** Whether decompression has failed, and not the system. */
const isDamage = (error: unknown): boolean => /^Z_/.test(codeOf(error));

/** Removes segments that are too old, then the oldest ones as long as there are too many bytes. */
const removeOld = async ({ directory, inProgress, days, now, signal }: Housekeeping, bytes: number): Promise<void> => {
  const { segments, bytes: all } = takeInventory(directory);
  let total = all;
  for (const segment of segments) {
    if (signal.aborted || compareSegments(segment, inProgress) >= 0) return;
    if (total <= bytes && !isTooOld(segment, days, now)) continue;
    for (const file of segment.files) await rm(file, { force: true });
    total -= segment.bytes;
  }
};

/**
 * Compresses the segments that are finished, writes their statistics, and removes what is too old or too much. What fails is tried
 * again the next time. Returns what was found to be damaged. @throws Error of the system, or because of the signal
 */
export const keepHouse = async (work: Housekeeping): Promise<readonly string[]> => {
  const damaged: string[] = [];
  await removeOld(work, Number.POSITIVE_INFINITY);
  try {
    for (const segment of listSegments(work.directory)) {
      if (work.signal.aborted || compareSegments(segment, work.inProgress) >= 0) break;
      if (!segment.compressed) await finish(work, segment);
      else {
        if (segment.plain) await rm(join(work.directory, `${segment.name}${PLAIN_SUFFIX}`), { force: true });
        if (!existsSync(join(work.directory, `${segment.name}${STATISTICS}`)))
          damaged.push(...(await addStatistics(work, segment)));
      }
    }
  } finally {
    // Where the disk is full, nothing can be compressed.
    await removeOld(work, work.bytes);
  }
  return damaged;
};

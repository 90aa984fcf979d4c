import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import type { Fact } from '../journal/fact.ts';
import {
  decodeRecording,
  type Head,
  isHead,
  joinParts,
  type Recording,
  RecordingDecoder,
} from '../journal/recording-decoder.ts';
import { readNext, readText, UnreadableFile, unreadable } from './host-fs.ts';

/** Bytes that are read at once. */
const CHUNK = 1 << 20;
/** A line with more bytes is not one of a recording. */
const LONGEST_LINE = 1 << 27;
const NEWLINE = 0x0a;
/** Standard input, as the command line names it. */
const STDIN = '-';

const isCompressed = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
/** What compressed bytes hold, as far as they go: they may be cut off. @throws UnreadableFile when they are damaged. */
const decompress = (name: string, bytes: Uint8Array): Buffer => {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new UnreadableFile(name, `it is damaged: ${(error as Error).message}`);
  }
};

/** Takes bytes, and hands on each line in them. */
class LineCutter {
  readonly #name: string;
  readonly #take: (line: string, last: boolean) => void;
  /** What has come without a line end, at the beginning, and room for more. */
  buffer = Buffer.allocUnsafe(CHUNK);
  filled = 0;

  /** `last`: the file ends without a line end. */
  constructor(name: string, take: (line: string, last: boolean) => void) {
    this.#name = name;
    this.#take = take;
  }
  /** Called when `read` more bytes are in the buffer. */
  add(read: number): void {
    this.filled += read;
    const end = this.buffer.lastIndexOf(NEWLINE, this.filled - 1) + 1;
    if (end > 0) {
      // Whole lines only, so that no character is cut.
      const lines = this.buffer.toString('utf8', 0, end).split('\n');
      lines.pop();
      for (const line of lines) this.#take(line, false);
      this.buffer.copyWithin(0, end, this.filled);
      this.filled -= end;
    }
    if (this.filled < this.buffer.length) return;
    if (this.filled >= LONGEST_LINE) throw new UnreadableFile(this.#name, 'a line is too long: it is not a recording');
    const larger = Buffer.allocUnsafe(2 * this.buffer.length);
    this.buffer.copy(larger, 0, 0, this.filled);
    this.buffer = larger;
  }
  end(): void {
    if (this.filled > 0) this.#take(this.buffer.toString('utf8', 0, this.filled), true);
  }
}

/** Reads a file to its end. @param start what has been read of it. */
const readRest = (fd: number, start: Uint8Array): Buffer => {
  const chunks: Uint8Array[] = [start];
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readNext(fd, chunk, 0);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
  }
};

/**
 * Calls `take` for each line; `last`: the file ends without a line end. Of a plain file only a chunk is in memory at a time. After each
 * chunk it yields how many bytes of the file have been read.
 */
function* eachLine(name: string, fd: number, take: (line: string, last: boolean) => void): Generator<number, void> {
  const cutter = new LineCutter(name, take);
  let first = true;
  let done = 0;
  for (let read = readNext(fd, cutter.buffer, 0); read > 0; read = readNext(fd, cutter.buffer, cutter.filled)) {
    if (first && isCompressed(cutter.buffer)) {
      const compressed = readRest(fd, cutter.buffer.subarray(0, read));
      const bytes = decompress(name, compressed);
      for (let at = 0; at < bytes.length; ) {
        const copied = bytes.copy(cutter.buffer, cutter.filled, at);
        at += copied;
        cutter.add(copied);
        yield (compressed.length * at) / bytes.length;
      }
      break;
    }
    first = false;
    done += read;
    cutter.add(read);
    yield done;
  }
  cutter.end();
}

/** The first line of a recording; the place in the file is not touched. */
const headOf = (fd: number): Head | undefined => {
  const start = Buffer.alloc(4096);
  try {
    const bytes = start.subarray(0, readSync(fd, start, 0, start.length, 0));
    const plain = isCompressed(bytes) ? decompress('', bytes) : bytes;
    const [line = ''] = plain.toString('utf8').split('\n');
    const found: unknown = JSON.parse(line);
    return isHead(found) ? found : undefined;
  } catch {
    return undefined;
  }
};

/** The names that an older part may have. While it is compressed both are there. */
const partNames = (path: string, i: number): readonly string[] => [`${path}.${i}`, `${path}.${i}.gz`];

const openPart = (path: string, i: number): number | undefined => {
  for (const name of partNames(path, i))
    try {
      return openSync(name, 'r');
    } catch {
      // The other name.
    }
  return undefined;
};

const isBefore = (head: Head | undefined, after: Head): boolean =>
  head?.session === after.session && head.part === after.part - 1;

/** Opens a file and the parts before it, the oldest first. All at once: the program that writes them may move them on. */
const openParts = (path: string): number[] => {
  const parts = [path === STDIN ? 0 : openSync(path, 'r')];
  let after = path === STDIN ? undefined : headOf(parts[0]!);
  for (let i = 1; after !== undefined && after.part > 1; i++) {
    const fd = openPart(path, i);
    if (fd === undefined) break;
    const head = headOf(fd);
    if (!isBefore(head, after)) {
      closeSync(fd);
      break;
    }
    parts.unshift(fd);
    after = head;
  }
  return parts;
};

/** What was read besides the facts. */
export type RecordingInfo = Pick<RecordingDecoder, 'head' | 'known' | 'plain' | 'cut' | 'bad'>;

/** The bytes of a file; undefined: of a pipe that is not known. */
const sizeOf = (fd: number): number | undefined => {
  const stats = fstatSync(fd);
  return stats.isFile() ? stats.size : undefined;
};

/** How much is read, of how much. */
interface ReadProgress {
  readonly done: number;
  readonly total: number | undefined;
}

/**
 * Hands on every fact of a recording with its older parts, or of a JSON log, in order, without keeping any; `-` is standard input. What is
 * compressed is decompressed. Yields after each chunk. `wants`: the kinds of facts that are needed.
 * @throws UnreadableFile
 */
export function* readFacts(
  path: string,
  take: (fact: Fact, read: RecordingInfo) => void,
  wants?: readonly Fact['kind'][],
): Generator<ReadProgress, RecordingInfo, void> {
  const decoder: RecordingDecoder = new RecordingDecoder((fact) => take(fact, decoder), wants);
  const name = path === STDIN ? 'standard input' : path;
  let fds: number[] = [];
  let number = 0;
  try {
    fds = openParts(path);
    const sizes = fds.map(sizeOf);
    const total = sizes.reduce<number | undefined>(
      (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
      0,
    );
    let before = 0;
    for (const [i, fd] of fds.entries()) {
      const lines = eachLine(name, fd, (line, last) => {
        number += 1;
        decoder.line(line, number, last);
      });
      for (const read of lines) yield { done: before + read, total };
      before += sizes[i] ?? 0;
    }
    decoder.end();
  } catch (error) {
    if (error instanceof UnreadableFile || !(error instanceof Error && 'syscall' in error)) throw error;
    throw unreadable(name, error);
  } finally {
    for (const fd of fds) if (fd !== 0) closeSync(fd);
  }
  return decoder;
}

/** As {@link readFacts}, all at once. @throws UnreadableFile */
export const eachFact = (...args: Parameters<typeof readFacts>): RecordingInfo => {
  const steps = readFacts(...args);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
};

/** How many older parts there are beside a recording, at the most. */
const countOlder = (path: string): number => {
  let count = 0;
  while (path !== STDIN && partNames(path, count + 1).some(existsSync)) count += 1;
  return count;
};

/** The text of a file that may end within a character, and may be compressed; `-`: of standard input. @throws UnreadableFile */
export const readCut = (path: string): string => {
  let bytes: Buffer;
  try {
    bytes = path === STDIN ? readRest(0, Buffer.alloc(0)) : readFileSync(path);
  } catch {
    return readText(path);
  }
  return (isCompressed(bytes) ? decompress(path, bytes) : bytes).toString('utf8');
};

/**
 * Reads a recording with its older parts, or a JSON log. `text`: what the file holds, if that is known; a pipe is read only once.
 * @param progress called with how many lines are read, and the share of the whole, from 0 to 1
 * @throws UnreadableFile
 */
export const readRecordingFile = (
  path: string,
  text = readCut(path),
  progress?: (lines: number, share: number) => void,
): Recording => {
  const count = progress === undefined ? 1 : 1 + countOlder(path);
  let before = 0;
  // Parts are about as long as each other.
  const decode = (part: string, i: number): Recording =>
    decodeRecording(part, (done, total) => {
      progress?.(before + done, (i + done / total) / count);
      if (done === total) before += total;
    });
  const parts = [decode(text, 0)];
  for (let i = 1; ; i++) {
    const after = parts[0]?.head;
    const name = partNames(path, i).find(existsSync);
    if (after === undefined || after.part === 1 || name === undefined) break;
    const older = decode(readCut(name), i);
    if (!isBefore(older.head, after)) break;
    parts.unshift(older);
  }
  return joinParts(parts);
};

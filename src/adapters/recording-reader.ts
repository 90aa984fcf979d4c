import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Fact } from '../journal/fact.ts';
import {
  decodeRecording,
  type Head,
  isHead,
  joinParts,
  type Recording,
  RecordingDecoder,
} from '../journal/recording-decoder.ts';
import { readNext, readPipe, readText, UnreadableFile, unreadable } from './host-fs.ts';

/** Bytes that are read at once. */
const CHUNK = 1 << 20;
/** A line with more bytes is not one of a recording. */
const LONGEST_LINE = 1 << 27;
/** Older parts of a recording: FILE.1 to FILE.4. */
const OLDER = 4;
const NEWLINE = 0x0a;
/** Standard input, as the command line names it. */
const STDIN = '-';

/** Calls `take` for each line; `last`: the file ends without a line end. Only a chunk is in memory at a time. */
const eachLine = (path: string, fd: number, take: (line: string, last: boolean) => void): void => {
  let buffer = Buffer.allocUnsafe(CHUNK);
  let filled = 0;
  for (let read = readNext(fd, buffer, 0); read > 0; read = readNext(fd, buffer, filled)) {
    filled += read;
    const end = buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (end > 0) {
      // Whole lines only, so that no character is cut.
      const lines = buffer.toString('utf8', 0, end).split('\n');
      lines.pop();
      for (const line of lines) take(line, false);
      buffer.copyWithin(0, end, filled);
      filled -= end;
    }
    if (filled < buffer.length) continue;
    if (filled >= LONGEST_LINE) throw new UnreadableFile(path, 'a line is too long: it is not a recording');
    const larger = Buffer.allocUnsafe(2 * buffer.length);
    buffer.copy(larger, 0, 0, filled);
    buffer = larger;
  }
  if (filled > 0) take(buffer.toString('utf8', 0, filled), true);
};

/** The first line of a recording; the place in the file is not touched. */
const headOf = (fd: number): Head | undefined => {
  const start = Buffer.alloc(4096);
  try {
    const read = readSync(fd, start, 0, start.length, 0);
    const [line = ''] = start.toString('utf8', 0, read).split('\n');
    const found: unknown = JSON.parse(line);
    return isHead(found) ? found : undefined;
  } catch {
    return undefined;
  }
};

/** Opens a file and the parts before it, the oldest first. All at once: the program that writes them may move them on. */
const openParts = (path: string): number[] => {
  const open = (name: string) => openSync(name, 'r');
  const parts = [path === STDIN ? 0 : open(path)];
  let after = path === STDIN ? undefined : headOf(parts[0]!);
  for (let i = 1; i <= OLDER && after !== undefined && after.part > 1; i++) {
    let fd: number;
    try {
      fd = open(`${path}.${i}`);
    } catch {
      break;
    }
    const head = headOf(fd);
    if (head?.session !== after.session || head.part !== after.part - 1) {
      closeSync(fd);
      break;
    }
    parts.unshift(fd);
    after = head;
  }
  return parts;
};

/** What was read besides the facts. */
type RecordingInfo = Pick<RecordingDecoder, 'head' | 'known' | 'plain' | 'cut' | 'bad'>;

/**
 * Hands on every fact of a recording with its older parts, or of a JSON log, in order, without keeping any; `-` is standard input.
 * `wants`: the kinds of facts that are needed.
 * @throws UnreadableFile
 */
export const eachFact = (
  path: string,
  take: (fact: Fact, read: RecordingInfo) => void,
  wants?: readonly Fact['kind'][],
): RecordingInfo => {
  const decoder: RecordingDecoder = new RecordingDecoder((fact) => take(fact, decoder), wants);
  const name = path === STDIN ? 'standard input' : path;
  let fds: number[] = [];
  let number = 0;
  try {
    fds = openParts(path);
    for (const fd of fds) {
      eachLine(name, fd, (line, last) => {
        number += 1;
        decoder.line(line, number, last);
      });
    }
    decoder.end();
  } catch (error) {
    if (error instanceof UnreadableFile || !(error instanceof Error && 'syscall' in error)) throw error;
    throw unreadable(name, error);
  } finally {
    for (const fd of fds) if (fd !== 0) closeSync(fd);
  }
  return decoder;
};

/** The text of a file that may end within a character; `-`: of standard input. @throws UnreadableFile */
export const readCut = (path: string): string => {
  try {
    return path === STDIN ? readPipe(0) : readFileSync(path, 'utf8');
  } catch {
    return readText(path);
  }
};

/**
 * Reads a recording with its older parts, or a JSON log. `text`: what the file holds, if that is known; a pipe is read only once.
 * @throws UnreadableFile
 */
export const readRecordingFile = (path: string, text = readCut(path)): Recording => {
  const parts = [decodeRecording(text)];
  for (let i = 1; i <= OLDER; i++) {
    const [first] = parts;
    if (first?.head === undefined || first.head.part === 1 || !existsSync(`${path}.${i}`)) break;
    const older = decodeRecording(readCut(`${path}.${i}`));
    if (older.head?.session !== first.head.session || older.head.part !== first.head.part - 1) break;
    parts.unshift(older);
  }
  return joinParts(parts);
};

import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fact } from '../journal/fact.ts';
import { Lines } from '../journal/line.ts';
import { type Head, joinParts, type Recording, readRecording } from '../journal/recording.ts';
import type { LogRecord } from '../log/record.ts';
import { makeFolder } from './folder.ts';
import { readText } from './machine.ts';
import { readPipe } from './waiting-read.ts';

/** Bytes of one file of a recording. */
const LARGEST = 16 * 2 ** 20;
/** Files kept: FILE and FILE.1 to FILE.4. */
const KEPT = 5;
/** Facts are handed to the system when this many characters have come together, or so many ms have passed. */
const BATCH = 1 << 16;
const LATEST_MS = 20;

/** Writes a recording: lines of JSON, in files of a limited size. Nothing that goes wrong with it disturbs the program. */
export class RecordingWriter {
  readonly #path: string;
  readonly #largest: number;
  readonly #head: Omit<Head, 'part'>;
  #part = 0;
  #fd: number;
  #size = 0;
  #torn = false;
  readonly #lines = new Lines();
  #scheduled = false;
  /** For what is handed over: used again and again. */
  readonly #bytes = Buffer.allocUnsafe(4 * BATCH);

  /** @throws Error when the file cannot be opened. @param largest bytes of one file. */
  constructor(path: string, head: Omit<Head, 'part'>, largest = LARGEST) {
    this.#path = path;
    this.#head = head;
    this.#largest = largest;
    makeFolder(dirname(path));
    this.#fd = this.#next();
  }

  readonly write = (fact: Fact): void => {
    this.#lines.fact(fact);
    this.#soon();
  };
  /** Takes a record instead of the fact it is. */
  readonly writeRecord = (record: LogRecord, mono: () => number): void => {
    this.#lines.record(record, mono);
    this.#soon();
  };

  #soon(): void {
    if (this.#lines.length >= BATCH) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setTimeout(() => {
        this.#scheduled = false;
        this.flush();
      }, LATEST_MS).unref();
    }
  }

  /** Hands everything to the system. */
  flush(): void {
    if (this.#lines.length === 0) return;
    this.#put(this.#lines.take());
    if (this.#size < this.#largest) return;
    try {
      closeSync(this.#fd);
      this.#fd = this.#next();
    } catch {
      // No room for another file: this one goes on.
      this.#fd = openSync(this.#path, 'a', 0o600);
    }
  }
  close(): void {
    this.flush();
    closeSync(this.#fd);
  }

  /** What a full disk does not take is missing, which the numbers show. */
  #put(text: string): void {
    const whole = this.#torn ? `\n${text}` : text;
    let rest: Uint8Array =
      whole.length * 3 > this.#bytes.length
        ? Buffer.from(whole)
        : this.#bytes.subarray(0, this.#bytes.write(whole, 'utf8'));
    this.#size += rest.length;
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#fd, rest));
      this.#torn = false;
    } catch {
      this.#torn = true;
      // What it told of contexts may be lost with it.
      this.#lines.begin();
    }
  }

  /** Moves the files on, the oldest away, and begins a new one. */
  #next(): number {
    if (existsSync(this.#path)) {
      if (!statSync(this.#path).isFile()) throw new Error(`${this.#path} is no regular file`);
      for (let i = KEPT - 1; i > 0; i--) {
        const from = i === 1 ? this.#path : `${this.#path}.${i - 1}`;
        if (existsSync(from)) renameSync(from, `${this.#path}.${i}`);
      }
    }
    const fd = openSync(this.#path, 'w', 0o600);
    this.#part += 1;
    this.#size = 0;
    this.#lines.begin();
    this.#torn = false;
    this.#fd = fd;
    this.#put(`${JSON.stringify({ ...this.#head, part: this.#part })}\n`);
    return fd;
  }
}

/** The text of a file that may end within a character; `-`: of standard input. @throws UnreadableFile */
export const readCut = (path: string): string => {
  try {
    return path === '-' ? readPipe(0) : readFileSync(path, 'utf8');
  } catch {
    return readText(path);
  }
};

/**
 * Reads a recording with its older parts, or a JSON log. `text`: what the file holds, if that is known; a pipe is read only once.
 * @throws UnreadableFile
 */
export const readRecordingFile = (path: string, text = readCut(path)): Recording => {
  const parts = [readRecording(text)];
  for (let i = 1; i < KEPT; i++) {
    const [first] = parts;
    if (first?.head === undefined || first.head.part === 1 || !existsSync(`${path}.${i}`)) break;
    const older = readRecording(readCut(`${path}.${i}`));
    if (older.head?.session !== first.head.session || older.head.part !== first.head.part - 1) break;
    parts.unshift(older);
  }
  return joinParts(parts);
};

import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fact } from '../journal/fact.ts';
import { type Head, RECORDING_FORMAT } from '../journal/recording-decoder.ts';
import { RecordingEncoder } from '../journal/recording-encoder.ts';
import type { LogRecord } from '../log/record.ts';
import { agree, counted } from '../plural.ts';
import { FileSink } from './files/file-sink.ts';
import { makeDirectory } from './mkdir.ts';
import { RecordingCompressor } from './recording-compressor.ts';

/** Bytes of one file of a recording. */
const LARGEST = 16 * 2 ** 20;
/** Files kept: FILE, and FILE.1.gz to FILE.19.gz. */
const KEPT = 20;
/** Facts are handed to the system when this many bytes have come together, or so many ms have passed. */
const BATCH = 1 << 16;
const LATEST_MS = 20;

/** Between two tries to begin a new file, ms. */
const AGAIN_MS = 2000;

/** Called for each problem. */
type OnProblem = (problem: string) => void;

/**
 * Writes a recording: lines of JSON, in files of a limited size, which are compressed when they are full. Nothing that goes wrong with it
 * disturbs the program.
 */
export class RecordingWriter {
  readonly #sink: FileSink;
  readonly #compressor: RecordingCompressor;
  readonly #largest: number;
  readonly #head: Omit<Head, 'journal' | 'part'>;
  #part = 1;
  #size = 0;
  #facts = 0;
  /** A new file is on its way. */
  #turning = false;
  #notBefore = 0;
  readonly #encoder = new RecordingEncoder();
  #scheduled = false;

  /**
   * @param largest bytes of one file. @param onProblem writes in the background, and reports what goes wrong; without it each
   * write is waited for. @throws Error when the file cannot be opened.
   */
  constructor(path: string, head: Omit<Head, 'journal' | 'part'>, largest = LARGEST, onProblem?: OnProblem) {
    this.#head = head;
    this.#largest = largest;
    if (existsSync(path) && !statSync(path).isFile()) throw new Error(`${path} is not a regular file`);
    makeDirectory(dirname(path));
    const wait = onProblem === undefined;
    this.#compressor = new RecordingCompressor(path, {
      ...{ kept: KEPT, wait },
      onProblem: (problem) => onProblem?.(`recording ${problem}`),
    });
    this.#compressor.clean();
    this.#sink = new FileSink(path, {
      ...{ head: this.#headLine(), keep: KEPT, endings: ['', '.gz'], mode: 0o600, wait, sink: 'recording' },
      onTrouble: (problem) => onProblem?.(`recording ${problem}`),
      onLost: (count) => {
        onProblem?.(
          `recording ${path}: ${counted(count, 'fact')} could not be written and ${agree(count, 'is', 'are')} lost`,
        );
        return '';
      },
      onReopen: () => {
        this.#hand();
        if (this.#sink.moved) this.#turn();
      },
    });
    this.#compressor.start();
  }

  readonly write = (fact: Fact): void => {
    this.#encoder.add(fact);
    this.#soon();
  };
  /** Takes a record instead of the fact it is. */
  readonly writeRecord = (record: LogRecord, mono: () => number): void => {
    this.#encoder.addRecord(record, mono);
    this.#soon();
  };

  #soon(): void {
    this.#facts += 1;
    if (this.#encoder.length >= BATCH) this.#hand();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setTimeout(() => {
        this.#scheduled = false;
        this.#hand();
      }, LATEST_MS).unref();
    }
  }

  /** Hands everything to the system, waiting for it. */
  flush(): void {
    this.#hand();
    this.#sink.drain();
  }
  /** As `flush`, and closes the file. */
  close(): void {
    this.#hand();
    this.#sink.end();
    this.#compressor.end();
  }
  /** Ends it without waiting for longer than `limitMs`. */
  async end(limitMs: number): Promise<void> {
    this.#hand();
    await this.#sink.flush(limitMs);
    // What was reported meanwhile.
    this.#hand();
    this.#sink.end();
    this.#compressor.end();
  }

  #hand(): void {
    if (this.#encoder.length === 0) return;
    const bytes = this.#encoder.take();
    const facts = this.#facts;
    this.#facts = 0;
    this.#sink.write(bytes, facts, () => this.#encoder.giveBack(bytes));
    this.#size += bytes.length;
    if (this.#size >= this.#largest) this.#turn();
  }
  /** Begins a new file. When that is not possible the one before goes on. */
  #turn(): void {
    if (this.#turning || performance.now() < this.#notBefore) return;
    this.#turning = true;
    const size = this.#size;
    this.#size = 0;
    this.#part += 1;
    this.#sink.rotate(this.#headLine(), (success) => {
      this.#turning = false;
      if (success) {
        this.#compressor.shift();
        this.#compressor.start();
        return;
      }
      this.#size += size;
      this.#part -= 1;
      this.#notBefore = performance.now() + AGAIN_MS;
    });
  }
  #headLine(): string {
    return `${JSON.stringify({ journal: RECORDING_FORMAT, ...this.#head, part: this.#part })}\n`;
  }
}

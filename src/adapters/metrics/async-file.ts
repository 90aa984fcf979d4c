import { statSync } from 'node:fs';
import { agree, counted } from '../../plural.ts';
import { dropCounts, type SinkName } from '../files/dropped.ts';
import { FileSink } from '../files/file-sink.ts';
import type { OnMetricsError } from './error-reporter.ts';

/** How a file is written in the background. */
interface AsyncFileOptions {
  /** Begin a new file when this one has so many bytes; the older ones are FILE.1 and so on. Default: never. */
  readonly rotateBytes?: number;
  /** Files kept when they rotate, this one included; default 5. */
  readonly keep?: number;
  /** The file consists of lines: a torn one at its end is ended first. Default: false. */
  readonly lines?: boolean;
  /** Counts what is lost. */
  readonly sink: SinkName;
  /** Called for each problem, once until writing works again. */
  readonly onError: OnMetricsError;
}

/** Work in one turn of the event loop, in ms: other work is not delayed longer because of a file. */
const SLICE_MS = 1;
/** Bytes handed to the system in one go. */
const CHUNK = 1 << 18;
/** Pieces that may wait; more are dropped and counted. */
const MOST_WAITING = 100_000;
/** How long the end waits for a file that does not take what is written, in ms. */
const CLOSE_MS = 1000;

/**
 * What waits in a FIFO is lost with the last process that has it open, and which of it has been read is not known. Those of the
 * system, such as `/dev/stdout`, have a reader. @throws Error
 */
const refuseFifo = (path: string): void => {
  if (/^\/(?:dev|proc)\//.test(path)) return;
  try {
    if (!statSync(path, { throwIfNoEntry: false })?.isFIFO()) return;
  } catch {
    // What has no status cannot be opened either: that reports the error.
    return;
  }
  throw new Error(
    `${path} is a FIFO: what is not read from it would be lost (expected a file, or a path where nothing is)`,
  );
};

/**
 * Appends pieces to a file without making the caller wait: they are encoded in small slices between other work, and written by the
 * threads of the system. The file is made with the first piece.
 */
export class AsyncFile<Piece> {
  readonly #sink: FileSink;
  readonly #encode: (piece: Piece) => string | Uint8Array;
  readonly #onError: OnMetricsError;
  readonly #name: SinkName;
  #waiting: Piece[] = [];
  /** How many of those that wait are encoded already. */
  #taken = 0;
  #scheduled = false;
  #closed = false;
  #lost = 0;

  /** @throws Error when the path leads to a FIFO. */
  constructor(path: string, encode: (piece: Piece) => string | Uint8Array, { onError, ...options }: AsyncFileOptions) {
    refuseFifo(path);
    this.#encode = encode;
    this.#onError = onError;
    this.#name = options.sink;
    const { lines = false } = options;
    this.#sink = new FileSink(path, {
      ...{ ...options, lines, lazy: true, onTrouble: onError },
      // The slices that are not encoded yet come first at the end of the process.
      beforeDrain: () => this.#slice(Number.POSITIVE_INFINITY),
      onLost: (count) => {
        this.#complain(count);
        return '';
      },
    });
  }

  /** Takes a piece; returns at once. */
  push(piece: Piece): void {
    if (this.#closed) return;
    if (this.#waiting.length - this.#taken >= MOST_WAITING) {
      this.#lost += 1;
      dropCounts.add(this.#name);
      return;
    }
    this.#waiting.push(piece);
    this.#schedule();
  }

  /** Resolves when all pieces taken so far are with the system, or cannot be written now. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#slice(SLICE_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#sink.flush(CLOSE_MS);
  }

  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    this.#sink.end();
    if (this.#lost > 0) this.#complain(this.#lost);
    this.#lost = 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#closed) return;
      // What the file does not take now waits as it is.
      if (this.#sink.waiting < CHUNK) this.#slice(SLICE_MS);
      if (this.#waiting.length === 0) return;
      if (this.#sink.waiting < CHUNK) this.#schedule();
      else setTimeout(() => this.#schedule(), 10).unref();
    });
  }
  /** Encodes pieces until there are enough bytes, or for so long. */
  #slice(limitMs: number): void {
    const end = performance.now() + limitMs;
    const before = this.#taken;
    const parts: Uint8Array[] = [];
    let length = 0;
    while (this.#taken < this.#waiting.length && (length === 0 || performance.now() < end)) {
      const made = this.#encode(this.#waiting[this.#taken]!);
      this.#taken += 1;
      const bytes = typeof made === 'string' ? Buffer.from(made) : made;
      parts.push(bytes);
      length += bytes.length;
    }
    const pieces = this.#taken - before;
    // Seldom, so that pieces are not moved for each one that goes.
    if (this.#taken === this.#waiting.length || this.#taken > 10_000) {
      this.#waiting = this.#waiting.slice(this.#taken);
      this.#taken = 0;
    }
    if (pieces > 0) this.#sink.write(Buffer.concat(parts, length), pieces);
  }
  #complain(lost: number): void {
    this.#onError(
      `${this.#sink.path}: ${counted(lost, 'record')} could not be written and ${agree(lost, 'is', 'are')} lost`,
    );
  }
}

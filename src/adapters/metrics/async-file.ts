import { write } from 'node:fs';
import type { OnError } from './complaints.ts';
import { GrowingFile, type GrowingFileOptions } from './growing-file.ts';

/** How a file is written in the background. */
export interface AsyncFileOptions extends GrowingFileOptions {
  /** Told of each thing that goes wrong, once until writing works again. */
  readonly onError: OnError;
}

/** Work for the loop in one go, in ms: nobody waits longer for their turn because of a file. */
const SLICE_MS = 1;
/** Bytes handed to the system in one go. */
const CHUNK = 1 << 18;
/** Pieces that may wait; more are dropped and counted. */
const MOST_WAITING = 100_000;
/** How long the end of the process waits for a write that is under way, in ms. */
const LAST_WAIT_MS = 200;

/** Files with something to write. */
const open = new Set<{ finish(): void }>();
let watching = false;

/** What is left at the end of the process is written then. */
const finishAtExit = (file: { finish(): void }): void => {
  open.add(file);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const one of open) one.finish();
  });
};

/** What the system is writing. */
interface UnderWay {
  readonly bytes: Uint8Array;
  readonly pieces: number;
  /** The size of the file before. */
  readonly from: number;
}

/**
 * Appends pieces to a file without anybody waiting: they are encoded in small slices between other work, and written by the
 * threads of the system. The file is made with the first piece.
 */
export class AsyncFile<Piece> {
  readonly #file: GrowingFile;
  readonly #encode: (piece: Piece) => string | Uint8Array;
  readonly #onError: OnError;
  #waiting: Piece[] = [];
  /** How many of those that wait are encoded already. */
  #taken = 0;
  #underWay: UnderWay | undefined;
  #scheduled = false;
  #closed = false;
  #failing = false;
  #lost = 0;
  #idle: (() => void)[] = [];

  constructor(path: string, encode: (piece: Piece) => string | Uint8Array, { onError, ...options }: AsyncFileOptions) {
    this.#file = new GrowingFile(path, options);
    this.#encode = encode;
    this.#onError = onError;
  }

  /** Takes a piece; answers at once. */
  push(piece: Piece): void {
    if (this.#closed) return;
    if (this.#waiting.length - this.#taken >= MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    if (this.#waiting.length === 0) finishAtExit(this);
    this.#waiting.push(piece);
    this.#schedule();
  }

  /** Resolves when all pieces taken so far are with the system, or are lost. */
  flush(): Promise<void> {
    if (this.#waiting.length === 0 && this.#underWay === undefined) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async close(): Promise<void> {
    await this.flush();
    this.#end();
  }

  /** Writes all that is left at once; for the end of the process. */
  finish(): void {
    this.#closed = true;
    try {
      this.#settle();
      while (this.#waiting.length > 0) this.#file.put(this.#next(Number.POSITIVE_INFINITY).bytes);
    } catch (error) {
      this.#fail(error, this.#waiting.length - this.#taken);
    }
    this.#end();
  }

  #end(): void {
    this.#closed = true;
    this.#tellLost();
    this.#file.shut();
    open.delete(this);
  }

  #schedule(): void {
    if (this.#scheduled || this.#underWay !== undefined) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#work();
    });
  }

  #work(): void {
    if (this.#underWay !== undefined) return;
    const { bytes, pieces } = this.#next(SLICE_MS);
    if (bytes.length === 0) {
      if (this.#waiting.length > 0) this.#schedule();
      else this.#rest();
      return;
    }
    try {
      const { fd, size } = this.#file.ready();
      this.#underWay = { bytes, pieces, from: size };
      this.#write(fd, bytes);
    } catch (error) {
      this.#fail(error, pieces);
      this.#schedule();
    }
  }

  #write(fd: number, bytes: Uint8Array): void {
    write(fd, bytes, (error, written) => {
      const doing = this.#underWay;
      // The end of the process has taken over.
      if (doing === undefined) return;
      if (!error && written < bytes.length) {
        this.#write(fd, bytes.subarray(written));
        return;
      }
      this.#underWay = undefined;
      if (error) {
        // Whole pieces only: half a record spoils what comes after it.
        this.#file.cut(doing.from);
        this.#fail(error, doing.pieces);
      } else this.#written(doing);
      this.#work();
    });
  }

  #written({ from, bytes }: UnderWay): void {
    this.#failing = false;
    this.#tellLost();
    try {
      this.#file.rotate(from + bytes.length);
    } catch (error) {
      this.#fail(error, 0);
    }
  }

  #rest(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Encodes pieces until there are enough bytes, or for so long. */
  #next(limitMs: number): { readonly bytes: Uint8Array; readonly pieces: number } {
    const parts: Uint8Array[] = [];
    const end = performance.now() + limitMs;
    const before = this.#taken;
    let length = 0;
    while (this.#taken < this.#waiting.length && length < CHUNK && (length === 0 || performance.now() < end)) {
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
    return { bytes: Buffer.concat(parts, length), pieces };
  }

  /** Waits for the write that is under way, and does what it has not done. */
  #settle(): void {
    const doing = this.#underWay;
    this.#underWay = undefined;
    if (doing === undefined) return;
    const end = performance.now() + LAST_WAIT_MS;
    const done = (): number => this.#file.ready().size - doing.from;
    while (done() < doing.bytes.length && performance.now() < end) Atomics.wait(NEVER, 0, 0, 1);
    const rest = doing.bytes.subarray(Math.max(0, done()));
    if (rest.length > 0) this.#file.put(rest);
  }

  /** What could not be written is lost; the file is opened anew for the next piece. */
  #fail(error: unknown, pieces: number): void {
    if (!this.#failing) this.#onError(`${this.#file.path}: ${error instanceof Error ? error.message : String(error)}`);
    this.#failing = true;
    this.#lost += pieces;
    this.#file.shut();
  }

  #tellLost(): void {
    if (this.#lost > 0) this.#onError(`${this.#file.path}: ${this.#lost} records could not be written and are lost`);
    this.#lost = 0;
  }
}

/** Something to wait for in vain. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

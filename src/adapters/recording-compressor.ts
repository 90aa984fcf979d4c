import { existsSync, openSync, readFileSync, renameSync, rm, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { messageOf } from '../error-message.ts';
import { compressFile, GZIP_LEVEL } from './files/compress.ts';
import { ownFiles } from './files/own-files.ts';

const MODE = 0o600;

/** What cannot be removed is in the way of the next compression, which reports it. */
const remove = (path: string): void => {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays.
  }
};

/** How the compressor of one recording works. */
interface CompressorOptions {
  /** Parts, the one that is written included. */
  readonly kept: number;
  /** Compress at once instead of in the background: for a program that does nothing else meanwhile. */
  readonly wait: boolean;
  /** Called when a part cannot be compressed: it stays as it is. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Compresses the parts of a recording that are full: FILE.1 becomes FILE.1.gz. At each moment a part is there as a whole, so that a kill
 * loses nothing: it is written to FILE.gz.tmp, which is renamed when it is complete, and only then the plain part goes.
 */
export class RecordingCompressor {
  readonly #path: string;
  readonly #options: CompressorOptions;
  readonly #draft: string;
  /** A plain part on its way out: to remove a large file takes too long for a tick. */
  readonly #old: string;
  /** The number that the part has by now that is being compressed; 0: none is. */
  #number = 0;
  readonly #abort = new AbortController();
  #failing = false;

  constructor(path: string, options: CompressorOptions) {
    this.#path = path;
    this.#options = options;
    this.#draft = `${path}.gz.tmp`;
    this.#old = `${path}.old.tmp`;
    ownFiles.claim(this.#draft, this.#old);
  }

  /** Removes what a program left that was killed within a compression. */
  clean(): void {
    for (const path of [this.#draft, this.#old]) remove(path);
    for (let i = 1; i < this.#options.kept; i++)
      if (existsSync(this.#part(i)) && existsSync(`${this.#part(i)}.gz`)) remove(this.#part(i));
  }
  /** Called when every part has got the next number. */
  shift(): void {
    if (this.#number > 0) this.#number += 1;
  }
  /** Compresses what is not compressed, unless it does so already. */
  start(): void {
    if (this.#number > 0 || this.#abort.signal.aborted) return;
    for (let i = this.#options.kept - 1; i > 0; i--) {
      if (!existsSync(this.#part(i))) continue;
      this.#number = i;
      if (this.#options.wait) this.#compressNow();
      else this.#compress();
      if (this.#number > 0) return;
    }
  }
  /** Gives up what is under way: the next start does it. */
  end(): void {
    this.#abort.abort();
    if (this.#number > 0) remove(this.#draft);
  }

  #part(i: number): string {
    return `${this.#path}.${i}`;
  }
  #compressNow(): void {
    try {
      writeFileSync(this.#draft, gzipSync(readFileSync(this.#part(this.#number)), { level: GZIP_LEVEL }), {
        mode: MODE,
      });
      this.#replace();
    } catch (error) {
      this.#failed(error);
    }
    this.#number = 0;
  }
  #compress(): void {
    let fd: number;
    try {
      fd = openSync(this.#part(this.#number), 'r');
    } catch (error) {
      this.#number = 0;
      this.#failed(error);
      return;
    }
    compressFile(fd, this.#draft, { mode: MODE, signal: this.#abort.signal }).then(
      () => this.#done(),
      (error: unknown) => this.#done(error),
    );
  }
  #done(error?: unknown): void {
    try {
      if (error !== undefined) throw error;
      this.#replace();
    } catch (problem) {
      remove(this.#draft);
      this.#number = 0;
      if (!this.#abort.signal.aborted) this.#failed(problem);
      return;
    }
    this.#number = 0;
    this.#failing = false;
    this.start();
  }
  /** @throws Error of the system */
  #replace(): void {
    // It may have been dropped meanwhile, as the oldest one.
    if (this.#number >= this.#options.kept) {
      rmSync(this.#draft);
      return;
    }
    const part = this.#part(this.#number);
    renameSync(this.#draft, `${part}.gz`);
    renameSync(part, this.#old);
    if (this.#options.wait) rmSync(this.#old);
    else rm(this.#old, { force: true }, () => {});
  }
  /** Reports it once, until it works again. The next part is another attempt. */
  #failed(error: unknown): void {
    if (!this.#failing) this.#options.onProblem(`${this.#path}: older parts are not compressed: ${messageOf(error)}`);
    this.#failing = true;
  }
}

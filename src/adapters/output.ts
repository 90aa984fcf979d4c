import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { makeFolder } from './folder.ts';

/** Where finished lines go. Lines leave in order and whole. */
export interface Output {
  /** Queues a line, newline included. What was queued in one turn of the event loop is written together. */
  write(line: string): void;
  /** Everything queued is out, or cannot go out; waits at most `limitMs`. */
  flush(limitMs: number): Promise<void>;
}

/** Lines are handed to the system when this many characters have come together, or when the event loop turns. */
const BATCH = 1 << 16;
/** Characters that may wait for a slow reader; further lines are dropped and counted. */
const BACKLOG = 1 << 26;

/** Batches lines; what cannot be written is counted, and said once writing works again. */
class Batch {
  #lines: string[] = [];
  #size = 0;
  #scheduled = false;
  #dropped = 0;
  readonly #send: (text: string) => boolean;
  readonly #lost: (count: number) => string;

  /** @param send false when the text could not be taken. @param lost the line that says how many lines were dropped. */
  constructor(send: (text: string) => boolean, lost: (count: number) => string) {
    this.#send = send;
    this.#lost = lost;
  }
  add(line: string): void {
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#size >= BATCH) this.send();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.send());
    }
  }
  send(): void {
    this.#scheduled = false;
    if (this.#lines.length === 0) return;
    const count = this.#lines.length;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#size = 0;
    const note = this.#dropped > 0 ? this.#lost(this.#dropped) : '';
    if (this.#send(note + text)) this.#dropped = 0;
    else this.#dropped += count;
  }
}

/** Writes the whole text; a full disk leaves what was written and answers false. */
const writeAll = (fd: number, text: string): boolean => {
  let rest: Buffer = Buffer.from(text);
  for (let tries = 0; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
      tries = 0;
    } catch (error) {
      // A terminal or device that is not ready: rare, and over in a moment.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || tries++ > 1000) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
};

const fileOutput = (fd: number, lost: (count: number) => string): Output => {
  // A line that was cut off by a full disk is ended before the next one.
  let torn = false;
  const batch = new Batch((text) => {
    const whole = writeAll(fd, torn ? `\n${text}` : text);
    torn = !whole;
    return whole;
  }, lost);
  return {
    write: (line) => batch.add(line),
    flush: async () => batch.send(),
  };
};

/** A pipe or socket: never blocks, so that a reader that does not read cannot stop a tick. */
const pipeOutput = (fd: number, lost: (count: number) => string, gone: (reason: string) => void): Output => {
  const socket = new Socket({ fd, readable: false, writable: true });
  let broken = false;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (!broken) gone(error.code ?? error.message);
    broken = true;
  });
  const batch = new Batch((text) => {
    if (broken || socket.writableLength > BACKLOG) return false;
    // As bytes: text that waits would be carried along at each garbage collection.
    socket.write(Buffer.from(text));
    return true;
  }, lost);
  return {
    write: (line) => batch.add(line),
    flush: async (limitMs) => {
      batch.send();
      if (broken || socket.writableLength === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        const done = () => {
          clearTimeout(timer);
          socket.off('close', done);
          resolve();
        };
        socket.once('close', done);
        socket.write('', done);
      });
    },
  };
};

/**
 * Standard output or standard error.
 * @param lost the line that tells how many lines were dropped. @param gone is told once when the reader has gone away.
 */
export const standardStream = (fd: 1 | 2, lost: (count: number) => string, gone: (reason: string) => void): Output => {
  let stat: ReturnType<typeof fstatSync>;
  try {
    stat = fstatSync(fd);
  } catch {
    return noOutput;
  }
  return stat.isFIFO() || stat.isSocket() ? pipeOutput(fd, lost, gone) : fileOutput(fd, lost);
};

/**
 * A log file, emptied or appended to. Missing directories are made.
 * @throws NodeJS.ErrnoException when it cannot be opened.
 */
export const logFile = (path: string, append: boolean, lost: (count: number) => string): Output => {
  makeFolder(dirname(path));
  const fd = openSync(path, append ? 'a' : 'w');
  if (fstatSync(fd).isDirectory()) {
    closeSync(fd);
    throw new Error(`${path} is a directory`);
  }
  return fileOutput(fd, lost);
};

/** Nowhere. */
export const noOutput: Output = { write: () => {}, flush: async () => {} };

import { closeSync, fstatSync, read, readSync, write, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BLOCK, type ScriptRun } from '../script-run.ts';
import type { ExitStatus, ShellProcess } from './shell-process.ts';

/** What a file handle of a script reads from and writes to. Bytes come and go in pieces of any size. */
export interface Channel {
  readonly readable: boolean;
  readonly writable: boolean;
  /** The next bytes, or undefined at the end. */
  pull?(size: number): Promise<Uint8Array | undefined>;
  /** The same, at once; only where that cannot take long. */
  pullNow?(size: number): Uint8Array | undefined;
  push?(data: Uint8Array): Promise<void>;
  pushNow?(data: Uint8Array): void;
  /** Moves by bytes from 'set', 'cur' or 'end'; answers the new position. Throws where that is not possible. */
  seek?(whence: 'set' | 'cur' | 'end', by: number): number;
  close(): Promise<ExitStatus | undefined>;
  /** Lets go at once. */
  abandon(): void;
}

const readAt = promisify(read) as (
  fd: number,
  b: Uint8Array,
  o: number,
  n: number,
  at: number | null,
) => Promise<{ bytesRead: number }>;
const writeAt = promisify(write) as (
  fd: number,
  b: Uint8Array,
  o: number,
  n: number,
  at: number | null,
) => Promise<{ bytesWritten: number }>;

/** An open file. Its position is kept here; what has none (pipes, terminals) is read and written in order. */
export class FileChannel implements Channel {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly #fd: number;
  readonly #append: boolean;
  #at: number | null;
  #closed = false;

  constructor(fd: number, mode: string) {
    this.#fd = fd;
    this.readable = mode.startsWith('r') || mode.includes('+');
    this.writable = !mode.startsWith('r') || mode.includes('+');
    this.#append = mode.startsWith('a');
    this.#at = fstatSync(fd).isFile() ? 0 : null;
  }

  async pull(size: number): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(size);
    const { bytesRead } = await readAt(this.#fd, buffer, 0, size, this.#at);
    return this.#got(buffer, bytesRead);
  }

  pullNow(size: number): Uint8Array | undefined {
    const buffer = new Uint8Array(size);
    return this.#got(buffer, readSync(this.#fd, buffer, 0, size, this.#at));
  }

  #got(buffer: Uint8Array, n: number): Uint8Array | undefined {
    if (this.#at !== null) this.#at += n;
    return n === 0 ? undefined : buffer.subarray(0, n);
  }

  async push(data: Uint8Array): Promise<void> {
    for (let from = 0; from < data.length; ) {
      const { bytesWritten } = await writeAt(this.#fd, data, from, data.length - from, this.#append ? null : this.#at);
      from += bytesWritten;
      this.#put(bytesWritten);
    }
  }

  pushNow(data: Uint8Array): void {
    for (let from = 0; from < data.length; ) {
      const n = writeSync(this.#fd, data, from, data.length - from, this.#append ? null : this.#at);
      from += n;
      this.#put(n);
    }
  }

  #put(n: number): void {
    if (this.#at === null) return;
    this.#at = this.#append ? fstatSync(this.#fd).size : this.#at + n;
  }

  seek(whence: 'set' | 'cur' | 'end', by: number): number {
    if (this.#at === null) throw Object.assign(new Error('ESPIPE: Illegal seek'), { code: 'ESPIPE', errno: -29 });
    const base = whence === 'set' ? 0 : whence === 'cur' ? this.#at : fstatSync(this.#fd).size;
    if (base + by < 0) throw Object.assign(new Error('EINVAL: Invalid argument'), { code: 'EINVAL', errno: -22 });
    this.#at = base + by;
    return this.#at;
  }

  async close(): Promise<undefined> {
    this.abandon();
    return undefined;
  }

  abandon(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
  }
}

/** The output, or the input, of a command. */
export class PipeChannel implements Channel {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly #process: ShellProcess;

  constructor(process: ShellProcess, mode: 'read' | 'write') {
    this.#process = process;
    this.readable = mode === 'read';
    this.writable = mode === 'write';
  }

  pull(): Promise<Uint8Array | undefined> {
    const stream = this.#process.child.stdout!;
    return new Promise((resolve) => {
      const look = (): void => {
        const data = stream.read() as Buffer | null;
        if (data === null && !stream.readableEnded && !stream.destroyed) return;
        for (const event of ['readable', 'end', 'close'] as const) stream.off(event, look);
        resolve(data === null ? undefined : new Uint8Array(data));
      };
      for (const event of ['readable', 'end', 'close'] as const) stream.on(event, look);
      look();
    });
  }

  push(data: Uint8Array): Promise<void> {
    const stream = this.#process.child.stdin!;
    return new Promise((resolve, reject) => {
      stream.write(data, (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<ExitStatus> {
    const { stdin, stdout } = this.#process.child;
    stdin?.end();
    if (this.readable) stdout?.destroy();
    return this.#process.ended;
  }

  abandon(): void {
    this.#process.abandon();
  }
}

/** So long a flood of lines waits, so that the scripts beside it get turns. */
const TURNS_MS = 5;

const roomFor = async (run: ScriptRun): Promise<void> => {
  while (run.scheduler.full && !run.over) await setTimeout(TURNS_MS);
};

/** The script's standard streams: nothing to read; what is written becomes records. */
export const standardChannel = (run: ScriptRun, which: 'stdin' | 'stdout' | 'stderr'): Channel => ({
  readable: which === 'stdin',
  writable: which !== 'stdin',
  pull: async () => undefined,
  pullNow: () => undefined,
  push: async (data) => {
    for (let at = 0; at < data.length && !run.over; at += BLOCK) {
      run.write(data.subarray(at, at + BLOCK));
      await roomFor(run);
    }
  },
  pushNow: (data) => run.write(data),
  close: async () => undefined,
  abandon: () => {},
});

import { closeSync, fstatSync, read, readSync, write, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BLOCK, type ScriptRun } from '../script-scheduler.ts';
import type { ExitStatus, ShellProcess } from './shell-process.ts';

/** The source or destination of the bytes of a file handle. Bytes come and go in pieces of any size. */
export interface FileChannel {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Resolves to the next bytes, or undefined at the end. */
  read(size: number): Promise<Uint8Array | undefined>;
  /** The same at once; only where that cannot take long. */
  readNow?(size: number): Uint8Array | undefined;
  write(data: Uint8Array): Promise<void>;
  writeNow?(data: Uint8Array): void;
  /** Moves by bytes from 'set', 'cur' or 'end'. Returns the new position. @throws where that is not possible. */
  seek?(whence: 'set' | 'cur' | 'end', by: number): number;
  close(): Promise<ExitStatus | undefined>;
  /** Closes it at once. */
  abandon(): void;
}

type Positioned<T> = (fd: number, data: Uint8Array, offset: number, length: number, at: number | null) => Promise<T>;
const readAt = promisify(read) as Positioned<{ bytesRead: number }>;
const writeAt = promisify(write) as Positioned<{ bytesWritten: number }>;

/** An open file. Keeps its position; files without one (pipes, terminals) are read and written in order. */
export class DescriptorChannel implements FileChannel {
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

  async read(size: number): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(size);
    const { bytesRead } = await readAt(this.#fd, buffer, 0, size, this.#at);
    return this.#advance(buffer, bytesRead);
  }

  readNow(size: number): Uint8Array | undefined {
    const buffer = new Uint8Array(size);
    return this.#advance(buffer, readSync(this.#fd, buffer, 0, size, this.#at));
  }

  #advance(buffer: Uint8Array, n: number): Uint8Array | undefined {
    if (this.#at !== null) this.#at += n;
    return n === 0 ? undefined : buffer.subarray(0, n);
  }

  async write(data: Uint8Array): Promise<void> {
    for (let from = 0; from < data.length; ) {
      const { bytesWritten } = await writeAt(this.#fd, data, from, data.length - from, this.#writePosition());
      from += bytesWritten;
      this.#advanceWritten(bytesWritten);
    }
  }

  writeNow(data: Uint8Array): void {
    for (let from = 0; from < data.length; ) {
      const n = writeSync(this.#fd, data, from, data.length - from, this.#writePosition());
      from += n;
      this.#advanceWritten(n);
    }
  }

  #writePosition(): number | null {
    return this.#append ? null : this.#at;
  }

  #advanceWritten(n: number): void {
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

const READ_EVENTS = ['readable', 'end', 'close'] as const;

/** The output, or the input, of a command. */
export class PipeChannel implements FileChannel {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly #process: ShellProcess;

  constructor(process: ShellProcess, mode: 'read' | 'write') {
    this.#process = process;
    this.readable = mode === 'read';
    this.writable = mode === 'write';
  }

  read(): Promise<Uint8Array | undefined> {
    const stream = this.#process.child.stdout!;
    return new Promise((resolve) => {
      const check = (): void => {
        const data = stream.read() as Buffer | null;
        if (data === null && !stream.readableEnded && !stream.destroyed) return;
        for (const event of READ_EVENTS) stream.off(event, check);
        resolve(data === null ? undefined : new Uint8Array(data));
      };
      for (const event of READ_EVENTS) stream.on(event, check);
      check();
    });
  }

  write(data: Uint8Array): Promise<void> {
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

/** Pause in a flood of lines, so that other scripts get turns. */
const PAUSE_MS = 5;

/** Waits until the log takes more reports. */
const waitForRoom = async (run: ScriptRun): Promise<void> => {
  while (run.scheduler.full && !run.over) await setTimeout(PAUSE_MS);
};

/** The script's standard streams: there is nothing to read; what is written becomes records. */
export class StandardChannel implements FileChannel {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly #run: ScriptRun;

  constructor(run: ScriptRun, which: 'stdin' | 'stdout' | 'stderr') {
    this.#run = run;
    this.readable = which === 'stdin';
    this.writable = which !== 'stdin';
  }

  async read(): Promise<undefined> {}

  readNow(): undefined {}

  async write(data: Uint8Array): Promise<void> {
    const run = this.#run;
    for (let at = 0; at < data.length && !run.over; at += BLOCK) {
      run.write(data.subarray(at, at + BLOCK));
      await waitForRoom(run);
    }
  }

  writeNow(data: Uint8Array): void {
    this.#run.write(data);
  }

  async close(): Promise<undefined> {}

  abandon(): void {}
}

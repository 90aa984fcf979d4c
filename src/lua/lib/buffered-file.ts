import type { OpenResource } from '../script-scheduler.ts';
import type { FileChannel } from './file-channels.ts';
import type { ExitStatus } from './shell-process.ts';

/** Bytes that are read at once, and that are buffered before they are written. */
const BUFFER_BYTES = 64 * 1024;

/** The result of a read: a value, the end of the file, or "more bytes are needed". */
export type ReadResult = Uint8Array | 'end' | 'more';

/** When written bytes leave the buffer: at once, after each line, or when the buffer is full. */
export type Buffering = 'no' | 'line' | 'full';

/** The file behind a file handle: buffers what is read and written. */
export class BufferedFile implements OpenResource {
  readonly channel: FileChannel;
  buffering: Buffering;
  closed = false;
  /** Everything was read from the channel. */
  atEnd = false;
  #in: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Bytes after `#at` that contain no end of a line. */
  #scanned = 0;
  #out: Uint8Array[] = [];
  #outBytes = 0;

  constructor(channel: FileChannel, buffering: Buffering = 'full') {
    this.channel = channel;
    this.buffering = buffering;
  }

  /** Number of bytes that were read ahead. */
  get unread(): number {
    return this.#in.length - this.#at;
  }

  /** The bytes that were read ahead. */
  get buffered(): Uint8Array {
    return this.#in.subarray(this.#at);
  }

  /** Number of bytes that wait to be written. */
  get unwritten(): number {
    return this.#outBytes;
  }

  /** Takes bytes that were read ahead. */
  take(n: number): Uint8Array {
    const part = this.#in.slice(this.#at, this.#at + n);
    this.#at += n;
    this.#scanned = 0;
    return part;
  }

  /** Reads a line, with its end if `keep`. */
  readLine(keep: boolean): ReadResult {
    const at = this.#in.indexOf(10, this.#at + this.#scanned);
    if (at >= 0) {
      const line = this.take(at - this.#at + 1);
      return keep ? line : line.subarray(0, line.length - 1);
    }
    this.#scanned = this.unread;
    if (!this.atEnd) return 'more';
    return this.unread === 0 ? 'end' : this.take(this.unread);
  }

  /** Reads up to `n` bytes; with 0 an empty string unless at the end. */
  readBytes(n: number): ReadResult {
    if (this.unread < Math.max(n, 1) && !this.atEnd) return 'more';
    if (this.unread === 0) return 'end';
    return this.take(Math.min(n, this.unread));
  }

  /** Reads everything that is left. */
  readRest(): ReadResult {
    return this.atEnd ? this.take(this.unread) : 'more';
  }

  /** Fetches more bytes into the buffer. */
  async fill(): Promise<void> {
    this.#add(await this.channel.read(this.#fillSize()));
  }

  /** The same without waiting; false where the channel cannot do that. */
  fillNow(): boolean {
    if (this.channel.readNow === undefined) return false;
    this.#add(this.channel.readNow(this.#fillSize()));
    return true;
  }

  #fillSize(): number {
    return Math.max(BUFFER_BYTES, Math.min(this.unread, 4 * 1024 * 1024));
  }

  #add(data: Uint8Array | undefined): void {
    if (data === undefined) {
      this.atEnd = true;
      return;
    }
    const { unread } = this;
    if (unread === 0) this.#in = data;
    else {
      const joined = new Uint8Array(unread + data.length);
      joined.set(this.buffered);
      joined.set(data, unread);
      this.#in = joined;
    }
    this.#at = 0;
  }

  /** Adds bytes to the buffer. Returns whether it should be written now. */
  put(data: Uint8Array): boolean {
    if (data.length > 0) {
      this.#out.push(data.slice());
      this.#outBytes += data.length;
    }
    if (this.buffering === 'no') return true;
    if (this.buffering === 'line' && data.includes(10)) return true;
    return this.#outBytes >= BUFFER_BYTES;
  }

  #takeUnwritten(): Uint8Array {
    const data = new Uint8Array(this.#outBytes);
    let at = 0;
    for (const part of this.#out) {
      data.set(part, at);
      at += part.length;
    }
    this.#out = [];
    this.#outBytes = 0;
    return data;
  }

  /** Writes what is buffered. */
  async flush(): Promise<void> {
    if (this.#outBytes > 0) await this.channel.write(this.#takeUnwritten());
  }

  /** The same without waiting; false where the channel cannot do that. */
  flushNow(): boolean {
    if (this.#outBytes === 0) return true;
    if (this.channel.writeNow === undefined) return false;
    this.channel.writeNow(this.#takeUnwritten());
    return true;
  }

  /** Drops what was read ahead, so that the channel is at the position that the script expects. */
  rewind(): void {
    const ahead = this.unread;
    this.#in = new Uint8Array(0);
    this.#at = this.#scanned = 0;
    this.atEnd = false;
    if (ahead > 0) this.channel.seek?.('cur', -ahead);
  }

  async close(): Promise<ExitStatus | undefined> {
    this.closed = true;
    try {
      await this.flush();
    } catch (error) {
      await this.channel.close();
      throw error;
    }
    return this.channel.close();
  }

  async settle(): Promise<void> {
    await this.close().catch(() => {});
  }

  abandon(): void {
    this.closed = true;
    this.channel.abandon();
  }
}

import type { OpenResource } from '../script-run.ts';
import type { Channel } from './file-channels.ts';
import type { ExitStatus } from './shell-process.ts';

const CHUNK = 64 * 1024;

/** What a read came to: a value, the end of the file, or "more bytes are needed". */
export type ReadResult = Uint8Array | 'end' | 'more';

/** A file handle: buffers what is read and written. */
export class LuaFile implements OpenResource {
  readonly channel: Channel;
  /** Writes leave at once, after each line, or when the buffer is full. */
  buffering: 'no' | 'line' | 'full';
  closed = false;
  #in: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = false;
  #out: Uint8Array[] = [];
  #outBytes = 0;

  constructor(channel: Channel, buffering: 'no' | 'line' | 'full' = 'full') {
    this.channel = channel;
    this.buffering = buffering;
  }

  /** Bytes that are buffered for reading. */
  get unread(): number {
    return this.#in.length - this.#at;
  }

  /** Takes the bytes up to `end` (a position in the buffer, see {@link buffered}). */
  take(n: number): Uint8Array {
    const part = this.#in.slice(this.#at, this.#at + n);
    this.#at += n;
    return part;
  }

  /** What can be read without asking the channel. */
  get buffered(): Uint8Array {
    return this.#in.subarray(this.#at);
  }

  get atEnd(): boolean {
    return this.#end;
  }

  /** A line, with its end if `keep`. */
  line(keep: boolean, from: { scanned: number }): ReadResult {
    const at = this.#in.indexOf(10, this.#at + from.scanned);
    if (at >= 0) {
      const line = this.take(at - this.#at + 1);
      return keep ? line : line.subarray(0, line.length - 1);
    }
    from.scanned = this.unread;
    if (!this.#end) return 'more';
    return this.unread === 0 ? 'end' : this.take(this.unread);
  }

  /** Up to `n` bytes; with 0 an empty string unless at the end. */
  bytes(n: number): ReadResult {
    if (this.unread < Math.max(n, 1) && !this.#end) return 'more';
    if (this.unread === 0) return 'end';
    return this.take(Math.min(n, this.unread));
  }

  /** Everything that is left. */
  rest(): ReadResult {
    return this.#end ? this.take(this.unread) : 'more';
  }

  /** Fetches more bytes into the buffer. */
  async fill(): Promise<void> {
    this.#add(await this.channel.pull!(this.#size()));
  }

  /** The same at once, where the channel can. */
  fillNow(): boolean {
    if (this.channel.pullNow === undefined) return false;
    this.#add(this.channel.pullNow(this.#size()));
    return true;
  }

  #size(): number {
    return Math.max(CHUNK, Math.min(this.unread, 4 * 1024 * 1024));
  }

  #add(data: Uint8Array | undefined): void {
    if (data === undefined) this.#end = true;
    else if (this.unread === 0) {
      this.#in = data;
      this.#at = 0;
    } else {
      const joined = new Uint8Array(this.unread + data.length);
      joined.set(this.buffered);
      joined.set(data, this.unread);
      this.#in = joined;
      this.#at = 0;
    }
  }

  /** Puts bytes into the buffer; answers whether it should be written out now. */
  put(data: Uint8Array): boolean {
    if (data.length > 0) {
      this.#out.push(data.slice());
      this.#outBytes += data.length;
    }
    if (this.buffering === 'no') return true;
    if (this.buffering === 'line' && data.includes(10)) return true;
    return this.#outBytes >= CHUNK;
  }

  get unwritten(): number {
    return this.#outBytes;
  }

  #drain(): Uint8Array {
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

  /** Writes out what is buffered. */
  async flush(): Promise<void> {
    if (this.#outBytes > 0) await this.channel.push!(this.#drain());
  }

  /** The same at once, where the channel can. */
  flushNow(): boolean {
    if (this.#outBytes === 0) return true;
    if (this.channel.pushNow === undefined) return false;
    this.channel.pushNow(this.#drain());
    return true;
  }

  /** Drops what was read ahead, so that the channel stands where the script thinks it is. */
  rewind(): void {
    const ahead = this.unread;
    this.#in = new Uint8Array(0);
    this.#at = 0;
    this.#end = false;
    if (ahead > 0) this.channel.seek?.('cur', -ahead);
  }

  async close(): Promise<ExitStatus | undefined> {
    this.closed = true;
    const flushed = await this.flush().then(
      () => undefined,
      (error: Error) => error,
    );
    const status = await this.channel.close();
    if (flushed !== undefined) throw flushed;
    return status;
  }

  async settle(): Promise<void> {
    await this.close().catch(() => {});
  }

  abandon(): void {
    this.closed = true;
    this.channel.abandon();
  }
}

import type { Captured } from '../core/ports.ts';
import { counted } from '../plural.ts';

/** True for a byte within a character of UTF-8, other than its first one. */
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Without the character that the end cuts. `next`: the byte that came after it. */
const withoutCutEnd = (bytes: Buffer, next: number | undefined): Buffer => {
  if (!isContinuation(next)) return bytes;
  let end = bytes.length;
  for (let back = 0; back < 3 && isContinuation(bytes[end - 1]); back++) end -= 1;
  return bytes.subarray(0, Math.max(0, end - 1));
};

/** Without the character that the beginning cuts. */
const withoutCutStart = (bytes: Buffer): Buffer => {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
};

const EMPTY = Buffer.alloc(0);

/** Stands for bytes that were not kept. */
const leftOut = (bytes: number): string => `\n[${counted(bytes, 'byte')} left out]\n`;

/** The output of one stream: its beginning and its end, within a limit of bytes. What a process writes last is often why it failed. */
export class OutputCapture {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  /** The latest bytes after the head, as a ring. Allocated when the head is full. */
  #tail: Buffer | undefined;
  /** The byte after the head: it shows whether the head ends within a character. */
  #next: number | undefined;
  #bytes = 0;

  /** @param limit bytes kept, half of them of the end. */
  constructor(limit: number) {
    this.#headLimit = Math.ceil(limit / 2);
    this.#tailLimit = limit - this.#headLimit;
  }

  add(chunk: Buffer): void {
    const head = chunk.subarray(0, this.#headLimit - this.#headBytes);
    if (head.length > 0) this.#head.push(head);
    this.#headBytes += head.length;
    this.#bytes += head.length;
    if (head.length < chunk.length) this.#addToTail(chunk.subarray(head.length));
  }

  get captured(): Captured {
    const { whole, before, after, dropped } = this.#parts;
    const text = whole
      ? whole.toString('utf8')
      : `${before.toString('utf8')}${leftOut(dropped)}${after.toString('utf8')}`;
    return { text, bytes: this.#bytes, dropped };
  }
  /** What was kept, as it was written. */
  get bytes(): Buffer {
    const { whole, before, after, dropped } = this.#parts;
    return whole ?? Buffer.concat([before, Buffer.from(leftOut(dropped)), after]);
  }

  get #parts() {
    const head = Buffer.concat(this.#head);
    const afterHead = this.#bytes - this.#headBytes;
    const tail = this.#tail ?? EMPTY;
    if (afterHead <= this.#tailLimit) {
      const whole = Buffer.concat([head, tail.subarray(0, afterHead)]);
      return { whole, before: EMPTY, after: EMPTY, dropped: 0 };
    }
    const at = afterHead % this.#tailLimit;
    const before = withoutCutEnd(head, this.#next);
    const after = withoutCutStart(Buffer.concat([tail.subarray(at), tail.subarray(0, at)]));
    return { whole: undefined, before, after, dropped: this.#bytes - before.length - after.length };
  }

  #addToTail(bytes: Buffer): void {
    this.#next ??= bytes[0];
    this.#tail ??= Buffer.allocUnsafe(this.#tailLimit);
    const latest = bytes.subarray(Math.max(0, bytes.length - this.#tailLimit));
    const at = (this.#bytes - this.#headBytes + bytes.length - latest.length) % this.#tailLimit;
    const written = latest.copy(this.#tail, at);
    latest.copy(this.#tail, 0, written);
    this.#bytes += bytes.length;
  }
}

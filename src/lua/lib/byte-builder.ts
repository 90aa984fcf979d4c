import * as lua from '../lua-api.ts';
import { pushOwned } from '../lua-values.ts';
import { MAX_STRING_BYTES } from '../memory-limit.ts';

/** Parts of this size are kept as they are; smaller ones are joined. */
const LARGE = 1024;
const SMALLEST = 128;
const LARGEST = 64 * 1024;
const NONE = new Uint8Array(0);

/** Builds a text from parts. Many small parts cost no more than their bytes. */
export class ByteBuilder {
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  /** Where small parts are joined, and the number of bytes in there. */
  #room = NONE;
  #used = 0;
  #size = 0;

  add(L: lua.State, part: Uint8Array): void {
    const { length } = part;
    if (length === 0) return;
    this.#grow(L, length);
    if (length >= LARGE) {
      this.#cut();
      this.#parts.push(part);
      return;
    }
    this.#ensure(length);
    // A call of `set` costs more than copying a few bytes.
    if (length < 16) for (let i = 0; i < length; i++) this.#room[this.#used + i] = part[i]!;
    else this.#room.set(part, this.#used);
    this.#used += length;
  }

  /** Adds text of one byte a character. */
  addText(L: lua.State, text: string): void {
    if (text.length >= LARGE) {
      this.add(L, Buffer.from(text, 'latin1'));
      return;
    }
    this.#grow(L, text.length);
    this.#ensure(text.length);
    for (let i = 0; i < text.length; i++) this.#room[this.#used + i] = text.charCodeAt(i);
    this.#used += text.length;
  }

  /** Adds the same byte many times. */
  fill(L: lua.State, byte: number, times: number): void {
    if (times <= 0) return;
    if (times >= LARGE) {
      // New bytes are 0: writing that would touch the memory of each.
      const made = new Uint8Array(times);
      this.add(L, byte === 0 ? made : made.fill(byte));
      return;
    }
    this.#grow(L, times);
    this.#ensure(times);
    this.#room.fill(byte, this.#used, this.#used + times);
    this.#used += times;
  }

  /** Pushes the text; returns 1, the number of results. */
  push(L: lua.State): number {
    const [only] = this.#parts;
    // A single large part is not copied, as texts of Lua never change, unless it is a piece of something larger.
    if (only?.length === this.#length && only.length === only.buffer.byteLength) return pushOwned(L, only);
    const made = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      made.set(part, at);
      at += part.length;
    }
    made.set(this.#room.subarray(0, this.#used), at);
    return pushOwned(L, made);
  }

  #grow(L: lua.State, bytes: number): void {
    this.#length += bytes;
    if (this.#length > MAX_STRING_BYTES) lua.raise(L, 'resulting string too large');
  }

  #ensure(bytes: number): void {
    if (this.#used + bytes <= this.#room.length) return;
    this.#cut();
    this.#size = Math.min(LARGEST, Math.max(SMALLEST, 2 * this.#size));
    this.#room = new Uint8Array(Math.max(this.#size, bytes));
  }

  #cut(): void {
    if (this.#used === 0) return;
    this.#parts.push(this.#room.subarray(0, this.#used));
    this.#room = this.#room.subarray(this.#used);
    this.#used = 0;
  }
}

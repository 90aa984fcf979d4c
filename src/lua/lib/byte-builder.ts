import { luaL_error } from 'fengari/src/lauxlib.js';
import type { lua_State } from 'fengari/src/lua.js';
import { MAX_STRING_BYTES } from '../allocation.ts';
import { luaString, pushOwned } from '../values.ts';

/** Parts of this size are kept as they are; smaller ones are put together. */
const LARGE = 1024;
const SMALLEST = 128;
const LARGEST = 64 * 1024;
const NONE = new Uint8Array(0);

/** A text that is made of parts, once its length is known. Many small parts cost what their bytes cost. */
export class ByteBuilder {
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  /** Where small parts are put together, and how many bytes are in there. */
  #room = NONE;
  #used = 0;
  #size = 0;

  add(L: lua_State, part: Uint8Array): void {
    const { length } = part;
    if (length === 0) return;
    this.#grow(L, length);
    if (length >= LARGE) {
      this.#cut();
      this.#parts.push(part);
      return;
    }
    this.#ensure(length);
    // A call of `set` costs more than some bytes.
    if (length < 16) for (let i = 0; i < length; i++) this.#room[this.#used + i] = part[i]!;
    else this.#room.set(part, this.#used);
    this.#used += length;
  }

  /** Adds text of one byte a character. */
  addText(L: lua_State, text: string): void {
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
  fill(L: lua_State, byte: number, times: number): void {
    if (times <= 0) return;
    if (times >= LARGE) {
      this.#grow(L, times);
      this.#cut();
      this.#parts.push(new Uint8Array(times).fill(byte));
      return;
    }
    this.#grow(L, times);
    this.#ensure(times);
    this.#room.fill(byte, this.#used, this.#used + times);
    this.#used += times;
  }

  push(L: lua_State): void {
    const made = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      made.set(part, at);
      at += part.length;
    }
    made.set(this.#room.subarray(0, this.#used), at);
    pushOwned(L, made);
  }

  #grow(L: lua_State, bytes: number): void {
    this.#length += bytes;
    if (this.#length > MAX_STRING_BYTES) luaL_error(L, luaString('resulting string too large'));
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

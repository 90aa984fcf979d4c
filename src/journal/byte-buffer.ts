/** Bytes of the buffer at first. */
const SIZE = 1 << 17;
/** Fewer bytes are copied when they are taken: they are not to hold a whole buffer while they wait. */
const FEW = 1 << 15;
/** Buffers kept for use again. */
const SPARE = 16;
const ZERO = 0x30;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Characters from a space to a tilde are one byte each, and JSON has them as they are, but for two. */
const [SPACE, TILDE] = [0x20, 0x7e];
/** Numbers from here on have more digits than 32 bits hold. */
const LARGE = 1e9;
/** Longer texts are put into JSON and encoded by the platform, shorter ones here, which is faster for them. */
const SHORT = 128;

const utf8 = new TextEncoder();

/**
 * Collects UTF-8 without a text for each line: what makes many lines from few texts spends most of its time on garbage otherwise. Buffers
 * are used again, because V8 collects all garbage when many were made.
 */
export class ByteBuffer {
  #bytes: Uint8Array = new Uint8Array(SIZE);
  #end = 0;
  readonly #spare: Uint8Array[] = [];

  get length(): number {
    return this.#end;
  }
  addBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }
  addText(text: string): void {
    // No character has more than three bytes for each of its units.
    this.#reserve(3 * text.length);
    this.#end += utf8.encodeInto(text, this.#bytes.subarray(this.#end)).written;
  }
  /** Adds a text as JSON has it between quotes. */
  addEscaped(text: string): void {
    if (text.length > SHORT || !this.#addPlain(text)) this.addText(JSON.stringify(text).slice(1, -1));
  }
  /** Adds a whole number that is not negative, in decimal digits. */
  addCount(n: number): void {
    if (n >= LARGE) {
      this.addText(String(n));
      return;
    }
    let digits = 1;
    for (let power = 10; n >= power; power *= 10) digits += 1;
    this.#reserve(digits);
    let rest = n;
    for (let at = this.#end + digits - 1; at >= this.#end; at--) {
      const higher = Math.trunc(rest / 10);
      this.#bytes[at] = ZERO + rest - 10 * higher;
      rest = higher;
    }
    this.#end += digits;
  }
  /** Returns what has come since it was taken last. */
  take(): Uint8Array {
    const [bytes, end] = [this.#bytes, this.#end];
    this.#end = 0;
    if (end < FEW) return bytes.slice(0, end);
    this.#bytes = this.#spare.pop() ?? new Uint8Array(SIZE);
    return bytes.subarray(0, end);
  }
  /** Takes back what was taken, and is not used any more. */
  giveBack({ buffer }: Uint8Array): void {
    if (buffer.byteLength === SIZE && this.#spare.length < SPARE) this.#spare.push(new Uint8Array(buffer));
  }

  /** Adds a text. Returns false, and adds nothing, when a character of it is to be escaped or has several bytes. */
  #addPlain(text: string): boolean {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#end;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return false;
      bytes[at++] = code;
    }
    this.#end = at;
    return true;
  }
  #reserve(length: number): void {
    const needed = this.#end + length;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

/** Most bytes of one stream that are kept of a run. */
export const TAIL_BYTES = 8192;

/** Bytes before those: a secret that begins there is recognised as a whole. */
const CONTEXT_BYTES = 2048;
const HELD_BYTES = TAIL_BYTES + CONTEXT_BYTES;

const utf8 = new TextEncoder();
/** Invalid bytes become U+FFFD. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Without the rest of a character that the beginning cuts. */
const fromCharacter = (bytes: Uint8Array): Uint8Array => {
  let start = 0;
  while (start < 3 && (bytes[start]! & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
};

/** The end of a text: at most so many bytes as UTF-8, cut at a character. */
export const lastBytes = (text: string, limit: number): string => {
  // A character has at most three bytes for each of its code units.
  if (text.length * 3 <= limit) return text;
  const bytes = utf8.encode(text);
  return bytes.length <= limit ? text : decoder.decode(fromCharacter(bytes.subarray(bytes.length - limit)));
};

/** A private key of which only the end is there. */
const KEY_END = /^(?:(?!-----BEGIN )[\s\S])*?(?=-----END [A-Z ]{0,40}PRIVATE KEY)/;

/** The last bytes that were written to one stream. Its memory is bounded, however much is written. */
export class OutputTail {
  #bytes = new Uint8Array(256);
  #length = 0;
  #cut = false;

  add(chunk: Uint8Array | string): void {
    const all = typeof chunk === 'string' ? utf8.encode(chunk) : chunk;
    const latest = all.length > HELD_BYTES ? all.subarray(all.length - HELD_BYTES) : all;
    if (latest.length < all.length) {
      this.#length = 0;
      this.#cut = true;
    }
    if (this.#length + latest.length > 2 * HELD_BYTES) this.#drop(this.#length - (HELD_BYTES - latest.length));
    this.#reserve(this.#length + latest.length);
    this.#bytes.set(latest, this.#length);
    this.#length += latest.length;
  }

  /** What is kept, after `mask` has replaced the secrets in it. */
  text(mask: (text: string) => string): string {
    const from = Math.max(0, this.#length - HELD_BYTES);
    const cut = this.#cut || from > 0;
    const held = this.#bytes.subarray(from, this.#length);
    const text = decoder.decode(cut ? fromCharacter(held) : held);
    return lastBytes(mask(cut ? text.replace(KEY_END, '') : text), TAIL_BYTES);
  }

  /** Drops the first bytes. */
  #drop(count: number): void {
    if (count <= 0) return;
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#cut = true;
  }
  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.min(2 * HELD_BYTES, Math.max(length, this.#bytes.length * 2)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

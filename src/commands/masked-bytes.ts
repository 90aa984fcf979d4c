import { MASK, patternOf, runSecrets } from '../run-secrets.ts';

/** One character for each byte. */
const BYTES = 'latin1';
const inBytes = (text: string): string => Buffer.from(text).toString(BYTES);
const MASKED = inBytes(MASK);

/**
 * Passes on bytes without the secrets of the run, as soon as it is known that they are not the beginning of one. Everything else stays as it is, also what
 * is not text.
 */
export class MaskedBytes {
  #known: readonly string[] = [];
  #forms: readonly string[] = [];
  #pattern: RegExp | undefined;
  #held = '';

  add(chunk: Uint8Array): Uint8Array {
    this.#learn();
    if (this.#pattern === undefined) return chunk;
    const text = this.#held + Buffer.from(chunk).toString(BYTES);
    let passed = '';
    let from = 0;
    let end = this.#beginning(text, 0);
    for (const { 0: found, index } of text.matchAll(this.#pattern)) {
      if (index >= end) break;
      passed += text.slice(from, index) + MASKED;
      from = index + found.length;
      if (from > end) end = this.#beginning(text, from);
    }
    this.#held = text.slice(end);
    return Buffer.from(passed + text.slice(from, end), BYTES);
  }

  /** What was held back. */
  end(): Uint8Array {
    const held = this.#pattern === undefined ? '' : this.#held.replace(this.#pattern, MASKED);
    this.#held = '';
    return Buffer.from(held, BYTES);
  }

  #learn(): void {
    const { forms } = runSecrets;
    if (forms === this.#known) return;
    this.#known = forms;
    this.#forms = forms.map(inBytes);
    this.#pattern = patternOf(this.#forms);
  }

  /** Where the end of a text could be the beginning of a secret. */
  #beginning(text: string, from: number): number {
    const longest = Math.max(...this.#forms.map(({ length }) => length));
    for (let at = Math.max(from, text.length - longest + 1); at < text.length; at += 1) {
      const rest = text.slice(at);
      if (this.#forms.some((form) => form.length > rest.length && form.startsWith(rest))) return at;
    }
    return text.length;
  }
}

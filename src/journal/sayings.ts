import type { Context, LogRecord } from '../log/record.ts';

/** Sayings that a recording may refer to: the last ones that were told in full. At trace a condition has about five. */
export const SAYINGS_KEPT = 1 << 16;
/** Characters of a message that is worth keeping. */
const LONGEST = 100;
/** So often other words may come in place of a message before it is given up. */
const OFTEN = 8;

/** How a record compares with a saying: it is the same, it has the same speaker and other words, or nothing in common. */
export type Likeness = 'same' | 'other words' | 'other';

/** What records have said, by number: who spoke how, and the words. Records of a tick mostly say what those of the one before said. */
export class Sayings {
  readonly #contexts: Context[] = [];
  readonly #levels: string[] = [];
  readonly #marks: string[] = [];
  /** Undefined: too long to be kept, or other words came too often. */
  readonly #messages: (string | undefined)[] = [];
  /** How often other words came. */
  readonly #others = new Uint8Array(SAYINGS_KEPT);
  #count = 0;
  /** Those before are not in the file. */
  #first = 0;

  /** The number of the next one. */
  get count(): number {
    return this.#count;
  }
  add({ context, level, mark, message }: LogRecord): number {
    const at = this.#count % SAYINGS_KEPT;
    this.#contexts[at] = context;
    this.#levels[at] = level;
    this.#marks[at] = mark;
    this.#messages[at] = message.length > LONGEST ? undefined : message;
    this.#others[at] = 0;
    return this.#count++;
  }
  /** `number`: what the speaker of the record said last, or what comes after it; neither can be so old that it is not kept. */
  compare(number: number, { context, level, mark, message }: LogRecord): Likeness {
    if (number >= this.#count || number < this.#first) return 'other';
    const at = number % SAYINGS_KEPT;
    if (this.#contexts[at] !== context || this.#levels[at] !== level || this.#marks[at] !== mark) return 'other';
    const said = this.#messages[at];
    if (said === undefined) return 'other words';
    if (said === message) return 'same';
    // What a clock is in differs each time: to compare costs more than it gives.
    const others = (this.#others[at] ?? 0) + 1;
    this.#others[at] = others;
    if (others === OFTEN) this.#messages[at] = undefined;
    return 'other words';
  }
  /** Nothing has been told yet. */
  forget(): void {
    this.#first = this.#count;
  }
}

import type { Fact } from './fact.ts';
import { LineReader, type Voice } from './line-reader.ts';
import { readLogLine } from './log-line.ts';
import type { Head, Unread } from './recording.ts';

const KINDS: readonly Fact['kind'][] = ['log', 'transition', 'event', 'repeat', 'span', 'metric'];

const isFact = (found: object): found is Fact =>
  'kind' in found &&
  (KINDS as readonly unknown[]).includes(found.kind) &&
  'seq' in found &&
  typeof found.seq === 'number';
/** Whether this is the first line of a recording. */
export const isHead = (found: unknown): found is Head =>
  typeof found === 'object' && found !== null && 'journal' in found && found.journal === 1 && 'session' in found;

/** Whoever wrote a record that is only read for its time. */
const ANYBODY: Voice = {
  item: null,
  level: 'trace',
  mark: 'PROC/MSG',
  context: { emitter: 'MAIN', action: 'active', item: null, itemId: null },
};

/** Takes the lines of a recording, or of a JSON log, one by one, and hands on the facts in them. */
export class Reading {
  readonly #take: (fact: Fact) => void;
  /** How lines begin that nobody wants. */
  readonly #unwanted: readonly string[];
  readonly #log = readLogLine();
  readonly #lines = new LineReader((seq, at) => this.#unread.push({ seq, at: this.#taken + at }));
  #skipped: string | undefined;
  #facts = 0;
  #bad: number[] = [];
  readonly #unread: Unread[] = [];
  /** Facts handed on. */
  #taken = 0;
  head: Head | undefined;
  /** The last line was cut off: the program was killed, or is writing. */
  cut = false;
  /** It is no recording but a plain JSON log. */
  plain = false;

  /** `wants`: kinds of facts that are of use; the others are not even read. */
  constructor(take: (fact: Fact) => void, wants: readonly Fact['kind'][] = KINDS) {
    this.#take = take;
    this.#unwanted = KINDS.filter((kind) => !wants.includes(kind)).map((kind) => `{"kind":"${kind}"`);
  }

  /** Lines, from 1, that are neither facts nor records. */
  get bad(): readonly number[] {
    return this.#bad;
  }
  /** Facts that are there, but say what was told in lines that were not read. */
  get unread(): readonly Unread[] {
    return this.#unread;
  }
  /** Whether anything was a line of a recording or a log. */
  get known(): boolean {
    return this.head !== undefined || this.#facts > 0;
  }

  /** `number`: from 1; `last`: there is no line end behind it. */
  line(text: string, number: number, last = false): void {
    if (text.trim() === '') return;
    if (!last && this.#unwanted.some((start) => text.startsWith(start))) {
      this.#skipped = text;
      this.#facts += 1;
      return;
    }
    let found: unknown;
    try {
      found = JSON.parse(text);
    } catch {
      if (last) this.cut = true;
      else this.#bad.push(number);
      return;
    }
    if (typeof found !== 'object' || found === null) this.#bad.push(number);
    else if (isFact(found)) this.#fact(found, number);
    else if (isHead(found)) this.#begin(found);
    else if ('header' in found && (this.plain || !this.known)) this.#record(found);
    else if (!('header' in found)) this.#bad.push(number);
  }

  /** There are no more lines. The last fact is handed on whatever it is: it tells until when things went on. */
  end(): void {
    const last = this.#skipped;
    if (last === undefined) return;
    this.#skipped = undefined;
    try {
      const fact = this.#lines.facts(JSON.parse(last) as Fact, ANYBODY).at(-1);
      if (fact) this.#take(fact);
    } catch {
      // A line that only began like a fact.
    }
  }

  #begin(head: Head): void {
    this.head ??= head;
    this.#lines.begin();
  }
  #fact(found: Fact, number: number): void {
    const unread = this.#unread.length;
    const facts = this.#lines.facts(found);
    if (facts.length === 0 && this.#unread.length === unread) this.#bad.push(number);
    for (const fact of facts) this.#hand(fact);
  }
  #record(line: object): void {
    for (const fact of this.#log(line)) {
      this.plain = true;
      this.#hand(fact);
    }
  }
  #hand(fact: Fact): void {
    this.#facts += 1;
    this.#taken += 1;
    this.#skipped = undefined;
    this.#take(fact);
  }
}

import type { Context } from '../log/record.ts';
import type { Fact } from './fact.ts';
import { jsonLogImport } from './json-log-import.ts';
import { RecordingV1 } from './recording-v1.ts';
import { factsOfTexts, hasTexts } from './records-line.ts';

/** The version of the format that is written. */
export const RECORDING_FORMAT = 3;

/** What the first line of a recording holds. */
export interface Head {
  /** Version of the format; 1, and 2, where each record is a line, are only read. */
  readonly journal: 1 | 2 | typeof RECORDING_FORMAT;
  /** Of this program. */
  readonly version: string;
  /** The same in all parts of one run of the program. */
  readonly session: string;
  /** Counts the parts, from 1. */
  readonly part: number;
  /** Wall-clock ms at which the program started. */
  readonly started: number;
  /** 0: no process ran, the recording is of a simulation. */
  readonly pid: number;
}

/** What was read. */
export interface Recording {
  /** Undefined: a plain JSON log. */
  readonly head: Head | undefined;
  readonly facts: readonly Fact[];
  /** The last line was cut off: the program was killed, or is writing. */
  readonly cut: boolean;
  /** Lines, from 1, that are neither facts nor records. */
  readonly bad: readonly number[];
}

const KINDS: readonly Fact['kind'][] = ['log', 'transition', 'event', 'repeat', 'span', 'metric'];

const isFact = (found: object): found is Fact =>
  'kind' in found &&
  (KINDS as readonly unknown[]).includes(found.kind) &&
  'seq' in found &&
  typeof found.seq === 'number';
const VERSIONS: readonly unknown[] = [1, 2, RECORDING_FORMAT];
/** Whether this is the first line of a recording. */
export const isHead = (found: unknown): found is Head =>
  typeof found === 'object' &&
  found !== null &&
  'journal' in found &&
  VERSIONS.includes(found.journal) &&
  'session' in found;

/** The context of a record with what its line leaves out: what is null, and the name of the item when `item` has it too. */
const contextNow = ({ item, itemId, ...rest }: Partial<Context>, key: string | null): object => ({
  ...rest,
  item: item === undefined && key !== null ? key.slice(key.indexOf('/') + 1) : (item ?? null),
  itemId: itemId ?? null,
});
/** A fact with what its line leaves out. */
const restored = (found: Fact): Fact => {
  const { kind, seq, time, mono, item = null, run = null, cause = null, ...rest } = found;
  const fact = { kind, seq, time, mono, item, run, cause, ...rest } as Fact;
  const { context } = fact as { readonly context?: Partial<Context> | null };
  if (kind !== 'log' || typeof context !== 'object' || context === null) return fact;
  return { ...fact, context: contextNow(context, item) } as Fact;
};

const isWhole = (fact: Fact): boolean =>
  fact.kind !== 'log' || (typeof fact.message === 'string' && typeof fact.mark === 'string' && 'context' in fact);

/** Takes the lines of a recording of any version, or of a JSON log, one by one, and hands on the facts in them. */
export class RecordingDecoder {
  readonly #take: (fact: Fact) => void;
  /** How lines begin that are not wanted. */
  readonly #unwanted: readonly string[];
  readonly #log = jsonLogImport();
  /** Set within a part of the first version, or where the first line of a recording is not known. */
  #v1: RecordingV1 | undefined = new RecordingV1();
  #skipped: string | undefined;
  #facts = 0;
  #bad: number[] = [];
  head: Head | undefined;
  /** The last line was cut off: the program was killed, or is writing. */
  cut = false;
  /** It is not a recording but a plain JSON log. */
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

  /** There are no more lines. The last fact is handed on whatever it is: it says until when things went on. */
  end(): void {
    const last = this.#skipped;
    if (last === undefined) return;
    this.#skipped = undefined;
    try {
      const fact = this.#factsIn(JSON.parse(last) as Fact).at(-1);
      if (fact) this.#take(fact);
    } catch {
      // A line that only began like a fact.
    }
  }

  #begin(head: Head): void {
    this.head ??= head;
    this.#v1 = head.journal === 1 ? new RecordingV1() : undefined;
  }
  #factsIn(found: Fact): readonly Fact[] {
    if (hasTexts(found)) return factsOfTexts(found);
    if (this.#v1) return this.#v1.facts('records' in found ? found : restored(found));
    return isWhole(found) ? [restored(found)] : [];
  }
  #fact(found: Fact, number: number): void {
    const facts = this.#factsIn(found);
    if (facts.length === 0) this.#bad.push(number);
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
    this.#skipped = undefined;
    this.#take(fact);
  }
}

/**
 * Reads a recording, or a JSON log of this program or of whenever 1 as far as that goes. A line that was cut off is left out.
 * @param progress called with the lines that are read, of all lines
 */
export const decodeRecording = (text: string, progress?: (done: number, total: number) => void): Recording => {
  const lines = text.split('\n');
  const last = lines.pop()!;
  const facts: Fact[] = [];
  const decoder = new RecordingDecoder((fact) => facts.push(fact));
  for (const [i, line] of lines.entries()) {
    decoder.line(line, i + 1);
    progress?.(i + 1, lines.length);
  }
  decoder.line(last, lines.length + 1, true);
  const { head, cut, bad } = decoder;
  return { head, facts, cut, bad };
};

/** Joins parts of one run of the program, the oldest first. */
export const joinParts = (parts: readonly Recording[]): Recording => ({
  head: parts[0]?.head,
  facts: parts.flatMap(({ facts }) => facts),
  cut: parts.at(-1)?.cut ?? false,
  bad: parts.at(-1)?.bad ?? [],
});

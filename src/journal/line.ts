import { quoted } from '../log/quoted.ts';
import { type Context, LEVELS, type Level, type LogRecord, type Mark, type Origin } from '../log/record.ts';
import { type Short, Speaker } from '../log/speaker.ts';
import type { Fact, LogFact } from './fact.ts';
import { itemOf } from './item.ts';

// Most facts are log records, and at trace there are very many. Those of one millisecond and one origin in a row are one line:
// what the first of them has in its envelope, then `records`, numbered in order. A record is who speaks how, and the message. Who
// speaks how is level, mark and context, told once a file with a number, which stands for it from then on.

/** Ends a record and the line. */
const END = ']]}\n';
/** Ends a record and begins another one in its line. */
const NEXT = '],';

/** A line of records up to the first of them. */
const beginning = (seq: number, time: number, mono: number, run: string | null, cause: string | null): string =>
  JSON.stringify({ kind: 'log', seq, time, mono, run, cause, records: [] }).slice(0, -']}'.length);

const weights = new Map<Mark, Map<Level, string>>();
/** Level and mark; the same text for the same. */
const weightOf = (level: Level, mark: Mark): string => {
  const known = weights.get(mark);
  let text = known?.get(level);
  if (text === undefined) {
    text = `"${level}","${mark}"`;
    weights.set(mark, (known ?? new Map<Level, string>()).set(level, text));
  }
  return text;
};

/** A fact as a line of its own, newline included. */
export const factLine = (fact: Fact): string => {
  if (fact.kind !== 'log') return `${JSON.stringify(fact)}\n`;
  const { seq, time, mono, run, cause, level, mark, context, message } = fact;
  const start = beginning(seq, time, mono, run, cause);
  return `${start}[[${weightOf(level, mark)},${Speaker.json(context)}],${quoted(message)}${END}`;
};

let files = 0;
let numbers = 0;

/** The lines of one recording, in pieces until they are taken: putting each together first would cost as much again. */
export class Lines {
  #pieces: string[] = [];
  #length = 0;
  #time = 0;
  #origin: Origin | undefined;
  /** Stands for the file that is written. */
  #file = ++files;
  /** The number of the next record that fits into the line that is open; 0: none is. */
  #next = 0;

  /** Characters that wait to be taken. */
  get length(): number {
    return this.#length;
  }
  /** Any fact. */
  fact(fact: Fact): void {
    this.#end();
    this.#add(factLine(fact));
  }
  /** The fact that a record is, at no cost for the fact. `mono`: monotonic clock, ms. */
  record(record: LogRecord, mono: () => number): void {
    const { time, origin, seq = 0, level, mark, context, message } = record;
    const fits = seq === this.#next && time === this.#time && origin === this.#origin;
    if (!fits) {
      this.#end();
      this.#time = time;
      this.#origin = origin;
      this.#add(beginning(seq, time, mono(), origin?.run ?? null, origin?.cause ?? null));
    }
    this.#next = seq + 1;
    const weight = weightOf(level, mark);
    const short = Speaker.shortOf(context, weight);
    const who = short?.file === this.#file ? short.text : this.#introduce(context, weight, short);
    this.#add(fits ? who : who.slice(NEXT.length));
    this.#add(quoted(message));
  }
  /** All numbers are told anew: a file begins, or has lost something. */
  begin(): void {
    this.#file = ++files;
  }
  /** Whole lines: what has come since they were taken last. */
  take(): string {
    this.#end();
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return text;
  }

  #introduce(context: Context, weight: string, known: Short | undefined): string {
    let short = known;
    if (short === undefined) {
      // Joined, so that it is one text: pieces would be put together each time anew.
      const text = [NEXT, '[', ++numbers, ','].join('');
      short = { weight, text, number: numbers, file: 0 };
      Speaker.shorten(context, short);
    }
    short.file = this.#file;
    return `${NEXT}[[${weight},${Speaker.json(context)},${short.number}],`;
  }
  #add(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }
  /** Ends the line that is open, if there is one. */
  #end(): void {
    if (this.#next === 0) return;
    this.#next = 0;
    this.#add(END);
  }
}

/** What a line of records is when it is read; nothing is certain about it. */
interface Found extends Omit<LogFact, 'records'> {
  readonly records?: unknown;
}

const contextIn = (who: unknown): Context | undefined => {
  if (typeof who !== 'object' || who === null) return undefined;
  const { emitter, action, item, item_id: itemId } = who as Context & { readonly item_id: number | null };
  return typeof emitter === 'string' && typeof action === 'string' ? { emitter, action, item, itemId } : undefined;
};

/** Who speaks how. */
export type Voice = Pick<LogFact, 'level' | 'mark' | 'context' | 'item'>;

/** Reads lines of one recording, in order. */
export class LineReader {
  readonly #voices = new Map<unknown, Voice>();

  /** Another file begins. */
  begin(): void {
    this.#voices.clear();
  }
  /** The facts of a line, in order; none: it is no such line. `unknown`: stands for voices of lines that were not read. */
  facts(found: Fact, unknown?: Voice): readonly Fact[] {
    return found.kind !== 'log' || 'context' in found ? [found] : this.#records(found as Found, unknown);
  }

  #records({ records, ...envelope }: Found, unknown: Voice | undefined): Fact[] {
    if (!Array.isArray(records)) return [];
    return records.flatMap((one: unknown, i): Fact[] => {
      if (!Array.isArray(one)) return [];
      const [who, message] = one as unknown[];
      const voice = this.#voice(who) ?? unknown;
      return voice && typeof message === 'string' ? [{ ...envelope, seq: envelope.seq + i, ...voice, message }] : [];
    });
  }
  #voice(told: unknown): Voice | undefined {
    if (!Array.isArray(told)) return this.#voices.get(told);
    const [level, mark, who, number] = told as [Level, Mark, unknown, unknown];
    const context = contextIn(who);
    if (!LEVELS.includes(level) || typeof mark !== 'string' || !context) return undefined;
    const voice = { item: itemOf(context), level, context, mark };
    if (number !== undefined) this.#voices.set(number, voice);
    return voice;
  }
}

import { LoggerContext } from '../log/logger-context.ts';
import { quoted } from '../log/quoted.ts';
import type { Level, LogRecord, Mark, TraceContext } from '../log/record.ts';
import type { Fact } from './fact.ts';
import { Sayings } from './sayings.ts';

// Most facts are log records, and at trace there are very many, most of which say what was said a tick ago. Those of one
// millisecond and one origin in a row are one line: what the first of them has in its envelope, then `records`, numbered in order:
//
//   [who, message]   told in full. `who` is [level, mark, context, N] when it speaks for the first time in a file, then N.
//                    What is told in full is numbered: the first of a line is the saying `told`, the next `told` + 1, and so on.
//   [n]              no record: what follows is as from saying n on. Each record goes on to the next saying.
//   4                the next four records say what those sayings say.
//   "message"        the next record is by the speaker of that saying, in other words.
//   0                the same, in the words that stood for others last in the line: conditions that wait alike say the same.

/** Ends a line of records. */
const END = ']}\n';

/** A line of records up to the first of them. */
const beginning = (seq: number, time: number, mono: number, run: string | null, cause: string | null): string =>
  JSON.stringify({ kind: 'log', seq, time, mono, run, cause }).slice(0, -'}'.length);

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
  return `${start},"records":[[[${weightOf(level, mark)},${LoggerContext.json(context)}],${quoted(message)}]${END}`;
};

let files = 0;
let numbers = 0;

/** The lines of one recording, in pieces until they are taken: putting each together first would cost as much again. */
export class Lines {
  #pieces: string[] = [];
  #length = 0;
  #time = 0;
  #origin: TraceContext | undefined;
  /** Stands for the file that is written. */
  #file = ++files;
  /** The number of the next record that fits into the line that is open; 0: none is. */
  #next = 0;
  readonly #told = new Sayings();
  /** The saying that the next record is expected to be. */
  #at = 0;
  /** Records that were as expected, and are not written yet. */
  #same = 0;
  /** The last words of the line that stood for others. */
  #words = '';

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
    const { time, origin, seq = 0 } = record;
    if (seq !== this.#next || time !== this.#time || origin !== this.#origin) this.#open(record, mono());
    this.#next = seq + 1;
    const likeness = this.#told.compare(this.#at, record);
    if (likeness === 'same') this.#same += 1;
    else if (likeness === 'other words') this.#reword(record);
    else this.#surprise(record);
    this.#at += 1;
  }
  /** All is told anew: a file begins, or has lost something. */
  begin(): void {
    this.#file = ++files;
    this.#told.forget();
  }
  /** Whole lines: what has come since they were taken last. */
  take(): string {
    this.#end();
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return text;
  }

  /** What was expected, in other words. */
  #reword({ message }: LogRecord): void {
    if (message === this.#words) {
      this.#settle(',0');
      return;
    }
    this.#settle();
    this.#words = message;
    this.#add(',');
    this.#add(quoted(message));
  }
  /** Another record than the expected one. */
  #surprise(record: LogRecord): void {
    this.#settle();
    const said = this.#said(record);
    if (said === undefined) {
      this.#tell(record);
      return;
    }
    this.#at = said;
    this.#same = 1;
    this.#add(`,[${said}]`);
  }
  /** The number of what its speaker said last in full, if this is it. */
  #said(record: LogRecord): number | undefined {
    const known = LoggerContext.codeOf(record.context, weightOf(record.level, record.mark));
    return known?.file === this.#file && this.#told.compare(known.said, record) === 'same' ? known.said : undefined;
  }
  /** In full. */
  #tell(record: LogRecord): void {
    const { context, level, mark, message } = record;
    const weight = weightOf(level, mark);
    const known = LoggerContext.codeOf(context, weight);
    const short = known ?? { weight, number: ++numbers, file: 0, said: 0 };
    if (known === undefined) LoggerContext.addCode(context, short);
    const who = short.file === this.#file ? short.number : `[${weight},${LoggerContext.json(context)},${short.number}]`;
    short.file = this.#file;
    short.said = this.#told.add(record);
    this.#add(`,[${who},`);
    this.#add(quoted(message));
    this.#add(']');
  }
  #open(record: LogRecord, mono: number): void {
    this.#end();
    const { seq = 0, time, origin } = record;
    this.#time = time;
    this.#origin = origin;
    this.#words = '';
    if (this.#told.compare(this.#at, record) === 'other') this.#at = this.#said(record) ?? this.#at;
    this.#add(beginning(seq, time, mono, origin?.run ?? null, origin?.cause ?? null));
    this.#add(`,"told":${this.#told.count},"records":[[${this.#at}]`);
  }
  #add(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }
  /** Writes what is as expected, and `more`. */
  #settle(more = ''): void {
    if (this.#same > 0) this.#add(`,${this.#same}${more}`);
    else if (more !== '') this.#add(more);
    this.#same = 0;
  }
  /** Ends the line that is open, if there is one. */
  #end(): void {
    if (this.#next === 0) return;
    this.#settle();
    this.#next = 0;
    this.#add(END);
  }
}

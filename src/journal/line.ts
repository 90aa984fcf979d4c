import { quoted } from '../log/quoted.ts';
import { type Context, LEVELS, type Level, type LogRecord, type Mark, type Origin } from '../log/record.ts';
import { Speaker } from '../log/speaker.ts';
import type { Fact, LogFact } from './fact.ts';
import { itemOf } from './item.ts';

// Most facts are log records, and at trace there are very many. Those of one millisecond and one origin in a row are one line:
// what the first of them has in its envelope, then `records`, numbered in order. A record is level, mark, context and message. A
// context is told once a file, with a number `n`, and is that number from then on.

const END = ']}\n';

/** A line of records up to the first of them. */
const beginning = (seq: number, time: number, mono: number, run: string | null, cause: string | null): string =>
  JSON.stringify({ kind: 'log', seq, time, mono, run, cause, records: [] }).slice(0, -']}'.length);

const weights = [new Map<Mark, Map<Level, string>>(), new Map<Mark, Map<Level, string>>()] as const;
/** A record up to its context. `follows`: there is one before it in its line. */
const weight = (level: Level, mark: Mark, follows: boolean): string => {
  const all = weights[follows ? 1 : 0];
  const known = all.get(mark);
  let text = known?.get(level);
  if (text === undefined) {
    // Cut out of one text on purpose: what is put together from pieces stays in pieces until it is written, each time anew.
    text = JSON.stringify([[], [level, mark, 0]]).slice(follows ? '[[]'.length : '[[],'.length, -'0]]'.length);
    all.set(mark, (known ?? new Map<Level, string>()).set(level, text));
  }
  return text;
};

/** A fact as a line of its own, newline included. */
export const factLine = (fact: Fact): string => {
  if (fact.kind !== 'log') return `${JSON.stringify(fact)}\n`;
  const { seq, time, mono, run, cause, level, mark, context, message } = fact;
  const start = beginning(seq, time, mono, run, cause) + weight(level, mark, false);
  return `${start}${Speaker.json(context)},${quoted(message)}]${END}`;
};

let files = 0;

/** The lines of one recording, in pieces until they are taken: putting each together first would cost as much again. */
export class Lines {
  #pieces: string[] = [];
  #length = 0;
  #time = 0;
  #origin: Origin | undefined;
  /** Stands for the file that is written. */
  #file = ++files;
  /** Contexts that have a number in it. */
  #numbers = 0;
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
    const number = Speaker.numberIn(this.#file, context);
    const who = number === 0 ? this.#introduce(context) : number;
    this.#add(`${weight(level, mark, fits)}${who},${quoted(message)}]`);
  }
  /** No context has a number any more: a file begins, or has lost something. */
  begin(): void {
    this.#file = ++files;
    this.#numbers = 0;
  }
  /** Whole lines: what has come since they were taken last. */
  take(): string {
    this.#end();
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return text;
  }

  #introduce(context: Context): string {
    this.#numbers += 1;
    Speaker.number(this.#file, context, this.#numbers);
    return `{"n":${this.#numbers},${Speaker.json(context).slice(1)}`;
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

/** Reads lines of one recording, in order. */
export class LineReader {
  readonly #known = new Map<unknown, Context>();

  /** Another file begins. */
  begin(): void {
    this.#known.clear();
  }
  /** The facts of a line, in order; none: it is no such line. `unknown`: stands for contexts of lines that were not read. */
  facts(found: Fact, unknown?: Context): readonly Fact[] {
    return found.kind !== 'log' || 'context' in found ? [found] : this.#records(found as Found, unknown);
  }

  #records({ records, ...envelope }: Found, unknown: Context | undefined): Fact[] {
    if (!Array.isArray(records)) return [];
    return records.flatMap((one: unknown, i): Fact[] => {
      if (!Array.isArray(one)) return [];
      const [level, mark, who, message] = one as [Level, Mark, unknown, unknown];
      const context = this.#context(who) ?? unknown;
      if (!LEVELS.includes(level) || typeof mark !== 'string' || typeof message !== 'string' || !context) return [];
      return [{ ...envelope, seq: envelope.seq + i, item: itemOf(context), level, context, mark, message }];
    });
  }
  #context(told: unknown): Context | undefined {
    if (typeof told === 'number') return this.#known.get(told);
    const context = contextIn(told);
    if (context && typeof told === 'object' && told !== null && 'n' in told) this.#known.set(told.n, context);
    return context;
  }
}

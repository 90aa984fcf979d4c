import { contextJson } from '../log/context-json.ts';
import { quoted } from '../log/quoted.ts';
import { type Context, LEVELS, type Level, type LogRecord, type Mark, type Origin } from '../log/record.ts';
import type { Fact, LogFact } from './fact.ts';
import { itemOf } from './item.ts';

// Most facts are log records, and at trace there are very many. Those of one millisecond and one origin in a row are one line:
// what the first of them has in its envelope, then `records`, each as level, mark, context and message; the context is left out
// where it is that of the record before. They are numbered in order. Texts that are used again and again are cut out of one text on purpose: what is put together from pieces stays in
// pieces until it is written, each time anew.

const END = ']}\n';

/** A line of records up to the first of them. */
const beginning = (seq: number, time: number, mono: number, run: string | null, cause: string | null): string =>
  JSON.stringify({ kind: 'log', seq, time, mono, run, cause, records: [] }).slice(0, -']}'.length);

const weights = new Map<Mark, Map<Level, string>>();
/** A record up to its context. */
const weight = (level: Level, mark: Mark): string => {
  const known = weights.get(mark);
  let text = known?.get(level);
  if (text === undefined) {
    text = JSON.stringify([level, mark, 0]).slice(0, -'0]'.length);
    weights.set(mark, (known ?? new Map<Level, string>()).set(level, text));
  }
  return text;
};

/** `comma`: what stands before it. The context is as in the JSON of the log. */
const recordText = (comma: string, { level, mark, context, message }: LogRecord): string =>
  `${comma}${weight(level, mark)}${contextJson(context)},${quoted(message)}]`;

/** A fact as a line of its own, newline included. */
export const factLine = (fact: Fact): string => {
  if (fact.kind !== 'log') return `${JSON.stringify(fact)}\n`;
  const { seq, time, mono, run, cause } = fact;
  return beginning(seq, time, mono, run, cause) + recordText('', fact) + END;
};

/** The lines of one recording. */
export class Lines {
  #time = 0;
  #origin: Origin | undefined;
  #context: Context | undefined;
  /** The number of the next record that fits into the line that is open; 0: none is. */
  #next = 0;

  /** Any fact. */
  fact(fact: Fact): string {
    return this.end() + factLine(fact);
  }
  /** The fact that a record is, at no cost for the fact. `mono`: monotonic clock, ms. */
  record(record: LogRecord, mono: () => number): string {
    const { time, origin, seq = 0 } = record;
    if (seq === this.#next && time === this.#time && origin === this.#origin) {
      this.#next = seq + 1;
      const { level, mark, context, message } = record;
      if (context === this.#context) return `,${weight(level, mark)}${quoted(message)}]`;
      this.#context = context;
      return recordText(',', record);
    }
    const before = this.end();
    this.#time = time;
    this.#origin = origin;
    this.#context = record.context;
    this.#next = seq + 1;
    const start = beginning(seq, time, mono(), origin?.run ?? null, origin?.cause ?? null);
    return before + recordText(start, record);
  }
  /** Ends the line that is open, if there is one. */
  end(): string {
    if (this.#next === 0) return '';
    this.#next = 0;
    return END;
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

const recordsIn = ({ records, ...envelope }: Found): Fact[] => {
  if (!Array.isArray(records)) return [];
  let context: Context | undefined;
  return records.flatMap((one: unknown, i): Fact[] => {
    if (!Array.isArray(one)) return [];
    const [level, mark] = one as [Level, Mark];
    const message: unknown = one.at(-1);
    if (one.length > 3) context = contextIn(one[2]);
    if (!LEVELS.includes(level) || typeof mark !== 'string' || typeof message !== 'string' || !context) return [];
    return [{ ...envelope, seq: envelope.seq + i, item: itemOf(context), level, context, mark, message }];
  });
};

/** The facts of a line of a recording, in order; none: it is no such line. */
export const factsIn = (found: Fact): readonly Fact[] =>
  found.kind !== 'log' || 'context' in found ? [found] : recordsIn(found as Found);

import { quoted } from '../log/quoted.ts';
import type { Context, Level, LogRecord, Mark, Origin } from '../log/record.ts';
import type { Fact } from './fact.ts';
import { itemOf } from './item.ts';

/**
 * The inside of an object as JSON, with a comma before it. Cut out of one text on purpose: what is put together from pieces
 * stays in pieces until somebody writes it, again each time.
 */
const inside = (of: object): string => JSON.stringify({ _: 0, ...of }).slice('{"_":0'.length, -1);
/** The same up to the value of the last key, which is a digit. */
const upToLast = (of: object): string => inside(of).slice(0, -1);

/** The beginning of the line of a record, up to its number. */
const momentOf = (time: number, mono: number, run: string | null, cause: string | null): string =>
  JSON.stringify({ kind: 'log', time, mono, run, cause, seq: 0 }).slice(0, -'0}'.length);

const speakers = new WeakMap<Context, string>();
const speakerOf = (context: Context): string => {
  let text = speakers.get(context);
  if (text === undefined) {
    text = inside({ item: itemOf(context), context });
    speakers.set(context, text);
  }
  return text;
};

const weights = new Map<Mark, Map<Level, string>>();
const weightOf = (level: Level, mark: Mark): string => {
  const known = weights.get(mark);
  let text = known?.get(level);
  if (text === undefined) {
    text = upToLast({ level, mark, message: 0 });
    weights.set(mark, (known ?? new Map<Level, string>()).set(level, text));
  }
  return text;
};

/** A fact as a line, newline included. */
export const factLine = (fact: Fact): string => {
  if (fact.kind !== 'log') return `${JSON.stringify(fact)}\n`;
  const { seq, time, mono, run, cause, level, context, mark, message } = fact;
  const moment = momentOf(time, mono, run, cause);
  return `${moment}${seq}${speakerOf(context)}${weightOf(level, mark)}${quoted(message)}}\n`;
};

/**
 * The lines of one recording. There are many records, and most of each is as it was in another one: their lines are put
 * together from few pieces. Records of one millisecond and one origin in a row have the place of the first of them on the
 * monotonic clock.
 */
export class Lines {
  #time = Number.NaN;
  #origin: Origin | undefined;
  #moment = '';
  #context: Context | undefined;
  #speaker = '';

  /** Any fact. */
  fact(fact: Fact): string {
    this.#time = Number.NaN;
    return factLine(fact);
  }
  /** The fact that a record is, at no cost for the fact. `mono`: monotonic clock, ms. */
  record({ seq = 0, time, level, context, mark, message, origin }: LogRecord, mono: () => number): string {
    if (time !== this.#time || origin !== this.#origin) {
      this.#time = time;
      this.#origin = origin;
      this.#moment = momentOf(time, mono(), origin?.run ?? null, origin?.cause ?? null);
    }
    if (context !== this.#context) {
      this.#context = context;
      this.#speaker = speakerOf(context);
    }
    return `${this.#moment}${seq}${this.#speaker}${weightOf(level, mark)}${quoted(message)}}\n`;
  }
}

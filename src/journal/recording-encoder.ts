import { LoggerContext } from '../log/logger-context.ts';
import { quoted } from '../log/quoted.ts';
import type { Context, Level, LogRecord, Mark, TraceContext } from '../log/record.ts';
import type { Fact } from './fact.ts';
import { itemOf } from './item.ts';

// One fact is one line, a JSON object that refers to no other line. Most facts are log records, and at trace there are very many. Their
// lines are put together from texts that are kept: one for an instant and its cause, one for a level and a mark, one for a logger.

/** One text of several: `+` and templates leave a tree, which would be walked through for each line. */
const flat = (...parts: readonly string[]): string => parts.join('');

const marks = new Map<Mark, Map<Level, string>>();
const levelAndMark = (level: Level, mark: Mark): string => {
  const known = marks.get(mark);
  let text = known?.get(level);
  if (text === undefined) {
    text = flat(',"level":"', level, '","mark":"', mark, '"');
    marks.set(mark, (known ?? new Map<Level, string>()).set(level, text));
  }
  return text;
};

const itemAndContext = ({ emitter, action, item, itemId }: Context, key: string | null): string =>
  flat(
    ...[',"item":', JSON.stringify(key)],
    ...[',"context":', JSON.stringify({ emitter, action, item, itemId }), ',"message":'],
  );
const ofLogger = (context: Context): string => itemAndContext(context, itemOf(context));

/** A fact as a line, newline included. */
export const encodeFact = (fact: Fact): string => {
  if (fact.kind !== 'log') return `${JSON.stringify(fact)}\n`;
  const { seq, time, mono, item, run, cause, level, mark, context, message } = fact;
  const instant = JSON.stringify({ kind: 'log', seq, time, mono, run, cause }).slice(0, -'}'.length);
  return `${instant}${levelAndMark(level, mark)}${itemAndContext(context, item)}${JSON.stringify(message)}}\n`;
};

/** Makes the lines of one recording, and collects them until they are taken. */
export class RecordingEncoder {
  #text = '';
  #time = Number.NaN;
  #origin: TraceContext | undefined;
  /** What the records of one instant and origin have in common. */
  #instant = '';

  /** Characters that wait to be taken. */
  get length(): number {
    return this.#text.length;
  }
  add(fact: Fact): void {
    // The next record comes after it: it must not have an instant that was read before.
    this.#time = Number.NaN;
    this.#text += encodeFact(fact);
  }
  /** Adds the fact that a record is, without making the fact. `mono`: monotonic clock, ms. */
  addRecord({ seq = 0, time, origin, level, mark, context, message }: LogRecord, mono: () => number): void {
    if (time !== this.#time || origin !== this.#origin) this.#begin(time, origin, mono());
    const logger = LoggerContext.recorded(context, ofLogger);
    this.#text += `{"kind":"log","seq":${seq}${this.#instant}${levelAndMark(level, mark)}${logger}${quoted(message)}}\n`;
  }
  /** Returns the lines that have come since they were taken last. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  #begin(time: number, origin: TraceContext | undefined, mono: number): void {
    this.#time = time;
    this.#origin = origin;
    const [run, cause] = [origin?.run ?? null, origin?.cause ?? null];
    this.#instant = flat(
      ...[',"time":', String(time), ',"mono":', String(mono)],
      ...[',"run":', JSON.stringify(run), ',"cause":', JSON.stringify(cause)],
    );
  }
}

import { LoggerContext } from '../log/logger-context.ts';
import type { Context, Level, LogRecord, Mark, TraceContext } from '../log/record.ts';
import { ByteBuffer } from './byte-buffer.ts';
import type { Fact } from './fact.ts';
import { itemOf } from './item.ts';

// One fact is one line, a JSON object that refers to no other line. What is null in every kind of fact (`item`, `run`, `cause`), or in the
// context of a record, is left out; so is the name of an item in a context that `item` has too. Most facts are log records, and at trace
// there are very many. Their lines are put together from bytes that are kept: for an instant and its cause, a level and a mark, a logger.

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const BEGIN = bytesOf('{"kind":"log","seq":');
const END = bytesOf('}\n');

const marks = new Map<Mark, Map<Level, Uint8Array>>();
const levelAndMark = (level: Level, mark: Mark): Uint8Array => {
  const known = marks.get(mark);
  let bytes = known?.get(level);
  if (bytes === undefined) {
    bytes = bytesOf(`,"level":"${level}","mark":"${mark}"`);
    marks.set(mark, (known ?? new Map<Level, Uint8Array>()).set(level, bytes));
  }
  return bytes;
};

/** The name of an item in a context: undefined when `key`, `condition/Backup`, has it too, or neither has one. */
const nameBeside = (key: string | null, name: string | null): string | null | undefined =>
  (key === null ? null : key.slice(key.indexOf('/') + 1)) === name ? undefined : name;

const itemAndContext = ({ emitter, action, item, itemId }: Context, key: string | null): string =>
  `${key === null ? '' : `,"item":${JSON.stringify(key)}`},"context":${JSON.stringify({
    ...{ emitter, action, item: nameBeside(key, item) },
    itemId: itemId ?? undefined,
  })},"message":`;
const ofLogger = (context: Context): Uint8Array => bytesOf(itemAndContext(context, itemOf(context)));

const runAndCause = (run: string | null, cause: string | null): string =>
  (run === null ? '' : `,"run":${JSON.stringify(run)}`) + (cause === null ? '' : `,"cause":${JSON.stringify(cause)}`);

/** A fact as a line, newline included. */
export const encodeFact = (fact: Fact): string => {
  if (fact.kind !== 'log') {
    const { kind, seq, time, mono, item, run, cause, ...rest } = fact;
    const known = { item: item ?? undefined, run: run ?? undefined, cause: cause ?? undefined };
    return `${JSON.stringify({ kind, seq, time, mono, ...known, ...rest })}\n`;
  }
  const { seq, time, mono, item, run, cause, level, mark, context, message } = fact;
  const instant = JSON.stringify({ kind: 'log', seq, time, mono }).slice(0, -'}'.length);
  const what = `,"level":"${level}","mark":"${mark}"${itemAndContext(context, item)}${JSON.stringify(message)}`;
  return `${instant}${runAndCause(run, cause)}${what}}\n`;
};

/** Makes the lines of one recording, and collects them until they are taken. */
export class RecordingEncoder {
  readonly #lines = new ByteBuffer();
  #time = Number.NaN;
  #origin: TraceContext | undefined;
  /** What the records of one instant and origin have in common. */
  #instant = bytesOf('');

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#lines.length;
  }
  add(fact: Fact): void {
    // The next record comes after it: it must not have an instant that was read before.
    this.#time = Number.NaN;
    this.#lines.addText(encodeFact(fact));
  }
  /** Adds the fact that a record is, without making the fact. `mono`: monotonic clock, ms. */
  addRecord({ seq = 0, time, origin, level, mark, context, message }: LogRecord, mono: () => number): void {
    if (time !== this.#time || origin !== this.#origin) this.#begin(time, origin, mono());
    const lines = this.#lines;
    lines.addBytes(BEGIN);
    lines.addCount(seq);
    lines.addBytes(this.#instant);
    lines.addBytes(levelAndMark(level, mark));
    lines.addBytes(LoggerContext.recorded(context, ofLogger));
    lines.addQuoted(message);
    lines.addBytes(END);
  }
  /** Returns the lines that have come since they were taken last. */
  take(): Uint8Array {
    return this.#lines.take();
  }
  /** Takes back lines that are written: their memory is used again. */
  giveBack(lines: Uint8Array): void {
    this.#lines.giveBack(lines);
  }

  #begin(time: number, origin: TraceContext | undefined, mono: number): void {
    this.#time = time;
    this.#origin = origin;
    this.#instant = bytesOf(`,"time":${time},"mono":${mono}${runAndCause(origin?.run ?? null, origin?.cause ?? null)}`);
  }
}

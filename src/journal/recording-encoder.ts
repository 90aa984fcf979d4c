import { LoggerContext } from '../log/logger-context.ts';
import type { Context, Level, LogRecord, Mark, TraceContext } from '../log/record.ts';
import { ByteBuffer } from './byte-buffer.ts';
import type { Fact } from './fact.ts';
import { itemOf } from './item.ts';
import { isWritable, textBegin } from './records-line.ts';

// A line is a JSON object that refers to no other line, and holds one fact, or the records of a check (`records-line.ts`). What is null in
// every kind of fact (`item`, `run`, `cause`), or in the context of a record, is left out; so is the name of an item in a context that
// `item` has too. Most facts are log records, and at trace there are very many. Their lines are put together from bytes that are kept: for
// an instant and its cause, a level and a mark, a logger.

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const BEGIN = bytesOf('{"kind":"log","seq":');
const END = bytesOf('"}\n');
const NEXT_TEXT = bytesOf('","');
const END_OF_TEXTS = bytesOf('"]}\n');
/** Records of this level share lines: they are nearly all that a recording at trace holds. */
const SHARING: Level = 'trace';

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

/** How the texts of an emitter and its action begin, by mark. */
type Begins = Map<Mark, Uint8Array>;
const begins = new Map<string, Begins>();
const beginsOf = (context: Context): Begins => {
  const name = textBegin(context, 'PROC/MSG');
  let found = begins.get(name);
  if (found === undefined) {
    found = new Map();
    begins.set(name, found);
  }
  return found;
};

/** What the records of one logger have in common. */
class LoggerBytes {
  readonly key: string | null;
  readonly itemId: number | null;
  readonly #context: Context;
  readonly #begins: Begins | undefined;
  #alone: Uint8Array | undefined;
  #first: Uint8Array | undefined;

  constructor(context: Context) {
    this.key = itemOf(context);
    this.itemId = context.itemId;
    this.#context = context;
    const known = this.key !== null || context.item === null;
    this.#begins = known && isWritable(context) ? beginsOf(context) : undefined;
  }
  /** Whether its records can be where those of `other` begin a line. */
  follows(other: LoggerBytes): boolean {
    if (this.#begins === undefined) return false;
    return this.key === null || (this.key === other.key && this.itemId === other.itemId);
  }
  /** Whether its records can begin a line that others follow in. */
  get leads(): boolean {
    return this.key !== null && this.#begins !== undefined;
  }
  /** Item and context of a line of one record. */
  get alone(): Uint8Array {
    this.#alone ??= bytesOf(`${itemAndContext(this.#context, this.key)}"`);
    return this.#alone;
  }
  /** The item of a line of several records. */
  get first(): Uint8Array {
    const id = this.itemId === null ? '' : `,"itemId":${this.itemId}`;
    this.#first ??= bytesOf(`,"level":"${SHARING}","item":${JSON.stringify(this.key)}${id},"records":["`);
    return this.#first;
  }
  /** How the text of a record begins in such a line. */
  text(mark: Mark): Uint8Array {
    let bytes = this.#begins?.get(mark);
    if (bytes === undefined) {
      bytes = bytesOf(textBegin(this.#context, mark));
      this.#begins?.set(mark, bytes);
    }
    return bytes;
  }
}
const ofLogger = (context: Context): LoggerBytes => new LoggerBytes(context);

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
  /** The logger that began the last line, while that can go on with record number `#next`. */
  #open: LoggerBytes | undefined;
  #next = 0;

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#lines.length;
  }
  add(fact: Fact): void {
    this.#close();
    // The next record comes after it: it must not have an instant that was read before.
    this.#time = Number.NaN;
    this.#lines.addText(encodeFact(fact));
  }
  /** Adds the fact that a record is, without making the fact. `mono`: monotonic clock, ms. */
  addRecord({ seq = 0, time, origin, level, mark, context, message }: LogRecord, mono: () => number): void {
    if (time !== this.#time || origin !== this.#origin) this.#begin(time, origin, mono());
    const lines = this.#lines;
    const logger = LoggerContext.recorded(context, ofLogger);
    const open = this.#open;
    if (open !== undefined && level === SHARING && seq === this.#next && logger.follows(open)) {
      lines.addBytes(NEXT_TEXT);
      lines.addBytes(logger.text(mark));
      lines.addEscaped(message);
      this.#next = seq + 1;
      return;
    }
    this.#close();
    lines.addBytes(BEGIN);
    lines.addCount(seq);
    lines.addBytes(this.#instant);
    if (level === SHARING && logger.leads) {
      lines.addBytes(logger.first);
      lines.addBytes(logger.text(mark));
      lines.addEscaped(message);
      this.#open = logger;
      this.#next = seq + 1;
      return;
    }
    lines.addBytes(levelAndMark(level, mark));
    lines.addBytes(logger.alone);
    lines.addEscaped(message);
    lines.addBytes(END);
  }
  /** Returns the lines that have come since they were taken last. */
  take(): Uint8Array {
    this.#close();
    return this.#lines.take();
  }
  /** Takes back lines that are written: their memory is used again. */
  giveBack(lines: Uint8Array): void {
    this.#lines.giveBack(lines);
  }

  #close(): void {
    if (this.#open === undefined) return;
    this.#open = undefined;
    this.#lines.addBytes(END_OF_TEXTS);
  }
  #begin(time: number, origin: TraceContext | undefined, mono: number): void {
    this.#close();
    this.#time = time;
    this.#origin = origin;
    this.#instant = bytesOf(`,"time":${time},"mono":${mono}${runAndCause(origin?.run ?? null, origin?.cause ?? null)}`);
  }
}

import { SafeCaller } from '../call-safely.ts';
import { runSecrets } from '../run-secrets.ts';
import { LoggerContext } from './logger-context.ts';
import type { LevelRules } from './logging-config.ts';
import type { RecordFilter } from './output-filter.ts';
import {
  type Context,
  LEVELS,
  type Level,
  type Log,
  type Logger,
  type LogRecord,
  type Mark,
  type Message,
  type RecordDetails,
  SEVERITY,
  type TraceContext,
} from './record.ts';
import { ROOT, subtreesOf } from './subtree.ts';

/** Called with each finished record, in order. */
export type WriteRecord = (record: LogRecord) => void;

const [TRACE, DEBUG, INFO, WARN, ERROR] = [0, 1, 2, 3, 4] as const;
/** More than any severity: nothing passes. */
const CLOSED = 5;

/** Where records go. */
export interface Sink {
  /** The least severe level wanted where there is no rule. */
  readonly level: Level;
  /** The least severe level wanted where there is a rule; undefined: the level of the rule. */
  readonly floor?: Level;
  /** Its level counts everywhere, and no rule does. */
  readonly everything?: boolean;
  /** Only records that pass it; undefined: all of them. */
  readonly filter?: RecordFilter;
  readonly write: WriteRecord;
}

/** The name of a sink in messages. */
const SINK_NAME = 'an output of the log';

/** What the loggers of one subtree share: the sinks of their records, each with its least severity. */
class LevelGate {
  threshold: number = CLOSED;
  readonly #rule: Level | undefined;
  readonly #safely: SafeCaller;
  #sinks: readonly (readonly [least: number, sink: Sink])[] = [];

  constructor(rule: Level | undefined, safely: SafeCaller) {
    this.#rule = rule;
    this.#safely = safely;
  }
  setSinks(sinks: readonly Sink[]): void {
    this.#sinks = sinks.map((sink) => [this.#least(sink), sink]);
    this.threshold = Math.min(CLOSED, ...this.#sinks.map(([least]) => least));
  }
  emit(record: LogRecord): void {
    const level = SEVERITY[record.level];
    for (const [least, sink] of this.#sinks) {
      const { filter, write } = sink;
      if (level >= least && (filter === undefined || filter(record)))
        this.#safely.call(sink, SINK_NAME, write, record, undefined);
    }
  }
  #least({ level, floor, everything }: Sink): number {
    if (this.#rule === undefined || everything) return SEVERITY[level];
    return Math.max(SEVERITY[this.#rule], floor === undefined ? TRACE : SEVERITY[floor]);
  }
}

/** Gets each record once, before any sink: the journal numbers it. */
export interface RecordTaker {
  record(record: LogRecord): void;
}

/** What all loggers of a hub share. */
interface Stamping {
  readonly now: () => number;
  journal: RecordTaker;
}

/** A record. V8 may allocate object literals of one place in the old generation, which makes trace half as slow again; not so objects of a class. */
class Entry implements LogRecord {
  readonly time: number;
  readonly level: Level;
  readonly context: Context;
  readonly mark: Mark;
  readonly message: string;
  readonly origin: TraceContext | undefined;
  readonly details: RecordDetails | undefined;
  seq = 0;

  constructor(
    time: number,
    level: Level,
    context: Context,
    mark: Mark,
    message: string,
    origin: TraceContext | undefined,
    details: RecordDetails | undefined,
  ) {
    this.time = time;
    this.level = level;
    this.context = context;
    this.mark = mark;
    this.message = message;
    this.origin = origin;
    this.details = details;
  }
}

/** An error can hold a secret, as a message can. */
const masked = ({ source, error }: RecordDetails): RecordDetails => ({
  ...(source ? { source } : {}),
  ...(error
    ? { error: { ...error, message: runSecrets.mask(error.message), stack: runSecrets.mask(error.stack) } }
    : {}),
});

class BoundLogger implements Logger {
  readonly context: Context;
  readonly #gate: LevelGate;
  readonly #stamping: Stamping;
  readonly #origin: TraceContext | undefined;

  constructor(context: Context, gate: LevelGate, stamping: Stamping, origin?: TraceContext) {
    this.context = context;
    this.#gate = gate;
    this.#stamping = stamping;
    this.#origin = origin;
  }
  wants(level: Level): boolean {
    return SEVERITY[level] >= this.#gate.threshold;
  }
  under(origin: TraceContext): Logger {
    return new BoundLogger(this.context, this.#gate, this.#stamping, origin);
  }
  trace(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void {
    if (this.#gate.threshold <= TRACE) this.#write('trace', mark, message, origin, details);
  }
  debug(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void {
    if (this.#gate.threshold <= DEBUG) this.#write('debug', mark, message, origin, details);
  }
  info(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void {
    if (this.#gate.threshold <= INFO) this.#write('info', mark, message, origin, details);
  }
  warn(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void {
    if (this.#gate.threshold <= WARN) this.#write('warn', mark, message, origin, details);
  }
  error(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void {
    if (this.#gate.threshold <= ERROR) this.#write('error', mark, message, origin, details);
  }
  #write(level: Level, mark: Mark, message: Message, origin = this.#origin, details?: RecordDetails): void {
    const text = runSecrets.mask(typeof message === 'string' ? message : message());
    const { now, journal } = this.#stamping;
    const record = new Entry(now(), level, this.context, mark, text, origin, details && masked(details));
    journal.record(record);
    this.#gate.emit(record);
  }
}

/** Subtrees whose records do not need every condition to be checked at every tick. */
const INDEPENDENT = [`${ROOT}.task`, `${ROOT}.lua`, `${ROOT}.event`, `${ROOT}.configuration`];

/** The log of a program: makes loggers, and passes their records to the sinks. */
export class LogHub implements Log {
  /** Calls the sinks. Failures are WARN records. */
  readonly safely = new SafeCaller((problem) => this.for('MAIN', 'listener').warn('PROC/FAIL', problem));
  readonly #stamping: Stamping;
  #sinks: readonly Sink[] = [];
  /** One gate for each rule, and one for subtrees without a rule. */
  #gates: ReadonlyMap<string, LevelGate> = new Map();
  readonly #rest = new LevelGate(undefined, this.safely);
  readonly everyCheck = { on: false };
  readonly written: Readonly<Record<Level, { on: boolean }>> = {
    ...{ trace: { on: false }, debug: { on: false }, info: { on: false }, warn: { on: false }, error: { on: false } },
  };

  constructor(now: () => number) {
    this.#stamping = { now, journal: { record: () => {} } };
  }
  /** Passes each record to `journal` before any sink gets it. */
  numberWith(journal: RecordTaker): void {
    this.#stamping.journal = journal;
  }
  /** Sets the levels by subtree. Loggers that were made before keep theirs. */
  setLevels(rules: LevelRules): void {
    this.#gates = new Map(Object.entries(rules).map(([path, level]) => [path, new LevelGate(level, this.safely)]));
    this.#open();
  }
  /** Adds a sink. Returns how to remove it. */
  attach(sink: Sink): () => void {
    this.#sinks = [...this.#sinks, sink];
    this.#open();
    return () => {
      this.#sinks = this.#sinks.filter((other) => other !== sink);
      this.#open();
    };
  }
  /** Passes a record that was held back to the sinks. */
  emit(record: LogRecord): void {
    this.#gateOf(record.context).emit(record);
  }
  for(emitter: string, action: string, item?: string, itemId?: number): Logger {
    const context = new LoggerContext(emitter, action, item ?? null, item === undefined ? null : (itemId ?? 0));
    return new BoundLogger(context, this.#gateOf(context), this.#stamping);
  }
  /** Whether such records of the scheduler, or of any condition, reach a sink. */
  wants(level: Level): boolean {
    const wanted = SEVERITY[level];
    if (wanted >= this.#rest.threshold) return true;
    for (const [path, { threshold }] of this.#gates)
      if (wanted >= threshold && !INDEPENDENT.some((apart) => path.startsWith(apart))) return true;
    return false;
  }
  #gateOf(context: Context): LevelGate {
    if (this.#gates.size > 0)
      for (const path of subtreesOf(context)) {
        const gate = this.#gates.get(path);
        if (gate) return gate;
      }
    return this.#rest;
  }
  #open(): void {
    const gates = [this.#rest, ...this.#gates.values()];
    for (const gate of gates) gate.setSinks(this.#sinks);
    const least = Math.min(...gates.map(({ threshold }) => threshold));
    this.everyCheck.on = this.wants('trace');
    for (const level of LEVELS) this.written[level].on = SEVERITY[level] >= least;
  }
}

/** A log at a level: records below it are neither made nor written. `now` is wall-clock ms. */
export const createLog = (level: Level, now: () => number, sink: WriteRecord): LogHub => {
  const hub = new LogHub(now);
  hub.attach({ level, write: sink });
  return hub;
};

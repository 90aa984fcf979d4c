import { SafeCaller } from '../call-safely.ts';
import { LoggerContext } from './logger-context.ts';
import type { LevelRules } from './logging-config.ts';
import {
  type Context,
  type Level,
  type Log,
  type Logger,
  type LogRecord,
  type Mark,
  type Message,
  severity,
  type TraceContext,
} from './record.ts';
import { ROOT, subtreesOf } from './subtree.ts';

/** Takes finished records, in order. */
export type WriteRecord = (record: LogRecord) => void;

const [TRACE, DEBUG, INFO, WARN, ERROR] = [0, 1, 2, 3, 4] as const;
/** More than any severity: nothing passes. */
const CLOSED = 5;

/** Somebody who takes records. */
export interface Sink {
  /** The least severe level wanted where no rule speaks. */
  readonly level: Level;
  /** The least severe level wanted where a rule speaks; undefined: what the rule lets through. */
  readonly floor?: Level;
  /** Wants its level everywhere, whatever the rules say. */
  readonly everything?: boolean;
  /** Only records about these items. */
  readonly items?: ReadonlySet<string>;
  readonly write: WriteRecord;
}

/** A taker, for a person. */
const SINK_NAME = 'an output of the log';

/** What the loggers of one subtree share: who takes their records, from which severity on. */
class LevelGate {
  threshold: number = CLOSED;
  readonly #rule: Level | undefined;
  readonly #contained: SafeCaller;
  #takers: readonly (readonly [least: number, taker: Sink])[] = [];

  constructor(rule: Level | undefined, contained: SafeCaller) {
    this.#rule = rule;
    this.#contained = contained;
  }
  setSinks(takers: readonly Sink[]): void {
    this.#takers = takers.map((taker) => [this.#least(taker), taker]);
    this.threshold = Math.min(CLOSED, ...this.#takers.map(([least]) => least));
  }
  emit(record: LogRecord): void {
    const level = severity(record.level);
    const { item } = record.context;
    for (const [least, taker] of this.#takers) {
      const { items, write: take } = taker;
      if (level >= least && (items === undefined || (item !== null && items.has(item))))
        this.#contained.call(taker, SINK_NAME, take, record, undefined);
    }
  }
  #least({ level, floor, everything }: Sink): number {
    if (this.#rule === undefined || everything) return severity(level);
    return Math.max(severity(this.#rule), floor === undefined ? TRACE : severity(floor));
  }
}

/** What all loggers make their records with. */
interface RecordMaker {
  readonly now: () => number;
  stamp: (record: LogRecord) => void;
}

/** A record. As an object literal it could come to be allocated among what lives long, which at trace costs half as much again. */
class Entry implements LogRecord {
  readonly time: number;
  readonly level: Level;
  readonly context: Context;
  readonly mark: Mark;
  readonly message: string;
  readonly origin: TraceContext | undefined;
  seq = 0;

  constructor(
    time: number,
    level: Level,
    context: Context,
    mark: Mark,
    message: string,
    origin: TraceContext | undefined,
  ) {
    this.time = time;
    this.level = level;
    this.context = context;
    this.mark = mark;
    this.message = message;
    this.origin = origin;
  }
}

class BoundLogger implements Logger {
  readonly context: Context;
  readonly #gate: LevelGate;
  readonly #press: RecordMaker;
  readonly #origin: TraceContext | undefined;

  constructor(context: Context, gate: LevelGate, press: RecordMaker, origin?: TraceContext) {
    this.context = context;
    this.#gate = gate;
    this.#press = press;
    this.#origin = origin;
  }
  wants(level: Level): boolean {
    return severity(level) >= this.#gate.threshold;
  }
  under(origin: TraceContext): Logger {
    return new BoundLogger(this.context, this.#gate, this.#press, origin);
  }
  trace(mark: Mark, message: Message, origin?: TraceContext): void {
    if (this.#gate.threshold <= TRACE) this.#write('trace', mark, message, origin);
  }
  debug(mark: Mark, message: Message, origin?: TraceContext): void {
    if (this.#gate.threshold <= DEBUG) this.#write('debug', mark, message, origin);
  }
  info(mark: Mark, message: Message, origin?: TraceContext): void {
    if (this.#gate.threshold <= INFO) this.#write('info', mark, message, origin);
  }
  warn(mark: Mark, message: Message, origin?: TraceContext): void {
    if (this.#gate.threshold <= WARN) this.#write('warn', mark, message, origin);
  }
  error(mark: Mark, message: Message, origin?: TraceContext): void {
    if (this.#gate.threshold <= ERROR) this.#write('error', mark, message, origin);
  }
  #write(level: Level, mark: Mark, message: Message, origin = this.#origin): void {
    const text = typeof message === 'string' ? message : message();
    const { now, stamp: seal } = this.#press;
    const record = new Entry(now(), level, this.context, mark, text, origin);
    seal(record);
    this.#gate.emit(record);
  }
}

/** Subtrees whose records do not depend on every condition being visited at every tick. */
const INDEPENDENT = [`${ROOT}.task`, `${ROOT}.lua`, `${ROOT}.event`, `${ROOT}.configuration`];

/** The log of a program: makes loggers, and gives what they say to whoever takes it. */
export class LogHub implements Log {
  /** Calls the takers; what of them fails is a WARN record. */
  readonly safely = new SafeCaller((problem) => this.for('MAIN', 'listener').warn('PROC/FAIL', problem));
  readonly #press: RecordMaker;
  #takers: readonly Sink[] = [];
  /** One gate for each rule, and the one for where there is none. */
  #gates: ReadonlyMap<string, LevelGate> = new Map();
  readonly #rest = new LevelGate(undefined, this.safely);

  constructor(now: () => number) {
    this.#press = { now, stamp: () => {} };
  }
  /** Each record is given to `seal` once, before it is given to anybody: the journal numbers it. */
  stampWith(seal: (record: LogRecord) => void): void {
    this.#press.stamp = seal;
  }
  /** Sets the levels by subtree. Loggers that were made before stay as they are. */
  setLevels(rules: LevelRules): void {
    this.#gates = new Map(Object.entries(rules).map(([path, level]) => [path, new LevelGate(level, this.safely)]));
    this.#open();
  }
  /** From now on `taker` gets records too. Answers how to end that. */
  attach(taker: Sink): () => void {
    this.#takers = [...this.#takers, taker];
    this.#open();
    return () => {
      this.#takers = this.#takers.filter((other) => other !== taker);
      this.#open();
    };
  }
  /** Gives a record that was held back to those who want it. */
  emit(record: LogRecord): void {
    this.#gateOf(record.context).emit(record);
  }
  for(emitter: string, action: string, item?: string, itemId?: number): Logger {
    const context = new LoggerContext(emitter, action, item ?? null, item === undefined ? null : (itemId ?? 0));
    return new BoundLogger(context, this.#gateOf(context), this.#press);
  }
  /** Whether such records of the scheduler or of any condition reach somebody. */
  wants(level: Level): boolean {
    const wanted = severity(level);
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
    for (const gate of [this.#rest, ...this.#gates.values()]) gate.setSinks(this.#takers);
  }
}

/** A log at a level: records below it are neither made nor written. `now` is wall-clock ms. */
export const createLog = (level: Level, now: () => number, sink: WriteRecord): LogHub => {
  const hub = new LogHub(now);
  hub.attach({ level, write: sink });
  return hub;
};

import type { WriteRecord } from './log.ts';
import type { LogRecord } from './record.ts';

/** Kinds of records that are remembered at once; beyond that the oldest are let go. */
const KEYS_KEPT = 1000;
/** Records that programs count on: never left out. */
const PROTOCOL = /^(HIST|BUSY|PAUSE)\//;

interface Repeats {
  readonly until: number;
  readonly first: LogRecord;
  more: number;
}

/** Calls `act` after `ms`, unless it is cancelled with what is answered. */
export type SetTimer = (ms: number, act: () => void) => () => void;

/** Records that differ in numbers only are alike: a process id or a duration makes no difference. */
const keyOf = ({ level, context, mark, message }: LogRecord): string =>
  [level, context.emitter, context.action, context.item, mark, message.replace(/\d+(\.\d+)?/g, '#')].join('\0');

/**
 * Turns a flood of records that are alike into the first of them and "N more like this", told when `repeatMs` are over.
 * One for each output.
 */
export class RateLimiter {
  readonly #repeatMs: number;
  readonly #sink: WriteRecord;
  readonly #later: SetTimer;
  readonly #floods = new Map<string, Repeats>();
  #cancel: (() => void) | undefined;

  constructor(repeatMs: number, later: SetTimer, sink: WriteRecord) {
    this.#repeatMs = repeatMs;
    this.#later = later;
    this.#sink = sink;
  }
  write(record: LogRecord): void {
    if (PROTOCOL.test(record.mark)) {
      this.#sink(record);
      return;
    }
    this.#settle(record.time);
    const kind = keyOf(record);
    const flood = this.#floods.get(kind);
    if (flood) {
      flood.more += 1;
      return;
    }
    if (this.#floods.size >= KEYS_KEPT) this.#end(this.#floods.keys().next().value as string, record.time);
    this.#floods.set(kind, { until: record.time + this.#repeatMs, first: record, more: 0 });
    this.#cancel ??= this.#later(this.#repeatMs, () => this.#wake());
    this.#sink(record);
  }
  /** Tells what has been counted so far. */
  flush(now: number): void {
    for (const kind of [...this.#floods.keys()]) this.#end(kind, now);
    this.#cancel?.();
    this.#cancel = undefined;
  }
  #wake(): void {
    this.#cancel = undefined;
    const [first] = this.#floods.values();
    if (!first) return;
    // By the time of the records: no clock is needed, and one that was set only makes a summary late.
    this.#settle(first.until);
    const [next] = this.#floods.values();
    if (next) this.#cancel = this.#later(Math.max(0, next.until - first.until), () => this.#wake());
  }
  #settle(now: number): void {
    for (const [kind, { until }] of this.#floods) {
      if (until > now) return;
      this.#end(kind, now);
    }
  }
  #end(kind: string, time: number): void {
    const flood = this.#floods.get(kind);
    this.#floods.delete(kind);
    if (!flood || flood.more === 0) return;
    const seconds = Math.round(this.#repeatMs / 1000);
    this.#sink({
      ...flood.first,
      time,
      message: `${flood.more} more like this within ${seconds} s: ${flood.first.message}`,
    });
  }
}

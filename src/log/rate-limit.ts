import type { WriteRecord } from './log.ts';
import type { LogRecord } from './record.ts';

/** Kinds of records that are remembered; beyond that the oldest are forgotten. */
const KEYS_KEPT = 1000;
/** Records that other programs depend on are never left out. */
const PROTOCOL = /^(HIST|BUSY|PAUSE)\//;

interface Repeats {
  readonly until: number;
  readonly first: LogRecord;
  more: number;
}

/** Calls `act` after `ms`. Returns how to cancel that. */
export type SetTimer = (ms: number, act: () => void) => () => void;

/** Returns the same key for records that differ in numbers only, such as a process id or a duration. */
const keyOf = ({ level, context, mark, message }: LogRecord): string =>
  [level, context.emitter, context.action, context.item, mark, message.replace(/\d+(\.\d+)?/g, '#')].join('\0');

/**
 * Writes the first of many records that are alike, and `N more like this` when `repeatMs` are over. Each output has one.
 */
export class RateLimiter {
  readonly #repeatMs: number;
  readonly #emit: WriteRecord;
  readonly #setTimer: SetTimer;
  readonly #repeats = new Map<string, Repeats>();
  #cancel: (() => void) | undefined;

  constructor(repeatMs: number, setTimer: SetTimer, emit: WriteRecord) {
    this.#repeatMs = repeatMs;
    this.#setTimer = setTimer;
    this.#emit = emit;
  }
  write(record: LogRecord): void {
    if (PROTOCOL.test(record.mark)) {
      this.#emit(record);
      return;
    }
    this.#settle(record.time);
    const key = keyOf(record);
    const repeats = this.#repeats.get(key);
    if (repeats) {
      repeats.more += 1;
      return;
    }
    if (this.#repeats.size >= KEYS_KEPT) this.#end(this.#repeats.keys().next().value as string, record.time);
    this.#repeats.set(key, { until: record.time + this.#repeatMs, first: record, more: 0 });
    this.#cancel ??= this.#setTimer(this.#repeatMs, () => this.#wake());
    this.#emit(record);
  }
  /** Writes what has been counted so far. */
  flush(now: number): void {
    for (const key of [...this.#repeats.keys()]) this.#end(key, now);
    this.#cancel?.();
    this.#cancel = undefined;
  }
  #wake(): void {
    this.#cancel = undefined;
    const [first] = this.#repeats.values();
    if (!first) return;
    // The instants of the records count: a clock that was set only makes a summary late.
    this.#settle(first.until);
    const [next] = this.#repeats.values();
    if (next) this.#cancel = this.#setTimer(Math.max(0, next.until - first.until), () => this.#wake());
  }
  #settle(now: number): void {
    for (const [key, { until }] of this.#repeats) {
      if (until > now) return;
      this.#end(key, now);
    }
  }
  #end(key: string, time: number): void {
    const repeats = this.#repeats.get(key);
    this.#repeats.delete(key);
    if (!repeats || repeats.more === 0) return;
    const seconds = Math.round(this.#repeatMs / 1000);
    this.#emit({
      ...repeats.first,
      time,
      message: `${repeats.more} more like this within ${seconds} s: ${repeats.first.message}`,
    });
  }
}

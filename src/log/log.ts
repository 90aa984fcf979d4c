import {
  type Context,
  type Level,
  type Log,
  type Logger,
  type LogRecord,
  type Mark,
  type Message,
  severity,
} from './record.ts';

/** Takes finished records, in order. */
export type RecordSink = (record: LogRecord) => void;

const [TRACE, DEBUG, INFO, WARN, ERROR] = [0, 1, 2, 3, 4] as const;

/** The gate, the clock and the sink that all loggers share. */
interface Shared {
  readonly threshold: number;
  now(): number;
  readonly sink: RecordSink;
}

class BoundLogger implements Logger {
  readonly context: Context;
  readonly #to: Shared;
  readonly #threshold: number;

  constructor(context: Context, to: Shared) {
    this.context = context;
    this.#to = to;
    this.#threshold = to.threshold;
  }
  wants(level: Level): boolean {
    return severity(level) >= this.#threshold;
  }
  trace(mark: Mark, message: Message): void {
    if (this.#threshold <= TRACE) this.#write('trace', mark, message);
  }
  debug(mark: Mark, message: Message): void {
    if (this.#threshold <= DEBUG) this.#write('debug', mark, message);
  }
  info(mark: Mark, message: Message): void {
    if (this.#threshold <= INFO) this.#write('info', mark, message);
  }
  warn(mark: Mark, message: Message): void {
    if (this.#threshold <= WARN) this.#write('warn', mark, message);
  }
  error(mark: Mark, message: Message): void {
    if (this.#threshold <= ERROR) this.#write('error', mark, message);
  }
  #write(level: Level, mark: Mark, message: Message): void {
    const text = typeof message === 'string' ? message : message();
    this.#to.sink({ time: this.#to.now(), level, context: this.context, mark, message: text });
  }
}

/** A log at a level: records below it are neither made nor written. `now` is wall-clock ms. */
export const createLog = (level: Level, now: () => number, sink: RecordSink): Log => {
  const shared: Shared = { threshold: severity(level), now, sink };
  return {
    wants: (wanted) => severity(wanted) >= shared.threshold,
    for: (emitter, action, item, itemId) =>
      new BoundLogger(
        Object.freeze({ emitter, action, item: item ?? null, itemId: item === undefined ? null : (itemId ?? 0) }),
        shared,
      ),
  };
};

import { ProcessMeter } from '../adapters/metrics/process-meter.ts';
import type { SafeCaller } from '../call-safely.ts';
import type { LogFact, MetricFact, SpanFact } from '../journal/fact.ts';
import type { SpanSink } from '../journal/spans.ts';
import type { WriteRecord } from '../log/log.ts';
import type { LogRecord } from '../log/record.ts';
import { subtreesOf } from '../log/subtree.ts';
import type { Family } from '../metrics/exposition.ts';
import { familiesOf, type LiveFigures } from '../metrics/families.ts';
import { getLogger, logPackageError, type MetricLogger, metricLogger } from '../metrics/logger.ts';
import { DaemonMeter, type ProcessFigures } from '../metrics/meter.ts';
import { METRIC_LEVELS, type RecordExtra } from '../metrics/record.ts';
import { timespans } from '../timespans/index.ts';
import { VERSION } from '../version.ts';

const NOTHING: ProcessFigures = { eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 };

/** Passes what a daemon measures to the whole process: timespans to the log that is enabled, metrics to their logger. */
export class DaemonTelemetry implements SpanSink {
  /** The name of the daemon. */
  name = '';
  /** Comes before the ids of its timespans, and is a field of its metric records and those of its log; empty: it is the only daemon. */
  mark = '';
  /** Asks the daemon at each scrape; undefined: it does not run yet. */
  live: (() => LiveFigures) | undefined;
  readonly #wanted: boolean | undefined;
  readonly #started = Date.now() / 1000;
  readonly #meter: DaemonMeter;
  #process: ProcessMeter | undefined;
  #ask: (() => ProcessFigures) | undefined;
  #scrape: (() => ProcessFigures) | undefined;
  #closed = false;

  /** @param wanted whether to measure; undefined: while a handler listens. */
  constructor(wanted: boolean | undefined) {
    this.#wanted = wanted;
    this.#meter = new DaemonMeter({
      record: (message, extra) => metricLogger.info(message, this.#marked(extra)),
      vitals: () => this.#ask?.() ?? NOTHING,
    });
  }

  get on(): boolean {
    return timespans.on || this.#measures;
  }
  get #measures(): boolean {
    return this.#wanted ?? metricLogger.isHeard(METRIC_LEVELS.info);
  }

  write(event: SpanFact): void {
    timespans.write(this.mark === '' ? event : this.#named(event), this.name);
    if (this.#measures) this.#measure(event);
  }
  metric(fact: MetricFact): void {
    if (this.#measures) this.#measure(fact);
  }

  /** What has been measured, as families of Prometheus. */
  families(ending: boolean): readonly Family[] {
    const { version: node } = process;
    return familiesOf(this.#meter.totals, {
      ...{ vitals: this.#scrape?.() ?? NOTHING, now: performance.now() * 1e6 },
      ...{ version: VERSION, node, started: this.#started, ending: ending || this.#closed },
      live: this.live?.(),
    });
  }
  /** Whether the daemon begins paused. */
  set paused(paused: boolean) {
    this.#meter.totals.paused = paused;
  }
  /** The daemon has ended: nothing is measured any more. */
  close(): void {
    this.#closed = true;
    this.#process?.close();
    this.#process = undefined;
    this.#ask = undefined;
    this.#scrape = undefined;
  }

  #measure(fact: SpanFact | MetricFact): void {
    if (this.#process === undefined && !this.#closed) {
      this.#process = new ProcessMeter(logPackageError);
      this.#ask = this.#process.reader();
      this.#scrape = this.#process.reader();
    }
    this.#meter.take(fact);
  }
  #marked<E extends RecordExtra>(extra: E): E {
    return this.mark === '' ? extra : { ...extra, fields: { ...extra.fields, daemon: this.mark } };
  }
  /** Two daemons have the same ids: `run-5` of this one becomes `NAME:run-5`. */
  #named(event: SpanFact): SpanFact {
    const named = <T>(id: T): T | string => (typeof id === 'string' ? `${this.mark}:${id}` : id);
    return { ...event, id: named(event.id), run: named(event.run), cause: named(event.cause) };
  }
}

const loggers = new WeakMap<LogRecord['context'], MetricLogger>();

/** The logger of a subtree: `whenever.task.Backup`. */
const loggerOf = (context: LogRecord['context']): MetricLogger => {
  let logger = loggers.get(context);
  if (logger === undefined) {
    logger = getLogger(subtreesOf(context)[0]);
    loggers.set(context, logger);
  }
  return logger;
};

/** Passes the records of a daemon to the loggers of the library, and to `onRecord`, if there is one. */
export const forwardRecords = (
  factOf: (record: LogRecord) => LogFact,
  onRecord: ((record: LogFact) => void) | undefined,
  safely: SafeCaller,
  mark: () => string,
): WriteRecord => {
  const who = {};
  return (record) => {
    const logger = loggerOf(record.context);
    const level = METRIC_LEVELS[record.level];
    const heard = logger.isHeard(level);
    if (!heard && onRecord === undefined) return;
    const fact = factOf(record);
    if (onRecord !== undefined) safely.call(who, 'onRecord', onRecord, fact, undefined);
    if (!heard) return;
    const { time, item, run, cause } = fact;
    const context = { item: item ?? undefined, run: run ?? undefined, cause: cause ?? undefined };
    const daemon = mark();
    logger.log(level, record.message, { time, ...context, ...(daemon === '' ? {} : { fields: { daemon } }) });
  };
};

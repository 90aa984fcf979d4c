import { ProcessMeter } from '../adapters/metrics/process-meter.ts';
import type { MetricFact, SpanFact } from '../journal/fact.ts';
import type { SpanSink } from '../journal/spans.ts';
import type { Family } from '../metrics/exposition.ts';
import { familiesOf } from '../metrics/families.ts';
import { logPackageError, metricLogger } from '../metrics/logger.ts';
import { DaemonMeter, type ProcessFigures } from '../metrics/meter.ts';
import { METRIC_LEVELS } from '../metrics/record.ts';
import { timespans } from '../timespans/index.ts';
import { VERSION } from '../version.ts';

const NOTHING: ProcessFigures = { eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 };

/** What a daemon tells to the whole process: its timespans to the log that is switched on, its metrics to their logger. */
export class DaemonTelemetry implements SpanSink {
  /** Stands before the ids of its timespans; empty: nothing does. */
  name = '';
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
      record: (message, extra) => metricLogger.info(message, extra),
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
    timespans.write(this.name === '' ? event : this.#named(event));
    if (this.#measures) this.#measure(event);
  }
  metric(fact: MetricFact): void {
    if (this.#measures) this.#measure(fact);
  }

  /** What has been measured, as Prometheus wants it. */
  families(ending: boolean): readonly Family[] {
    const { version: node } = process;
    return familiesOf(this.#meter.totals, {
      ...{ vitals: this.#scrape?.() ?? NOTHING, now: performance.now() * 1e6 },
      ...{ version: VERSION, node, started: this.#started, ending: ending || this.#closed },
    });
  }
  /** It begins paused, or does not. */
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
  /** Ids of two daemons are equal: `run-5` of this one becomes `NAME:run-5`. */
  #named(event: SpanFact): SpanFact {
    const named = <T>(id: T): T | string => (typeof id === 'string' ? `${this.name}:${id}` : id);
    return { ...event, id: named(event.id), run: named(event.run), cause: named(event.cause) };
  }
}

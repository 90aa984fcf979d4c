import { hostname } from 'node:os';
import type { SpanContext } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  ATTR_HOST_NAME,
  ATTR_PROCESS_PID,
  ATTR_PROCESS_RUNTIME_NAME,
  ATTR_PROCESS_RUNTIME_VERSION,
} from '@opentelemetry/semantic-conventions/incubating';
import { dropCounts } from '../adapters/files/dropped.ts';
import { ProcessMeter } from '../adapters/metrics/process-meter.ts';
import type { Journal } from '../journal/journal.ts';
import type { Sink } from '../log/log.ts';
import type { Level, Log, LogRecord } from '../log/record.ts';
import { familiesOf, type LiveFigures } from '../metrics/families.ts';
import { DaemonMeter } from '../metrics/meter.ts';
import { agree, counted } from '../plural.ts';
import { SpanBuilder } from '../renderings/span-builder.ts';
import type { Instant } from '../renderings/span-data.ts';
import { ownAttributes } from './attributes.ts';
import { readOtlpSettings, type Signal } from './environment.ts';
import { otlpMetrics } from './otlp-metrics.ts';
import { contextOf, OtlpSpans } from './otlp-spans.ts';
import { Outbox } from './outbox.ts';
import { commonsOf, readableSpans, type TelemetrySource } from './readable-spans.ts';
import { hrTime, reportWarnings, type Sent, type Transport, transportOf } from './wire.ts';

/** How long the end waits for what is not sent yet, ms. */
const CLOSE_MS = 1500;

/** Severities of the data model: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber. */
const SEVERITY_NUMBERS: Readonly<Record<Level, number>> = { trace: 1, debug: 5, info: 9, warn: 13, error: 17 };

/** The levels as texts. */
const LEVEL_TEXTS: Readonly<Record<Level, string>> = {
  ...{ trace: 'TRACE', debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' },
};

/** The action of records about sending. */
const OWN_ACTION = 'otlp';

const NO_ORIGIN = { run: null, cause: null };

/** What {@link startOtlp} needs. */
export interface OtlpDeps extends TelemetrySource {
  readonly journal: Pick<Journal, 'subscribeSpans'>;
  readonly log: Log & { attach(sink: Sink): () => void };
  /** The least severe level of records that are sent. */
  readonly level: Level;
  readonly paused: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What is sent. */
export interface OtlpExport {
  /** A note for the log. */
  readonly note: string;
  /** From now on the figures that can be looked up are sent, too. */
  attach(live: () => LiveFigures): void;
  /** Resolves when all is sent, or cannot be, at the latest after 1.5 s. */
  close(): Promise<void>;
}

/** A record for the packages that encode it. What follows from a run or a cause belongs to its span. */
const logRecordOf = (
  { time, level, context, mark, message, origin }: LogRecord,
  { identity }: TelemetrySource,
  common: Pick<ReadableLogRecord, 'resource' | 'instrumentationScope'>,
): ReadableLogRecord => {
  const { emitter, action, item, itemId } = context;
  const { run, cause } = origin ?? NO_ORIGIN;
  const of = run ?? cause;
  const at = hrTime(time);
  return {
    hrTime: at,
    hrTimeObserved: at,
    resource: common.resource,
    instrumentationScope: common.instrumentationScope,
    ...(of === null ? undefined : { spanContext: contextOf(identity, of) }),
    severityNumber: SEVERITY_NUMBERS[level],
    severityText: LEVEL_TEXTS[level],
    body: message,
    attributes: ownAttributes({ mark, emitter, action, item_id: itemId, item, run, cause }),
    droppedAttributesCount: 0,
  };
};

/** A decision as a record: an event in the sense of OpenTelemetry, which has a name. */
const eventOf = (
  { category, item, time, run, cause, timeline }: Instant,
  spanContext: SpanContext,
  common: Pick<ReadableLogRecord, 'resource' | 'instrumentationScope'>,
): ReadableLogRecord => ({
  ...{ hrTime: hrTime(time), hrTimeObserved: hrTime(time), ...common, spanContext },
  ...{ eventName: `whenever.${category}`, severityNumber: SEVERITY_NUMBERS.info, severityText: 'INFO' },
  attributes: ownAttributes({ item, run, cause }, timeline),
  droppedAttributesCount: 0,
});

/** Sends figures every so often; of two snapshots the later one says all. */
class MetricsReader {
  readonly #transport: Transport<'metrics'>;
  readonly #collect: (ending: boolean) => ResourceMetrics;
  readonly #failed: (why: string) => void;
  readonly #timer: NodeJS.Timeout;
  #sending: Promise<void> | undefined;
  #failing = false;

  constructor(
    transport: Transport<'metrics'>,
    everyMs: number,
    collect: (ending: boolean) => ResourceMetrics,
    failed: (why: string) => void,
  ) {
    this.#transport = transport;
    this.#collect = collect;
    this.#failed = failed;
    this.#timer = setInterval(() => {
      this.#sending ??= this.#send(false);
    }, everyMs).unref();
  }

  /** Sends the last figures, if what is on its way has arrived in time. */
  async close(limitMs: number): Promise<void> {
    clearInterval(this.#timer);
    const all = (async () => {
      await this.#sending;
      if (!this.#failing) await this.#send(true);
    })();
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, limitMs).unref())]);
  }

  async #send(ending: boolean): Promise<void> {
    const sent = await this.#transport.send(this.#collect(ending)).finally(() => {
      this.#sending = undefined;
    });
    const why = sent.how === 'failed' ? sent.why : sent.rejected?.why;
    if (why !== undefined && !this.#failing) this.#failed(why);
    this.#failing = why !== undefined;
  }
}

/**
 * Sends traces, logs and metrics by OTLP until `close`, which waits at most 1.5 s. Nothing else waits for it.
 * @throws Error for a variable that is not valid
 */
export const startOtlp = (deps: OtlpDeps): OtlpExport => {
  const { identity, journal, log, level, env, version, paused } = deps;
  const { signals, everyMs } = readOtlpSettings(env);
  const own = log.for('MAIN', OWN_ACTION);
  const warn = (text: string): void => own.warn('PROC/FAIL', text);
  reportWarnings(warn);
  const about = {
    ...{ [ATTR_HOST_NAME]: hostname(), [ATTR_PROCESS_PID]: process.pid },
    ...{ [ATTR_PROCESS_RUNTIME_NAME]: 'nodejs', [ATTR_PROCESS_RUNTIME_VERSION]: process.version },
  };
  const { resource, scope } = commonsOf(deps, about);
  const common = { resource, instrumentationScope: scope };
  const ends: (() => Promise<void> | void)[] = [];
  const box = <S extends 'traces' | 'logs', T>(
    signal: S,
    what: string,
    transport: { send(items: T[]): Promise<Sent> },
  ) => {
    const made = new Outbox<T>({
      everyMs: everyMs[signal],
      send: (items) => transport.send(items),
      dropped: (count) => dropCounts.add('otlp', count),
      lost: (count, why) => warn(`${counted(count, what)} ${agree(count, 'was', 'were')} not sent by OTLP: ${why}`),
      stuck: (why) => warn(`${signal} cannot be sent by OTLP now, and are kept for later: ${why}`),
    });
    ends.push(() => made.close(CLOSE_MS));
    return made;
  };
  const encodingOf = (signal: Signal) => signals.find((one) => one.signal === signal)?.encoding;
  const [traces, logs, metrics] = [encodingOf('traces'), encodingOf('logs'), encodingOf('metrics')];

  let instant: ((instant: Instant, context: SpanContext) => void) | undefined;
  if (logs !== undefined) {
    const records = box<'logs', ReadableLogRecord>('logs', 'record', transportOf('logs', logs));
    const write = (record: LogRecord): void => {
      // A report of what was not sent would be the next that is not sent, for ever.
      if (record.context.action !== OWN_ACTION) records.add(logRecordOf(record, deps, common));
    };
    const detach = log.attach({ level, write });
    instant = (one, context) => records.add(eventOf(one, context, common));
    ends.unshift(detach);
  }
  if (traces !== undefined) {
    const readable = readableSpans(common);
    const spans = box<'traces', ReadableSpan>('traces', 'span', transportOf('traces', traces));
    const builder = new SpanBuilder(new OtlpSpans(identity, (span) => spans.add(readable(span)), instant));
    ends.unshift(journal.subscribeSpans(builder.take, 'OTLP'));
  }
  let live: (() => LiveFigures) | undefined;
  if (metrics !== undefined) {
    const vitals = new ProcessMeter(warn);
    const meter = new DaemonMeter({ record: () => {}, vitals: vitals.reader() });
    meter.totals.paused = paused;
    const scraped = vitals.reader();
    const started = performance.timeOrigin;
    const start = hrTime(started);
    const collect = (ending: boolean): ResourceMetrics => {
      const around = { vitals: scraped(), now: performance.now() * 1e6, version, node: process.version, ending };
      const families = familiesOf(meter.totals, { ...around, started: started / 1000, live: live?.() });
      return otlpMetrics(families, { resource, scope, start, now: hrTime(Date.now()) });
    };
    const reader = new MetricsReader(transportOf('metrics', metrics), everyMs.metrics, collect, (why) =>
      warn(`metrics cannot be sent by OTLP: ${why}`),
    );
    ends.unshift(journal.subscribeSpans((fact) => meter.take(fact), 'the metrics of OTLP'));
    ends.push(async () => {
      await reader.close(CLOSE_MS);
      vitals.close();
    });
  }
  return {
    attach: (figures) => {
      live = figures;
    },
    note: `sending ${signals.map(({ signal }) => signal).join(', ') || 'nothing'} by OTLP`,
    close: async () => {
      await Promise.all(ends.map((end) => end()));
    },
  };
};

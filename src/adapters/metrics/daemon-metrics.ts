import { expectOptions, TYPES } from '../../check-arguments.ts';
import type { Fact } from '../../journal/fact.ts';
import type { BackendName } from '../../metrics/backends.ts';
import { familiesOf, type LiveFigures } from '../../metrics/families.ts';
import type { Environment } from '../../metrics/filters.ts';
import { metricLogger } from '../../metrics/logger.ts';
import { DaemonMeter } from '../../metrics/meter.ts';
import { makeDirectory } from '../mkdir.ts';
import type { OnMetricsError } from './error-reporter.ts';
import { ProcessMeter } from './process-meter.ts';
import { DEFAULT_OUTPUT_DIR, setupMetricLogger } from './setup.ts';

/** How {@link startMetrics} is called. */
export interface MetricsOptions {
  readonly backends: readonly BackendName[];
  readonly runName?: string | undefined;
  readonly outputDir?: string | undefined;
  /** Answer `GET /metrics` there; 0: any port. Needs the back end `prometheus`. */
  readonly prometheusPort?: number | undefined;
  readonly environment?: Environment;
  /** The daemon begins paused. */
  readonly paused?: boolean;
  /** Of this program. */
  readonly version: string;
  /** A record about the scheduler after so many seconds at the earliest; 0: after each tick; default 5. */
  readonly schedulerSeconds?: number;
  /** Returns the id of the trace that a run or a cause is part of; default: exemplars name the run. */
  readonly traceOf?: (runOrCause: string) => string;
  readonly onError: OnMetricsError;
}

/** The metrics of a daemon that runs. */
export interface Metrics {
  /** Where `GET /metrics` is answered, if it is. */
  readonly port?: number;
  /** Takes a fact of the journal. Never throws, never waits. */
  take(fact: Fact): void;
  /** The daemon runs: what is asked of it at each scrape. */
  attach(live: () => LiveFigures): void;
  /** Resolves when everything is written, at the latest after what the back ends need to end. `exitStatus`: of the program. */
  close(exitStatus?: number): Promise<void>;
}

/**
 * Measures a daemon: metric records of its tasks, conditions and ticks on the logger `whenever.metrics`, to the back ends that
 * are wanted. @throws MissingPackage, Error when the port is taken or the
 * directory cannot be made
 */
export const startMetrics = async (options: MetricsOptions): Promise<Metrics> => {
  const { name, text, texts, flag, table, port, amount, function: call } = TYPES;
  const first = { backends: texts, runName: text, outputDir: name, prometheusPort: port, environment: table };
  const rest = { paused: flag, version: text, schedulerSeconds: amount, onError: call, traceOf: call };
  expectOptions('startMetrics', options, { ...first, ...rest }, 'backends', 'version', 'onError');
  const { backends, runName, outputDir, prometheusPort, environment, version, schedulerSeconds, onError } = options;
  // Now, not with the first record: an error is reported at the start.
  makeDirectory(outputDir ?? DEFAULT_OUTPUT_DIR);
  const vitals = new ProcessMeter(onError);
  const scraped = vitals.reader();
  const meter = new DaemonMeter({
    record: (message, extra) => metricLogger.info(message, extra),
    vitals: vitals.reader(),
    ...(schedulerSeconds === undefined ? {} : { schedulerSeconds }),
    ...(options.traceOf === undefined ? {} : { traceOf: options.traceOf }),
  });
  meter.totals.paused = options.paused === true;
  const started = performance.timeOrigin / 1000;
  let live: (() => LiveFigures) | undefined;
  const collect = (ending: boolean) =>
    familiesOf(meter.totals, {
      ...{ vitals: scraped(), now: performance.now() * 1e6, version, node: process.version, started, ending },
      live: live?.(),
    });
  try {
    const setup = await setupMetricLogger({
      ...{ loggers: backends, runName, outputDir, onError, prometheus: { port: prometheusPort, collect } },
      ...(environment === undefined ? {} : { environment }),
    });
    const close = async (exitStatus?: number): Promise<void> => {
      await setup.close(exitStatus);
      vitals.close();
    };
    const attach = (figures: () => LiveFigures): void => {
      live = figures;
    };
    return {
      ...(setup.port === undefined ? {} : { port: setup.port }),
      take: (fact) => meter.take(fact),
      attach,
      close,
    };
  } catch (error) {
    vitals.close();
    throw error;
  }
};

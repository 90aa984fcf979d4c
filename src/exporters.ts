import { systemClock } from './adapters/clock.ts';
import { describeError } from './call-safely.ts';
import type { Options } from './command-line.ts';
import type { DaemonCore } from './daemon-core.ts';
import type { Journal } from './journal/journal.ts';
import type { LogHub } from './log/log.ts';
import type { Log } from './log/record.ts';
import { wantsOtlp } from './otlp/environment.ts';
import type { TraceIdentity } from './tracing/trace-identity.ts';
import { VERSION } from './version.ts';

/** How long the end waits for a recording that cannot be written, ms. */
const CLOSE_MS = 1000;

/** What gets the facts of a daemon until its end: a recording, metrics. */
export interface Exporter {
  /** A note for the log. */
  readonly note?: string;
  /** The daemon is there, and will run. */
  attach?(core: DaemonCore): void;
  /** It is closed after those that have reports for it at their end. */
  readonly last?: true;
  /** Resolves when everything is written. `exitStatus`: of the program. */
  close(exitStatus?: number): Promise<void>;
}

/** One run of the program. */
export interface ProgramSession {
  /** No other run of the program in the world has it. */
  readonly session: string;
  /** Wall-clock ms. */
  readonly started: number;
}

/** A new session. */
export const newSession = (): ProgramSession => {
  const started = systemClock.wall();
  // It is not a secret, and every start would read the module that makes those.
  const random = Math.floor(Math.random() * 2 ** 32);
  return { session: `${started}-${process.pid}-${random.toString(16).padStart(8, '0')}`, started };
};

/** Sends traces, logs and metrics by OTLP. @throws Error for a variable of the environment that is not valid */
const send = async (options: Options, identity: TraceIdentity, journal: Journal, log: LogHub): Promise<Exporter> => {
  const { startOtlp } = await import('./otlp/otlp-exporter.ts');
  const { liveFigures } = await import('./live-figures.ts');
  const { logLevel: level, pause: paused } = options;
  const otlp = startOtlp({ identity, journal, log, level, paused, version: VERSION, env: process.env });
  return { ...otlp, attach: ({ requestDeps }) => otlp.attach(() => liveFigures(requestDeps)) };
};

/** Records all facts in a file. @throws Error when it cannot be written. */
const record = async (
  path: string,
  { session, started }: ProgramSession,
  journal: Journal,
  log: Log,
): Promise<Exporter> => {
  const { RecordingWriter } = await import('./adapters/recording-writer.ts');
  const own = log.for('MAIN', 'recording');
  const head = { version: VERSION, session, started, pid: process.pid } as const;
  const recording = new RecordingWriter(path, head, undefined, (problem) => own.warn('PROC/FAIL', problem));
  journal.subscribe(recording.write, recording.writeRecord, 'the recording');
  return {
    last: true,
    close: async () => {
      journal.settle();
      await recording.end(CLOSE_MS);
    },
  };
};

/** Sends what is measured to the back ends. @throws Error when one of them cannot be set up. */
const measure = async (
  options: Options,
  identity: TraceIdentity | undefined,
  journal: Journal,
  log: Log,
): Promise<Exporter> => {
  const { startMetrics } = await import('./adapters/metrics/daemon-metrics.ts');
  const own = log.for('MAIN', 'metrics');
  const { handlers } = await import('./metrics/logger.ts');
  const { liveFigures } = await import('./live-figures.ts');
  const warn = (text: string): void => own.warn('PROC/FAIL', text);
  handlers.report = warn;
  const metrics = await startMetrics({
    backends: options.metrics,
    runName: options.runName,
    outputDir: options.outputDir,
    prometheusPort: options.metricsPort,
    paused: options.pause,
    version: VERSION,
    onError: warn,
    ...(identity ? { traceOf: (of: string) => identity.trace(of) } : {}),
  });
  const leave = journal.subscribeSpans((fact) => metrics.take(fact), 'the metrics');
  return {
    ...(metrics.port === undefined ? {} : { note: `metrics at http://127.0.0.1:${metrics.port}/metrics` }),
    attach: ({ requestDeps }) => metrics.attach(() => liveFigures(requestDeps)),
    close: (exitStatus) => {
      leave();
      return metrics.close(exitStatus);
    },
  };
};

/** Closes all together: one that waits for a server takes no time from the others, which is short at the end. */
export const closeExporters = async (exporters: readonly Exporter[], exitStatus: number): Promise<void> => {
  for (const group of [exporters.filter(({ last }) => !last), exporters.filter(({ last }) => last)])
    await Promise.all(group.map((exporter) => exporter.close(exitStatus)));
};

/**
 * Starts the exporters that the command line asks for.
 * @throws Error that says what is not possible, and why
 */
export const startExporters = async (
  options: Options,
  session: ProgramSession,
  identity: TraceIdentity | undefined,
  journal: Journal,
  log: LogHub,
): Promise<Exporter[]> => {
  const started: Exporter[] = [];
  const start = async (wanted: boolean, what: string, one: () => Promise<Exporter>): Promise<void> => {
    if (!wanted) return;
    try {
      started.push(await one());
    } catch (error) {
      for (const exporter of started) await exporter.close();
      throw new Error(`cannot ${what}: ${describeError(error, true)}`);
    }
  };
  await start(options.metrics.length > 0, 'measure', () => measure(options, identity, journal, log));
  await start(options.journal !== undefined, 'write the recording', () =>
    record(options.journal!, session, journal, log),
  );
  await start(wantsOtlp(options.otlp, process.env), 'send by OTLP', () => send(options, identity!, journal, log));
  return started;
};

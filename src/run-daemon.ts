import { systemClock } from './adapters/clock.ts';
import { FileSink } from './adapters/files/file-sink.ts';
import { growSlowly } from './adapters/heap-growth.ts';
import { LogOutputs } from './adapters/log-outputs.ts';
import { pid1Warning } from './adapters/process-group.ts';
import { takeServiceEnvironment } from './adapters/service-environment.ts';
import { runtimeDirectoryWarning } from './adapters/socket-path.ts';
import { within } from './adapters/within.ts';
import { describeError, SafeCaller } from './call-safely.ts';
import type { Options } from './command-line.ts';
import { STATUS } from './exit-status.ts';
import { closeExporters, type Exporter, newSession, type ProgramSession, startExporters } from './exporters.ts';
import { Journal } from './journal/journal.ts';
import { wantsOtlp } from './otlp/environment.ts';
import { handleSignals } from './process-events.ts';
import type { DaemonRun, SchedulerRun } from './run-scheduler.ts';
import { configure, mentionsLogging, readOnce, refuse } from './start-configuration.ts';
import type { TracePropagation } from './tracing/trace-propagation.ts';
import { VERSION } from './version.ts';

/** How long records may take to leave when the program ends, in ms. */
const FLUSH_MS = 2000;

/** What hands the trace on; undefined: no span is kept that others could continue. */
const tracePropagation = async (
  { otlp, logIds, journal }: Options,
  { session }: ProgramSession,
): Promise<TracePropagation | undefined> => {
  if (!wantsOtlp(otlp, process.env) && !logIds && journal === undefined) return undefined;
  const [{ TraceIdentity }, { TracePropagation }] = await Promise.all([
    import('./tracing/trace-identity.ts'),
    import('./tracing/trace-propagation.ts'),
  ]);
  return new TracePropagation(new TraceIdentity(session));
};

/** Of a text; what cannot be read is reported when it is loaded. */
const lengthOf = (text: () => string): number => {
  try {
    return text().length;
  } catch {
    return 0;
  }
};

/** Loads the configuration and runs the scheduler. Returns the exit status. */
const checkAndRun = async (run: SchedulerRun): Promise<number> => {
  // The first records leave before the parts for the configuration are read.
  await systemClock.turn();
  const onBegun = await growSlowly(lengthOf(run.text), () =>
    Promise.all([import('./load-configuration.ts'), import('./run-scheduler.ts')]),
  );
  const config = await configure(run);
  if (config === undefined) return STATUS.refused;
  // After the check: a file that is refused does not wait for the engine.
  const { runScheduler } = await import('./run-scheduler.ts');
  return runScheduler(run, config, onBegun);
};

/** Runs a daemon from its log to its end. Returns the exit status. */
export const runDaemon = async (run: DaemonRun): Promise<number> => {
  const { options, file, warnings } = run;
  // Before anything is started that inherits the environment.
  const manager = takeServiceEnvironment();
  const safely = new SafeCaller();
  const journal = new Journal(systemClock, { storyLength: options.storyLength, contained: safely });
  const text = readOnce(file);
  const onSignal = handleSignals(() => FileSink.reopenAll());
  const session = newSession();
  const trace = await tracePropagation(options, session);
  let outputs: LogOutputs;
  try {
    const identity = trace?.identity;
    const ids = identity && ((of: string) => ({ trace_id: identity.trace(of), span_id: identity.span(of) }));
    outputs = new LogOutputs(options, systemClock.wall, mentionsLogging(text), journal, ids);
  } catch (error) {
    return refuse(options, `cannot open the log file: ${describeError(error, true)}`);
  }
  const { log } = outputs;
  safely.report = log.safely.report;
  let exporters: readonly Exporter[];
  try {
    exporters = await startExporters(options, session, trace?.identity, journal, log);
  } catch (error) {
    return refuse(options, describeError(error, true));
  }
  let status: number = STATUS.crashed;
  try {
    const starting = log.for('MAIN', 'starting');
    starting.info('START/MSG', `whenever ${VERSION}`);
    for (const warning of [runtimeDirectoryWarning(), pid1Warning(), ...warnings])
      if (warning !== undefined) starting.warn('START/MSG', warning);
    for (const { note } of exporters) if (note !== undefined) starting.info('START/MSG', note);
    status = await checkAndRun({ ...run, text, outputs, exporters, journal, starting, manager, onSignal, trace });
    return status;
  } finally {
    await within(FLUSH_MS, closeExporters(exporters, status));
    safely.reportCounts();
    log.safely.reportCounts();
    await outputs.flush(FLUSH_MS);
  }
};

import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { systemClock } from './adapters/clock.ts';
import { ControlServer } from './adapters/control-server.ts';
import { FileSink } from './adapters/files/file-sink.ts';
import { historyDirectory } from './adapters/history/directory.ts';
import { HistoryStore } from './adapters/history/store.ts';
import { hostFs } from './adapters/host-fs.ts';
import type { Instance } from './adapters/instance.ts';
import { writeStdout } from './adapters/line-output.ts';
import type { LogOutputs } from './adapters/log-outputs.ts';
import { OrphanProcesses } from './adapters/orphan-processes.ts';
import type { ServiceEnvironment } from './adapters/service-environment.ts';
import type { SighupHandler } from './adapters/sighup.ts';
import { socketPath } from './adapters/socket-path.ts';
import { readStdin } from './adapters/stdin.ts';
import { within } from './adapters/within.ts';
import { describeError } from './call-safely.ts';
import type { Options } from './command-line.ts';
import type { EventHandlers } from './core/engine-events.ts';
import type { Config } from './core/spec.ts';
import type { RealPorts } from './create-ports.ts';
import { DaemonCore } from './daemon-core.ts';
import { DaemonPlugins } from './daemon-plugins.ts';
import { STATUS } from './exit-status.ts';
import type { Exporter } from './exporters.ts';
import { historyOf, joinFleet } from './join-fleet.ts';
import type { Journal } from './journal/journal.ts';
import { reloadConfigFile } from './load-configuration.ts';
import { isForPrograms } from './log/format-choice.ts';
import { printed } from './log/one-line.ts';
import type { Logger } from './log/record.ts';
import { handleProcessErrors } from './process-events.ts';
import type { Notifications } from './service/notifications.ts';
import type { TracePropagation } from './tracing/trace-propagation.ts';

/** How long the last notifications of the service manager may take, in ms. */
const NOTIFY_MS = 1000;

/** How long the end of the connection to the fleet may take, in ms. */
const FLEET_MS = 1000;

/** What the program has before it reads its configuration. */
export interface DaemonRun {
  readonly options: Options;
  /** The file of the configuration. */
  readonly file: string;
  readonly instance: Instance;
  readonly sighup: SighupHandler;
  /** Warnings that the log begins with. */
  readonly warnings: readonly (string | undefined)[];
}

/** What it has when its log is open. */
export interface SchedulerRun extends DaemonRun {
  readonly text: () => string;
  readonly outputs: LogOutputs;
  readonly exporters: readonly Exporter[];
  readonly journal: Journal;
  readonly starting: Logger;
  /** The service manager that has started the program; undefined: none that is to be notified. */
  readonly manager: ServiceEnvironment | undefined;
  /** Hands the trace on; undefined: nothing is traced. */
  readonly trace: TracePropagation | undefined;
  /** Calls the function with each signal that asks for the end, and with those that came before. */
  readonly onSignal: (act: (signal: string) => void) => void;
}

/** Processes that run are noted beside the socket. On Windows there is no directory for it. */
const orphanProcesses = (log: Logger): OrphanProcesses | undefined =>
  process.platform === 'win32'
    ? undefined
    : new OrphanProcesses(socketPath().replace(/sock$/, 'running'), {
        warn: (text) => log.warn('START/MSG', text),
        info: (text) => log.info('START/MSG', text),
      });

/** Signals and standard input control the scheduler from now on. */
const acceptCommands = ({ scheduler }: DaemonCore, { file, outputs, onSignal, sighup }: SchedulerRun): void => {
  onSignal((signal) => scheduler.interrupt(signal));
  sighup.setActions({
    terminalGone: () => scheduler.interrupt('SIGHUP'),
    reload: () => {
      FileSink.reopenAll();
      scheduler.reload(file, 'SIGHUP');
    },
  });
  const command = outputs.log.for('MAIN', 'command');
  void readStdin({
    line: (text) => {
      if (text.trim() !== '') void scheduler.submit(text);
    },
    bad: (what) => command.error('PROC/ERR', `input ignored: ${what}`),
    end: () => {
      command.debug('PROC/MSG', 'end of input: no more commands, the scheduler goes on');
      sighup.stdinEnded();
    },
  });
};

/** Opens the history of the configuration; undefined: none is kept. */
const openHistory = ({ file, starting }: SchedulerRun, { settings: { history } }: Config): HistoryStore | undefined => {
  if (!history.enabled) return undefined;
  const warn = (text: string): void => starting.warn('START/MSG', text);
  try {
    return new HistoryStore(historyDirectory(resolve(file)), warn, history);
  } catch (error) {
    warn(`no history is kept: ${describeError(error, true)}`);
    return undefined;
  }
};

/** Begins to notify the service manager that has started the program, if one has. */
const notify = async ({ manager, starting }: SchedulerRun): Promise<Notifications | undefined> => {
  if (manager === undefined) return undefined;
  const { createNotifications } = await import('./service/notifications.ts');
  return createNotifications(manager, (text) => starting.warn('START/MSG', text), systemClock.wall);
};

/** Whether a person reads what the program writes: programs have no terminal, or read JSON. */
const isForPerson = ({ options: { quiet, format } }: SchedulerRun, { settings: { logging } }: Config): boolean => {
  const onStdout = logging?.outputs.find(({ target }) => target === 'stdout');
  return !quiet && !isForPrograms(format ?? onStdout?.format) && isatty(0) && isatty(1);
};

/** Prints what the file holds and what comes next, when everything has begun. */
const printFirstLine = async ({ scheduler }: DaemonCore, { file }: SchedulerRun, config: Config): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  const { firstLine } = await import('./describe/first-line.ts');
  const text = await firstLine({ file, config, now: systemClock.wall, scheduler });
  // Before the scheduler has ended.
  if (text !== undefined) writeStdout(printed(`${text}\n`));
};

/** Loads the configuration again when its files change, if that is wanted. @param reload loads what runs again */
const watchFiles = async (
  { options, file, outputs }: SchedulerRun,
  { settings }: Config,
  reload: () => void,
): Promise<((ports: Pick<RealPorts, 'watcher' | 'clock'>) => EventHandlers) | undefined> => {
  if (!options.watch && !settings.reloadOnChange) return undefined;
  const log = outputs.log.for('MAIN', 'reconfigure');
  if (!hostFs.isFile(file)) {
    log.warn('START/MSG', `${file} is not a regular file: it is not loaded again when it changes`);
    return undefined;
  }
  const [{ ConfigWatch }, { fileStamps: files }] = await Promise.all([
    import('./config-watch.ts'),
    import('./adapters/file-stamps.ts'),
  ]);
  return ({ watcher, clock }) => new ConfigWatch({ watcher, clock, log, reload, files }).handlers;
};

/** Runs the scheduler to its end. Returns the exit status. @param begun called when all items have begun */
export const runScheduler = async (run: SchedulerRun, config: Config, begun: () => void): Promise<number> => {
  const { options, instance, outputs, journal, starting, trace } = run;
  const leftovers = orphanProcesses(starting);
  const notifications = await notify(run);
  const history = openHistory(run, config);
  const watch = await watchFiles(run, config, () => core.scheduler.reload(core.scheduler.file));
  const fleet = await joinFleet(run, config);
  const engineHistory = historyOf(history, fleet);
  const plugins = new DaemonPlugins({
    ...{ journal, clock: systemClock, log: outputs.log, absolutePath: resolve },
    given: options.plugins.map((path) => resolve(path)),
  });
  await plugins.begin(config.settings.plugins);
  const core: DaemonCore = new DaemonCore({
    ...(history ? { historyDirectory: historyDirectory(resolve(run.file)) } : {}),
    ...(engineHistory ? { history: engineHistory } : {}),
    ...{ config, journal, log: outputs.log, level: outputs.level(config.settings.logging) },
    ...{ paused: options.pause, begun: 0, load: reloadConfigFile, absolutePath: resolve, plugins },
    ...(leftovers ? { leftovers } : {}),
    ...(trace ? { trace } : {}),
    ...(fleet ? { fleet: fleet.fleet, shareEvent: fleet.shareEvent } : {}),
    observers: [...(notifications ? [() => notifications.observer] : []), ...(watch ? [watch] : [])],
  });
  leftovers?.watch((process, state) => core.history.leftover(process, state));
  for (const exporter of run.exporters) exporter.attach?.(core);
  const hasCrashed = handleProcessErrors(core, plugins, starting);
  fleet?.begin(core.scheduler.sharedDefinitions, (machine, event) => journal.receive(machine, event));
  acceptCommands(core, run);
  const server = new ControlServer(instance, async () => {
    const [{ RequestHandler }, { createProcessFigures }] = await Promise.all([
      import('./control/request-handler.ts'),
      import('./adapters/process-figures.ts'),
    ]);
    const handler = new RequestHandler({ ...core.requestDeps, measure: createProcessFigures() });
    return (request, stream) => handler.answer(request, stream);
  });
  const socket = { lost: false };
  instance.keep({
    warn: (text) => starting.warn('START/MSG', text),
    lost: (text) => {
      socket.lost = true;
      starting.error('END/ERR', text);
      void core.scheduler.submit('exit');
    },
  });
  notifications?.begin(core.requestDeps.schedulerStatus, config.settings.tickSeconds);
  const running = core.scheduler.run();
  void systemClock.turn().then(begun);
  if (isForPerson(run, config)) void printFirstLine(core, run, config);
  const ending = await running;
  core.removeRunFiles();
  await plugins.end();
  if (fleet) await within(FLEET_MS, fleet.close());
  await server.close();
  history?.close();
  if (notifications) await within(NOTIFY_MS, notifications.close());
  // The notes beside a lost socket are those of the other instance.
  if (!socket.lost) leftovers?.close();
  return hasCrashed() ? STATUS.crashed : STATUS[ending];
};

import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { systemClock } from './adapters/clock.ts';
import { ControlServer } from './adapters/control-server.ts';
import { FileSink } from './adapters/files/file-sink.ts';
import { ownFiles } from './adapters/files/own-files.ts';
import { hostFs, readText } from './adapters/host-fs.ts';
import { findRunningInstance, type Instance, isRunning, takeInstance } from './adapters/instance.ts';
import { writeStderr } from './adapters/line-output.ts';
import { adoptZone } from './adapters/local-zone.ts';
import { LogOutputs } from './adapters/log-outputs.ts';
import { OrphanProcesses } from './adapters/orphan-processes.ts';
import { pid1Warning } from './adapters/process-group.ts';
import { SighupHandler } from './adapters/sighup.ts';
import { runtimeDirectoryWarning, socketPath, unsafeSocketDirectory } from './adapters/socket-path.ts';
import { readStdin } from './adapters/stdin.ts';
import { beginThreads, isStuck } from './adapters/threads.ts';
import { SafeCaller } from './call-safely.ts';
import { type Options, parseCommandLine } from './cli.ts';
import { ConfigError } from './config/problem.ts';
import type { Config } from './core/spec.ts';
import { createPorts, loadConfigText, reloadConfigFile } from './create-ports.ts';
import { createEngine } from './engine.ts';
import { type Exporter, startExporters } from './exporters.ts';
import { featuresOn } from './items/registry.ts';
import { Journal } from './journal/journal.ts';
import { printed } from './log/one-line.ts';
import type { Logger } from './log/record.ts';
import { handleSignals } from './signals.ts';
import { VERSION } from './version.ts';

/** How long records may take to leave when the program ends, in ms. */
const FLUSH_MS = 2000;
/** How long threads of a busy machine may take to end after that, in ms. */
const LEAVE_MS = 1000;
/** Nobody may be reading standard error: a start-up text stays below what a pipe holds. */
const LONGEST_TEXT = 32_000;

const say = (fd: 1 | 2, text: string): void => {
  try {
    writeSync(fd, printed(text));
  } catch {
    // A closed or full stream: there is nobody to tell.
  }
};

/** The start cannot go on: one clear text, unless the user asked for silence; status 2. */
const refuse = ({ quiet }: Pick<Options, 'quiet'>, text: string): 2 => {
  const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}\n… (the log has the rest)` : text;
  if (!quiet) say(2, `whenever: ${shown.trimEnd()}\n`);
  return 2;
};

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** On one terminal the text of standard error says what the record would say again. A program reads JSON. */
const seenTwice = ({ log, quiet, format }: Options): boolean =>
  log === undefined && !quiet && format !== 'json' && isatty(1) && isatty(2);

/** What runs is noted beside the socket. On Windows there is no directory for it. */
const notesOfProcesses = (log: Logger): OrphanProcesses | undefined =>
  process.platform === 'win32'
    ? undefined
    : new OrphanProcesses(socketPath().replace(/sock$/, 'running'), {
        warn: (text) => log.warn('START/MSG', text),
        info: (text) => log.info('START/MSG', text),
      });

/** From a checked file to the end of the scheduler. Answers the exit status. */
const schedule = async (
  options: Options,
  file: string,
  text: () => string,
  recorder: LogOutputs,
  journal: Journal,
  instance: Instance,
  signals: ReturnType<typeof handleSignals>,
  hangup: SighupHandler,
): Promise<number> => {
  const { log } = recorder;
  const starting = log.for('MAIN', 'starting');
  let config: Config;
  try {
    config = await loadConfigText(file, text());
  } catch (error) {
    const lines = (error as { lines?: readonly string[] }).lines ?? [reason(error)];
    if (seenTwice(options)) recorder.mute();
    for (const line of lines) starting.error('START/ERR', `configuration refused: ${line}`);
    const problems =
      error instanceof ConfigError ? `invalid configuration: ${error.message}` : `configuration ${lines.join('\n')}`;
    return refuse(options, problems);
  }
  const { logging } = config.settings;
  try {
    if (logging) recorder.configure(logging);
    else recorder.release();
  } catch (error) {
    if (seenTwice(options)) recorder.mute();
    starting.error('START/ERR', `cannot open the log output ${reason(error)}`);
    return refuse(options, `cannot open the log output ${reason(error)}`);
  }
  const leftovers = notesOfProcesses(starting);
  const ports = createPorts({ log, ...(leftovers ? { leftovers } : {}) });
  const { scheduler, status } = createEngine(ports, journal, config, {
    paused: options.pause,
    begun: 0,
    load: reloadConfigFile,
  });
  process.on('uncaughtException', (error) =>
    starting.error('PROC/ERR', `internal error: ${error.stack ?? error.message}`),
  );
  // Node would write it to standard error, and wait for its reader.
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => starting.warn('PROC/MSG', `internal warning: ${name}: ${message}`));
  process.on('unhandledRejection', (error) => starting.error('PROC/ERR', `internal error: ${reason(error)}`));
  signals((signal) => scheduler.interrupt(signal));
  hangup.setActions({
    terminalGone: () => scheduler.interrupt('SIGHUP'),
    reload: () => {
      FileSink.reopenAll();
      scheduler.reload(file, 'SIGHUP');
    },
  });
  const command = log.for('MAIN', 'command');
  void readStdin({
    line: (text) => {
      if (text.trim() !== '') void scheduler.submit(text);
    },
    bad: (what) => command.error('PROC/ERR', `input ignored: ${what}`),
    end: () => {
      command.debug('PROC/MSG', 'end of input: no more commands, the scheduler goes on');
      hangup.stdinEnded();
    },
  });
  const started = systemClock.wall();
  const door = new ControlServer(instance, async () => {
    const { RequestHandler } = await import('./control/request-handler.ts');
    const handler = new RequestHandler({
      absolutePath: resolve,
      ...{
        scheduler,
        schedulerStatus: status,
        journal,
        log,
        config,
        started,
        level: recorder.level(logging),
        now: systemClock.wall,
      },
      ...{ pid: process.pid, versions: { node: process.version, platform: process.platform, arch: process.arch } },
    });
    return (request, stream) => handler.answer(request, stream);
  });
  const place = { lost: false };
  instance.keep({
    warn: (text) => starting.warn('START/MSG', text),
    lost: (text) => {
      place.lost = true;
      starting.error('END/ERR', text);
      void scheduler.submit('exit');
    },
  });
  const ending = await scheduler.run();
  await door.close();
  // The notes beside the socket are those of the other instance then.
  if (!place.lost) leftovers?.close();
  return ending === 'kill' ? 1 : 0;
};

/** The text of a file, or the error of reading it, when asked for. It is read once: a pipe has it no second time. */
const readOnce = (file: string): (() => string) => {
  try {
    const text = readText(file);
    return () => text;
  } catch (error) {
    return () => {
      throw error;
    };
  }
};

/** Whether the file may have a say in the first record; the load will tell what is wrong with it. */
const speaksOfLogging = (text: () => string): boolean => {
  try {
    return /\blogging\b/.test(text());
  } catch {
    return false;
  }
};

const closeAll = async (witnesses: readonly Exporter[]): Promise<void> => {
  for (const witness of witnesses) await witness.close();
};

/** Waits for the end of something, but not for longer than `ms`. */
const within = async (ms: number, ended: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
};

/**
 * Ends the process. Node waits for its threads: when one hangs in the system, only a signal ends the process, and SIGTERM is the one
 * that supervisors take for an orderly end.
 */
const leave = async (status: number): Promise<void> => {
  const limit = systemClock.mono() + LEAVE_MS;
  while (isStuck() && systemClock.mono() < limit) await systemClock.sleep(10);
  process.on('exit', () => {
    if (!isStuck()) return;
    process.removeAllListeners('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
  });
  process.exit(status);
};

/** Runs the program and answers its exit status (`cli.md` §2, §3). */
const run = async (args: readonly string[]): Promise<number> => {
  const options = await parseCommandLine(args);
  if ('status' in options) {
    say(1, options.stdout);
    say(2, options.stderr);
    return options.status;
  }
  const zoneNote = adoptZone();
  if ('subcommand' in options) {
    if (zoneNote !== undefined) say(2, `whenever: ${zoneNote}\n`);
    const { runSubcommand } = await import('./commands/run.ts');
    return runSubcommand(options.subcommand, { ...options, now: systemClock.wall() });
  }
  const path = socketPath();
  if (options.options && !options.checkRunning) {
    say(1, `${['options:', ...featuresOn(hostFs.platform)].join(' ')}\n`);
    return 0;
  }
  const hangup = new SighupHandler();
  const unsafe = unsafeSocketDirectory(path);
  if (unsafe !== undefined) return refuse(options, unsafe);
  beginThreads();
  ownFiles.claim(path);
  let instance: Instance | undefined;
  try {
    if (options.checkRunning) {
      const running = await isRunning(path);
      if (!options.quiet) say(1, running ? 'whenever: an instance is running\n' : 'whenever: no running instances\n');
      return running ? 0 : 1;
    }
    instance = await takeInstance(path);
  } catch (error) {
    return refuse(options, `cannot tell whether another instance is running: ${reason(error)}`);
  }
  if (!instance) {
    const owner = options.quiet ? undefined : await findRunningInstance(path);
    const which = owner ? `\nit is ${owner.description}` : '';
    return refuse(options, `not permitted: another instance of the scheduler is already running${which}`);
  }
  try {
    if (options.config === undefined) {
      return refuse(
        options,
        "configuration file not specified (usage: whenever [OPTIONS] CONFIG, see 'whenever --help')",
      );
    }
    const contained = new SafeCaller();
    const journal = new Journal(systemClock, { storyLength: options.storyLength, contained });
    const text = readOnce(options.config);
    const signals = handleSignals(() => FileSink.reopenAll());
    let recorder: LogOutputs;
    try {
      recorder = new LogOutputs(options, systemClock.wall, speaksOfLogging(text), journal);
    } catch (error) {
      return refuse(options, `cannot open the log file: ${reason(error)}`);
    }
    contained.report = recorder.log.safely.report;
    let witnesses: readonly Exporter[];
    try {
      witnesses = await startExporters(options, journal, recorder.log);
    } catch (error) {
      return refuse(options, reason(error));
    }
    try {
      const starting = recorder.log.for('MAIN', 'starting');
      starting.info('START/MSG', `whenever ${VERSION}`);
      for (const note of [runtimeDirectoryWarning(), pid1Warning(), zoneNote])
        if (note !== undefined) starting.warn('START/MSG', note);
      for (const { note: news } of witnesses) if (news !== undefined) starting.info('START/MSG', news);
      return await schedule(options, options.config, text, recorder, journal, instance, signals, hangup);
    } finally {
      await within(FLUSH_MS, closeAll(witnesses));
      contained.reportCounts();
      recorder.log.safely.reportCounts();
      await recorder.flush(FLUSH_MS);
    }
  } finally {
    instance.release();
  }
};

run(process.argv.slice(2)).then(leave, (error: unknown) => {
  writeStderr(`whenever: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
  return leave(134);
});

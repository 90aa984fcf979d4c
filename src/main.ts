import { closeSync, existsSync, fstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { systemClock } from './adapters/clock.ts';
import { ownFiles } from './adapters/files/own-files.ts';
import { hostFs } from './adapters/host-fs.ts';
import { findRunningInstance, type Instance, isRunning, takeInstance } from './adapters/instance.ts';
import { writeStderr } from './adapters/line-output.ts';
import { adoptZone } from './adapters/local-zone.ts';
import { SighupHandler } from './adapters/sighup.ts';
import { socketPath, unsafeSocketDirectory } from './adapters/socket-path.ts';
import { beginThreads, isStuck } from './adapters/threads.ts';
import { describeError } from './call-safely.ts';
import { type Options, parseCommandLine } from './command-line.ts';
import { runDaemon } from './run-daemon.ts';
import { print, refuse } from './start-configuration.ts';

/** How long threads of a busy machine may take to end when the program ends, in ms. */
const LEAVE_MS = 1000;

/**
 * Forgets terminals that are gone. At its end Node sets the modes of terminals back that it began with, and aborts where that fails. What is
 * another file by then is left alone.
 */
const forgetLostTerminals = (): void => {
  if (process.platform === 'win32') return;
  for (const fd of [0, 1, 2])
    try {
      if (isatty(fd) || !fstatSync(fd).isCharacterDevice()) continue;
      closeSync(fd);
      // The lowest number that is free.
      openSync('/dev/null', 'r+');
    } catch {
      // It was closed before.
    }
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
  forgetLostTerminals();
  process.exit(status);
};

const UNKNOWN = 'cannot find out whether another instance is running';

/** Prints whether an instance is running. Returns the exit status. */
const checkRunning = async (options: Options, path: string): Promise<number> => {
  try {
    const running = await isRunning(path);
    if (!options.quiet) print(1, running ? 'whenever: an instance is running\n' : 'whenever: no running instances\n');
    return running ? 0 : 1;
  } catch (error) {
    return refuse(options, `${UNKNOWN}: ${describeError(error, true)}`);
  }
};

/** The file that is read when none is named, or why there is nothing to read. */
const fileToRead = async ({ log, journal }: Options): Promise<string | { readonly problem: string }> => {
  const { defaultFile, isMissing } = await import('./adapters/default-file.ts');
  const usage = "usage: whenever [OPTIONS] CONFIG, see 'whenever --help'";
  let file: string;
  try {
    file = defaultFile();
  } catch (error) {
    return { problem: `configuration file not specified, and ${describeError(error, true)} (${usage})` };
  }
  if (isMissing(file))
    return {
      problem: `configuration file not specified, and there is none at ${file}\n'whenever init' writes one to begin with (${usage})`,
    };
  const written = [log, journal].some((path) => path !== undefined && resolve(path) === file);
  return written ? { problem: '--log and --journal cannot be the configuration file' } : file;
};

/** Becomes the only instance and runs a daemon. Returns the exit status. */
const runInstance = async (options: Options, path: string, zoneWarning: string | undefined): Promise<number> => {
  const sighup = new SighupHandler();
  const unsafe = unsafeSocketDirectory(path);
  if (unsafe !== undefined) return refuse(options, unsafe);
  beginThreads();
  ownFiles.claim(path);
  if (options.checkRunning) return checkRunning(options, path);
  let instance: Instance | undefined;
  try {
    instance = await takeInstance(path);
  } catch (error) {
    return refuse(options, `${UNKNOWN}: ${describeError(error, true)}`);
  }
  if (!instance) {
    const owner = options.quiet ? undefined : await findRunningInstance(path);
    const which = owner ? `\nit is ${owner.description}` : '';
    return refuse(options, `not permitted: another instance of the scheduler is already running${which}`);
  }
  try {
    const file = options.config ?? (await fileToRead(options));
    if (typeof file !== 'string') return refuse(options, file.problem);
    return await runDaemon({ options, file, instance, sighup, warnings: [zoneWarning] });
  } finally {
    instance.release();
  }
};

/** Asked by completion scripts for the names of items. */
const NAMES_COMMAND = '__complete';

/** Runs the program. Returns its exit status. */
const run = async (args: readonly string[]): Promise<number> => {
  if (args[0] === NAMES_COMMAND) return (await import('./completion/names.ts')).printNames(args.slice(1));
  const options = await parseCommandLine(args, existsSync);
  if ('status' in options) {
    print(1, options.stdout);
    print(2, options.stderr);
    return options.status;
  }
  const zoneWarning = adoptZone();
  if ('subcommand' in options) {
    if (zoneWarning !== undefined) print(2, `whenever: ${zoneWarning}\n`);
    const { runSubcommand } = await import('./commands/run-subcommand.ts');
    return runSubcommand(options.subcommand, { ...options, now: systemClock.wall() });
  }
  const path = socketPath();
  if (options.options && !options.checkRunning) {
    const { featuresOn } = await import('./items/registry.ts');
    print(1, `${['options:', ...featuresOn(hostFs.platform)].join(' ')}\n`);
    return 0;
  }
  return runInstance(options, path, zoneWarning);
};

run(process.argv.slice(2)).then(leave, (error: unknown) => {
  writeStderr(`whenever: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
  return leave(134);
});

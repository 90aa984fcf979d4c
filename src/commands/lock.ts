import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { callInstance } from '../adapters/control-client.ts';
import { socketPath } from '../adapters/socket-path.ts';
import type { LockAnswer, LockPart } from '../control/locks.ts';
import { DURATION, parseDuration } from '../core/duration.ts';
import { messageOf } from '../error-message.ts';
import { oneLine } from '../log/one-line.ts';
import { NOT_RUNNING } from './query-common.ts';
import { printMessage } from './stdio.ts';
import { type Subcommand, UsageError, wholeNumber } from './subcommand.ts';

type LockOptions = { readonly wait?: number; readonly conflictStatus: number };

/** The exit statuses of shells for programs that cannot be run or are not there, and what they add for a signal. */
const [NOT_RUN, NOT_FOUND, SIGNALLED] = [126, 127, 128] as const;

/** Signals that are handed on to the command. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
/** Those that a terminal sends to the command itself. */
const OF_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT'];

/** ms of `--wait`. @throws UsageError */
const waitTime = (text: string): number => {
  const ms = text === '0' ? 0 : parseDuration(text);
  if (ms === undefined) throw new UsageError(`expected ${DURATION}, or 0, found "${text}"`);
  return ms;
};

/** Hands signals on to the command, as soon as it runs. Returns how to stop that. */
const forwardSignals = (child: () => ChildProcess): (() => void) => {
  const terminal = isatty(0) || isatty(2);
  const handlers = FORWARDED.map((signal) => {
    const handler = (): void => {
      if (!terminal || !OF_TERMINAL.includes(signal)) child().kill(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const end of handlers) end();
  };
};

/** Runs the command with the streams of this process. Returns its exit status as a shell has it. */
const runCommand = (command: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    // Before the command can be the reason for a signal. Signals are handled in a later turn.
    const stop = forwardSignals(() => child);
    const child = spawn(command, args, { stdio: 'inherit' });
    child.once('error', (error: NodeJS.ErrnoException) => {
      stop();
      printMessage(`${oneLine(command)} cannot be run: ${error.code === 'ENOENT' ? 'not found' : error.message}`);
      resolve(error.code === 'ENOENT' ? NOT_FOUND : NOT_RUN);
    });
    child.once('exit', (code, signal) => {
      stop();
      resolve(code ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal]));
    });
  });

export const lockCommand: Subcommand<LockOptions> = {
  name: 'lock',
  help: 'run a command while it holds a lock of Lua scripts',
  takes: [
    { form: '<NAME>', help: 'the name of the lock, as for sync.lock in Lua' },
    { form: '<COMMAND...>', help: 'a program and its arguments, after --' },
  ],
  options: [
    {
      flags: '--wait <TIME>',
      help: 'how long to wait for the lock (10s, 5m); 0: not at all; default: as long as it takes',
      parse: waitTime,
    },
    {
      flags: '-E, --conflict-status <N>',
      help: 'the exit status when the lock is not granted in time',
      fallback: '1',
      parse: wholeNumber(0, 255),
    },
  ],
  exitStatus:
    'The status is that of the command; 128 and the number of the signal that has ended it; 126: it cannot be run; 127: it was not found; 1, or that of --conflict-status: the lock was not granted in time; 2: wrong usage; 3: no instance is running.',
  page: 'live',
  examples: ['whenever lock disk --wait 10s -- rsync -a src/ dst/'],
  run: async ({ args: [name = '', command = '', ...args], options: { wait, conflictStatus } }) => {
    const release = new AbortController();
    let running: Promise<number> | undefined;
    const part = (found: unknown): void => {
      if ((found as LockPart).state !== 'granted' || running) return;
      running = runCommand(command, args).finally(() => release.abort());
    };
    const by = `${command} (process ${process.pid})`;
    let answer: LockAnswer | undefined;
    try {
      answer = (await callInstance(
        socketPath(),
        { request: 'lock', name, by, ...(wait === undefined ? {} : { wait }) },
        part,
        release.signal,
      )) as LockAnswer | undefined;
    } catch (error) {
      if (!running) throw error;
      printMessage(`the lock "${name}" is lost: ${messageOf(error)}`);
      return running;
    }
    if (running) {
      if (answer) printMessage(`the lock "${name}" is lost: the instance has ended`);
      return running;
    }
    if (answer?.ended) {
      printMessage(`lock "${name}" was not granted: the instance has ended`);
      return NOT_RUNNING;
    }
    const holder = answer?.holder ?? null;
    printMessage(`lock "${name}" was not granted${holder === null ? '' : `: ${oneLine(holder)} has it`}`);
    return conflictStatus;
  },
};

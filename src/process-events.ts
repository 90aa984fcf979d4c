import { setMaxListeners } from 'node:events';
import { describeError } from './call-safely.ts';
import { errorDetails } from './core/internal-error.ts';
import type { DaemonCore } from './daemon-core.ts';
import type { DaemonPlugins } from './daemon-plugins.ts';
import type { Logger } from './log/record.ts';

/**
 * Catches the signals that ask for the end from now on. Returns a function that sets what they do; those that came before are passed
 * to it.
 * @param reopen called at SIGUSR1: the log files have been moved.
 */
export const handleSignals = (reopen: () => void): ((act: (signal: string) => void) => void) => {
  const early: string[] = [];
  let heard = (signal: string): void => {
    early.push(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => heard(signal));
  // Without a listener Node opens its debugger, for every user of the machine.
  process.on('SIGUSR1', reopen);
  // A file that may not grow any more is an error of writing, not the end of the process.
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
  return (act) => {
    heard = act;
    for (const signal of early) act(signal);
  };
};

/** What was thrown, with its stack; anything can be thrown. */
const stackOf = (error: unknown): string =>
  error instanceof Error && typeof error.stack === 'string' ? error.stack : describeError(error);

/**
 * Logs what Node would print. After an exception that nothing caught, the state of the program is not known any more: it ends as at
 * SIGTERM, and at once after a second one. What comes from the code of a plugin ends nothing. Returns whether an exception has come.
 */
export const handleProcessErrors = (
  { scheduler }: DaemonCore,
  plugins: DaemonPlugins,
  log: Logger,
): (() => boolean) => {
  let crashed = false;
  process.on('uncaughtException', (error) => {
    if (plugins.take(error)) return;
    log.error('PROC/ERR', `internal error: ${stackOf(error)}`, undefined, errorDetails(error));
    void scheduler.submit(crashed ? 'kill' : 'exit');
    crashed = true;
  });
  const exit = process.exit.bind(process);
  process.exit = (status?: number | string | null): never => {
    const error = new Error(`process.exit(${status ?? ''}): a plugin cannot end the daemon so, submit('exit') does`);
    // Without this function itself.
    Error.captureStackTrace(error, process.exit);
    if (plugins.owns(error)) throw error;
    return exit(status);
  };
  // As many tasks may run at once as a file says: all of them listen for the end of the run.
  setMaxListeners(0);
  // Node would write it to standard error, and wait for its reader.
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => log.warn('PROC/MSG', `internal warning: ${name}: ${message}`));
  process.on('unhandledRejection', (error) => {
    if (!plugins.take(error))
      log.error('PROC/ERR', `internal error: ${describeError(error, true)}`, undefined, errorDetails(error));
  });
  return () => crashed;
};

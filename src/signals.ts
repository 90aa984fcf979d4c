/**
 * Hears the signals that ask for the end from now on. Those that come before somebody is there to obey wait.
 * @param reopen SIGUSR1: the log files have been moved.
 */
export const handleSignals = (reopen: () => void): ((obey: (signal: string) => void) => void) => {
  const early: string[] = [];
  let heard = (signal: string): void => {
    early.push(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => heard(signal));
  // Without a listener Node opens its debugger, to whoever is on the machine.
  process.on('SIGUSR1', reopen);
  // A file that may not grow any more is an error of writing, not the end of the process.
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
  return (obey) => {
    heard = obey;
    for (const signal of early) obey(signal);
  };
};

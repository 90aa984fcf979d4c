/** Hears the signals that ask for the end from now on. Those that come before somebody is there to obey wait. */
export const hearSignals = (): ((obey: (signal: string) => void) => void) => {
  const early: string[] = [];
  let heard = (signal: string): void => {
    early.push(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => heard(signal));
  // Without a listener Node opens its debugger, to whoever is on the machine.
  process.on('SIGUSR1', () => {});
  return (obey) => {
    heard = obey;
    for (const signal of early) obey(signal);
  };
};

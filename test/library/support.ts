import type { Fact } from '../../src/journal/fact.ts';
import { createDaemon, type Daemon, type DaemonOptions } from '../../src/library.ts';

const daemons: Daemon[] = [];

/** A daemon with ticks of 50 ms, which {@link clear} ends. */
export const quick = async (toml: string, options: DaemonOptions = {}): Promise<Daemon> => {
  const daemon = await createDaemon(toml, { tickSeconds: 0.05, ...options });
  daemons.push(daemon);
  return daemon;
};

/** Ends all daemons of a test. */
export const clear = async (): Promise<void> => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.stop(0)));
};

/** Resolves with the first fact from now on that fits. */
export const awaited = (daemon: Daemon, fits: (fact: Fact) => boolean): Promise<Fact> =>
  new Promise((resolve) => {
    const leave = daemon.subscribe((fact) => {
      if (!fits(fact)) return;
      leave();
      resolve(fact);
    });
  });

/** An item has come into a state. */
export const reached =
  (key: string, state: string) =>
  (fact: Fact): boolean =>
    fact.kind === 'transition' && fact.key === key && fact.finish === state;

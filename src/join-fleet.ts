import { resolve } from 'node:path';
import type { StartedFleet } from './adapters/fleet/start-fleet.ts';
import { spoolDirectory } from './adapters/history/directory.ts';
import type { HistoryStore } from './adapters/history/store.ts';
import type { LogOutputs } from './adapters/log-outputs.ts';
import type { Config } from './core/spec.ts';
import type { DaemonCoreOptions } from './daemon-core.ts';
import { NO_WRITER } from './history/history-line.ts';
import { HistoryState } from './history/history-state.ts';

/** Connects to the servers of the fleet, if the file names them. @throws Error that names a file which cannot be read */
export const joinFleet = async (
  { file, outputs }: { readonly file: string; readonly outputs: Pick<LogOutputs, 'log'> },
  { settings: { fleet, tickSeconds } }: Config,
) => {
  if (fleet === undefined) return undefined;
  const { startFleet } = await import('./adapters/fleet/start-fleet.ts');
  const directory = spoolDirectory(resolve(file));
  return startFleet({ settings: fleet, tickMs: tickSeconds * 1000, directory, hub: outputs.log });
};

/** The history that the engine reads and writes; undefined: none is kept. */
export const historyOf = (
  kept: HistoryStore | undefined,
  fleet: StartedFleet | undefined,
): DaemonCoreOptions['history'] => {
  if (fleet === undefined) return kept;
  const { state, aliveUntil, writer } = kept ?? { state: new HistoryState(), aliveUntil: 0, writer: NO_WRITER };
  return { state, aliveUntil, writer: fleet.share(writer) };
};

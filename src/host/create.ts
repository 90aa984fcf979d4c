import { createSystemFigures } from '../adapters/system-figures.ts';
import { SafeCaller } from '../call-safely.ts';
import type { Config } from '../core/spec.ts';
import { loadConfigText } from '../create-ports.ts';
import { logPackageError } from '../metrics/logger.ts';
import { timespans } from '../timespans/index.ts';
import { baseDirectoryAt } from './base-directory.ts';
import { Daemon } from './daemon.ts';
import { checkOptions, checkText, type DaemonOptions } from './options.ts';

// What the timespans of the process need: figures of the system, and where to report errors of sinks and consumers.
timespans.system ??= createSystemFigures();
const safely = new SafeCaller(logPackageError);
timespans.onError = (error, where) => safely.failed(where, where, error);
timespans.onChange((on) => {
  if (!on) safely.reportCounts();
});

/** The name of a configuration that was given none. */
const FILE = 'configuration';

/**
 * A daemon for the text of a configuration, ready to run inside this program.
 * @throws ConfigError with every problem, each with line and column; TypeError for an option that is not known or does not fit.
 */
export const createDaemon = async (configText: string, options: DaemonOptions = {}): Promise<Daemon> => {
  checkText(configText);
  checkOptions(options);
  const { baseDirectory, file = FILE, tickSeconds } = options;
  const place = baseDirectoryAt(baseDirectory);
  const load = async (text: string, name: string): Promise<Config> => {
    const config = await loadConfigText(name, text, place.machine);
    return tickSeconds === undefined ? config : { ...config, settings: { ...config.settings, tickSeconds } };
  };
  return new Daemon(await load(configText, file), { place, load }, options);
};

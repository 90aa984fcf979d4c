import { createSystemFigures } from '../adapters/system-figures.ts';
import { SafeCaller } from '../call-safely.ts';
import { ConfigError, type Problem } from '../config/problem.ts';
import type { Config } from '../core/spec.ts';
import { loadConfigText } from '../load-configuration.ts';
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

/** A program around a daemon takes part in no fleet: what is shared would run here once more. @throws ConfigError */
const refuseShared = ({ settings, conditions }: Config, file: string): void => {
  if (settings.fleet === undefined) return;
  const problems = conditions
    .filter(({ traits }) => traits.shared)
    .map(
      ({ name }): Problem => ({
        ...{ path: ['fleet'], at: 'key', item: `condition "${name}"` },
        text: 'shared = true: expected the program whenever, because createDaemon takes no part in a fleet and would run it once more',
      }),
    );
  if (problems.length > 0) throw new ConfigError(file, problems);
};

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
    refuseShared(config, name);
    return tickSeconds === undefined ? config : { ...config, settings: { ...config.settings, tickSeconds } };
  };
  return new Daemon(await load(configText, file), { place, load }, options);
};

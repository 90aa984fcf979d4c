import './context.ts';
import type { Config } from '../core/spec.ts';
import { loadConfigText } from '../create-ports.ts';
import { baseDirectoryAt } from './base-directory.ts';
import { Daemon } from './daemon.ts';
import { checkOptions, checkText, type DaemonOptions } from './options.ts';

/** What a configuration is called when nobody says so. */
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

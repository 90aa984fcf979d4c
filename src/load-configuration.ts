import { hostFs, readRegularText } from './adapters/host-fs.ts';
import { loadConfig } from './config/load.ts';
import type { Config } from './core/spec.ts';
import { registry } from './items/registry.ts';

/** Checks a text with all kinds. @param at the machine it is for; default: this one. @throws ConfigError */
export const loadConfigText = (file: string, text: string, at = hostFs): Promise<Config> =>
  loadConfig(file, text, registry, at);

/** Reads and checks a file while the scheduler runs. @throws ConfigError, UnreadableFile. */
export const reloadConfigFile = async (path: string): Promise<Config> =>
  loadConfigText(path, await readRegularText(path));

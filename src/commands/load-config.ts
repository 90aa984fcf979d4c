import { hostFs, readText } from '../adapters/host-fs.ts';
import { loadConfig, type Registry } from '../config/load.ts';
import type { Config } from '../core/spec.ts';
import { registry } from '../items/registry.ts';

/** Reads and checks a file, and those that it includes, for a command that runs no daemon. @throws ConfigError, UnreadableFile */
export const loadConfigFile = async (file: string, kinds: Registry = registry): Promise<Config> =>
  loadConfig(file, readText(file), kinds, hostFs);

import { loadConfig } from '../../src/config/load.ts';
import type { Converted } from '../../src/convert/document.ts';
import { documentText } from '../../src/convert/document.ts';
import type { ConvertHost } from '../../src/convert/host.ts';
import type { Config } from '../../src/core/spec.ts';
import { upcomingFirings } from '../../src/forecast/upcoming-firings.ts';
import { registry } from '../../src/items/registry.ts';

/** A machine that is the same everywhere. */
export const HOST: ConvertHost = {
  user: 'me',
  home: '/home/me',
  hostname: 'desk',
  runtimeDirectory: '/run/user/1000',
  isDirectory: (path) => ['/', '/home/me', '/root', '/tmp'].includes(path),
  homeOf: (user) => ({ me: '/home/me', root: '/root', backup: '/var/backups', mail: '/var/mail' })[user],
  isProgram: () => true,
};

/** Loads what was converted. @throws ConfigError when it is refused */
export const loadConverted = (converted: Converted): Promise<Config> =>
  loadConfig('converted.toml', documentText(converted), registry, {
    isDirectory: HOST.isDirectory,
    isFile: () => true,
    platform: 'linux',
  });

/** The instants of a condition, wall-clock ms, both ends included. */
export const firingsOf = (config: Config, name: string, from: number, to: number): number[] =>
  upcomingFirings(config, { from, to, count: 1_000_000, all: true, conditions: [name] }).coming.map(({ at }) => at);

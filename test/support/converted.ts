import { loadConfig } from '../../src/config/load.ts';
import type { Converted } from '../../src/convert/document.ts';
import { documentText } from '../../src/convert/document.ts';
import type { ConvertHost } from '../../src/convert/host.ts';
import { type TomlValue, tomlLines } from '../../src/convert/toml.ts';
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
};

const HOST_FS = { isDirectory: HOST.isDirectory, isFile: () => true, platform: 'linux' } as const;

/** Loads what was converted. @throws ConfigError when it is refused */
export const loadConverted = (converted: Converted): Promise<Config> =>
  loadConfig('converted.toml', documentText(converted), registry, HOST_FS);

/** The instants of a condition, wall-clock ms, both ends included, `count` at most. */
export const firingsOf = (config: Config, name: string, from: number, to: number, count = 1_000_000): number[] =>
  upcomingFirings(config, { from, to, count, all: true, conditions: [name] }).coming.map(({ at }) => at);

/** A file with one condition of type `time`. */
export const timeConfig = (specs: readonly { readonly [key: string]: TomlValue }[], zone?: string): Promise<Config> =>
  loadConfig(
    'one.toml',
    [
      '[[task]]\nname = "T"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n',
      `[[condition]]\nname = "C"\ntype = "time"\nrecurring = true\ntasks = ["T"]\n`,
      tomlLines({ time_specifications: specs, ...(zone === undefined ? {} : { timezone: zone }) }),
    ].join('\n'),
    registry,
    HOST_FS,
  );

import { loadConfig } from '../../src/config/load.ts';
import { type Asker, Office } from '../../src/control/office.ts';
import type { Request } from '../../src/control/request.ts';
import type { Machine } from '../../src/items/kind.ts';
import { registry } from '../../src/items/registry.ts';
import type { LogHub } from '../../src/log/log.ts';
import { Daemon, type DaemonOptions, fakeMachine } from './daemon.ts';

/** A command task whose program has its name; it succeeds with status 0. */
export const task = (name: string, more = '') =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = []\nsuccess_status = 0\n${more}\n`;
/** An interval condition. */
export const interval = (name: string, seconds: number, more = 'recurring = true', tasks = '["T"]') =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = ${seconds}\ntasks = ${tasks}\n${more}\n`;
/** A bucket condition with the cli event `Go`. */
export const bucket = (name: string) =>
  `[[condition]]\nname = "${name}"\ntype = "bucket"\nrecurring = true\ntasks = ["T"]\n[[event]]\nname = "Go"\ntype = "cli"\ncondition = "${name}"\n`;

/** One who asks and keeps the parts. */
export const asker = (reads = () => true) => {
  const parts: unknown[] = [];
  const leaving = new AbortController();
  let wake = () => {};
  const one: Asker = {
    part: (part) => reads() && parts.push(part) > 0,
    gone: leaving.signal,
    ready: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
  };
  return { one, parts, leave: () => leaving.abort(), readOn: () => wake() };
};

/** The whole scheduler on virtual time, and who answers questions about it. */
export const office = async (toml: string, options: DaemonOptions = {}, machine: Machine = fakeMachine) => {
  const config = await loadConfig('test.toml', toml, registry, machine);
  const daemon = new Daemon(config, { level: 'info', ...options });
  const { scheduler, journal, records, clock } = daemon;
  const files = new Office({
    ...{ scheduler, journal, config, log: records.log as LogHub, level: options.level ?? 'info', pid: 17 },
    ...{ now: () => clock.wall(), started: clock.wall(), versions: { node: 'v20' }, place: (file) => `/at/${file}` },
  });
  const ask = <T>(request: Request, one = asker().one) => files.answer(request, one) as Promise<T>;
  return { daemon, ask };
};

/** Lets what is ready happen. */
export const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

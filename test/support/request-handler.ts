import { SharedWithPrograms } from '../../src/adapters/lua-shared.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Request, ResponseStream } from '../../src/control/request.ts';
import { RequestHandler } from '../../src/control/request-handler.ts';
import type { HostFs } from '../../src/items/kind.ts';
import { registry } from '../../src/items/registry.ts';
import type { LogHub } from '../../src/log/log.ts';
import { Daemon, type DaemonOptions, fakeMachine } from './daemon.ts';

/** One who asks and keeps the parts. */
export const responseStream = (reads = () => true) => {
  const parts: unknown[] = [];
  const leaving = new AbortController();
  let wake = () => {};
  const one: ResponseStream = {
    send: (part) => reads() && parts.push(part) > 0,
    closed: leaving.signal,
    drained: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
  };
  return { one, parts, leave: () => leaving.abort(), readOn: () => wake() };
};

/** The whole scheduler on virtual time, and who answers questions about it. */
export const requestHandler = async (toml: string, options: DaemonOptions = {}, machine: HostFs = fakeMachine) => {
  const config = await loadConfig('test.toml', toml, registry, machine);
  const daemon = new Daemon(config, { level: 'info', ...options });
  const { scheduler, status: schedulerStatus, history, journal, records, clock } = daemon;
  const handler = new RequestHandler({
    ...{
      scheduler,
      schedulerStatus,
      outputs: daemon.outputs,
      overdue: daemon.overdue,
      refusal: daemon.refusal,
      lateness: daemon.lateness,
      shared: new SharedWithPrograms(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      journal,
      history,
      config,
      log: records.log as LogHub,
      level: options.level ?? 'info',
      pid: 17,
    },
    ...{
      now: () => clock.wall(),
      started: clock.wall(),
      versions: { node: 'v20' },
      environment: { PATH: '/usr/bin', HOME: '/home/ann', API_TOKEN: 'hidden' },
      absolutePath: (file) => `/at/${file}`,
      measure: () => ({ rss: 90_000_000, heapUsed: 12_000_000, loopDelay: 0.5, utilization: 0.01 }),
    },
  });
  const ask = <T>(request: Request, one = responseStream().one) => handler.answer(request, one) as Promise<T>;
  return { daemon, ask };
};

/** Lets what is ready happen. */
export const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

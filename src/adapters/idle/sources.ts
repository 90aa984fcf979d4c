import type { Bus } from '../../core/ports.ts';
import { logindSource, mutterSource, screenSaverSource } from './bus-sources.ts';
import { ioregSource } from './ioreg.ts';
import type { IdleSource } from './source.ts';
import { x11Source } from './x11-source.ts';

/** What the sources are made of. */
export interface IdleSourceOptions {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly bus: Bus;
  /** Milliseconds, from GetLastInputInfo. */
  lastInput(): Promise<number>;
}

/** What can tell the idle time on a platform, best first. */
export const idleSources = ({ platform, environment, bus, lastInput }: IdleSourceOptions): IdleSource[] => {
  if (platform === 'win32') return [{ name: 'GetLastInputInfo', read: lastInput }];
  if (platform === 'darwin') return [ioregSource(), x11Source(environment)];
  return [
    x11Source(environment),
    mutterSource(bus),
    screenSaverSource(bus, () => performance.now()),
    logindSource(bus, environment, {
      wall: () => Date.now(),
      monotonicMicroseconds: () => Number(process.hrtime.bigint() / 1000n),
    }),
  ];
};

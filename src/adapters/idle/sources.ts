import { execFile } from 'node:child_process';
import type { Bus } from '../../core/ports.ts';
import { logindSource, mutterSource, screenSaverSource } from './bus-sources.ts';
import { type IdleSource, SOURCE_MS } from './idle.ts';
import { x11Source } from './x11-source.ts';

/** Runs a program and returns its output. */
type Ask = (program: string, args: readonly string[]) => Promise<string>;

const ask: Ask = (program, args) =>
  new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: SOURCE_MS, encoding: 'utf8' }, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout);
    });
  });

/** The input system of macOS. */
export const ioregSource = (run: Ask = ask): IdleSource => ({
  name: 'ioreg',
  read: async () => {
    const said = await run('/usr/sbin/ioreg', ['-c', 'IOHIDSystem', '-d', '4', '-r']);
    const nanoseconds = /"HIDIdleTime"\s*=\s*(\d+)/.exec(said)?.[1];
    if (nanoseconds === undefined) throw new Error('it says nothing about HIDIdleTime');
    return Number(BigInt(nanoseconds) / 1_000_000n);
  },
});

/** What the sources are made of. */
export interface IdleSourceOptions {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly bus: Bus;
  /** Milliseconds, from GetLastInputInfo. */
  lastInput(): Promise<number>;
}

/** The sources of the idle time on a platform, best first. */
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

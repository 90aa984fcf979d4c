import { execFile } from 'node:child_process';
import { type IdleSource, SOURCE_MS } from './source.ts';

/** Runs a program and answers what it says. */
export type Ask = (program: string, args: readonly string[]) => Promise<string>;

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

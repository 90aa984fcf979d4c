import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createProcesses } from '../../src/adapters/processes.ts';
import type { ProcessRequest } from '../../src/core/ports.ts';

const processes = createProcesses();
const run = (command: string, args: readonly string[], more: Partial<ProcessRequest> = {}) =>
  processes.run({
    ...{ command, args, cwd: tmpdir(), inheritEnvironment: true, variables: {}, timeoutSeconds: 0, measure: true },
    ...more,
  });
const node = (script: string, more: Partial<ProcessRequest> = {}) => run(process.execPath, ['-e', script], more);

/** Takes at least 300 ms of the processor. */
const BURN = 'while (process.cpuUsage().user + process.cpuUsage().system < 300e3);';

describe.runIf(process.platform === 'linux')('what a process used', () => {
  test('the processor time of a process is known when it has ended', async () => {
    const { end, usage } = await node(BURN);
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(usage?.cpuMs).toBeGreaterThanOrEqual(270);
    expect(usage?.cpuMs).toBeLessThan(1500);
  });

  test('the processor time of the children that it waited for counts', async () => {
    const { usage } = await run('sh', ['-c', '"$1" -e "$2"; :', 'sh', process.execPath, BURN]);
    expect(usage?.cpuMs).toBeGreaterThanOrEqual(270);
  });

  test('a process that waits takes none', async () => {
    const { usage } = await run('sleep', ['0.3']);
    expect(usage?.cpuMs).toBeLessThan(100);
  });

  test('the peak of memory is what the process had at most', async () => {
    const script = 'const b = Buffer.alloc(50e6, 1); setTimeout(() => b, 800);';
    const [small, large] = [await node('setTimeout(() => {}, 200)'), await node(script)];
    expect(large.usage!.peakBytes! - small.usage!.peakBytes!).toBeGreaterThan(45e6);
    expect(large.usage!.peakBytes! - small.usage!.peakBytes!).toBeLessThan(90e6);
  });

  test('the memory of what the process started counts where it is greater than its own', async () => {
    const hold = 'const b = Buffer.alloc(50e6, 1); setTimeout(() => b, 800);';
    const { usage } = await run('sh', ['-c', '"$1" -e "$2"; :', 'sh', process.execPath, hold]);
    expect(usage?.peakBytes).toBeGreaterThan(50e6);
  });

  test('a process that is ended at its time limit tells what it used until then', async () => {
    const { end, usage } = await node('for (;;);', { timeoutSeconds: 1.5 });
    expect(end).toEqual({ how: 'timeout' });
    expect(usage?.cpuMs).toBeGreaterThan(100);
  });

  test('a program in the background that holds the pipes leaves what was seen before', async () => {
    const { usage } = await run('sh', ['-c', 'sleep 1 & sleep 0.2']);
    expect(usage?.peakBytes).toBeGreaterThan(0);
  });

  test('nothing is told when nobody asks', async () => {
    const { end, usage } = await processes.run({
      ...{
        command: 'sleep',
        args: ['0.05'],
        cwd: tmpdir(),
        inheritEnvironment: true,
        variables: {},
        timeoutSeconds: 0,
      },
    });
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(usage).toBeUndefined();
  });

  test('a program that could not be started has used nothing', async () => {
    const { end, usage } = await run('no-such-program-anywhere', []);
    expect(end.how).toBe('not-started');
    expect(usage).toBeUndefined();
  });

  test('a process that is over before the first look tells its time all the same, and does not hold up anything', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => run('true', [])));
    expect(all.map(({ end }) => end)).toEqual(all.map(() => ({ how: 'exit', code: 0 })));
    expect(all.some(({ usage }) => usage?.cpuMs !== undefined)).toBe(true);
  });
});

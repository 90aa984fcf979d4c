import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReconnectingBus } from '../../src/adapters/bus/bus.ts';
import { measureUsage } from '../../src/adapters/process-usage.ts';
import { createWmi } from '../../src/adapters/wmi/wmi.ts';
import { parseRule } from '../../src/items/common/match-rule.ts';

const fs = vi.hoisted(() => ({ stat: undefined as (() => string) | undefined }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const readFileSync = (path: string, ...rest: []) => fs.stat?.() ?? real.readFileSync(path, ...rest);
  return { ...real, default: real, readFileSync };
});

const BACK_OFF = { firstMs: 1, mostMs: 2 };

describe('What throws once does not end a watch', () => {
  /** What was thrown where no caller is. */
  let errors: string[] = [];
  let others: NodeJS.UncaughtExceptionListener[] = [];
  const heard = (error: Error) => errors.push(error.message);
  beforeEach(() => {
    errors = [];
    others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', heard);
  });
  afterEach(() => {
    process.off('uncaughtException', heard);
    for (const listener of others) process.on('uncaughtException', listener);
    fs.stat = undefined;
    vi.useRealTimers();
  });

  test.runIf(process.platform === 'linux')(
    'The usage of a command is looked at again after a look that failed.',
    () => {
      vi.useFakeTimers();
      let looks = 0;
      fs.stat = () => {
        looks += 1;
        if (looks === 1) return 0 as unknown as string;
        return `1 (x) ${Array.from({ length: 40 }, () => '7').join(' ')}`;
      };
      const meter = measureUsage(1)!;
      expect(() => vi.advanceTimersByTime(2)).toThrow();
      expect([looks, meter.usage]).toEqual([1, undefined]);
      vi.advanceTimersByTime(10);
      expect(meter.usage).toEqual({ cpuMs: 280 });
      meter.stop();
    },
  );

  test('A bus is tried again when a subscriber fails at its loss, and the other subscribers hear of it.', async () => {
    let tries = 0;
    const line = new ReconnectingBus(() => {
      tries += 1;
      throw new Error('no bus');
    }, BACK_OFF);
    const said: string[] = [];
    const listener = (lost: (reason: string) => void) => ({ subscribed: () => {}, message: () => {}, lost });
    const rule = parseRule("type='signal'");
    const bad = line.subscribe(
      rule,
      listener(() => {
        said.push('bad');
        throw new Error('a bug');
      }),
    );
    const good = line.subscribe(
      rule,
      listener((reason) => said.push(reason)),
    );
    await Promise.all([bad.ready, good.ready]);
    await expect.poll(() => tries).toBeGreaterThan(3);
    expect(said.filter((one) => one === 'bad')).toHaveLength(1);
    for (const one of [bad, good]) one.close();
    line.close();
  });

  test('Subscriptions of WMI are made again when a subscriber fails at the end of the bridge.', async () => {
    const bridge = fileURLToPath(new URL('../desktop/support/wmi-bridge.mjs', import.meta.url));
    const wmi = createWmi({ program: process.execPath, args: [bridge] }, BACK_OFF);
    const times = [0, 0];
    const subscriptions = [0, 1].map((i) =>
      wmi.subscribe(undefined, 'mortal', {
        subscribed: () => {
          times[i]! += 1;
        },
        notified: () => {},
        failed: () => {
          if (i === 0) throw new Error('a bug');
        },
      }),
    );
    await expect.poll(() => Math.min(...times), { timeout: 10_000 }).toBeGreaterThan(2);
    expect(errors).toContain('a bug');
    for (const one of subscriptions) one.close();
    wmi.close();
  });
});

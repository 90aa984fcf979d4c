import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import type { Clock } from '../../src/core/ports.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A clock under test, and how its time is made to pass. */
interface Setup {
  readonly clock: Clock;
  /** Lets so many ms pass; on a real clock, nothing has to be done for it. */
  pass(ms: number): Promise<void>;
}

const virtual = (): Setup => {
  const clock = new VirtualClock(1_700_000_000_000);
  return { clock, pass: (ms) => clock.advance(ms) };
};
const real = (): Setup => ({ clock: systemClock, pass: (ms) => systemClock.sleep(ms) });

for (const [name, setUp] of [
  ['the system clock', real],
  ['the virtual clock', virtual],
] as const) {
  describe(name, () => {
    test('a sleep is over after its time, and not before', async () => {
      const { clock, pass } = setUp();
      const began = clock.mono();
      let woke: number | undefined;
      const sleep = clock.sleep(40).then(() => {
        woke = clock.mono();
      });
      await pass(120);
      await sleep;
      expect(woke! - began).toBeGreaterThanOrEqual(40);
      // A busy machine wakes a real sleeper late.
      expect(woke! - began).toBeLessThan(name === 'the virtual clock' ? 41 : 10_000);
    });

    test('sleepers wake in the order of their instants', async () => {
      const { clock, pass } = setUp();
      const order: string[] = [];
      const all = Promise.all([
        clock.sleep(90).then(() => order.push('late')),
        clock.sleep(5).then(() => order.push('early')),
        clock.sleep(45).then(() => order.push('middle')),
      ]);
      await pass(150);
      await all;
      expect(order).toEqual(['early', 'middle', 'late']);
    });

    test('an abort ends a sleep at once, without an error', async () => {
      const { clock } = setUp();
      const abort = new AbortController();
      const sleep = clock.sleep(60_000, abort.signal);
      abort.abort();
      await sleep;
    });

    test('a sleep with a signal that is aborted already does not begin', async () => {
      const { clock } = setUp();
      await clock.sleep(60_000, AbortSignal.abort());
    });

    test('a sleep that wakes leaves no listener with its signal', async () => {
      const { clock, pass } = setUp();
      const abort = new AbortController();
      let listening = 0;
      const { signal } = abort;
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      signal.addEventListener = ((...args: Parameters<typeof add>) => {
        listening += 1;
        add(...args);
      }) as typeof add;
      signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
        listening -= 1;
        remove(...args);
      }) as typeof remove;
      const sleeps = [clock.sleep(1, signal), clock.sleep(2, signal)];
      expect(listening).toBe(2);
      await pass(30);
      await Promise.all(sleeps);
      expect(listening).toBe(0);
    });

    test('a sleep of no time, or less, is over at once', async () => {
      const { clock, pass } = setUp();
      const sleeps = Promise.all([clock.sleep(0), clock.sleep(-5)]);
      await pass(20);
      await sleeps;
    });

    test('a sleep longer than a timer can count does not end early', async () => {
      const { clock, pass } = setUp();
      const abort = new AbortController();
      let woke = false;
      const sleep = clock.sleep(2 ** 31 + 1000, abort.signal).then(() => {
        woke = true;
      });
      await pass(60);
      expect(woke).toBe(false);
      abort.abort();
      await sleep;
      expect(woke).toBe(true);
    });

    test('the monotonic clock never goes back, and both clocks go on together', async () => {
      const { clock, pass } = setUp();
      /** The wall clock, and the monotonic one before and after it was read. */
      const read = () => [clock.mono(), clock.wall(), clock.mono()] as const;
      const [before, wall, after] = read();
      await pass(50);
      const [earliest, later, latest] = read();
      expect(earliest - after).toBeGreaterThanOrEqual(49);
      expect(later - wall).toBeGreaterThan(earliest - after - 15);
      expect(later - wall).toBeLessThan(latest - before + 15);
    });

    test('a turn lets everything that is ready go first', async () => {
      const { clock, pass } = setUp();
      const order: string[] = [];
      const turn = clock.turn().then(() => order.push('turn'));
      queueMicrotask(() => order.push('ready'));
      await pass(1);
      await turn;
      expect(order).toEqual(['ready', 'turn']);
    });
  });
}

describe('the virtual clock, moreover', () => {
  test('setting the wall clock leaves the monotonic one and the sleepers alone', async () => {
    const clock = new VirtualClock(1_700_000_000_000);
    let woke = false;
    void clock.sleep(1000).then(() => {
      woke = true;
    });
    clock.stepWall(-3_600_000);
    expect(clock.wall()).toBe(1_700_000_000_000 - 3_600_000);
    await clock.advance(999);
    expect(woke).toBe(false);
    await clock.advance(1);
    await clock.settle();
    expect(woke).toBe(true);
  });

  test('a sleep begun by one who has just woken is woken in the same advance, at its own instant', async () => {
    const clock = new VirtualClock(0);
    const instants: number[] = [];
    const began = clock.mono();
    void (async () => {
      for (let i = 0; i < 4; i++) {
        await clock.sleep(10);
        instants.push(clock.mono() - began);
      }
    })();
    await clock.advance(35);
    expect(instants).toEqual([10, 20, 30]);
    expect(clock.mono() - began).toBe(35);
  });
});

import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/core/ports.ts';
import { Ticker } from '../../src/core/ticker.ts';

const START = 1_700_000_000_300;
/** What one turn of the event loop takes, in ms. */
const TURN_MS = 0.25;

/** A clock whose sleeps end late, as timers do; each wait passes at once. */
const lateClock = (lateMs: number, leadMs?: number) => {
  let mono = 5000;
  const seen = { turns: 0, sleeps: [] as number[] };
  const clock: Clock = {
    wall: () => START + Math.floor(mono - 5000),
    mono: () => mono,
    sleep: async (ms) => {
      seen.sleeps.push(ms);
      mono += ms + lateMs;
    },
    turn: async () => {
      seen.turns += 1;
      mono += TURN_MS;
    },
    ...(leadMs === undefined ? {} : { leadMs }),
  };
  return { clock, seen, pass: (ms: number) => (mono += ms) };
};

const everyTick = (clock: Clock, tickMs = 1000) => new Ticker(clock, tickMs, () => 0, []);

describe('the ticks', () => {
  test('A tick begins on time although timers are late.', async () => {
    const { clock, seen } = lateClock(1.5, 2);
    const pulse = everyTick(clock);
    for (let tick = 1; tick <= 5; tick++) {
      const beat = await pulse.next();
      expect(beat?.wall).toBe(1_700_000_000_000 + tick * 1000);
      expect(clock.wall() - beat!.wall).toBe(0);
      pulse.done();
    }
    expect(seen.sleeps).toHaveLength(5);
  });

  test('What is waited for awake is no longer than the lead of the clock.', async () => {
    const { clock, seen } = lateClock(0, 2);
    const pulse = everyTick(clock);
    await pulse.next();
    expect(seen.turns).toBeGreaterThan(0);
    expect(seen.turns * TURN_MS).toBeLessThanOrEqual(2);
  });

  test('A tick that nobody was up for is late, and still the tick it was meant to be.', async () => {
    const { clock, seen } = lateClock(40, 2);
    const beat = await everyTick(clock).next();
    expect(beat?.wall).toBe(1_700_000_001_000);
    expect(clock.wall() - beat!.wall).toBe(38);
    expect(clock.mono() - beat!.mono).toBe(38);
    expect(seen.turns).toBe(0);
  });

  test('A daemon with nothing to do sleeps: it is up once a minute.', async () => {
    const { clock, seen } = lateClock(0, 2);
    const pulse = new Ticker(clock, 1000, () => Number.POSITIVE_INFINITY, []);
    const beat = await pulse.next();
    expect(beat!.wall - START).toBeGreaterThanOrEqual(60_000);
    expect(seen.sleeps).toHaveLength(2);
    expect(seen.turns * TURN_MS).toBeLessThanOrEqual(2);
  });

  test('A clock whose sleeps end on time needs no turns.', async () => {
    const { clock, seen } = lateClock(0);
    const beat = await everyTick(clock).next();
    expect(clock.wall()).toBe(beat!.wall);
    expect(seen).toEqual({ turns: 0, sleeps: [700] });
  });

  test('Ticks that were lost are skipped, not bunched.', async () => {
    const { clock, pass } = lateClock(0, 2);
    const pulse = everyTick(clock);
    await pulse.next();
    pass(3400);
    pulse.done();
    const beat = await pulse.next();
    expect(beat?.wall).toBe(1_700_000_005_000);
  });
});

import { describe, expect, test } from 'vitest';
import { begin, runs, told } from './story.ts';

const HOURLY = 'time_specifications = [{}]';
const MINUTELY = 'time_specifications = [{ cron = "* * * * *" }]';
const START = '2026-03-02T11:50:00Z';

describe('catch_up', () => {
  const slept = async (keys: string, asleepSeconds: number, then = 600) => {
    const d = await begin(START, `${HOURLY}\n${keys}`);
    await d.advance(30);
    d.clock.freeze(asleepSeconds * 1000);
    await d.advance(then);
    return d;
  };

  test('"skip" makes up for nothing and is the default.', async () => {
    expect(runs(await slept('catch_up = "skip"', 4 * 3600))).toEqual(runs(await slept('', 4 * 3600)));
    expect(runs(await slept('', 4 * 3600))).toEqual(['02 16:00:00']);
  });

  test('"once" runs once for all misses, which are told all the same.', async () => {
    const d = await slept('catch_up = "once"', 4 * 3600);
    expect(runs(d)).toEqual(['02 15:50:30', '02 16:00:00']);
    expect(told(d).filter((line) => line.startsWith('warn missed 4 instants'))).toHaveLength(1);
  });

  test('"once" makes no second run when an instant fires at the same look.', async () => {
    expect(runs(await slept('catch_up = "once"', 4 * 3600 + 600, 100))).toEqual(['02 16:00:30']);
  });

  test('"all" runs once for each miss, one after the other.', async () => {
    const d = await slept('catch_up = "all"', 4 * 3600, 100);
    expect(runs(d)).toEqual(['02 15:50:30', '02 15:50:35', '02 15:50:40', '02 15:50:45']);
  });

  test('catch_up_limit leaves out misses that are older; its default is a day.', async () => {
    expect(runs(await slept('catch_up = "all"\ncatch_up_limit = 7200', 4 * 3600, 100))).toHaveLength(2);
    expect(runs(await slept('catch_up = "once"\ncatch_up_limit = 60', 4 * 3600, 100))).toHaveLength(0);
    expect(runs(await slept('catch_up = "all"', 72 * 3600, 300))).toHaveLength(24);
  });

  test('"all" makes up for 100 misses at the most.', async () => {
    const d = await begin(START, `${MINUTELY}\ncatch_up = "all"`);
    await d.advance(30);
    d.clock.freeze(6 * 3_600_000);
    await d.advance(25);
    expect(told(d).at(-1)).toBe('info cron "* * * * *" is 30 s late');
    await d.advance(900);
    // A hundred, and the regular ones: the late one, and those of fifteen minutes.
    expect(runs(d)).toHaveLength(100 + 1 + 15);
  });
});

describe('pause and suspension', () => {
  test('Nothing fires for an instant while the scheduler is paused, not even soon after.', async () => {
    const d = await begin(START, HOURLY);
    await d.advance(580);
    await d.submit('pause');
    await d.advance(30);
    await d.submit('resume');
    await d.advance(4000);
    expect(runs(d)).toEqual(['02 13:00:00']);
    expect(told(d)).toEqual(['info instants during a pause or suspension, not fired: 1']);
  });

  test('An instant just before a pause, or between two pauses, is not lost with them.', async () => {
    const d = await begin(
      START,
      'time_specifications = [{ minute = 51, second = 2 }, { minute = 51, second = 31 }]',
      60,
    );
    await d.advance(65);
    await d.submit('pause');
    await d.advance(15);
    await d.submit('resume');
    await d.advance(15);
    await d.submit('pause');
    await d.advance(5);
    await d.submit('resume');
    await d.advance(60);
    expect(runs(d)).toEqual(['02 11:52:00']);
    expect(told(d)).toEqual([]);
  });

  test('Nothing fires for an instant while its condition is suspended.', async () => {
    const d = await begin(START, HOURLY);
    await d.submit('suspend_condition C');
    await d.advance(620);
    await d.submit('resume_condition C');
    await d.advance(3600);
    expect(runs(d)).toEqual(['02 13:00:00']);
    expect(told(d)).toEqual(['info instants during a pause or suspension, not fired: 1']);
  });

  test('With catch_up the instants of a pause or a suspension are misses that are made up for.', async () => {
    for (const [stop, go] of [
      ['pause', 'resume'],
      ['suspend_condition C', 'resume_condition C'],
    ] as const) {
      const d = await begin(START, `${HOURLY}\ncatch_up = "all"`);
      await d.submit(stop);
      await d.advance(2 * 3600);
      await d.submit(go);
      await d.advance(60);
      expect(runs(d)).toEqual(['02 13:50:05', '02 13:50:10']);
      expect(told(d).filter((line) => line.startsWith('warn missed 2 instants'))).toHaveLength(1);
    }
  });

  test('A reset begins anew: what was owed or held back is forgotten.', async () => {
    const d = await begin(START, `${HOURLY}\ncatch_up = "all"`);
    await d.advance(30);
    d.clock.freeze(8 * 3_600_000);
    await d.advance(3);
    await d.submit('reset_conditions C');
    await d.advance(60);
    expect(runs(d).length).toBeLessThanOrEqual(1);
  });
});

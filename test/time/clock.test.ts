import { describe, expect, test } from 'vitest';
import type { Daemon } from '../support/daemon.ts';
import { told as all, begin, runs } from './story.ts';

const HOURLY = 'time_specifications = [{}]';
const START = '2026-03-02T11:50:00Z';
const HOUR = 3_600_000;

/** What the condition told of its instants, at info and above. */
const told = (d: Daemon): string[] => all(d).filter((line) => /^(info|warn)/.test(line));
/** The WARN records about the clock. */
const warned = (d: Daemon): string[] =>
  d.records.all.filter(({ level, message }) => level === 'warn' && /clock/.test(message)).map(({ message }) => message);
/** What explain shows of the condition: the reasons of its story that speak of the clock. */
const explained = (d: Daemon): string[] =>
  d.journal
    .story('condition/C')
    .map(({ why }) => why)
    .filter((why) => why.includes('clock'));

describe.each(['info', 'debug', 'trace'] as const)('a clock that is set back, at level %s', (level) => {
  const start = (at: string, keys = HOURLY, tick = 5) => begin(at, keys, tick, { level });

  test('A clock set back never repeats an instant that has fired; one WARN record says so, and explain knows it.', async () => {
    const d = await start(START);
    await d.advance(700);
    d.clock.stepWall(-1_800_000);
    await d.advance(5400);
    expect(runs(d)).toEqual(['02 12:00:00', '02 13:00:00']);
    expect(warned(d)).toEqual([
      expect.stringMatching(
        /^the clock was set back by 30 min, from 12:01:4\d to 11:31:4\d: time conditions count by the new time, and instants that have fired do not fire again$/,
      ),
    ]);
    expect(explained(d)).toEqual([
      'the clock was set back by 30 min: every hour at 2026-03-02 12:00:00 has fired and does not fire again; not due until 13:00:00',
    ]);
  });

  test('Started with a clock that is two hours ahead and then corrected, what has not fired is not silenced.', async () => {
    for (const ahead of [2 * HOUR, 1.5 * HOUR, 2.9 * HOUR]) {
      const d = await start(
        new Date(Date.parse(START) + ahead).toISOString(),
        'time_specifications = [{ cron = "*/10 * * * *" }]',
      );
      await d.advance(2);
      d.clock.stepWall(-ahead);
      await d.advance(3 * 3600);
      expect(runs(d)).toHaveLength(18 + 1 - 1);
      expect(runs(d)[0]).toBe('02 12:00:00');
      expect(warned(d)).toHaveLength(1);
      expect(explained(d)).toHaveLength(1);
      expect(told(d)).toEqual([]);
    }
  });

  test('What counts as done is what has fired, for each condition: only that is left out.', async () => {
    // Two hours ahead, and corrected after 13:50:00, at which the second condition would fire in 5 minutes.
    const d = await start('2026-03-02T13:45:00Z', 'time_specifications = [{ minute = 50 }, { minute = 55 }]');
    await d.advance(420);
    expect(runs(d)).toEqual(['02 13:50:00']);
    d.clock.stepWall(-2 * HOUR);
    await d.advance(2.5 * 3600);
    expect(runs(d).slice(1)).toEqual([
      ...['02 11:55:00', '02 12:50:00', '02 12:55:00'],
      // 13:50 has fired.
      ...['02 13:55:00'],
    ]);
  });

  test('A clock that was ahead for a while silences nothing later than the start and the time since.', async () => {
    for (const ahead of [1 * HOUR, 2 * HOUR, 3 * HOUR]) {
      const d = await start('2026-03-02T10:10:00Z', 'time_specifications = [{ minute = 30 }]');
      await d.advance(600);
      d.clock.stepWall(ahead);
      await d.advance(1200);
      const before = runs(d).length;
      d.clock.stepWall(-ahead);
      await d.advance(5 * 3600);
      // 10:30 came while the clock was ahead, and was noticed when it was right again.
      expect(runs(d).slice(before)).toEqual(
        expect.arrayContaining(['02 11:30:00', '02 12:30:00', '02 13:30:00', '02 14:30:00']),
      );
      expect(warned(d)).toHaveLength(2);
    }
  });

  test('More than 3 hours is a correction: the new time counts at once, also for what has fired.', async () => {
    for (const back of [3.5 * HOUR, 72 * HOUR, 365 * 24 * HOUR]) {
      const d = await start('2027-03-02T11:50:00Z');
      await d.advance(700);
      d.clock.stepWall(-back);
      await d.advance(5 * 3600);
      expect(d.processes.runs.length).toBeGreaterThanOrEqual(1 + 5 - 1);
      expect(warned(d)).toEqual([
        expect.stringContaining('that is a correction, time conditions count from the new time at once'),
      ]);
      expect(explained(d)).toEqual([
        expect.stringContaining('which is a correction: its instants count from the new time at once'),
      ]);
    }
  });

  test('A year that was over is to come again when the clock was wrong.', async () => {
    const d = await start('2027-03-02T11:50:00Z', 'time_specifications = [{ year = 2026, minute = 0 }]');
    await d.advance(60);
    d.clock.stepWall(-365 * 24 * HOUR);
    await d.advance(3600);
    expect(runs(d)).toEqual(['02 12:00:00']);
  });

  test('A busy condition takes notice as well: what came in the new time meanwhile fires when it is free.', async () => {
    const d = await begin('2026-03-02T13:59:00Z', HOURLY, 5, {
      level,
      processes: { t: [{ seconds: 600 }, { seconds: 0 }] },
    });
    await d.advance(120);
    d.clock.stepWall(-7200_000 - 65_000);
    await d.advance(600);
    // 12:00:00 came 5 s after the clock was set, and is missed by more than a minute.
    expect(told(d)).toEqual([expect.stringMatching(/^warn missed every hour at Mon Mar 02 2026 12:00:00/)]);
    expect(explained(d)).toHaveLength(1);
    await d.advance(3600);
    expect(runs(d).slice(1)).toEqual(['02 13:00:00']);
  });

  test('A pause before the clock was set back stops nothing after it.', async () => {
    const d = await start(START);
    await d.advance(500);
    await d.submit('pause');
    await d.advance(240);
    await d.submit('resume');
    d.clock.stepWall(-900_000);
    await d.advance(3600);
    expect(runs(d)).toEqual(['02 12:00:00']);
    expect(told(d)).toEqual([]);
  });

  test('In a pause the new time counts as well.', async () => {
    const d = await start('2026-03-02T13:50:00Z');
    await d.submit('pause');
    await d.advance(60);
    d.clock.stepWall(-2 * HOUR);
    await d.advance(700);
    await d.submit('resume');
    await d.advance(3600);
    expect(runs(d)).toEqual(['02 13:00:00']);
    expect(warned(d)).toHaveLength(1);
    expect(told(d)).toEqual(['info instants during a pause or suspension, not fired: 1']);
  });
});

describe('a clock that is set forward', () => {
  test('One WARN record says by how much, and explain knows it, with what was missed.', async () => {
    const d = await begin(START, HOURLY);
    await d.advance(300);
    d.clock.stepWall(2 * HOUR);
    await d.advance(30);
    expect(warned(d)).toEqual([
      'the clock was set forward by 2 h 00 min, from 11:55:05 to 13:55:05: time conditions count by the new time, and catch_up says what becomes of the instants between',
    ]);
    expect(explained(d)).toEqual([
      'the clock was set forward by 2 h 00 min: its instants count by the new time; it is due',
      '2 instants came and went when the clock was set forward by 2 h 00 min, the last one every hour at 2026-03-02 13:00:00',
    ]);
    await d.advance(3600);
    expect(runs(d)).toEqual(['02 14:00:00']);
    expect(warned(d)).toHaveLength(1);
  });

  test('What catch_up makes up for is said as well.', async () => {
    const d = await begin(START, `${HOURLY}\ncatch_up = "once"`);
    await d.advance(300);
    d.clock.stepWall(2 * HOUR);
    await d.advance(30);
    expect(runs(d)).toEqual(['02 13:55:05']);
    expect(explained(d).at(-1)).toContain('that is made up for');
  });

  test('Time asleep is not a clock that was set.', async () => {
    const d = await begin(START, HOURLY);
    await d.advance(300);
    // The monotonic clock stands still meanwhile, what counts the time asleep does not.
    let asleep = 0;
    Object.assign(d.clock, { elapsed: () => d.clock.mono() + asleep });
    asleep = 2 * HOUR;
    d.clock.stepWall(asleep);
    await d.advance(30);
    expect(warned(d)).toEqual([]);
    d.clock.stepWall(HOUR);
    await d.advance(30);
    expect(warned(d)).toEqual([expect.stringContaining('the clock was set forward by 1 h 00 min')]);
  });
});

test('A clock that is moved by less than a second is not said to be set.', async () => {
  const d = await begin(START, HOURLY);
  for (let i = 0; i < 20; i++) {
    await d.advance(61);
    d.clock.stepWall(-900);
  }
  await d.advance(3600);
  expect(warned(d)).toEqual([]);
  expect(runs(d)).toEqual(['02 12:00:00', '02 13:00:00']);
});

test('How long it has run goes by no clock that can be set.', async () => {
  const d = await begin(START, HOURLY);
  await d.advance(600);
  d.clock.stepWall(-2 * HOUR);
  expect(d.scheduler.age).toBe(600_000);
  await d.advance(600);
  d.clock.stepWall(5 * HOUR);
  await d.advance(10);
  expect(d.scheduler.age).toBe(1_210_000);
});

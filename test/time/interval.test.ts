import { describe, expect, test } from 'vitest';
import { upcomingFirings } from '../../src/forecast/upcoming-firings.ts';
import { alignedEnds } from '../../src/items/common/aligned-interval.ts';
import { loadOn } from '../desktop/support/item.ts';
import { load } from '../support/daemon.ts';

import { WallClock } from './oracle.ts';
import { begin, file, runs, told } from './story.ts';

const DAY = 86_400;
const exits = (seconds: number) => ({ end: { how: 'exit', code: 0 } as const, seconds });

/** The ends of an interval in `(from, to]`, seconds since 1970, found by looking at the clock of a zone every second. */
const slowEnds = (seconds: number, clock: WallClock, from: number, to: number): number[] => {
  const isEnd = (shown: number) => (((shown % DAY) + DAY) % DAY) % seconds === 0;
  const found: number[] = [];
  let latest = clock.read(from - 26 * 3600);
  for (let at = from - 26 * 3600 + 1; at <= to; at++) {
    const ahead = clock.ahead(at);
    const shown = ahead === undefined ? clock.read(at) : at + ahead;
    let hit = isEnd(shown) && (shown > latest || seconds <= 3600);
    // What the clock leaves out comes when it goes on, if the interval is longer than an hour.
    for (let left = latest + 1; left < shown && seconds > 3600; left++) hit ||= isEnd(left);
    latest = Math.max(latest, shown);
    if (hit && at > from) found.push(at);
  }
  return found;
};

const instants = (ends: ReturnType<typeof alignedEnds>, from: number, to: number): number[] => {
  const found: number[] = [];
  for (const { at } of ends.firings(from * 1000)) {
    if (at > to * 1000) return found;
    found.push(at / 1000);
  }
  return found;
};

describe('align', () => {
  test.each([
    ['Europe/Rome', 2026],
    ['America/Havana', 2026],
    ['Africa/Cairo', 2026],
    ['Australia/Lord_Howe', 2026],
    ['Pacific/Apia', 2011],
  ])('In %s the ends are those that the clock shows, second by second, also when it is set.', (zone, year) => {
    const clock = new WallClock(zone);
    const settings = clock.settings(Date.UTC(year, 0, 1) / 1000, Date.UTC(year + 1, 0, 1) / 1000);
    expect(settings.length).toBeGreaterThanOrEqual(2);
    for (const setting of settings)
      for (const seconds of [420, 2700, 3600, 3601, 5400, 25_200, DAY]) {
        const ends = alignedEnds(seconds * 1000, zone);
        const [from, to] = [setting - 20 * 3600, setting + 28 * 3600];
        const expected = slowEnds(seconds, clock, from, to);
        expect(instants(ends, from, to), `${zone}, every ${seconds} s`).toEqual(expected);
        expect(ends.count(from * 1000, to * 1000), `${zone}, every ${seconds} s`).toBe(expected.length);
      }
  });

  test('An aligned interval ends at the multiples since midnight, whenever the program has started.', async () => {
    const keys = 'type = "interval"\ninterval = "7 h"\nalign = true';
    const d = await begin('2026-03-02T05:11:12Z', keys, 5);
    await d.advance(2 * DAY);
    expect(runs(d)).toEqual(
      ['02 07', '02 14', '02 21', '03 00', '03 07', '03 14', '03 21', '04 00'].map((time) => `${time}:00:00`),
    );
    expect(told(d)).toEqual([]);
  });

  test('An end of an aligned interval that is missed is reported and left out.', async () => {
    const d = await begin('2026-03-02T05:00:00Z', 'type = "interval"\ninterval_seconds = 1800\nalign = true', 5);
    await d.advance(1800);
    d.clock.freeze(3_500_000);
    await d.advance(3600);
    expect(runs(d).map((time) => time.slice(3))).toEqual(['05:30:00', '06:30:00', '07:00:00']);
    expect(told(d)[0]).toContain('warn missed multiple of 30 min since midnight');
  });
});

describe('start = "at once"', () => {
  test.each(['', '\nalign = true', '\nafter_end = true'])(
    'It is true at the first tick, after a reset again, and not after a resume or an equal reload%s.',
    async (more) => {
      const d = await begin('2026-03-02T12:00:01Z', `type = "interval"\ninterval = "10m"\nstart = "at once"${more}`, 5);
      await d.advance(60);
      await d.submit('configure same');
      await d.advance(10);
      await d.submit('reset_conditions C');
      await d.advance(60);
      await d.submit('suspend_condition C');
      await d.submit('resume_condition C');
      await d.advance(60);
      expect(runs(d)).toEqual(['02 12:00:05', '02 12:01:15']);
    },
  );

  test('The first end comes one interval after the start.', async () => {
    const d = await begin('2026-03-02T12:00:01Z', 'type = "interval"\ninterval = "1 min"\nstart = "at once"', 1);
    await d.advance(130);
    expect(runs(d)).toEqual(['02 12:00:02', '02 12:01:01', '02 12:02:01']);
  });

  test('A clock that is set back does not repeat the start of an aligned interval.', async () => {
    const d = await begin(
      '2026-03-02T12:01:00Z',
      'type = "interval"\ninterval = "1 h"\nalign = true\nstart = "at once"',
      1,
    );
    await d.advance(60);
    d.clock.stepWall(-7200_000);
    await d.advance(3 * 3600);
    expect(runs(d)[0]).toBe('02 12:01:01');
    expect(runs(d).filter((time) => time.endsWith('01:01'))).toHaveLength(1);
  });
});

describe('after_end', () => {
  const KEYS = 'type = "interval"\ninterval = "1 min"\nafter_end = true';
  test('The interval is counted from the end of each run.', async () => {
    const d = await begin('2026-03-02T12:00:00Z', KEYS, 1, { processes: { t: [exits(90), exits(0), exits(10)] } });
    await d.advance(420);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['01:00', '03:30', '04:30', '05:40', '06:50']);
  });

  test('A run by a command counts, and a restart of the interval by a reload waits for the run.', async () => {
    const d = await begin('2026-03-02T12:00:00Z', KEYS, 1, {
      processes: { t: [exits(20), exits(90), exits(0)] },
      files: { other: file(KEYS.replace('1 min', '2 min'), 1) },
    });
    await d.advance(30);
    await d.submit('run C');
    await d.advance(90);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['00:30', '01:50']);
    await d.submit('configure other');
    await d.advance(300);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['00:30', '01:50', '05:20']);
  });

  test('A firing that a guard holds back does not stop it.', async () => {
    const d = await begin(
      '2026-03-02T12:00:00Z',
      `${KEYS}\nonly_when = ["G"]\nhold_seconds = 5
       [[condition]]\nname = "G"\ntype = "time"\nbetween = [12:02:30, 13:00:00]`,
      1,
    );
    await d.advance(250);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['03:00', '04:00']);
  });

  test('The end of the last attempt is the end of the run, and a pause meanwhile loses nothing.', async () => {
    const toml = file(KEYS, 1).replace(
      'command_arguments',
      'retries = 1, retry_delay_seconds = 30, success_status = 0, command_arguments',
    );
    const bad = { end: { how: 'exit', code: 1 } as const, seconds: 0 };
    const d = await begin('2026-03-02T12:00:00Z', KEYS, 1, {
      processes: { t: [bad, exits(0)] },
      files: { retries: toml },
    });
    await d.submit('configure retries');
    await d.advance(160);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['01:00', '02:30']);
    await d.submit('pause');
    await d.advance(300);
    await d.submit('resume');
    await d.advance(70);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['01:00', '02:30', '07:41', '08:41']);
  });
});

describe('what is foreseen', () => {
  test('is what the scheduler does: all ends, and of one that counts from the end of a run the first firing.', async () => {
    for (const keys of [
      'interval = "45m"\nstart = "at once"',
      'interval = "45m"\nalign = true',
      'interval = "45m"\nalign = true\nstart = "at once"',
      'interval = "45m"\nafter_end = true',
      'interval = "45m"\nafter_end = true\nstart = "at once"',
    ]) {
      const start = '2026-03-02T12:01:00Z';
      const d = await begin(start, `type = "interval"\n${keys}`, 5);
      await d.advance(4 * 3600);
      const from = Date.parse(start);
      const config = await loadOn('linux', file(`type = "interval"\n${keys}`));
      const { coming } = upcomingFirings(config, {
        from,
        to: from + 4 * 3600_000,
        count: 99,
        all: true,
        conditions: [],
      });
      const foreseen = coming.map(({ at }) => new Date(at).toISOString().slice(8, 19).replace('T', ' '));
      expect(foreseen.length).toBe(keys.includes('after_end') ? 1 : runs(d).length);
      expect(foreseen).toEqual(runs(d).slice(0, foreseen.length));
    }
  });
});

describe('an interval within a window', () => {
  const foreseen = async (keys: string) => {
    const start = '2026-03-02T12:00:00Z';
    const from = Date.parse(start);
    const config = await load(file(`type = "interval"\n${keys}\ntimezone = "UTC"`));
    const range = { from, to: from + 10 * DAY * 1000, count: 9, all: false, conditions: [] };
    const { coming, silent } = upcomingFirings(config, range);
    return { start, coming: coming.map(({ at }) => new Date(at).toISOString().slice(8, 19)), silent };
  };

  test.each([
    ['interval = "10 min"\nonly = [{ minute = "55-59" }]', 'the ends do not meet the window'],
    ['interval = "999999999999 w"\nonly = [{ minute = 0 }]', 'the first end is beyond the calendar'],
  ])('%s never fires: %s.', async (keys) => {
    expect(await foreseen(keys)).toMatchObject({
      coming: [],
      silent: [{ condition: 'C', reason: 'never within its window' }],
    });
  });

  test.each([
    'interval = "10 min"\nafter_end = true\nonly = [{ hour = 14 }]',
    'interval = "10 min"\nafter_end = true\nstart = "at once"\nonly = [{ hour = 14 }]',
    'interval = "25 min"\nonly = [{ minute = "55-59" }]',
  ])('%s fires for the first time when next says so.', async (keys) => {
    const { start, coming } = await foreseen(keys);
    const d = await begin(start, `type = "interval"\n${keys}\ntimezone = "UTC"`);
    await d.advance(DAY / 4);
    expect(coming).toEqual([runs(d)[0]!.replace(' ', 'T')]);
  });
});

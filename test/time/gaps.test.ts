import { describe, expect, test } from 'vitest';
import { daemon } from '../support/daemon.ts';
import { begin, runs, told } from './story.ts';

const HOURLY = 'time_specifications = [{}]';
const MINUTELY = 'time_specifications = [{ cron = "* * * * *" }]';
const START = '2026-03-02T11:50:00Z';

describe('gaps', () => {
  test('An instant that came while the process was stopped fires late, once, with a record that says how late.', async () => {
    const d = await begin(START, HOURLY);
    await d.advance(580);
    d.clock.freeze(60_000);
    await d.advance(3600);
    expect(runs(d)).toEqual(['02 12:00:40', '02 13:00:00']);
    expect(told(d)).toEqual(['info every hour is 40 s late']);
  });

  test('An instant missed by 60 seconds still fires, one missed by more is a miss: one WARN record, and no run.', async () => {
    for (const [seconds, ran] of [
      [20 + 60, ['02 12:01:00']],
      [20 + 61, ['02 12:01:01']],
    ] as const) {
      const d = await begin(START, HOURLY, 1);
      await d.advance(580);
      d.clock.freeze(seconds * 1000);
      await d.advance(100);
      expect(runs(d)).toEqual(seconds === 80 ? ran : []);
      expect(told(d)).toEqual([
        seconds === 80
          ? 'info every hour is 60 s late'
          : 'warn missed every hour at Mon Mar 02 2026 12:00:00, 61 s ago',
      ]);
    }
  });

  test('With long ticks the limit is two ticks.', async () => {
    const d = await begin(START, 'time_specifications = [{ hour = 12, second = 1 }]', 300);
    await d.advance(580);
    d.clock.freeze(600_000);
    await d.advance(10);
    expect(runs(d)).toEqual(['02 12:09:40']);
    expect(told(d)).toEqual(['info hour=12 second=1 is 579 s late']);
  });

  test('A machine that was asleep: the instants meanwhile are misses, one record for all, and the next one is on time.', async () => {
    const d = await begin(START, HOURLY);
    await d.advance(30);
    d.clock.freeze(3 * 3_600_000);
    await d.advance(1800);
    expect(runs(d)).toEqual(['02 15:00:00']);
    expect(told(d)).toEqual([
      'warn missed 3 instants, the first one every hour at Mon Mar 02 2026 12:00:00, 10230 s ago, the last one every hour at Mon Mar 02 2026 14:00:00, 3030 s ago',
    ]);
  });

  test('A night of minutes is one record, for each condition that has missed some.', async () => {
    const toml = `task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
      condition = [
        { name = "C", type = "time", recurring = true, tasks = ["T"], ${MINUTELY} },
        { name = "D", type = "time", recurring = true, tasks = ["T"], ${HOURLY} },
      ]`;
    const d = await daemon(toml, { level: 'info', start: '2026-03-02T22:00:30Z' });
    await d.advance(30);
    d.clock.freeze(8 * 3_600_000);
    await d.advance(1);
    const missed = d.records.all.filter(({ message }) => message.startsWith('time: missed'));
    expect(missed.map(({ level, context, message }) => [level, context.item, message.slice(0, 27)])).toEqual([
      ['warn', 'C', 'time: missed 478 instants, '],
      ['warn', 'D', 'time: missed 7 instants, th'],
    ]);
  });

  test('Asleep without the monotonic clock going on, as on Linux, it is the same: the wall clock is looked at every tick.', async () => {
    const d = await begin(START, HOURLY);
    await d.advance(30);
    d.clock.stepWall(570_000 + 20_000);
    await d.advance(60);
    expect(runs(d)).toEqual(['02 12:00:25']);
    expect(told(d)).toEqual(['info every hour is 25 s late']);
  });

  test('A clock set forward over an instant by a little fires it late, by a lot it is a miss.', async () => {
    const little = await begin(START, HOURLY);
    await little.advance(582);
    little.clock.stepWall(30_000);
    await little.advance(60);
    expect(runs(little)).toHaveLength(1);
    expect(told(little)[0]).toMatch(/^info every hour is 1[0-9] s late$/);
    const lot = await begin(START, HOURLY);
    await lot.advance(582);
    lot.clock.stepWall(300_000);
    await lot.advance(60);
    expect(runs(lot)).toEqual([]);
    expect(told(lot)[0]).toMatch(/^warn missed every hour at Mon Mar 02 2026 12:00:00, 28\d s ago$/);
  });

  test('A clock set forward right after a run is seen as well.', async () => {
    const d = await begin('2026-03-02T11:50:30Z', 'time_specifications = [{ cron = "*/10 * * * *" }]', 1);
    await d.advance(571);
    expect(runs(d)).toEqual(['02 12:00:00']);
    d.clock.stepWall(598_000);
    await d.advance(10);
    expect(runs(d)).toEqual(['02 12:00:00', '02 12:10:00']);
  });

  test('An instant that comes while the condition is busy fires when it is free, if that is soon enough.', async () => {
    const d = await begin(START, MINUTELY, 5, {
      processes: {
        t: [
          { end: { how: 'exit', code: 0 }, seconds: 90 },
          { end: { how: 'exit', code: 0 }, seconds: 0 },
        ],
      },
    });
    await d.advance(240);
    expect(runs(d)).toEqual(['02 11:51:00', '02 11:52:35', '02 11:53:00', '02 11:54:00']);
    expect(told(d)).toEqual(['info cron "* * * * *" is 35 s late']);
  });

  test('What comes while the condition is busy for long is a miss.', async () => {
    const d = await begin(START, MINUTELY, 5, {
      processes: {
        t: [
          { end: { how: 'exit', code: 0 }, seconds: 190 },
          { end: { how: 'exit', code: 0 }, seconds: 0 },
        ],
      },
    });
    await d.advance(300);
    expect(runs(d)).toEqual(['02 11:51:00', '02 11:54:15', '02 11:55:00']);
    expect(told(d)).toEqual([
      'warn missed 2 instants, the first one cron "* * * * *" at Mon Mar 02 2026 11:52:00, 135 s ago, the last one cron "* * * * *" at Mon Mar 02 2026 11:53:00, 75 s ago',
      'info cron "* * * * *" is 15 s late',
    ]);
  });

  test('The misses of a gap are counted to the end, however many there are.', async () => {
    const d = await begin(START, 'time_specifications = [{ cron = "* * * * * *" }]', 5);
    await d.advance(10);
    d.clock.freeze(4 * 3_600_000);
    await d.advance(10);
    const lines = told(d).filter((line) => line.startsWith('warn'));
    expect(lines).toEqual([
      'warn missed 14339 instants, the first one cron "* * * * * *" at Mon Mar 02 2026 11:50:11, 14399 s ago, the last one cron "* * * * * *" at Mon Mar 02 2026 15:49:09, 61 s ago',
    ]);
  });

  test('A year of seconds is counted without holding up the ticks.', async () => {
    const keys = 'time_specifications = [{ cron = "* * * * * *" }, { minute = 7 }]\ntimezone = "Europe/Rome"';
    const d = await begin(START, keys, 5);
    await d.advance(10);
    d.clock.freeze(366 * 24 * 3_600_000);
    const began = performance.now();
    await d.advance(10);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(told(d).find((line) => line.startsWith('warn'))).toMatch(
      /^warn missed 31622339 instants, the first one .* at Mon Mar 02 2026 11:50:11, .* at Wed Mar 03 2027 11:49:09, 61 s ago$/,
    );
  });

  test('At debug a condition that is not due logs nothing; trace has it.', async () => {
    const kinds = [
      HOURLY,
      'type = "interval"\ninterval_seconds = 3600',
      'type = "bucket"',
      'type = "command"\ncommand = "c"\ncommand_arguments = []\nstartup_path = "/"\ncheck_after = 3600',
    ];
    for (const keys of kinds) {
      const logged = async (level: 'debug' | 'trace') => {
        const d = await begin(START, keys, 5, { level });
        const before = d.records.all.length;
        await d.advance(300);
        return d.records.all.length - before;
      };
      expect(await logged('debug')).toBe(0);
      expect(await logged('trace')).toBeGreaterThan(60);
    }
  });
});

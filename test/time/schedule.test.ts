import { describe, expect, test } from 'vitest';
import { type Daemon, daemon } from '../support/daemon.ts';
import { begin, file, runs, told } from './story.ts';

const START = '2026-03-02T11:50:00Z';
const exits = (seconds: number) => ({ end: { how: 'exit', code: 0 } as const, seconds });

describe('exactly once', () => {
  test.each([1, 3, 5, 7, 59, 60, 61, 300, 1000, 3600])(
    'Each instant of a day fires once, with a tick of %i seconds.',
    async (tick) => {
      const d = await begin('2026-03-02T00:00:00Z', 'time_specifications = [{ minute = 10, second = 7 }]', tick);
      await d.advance(86_400 + 3600);
      const due = Array.from({ length: 24 }, (_, hour) => Date.UTC(2026, 2, 2, hour, 10, 7));
      const ticks = [...new Set(due.map((at) => Math.ceil(at / (tick * 1000)) * tick * 1000))];
      expect(runs(d).slice(0, ticks.length)).toEqual(
        ticks.map((at) => new Date(at).toISOString().slice(8, 19).replace('T', ' ')),
      );
    },
  );

  test('Several instants that come between two ticks are one firing.', async () => {
    const d = await begin(START, 'time_specifications = [{ cron = "* * * * * *" }]', 60);
    await d.advance(181);
    expect(runs(d)).toEqual(['02 11:51:00', '02 11:52:00', '02 11:53:00']);
    expect(told(d)).toEqual([]);
  });

  test('An instant that two specifications share fires once.', async () => {
    const d = await begin(START, 'time_specifications = [{ hour = 12 }, {}, { cron = "0 12 * * *" }]');
    await d.advance(3600);
    expect(runs(d)).toEqual(['02 12:00:00']);
  });

  test('A reload of an equal item neither loses an instant nor repeats one.', async () => {
    const d = await begin(START, 'time_specifications = [{ cron = "2 * * * * *" }]', 5);
    await d.advance(61);
    for (let i = 0; i < 4; i++) {
      // Just before the instant, just after it, and after the tick that saw it.
      await d.advance(0.5);
      await d.submit('configure same');
      await d.advance(1);
      await d.submit('configure same');
      await d.advance(58.5);
    }
    expect(runs(d)).toEqual(['02 11:50:05', '02 11:51:05', '02 11:52:05', '02 11:53:05', '02 11:54:05']);
  });

  test('The instant at which the daemon starts is over, the one after it is not.', async () => {
    const d = await begin('2026-03-02T12:00:00Z', 'time_specifications = [{}, { minute = 0, second = 1 }]', 1);
    await d.advance(10);
    expect(runs(d)).toEqual(['02 12:00:01']);
  });
});

describe('jitter_seconds', () => {
  const random = () => {
    const numbers = [0.9, 0.1, 0.5, 0.0];
    let n = 0;
    return () => numbers[n++ % numbers.length]!;
  };

  test('A time condition is held back by a random time below jitter_seconds, each instant by its own.', async () => {
    const d = await begin(START, 'time_specifications = [{}]\njitter_seconds = 600', 5, { random: random() });
    await d.advance(4 * 3600);
    expect(runs(d)).toEqual(['02 12:09:00', '02 13:01:00', '02 14:05:00', '02 15:00:00']);
  });

  test('Instants closer to each other than the jitter are all kept.', async () => {
    const d = await begin(START, 'time_specifications = [{ cron = "* * * * *" }]\njitter_seconds = 300', 5, {
      random: random(),
    });
    await d.advance(245);
    // 11:51 by 270 s, 11:52 by 30 s, 11:53 by 150 s, 11:54 by nothing.
    expect(runs(d)).toEqual(['02 11:52:30', '02 11:54:00']);
    await d.advance(95);
    expect(runs(d).slice(2)).toEqual(['02 11:55:30']);
  });

  test('A clock set back makes nothing wait for longer than jitter_seconds.', async () => {
    const d = await begin(START, 'time_specifications = [{}]\njitter_seconds = 100', 5, { random: random() });
    await d.advance(610);
    d.clock.stepWall(-3_000_000);
    await d.advance(120);
    expect(runs(d)).toHaveLength(1);
  });

  test('A jitter below a tick delays nothing, and one above is spread over the ticks that it reaches.', async () => {
    for (const keys of [
      'time_specifications = [{ cron = "*/2 * * * *" }]',
      'type = "interval"\ninterval_seconds = 120',
    ])
      for (const [jitter, tick, late] of [
        [2, 5, [0]],
        [5, 5, [0, 5]],
        [14, 5, [0, 5, 10]],
        [59, 60, [0]],
      ] as const) {
        let n = 0;
        const d = await begin(START, `${keys}\njitter_seconds = ${jitter}`, tick, {
          random: () => (n++ % 60) / 60 + 0.001,
          ...{ wholeMs: true, lateness: () => [0.1, 0.6, 0.9][n % 3]! },
        });
        await d.advance(60 * 120 + 60);
        const seconds = d.records.all
          .filter(({ message }) => message.startsWith('running tasks'))
          .map(({ time }) => Math.floor((time % 120_000) / 1000));
        expect(seconds).toHaveLength(60);
        expect(new Set(seconds)).toEqual(new Set(late));
        // Each tick as often as the others.
        for (const s of late) expect(seconds.filter((x) => x === s).length).toBe(60 / late.length);
      }
  });

  test('An instant between two ticks is held back from the tick at which it would have fired.', async () => {
    const d = await begin(START, 'time_specifications = [{ second = 3 }]\njitter_seconds = 6', 5, {
      random: () => 0.99,
    });
    await d.advance(3600);
    // 12:00:03 fires at :05, and may be held back until :09, which is before the next tick.
    expect(runs(d)).toEqual(['02 12:00:05']);
  });

  test('An interval condition is held back the same way and keeps its phase.', async () => {
    const d = await begin(START, 'type = "interval"\ninterval_seconds = 600\njitter_seconds = 100', 5, {
      random: random(),
    });
    await d.advance(2500);
    expect(runs(d)).toEqual(['02 12:01:30', '02 12:10:10', '02 12:20:50', '02 12:30:00']);
  });

  test('No end of an interval is lost, even if it is held back for nearly the whole of the next one.', async () => {
    const d = await begin(START, 'type = "interval"\ninterval_seconds = 10\njitter_seconds = 10', 1, {
      random: random(),
    });
    await d.advance(61);
    // Ends at 10, 20, … s after the start, held back by 9, 1, 5 and 0 s in turn.
    const ends = [10 + 9, 20 + 1, 30 + 5, 40 + 0, 50 + 9, 60 + 1];
    const began = Date.parse(START);
    expect(runs(d)).toEqual(ends.map((s) => new Date(began + s * 1000).toISOString().slice(8, 19).replace('T', ' ')));
  });

  test('An end that is held back until after the next one still leaves that one its own firing.', async () => {
    const d = await begin(START, 'type = "interval"\ninterval_seconds = 10\njitter_seconds = 10', 5, {
      random: () => 0.8,
    });
    await d.advance(65);
    // Due at 18, 28, 38, 48, 58 s after the start, at ticks 20, 30, 40, 50, 60: each after the next end has passed.
    expect(runs(d)).toHaveLength(5);
  });

  test('An interval that was held back skips what a stall has lost, and keeps its phase.', async () => {
    const d = await begin(START, 'type = "interval"\ninterval_seconds = 10\njitter_seconds = 5', 5, {
      random: () => 0.4,
    });
    await d.advance(5);
    d.clock.freeze(100_000);
    await d.advance(30);
    // One firing for the stall, then those of the ends at 110, 120 s: due 2 s later, at the next tick.
    expect(runs(d)).toHaveLength(1 + 3);
  });
});

describe('check_after', () => {
  const TICKS = { wholeMs: true, level: 'info', lateness: () => 0 } as const;
  const command = (checkAfter: number, more = '') =>
    `type = "command"\ncommand = "c"\ncommand_arguments = []\nstartup_path = "/"\ncheck_after = ${checkAfter}\n${more}`;
  const tests = (d: Daemon) =>
    d.processes.runs.filter(({ request }) => request.command === 'c').map(({ began }) => began);

  test.each([
    [5, 5],
    [10, 5],
    [60, 5],
    [60, 60],
    [7, 1],
    [3600, 5],
  ])(
    'A check_after of %i seconds with a tick of %i lasts that long, however the clocks are read.',
    async (after, tick) => {
      for (const level of ['info', 'trace'] as const) {
        let n = 0;
        const noise = [0.3, 0.9, 0.1, 0.6, 1.7];
        const options = { ...TICKS, level, lateness: () => noise[n++ % 5]! };
        const d = await begin('2026-03-02T11:50:01.234Z', command(after), tick, options);
        await d.advance(20 * after + tick);
        const at = tests(d);
        expect(at.length).toBeGreaterThanOrEqual(19);
        for (let i = 1; i < at.length; i++) expect(Math.abs(at[i]! - at[i - 1]! - after * 1000)).toBeLessThan(5);
      }
    },
  );

  test('A check_after that is not a multiple of the tick lasts until the tick after it.', async () => {
    const d = await begin('2026-03-02T11:50:00Z', command(7), 5, TICKS);
    await d.advance(61);
    expect(tests(d).map((at) => (at - tests(d)[0]!) / 1000)).toEqual([0, 10, 20, 30, 40, 50]);
  });

  test('A random part of the tick makes check_after no longer.', async () => {
    let n = 0;
    const random = () => [0.9, 0.1, 0.5, 0.3][n++ % 4]!;
    const toml = `randomize_checks_within_ticks = true\n${file(command(10), 5)}`;
    const d = await daemon(toml, { ...TICKS, start: '2026-03-02T12:00:00Z', random });
    await d.advance(105);
    expect(tests(d)).toHaveLength(10);
  });
});

describe('intervals', () => {
  test('The next due time is the planned one plus the interval, not the time of the late check.', async () => {
    const d = await begin('2026-03-02T12:00:02Z', 'type = "interval"\ninterval_seconds = 12', 5);
    await d.advance(62);
    // Due at 14, 26, 38, 50, 62: the ticks at or after that.
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['00:15', '00:30', '00:40', '00:50', '01:05'].slice(0, 4));
    await d.advance(3);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['00:15', '00:30', '00:40', '00:50', '01:05']);
  });

  test('Checks that are late by a stall do not move the phase, and lost intervals are not bunched.', async () => {
    const d = await begin('2026-03-02T12:00:00Z', 'type = "interval"\ninterval_seconds = 60', 5);
    await d.advance(50);
    d.clock.freeze(200_000);
    await d.advance(120);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['04:10', '05:00', '06:00']);
  });

  test('A run that takes long does not move the phase.', async () => {
    const d = await begin('2026-03-02T12:00:00Z', 'type = "interval"\ninterval_seconds = 60', 5, {
      processes: { t: [exits(72)] },
    });
    await d.advance(400);
    expect(runs(d).map((time) => time.slice(-5))).toEqual(['01:00', '02:15', '03:30', '04:45', '06:00']);
  });

  test('A reset and a resume start an interval anew; setting the wall clock does not touch it.', async () => {
    const d = await begin('2026-03-02T12:00:00Z', 'type = "interval"\ninterval_seconds = 60', 5);
    await d.advance(50);
    await d.submit('reset_conditions C');
    await d.advance(50);
    expect(d.processes.runs).toHaveLength(0);
    await d.submit('suspend_condition C');
    await d.advance(300);
    await d.submit('resume_condition C');
    await d.advance(55);
    expect(d.processes.runs).toHaveLength(0);
    await d.advance(10);
    expect(d.processes.runs).toHaveLength(1);
    d.clock.stepWall(-86_400_000);
    await d.advance(60);
    expect(d.processes.runs).toHaveLength(2);
    d.clock.stepWall(86_400_000);
    await d.advance(30);
    expect(d.processes.runs).toHaveLength(2);
  });

  test('An equal interval keeps its phase over a reload, a changed one starts anew.', async () => {
    const keys = 'type = "interval"\ninterval_seconds = 60';
    const d = await begin('2026-03-02T12:00:00Z', keys, 5, {
      files: { same: file(keys), other: file(keys.replace('60', '61')) },
    });
    await d.advance(30);
    await d.submit('configure same');
    await d.advance(31);
    expect(d.processes.runs).toHaveLength(1);
    await d.submit('configure other');
    await d.advance(59);
    expect(d.processes.runs).toHaveLength(1);
    await d.advance(10);
    expect(d.processes.runs).toHaveLength(2);
  });
});

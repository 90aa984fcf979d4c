import { describe, expect, test } from 'vitest';
import { daemon, load } from '../support/daemon.ts';
import { interval, TICK, task } from '../support/items.ts';

const power = (more = ''): string =>
  `[[condition]]\nname = "OnPower"\ntype = "command"\nstartup_path = "/"\ncommand = "power"\ncommand_arguments = []\n${more}\n`;
const guarded = (guards: string, more = ''): string =>
  `${TICK}${task('T')}${interval('C', 10, `recurring = true\nonly_when = ${guards}\n${more}`)}${power()}`;

/** The problems of a file, without where they are. */
const problems = async (toml: string): Promise<string[]> => {
  try {
    await load(toml);
    return [];
  } catch (error) {
    return (error as { lines: readonly string[] }).lines.map((line) => line.replace(/^.*?\d+:\d+: /, ''));
  }
};

describe('what can be a guard', () => {
  test.each<[string, string, string[]]>([
    ['is a condition of the file', guarded('["OnPower"]'), []],
    [
      'has to exist',
      guarded('["OnPowr"]'),
      ['condition "C": only_when: there is no condition "OnPowr", did you mean "OnPower"?'],
    ],
    [
      'is not the condition itself',
      guarded('["C"]'),
      ['condition "C": only_when: "C" is the condition itself, which cannot be its own guard'],
    ],
    [
      'is listed once',
      guarded('["OnPower", "OnPower"]'),
      ['condition "C": only_when: the guard "OnPower" is listed twice'],
    ],
    [
      'has no guards itself',
      `${guarded('["Other"]')}${interval('Other', 5, 'only_when = ["OnPower"]').replace('type = "interval"\ninterval_seconds = 5', 'type = "idle"\nidle_seconds = 5')}`,
      ['condition "C": only_when: "Other" has only_when itself, and a guard cannot be held'],
    ],
    [
      'is of a kind that can be asked',
      `${guarded('["Every"]')}${interval('Every', 5)}`,
      [
        'condition "C": only_when: "Every" is of type interval, expected a guard of type time, idle, command, lua, dbus',
      ],
    ],
    [
      'may have tasks',
      `${guarded('["Away"]')}[[condition]]\nname = "Away"\ntype = "idle"\nidle_seconds = 5\ntasks = ["T"]\n`,
      [],
    ],
  ])('%s', async (_, toml, expected) => {
    expect(await problems(toml)).toEqual(expected);
  });

  test('hold_seconds is 0 or more', async () => {
    expect(await problems(guarded('["OnPower"]', 'hold_seconds = -1'))).toEqual([
      'condition "C": hold_seconds: expected an integer, 0 or more, found the integer -1',
    ]);
  });
});

describe('between', () => {
  const window = (keys: string, tasks = '[]') =>
    `${TICK}${task('T')}[[condition]]\nname = "W"\ntype = "time"\ntasks = ${tasks}\n${keys}\n`;
  test.each<[string, string, string[]]>([
    ['takes two times', window('between = [22:00:00, 06:00:00]'), []],
    [
      'together with specifications',
      window('between = [08:00:00, 18:00:00]\ntime_specifications = [{ weekday = "mon" }]'),
      [],
    ],
    [
      'is only for guards',
      window('between = [22:00:00, 06:00:00]', '["T"]'),
      ['condition "W": between: expected no tasks: it says when a guard holds, and begins no run'],
    ],
    [
      'has two different times',
      window('between = [22:00:00, 22:00:00]'),
      ['condition "W": between: expected two different times, found the same one twice'],
    ],
    [
      'has times of the day',
      window('between = ["22:00", 06:00:00]'),
      ['condition "W": between (entry 1): expected a time such as 22:00:00, found the string "22:00"'],
    ],
    [
      'is not a date',
      window('between = [2026-03-02, 06:00:00]'),
      ['condition "W": between (entry 1): expected a time such as 22:00:00, found the date 2026-03-02'],
    ],
    [
      'has both times',
      window('between = [22:00:00]'),
      ['condition "W": between (entry 2): expected a time such as 22:00:00, found nothing'],
    ],
    [
      'or there are specifications',
      window(''),
      ['condition "W": missing key "time_specifications": expected an array of tables, or the key "between"'],
    ],
  ])('%s', async (_, toml, expected) => {
    expect(await problems(toml)).toEqual(expected);
  });
});

describe('asking', () => {
  const asked = (d: Awaited<ReturnType<typeof daemon>>) =>
    d.processes.runs
      .filter(({ request }) => request.command === 'power')
      .map(({ began }) => Math.round(d.now - (d.clock.mono() - began) / 1000));
  const onBattery = { power: [{ end: { how: 'exit', code: 1 } as const }] };

  test('a guard is asked once a tick for all firings that it holds back', async () => {
    const many = Array.from({ length: 20 }, (_, i) =>
      interval(`C${i}`, 10, 'recurring = true\nonly_when = ["OnPower"]'),
    );
    const d = await daemon(`${TICK}${task('T')}${many.join('')}${power('success_status = 0')}`, {
      level: 'info',
      processes: onBattery,
    });
    await d.until(31);
    expect(asked(d)).toEqual([10, 15, 20, 25, 30]);
  });

  test('not more often than its check_after, also for a new firing', async () => {
    const more = interval('D', 13, 'recurring = true\nonly_when = ["OnPower"]');
    const d = await daemon(
      `${TICK}${task('T')}${interval('C', 10, 'recurring = true\nonly_when = ["OnPower"]')}${more}${power('success_status = 0\ncheck_after = 20')}`,
      { level: 'info', processes: onBattery },
    );
    await d.until(71);
    expect(asked(d)).toEqual([10, 30, 50, 70]);
  });

  test('in the order of the list, up to the first that does not hold', async () => {
    const second = power('success_status = 0').replace('"OnPower"', '"Second"').replace('"power"', '"second"');
    const d = await daemon(
      `${TICK}${task('T')}${interval('C', 10, 'recurring = true\nonly_when = ["OnPower", "Second"]')}${power('success_status = 0')}${second}`,
      { level: 'info', processes: onBattery },
    );
    await d.until(31);
    expect(d.processes.runs.some(({ request }) => request.command === 'second')).toBe(false);
  });

  test('a guard that was true is asked again before the run begins', async () => {
    const second = power('success_status = 0').replace('"OnPower"', '"Second"').replace('"power"', '"second"');
    const no = { end: { how: 'exit', code: 1 } as const };
    const d = await daemon(
      `${TICK}${task('T')}${interval('C', 30, 'recurring = true\nonly_when = ["OnPower", "Second"]')}${power('success_status = 0')}${second}`,
      { level: 'info', processes: { power: [{}, no, {}], second: [no, no, {}] } },
    );
    // Second holds at 40, OnPower does not then, and does at 45.
    await d.until(46);
    expect(d.runs).toEqual([]);
    expect(d.processes.runs.filter(({ request }) => request.command === 'T')).toHaveLength(1);
    expect(d.processes.runs.map(({ request }) => request.command)).toEqual([
      ...['power', 'second', 'second', 'second', 'power', 'power', 'second', 'T'],
    ]);
  });

  test('a condition that is checked by events is held, too, and one run has the events of all', async () => {
    const toml = `${TICK}${task('T')}[[condition]]\nname = "C"\ntype = "bucket"\nrecurring = true\ntasks = ["T"]\nonly_when = ["OnPower"]\n[[event]]\nname = "Go"\ntype = "cli"\ncondition = "C"\n${power('success_status = 0')}`;
    const no = { end: { how: 'exit', code: 1 } as const };
    const d = await daemon(toml, { level: 'info', processes: { power: [no, no, no, {}] } });
    await d.until(1);
    await d.submit('trigger Go');
    await d.until(7);
    await d.submit('trigger Go');
    await d.until(30);
    const runs = d.processes.runs.filter(({ request }) => request.command === 'T');
    expect(runs).toHaveLength(1);
    expect(runs[0]!.request.variables.WHENEVER_CAUSE).toMatch(/^event-|^command-/);
  });

  test('a reload that leaves the condition alone and changes the guard keeps the hold, and asks the new guard', async () => {
    const file = (program: string) =>
      guarded('["OnPower"]').replace('"power"', `"${program}"`).replace(/\n$/, '\nsuccess_status = 0\n');
    const d = await daemon(file('power'), {
      level: 'info',
      processes: onBattery,
      files: { next: file('better') },
    });
    await d.until(12);
    await d.submit('configure next');
    expect(d.status.condition('C')?.state).toBe('held');
    await d.until(16);
    expect(d.processes.runs.at(-1)?.request.command).toBe('T');
  });

  test('a reload that changes the keys of guards replaces the condition, and ends the hold', async () => {
    const d = await daemon(guarded('["OnPower"]').replace(/\n$/, '\nsuccess_status = 0\n'), {
      level: 'info',
      processes: onBattery,
      files: { next: guarded('["OnPower"]', 'hold_seconds = 5').replace(/\n$/, '\nsuccess_status = 0\n') },
    });
    await d.until(12);
    await d.submit('configure next');
    expect(d.lines.at(-2)).toContain('its firing is not held any more: a reload has replaced it');
    expect(d.status.condition('C')?.state).toBe('waiting');
  });

  test('exit ends a hold, and says that the next start can go on with it', async () => {
    const d = await daemon(guarded('["OnPower"]').replace(/\n$/, '\nsuccess_status = 0\n'), {
      level: 'info',
      processes: onBattery,
    });
    await d.until(12);
    await d.submit('exit');
    await d.until(20);
    expect(d.lines.join('\n')).toContain(
      'not held any more: the scheduler has ended; its next start can go on with it',
    );
  });

  test('exit does not wait for a guard that hangs, and ends it', async () => {
    const d = await daemon(guarded('["OnPower"]').replace(/\n$/, '\nsuccess_status = 0\n'), {
      level: 'info',
      processes: { power: [{ seconds: Number.POSITIVE_INFINITY }] },
    });
    await d.until(20);
    expect(d.status.condition('C')?.state).toBe('held');
    await d.submit('exit');
    await d.until(30);
    expect(d.ending).toBe('exit');
  });
});

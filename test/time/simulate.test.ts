import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandTask, onDemand, Place, shellTask } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const MARCH = ['--from', '2026-03-28T00:00:00', '--to', '2026-03-31T00:00:00'];
const timed = (name: string, keys: string, tasks = '["Work"]') =>
  `[[condition]]\nname = "${name}"\ntype = "time"\nrecurring = true\ntasks = ${tasks}\n${keys}\n`;
const NIGHTLY = timed('Nightly', 'time_specifications = [{ hour = 2, minute = 30 }]');

const simulate = async (toml: string, args: readonly string[], env = {}) => {
  const file = place.write('config.toml', toml);
  return place.run(['simulate', file, ...args], { env });
};
/** What ran, as `DAY HOUR:MINUTE CONDITION`, of plain records at level info. */
const ran = (stdout: string): string[] =>
  [
    ...stdout.matchAll(
      /^\[2026-\d\d-(\d\d)T(\d\d:\d\d):\d\d\.\d{3}\] .* CONDITION (\w+)\/\d+: \[START\/MSG\] running/gm,
    ),
  ].map(([, day, time, name]) => `${day} ${time} ${name}`);

describe('whenever simulate', () => {
  test('A nightly job at 02:30 in Rome runs once in each night of March and October, also when the clocks change.', async () => {
    const rome = { TZ: 'Europe/Rome' };
    const toml = commandTask('Work', ['true']) + NIGHTLY;
    const march = await simulate(toml, ['--from', '2026-03-01', '--to', '2026-04-01', '-L', 'info'], rome);
    const nights = (days: number) => Array.from({ length: days }, (_, i) => String(i + 1).padStart(2, '0'));
    expect(ran(march.stdout)).toEqual(nights(31).map((day) => `${day} ${day === '29' ? '03:00' : '02:30'} Nightly`));
    const october = await simulate(toml, ['--from', '2026-10-01', '--to', '2026-11-01', '-L', 'info'], rome);
    expect(ran(october.stdout)).toEqual(nights(31).map((day) => `${day} 02:30 Nightly`));
  });

  test('Assumed outcomes and durations are those of attempts, the waits between are simulated, and the summary counts runs and retries.', async () => {
    const toml = `${commandTask('Work', ['true'], 'retries = 3\nretry_delay_seconds = 60\nretry_factor = 2')}${NIGHTLY}`;
    place.write('assume.toml', '[task.Work]\nduration = 10\noutcome = ["failure", "error", "success", "none"]\n');
    const { stdout, end } = await simulate(toml, [...MARCH, '--assume', place.file('assume.toml'), '-L', 'info']);
    expect(end.code).toBe(0);
    const instants = [...stdout.matchAll(/T(\d\d:\d\d:\d\d)\.\d+\] .*(attempt \d of 4 \w+)/g)].map(
      ([, at, what]) => `${at} ${what}`,
    );
    expect(instants).toEqual([
      '02:30:10 attempt 1 of 4 failed',
      '02:31:20 attempt 2 of 4 failed',
      '02:33:30 attempt 3 of 4 succeeded',
    ]);
    const tables = stdout.slice(stdout.indexOf('\nCONDITION'));
    expect(tables).toMatch(/^\nCONDITION.*\nNightly +3 +0 +3 min 30 s\n/);
    expect(tables).toMatch(/\nTASK +RUNS +RETRIES +SUCCESS +FAILURE +NO OUTCOME +ERROR\nWork +3 +2 +1 +0 +2 +0\n/);
  });

  test('Hooks run with the outcomes assumed, as tasks of their own, and what is overdue is found.', async () => {
    const keys = 'on_failure = ["Notify"]\nafter_failures = 2\non_overdue = ["Alarm"]\noverdue_seconds = 90000';
    const all = ['Work', 'Notify', 'Alarm'].map((name) => commandTask(name, ['true'])).join('');
    place.write('assume.toml', '[task.Work]\noutcome = ["success", "failure"]\n[task.Notify]\nduration = 600\n');
    const week = ['--from', '2026-03-01', '--to', '2026-03-06'];
    const args = [...week, '--assume', place.file('assume.toml'), '--journal', place.file('week.jsonl'), '-L', 'info'];
    const { stdout } = await simulate(all + NIGHTLY + keys, args);
    const began = [...stdout.matchAll(/-(\d\d)T(\d\d:\d\d):\d\d.*(on_\w+): running tasks/g)].map(
      ([, day, at, hook]) => `${day} ${at} ${hook}`,
    );
    expect(began).toEqual(['02 03:30 on_overdue', '03 02:30 on_failure']);
    const tables = stdout.slice(stdout.indexOf('\nCONDITION'));
    // The time that a hook takes is not that of its condition.
    expect(tables).toMatch(/^\nCONDITION.*\nNightly +5 +0 +0 s\n/);
    expect(tables).toMatch(/\nWork +5 .*\nNotify +1 .*\nAlarm +1 /);
    const sound = await place.run(['verify', place.file('week.jsonl')]);
    expect(sound.stdout).toMatch(/5 runs, 7 runs of tasks\n.*\nsound\n/);
    const story = await place.run(['story', 'run-4', '--from', place.file('week.jsonl')]);
    expect(story.stdout).toContain('on_failure began run-5: it failed');
  });

  test('The summary counts runs and misses of conditions with their longest busy time, and the outcomes of tasks.', async () => {
    const toml = `${commandTask('Work', ['true'])}${NIGHTLY}${timed('Often', 'time_specifications = [{ cron = "* 3 * * *" }]')}`;
    place.write('assume.toml', '[task.Work]\nduration = 200\noutcome = ["failure", "error", "none", "success"]\n');
    const { stdout, end } = await simulate(toml, [...MARCH, '--assume', place.file('assume.toml'), '-L', 'error']);
    expect(end.code).toBe(0);
    const [, conditions, tasks] =
      stdout.split('\n\n').length > 2 ? stdout.split('\n\n') : ['', ...stdout.split('\n\n')];
    expect(conditions).toMatch(
      /^\n?CONDITION +RUNS +MISSES +LONGEST BUSY\nNightly +3 +0 +3 min 20 s\nOften +\d+ +\d+ +\d+ min \d\d s/,
    );
    const [, , often] = conditions!.trim().split('\n');
    const [, runs, misses] = often!.split(/ {2,}/).map(Number);
    // Each of the 180 minutes was run, missed, or one of several at one look.
    expect(misses).toBeGreaterThan(100);
    expect(runs! + misses!).toBeLessThanOrEqual(180);
    expect(tasks).toMatch(
      new RegExp(`^TASK +RUNS +SUCCESS +FAILURE +NO OUTCOME +ERROR\nWork +${runs! + 3} +${runs!} +1 +1 +1\n$`),
    );
  });

  test('The records are those the daemon would write, with virtual times.', async () => {
    const { stdout } = await simulate(commandTask('Work', ['true']) + NIGHTLY, [...MARCH, '-L', 'trace', '-P']);
    expect(stdout).toContain(
      '[2026-03-28T02:30:00.000] (whenever) TRACE TASK Work/1: [HIST/START] OK/trigger:Nightly starting task',
    );
    expect(stdout).toContain(
      '[2026-03-28T02:30:00.000] (whenever) TRACE TASK Work/1: [HIST/END] OK/trigger:Nightly task succeeded',
    );
    expect(stdout.match(/scheduler_tick: \[BUSY\/NO\]/g)!.length).toBeGreaterThan(3 * 17_280 - 1);
  });

  test('Two runs give the same bytes; another seed gives others where something is random.', async () => {
    const toml = `randomize_checks_within_ticks = true\n${commandTask('Work', ['true'])}${timed('Spread', 'time_specifications = [{}]\njitter_seconds = 600')}`;
    const once = await simulate(toml, [...MARCH, '-L', 'info']);
    const again = await simulate(toml, [...MARCH, '-L', 'info']);
    const other = await simulate(toml, [...MARCH, '-L', 'info', '--seed', '2']);
    expect(once.stdout).toBe(again.stdout);
    // The last one, at midnight, is held back beyond the end.
    expect(ran(once.stdout)).toHaveLength(71);
    expect(ran(other.stdout)).not.toEqual(ran(once.stdout));
  });

  test('With -J standard output holds records only, and the summary goes to standard error.', async () => {
    const { records, stderr, stdout } = await simulate(commandTask('Work', ['true']) + NIGHTLY, [
      ...MARCH,
      '-J',
      '-L',
      'info',
    ]);
    expect(stdout.endsWith('}\n')).toBe(true);
    expect(records.length).toBeGreaterThan(6);
    expect(records.every(({ header }) => header.time.startsWith('2026-03-'))).toBe(true);
    expect(stderr).toMatch(/^\nCONDITION +RUNS[\s\S]*\nTASK +RUNS/);
  });

  test('Nothing real is started: commands, scripts and Lua leave nothing behind and cost no time.', async () => {
    const toml = `${shellTask('Work', `touch ${place.file('touched')}`)}[[task]]\nname = "Script"\ntype = "lua"\nscript = 'io.open("${place.file('touched')}", "w"):close()'\n${timed(
      'Nightly',
      'time_specifications = [{ hour = 2 }]',
      '["Work", "Script"]',
    )}[[condition]]\nname = "Asked"\ntype = "command"\nrecurring = true\ncheck_after = 3600\nstartup_path = "/"\ncommand = "touch"\ncommand_arguments = ["${place.file('touched')}"]\nsuccess_status = 0\ntasks = ["Work"]\n[[condition]]\nname = "Judged"\ntype = "lua"\nrecurring = true\ncheck_after = 3600\nscript = "x = 1"\nexpected_results = { x = 1 }\ntasks = ["Script"]\n`;
    const { stdout } = await simulate(toml, [...MARCH, '-L', 'warn']);
    expect(existsSync(place.file('touched'))).toBe(false);
    expect(stdout).toMatch(/^\nCONDITION/);
    expect(stdout).toMatch(/Asked +7[12] /);
    expect(stdout).toMatch(/Judged +7[12] /);
  });

  test('--journal records all facts of the simulated time, the same bytes each time, and the commands that read recordings read it.', async () => {
    const toml = commandTask('Work', ['true']) + NIGHTLY;
    const [one, two] = [place.file('one.jsonl'), place.file('two.jsonl')];
    for (const path of [one, two]) {
      const { end } = await simulate(toml, [...MARCH, '--journal', path]);
      expect(end.code).toBe(0);
    }
    expect(readFileSync(one, 'utf8')).toBe(readFileSync(two, 'utf8'));
    const verified = await place.run(['verify', one]);
    expect([verified.end.code, verified.stdout]).toEqual([0, expect.stringContaining('3 runs, 3 runs of tasks')]);
    expect(verified.stdout).toMatch(/^\S+: facts 1 to \d+ of whenever [\d.]+, simulated\n/);
    const explained = await place.run(['explain', 'Nightly', '--from', one]);
    expect(explained.stdout).toContain('it ran its tasks');
    const both = await simulate(toml, [...MARCH, '--journal', one, '--diff', place.file('config.toml')]);
    expect([both.end.code, both.stderr]).toEqual([
      2,
      expect.stringContaining("option '--journal <FILE>' cannot be used with option '--diff [OTHER]'"),
    ]);
    const nowhere = await simulate(toml, [...MARCH, '--journal', place.file('')]);
    expect([nowhere.end.code, nowhere.stderr]).toEqual([2, expect.stringContaining('--journal: ')]);
  });

  test('The start of a session condition is simulated by itself, and what else it waits for is assumed.', async () => {
    const session =
      '[[condition]]\nname = "Begin"\ntype = "session"\nwhen = ["start", "login"]\nrecurring = true\ntasks = ["Work"]\n';
    place.write('assume.toml', '[condition.Begin]\nat = ["2026-03-28T10:00:00"]\n');
    const args = [...MARCH, '--assume', place.file('assume.toml'), '-L', 'info'];
    const { stdout } = await simulate(commandTask('Work', ['true']) + session, args);
    expect(ran(stdout)).toEqual(['28 00:00 Begin', '28 10:00 Begin']);
  });

  test('--assume says outcomes in order, durations, and when events occur.', async () => {
    const toml = commandTask('Work', ['true']) + onDemand('Asked', ['Work']);
    place.write(
      'assume.toml',
      `[task.Work]\noutcome = ["failure", "success"]\nduration = 90\n[event.Go_Asked]\nat = ["2026-03-28T10:00:03", 2026-03-28T12:00:00Z, 2026-03-29T10:00:00]\n`,
    );
    const { stdout } = await simulate(toml, [...MARCH, '--assume', place.file('assume.toml'), '-L', 'info']);
    expect(ran(stdout)).toEqual(['28 10:00 Asked', '28 12:00 Asked', '29 10:00 Asked']);
    expect(
      [...stdout.matchAll(/T(\d\d:\d\d:\d\d).*task Work ended: (\w+)/g)].map(([, time, how]) => `${time} ${how}`),
    ).toEqual(['10:01:35 failure', '12:01:35 success', '10:01:35 success']);
  });

  test('--assume says when a session is idle, how long a check takes, and of each item in either of two files.', async () => {
    const idle = (seconds: number) =>
      `[[condition]]\nname = "Away"\ntype = "idle"\nrecurring = true\nidle_seconds = ${seconds}\ntasks = ["Work"]\n`;
    const probe =
      '[[condition]]\nname = "Probe"\ntype = "command"\nrecurring = true\ncheck_after = 7200\nstartup_path = "/"\ncommand = "x"\ncommand_arguments = []\nsuccess_status = 0\ntasks = ["Work"]\n';
    const toml = commandTask('Work', ['true']) + idle(60) + probe;
    place.write(
      'assume.toml',
      '[condition.Away]\nat = [2026-03-28T10:00:03]\n[condition.Probe]\nduration = 600\n[task.Work]\noutcome = "none"\n',
    );
    const day = ['--from', '2026-03-28', '--to', '2026-03-28T12:00:00', '--assume', place.file('assume.toml')];
    const { stdout } = await simulate(toml, [...day, '-L', 'info']);
    expect(ran(stdout).filter((run) => run.endsWith('Away'))).toEqual(['28 10:00 Away']);
    expect(ran(stdout)[0]).toBe('28 02:10 Probe');
    expect(stdout).toMatch(/^Probe +5 +0 +10 min$/m);
    place.write('other.toml', toml.replace('idle_seconds = 60', 'idle_seconds = 90'));
    const none = await simulate(toml, [...day, '--diff', place.file('other.toml')]);
    expect(none.stdout).toBe('No difference.\n');
  });

  test('A file of assumptions that cannot be used ends with status 2 and every problem in it.', async () => {
    const toml = commandTask('Work', ['true']) + NIGHTLY;
    for (const [text, problem] of [
      ['[task.Wrok]\n', 'task.Wrok: there is no such task'],
      ['[task.Work]\noutcome = "maybe"\n', 'one of success, failure, none, error'],
      ['[task.Work]\nduration = -1\n', 'a number of seconds, 0 or more'],
      ['[task.Work\n', 'not valid TOML'],
    ] as const) {
      place.write('assume.toml', text);
      const { end, stderr, stdout } = await simulate(toml, [...MARCH, '--assume', place.file('assume.toml')]);
      expect(end.code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain(problem);
    }
  });

  test('--diff shows what an edit adds, removes and moves; status 1, and 0 when there is no difference.', async () => {
    const before =
      commandTask('Work', ['true']) +
      NIGHTLY +
      timed('Gone', 'time_specifications = [{ day = 28 }]').replace('day = 28', 'day = 28, hour = 5');
    const other = place.write(
      'other.toml',
      commandTask('Work', ['true']) +
        timed('Nightly', 'time_specifications = [{ hour = 2, minute = 45 }]') +
        timed('New', 'time_specifications = [{ day = 30, hour = 5 }]'),
    );
    const { end, stdout } = await simulate(before, [...MARCH, '--diff', other]);
    expect(end.code).toBe(1);
    expect(stdout.trim().split('\n')).toEqual([
      `- fires with ${place.file('config.toml')} only`,
      `+ fires with ${other} only`,
      `~ fires at another time with ${other}`,
      '',
      '~ 2026-03-28 02:30:00 Sat  Nightly  -> 2026-03-28 02:45:00 Sat',
      '- 2026-03-28 05:00:00 Sat  Gone',
      '~ 2026-03-29 02:30:00 Sun  Nightly  -> 2026-03-29 02:45:00 Sun',
      '~ 2026-03-30 02:30:00 Mon  Nightly  -> 2026-03-30 02:45:00 Mon',
      '+ 2026-03-30 05:00:00 Mon  New',
    ]);
    const same = await simulate(before, [...MARCH, '--diff', place.write('same.toml', `# the same\n${before}`)]);
    expect([same.end.code, same.stdout]).toEqual([0, 'No difference.\n']);
  });

  test('--diff tells of a condition that fires with one file only in one line: how often, and first and last.', async () => {
    const often = (name: string, seconds: number) =>
      `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = ${seconds}\nrecurring = true\ntasks = ["Work"]\n`;
    const work = commandTask('Work', ['true']);
    const other = place.write('other.toml', work + often('Rare', 3600) + often('New', 10));
    const { stdout } = await simulate(work + often('Old', 60) + often('Rare', 3600), [
      ...MARCH.slice(0, 3),
      '2026-03-28T12:00:00',
      ...['--diff', other],
    ]);
    expect(stdout.trim().split('\n').slice(4)).toEqual([
      '+ 2026-03-28 00:00:10 Sat  New  4320 firings, the last one at 2026-03-28 12:00:00 Sat',
      '- 2026-03-28 00:01:00 Sat  Old  720 firings, the last one at 2026-03-28 12:00:00 Sat',
    ]);
  });

  test('--diff pairs firings of one condition that are nearest in time, at most the interval between its firings apart.', async () => {
    const change = async (one: string, other: string) => {
      const with_ = (keys: string) => commandTask('Work', ['true']) + timed('C', `time_specifications = [${keys}]`);
      const path = place.write('other.toml', with_(other));
      const { stdout } = await simulate(with_(one), [...MARCH.slice(0, 3), '2026-03-28T12:00:00', '--diff', path]);
      return [...stdout.matchAll(/^([~+-]) 2026-03-28 (\d\d:\d\d).*?(?:-> 2026-03-28 (\d\d:\d\d).*)?$/gm)].map(
        ([, sign, at, to]) => `${sign} ${at}${to ? ` ${to}` : ''}`,
      );
    };
    expect(await change('{ hour = 2 }, { hour = 4 }', '{ hour = 4 }, { hour = 9 }')).toEqual(['- 02:00', '+ 09:00']);
    expect(await change('{ hour = 2 }, { hour = 4 }, { hour = 6 }', '{ hour = 4, minute = 10 }, { hour = 6 }')).toEqual(
      ['- 02:00', '~ 04:00 04:10'],
    );
    expect(await change('{ hour = 2 }', '{ hour = 9 }')).toEqual(['~ 02:00 09:00']);
  });

  test.each([
    ['2026-03-28T10:00:03', '28 10:00'],
    ['"2026-03-28T10:00:03"', '28 10:00'],
    ['2026-03-28 10:00:03.500', '28 10:00'],
    ['2026-03-29', '29 00:00'],
    ['2026-03-28T10:00:03Z', '28 11:00'],
    ['2026-03-28T10:00:03-02:00', '28 13:00'],
  ])('A date of TOML in --assume is local time unless it has an offset: %s.', async (at, seen) => {
    const toml = commandTask('Work', ['true']) + onDemand('Asked', ['Work']);
    place.write('assume.toml', `[event.Go_Asked]\nat = [${at}]\n`);
    const args = [...MARCH, '--assume', place.file('assume.toml'), '-L', 'info'];
    expect(ran((await simulate(toml, args, { TZ: 'Europe/Rome' })).stdout)).toEqual([`${seen} Asked`]);
  });

  test('Assumptions that would have no effect are refused.', async () => {
    const toml =
      commandTask('Work', ['true']) +
      commandTask('Unused', ['true']) +
      NIGHTLY +
      onDemand('Asked', ['Work']) +
      onDemand('Nothing', []) +
      '[[task]]\nname = "Stop"\ntype = "internal"\ncommand = "pause"\n[[condition]]\nname = "Idle"\ntype = "idle"\nidle_seconds = 60\n';
    for (const [text, problem] of [
      ['[condition.Nightly]\noutcome = "failure"\n', 'condition.Nightly: nothing can be assumed of this condition'],
      ['[condition.Asked]\nat = [2026-03-28]\n', 'condition.Asked: nothing can be assumed of this condition'],
      ['[task.Unused]\nduration = 5\n', 'task.Unused: nothing can be assumed of this task: no condition runs it'],
      ['[event.Go_Nothing]\nat = [2026-03-29]\n', 'of this event: condition Nothing has no tasks'],
      ['[event.Go_Asked]\nat = [10:00:00]\n', 'event.Go_Asked.at.0: expected a local time such as 2026-03-29T00:00:00'],
      ['[task.Stop]\nduration = 5\n', 'task.Stop: nothing can be assumed of this task'],
      ['[task.Work]\nat = [2026-03-28]\n', 'task.Work: at has no effect on this task, expected outcome and duration'],
      ['[event.Go_Asked]\noutcome = "failure"\n', 'event.Go_Asked: outcome has no effect on this event, expected at'],
      ['[condition.Idle]\nduration = 5\n', 'condition.Idle: duration has no effect on this condition, expected at'],
      ['[task.Work]\n', 'task.Work: it says nothing, expected outcome and duration'],
      ['[task.Wrok]\n', 'task.Wrok: there is no such task, did you mean "Work"?'],
      ['task.Work = 2026-03-28\n', 'task.Work: expected a table such as { outcome = "failure", duration = 90 }'],
      ['task = [2026-03-28]\n', 'task: expected tables such as [task.NAME]'],
      ['[event.Go_Asked]\nat = []\n', 'event.Go_Asked: at: expected at least one instant'],
      [
        '[event.Go_Asked]\nat = [2026-03-29, 2026-03-27T23:59:59]\n',
        'event.Go_Asked: at: 2026-03-27 23:59:59 Fri is not simulated, expected an instant from 2026-03-28 00:00:00 Sat to 2026-03-31 00:00:00 Tue',
      ],
      [
        '[event.Go_Asked]\nat = [2026-02-29,\n2026-02-30]\n',
        'line 3, column 1: not valid TOML: the calendar does not have the date 2026-02-30',
      ],
      [
        '[event.Go_Asked]\nat = ["2026-02-30"]\n',
        'event.Go_Asked.at.0: expected a date that exists: the calendar does not have the date 2026-02-30',
      ],
      ['[condition.Idle]\nat = [2030-03-28]\n', 'condition.Idle: at: 2030-03-28 00:00:00 Thu is not simulated'],
      ['[tasks.Work]\nduration = 5\n', 'unknown key "tasks", did you mean "task"?'],
    ] as const) {
      place.write('assume.toml', text);
      const { end, stderr } = await simulate(toml, [...MARCH, '--assume', place.file('assume.toml')]);
      expect([end.code, stderr]).toEqual([2, expect.stringContaining(problem)]);
    }
  });

  test('A wrong argument with a line feed is quoted on one line.', async () => {
    const { end, stderr } = await simulate(NIGHTLY, [...MARCH, '--seed', 'A\nD']);
    expect([end.code, stderr]).toEqual([2, expect.stringContaining('0 or more, found "A\\nD"\n')]);
  });

  test('Commands of internal tasks work as they do in the daemon: pause, exit, reset, configure.', async () => {
    const toml = `[[task]]\nname = "Exit"\ntype = "internal"\ncommand = "exit"\n${commandTask('Work', ['true'])}${NIGHTLY}${timed('End', 'time_specifications = [{ day = 29, hour = 12 }]', '["Exit"]')}`;
    const { stdout, end } = await simulate(toml, [...MARCH, '-L', 'info']);
    expect(end.code).toBe(0);
    expect(ran(stdout)).toEqual(['28 02:30 Nightly', '29 02:30 Nightly', '29 12:00 End']);
  });

  test('A pause and a suspension of an internal task end by themselves.', async () => {
    const internal = (name: string, command: string) =>
      `[[task]]\nname = "${name}"\ntype = "internal"\ncommand = "${command}"\n`;
    const at = (day: number, hour: number) => `time_specifications = [{ day = ${day}, hour = ${hour} }]`;
    const tasks = `${internal('Pause', 'pause 1d')}${internal('Off', 'suspend_condition Nightly until 2026-03-31')}`;
    const toml = `${tasks}${commandTask('Work', ['true'])}${NIGHTLY}${timed('Quiet', at(28, 1), '["Pause"]')}${timed('Away', at(29, 12), '["Off"]')}`;
    const { stdout, end } = await simulate(toml, ['--from', '2026-03-27T00:00:00', '--to', '2026-04-01', '-L', 'info']);
    expect(end.code).toBe(0);
    expect(ran(stdout)).toEqual([
      '27 02:30 Nightly',
      '28 01:00 Quiet',
      '29 02:30 Nightly',
      '29 12:00 Away',
      '31 02:30 Nightly',
    ]);
  });

  test('Firings during a run are queued or begin it anew; run and cancel of internal tasks do what they do in the daemon.', async () => {
    const internal = (name: string, command: string) =>
      `[[task]]\nname = "${name}"\ntype = "internal"\ncommand = "${command}"\n`;
    const minutes = (...all: number[]) => `time_specifications = [${all.map((minute) => `{ minute = ${minute} }`)}]`;
    const tasks = `${commandTask('Work', ['true'])}${commandTask('Build', ['true'])}${internal('Run', 'run Slow --queue')}${internal('Stop', 'cancel Slow')}`;
    const toml = `${tasks}${timed('Slow', `${minutes(0, 10, 40)}\nwhen_busy = "queue"`)}${timed('Anew', `${minutes(0, 10)}\nwhen_busy = "restart"`, '["Build"]')}${timed('Button', minutes(41), '["Run"]')}${timed('Halt', minutes(50), '["Stop"]')}`;
    place.write('assume.toml', '[task.Work]\nduration = 900\n[task.Build]\nduration = 900\n');
    const range = ['--from', '2026-03-28T09:59:00', '--to', '2026-03-28T10:59:00'];
    const { stdout } = await simulate(toml, [...range, '--assume', place.file('assume.toml'), '-L', 'info']);
    expect(ran(stdout)).toEqual([
      ...['28 10:00 Slow', '28 10:00 Anew', '28 10:10 Anew', '28 10:15 Slow', '28 10:40 Slow', '28 10:41 Button'],
      '28 10:50 Halt',
    ]);
    expect(stdout).toContain('the queued run does not begin: it was cancelled by a command');
    // The first two runs of each follow each other; the third of Slow is cancelled, and the first of Anew is replaced.
    expect(stdout).toMatch(/^Slow +3 +0 +30 min$/m);
    expect(stdout).toMatch(/^Anew +2 +0 +25 min$/m);
    expect(stdout).toMatch(/^Work +3 +2 +0 +1 +0$/m);
    expect(stdout).toMatch(/^Build +2 +1 +0 +1 +0$/m);
  });

  test('The example of quiet nights pauses until the morning, and begins with the first hour of it.', async () => {
    const toml = readFileSync(join(import.meta.dirname, '../../config-examples/quiet-nights.toml'), 'utf8');
    const { stdout } = await simulate(toml, [
      '--from',
      '2026-03-27T20:30:00',
      '--to',
      '2026-03-28T09:00',
      '-L',
      'info',
    ]);
    expect(ran(stdout)).toEqual([
      ...['27 21:00 SyncEachHour', '27 22:00 SyncEachHour', '27 23:00 Night'],
      ...['27 23:00', '28 07:00', '28 08:00', '28 09:00'].map((at) => `${at} SyncEachHour`),
    ]);
  });

  test('What was counted of a condition and a task stays when a reload replaces them.', async () => {
    const config = (minute: number) =>
      `[[task]]\nname = "Reload"\ntype = "internal"\ncommand = "configure ${place.file('other.toml')}"\n${timed('Noon', `time_specifications = [{ hour = 12, minute = ${minute} }]`, '["Reload"]')}`;
    place.write('other.toml', config(45).replace(/^command = .*$/m, 'command = "pause"'));
    const { stdout } = await simulate(config(30), ['--from', '2026-03-28', '--to', '2026-03-29']);
    expect(stdout).toMatch(/^Noon +2 /m);
    expect(stdout).toMatch(/^Reload +2 +2 /m);
  });

  test('The end of the range is simulated too.', async () => {
    const toml = commandTask('Work', ['true']) + NIGHTLY;
    const until = async (to: string) => {
      const { stdout } = await simulate(toml, ['--from', '2026-03-28T00:00:00', '--to', to, '-L', 'info']);
      return ran(stdout);
    };
    expect(await until('2026-03-28T02:30:00')).toEqual(['28 02:30 Nightly']);
    expect(await until('2026-03-28T02:29:59')).toEqual([]);
    expect(await until('150m')).toEqual(['28 02:30 Nightly']);
  });

  test('Wrong ranges and seeds end with status 2.', async () => {
    for (const args of [
      ['--from', '2026-03-28', '--to', '2026-03-28'],
      ['--from', '2026-03-28', '--to', '2026-03-27'],
      ['--to', '7x'],
      ['--to', '0d'],
      ['--from', 'x'],
      ['--seed', '-1'],
      ['--seed', 'x'],
    ]) {
      const { end, stderr } = await simulate(NIGHTLY.replace('"Work"', ''), args);
      expect(end.code).toBe(2);
      expect(stderr).toMatch(/^whenever: --(to|from|seed): expected/);
    }
  });
});

describe('guards in a simulation', () => {
  const guarded = (guards: string) =>
    `${commandTask('Work', ['true'])}${timed('Nightly', `time_specifications = [{ hour = 2, minute = 30 }]\nonly_when = ${guards}`)}[[condition]]\nname = "OnPower"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\nsuccess_status = 0\ncheck_after = 3600\n[[condition]]\nname = "Day"\ntype = "time"\nbetween = [08:00:00, 20:00:00]\n[[condition]]\nname = "Away"\ntype = "idle"\nidle_seconds = 60\n`;
  const assumed = async (guards: string, assume?: string) => {
    if (assume !== undefined) place.write('assume.toml', assume);
    const more = assume === undefined ? [] : ['--assume', place.file('assume.toml')];
    return simulate(guarded(guards), [...MARCH, '-L', 'info', ...more], { TZ: 'UTC' });
  };

  test('hold without an assumption, and a window of time holds as it does', async () => {
    expect(ran((await assumed('["OnPower", "Away"]')).stdout)).toEqual([
      '28 02:30 Nightly',
      '29 02:30 Nightly',
      '30 02:30 Nightly',
    ]);
    expect(ran((await assumed('["Day"]')).stdout)).toEqual([
      '28 08:00 Nightly',
      '29 08:00 Nightly',
      '30 08:00 Nightly',
    ]);
  });

  test('answer in the order assumed, the last one again and again', async () => {
    const { stdout } = await assumed(
      '["OnPower"]',
      '[condition.OnPower]\noutcome = ["failure", "failure", "success"]\n',
    );
    expect(ran(stdout)).toEqual(['28 04:30 Nightly', '29 02:30 Nightly', '30 02:30 Nightly']);
  });

  test('hold from the first instant assumed to the second, and so on; runs and misses are counted', async () => {
    const { stdout } = await assumed(
      '["OnPower"]',
      '[condition.OnPower]\nat = [2026-03-28T06:00:00, 2026-03-28T20:00:00, 2026-03-30T18:00:00]\n',
    );
    expect(ran(stdout)).toEqual(['28 06:00 Nightly', '30 18:00 Nightly']);
    expect(stdout).toMatch(/\nNightly +2 +1 /);
    const idle = await assumed('["Away"]', '[condition.Away]\nat = [2026-03-29T05:00:00]\n');
    expect(ran(idle.stdout)).toEqual(['29 05:00 Nightly', '30 02:30 Nightly']);
  });

  test('take outcome or at, and a condition that is not a guard takes no at', async () => {
    const both = await assumed('["OnPower"]', '[condition.OnPower]\noutcome = "failure"\nat = [2026-03-28T06:00:00]\n');
    expect(both.stderr).toContain('condition.OnPower: expected outcome or at, found both: at says when a guard holds');
    const other = await assumed('["Day"]', '[condition.OnPower]\nat = [2026-03-28T06:00:00]\n');
    expect(other.stderr).toContain('at has no effect on this condition, expected outcome and duration');
  });
});

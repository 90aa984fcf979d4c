import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { cronWords } from '../../src/describe/cron-words.ts';
import { type Description, describeConfig } from '../../src/describe/describe.ts';
import { instantWords, specificationWords } from '../../src/describe/times.ts';
import { windowWords } from '../../src/describe/windows.ts';
import { duration, every, joined, ordinal } from '../../src/describe/words.ts';
import { instantsOf } from '../../src/items/common/instants.ts';
import { registry } from '../../src/items/registry.ts';

const EXAMPLES = join(import.meta.dirname, '../../config-examples');
const GOLDEN = join(import.meta.dirname, 'describe');

const described = async (toml: string, platform = 'linux'): Promise<Description> => {
  const machine = { isDirectory: () => true, isFile: () => true, platform };
  return describeConfig(await loadConfig('my.toml', toml, registry, machine));
};

const asText = ({ text, conditions, tasks, events, unused }: Description): string =>
  [
    ...text,
    ...[conditions, tasks, events].flat().map(({ name, type, text: own }) => `\n${name} (${type})\n${own.join('\n')}`),
    ...(unused.length > 0 ? ['', ...unused] : []),
    '',
  ].join('\n');

describe('every example is put into words', () => {
  for (const name of readdirSync(EXAMPLES).filter((file) => file.endsWith('.toml')))
    test(name, async () => {
      const text = asText(await described(readFileSync(join(EXAMPLES, name), 'utf8')));
      const golden = join(GOLDEN, name.replace(/\.toml$/, '.txt'));
      if (process.env.WHENEVER_UPDATE === '1') {
        mkdirSync(GOLDEN, { recursive: true });
        writeFileSync(golden, text);
      }
      expect(existsSync(golden), 'WHENEVER_UPDATE=1 writes it').toBe(true);
      expect(text).toBe(readFileSync(golden, 'utf8'));
      expect(text).not.toMatch(/undefined|\[object|NaN|by its type|of type/);
    });
});

const TASK = (name: string, more = ''): string =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n${more}\n`;
const TASKS = TASK('A') + TASK('B');
const CONDITION = (keys: string, name = 'C'): string => `[[condition]]\nname = "${name}"\n${keys}\n`;

/** The sentences about the condition C. */
const about = async (keys: string, more = '', platform = 'linux'): Promise<string> => {
  const { conditions } = await described(`${TASKS}${CONDITION(keys)}${more}`, platform);
  return conditions.find(({ name }) => name === 'C')!.text.join(' ');
};
const EVERY_MINUTE = 'type = "interval"\ninterval_seconds = 60\n';

describe('what a condition runs', () => {
  const cases: readonly (readonly [title: string, keys: string, text: string])[] = [
    ['a sequence', 'recurring = true\ntasks = ["A", "B"]', 'runs A, then B.'],
    [
      'a sequence that is broken',
      'recurring = true\ntasks = ["A", "B"]\nbreak_on_failure = true',
      'runs A, then B, and stops at the first failure.',
    ],
    [
      'tasks at once, where a break has no effect',
      'recurring = true\ntasks = ["A", "B"]\nexecute_sequence = false\nbreak_on_failure = true',
      'runs A and B at the same time.',
    ],
    ['once', 'tasks = ["A"]', '1 minute after the start: runs A, only once.'],
    [
      'once with retries',
      'tasks = ["A"]\nmax_tasks_retries = 2',
      'runs A, only once; if a task fails, up to 2 times more when it is true again.',
    ],
    [
      'once with one retry',
      'tasks = ["A"]\nmax_tasks_retries = 1',
      'if a task fails, once more when it is true again.',
    ],
    ['once without a limit', 'tasks = ["A"]\nmax_tasks_retries = -1', 'runs A, each time until no task fails.'],
    [
      'a sequence that ends with a result',
      'recurring = true\ntasks = ["A", "B"]\nbreak_on_failure = true\nbreak_on_success = true',
      'runs A, then B, and stops at the first failure or success.',
    ],
    [
      'from a date, until a date',
      'recurring = true\ntasks = ["A"]\nfrom = 2026-11-02\nuntil = 2026-12-24',
      'It does not count before 2026-11-02 or after 2026-12-24.',
    ],
    [
      'times of a zone at which it counts',
      'recurring = true\ntasks = ["A"]\nonly = [{ hour = "8-18" }, { weekday = ["sat", "sun"] }]\ntimezone = "Europe/Rome"',
      'It counts only from 08:00 to 18:59 or on Saturday and Sunday (times of Europe/Rome).',
    ],
    [
      'pieces of time',
      'recurring = true\ntasks = ["A"]\nonly = [{ weekday = "mon-fri", hour = ["22-5", 12] }, { at = 2026-12-27 }]\nexcept = [2026-12-24, { month = 8 }, { minute = "0-9" }, { cron = "* 9 * * *" }, { weekday = "fri", nth = -1 }]',
      'It counts only on Monday to Friday from 12:00 to 12:59 and from 22:00 to 05:59 or on 2026-12-27, and not on 2026-12-24, in August, within minute 0-9, in the minutes of cron "* 9 * * *" or on the last Friday of every month.',
    ],
    ['no holidays yet', 'recurring = true\ntasks = ["A"]\nholidays = []', 'after the start: runs A.'],
    [
      'one guard',
      'recurring = true\ntasks = ["A"]\nonly_when = ["G"]\nhold_seconds = 5\n[[condition]]\nname = "G"\ntype = "idle"\nidle_seconds = 60',
      'It runs only when G holds: until then it waits, for 5 seconds at most.',
    ],
    ['nothing', '', 'It has no tasks, and is never checked.'],
    [
      'suspended',
      'recurring = true\ntasks = ["A"]\nsuspended = true',
      'It begins suspended, until it is resumed ("whenever ctl resume_condition C").',
    ],
    ['persistent', 'tasks = ["A"]\npersistent = true', 'After a restart it goes on as before.'],
    [
      'interrupted',
      'tasks = ["A"]\ninterrupted = "rerun"',
      'A run that a kill of the program has interrupted is repeated.',
    ],
    ['queued', 'recurring = true\ntasks = ["A"]\nwhen_busy = "queue"', 'leads to one more run.'],
    ['restarted', 'recurring = true\ntasks = ["A"]\nwhen_busy = "restart"', 'ends them, and a new run begins.'],
    [
      'on_failure',
      'tasks = ["A"]\non_failure = ["B"]',
      'When a run fails, B runs, and not again before a run succeeds.',
    ],
    [
      'after failures',
      'tasks = ["A"]\non_failure = ["B"]\nafter_failures = 3',
      'When 3 runs in a row have failed, B runs, and not again before a run succeeds.',
    ],
    ['at each failure', 'tasks = ["A"]\non_failure = ["B"]\nafter_failures = 0', 'At each run that fails, B runs.'],
    ['on_recovery', 'tasks = ["A"]\non_recovery = ["B"]', 'When a run succeeds after a failure, B runs.'],
    ['on_success', 'tasks = ["A"]\non_success = ["B"]', 'After each run that succeeds, B runs.'],
    [
      'overdue',
      'tasks = ["A"]\non_overdue = ["B"]\noverdue_seconds = 90000',
      'It is overdue when it has not succeeded for 1 day and 1 hour. When it is overdue, B runs.',
    ],
  ];
  for (const [title, keys, text] of cases)
    test(title, async () => expect(await about(`${EVERY_MINUTE}${keys}`)).toContain(text));
});

describe('when a condition counts', () => {
  test.each([
    ['except = [{ hour = "*" }]', 'It does not count at any time.'],
    ['except = [{ hour = [22, 23, 0, 1] }]', 'It does not count from 22:00 to 01:59.'],
    ['only = [{ weekday = ["mon", "tue"], minute = [0, 30] }]', 'It counts only within minute 0,30 weekday mon,tue.'],
    ['except = [{ minute = 5 }]', 'It does not count within minute 5.'],
  ])('%s', async (keys, text) => {
    expect(await about(`${EVERY_MINUTE}recurring = true\ntasks = ["A"]\n${keys}\n`)).toContain(text);
  });

  test.each([
    [{ holidays: ['at.ics'] }, 'it does not count on at.ics'],
    [
      { holidays: ['at.ics', 'it.ics'], outside: 'hold', timezone: 'Europe/Rome' },
      'it does not count on 2 holidays (times of Europe/Rome); an event that comes outside is held until it counts again',
    ],
  ])('%j', (window, text) => {
    expect(windowWords({ type: 'event', traits: { window } } as never)).toBe(text);
  });
});

describe('when a condition is true', () => {
  const RUN = 'recurring = true\ntasks = ["A"]\n';
  const cases: readonly (readonly [title: string, keys: string, text: string])[] = [
    ['an interval', EVERY_MINUTE, 'Every minute, the first time 1 minute after the start: runs A.'],
    [
      'an interval below a tick',
      'type = "interval"\ninterval_seconds = 1',
      'At every tick, that is every 5 seconds: runs A.',
    ],
    ['jitter', `${EVERY_MINUTE}jitter_seconds = 30`, 'held back at random by up to 30 seconds: runs A.'],
    ['jitter below a tick, which has no effect', `${EVERY_MINUTE}jitter_seconds = 3`, 'after the start: runs A.'],
    [
      'instants',
      'type = "time"\ntime_specifications = [{ hour = 17, minute = 30 }, { cron = "0 12 * * WED#2" }]',
      'Every day at 17:30; and at 12:00, on the second Wednesday of the month: runs A. What is missed, as during sleep, is not made up for.',
    ],
    [
      'instants that are made up for',
      'type = "time"\ntime_specifications = [{ hour = 9, weekday = "mon" }]\ncatch_up = "all"\ntimezone = "Europe/Rome"',
      'Every Monday at 09:00 (times of Europe/Rome): runs A. What is missed, as during sleep, is made up for by a run for each time, 100 at most, if it is not older than 1 day.',
    ],
    [
      'instants that are made up for without a limit',
      'type = "time"\ntime_specifications = [{ hour = 9 }]\ncatch_up = "once"\ncatch_up_limit = 3155760000',
      'Every day at 09:00: runs A. What is missed, as during sleep, is made up for by one run, however old it is.',
    ],
    [
      'idle',
      'type = "idle"\nidle_seconds = 600',
      'Once each time keyboard and mouse have not been used for more than 10 minutes',
    ],
    [
      'a command',
      'type = "command"\nstartup_path = "/"\ncommand = "test"\ncommand_arguments = ["-e", "/x y"]\nsuccess_status = 0\ncheck_after = 600\nrecur_after_failed_check = true',
      'When test -e "/x y" in / ends and its exit status is 0 (tested every 10 minutes), and after a success only when a test has failed in between: runs A.',
    ],
    [
      'a script',
      'type = "lua"\nscript = \'x = 1\'\nexpected_results = { x = 1, y = "b" }',
      'When a Lua script of 1 line ends and x is 1 or y is "b" at its end (tested at every tick): runs A.',
    ],
    [
      'a script of which nothing is expected',
      'type = "lua"\nscript = \'x = 1\'',
      'Never, as nothing is expected of its script',
    ],
    [
      'a call over D-Bus',
      'type = "dbus"\nbus = ":system"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.c"\nmethod = "M"\nparameter_check = [{ index = [0, "k"], operator = "ge", value = 5 }]',
      'When in the answer of a.c.M of a.b on the system bus argument 0.k is at least 5 (tested at every tick): runs A.',
    ],
    ['an event that never comes', 'type = "bucket"', 'Only by "whenever ctl run C", as no event fires it: runs A.'],
    ['no instants', 'type = "time"\ntime_specifications = []', 'Never, as it has no time specifications: runs A.'],
    [
      'a command of which nothing is expected',
      'type = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []',
      'When true in / ends, whatever its exit status (tested at every tick): runs A.',
    ],
    [
      'a script after another one, all of whose results count',
      'type = "lua"\nscript = \'x = 1\'\ninit_script_path = "/init.lua"\nexpected_results = { x = 1, y = true }\nexpect_all = true',
      'When a Lua script of 1 line after /init.lua ends and x is 1 and y is true at its end (tested at every tick): runs A.',
    ],
    [
      'all checks of an answer',
      'type = "dbus"\nbus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.c"\nmethod = "M"\nparameter_check_all = true\nparameter_check = [{ index = 0, operator = "eq", value = "a" }, { index = 1, operator = "neq", value = 2 }]',
      'the session bus argument 0 is "a" and argument 1 is not 2 (tested',
    ],
  ];
  for (const [title, keys, text] of cases)
    test(title, async () => expect(await about(`${keys}\n${RUN}`)).toContain(text));

  test('a file that is looked at, and one that is not', async () => {
    const event = (keys: string): string => `[[event]]\nname = "F"\ntype = "fschange"\ncondition = "C"\n${keys}\n`;
    const { events } = await described(
      `${TASKS}${CONDITION(`type = "bucket"\n${RUN}`)}${event('watch = []')}${event('watch = ["/a"]\npoll_seconds = 60\nsettle_ms = 0').replace('"F"', '"G"')}`,
    );
    expect(events.map(({ text }) => text)).toEqual([
      ['Fires C when nothing is watched, so it never happens.'],
      ['Fires C when /a, or something directly in it, is created, changed or removed (looked at every 1 minute).'],
    ]);
  });

  test('events, one or the other', async () => {
    const events =
      '[[event]]\nname = "E"\ntype = "cli"\ncondition = "C"\n[[event]]\nname = "F"\ntype = "fschange"\nwatch = ["/a", "/b"]\nrecursive = true\nchanges = ["create"]\nsettle_ms = 2000\ncondition = "C"\n';
    expect(await about(`type = "bucket"\nimmediate = true\n${RUN}`, events)).toBe(
      'When it is triggered ("whenever ctl trigger E"); or /a or /b, or something below it, is created, once it has not changed for 2 seconds: runs A.',
    );
  });

  test('rows of WMI', async () => {
    const keys = `type = "wmi"\nquery = "SELECT * FROM X"\nresult_check = [{ field = "Name", operator = "eq", value = "a", index = 0 }]\n${RUN}`;
    expect(await about(keys, '', 'win32')).toContain(
      'When in the rows of "SELECT * FROM X" Name of row 0 is "a" (tested at every tick): runs A.',
    );
    const check = 'result_check = [{ field = "Name", operator = "match", value = "a" }]';
    expect(await about(keys.replace(/^result_check.*$/m, check), '', 'win32')).toContain('" Name matches "a" (tested');
    expect(await about(keys.replace(/^result_check.*$/m, ''), '', 'win32')).toContain(
      'When "SELECT * FROM X" has rows (tested at every tick): runs A.',
    );
  });
});

test('guards: what is waited for, how long, and when each holds', async () => {
  const guards =
    CONDITION('type = "time"\nbetween = [22:00:00, 06:30:00]', 'Night') +
    CONDITION('type = "idle"\nidle_seconds = 60', 'Away');
  const keys = `${EVERY_MINUTE}recurring = true\ntasks = ["A"]\nonly_when = ["Night", "Away"]\n`;
  const { conditions } = await described(`${TASKS}${CONDITION(`${keys}hold_seconds = 3600`)}${guards}`);
  expect(conditions.map(({ text }) => text.at(-1))).toEqual([
    'It runs only when Night and Away hold: until then it waits, for 1 hour at most.',
    'It runs nothing itself.',
    'It runs nothing itself.',
  ]);
  expect(conditions[1]!.text[0]).toBe('As a guard of C it holds from 22:00 to 06:30.');
  expect(conditions[2]!.text[0]).toBe(
    'As a guard of C it holds while keyboard and mouse have not been used for more than 1 minute.',
  );
  expect(await about(`${keys}hold_seconds = 0`, guards)).toContain(
    'It runs only if Night and Away hold, and otherwise it is missed.',
  );
  const held = async (time: string): Promise<string> => {
    const guard = CONDITION(`type = "time"\n${time}`, 'Night') + CONDITION('type = "idle"\nidle_seconds = 60', 'Away');
    return (await described(`${TASKS}${CONDITION(keys)}${guard}`)).conditions[1]!.text[0]!;
  };
  expect(await held('time_specifications = [{ weekday = ["sat", "sun"] }, {}]\ntimezone = "Europe/Rome"')).toBe(
    'As a guard of C it holds on Saturday and Sunday or at any time (times of Europe/Rome).',
  );
  expect(await held('time_specifications = []')).toBe('As a guard of C it holds never.');
  expect(await held('time_specifications = [{ month = 3 }]\nbetween = [22:00:00, 06:30:15]')).toBe(
    'As a guard of C it holds from 22:00 to 06:30:15, and only in March.',
  );
});

describe('what a task is', () => {
  const cases: readonly (readonly [keys: string, text: string])[] = [
    ['', 'Runs true in /. It succeeds with any exit status.'],
    ['failure_status = 3', 'It succeeds when its exit status is not 3.'],
    [
      'success_status = 0\nsuccess_stdout = "ok"\nfailure_stderr = "E.*"\nmatch_regular_expression = true',
      'It succeeds when its exit status is 0, its standard output matches "ok" and its standard error does not match "E.*".',
    ],
    ['success_stdout = "ok"\nmatch_exact = true', 'It succeeds when its standard output is "ok".'],
    [
      'limits = { nice = 10, ionice = "idle", memory_max = "1G", cpu_percent = 50 }',
      'has limits (niceness 10, class idle for disks, 1 GiB of memory, 50 % of a processor).',
    ],
    ['environment_file = ["a.env", "-b.env"]', 'reads variables from a.env and b.env (if it is there)'],
    ['failure_stdout = "no"', 'It succeeds when its standard output does not have "no".'],
    ['failure_stdout = "no"\nmatch_exact = true', 'It succeeds when its standard output is not "no".'],
    [`success_stdout = "${'a'.repeat(130)}"`, `It succeeds when its standard output has "${'a'.repeat(120)}…".`],
    ['retries = 1', 'If it fails it is tried again once, after 10 seconds'],
    [
      'timeout_seconds = 90\ninclude_environment = false\nenvironment_variables = { KEY = "planted-secret" }',
      'Runs true in /, is ended after 1 minute and 30 seconds',
    ],
    [
      'retries = 3\nretry_factor = 2\nretry_max_delay_seconds = 60\nretry_jitter = 0.5\nretry_timeout_seconds = 600',
      'If it fails it is tried again up to 3 times, after 10 seconds, each wait 2 times as long as the one before, at most 1 minute, shortened at random by up to 50 %; no attempt begins later than 10 minutes after the first one.',
    ],
  ];
  for (const [keys, text] of cases)
    test(text, async () => {
      const { tasks } = await described(TASK('A', keys));
      expect(tasks[0]!.text.join(' ')).toContain(text);
      expect(tasks[0]!.text.join(' ')).not.toContain('planted-secret');
    });

  test.each([
    ['any', 'It is done by a machine of the fleet that is free.'],
    ['all', 'It is done by all machines of the fleet that are alive.'],
    ['tag:gpu', 'It is done by a machine of the fleet with the tag "gpu".'],
    ['host:office', 'It is done by the machine "office".'],
  ])('where = "%s"', async (where, text) => {
    const { tasks } = await described(`[fleet]\nservers = ["nats://office"]\n${TASK('A', `where = "${where}"`)}`);
    expect(tasks[0]!.text.join(' ')).toContain(text);
  });

  test('an interval of no length that is not recurring comes once, at the first tick', async () => {
    const once = 'type = "interval"\ninterval_seconds = 0\ntasks = ["A"]';
    expect(await about(once)).toBe('At the first tick after the start: runs A, only once.');
    expect(await about(once.replace('0', '3'))).toBe('3 seconds after the start: runs A, only once.');
  });

  test('an interval says what it counts from', async () => {
    const words = (keys: string) => about(`type = "interval"\nrecurring = true\ntasks = ["A"]\n${keys}`);
    expect(await words('interval = "90 min"\nstart = "at once"')).toBe(
      'Every 1 hour and 30 minutes, the first time at the first tick after the start: runs A.',
    );
    expect(await words('interval = "10m"\nafter_end = true')).toBe(
      '10 minutes after the start, and then 10 minutes after the end of each run: runs A.',
    );
    expect(await words('interval = "7 h"\nalign = true')).toBe(
      'Every 7 hours from midnight on, at 00:00, 07:00, 14:00 and 21:00: runs A. What is missed, as during sleep, is not made up for.',
    );
    expect(await words('interval = "7 h"\nalign = true\ntimezone = "Asia/Tokyo"')).toContain(
      'at 00:00, 07:00, 14:00 and 21:00 (times of Asia/Tokyo): runs A.',
    );
    expect(await words('interval = "90 s"\nalign = true\nstart = "at once"')).toBe(
      'Every 1 minute and 30 seconds from midnight on, at 00:00, 00:01:30, 00:03 and so on; and at the first tick after the start: runs A. What is missed, as during sleep, is not made up for.',
    );
  });

  test('a script of several lines is not shown', async () => {
    const script =
      '[[task]]\nname = "A"\ntype = "command"\nstartup_path = "."\ncommand = "sh"\ncommand_arguments = ["-c", "a\\nb"]\n';
    expect((await described(script)).tasks[0]!.text[0]).toBe(
      'Runs sh -c with a script of 2 lines in the directory where the scheduler was started.',
    );
    const long = script.replace('["-c", "a\\nb"]', `["${'a'.repeat(200)}"]`);
    expect((await described(long)).tasks[0]!.text[0]).toMatch(/^Runs sh a{157}… in the directory/);
  });

  test('the variables of a script are named, without their values', async () => {
    const script = (variables: string): string =>
      `[[task]]\nname = "L"\ntype = "lua"\nscript = 'x = 1'\ntimeout_seconds = 5\nvariables_to_set = { ${variables} }\n`;
    const first = async (toml: string): Promise<string> => (await described(toml)).tasks[0]!.text[0]!;
    expect(await first(script('a = 1, b = "planted-secret"'))).toBe(
      'Runs a Lua script of 1 line, is ended after 5 seconds and is given the variables a and b.',
    );
    expect(await first(script('a = 1').replace('timeout_seconds = 5\n', ''))).toBe(
      'Runs a Lua script of 1 line and is given the variable a.',
    );
  });

  test('tasks that nothing runs are named', async () => {
    const both = await described(`${TASKS}${CONDITION('type = "interval"\ninterval_seconds = 60')}`);
    expect(both.unused).toEqual(['A and B are run by no condition and no hook.']);
    const { unused } = await described(`${TASKS}${CONDITION(`${EVERY_MINUTE}tasks = ["A"]`)}`);
    expect(unused).toEqual(['B is run by no condition and no hook.']);
    const hooked = await described(
      `${TASKS}${CONDITION(`${EVERY_MINUTE}tasks = ["A"]`)}[defaults]\non_failure = ["B"]\n`,
    );
    expect(hooked.unused).toEqual([]);
  });
});

describe('times in words', () => {
  const cases: readonly (readonly [fields: Parameters<typeof specificationWords>[0], words: string])[] = [
    [{}, 'at the start of every hour'],
    [{ minute: 15 }, 'at 15 minutes past every hour'],
    [{ minute: 1, second: 30, weekday: 'mon' }, 'at 1 minute and 30 seconds past every hour, every Monday'],
    [{ hour: 9, second: 5 }, 'every day at 09:00:05'],
    [{ day: 31, hour: 0 }, 'on the 31st of every month that has one at 00:00'],
    [{ day: 2, month: 2, hour: 0 }, 'on 2 February of every year at 00:00'],
    [{ year: 2100, month: 1, day: 1, hour: 0 }, 'on 1 January 2100 at 00:00'],
    [{ day: 13, weekday: 'friday', hour: 13, minute: 13 }, 'on every Friday that is the 13th at 13:13'],
    [{ month: 3, year: 2027, hour: 7 }, 'every day in March 2027 at 07:00'],
    [{ hour: 9, day: 31, second: 1 }, 'on the 31st of every month that has one at 09:00:01'],
    [{ minute: 2, second: 1 }, 'at 2 minutes and 1 second past every hour'],
    [{ minute: '*/20' }, 'every 20 minutes'],
    [{ day: '1-7', weekday: 'sun', hour: 9 }, 'on every Sunday that is the 1st to the 7th at 09:00'],
    [{ day: [1, -1], hour: 9 }, 'on the 1st and the last day of every month at 09:00'],
    [{ day: [-3, -2, -1], hour: 9 }, 'on the 3rd to last, 2nd to last and the last day of every month at 09:00'],
    [{ month: '6-8', hour: 9 }, 'every day in June to August at 09:00'],
    [{ weekday: 'fri', nth: [1, -1], hour: 9 }, 'on the 1st and the last Friday of every month at 09:00'],
    [{ workday: -1, hour: 17 }, 'on the last working day of every month at 17:00'],
    [{ every: '2 weeks', since: '2026-01-05' }, 'every 2 weeks from 2026-01-05 on, at 00:00'],
    [{ every: '1 day', since: '2026-01-05', month: 5 }, 'every day from 2026-01-05 on in May at 00:00'],
    [
      { every: '2 weeks', since: '2026-01-05', minute: '*/5' },
      'every 2 weeks from 2026-01-05 on, every 5 minutes, between 00:00 and 00:59',
    ],
    [{ at: '2100-01-02T03:04:05Z' }, 'once, at 2100-01-02T03:04:05Z'],
    [{ sun: 'sunset', offset: '-30 min', place: [41.9, 12.5] }, 'every day 30 min before sunset (41.9, 12.5)'],
    [{ sun: 'noon', weekday: 'mon', place: [41.9, 12.5] }, 'every Monday when the sun is highest (41.9, 12.5)'],
    [{ sun: 'noon', offset: '1 h', place: [41.9, 12.5] }, 'every day 1 h after the sun is highest (41.9, 12.5)'],
    [{ cron: '0 0 1-20/5 * *' }, 'at 00:00, on day 1, 6, 11, and 16 of the month'],
    [
      { hour: '9,10-12', minute: ['*/10', 5] },
      'every day at 0, 5, 10, 20, 30, 40, and 50 minutes past the hour, at 09:00 and 10:00 through 12:59',
    ],
    [{ hour: '22-3', minute: '*/10' }, 'every 10 minutes, between 22:00 and 03:59'],
    [
      { hour: ['22-23', '0-3'], minute: '*/10', weekday: 'fri-mon' },
      'every Friday to Monday every 10 minutes, between 22:00 and 03:59',
    ],
    [
      { weekday: 'mon', hour: 9, every: '2 weeks', since: '2026-01-05' },
      'every 2 weeks from 2026-01-05 on, on Monday at 09:00',
    ],
    [
      { day: -1, hour: 9, every: '2 months', since: '2026-11-30' },
      'every 2 months from 2026-11-30 on, on the last day at 09:00',
    ],
    [
      { weekday: 'mon-fri', nth: 1, hour: 9, year: 2100 },
      'on the 1st Monday, Tuesday, Wednesday, Thursday and Friday of every month in 2100 at 09:00',
    ],
    [{ workday: '1-5', hour: 9 }, 'on the 1st to the 5th working day of every month at 09:00'],
    [{ day: 1, month: [1, 7], hour: 0 }, 'on the 1st of January and July at 00:00'],
    [
      { day: 31, month: '11-2', hour: 0 },
      'on the 31st of each month from November to February where there is one at 00:00',
    ],
    [{ day: 29, month: 2, hour: 0 }, 'on 29 February of every leap year at 00:00'],
    [{ cron: '@daily' }, 'every day at 00:00'],
    [{ cron: '*/5 8-18 * * MON-FRI' }, 'every 5 minutes, between 08:00 and 18:59, Monday through Friday'],
    [{ cron: '0 9 13 * FRI' }, 'at 09:00, on day 13 of the month, and also on Friday'],
    [{ cron: '0 9 13 * +FRI' }, 'at 09:00, on day 13 of the month, but only on Friday'],
    [{ cron: '0 9 */2 * FRI' }, /^at 09:00, on day 1, 3, 5, .*, and 31 of the month, but only on Friday$/.source],
    [{ cron: '*/25 * * * *' }, 'at 0, 25, and 50 minutes past the hour'],
    [{ cron: '0 0 1 */3 *' }, 'at 00:00, on day 1 of the month, only in January, April, July, and October'],
    [{ cron: '0 12 L * *' }, 'at 12:00, on the last day of the month'],
    [{ cron: '0 12 LW * *' }, 'at 12:00, on the last weekday of the month'],
    [{ cron: '0 12 * * 5L' }, 'at 12:00, on the last Friday of the month'],
    [{ cron: '30 17 * * *' }, 'every day at 17:30'],
    [{ cron: '0 30 17 * * * 2030' }, 'at 17:30, only in 2030'],
    [{ cron: '* * * * *' }, 'every minute'],
  ];
  for (const [fields, words] of cases)
    test(`${JSON.stringify(fields)}`, () => {
      // Only patterns that the program takes.
      expect(instantsOf(fields).next(0)).toBeDefined();
      if (words.startsWith('^')) expect(specificationWords(fields)).toMatch(new RegExp(words));
      else expect(specificationWords(fields)).toBe(words);
    });

  test('the same time on several days is said once', () => {
    expect(
      instantWords([
        { weekday: 'mon', hour: 9 },
        { weekday: 'fri', hour: 16 },
        { weekday: 'tue', hour: 9 },
      ]),
    ).toBe('every Monday and Tuesday at 09:00 and every Friday at 16:00');
  });

  test('a pattern that the library does not know is quoted', () => {
    expect(cronWords('0 0 * * MON##9')).toBe('at the times of the cron pattern "0 0 * * MON##9"');
  });
});

test('the settings that change everything are said first', async () => {
  const { text } = await described(
    `randomize_checks_within_ticks = true\nkeep_pause = true\n${TASKS}[history]\nenabled = false\n`,
  );
  expect(text.slice(1)).toEqual([
    'Checks are spread at random between two ticks.',
    'A pause goes on after a restart.',
    'No history of runs is kept.',
  ]);
});

test('words for lists, durations and numbers', () => {
  expect([joined([]), joined(['a']), joined(['a', 'b', 'c'], 'or'), joined(['a, b', 'c'])]).toEqual([
    '',
    'a',
    'a, b or c',
    'a, b; and c',
  ]);
  expect([0, 1, 90, 3661, 172_800, 0.25].map(duration)).toEqual([
    '0 seconds',
    '1 second',
    '1 minute and 30 seconds',
    '1 hour, 1 minute and 1 second',
    '2 days',
    '0.25 seconds',
  ]);
  expect([1, 60, 86_400, 5].map(every)).toEqual(['every second', 'every minute', 'every day', 'every 5 seconds']);
  expect([1, 2, 3, 4, 11, 12, 13, 21, 31].map(ordinal).join()).toBe('1st,2nd,3rd,4th,11th,12th,13th,21st,31st');
});

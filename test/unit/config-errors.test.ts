import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/problem.ts';
import { load } from '../support/daemon.ts';

/** The lines of a refusal: `FILE:LINE:COLUMN: ITEM: what was expected`. Nothing when the file is taken. */
const lines = async (toml: string): Promise<readonly string[]> => {
  try {
    await load(toml, 'my.toml');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
};

const task = (keys: string) => `[[task]]\nname = "T"\n${keys}\n`;
const command = (keys: string) =>
  task(`type = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/"\n${keys}`);
const condition = (keys: string) => `[[condition]]\nname = "C"\n${keys}\n`;
const time = (specification: string) => condition(`type = "time"\ntime_specifications = [{ ${specification} }]`);
const event = (keys: string) =>
  `[[condition]]\nname = "B"\ntype = "bucket"\n\n[[event]]\nname = "E"\ntype = "cli"\n${keys}\n`;

describe('each mistake is told with file, line, column, item and what was expected', () => {
  const rows: readonly (readonly [title: string, toml: string, ...expected: string[]])[] = [
    // The file as a whole.
    ['a TOML syntax error', 'a = 1\nb = \n', 'my.toml:2:'],
    ['a key twice', 'tags = []\ntags = []\n', 'my.toml:2:'],
    ['an unterminated text', 'tags = ["abc]\n', 'my.toml:1:'],
    [
      'an integer beyond 64 bits',
      'tags = [[1, 2], { "a b" = 0x8000000000000000 }]\n',
      'my.toml:1:27: not valid TOML: the integer 9223372036854775808 does not fit in 64 bits',
    ],
    [
      'a date that does not exist',
      '# 2026-02-30\ntags = ["2026-02-30",\n  2024-02-29, 2026-02-29]\n',
      'my.toml:3:15: not valid TOML: the calendar does not have the date 2026-02-29',
    ],
    [
      'an instant of a date that does not exist',
      'tags = [2026-04-31 10:00:00]\n',
      'my.toml:1:9: not valid TOML: the calendar does not have the date 2026-04-31',
    ],
    [
      'a global below a table',
      task('type = "internal"\ncommand = "pause"\nscheduler_tick_seconds = 5'),
      'my.toml:5:1: task "T": unknown key "scheduler_tick_seconds", which belongs to the top of the file: write it above the first table',
    ],
    ['an unknown global', '\n  tick = 5\n', 'my.toml:2:3: unknown key "tick"'],
    [
      'a global of the wrong type',
      'scheduler_tick_seconds = "5"\n',
      'my.toml:1:26: scheduler_tick_seconds: expected an integer, 1 or more, found the string "5"',
    ],
    ['a float for an integer', 'scheduler_tick_seconds = 5.0\n', 'my.toml:1:26:', 'found the float 5.0'],
    ['an infinite tick', 'scheduler_tick_seconds = -inf\n', 'my.toml:1:26:', 'found the float -inf'],
    [
      'a tick of 0',
      'scheduler_tick_seconds = 0\n',
      'my.toml:1:26:',
      'expected an integer, 1 or more, found the integer 0',
    ],
    [
      'a number for a flag',
      'randomize_checks_within_ticks = 1\n',
      'my.toml:1:33:',
      'expected true or false, found the integer 1',
    ],
    ['tags of the wrong type', 'tags = "a"\n', 'my.toml:1:8: tags: expected an array or a table, found the string "a"'],
    ['[task] instead of [[task]]', '[task]\nname = "T"\n', 'my.toml:1:1:', 'write [[task]] instead of [task]'],
    ['a section that is no array', 'condition = 5\n', 'my.toml:1:1:', 'expected conditions as an array of tables'],
    ['a section with something else in it', 'event = [5]\n', 'my.toml:1:1:', 'expected events as an array of tables'],
    [
      'a path that only a shell expands',
      `[[condition]]\nname = "B"\ntype = "bucket"\n[[event]]\nname = "E"\ntype = "fschange"\ncondition = "B"\nwatch = ["/a", "~/b"]\n`,
      'my.toml:8:16: event "E": watch: "~" is not expanded in "~/b"',
    ],
    [
      'a home directory to start in',
      task('type = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "~"'),
      'startup_path: "~" is not expanded',
    ],
    [
      'a program in a home directory',
      task('type = "command"\ncommand = "~/x"\ncommand_arguments = []\nstartup_path = "/"'),
      'command: "~" is not expanded',
    ],
    [
      'a script in the home directory of another user',
      task('type = "lua"\nscript = "x = 1"\ninit_script_path = "~a/x.lua"'),
      'init_script_path: "~" is not expanded',
    ],
    // Kinds and names.
    ['a missing type', task(''), 'my.toml:1:1: task "T": missing key "type": expected one of command, lua, internal'],
    [
      'a type that is not a text',
      task('type = 5'),
      'my.toml:3:8: task "T": type: expected one of command, lua, internal, found the integer 5',
    ],
    [
      'an unknown type',
      task('type = "comand"'),
      'my.toml:3:8: task "T": unknown task type "comand", did you mean "command"?',
    ],
    [
      'an unknown condition type',
      condition('type = "x"'),
      'my.toml:3:8: condition "C": unknown condition type "x" (known: interval, time,',
    ],
    [
      'a missing name',
      '\n[[task]]\ntype = "internal"\ncommand = "exit"\n',
      'my.toml:2:1: task number 1: missing key "name"',
    ],
    [
      'a name with a blank',
      '[[task]]\nname = "a b"\ntype = "internal"\ncommand = "exit"\n',
      'my.toml:2:8: task "a b": name: expected a name',
    ],
    [
      'a name that begins with a digit',
      '[[condition]]\nname = "1a"\ntype = "bucket"\n',
      'my.toml:2:8:',
      'expected a name',
    ],
    [
      'a name that is no text',
      '[[condition]]\nname = 1\ntype = "bucket"\n',
      'my.toml:2:8: condition number 1: name: expected a name',
      'found the integer 1',
    ],
    [
      'a name with a line end after it',
      '[[condition]]\nname = "A\\n"\ntype = "bucket"\n',
      'my.toml:2:8:',
      'expected a name',
    ],
    [
      'a name used twice',
      `${condition('type = "bucket"')}${condition('type = "event"')}`,
      'my.toml:5:8: condition "C": the name "C" is used by another condition already',
    ],
    // Keys of items.
    [
      'an unknown key',
      command('timeout_second = 5'),
      'my.toml:7:1: task "T": unknown key "timeout_second", did you mean "timeout_seconds"?',
    ],
    [
      'a key of another kind',
      condition('type = "bucket"\ncheck_after = 5'),
      'my.toml:4:1: condition "C": unknown key "check_after"',
    ],
    ['a missing key', task('type = "lua"'), 'my.toml:1:1: task "T": missing key "script": expected a string'],
    [
      'a missing startup_path',
      task('type = "command"\ncommand = "x"\ncommand_arguments = []'),
      'my.toml:1:1: task "T": missing key "startup_path"',
    ],
    [
      'a text for an array',
      task('type = "command"\ncommand = "x"\ncommand_arguments = "a"\nstartup_path = "/"'),
      'my.toml:5:21: task "T": command_arguments: expected an array of strings, found the string "a"',
    ],
    [
      'an array with something else in it',
      task('type = "command"\ncommand = "x"\ncommand_arguments = ["a", 5]\nstartup_path = "/"'),
      'my.toml:5:27: task "T": command_arguments (entry 2): expected a string, found the integer 5',
    ],
    [
      'a status out of range',
      command('success_status = 4294967296'),
      'my.toml:7:18: task "T": success_status: expected an integer from 0 to 4294967295',
    ],
    [
      'a negative status',
      command('failure_status = -1'),
      'my.toml:7:18: task "T": failure_status: expected an integer from 0 to',
    ],
    [
      'a negative time limit',
      command('timeout_seconds = -1'),
      'my.toml:7:19: task "T": timeout_seconds: expected an integer, 0 or more',
    ],
    [
      'an environment variable with a wrong name',
      command('environment_variables = { "a-b" = "x" }'),
      'my.toml:7:',
      'task "T": environment_variables',
      'the name of an environment variable',
    ],
    [
      'an environment variable with a wrong value',
      command('environment_variables = { A = true }'),
      'my.toml:7:31: task "T": environment_variables (A): expected a string, or a number or date',
      'found true',
    ],
    [
      'environment variables that are no table',
      command('environment_variables = ["A"]'),
      'my.toml:7:25: task "T": environment_variables: expected a table of strings, found an array',
    ],
    [
      'a directory that is not there',
      task('type = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/missing"'),
      'my.toml:6:16: task "T": startup_path: expected an existing directory, "/missing"',
    ],
    [
      'an init script that is not there',
      task('type = "lua"\nscript = ""\ninit_script_path = "/missing.lua"'),
      'my.toml:5:20: task "T": init_script_path: expected',
      '/missing.lua',
    ],
    [
      'an expression that is none',
      command('match_regular_expression = true\nsuccess_stdout = "("'),
      'my.toml:8:18: task "T": success_stdout: expected a regular expression',
    ],
    [
      'an expression with look-around',
      command('match_regular_expression = true\nfailure_stderr = "(?=a)"'),
      'my.toml:8:18: task "T": failure_stderr: expected a regular expression',
    ],
    [
      'a Lua variable with a wrong name',
      task('type = "lua"\nscript = ""\nvariables_to_set = { "1" = 1 }'),
      'my.toml:5:',
      'variables_to_set',
      'the name of a Lua variable',
    ],
    [
      'a wrong value under a name that every object has',
      task('type = "lua"\nscript = ""\nexpected_results = { constructor = [] }'),
      'my.toml:5:36: task "T": expected_results (constructor): expected a string, a boolean or a number, found an empty array',
    ],
    [
      'a Lua variable with a wrong value',
      task('type = "lua"\nscript = ""\nexpected_results = { a = [] }'),
      'my.toml:5:26: task "T": expected_results (a): expected a string, a boolean or a number, found an empty array',
    ],
    ['Lua that is no Lua', task("type = \"lua\"\nscript = '''\nx = 1\ny = = 2\n'''"), 'my.toml:6:', 'task "T": script'],
    [
      'a negative number of retries below -1',
      condition('type = "bucket"\nmax_tasks_retries = -2'),
      'my.toml:4:21: condition "C": max_tasks_retries: expected an integer, -1 or more',
    ],
    [
      'a negative interval',
      condition('type = "interval"\ninterval_seconds = -1'),
      'my.toml:4:20: condition "C": interval_seconds: expected an integer, 0 or more',
    ],
    [
      'a jitter longer than its interval',
      condition('type = "interval"\ninterval_seconds = 10\njitter_seconds = 11'),
      'my.toml:5:18: condition "C": jitter_seconds: expected at most interval_seconds (10), found 11',
    ],
    [
      'a jitter for every tick',
      condition('type = "interval"\ninterval_seconds = 0\njitter_seconds = 1'),
      'my.toml:5:18: condition "C": jitter_seconds: expected at most interval_seconds (0), found 1',
    ],
    [
      'a missing interval',
      condition('type = "interval"'),
      'my.toml:1:1: condition "C": missing key "interval_seconds": expected an integer, 0 or more, or the key "interval"',
    ],
    [
      'two lengths of an interval',
      condition('type = "interval"\ninterval_seconds = 60\ninterval = "1 min"'),
      'my.toml:5:12: condition "C": interval: expected either interval or interval_seconds, found both',
    ],
    [
      'a shared condition without a fleet',
      condition('type = "interval"\ninterval_seconds = 60\nrecurring = true\nshared = true'),
      'my.toml:6:10: condition "C": shared: expected a table [fleet] with the servers that the machines have in common',
    ],
    [
      'a run that another machine repeats, of a condition that is not shared',
      condition('type = "interval"\ninterval_seconds = 60\non_lost = "rerun"'),
      'my.toml:5:11: condition "C": on_lost: expected shared = true, or a task with "where": only what a machine does for others is repeated by another one',
    ],
    [
      'a task for another machine without a fleet',
      task('type = "internal"\ncommand = "pause"\nwhere = "any"'),
      'my.toml:5:9: task "T": where: expected "here" without a table [fleet], found "any"',
    ],
    [
      'a machine that cannot be',
      task('type = "internal"\ncommand = "pause"\nwhere = "tag:"'),
      'my.toml:5:9: task "T": where: expected "here", "any", "all", "tag:NAME" or "host:NAME", found the string "tag:"',
    ],
    [
      'an interval without a unit',
      condition('type = "interval"\ninterval = "90"'),
      'my.toml:4:12: condition "C": interval: expected a duration such as "1 h 30 min" or "10m", found the string "90"',
    ],
    [
      'an aligned interval longer than a day',
      condition('type = "interval"\ninterval = "25 h"\nalign = true'),
      'my.toml:4:12: condition "C": interval: expected from 1 second to 24 hours with align = true, found 1 d 1 h: it is counted from each midnight',
    ],
    [
      'an aligned interval of no length',
      condition('type = "interval"\ninterval_seconds = 0\nalign = true'),
      'my.toml:4:20: condition "C": interval_seconds: expected from 1 second to 24 hours with align = true, found 0: it is',
    ],
    [
      'an aligned interval from the end of a run',
      condition('type = "interval"\ninterval_seconds = 60\nalign = true\nafter_end = true'),
      'my.toml:6:13: condition "C": after_end: expected either align or after_end, found both',
    ],
    [
      'an interval from the end of a run that is checked while it runs',
      condition('type = "interval"\ninterval_seconds = 60\nafter_end = true\nwhen_busy = "queue"'),
      'my.toml:5:13: condition "C": after_end: expected when_busy = "skip", found "queue": it is not checked while its tasks run',
    ],
    [
      'a start that is not one',
      condition('type = "interval"\ninterval_seconds = 60\nstart = "now"'),
      'my.toml:5:9: condition "C": start: expected one of after, at once, found the string "now"',
    ],
    [
      'a jitter longer than its written interval',
      condition('type = "interval"\ninterval = "1 min"\njitter_seconds = 61'),
      'my.toml:5:18: condition "C": jitter_seconds: expected at most interval (1 min), found 61',
    ],
    [
      'check_after = 0',
      `${condition('type = "command"\ncheck_after = 0\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/"')}`,
      'my.toml:4:15: condition "C": check_after: expected an integer, 1 or more',
    ],
    // Time specifications.
    [
      'an hour out of range',
      time('hour = 24'),
      'my.toml:4:33: condition "C": time_specifications (entry 1, hour): expected an integer from 0 to 23, found the integer 24',
    ],
    ['an hour far out of range', time('hour = 4294967296'), 'expected an integer from 0 to 23'],
    [
      'an entry of a list that is no hour',
      time('hour = [9, "5pm"]'),
      'or an array of these: entry 2 is none of these, found an array',
    ],
    [
      'a number for a day',
      time('weekday = ["mon", 3]'),
      'or an array of these: entry 2 is none of these, found an array',
    ],
    ['a text with the number of a day', time('weekday = "1-5"'), 'time_specifications (entry 1, weekday): expected'],
    ['defaults that are no table', 'defaults = 5\n', 'my.toml:1:1: defaults: expected a table, found the integer 5'],
    ['no hour at all', time('hour = []'), 'or an array of these, found an empty array'],
    [
      'a latitude of 141',
      time('sun = "noon", place = [141.9, 12.5]'),
      'such as [41.9, 12.5]: a latitude is from -90 to 90',
    ],
    [
      'an hour beside a date',
      time('at = 2026-12-24, hour = 18'),
      'expected at without hour, as it has the time itself',
    ],
    ['the start as a pattern', time('cron = "@reboot"'), 'a condition of type "session" with when = "start"'],
    ['a month of 0', time('month = 0'), 'expected an integer from 1 to 12, found the integer 0'],
    ['a day of 32', time('day = 32'), 'expected an integer from 1 to 31'],
    ['a second of 60', time('second = 60'), 'expected an integer from 0 to 59'],
    [
      'a misspelt key',
      time('hours = 17'),
      'my.toml:4:26: condition "C": time_specifications: unknown key "hours", did you mean "hour"?',
    ],
    [
      'a text for an hour',
      time('hour = "noon"'),
      'expected an integer from 0 to 23, a text such as "9-17" or "*/2", or an array of these, found the string "noon"',
    ],
    [
      'a URL of holidays',
      `${time('hour = 9')}holidays = ["https://example.org/h.ics"]`,
      'my.toml:5:13: condition "C": holidays (entry 1): expected the path of a file: "~" is not replaced, and a URL is not fetched, found the string "https://example.org/h.ics"',
    ],
    [
      'specifications that are no array',
      condition('type = "time"\ntime_specifications = {}'),
      'my.toml:4:23: condition "C": time_specifications: expected an array of tables such as [{ hour = 2, minute = 30 }], found a table',
    ],
    [
      'missing specifications',
      condition('type = "time"'),
      'my.toml:1:1: condition "C": missing key "time_specifications"',
    ],
    // References.
    [
      'an unknown task',
      `${command('')}${condition('type = "bucket"\ntasks = ["T", "U"]')}`,
      'my.toml:11:15: condition "C": tasks: there is no task "U", did you mean "T"?',
    ],
    [
      'a task twice',
      `${command('')}${condition('type = "bucket"\ntasks = ["T", "T"]')}`,
      'my.toml:11:15: condition "C": tasks: the task "T" is listed twice',
    ],
    [
      'a task name that is none',
      condition('type = "bucket"\ntasks = ["a b"]'),
      'my.toml:4:10:',
      'tasks (entry 1): expected the name of',
    ],
    [
      'an unknown condition of an event',
      event('condition = "D"'),
      'my.toml:8:13: event "E": condition: there is no condition "D", did you mean "B"?',
    ],
    [
      'an event in a file without any condition',
      '[[event]]\nname = "E"\ntype = "cli"\ncondition = "Nobody"\n',
      'my.toml:4:13: event "E": condition: there is no condition "Nobody"',
    ],
    ['an event without condition', event(''), 'my.toml:5:1: event "E": missing key "condition"'],
    [
      'an event for a condition of another type',
      `${condition('type = "interval"\ninterval_seconds = 1')}[[event]]\nname = "E"\ntype = "cli"\ncondition = "C"\n`,
      'my.toml:8:13: event "E": condition: "C" is of type interval, expected one of type bucket or event',
    ],
    // D-Bus.
    [
      'a bus that is none',
      condition('type = "dbus"\nbus = "session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "m"'),
      'my.toml:4:7: condition "C": bus: expected ":session" or ":system", found the string "session"',
    ],
    [
      'a check without its operator',
      condition(
        'type = "dbus"\nbus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "m"\nparameter_check = [{ index = 0, value = 1 }]',
      ),
      'my.toml:9:',
      'parameter_check',
      '"operator"',
    ],
    [
      'an index out of range',
      condition(
        'type = "dbus"\nbus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "m"\nparameter_check = [{ index = 64, operator = "eq", value = 1 }]',
      ),
      'an integer from 0 to 63',
    ],
    [
      'a WMI item where there is none',
      condition('type = "wmi"\nquery = "x"'),
      'my.toml:3:8: condition "C": items of type wmi exist on Windows only',
    ],
  ];
  for (const [title, toml, ...expected] of rows)
    test(title, async () => {
      const all = await lines(toml);
      expect(all, all.join('\n')).toHaveLength(1);
      for (const text of expected) expect(all[0]).toContain(text);
    });
});

describe('all problems are reported at once', () => {
  test('Each date that the calendar does not have is reported, whatever is wrong with it.', async () => {
    expect(await lines('tags = [2026-13-01, 2026-00-02,\n2026-01-32 10:00:00, 2026-02-30]\n')).toEqual(
      ['1:9', '1:21', '2:1', '2:22'].map((place, i) =>
        expect.stringMatching(
          new RegExp(
            `^my.toml:${place}: .* have the date ${['2026-13-01', '2026-00-02', '2026-01-32', '2026-02-30'][i]}$`,
          ),
        ),
      ),
    );
    const missing = (date: string) => `not valid TOML: the calendar does not have the date ${date}`;
    expect(await lines('tags = [2026-02-30, "2026-02-30", 2024-02-29,\n  2026-02-29 10:00:00,\n2026-04-31]\n')).toEqual(
      [
        `my.toml:1:9: ${missing('2026-02-30')}`,
        `my.toml:2:3: ${missing('2026-02-29')}`,
        `my.toml:3:1: ${missing('2026-04-31')}`,
      ],
    );
  });

  test('in the order of the file', async () => {
    const toml = `scheduler_tick_seconds = 0
nonsense = 1
[[task]]
name = "A"
type = "command"
comand = "x"
command_arguments = [1]
startup_path = "/missing"
[[task]]
type = "what"
[[condition]]
name = "C"
type = "interval"
interval_seconds = "1"
tasks = ["B"]
[[condition]]
name = "C"
type = "time"
time_specifications = [{ hour = 99 }, { minutes = 1 }]
[[event]]
name = "E"
type = "cli"
condition = "Nobody"
`;
    const all = await lines(toml);
    const places = all.map((line) => Number(/^my\.toml:(\d+):/.exec(line)?.[1]));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const text of [
      '1:26: scheduler_tick_seconds',
      '2:1: unknown key "nonsense"',
      '3:1: task "A": missing key "command"',
      '6:1: task "A": unknown key "comand"',
      '7:22: task "A": command_arguments (entry 1)',
      '8:16: task "A": startup_path: expected an existing directory',
      '9:1: task number 2: missing key "name"',
      '10:8: task number 2: unknown task type "what"',
      '14:20: condition "C": interval_seconds',
      '15:10: condition "C": tasks: there is no task "B"',
      '17:8: condition "C": the name "C" is used by another condition already',
      'time_specifications (entry 1, hour): expected an integer from 0 to 23',
      'unknown key "minutes", did you mean "minute"?',
      '23:13: event "E": condition: there is no condition "Nobody"',
    ])
      expect(
        all.some((line) => line.includes(text)),
        `${text}\n${all.join('\n')}`,
      ).toBe(true);
  });

  test('a problem with a task does not hide those of conditions that use it', async () => {
    const all = await lines(
      `[[task]]\nname = "A"\ntype = "internal"\n[[condition]]\nname = "C"\ntype = "bucket"\ntasks = ["A", "B"]\n`,
    );
    expect(all).toEqual([
      expect.stringContaining('missing key "command"'),
      expect.stringContaining('there is no task "B"'),
    ]);
  });
});

test('each wrong value of an output of the log is reported, and does not hide the others', async () => {
  const output =
    '[[logging.outputs]]\ntarget = 3\nitems = 4\nappend = "x"\n[logging.levels]\n"whenever.lua.Gone" = "info"\n';
  expect(await lines(`${output}"whenever.scheduler.Gone" = "info"\n"whenever.task.Gone" = "info"\n`)).toEqual([
    expect.stringMatching(/^my\.toml:2:10: logging output number 1: target: expected .*found the integer 3$/),
    expect.stringMatching(/^my\.toml:3:9: logging output number 1: items: expected .*found the integer 4$/),
    expect.stringMatching(/^my\.toml:4:10: logging output number 1: append: expected .*found the string "x"$/),
    expect.stringContaining('"whenever.lua.Gone": there is no task or condition "Gone"'),
    expect.stringContaining('"whenever.scheduler.Gone": there is no scheduler "Gone"'),
    expect.stringContaining('"whenever.task.Gone": there is no task "Gone"'),
  ]);
});

test('a mistake on the first line of a script has its column in the file, one on another line that in the script', async () => {
  const at = (script: string) => lines(task(`type = "lua"\nscript = ${script}`));
  expect(await at("'x = = 1'")).toEqual([expect.stringMatching(/^my\.toml:4:15: task "T": script: /)]);
  expect(await at("'''\nx = 1\ny = = 1\n'''")).toEqual([expect.stringMatching(/^my\.toml:6:5: task "T": script: /)]);
});

test('of a long text a message has the beginning', async () => {
  const [line] = await lines(task(`type = "${'x'.repeat(61)}"`).replace('"T"', `"-${'y'.repeat(61)}"`));
  expect(line).toContain(`found the string "-${'y'.repeat(59)}…"`);
});

describe('places are right in every form that TOML has', () => {
  const rows: readonly (readonly [title: string, toml: string, place: string])[] = [
    ['inline tables', 'task = [{ name = "T", type = "internal", comand = "x", command = "pause" }]\n', '1:42'],
    ['dotted keys', '[[condition]]\nname = "C"\ntype = "bucket"\ntags.a = 1\nfoo.bar = 1\n', '5:1'],
    ['quoted keys', '[[condition]]\nname = "C"\ntype = "bucket"\n"foo bar" = 1\n', '4:1'],
    ['dotted headers', '[[condition]]\nname = "C"\ntype = "bucket"\n[[foo.bar]]\nx = 1\n', '4:1'],
    ['headers of inner tables', '[[condition]]\nname = "C"\ntype = "bucket"\n[condition.foo]\nx = 1\n', '4:1'],
    [
      'arrays over several lines',
      'condition = [\n  { name = "A", type = "bucket" },\n  { name = "B", type = "bukket" },\n]\n',
      '3:24',
    ],
    ['comments and blank lines before', '# é ü\n\n\t[[condition]]\n\tname = "C"\n\ttype = 5\n', '5:9'],
    ['carriage returns', '[[condition]]\r\nname = "C"\r\ntype = 5\r\n', '3:8'],
  ];
  for (const [title, toml, place] of rows)
    test(title, async () => {
      const all = await lines(toml);
      expect(all, all.join('\n')).toHaveLength(1);
      expect(all[0]).toMatch(new RegExp(`^my\\.toml:${place}: `));
    });

  test('on one line that no terminal obeys, whatever the file holds', async () => {
    const [name, type] = await lines('[[task]]\nname = "A\\nB\\u001b[31m"\ntype = "x\\ny\\u009b"\n');
    expect(name).toMatch(/^my\.toml:2:8: task "A\\nB\\x1b\[31m": name: expected a name /);
    expect(type).toMatch(/^my\.toml:3:8: task .*: unknown task type "x\\ny\\x9b" /);
  });

  test('a picture shows control characters as one sign each, so that its mark is right', async () => {
    try {
      await load('a = 1\n\tb = "\u007f\u001b[31m"\n', 'my.toml');
      expect.unreachable();
    } catch (error) {
      const [problem] = (error as ConfigError).problems;
      expect(problem!.position).toEqual({ line: 2, column: 7 });
      expect(problem!.codeFrame!.split('\n').slice(1)).toEqual(['2:   b = "\ufffd\ufffd[31m"', '          ^']);
    }
  });

  test('a syntax error has a picture of its place', async () => {
    try {
      await load('a = 1\nb = = 2\n', 'my.toml');
      expect.unreachable();
    } catch (error) {
      const [problem] = (error as ConfigError).problems;
      expect(problem!.position).toEqual({ line: 2, column: 5 });
      expect(problem!.codeFrame).toContain('b = = 2');
    }
  });
});

test('names are apart: a task, a condition and an event may have the same one', async () => {
  const toml = `${command('').replace('"T"', '"Same"')}[[condition]]\nname = "Same"\ntype = "bucket"\ntasks = ["Same"]\n[[event]]\nname = "Same"\ntype = "cli"\ncondition = "Same"\n`;
  expect(await lines(toml)).toEqual([]);
});

test('names may begin with an underscore, and differ by letter case', async () => {
  expect(
    await lines(
      '[[condition]]\nname = "__When__private__x"\ntype = "bucket"\n[[condition]]\nname = "__when__private__x"\ntype = "bucket"\n',
    ),
  ).toEqual([]);
});

test('a shared condition has a name of at most 255 characters', async () => {
  const shared = (length: number) =>
    `[fleet]\nservers = ["nats://office"]\n[[condition]]\nname = "${'n'.repeat(length)}"\ntype = "interval"\ninterval_seconds = 60\nrecurring = true\nshared = true\n`;
  expect(await lines(shared(255))).toEqual([]);
  expect(await lines(shared(256))).toEqual([
    expect.stringMatching(/^my\.toml:4:8: .*name: expected at most 255 characters with shared = true, found 256$/),
  ]);
});

test('keys that every object has are unknown keys like others', async () => {
  for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    expect(await lines(`[[condition]]\nname = "C"\ntype = "bucket"\n${key} = 1\n`), key).toEqual([
      expect.stringContaining(`unknown key "${key}"`),
    ]);
});

test('an empty file is a configuration', async () => {
  expect(await lines('')).toEqual([]);
  expect(await lines('# nothing\n')).toEqual([]);
});

import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { documentText, tallyOf } from '../../src/convert/document.ts';
import { UnreadableSource } from '../../src/convert/host.ts';
import { convertWhen } from '../../src/convert/when.ts';
import { HOST, loadConverted } from '../support/converted.ts';

type Table = Record<string, unknown>;

/** Converts, loads, and returns the tables. */
const convert = async (source: string) => {
  const converted = convertWhen('items', source, HOST);
  const text = documentText(converted);
  await loadConverted(converted);
  const {
    task = [],
    condition = [],
    event = [],
  } = parse(text) as { task?: Table[]; condition?: Table[]; event?: Table[] };
  const of = (key: 'notes' | 'differs' | 'lost') => converted.blocks.flatMap((block) => block[key]);
  return {
    text,
    task,
    condition,
    event,
    notes: of('notes'),
    differs: of('differs'),
    lost: of('lost'),
    tally: tallyOf(converted),
  };
};

/** The places that are refused, as `LINE:COLUMN text`. */
const refused = (source: string): string[] => {
  try {
    convertWhen('items', source, HOST);
  } catch (error) {
    if (error instanceof UnreadableSource)
      return error.problems.map(({ line, column, text }) => `${line}:${column} ${text}`);
    throw error;
  }
  return [];
};

const TASK = '[Task-A]\ntype: task\ncommand: /opt/a b\n';
/** A file with a task and a condition of these lines. */
const condition = (lines: string): string => `${TASK}\n[Cond-1]\ntype: condition\ntask names: Task-A\n${lines}`;

/** An export with these items. */
const exported = (
  tasks: readonly Table[],
  conditions: readonly Table[] = [],
  signalhandlers: readonly Table[] = [],
): string => JSON.stringify({ tasks, conditions, signalhandlers });

describe('a task of When', () => {
  test('is judged by exit status 0 unless it says otherwise, and begins in the home directory', async () => {
    expect((await convert(TASK)).task).toEqual([
      {
        name: 'Task_A',
        type: 'command',
        startup_path: '/home/me',
        command: '/opt/a',
        command_arguments: ['b'],
        success_status: 0,
      },
    ]);
  });

  test.each([
    ['check for: nothing', {}],
    ['check for: success, status, 3', { success_status: 3 }],
    ['check for: failure, status, 2', { failure_status: 2 }],
    ['check for: success, stdout, all, well', { success_stdout: 'all, well' }],
    [
      'check for: failure, stderr, a.b\nexact match: true',
      { failure_stderr: '\\s*a\\.b\\s*', match_exact: true, match_regular_expression: true },
    ],
    [
      'check for: failure, stderr, ^E\nregexp match: true\ncase sensitive: true',
      { failure_stderr: '^E', match_regular_expression: true, case_sensitive: true },
    ],
    [
      'check for: success, stdout, ok\nregexp match: true\nexact match: true',
      { success_stdout: '^\\s*(?:ok)', match_regular_expression: true },
    ],
  ])('has its criterion: %s', async (lines, keys) => {
    const { task } = await convert(`${TASK}${lines}\n`);
    const { name: _n, type: _t, startup_path: _s, command: _c, command_arguments: _a, ...rest } = task[0]!;
    expect(rest).toEqual(keys);
  });

  test('with an expression that only Python has is not judged by it, and says so', async () => {
    const { task, lost } = await convert(`${TASK}check for: success, stdout, (?=x)\nregexp match: true\n`);
    expect(task[0]).not.toHaveProperty('success_stdout');
    expect(lost).toEqual([expect.stringContaining('(?=x)')]);
  });

  test('says where its directory does not exist here', async () => {
    const { task, notes } = await convert(`${TASK}startup directory: /gone\n`);
    expect(task[0]!.startup_path).toBe('/');
    expect(notes).toEqual([expect.stringContaining('/gone does not exist here')]);
  });

  test('has its variables, its directory, and a shell where it needs one', async () => {
    const { task, differs } = await convert(
      '[T]\ntype: task\ncommand: echo $WHEN_COMMAND_TASK | cat\nenvironment variables:\n  A=1 2\n  B=x=y\nimport environment: false\nstartup directory: /tmp\n',
    );
    expect(task[0]).toMatchObject({
      command: '/bin/sh',
      command_arguments: ['-c', 'echo $WHEN_COMMAND_TASK | cat'],
      environment_variables: { A: '1 2', B: 'x=y' },
      include_environment: false,
      startup_path: '/tmp',
    });
    expect(differs).toEqual([expect.stringContaining('WHENEVER_TASK')]);
  });
});

describe('a condition of When', () => {
  test.each([
    ['based on: interval\ninterval minutes: 2', { type: 'interval', interval_seconds: 120 }],
    ['based on: time', { type: 'time', time_specifications: [{ hour: 0, minute: 0 }] }],
    [
      'based on: time\nyear: 2030\nday: 3\nhour: 17\nday of week: saturday',
      { type: 'time', time_specifications: [{ year: 2030, day: 3, weekday: 'sat', hour: 17, minute: 0 }] },
    ],
    ['based on: idle_session\nidle minutes: 5', { type: 'idle', idle_seconds: 300 }],
    [
      'based on: command\ncommand: /opt/test -l\ncheck for: stderr, error',
      {
        type: 'command',
        startup_path: '/home/me',
        command: '/opt/test',
        command_arguments: ['-l'],
        success_stderr: 'error',
        check_after: 60,
      },
    ],
    [
      'based on: command\ncommand: /opt/test\ncheck for: status, 2',
      {
        type: 'command',
        startup_path: '/home/me',
        command: '/opt/test',
        command_arguments: [],
        success_status: 2,
        check_after: 60,
      },
    ],
    [
      'based on: command\ncommand: /opt/test',
      {
        type: 'command',
        startup_path: '/home/me',
        command: '/opt/test',
        command_arguments: [],
        success_status: 0,
        check_after: 60,
      },
    ],
  ])('recurs, with its tasks: %s', async (lines, keys) => {
    expect((await convert(condition(lines))).condition).toEqual([
      { name: 'Cond_1', ...keys, recurring: true, tasks: ['Task_A'] },
    ]);
  });

  test('has its flags', async () => {
    const lines = 'based on: time\nrepeat checks: false\nsequential: false\nsuspended: true\nbreak on: failure\n';
    expect((await convert(condition(lines))).condition[0]).toEqual({
      name: 'Cond_1',
      type: 'time',
      time_specifications: [{ hour: 0, minute: 0 }],
      execute_sequence: false,
      break_on_failure: true,
      suspended: true,
      tasks: ['Task_A'],
    });
  });

  test('of an event is a bucket with that event', async () => {
    const stock = await convert(condition('based on: event\nevent type: resume\n'));
    expect(stock.condition).toEqual([{ name: 'Cond_1', type: 'bucket', recurring: true, tasks: ['Task_A'] }]);
    expect(stock.event).toEqual([
      {
        name: 'Cond_1',
        type: 'dbus',
        bus: ':system',
        rule: "type='signal',interface='org.freedesktop.login1.Manager',member='PrepareForSleep'",
        parameter_check: [{ index: 0, operator: 'eq', value: false }],
        condition: 'Cond_1',
      },
    ]);
    const files = await convert(condition('based on: file_change\nwatched path: /tmp/x\n'));
    expect(files.event).toEqual([
      { name: 'Cond_1', type: 'fschange', watch: ['/tmp/x'], recursive: true, condition: 'Cond_1' },
    ]);
    const typed = await convert(condition('based on: event\nevent type: command_line\n'));
    expect(typed.event).toEqual([{ name: 'Cond_1', type: 'cli', condition: 'Cond_1' }]);
    expect(typed.notes).toEqual([expect.stringContaining('whenever ctl trigger Cond_1')]);
  });

  test.each(
    'startup suspend resume connect_storage disconnect_storage join_network leave_network screensaver exit_screensaver lock unlock charging discharging battery_low'.split(
      ' ',
    ),
  )('of the event %s has an equivalent that loads', async (event) => {
    const { condition: found, lost } = await convert(condition(`based on: event\nevent type: ${event}\n`));
    expect([found.length, lost]).toEqual([1, []]);
  });

  test('of a signal says which of its checks have no equivalent', async () => {
    const checks = [
      [64, null, 'is', false, 'x'],
      [0, '', 'is', false, true],
      [1, 2, 'likes', false, 'x'],
      [2, null, 'matches', false, '(?=x)'],
      [3, '7', 'is', false, 'False'],
    ];
    const handler = { handler_name: 'S', bus_name: 'a.b', bus_path: '/a', interface: 'a.b', signal: 'X' };
    const waits = { cond_name: 'C', subtype: 'EventBasedCondition', event: 'dbus_signal:S', task_names: [] };
    const { event, lost } = await convert(exported([], [waits], [{ ...handler, param_checks: checks }]));
    expect(event[0]).toMatchObject({
      bus: ':session',
      parameter_check: [
        { index: 0, operator: 'eq', value: true },
        { index: [3, 7], operator: 'eq', value: false },
      ],
    });
    expect(lost).toEqual([
      'the check of parameter 64, is x: there are parameters 0 to 63',
      'the check of parameter 1:2, likes x: there is no operator for it',
      'the check of parameter 2, matches (?=x): there is no operator for it',
    ]);
    const without = await convert(exported([], [waits], [handler]));
    expect(without.event[0]).not.toHaveProperty('parameter_check');
  });

  test.each([
    [{ day: 3, weekday: 4 }, '* * 3 * +FRI'],
    [{ year: 2030, month: 5 }, '0 * * * 5 * 2030'],
  ])('at times without a minute is a pattern: %j', async (keys, cron) => {
    const { condition: found } = await convert(
      exported([], [{ cond_name: 'A', subtype: 'TimeBasedCondition', ...keys, task_names: [] }]),
    );
    expect(found[0]!.time_specifications).toEqual([{ cron }]);
  });

  test('whose length, event or criterion is missing is what When made of it', async () => {
    const items = [
      { cond_name: 'A', subtype: 'IntervalBasedCondition' },
      { cond_name: 'B', subtype: 'IdleTimeBasedCondition' },
      { cond_name: 'C', subtype: 'CommandBasedCondition', command: '/opt/a' },
      { cond_name: 'D', subtype: 'EventBasedCondition' },
      { cond_name: 'E' },
    ].map((item) => ({ ...item, task_names: [] }));
    const { condition: found, differs, lost } = await convert(exported([], items));
    expect(found.map(({ interval_seconds, idle_seconds }) => [interval_seconds, idle_seconds])).toEqual([
      [0, undefined],
      [undefined, 0],
      [undefined, undefined],
    ]);
    expect(differs).toEqual(['without a criterion it was never true; here it always is']);
    expect(lost).toEqual([
      'the event without a name has no equivalent',
      'conditions of type unknown have no equivalent',
    ]);
  });

  test('of the end of the session has none', async () => {
    const { condition: found, lost } = await convert(condition('based on: event\nevent type: shutdown\n'));
    expect([found, lost]).toEqual([[], [expect.stringContaining('shutdown')]]);
  });

  test('of a signal has its rule and its checks', async () => {
    const handler =
      '[Signal]\ntype: signal_handler\nbus: session\nbus name: org.x.Y\nobject path: /org/x\ninterface: org.x.Y\nsignal: Gone\ndefer: false\nverify: all\nparameters:\n  0, equal, Bo, Zo\n  1, not gt, 5\n  2, matches, a+\n  0:1, equal, x\n  3:key, not matches, x\n  0, lt, abc\n';
    const {
      condition: found,
      event,
      differs,
      lost,
    } = await convert(`${handler}\n${condition('based on: user_event\nevent name: Signal\n')}`);
    expect(found[0]).toMatchObject({ type: 'bucket', immediate: true });
    expect(event[0]).toMatchObject({
      bus: ':session',
      rule: "type='signal',sender='org.x.Y',path='/org/x',interface='org.x.Y',member='Gone'",
      parameter_check: [
        { index: 0, operator: 'eq', value: 'Bo, Zo' },
        { index: 1, operator: 'le', value: 5 },
        { index: 2, operator: 'match', value: '^(?:a+)' },
        { index: [0, 1], operator: 'eq', value: 'x' },
      ],
      parameter_check_all: true,
    });
    expect(differs).toEqual([expect.stringContaining('parameter 1, not gt 5')]);
    expect(lost).toEqual([
      expect.stringContaining('parameter 3:key, not matches x: there is no operator'),
      expect.stringContaining('parameter 0, lt abc: only numbers are ordered'),
    ]);
  });
});

describe('an export of When', () => {
  const task = {
    task_name: 'T',
    command: '/opt/a',
    startup_dir: '/tmp',
    success_status: null,
    failure_stdout: 'bad',
    environment_vars: {},
  };
  const common = {
    task_names: ['T'],
    repeat: true,
    exec_sequence: true,
    suspended: false,
    break_failure: false,
    break_success: true,
  };

  test('has the same items', async () => {
    const {
      task: tasks,
      condition: found,
      event,
      tally,
    } = await convert(
      exported(
        [task],
        [
          {
            cond_name: 'A',
            subtype: 'TimeBasedCondition',
            year: null,
            hour: 17,
            minute: null,
            weekday: 0,
            day: null,
            ...common,
          },
          { cond_name: 'B', subtype: 'EventBasedCondition', event: 'dbus_signal:S', ...common },
          { cond_name: 'C', subtype: 'PathNotifyBasedCondition', watched_paths: ['/tmp/x'], ...common, repeat: false },
        ],
        [
          {
            handler_name: 'S',
            bus: 'system',
            bus_name: 'a.b',
            bus_path: '/a',
            interface: 'a.b',
            signal: 'X',
            defer: true,
            param_checks: [[0, null, 'is', true, 'no']],
            verify_all_checks: false,
          },
        ],
      ),
    );
    expect(tasks).toEqual([
      {
        name: 'T',
        type: 'command',
        startup_path: '/tmp',
        command: '/opt/a',
        command_arguments: [],
        failure_stdout: 'bad',
      },
    ]);
    expect(found.map(({ type, time_specifications, recurring }) => [type, time_specifications, recurring])).toEqual([
      ['time', [{ cron: '* 17 * * MON' }], true],
      ['bucket', undefined, true],
      ['bucket', undefined, undefined],
    ]);
    expect(event.map(({ name, type, condition: of }) => [name, type, of])).toEqual([
      ['B', 'dbus', 'B'],
      ['C', 'fschange', 'C'],
    ]);
    expect(tally.lost).toBe(0);
  });

  test('says what is missing, or of an unknown type', async () => {
    const { lost } = await convert(
      exported(
        [task],
        [
          { cond_name: 'A', subtype: 'TimeBasedCondition', minute: 0, ...common, task_names: ['T', 'Gone'] },
          { cond_name: 'B', subtype: 'DataCollectorBasedCondition', ...common },
          { cond_name: 'C', subtype: 'EventBasedCondition', event: 'dbus_signal:Gone', ...common },
        ],
        [{ handler_name: 'Unused' }],
      ),
    );
    expect(lost).toEqual([
      'there are no tasks Gone in the file',
      'conditions of type DataCollectorBasedCondition have no equivalent',
      'there is no signal handler Gone in the file',
      'no condition waits for it',
    ]);
  });
});

describe('what When would refuse is refused, each with its place', () => {
  test.each([
    ['{ "tasks": [', '1:'],
    ['{ "tasks": [] } x', '1:17 expected JSON'],
    ['{ "tasks": 5 }', '1:3 expected "tasks" as an array of objects'],
    ['{"tasks": [\n {"task_name": "A",\n  "command": 5}]}', '3:3 A: expected command as a text, found 5'],
    ['{"conditions": [{"cond_name": "A", "hour": 24}]}', '1:36 A: expected hour as an integer from 0 to 23, found 24'],
    ['[[task]]\nname = "a"\n', '1:1 expected items of When, found a file of whenever'],
    ['x: y\n', '1:1 expected [NAME of an item]'],
    ['[a b]\n', '1:1 expected the name of an item'],
    ['[A]\ntype: job\n', '2:1 A: expected type as one of task, condition, signal_handler, found "job"'],
    ['[A]\ntype: task\n', '1:1 A: expected command to be given, found nothing'],
    [condition('based on: command\ncommand: a\ncheck for: status, x\n'), '10:1 Cond-1: expected check for as SOURCE'],
    [condition('based on: interval\n'), '5:1 Cond-1: expected interval minutes to be given, found nothing'],
    [condition('based on: idle_session\n'), '5:1 Cond-1: expected idle minutes to be given, found nothing'],
    [`${TASK}check for: success\n`, '4:1 Task-A: expected check for as nothing, or'],
    [
      condition('based on: interval\ninterval minutes: 0\n'),
      '9:1 Cond-1: expected interval minutes as a number from 1',
    ],
    [condition('based on: time\nhour: 24\n'), '9:1 Cond-1: expected hour as a number from 0 to 23'],
    [condition('based on: event\nevent type: nothing\n'), '9:1 Cond-1: expected event type as one of startup'],
  ])('%j', (source, place) => {
    expect(refused(source)[0]).toContain(place);
  });
});

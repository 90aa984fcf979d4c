import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/problem.ts';
import { registry } from '../../src/items/registry.ts';
import { load } from '../support/daemon.ts';

// Every key of the manual with a value that is right, and its default.

const command = {
  command: '"true"',
  command_arguments: '["a", "b"]',
  startup_path: '"/"',
  match_exact: 'true',
  match_regular_expression: 'true',
  case_sensitive: 'true',
  include_environment: 'false',
  set_environment_variables: 'false',
  environment_variables: '{ A = "b", _c = "" }',
  success_status: '4294967295',
  failure_status: '0',
  success_stdout: '"a+"',
  success_stderr: '""',
  failure_stdout: '"x"',
  failure_stderr: '"y"',
  timeout_seconds: '0',
};
const lua = {
  script: '"x = 1"',
  expect_all: 'true',
  variables_to_set: '{ a = "b", c = true, d = 5, e = 5.0 }',
  expected_results: '{ x = 1 }',
  init_script_path: '"/init.lua"',
};
const recheck = { check_after: '1', recur_after_failed_check: 'true' };
const checks = '[{ index = 0, operator = "eq", value = 5 }, { index = [1, "a", 2], operator = "match", value = "^x" }]';
const dbus = {
  bus: '":session"',
  service: '"org.freedesktop.DBus"',
  object_path: '"/org/freedesktop/DBus"',
  interface: '"org.freedesktop.DBus"',
  method: '"ListNames"',
  parameter_call: '["a", 5, true]',
  parameter_check: checks,
  parameter_check_all: 'true',
};
const wmi = { query: '"SELECT * FROM X"', namespace: '"ROOT/CIMV2"' };
const commonCondition = {
  tags: '["a"]',
  tasks: '["T"]',
  recurring: 'true',
  max_tasks_retries: '-1',
  execute_sequence: 'false',
  break_on_failure: 'true',
  break_on_success: 'true',
  suspended: 'true',
};

const known: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  task: {
    command: { tags: '{}', ...command },
    lua: { tags: '[]', ...lua },
    internal: { tags: '[]', command: '"pause"' },
  },
  condition: {
    interval: { ...commonCondition, interval_seconds: '0' },
    time: {
      ...commonCondition,
      time_specifications:
        '[{ year = 2026, month = 12, day = 31, hour = 23, minute = 59, second = 59, weekday = "THURSDAY" }, {}]',
    },
    idle: { ...commonCondition, idle_seconds: '0' },
    command: { ...commonCondition, ...command, ...recheck },
    lua: { ...commonCondition, ...lua, ...recheck },
    dbus: { ...commonCondition, ...dbus, ...recheck },
    wmi: {
      ...commonCondition,
      ...wmi,
      result_check: '[{ field = "Name", operator = "eq", value = "x", index = 0 }]',
      result_check_all: 'true',
      ...recheck,
    },
    bucket: commonCondition,
    event: commonCondition,
  },
  event: {
    fschange: { tags: '[]', watch: '["/tmp"]', recursive: 'true', poll_seconds: '2' },
    dbus: {
      tags: '[]',
      bus: '":system"',
      rule: '"type=\'signal\'"',
      parameter_check: checks,
      parameter_check_all: 'true',
    },
    wmi: { tags: '[]', ...wmi },
    cli: { tags: '[]' },
  },
};

const base = '[[task]]\nname = "T"\ntype = "internal"\ncommand = "pause"\n[[condition]]\nname = "B"\ntype = "bucket"\n';

const fileWith = (section: string, type: string, keys: Readonly<Record<string, string>>): string =>
  `${base}[[${section}]]\nname = "X"\ntype = "${type}"\n${section === 'event' ? 'condition = "B"\n' : ''}${Object.entries(
    keys,
  )
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')}`;

/** What a file is refused for, without its place; nothing when it is taken. */
const refused = async (toml: string): Promise<string[]> => {
  try {
    await load(toml);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ text }) => text);
    throw error;
  }
};

/** Kinds that a machine or a version does not have say so, once: their keys are known all the same. */
const elsewhere = /not available yet|exist on Windows only|not available/;

for (const [section, kinds] of Object.entries(known)) {
  for (const [type, keys] of Object.entries(kinds)) {
    describe(`[[${section}]] of type ${type}`, () => {
      test('takes every key of the manual', async () => {
        expect((await refused(fileWith(section, type, keys))).filter((text) => !elsewhere.test(text))).toEqual([]);
      });

      test('does not take keys of other kinds', async () => {
        const foreign = Object.values(known)
          .flatMap((others) => Object.values(others).flatMap((other) => Object.entries(other)))
          .filter(([key]) => !Object.hasOwn(keys, key));
        const extensions = (
          registry as unknown as Record<string, { kinds: readonly { type: string; fields: object }[] }>
        )[section]!.kinds.find((kind) => kind.type === type)!.fields;
        for (const [key, value] of new Map(foreign)) {
          // Newer keys than those of the manual of whenever 1 may be shared by more kinds.
          if (Object.hasOwn(extensions, key)) continue;
          const problems = await refused(fileWith(section, type, { ...keys, [key]: value }));
          expect(
            problems.filter((text) => text.startsWith(`unknown key "${key}"`)),
            key,
          ).toHaveLength(1);
        }
      });

      test('has no key of whenever 1 that is not in the manual', () => {
        const { kinds: all, common } = registry[section as keyof typeof registry];
        const kind = all.find((one) => one.type === type)!;
        const old = Object.entries({ ...common, ...kind.fields })
          .filter(([, field]) => !field.extension)
          .map(([key]) => key);
        const wanted = ['name', ...(section === 'event' ? ['condition'] : []), ...Object.keys(keys)];
        expect(old.sort()).toEqual(wanted.sort());
      });
    });
  }
}

test('the kinds are those of the manual, but for extensions', () => {
  for (const [section, kinds] of Object.entries(known))
    expect(
      registry[section as keyof typeof registry].kinds
        .flatMap(({ type, extension }) => (extension ? [] : [type]))
        .sort(),
    ).toEqual(Object.keys(kinds).sort());
});

describe('defaults', () => {
  test('of globals', async () => {
    expect((await load('')).settings).toEqual({
      ...{ tickSeconds: 5, randomize: false, keepPause: false, reloadOnChange: false },
      plugins: [],
      history: { enabled: true, days: 90, megabytes: 200 },
    });
  });

  test('of conditions', async () => {
    const { conditions } = await load('[[condition]]\nname = "B"\ntype = "bucket"\n');
    expect(conditions[0]!.traits).toMatchObject({
      tasks: [],
      recurring: false,
      max_tasks_retries: 0,
      execute_sequence: true,
      break_on_failure: false,
      break_on_success: false,
      suspended: false,
    });
  });

  test('of commands', async () => {
    const { tasks } = await load(
      '[[task]]\nname = "T"\ntype = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/"\n',
    );
    expect(tasks[0]!.values).toMatchObject({
      command: 'x',
      command_arguments: [],
      startup_path: '/',
      match_exact: false,
      match_regular_expression: false,
      case_sensitive: false,
      include_environment: true,
      set_environment_variables: true,
      environment_variables: {},
      timeout_seconds: 0,
    });
    for (const key of ['success_status', 'failure_status', 'success_stdout', 'failure_stderr'])
      expect(tasks[0]!.values[key]).toBeUndefined();
  });

  test('of commands as conditions: no check_after, no filter', async () => {
    const { conditions } = await load(
      '[[condition]]\nname = "C"\ntype = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/"\n',
    );
    expect(conditions[0]!.values).toMatchObject({ recur_after_failed_check: false });
    expect(conditions[0]!.values.check_after).toBeUndefined();
  });

  test('of Lua items and file-change events', async () => {
    const { tasks, events } = await load(
      '[[task]]\nname = "T"\ntype = "lua"\nscript = ""\n[[condition]]\nname = "B"\ntype = "bucket"\n[[event]]\nname = "E"\ntype = "fschange"\ncondition = "B"\n',
    );
    expect(tasks[0]!.values).toMatchObject({ expect_all: false, variables_to_set: {}, expected_results: {} });
    expect(events[0]!.values).toMatchObject({ watch: [], recursive: false });
  });
});

describe('values', () => {
  test('numbers and dates in environment_variables become text', async () => {
    const { tasks } = await load(
      `[[task]]\nname = "T"\ntype = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/"
       environment_variables = { S = "s", I = 5, N = -7, F = 5.5, B = 9223372036854775807, D = 2026-03-02T12:00:00Z, L = 2026-03-02,
                                 W = 5.0, Z = -0.0, P = inf, M = -inf, Q = nan, H = 1e300 }`,
    );
    expect(tasks[0]!.values.environment_variables).toEqual({
      S: 's',
      I: '5',
      N: '-7',
      F: '5.5',
      B: '9223372036854775807',
      D: expect.stringMatching(/^2026-03-02T12:00:00/),
      L: expect.stringMatching(/^2026-03-02/),
      W: '5.0',
      Z: '-0.0',
      P: 'inf',
      M: '-inf',
      Q: 'nan',
      H: '1e+300',
    });
  });

  test('integers and floats of Lua variables stay apart', async () => {
    const { tasks } = await load(
      '[[task]]\nname = "T"\ntype = "lua"\nscript = ""\nvariables_to_set = { i = 5, f = 5.0, s = "5", b = true }\n',
    );
    expect(tasks[0]!.values.variables_to_set).toEqual({ i: 5n, f: 5, s: '5', b: true });
  });

  test('a variable may have a name that every object has', async () => {
    const { tasks } = await load(
      '[[task]]\nname = "T"\ntype = "lua"\nscript = ""\nvariables_to_set = { constructor = 1, prototype = "p", __proto__ = true, toString = 5.0 }\n',
    );
    expect(Object.entries(tasks[0]!.values.variables_to_set as object)).toEqual([
      ['constructor', 1n],
      ['prototype', 'p'],
      ['__proto__', true],
      ['toString', 5],
    ]);
  });

  test('integers have 64 bits, floats may be inf and nan', async () => {
    expect(await refused('tags = [9223372036854775807, -9223372036854775808, "99999999999999999999"]\n')).toEqual([]);
    const { tasks } = await load(
      '[[task]]\nname = "T"\ntype = "lua"\nscript = ""\nvariables_to_set = { i = inf, n = nan }\n',
    );
    expect(tasks[0]!.values.variables_to_set).toEqual({ i: Number.POSITIVE_INFINITY, n: Number.NaN });
  });

  test('a weekday is known by its short and its full name, in any letter case', async () => {
    for (const day of ['sun', 'Mon', 'TUE', 'wednesday', 'Thursday', 'fRiDaY', 'sat'])
      expect(
        await refused(`[[condition]]\nname = "C"\ntype = "time"\ntime_specifications = [{ weekday = "${day}" }]\n`),
      ).toEqual([]);
    for (const day of ['', 'mo', 'mond', 'noday', 'sun '])
      expect(
        await refused(`[[condition]]\nname = "C"\ntype = "time"\ntime_specifications = [{ weekday = "${day}" }]\n`),
      ).toEqual([expect.stringContaining('a day of the week')]);
  });

  test('max_tasks_retries near the largest integer is capped', async () => {
    const { conditions } = await load(
      '[[condition]]\nname = "C"\ntype = "bucket"\nmax_tasks_retries = 9223372036854775807\n',
    );
    expect(conditions[0]!.traits.max_tasks_retries).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('time_specifications may be empty', async () => {
    expect(await refused('[[condition]]\nname = "C"\ntype = "time"\ntime_specifications = []\n')).toEqual([]);
  });

  test('a configuration never changes', async () => {
    const config = await load('[[condition]]\nname = "C"\ntype = "bucket"\n');
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.conditions[0]!.values)).toBe(true);
    expect(Object.isFrozen(config.conditions[0]!.traits)).toBe(true);
  });
});

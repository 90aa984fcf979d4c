import { parse } from 'smol-toml';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { decimalField, floatSchema } from '../../src/config/field.ts';
import { fleetFields } from '../../src/config/fleet.ts';
import { historyFields } from '../../src/config/history.ts';
import { loggingFields, outputFields } from '../../src/config/logging.ts';
import { globalFields } from '../../src/config/read-fields.ts';
import { limitFields } from '../../src/items/common/resource-limits.ts';
import { registry } from '../../src/items/registry.ts';
import { problemsOf } from '../desktop/support/item.ts';
import { bucket, task } from '../support/items.ts';

describe('tags', () => {
  test.each([
    '[]',
    '{}',
    '["a", 5, 5.5, true, 2026-03-02, [[], {}], { b = ["c"] }]',
    '{ a = 1, "b c" = [2, { d = "e" }], n = inf }',
  ])('of a file, a task, a condition and an event are any array or table: %s', async (tags) => {
    const keys = `tags = ${tags}\n`;
    const sections = [keys, task('T', keys), bucket('B').replace('[[event]]', `${keys}[[event]]`), keys];
    expect(await problemsOf(sections.join(''))).toEqual([]);
  });

  test.each(['5', '"a"', 'true'])('are nothing else: %s', async (tags) => {
    expect(await problemsOf(task('T', `tags = ${tags}`))).toEqual([
      expect.stringContaining('tags: expected an array or a table'),
    ]);
  });
});

describe('the service of a D-Bus condition', () => {
  const withService = (service: string) =>
    problemsOf(
      `[[condition]]\nname = "C"\ntype = "dbus"\nbus = ":session"\nservice = ${JSON.stringify(service)}\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"\n`,
    );

  test.each(['org.example.Test', 'org.my-company.a-b_c', '-a.-b', ':1.42', ':1.42.7-x'])(
    'may have hyphens, and may be a unique name: %s',
    async (service) => {
      expect(await withService(service)).toEqual([]);
    },
  );

  test.each(['', 'example', 'org..x', '.org.x', 'org.7x', ':1', 'org.x y', 'org.ä'])(
    'is refused where it is no bus name: %j',
    async (service) => {
      expect(await withService(service)).toEqual([expect.stringContaining('service: expected a bus name')]);
    },
  );
});

describe('the command of a command item', () => {
  test.each([
    ['task', '[[task]]\nname = "X"\n'],
    ['condition', '[[condition]]\nname = "X"\n'],
  ])('is not empty, in a %s either', async (_, head) => {
    const toml = (command: string) =>
      `${head}type = "command"\nstartup_path = "/"\ncommand_arguments = []\ncommand = "${command}"\n`;
    expect(await problemsOf(toml('x'))).toEqual([]);
    expect(await problemsOf(toml(''))).toEqual([
      expect.stringMatching(/^test\.toml:6:11: .* command: expected the name of a program, found an empty string$/),
    ]);
  });
});

describe('the limits of a command item', () => {
  const withLimits = (limits: string) => problemsOf(task('T', `limits = ${limits}`));
  const SUCH = '{ nice = 10, ionice = "idle", memory_max = "1G", cpu_percent = 50 }';

  test.each([
    SUCH,
    '{}',
    '{ nice = 0 }',
    '{ nice = 19, ionice = "best-effort" }',
    '{ ionice = "best-effort:7", memory_max = "1.5g" }',
    '{ memory_max = "1024K", cpu_percent = 100000 }',
  ])('may be %s', async (limits) => {
    expect(await withLimits(limits)).toEqual([]);
  });

  test.each([
    ['"1G"', `limits: expected a table such as ${SUCH}, found the string "1G"`],
    ['{ nise = 1 }', 'limits: unknown key "nise", did you mean "nice"? (known: nice, ionice, memory_max, cpu_percent)'],
    ['{ nice = -1 }', 'limits (nice): expected an integer from 0 to 19, found the integer -1'],
    ['{ nice = 20 }', 'limits (nice): expected an integer from 0 to 19, found the integer 20'],
    [
      '{ ionice = "best-effort:8" }',
      'limits (ionice): expected "idle", "best-effort", or "best-effort:0" (first) to "best-effort:7" (last), found the string "best-effort:8"',
    ],
    ['{ cpu_percent = 0 }', 'limits (cpu_percent): expected an integer from 1 to 100000, found the integer 0'],
  ])('are not %s', async (limits, problem) => {
    expect(await withLimits(limits)).toEqual([expect.stringContaining(problem)]);
  });

  test.each(['1024', '"1"', '"1GB"', '"G"', '"1023K"', '"-1G"', '" 1G"', '"999999999999T"'])(
    'memory_max is a size with a unit, not %s',
    async (size) => {
      expect(await withLimits(`{ memory_max = ${size} }`)).toEqual([
        expect.stringContaining('limits (memory_max): expected a size such as "512M" or "1.5G"'),
      ]);
    },
  );

  test.each([
    ['1M', 2 ** 20],
    ['1.5G', 1.5 * 2 ** 30],
    ['2t', 2 ** 41],
    ['1024.5K', 1_049_088],
  ])('the size %s is %i bytes', (text, bytes) => {
    expect(v.parse(limitFields.memory_max.schema, text)).toBe(bytes);
  });
});

describe('a time or a date where a table belongs', () => {
  const timed = (specifications: string) =>
    problemsOf(`[[condition]]\nname = "C"\ntype = "time"\ntime_specifications = ${specifications}\n`);
  const checked = (checks: string) =>
    problemsOf(
      `[[condition]]\nname = "C"\ntype = "dbus"\nbus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"\nparameter_check = ${checks}\n`,
    );

  test.each([
    ['[02:30:00]', 'expected a table such as { hour = 2, minute = 30 }, found the time 02:30:00'],
    ['[{}, 02:30:15]', '(entry 2): expected a table such as { hour = 2, minute = 30, second = 15 }'],
    ['[2026-12-24]', 'expected a table such as { year = 2026, month = 12, day = 24 }, found the date 2026-12-24'],
    ['[2026-12-24T18:00:00]', 'such as { year = 2026, month = 12, day = 24, hour = 18, minute = 0 }, found the date'],
    ['02:30:00', 'expected an array of tables such as [{ hour = 2, minute = 30 }], found the time 02:30:00'],
    ['["7:05"]', 'expected a table such as { hour = 7, minute = 5 }, found the string "7:05"'],
    ['["*/5 * * * *"]', 'expected a table such as { cron = "*/5 * * * *" }, found the string'],
    ['["@daily"]', 'expected a table such as { cron = "@daily" }, found the string'],
    ['[[]]', 'expected a table such as { hour = 2, minute = 30 }, found an empty array'],
    ['[5]', 'expected a table such as { hour = 2, minute = 30 }, found the integer 5'],
  ])('is refused with the form that was meant: time_specifications = %s', async (specifications, text) => {
    expect(await timed(specifications)).toEqual([expect.stringContaining(text)]);
  });

  test.each(['[2026-12-24]', '[02:30:00]', '[[]]', '2026-12-24'])(
    'is refused among the checks of parameters too: %s',
    async (checks) => {
      const table =
        'such as [^,]*{ index = 0, operator = "eq", value = "text" }\\]?, found (the (date|time)|an empty array)';
      expect(await checked(checks)).toEqual([expect.stringMatching(table)]);
    },
  );

  test('is refused by every key of a configuration file, alone, in an array and in a table.', () => {
    const kinds = [...registry.task.kinds, ...registry.condition.kinds, ...registry.event.kinds];
    const sections = [registry.task, registry.condition, registry.event].map(({ common }) => common);
    const tables = [
      globalFields,
      historyFields,
      fleetFields,
      loggingFields,
      outputFields,
      ...sections,
      ...kinds.map(({ fields }) => fields),
    ];
    // Labels are not looked at, variables of the environment are texts, the arguments of a call are checked with their signature.
    const free = ['tags', 'environment_variables', 'parameter_call', 'levels', 'outputs'];
    // Dates are what the two are for.
    const isMeant = (key: string, value: string) =>
      (free.includes(key) && /^[[{]/.test(value)) || (['from', 'until'].includes(key) && value.startsWith('2026'));
    for (const value of ['02:30:00', '2026-12-24', '2026-12-24T18:00:00Z', '[02:30:00]', '{ a = 02:30:00 }', '[[]]'])
      for (const fields of tables)
        for (const [key, { schema }] of Object.entries(fields)) {
          if (isMeant(key, value)) continue;
          const { success } = v.safeParse(schema, parse(`a = ${value}`, { integersAsBigInt: true }).a);
          expect([key, value, success]).toEqual([key, value, false]);
        }
  });

  test('is refused with a message of its own, not with that of the library.', () => {
    const kinds = [...registry.task.kinds, ...registry.condition.kinds, ...registry.event.kinds];
    const number = decimalField({ min: 0, max: 1.5, doc: '' });
    const tables = [...kinds.map(({ fields }) => fields), { number }, { float: { schema: floatSchema } }];
    const values = ['true', '-7', '-0.5', 'nan', '"text"', '02:30:00', '[true]', '[[]]', '[{ a = 1 }]', '{ a = true }'];
    for (const value of values)
      for (const fields of tables)
        for (const [key, { schema }] of Object.entries(fields)) {
          const { issues } = v.safeParse(schema, parse(`a = ${value}`, { integersAsBigInt: true }).a);
          for (const { message } of issues ?? [])
            expect([key, value, message]).toEqual([key, value, expect.not.stringMatching(/^Invalid/)]);
        }
  });

  test.each([
    ['1', 1],
    ['0.5', 0.5],
    ['1.6', undefined],
    ['inf', undefined],
    ['"1"', undefined],
  ])('a decimal key takes integers and floats within its limits: %s', (value, number) => {
    const { schema } = decimalField({ min: 0, max: 1.5, doc: '' });
    const result = v.safeParse(schema, parse(`a = ${value}`, { integersAsBigInt: true }).a);
    expect(result.success ? result.output : undefined).toBe(number);
    if (!result.success) expect(result.issues[0].message).toBe('a number from 0 to 1.5');
  });
});

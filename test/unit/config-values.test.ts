import { describe, expect, test } from 'vitest';
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

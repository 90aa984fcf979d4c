import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../src/check/check-text.ts';
import { matchesName } from '../../src/config/include.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { registry } from '../../src/items/registry.ts';
import { fakeMachine } from '../support/daemon.ts';
import { fakeFiles } from '../support/fake-files.ts';

const task = (name: string): string => `[[task]]\nname = "${name}"\ntype = "internal"\ncommand = "help"\n`;
const condition = (name: string, ...tasks: readonly string[]): string =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = 60\ntasks = ${JSON.stringify(tasks)}\n`;

const machine = (files: Readonly<Record<string, string | undefined>>) => ({ ...fakeMachine, files: fakeFiles(files) });

const load = (main: string, files: Readonly<Record<string, string | undefined>> = {}, name = 'my.toml') =>
  loadConfig(name, main, registry, machine(files));

/** `FILE:LINE:COLUMN: …` of each problem. */
const refusal = async (main: string, files: Readonly<Record<string, string | undefined>> = {}): Promise<string[]> => {
  const error = await load(main, files).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).lines;
};

describe('a pattern fits names', () => {
  test.each([
    ['*.toml', 'a.toml', true],
    ['*.toml', 'a.toml~', false],
    ['*.toml', '.toml', false],
    ['*.toml', '.#a.toml', false],
    ['.*.toml', '.a.toml', true],
    ['*', 'a', true],
    ['a*b*c', 'axxbxxc', true],
    ['a*b*c', 'axxcxxb', false],
    ['?.toml', 'a.toml', true],
    ['?.toml', 'ab.toml', false],
    ['?', '😀', true],
    ['[0-9]*.toml', '1a.toml', true],
    ['[0-9]*.toml', 'a1.toml', false],
    ['[!0-9]*', 'a', true],
    ['[!0-9]*', '1', false],
    ['[^0-9]*', '1', false],
    ['[]]', ']', true],
    ['[!]]', ']', false],
    ['[a.b]', '.', false],
    ['x[a.b]', 'x.', true],
    ['x[a^]', 'x^', true],
    ['x[\\]', 'x\\', true],
    ['[a', '[a', true],
    ['[]', '[]', true],
    ['a.c', 'abc', false],
    ['(a|b)+$', '(a|b)+$', true],
    ['[z-a]', 'b', false],
  ])('%s and %s: %s', (pattern, name, fits) => expect(matchesName(pattern, name)).toBe(fits));
});

describe('several files', () => {
  test('their items belong together, in the order of the patterns and of the names', async () => {
    const config = await load(`include = ["z.toml", "conf.d/*.toml"]\n${condition('A', 'T', 'U', 'V')}`, {
      'conf.d/20.toml': task('T'),
      'conf.d/10.toml': task('U'),
      'conf.d/10.txt': 'not read',
      'z.toml': `${task('V')}${condition('B', 'U')}`,
    });
    expect(config.tasks.map(({ name, file }) => [name, file])).toEqual([
      ['V', 'z.toml'],
      ['U', 'conf.d/10.toml'],
      ['T', 'conf.d/20.toml'],
    ]);
    expect(config.conditions.map((one) => [one.name, one.file, 'file' in one])).toEqual([
      ['A', undefined, false],
      ['B', 'z.toml', true],
    ]);
    expect(config.included?.files).toEqual(['z.toml', 'conf.d/10.toml', 'conf.d/20.toml']);
    expect(await config.findWarnings()).toEqual([]);
  });

  test('patterns begin in the directory of the file', async () => {
    const files = { '/etc/w/conf.d/a.toml': task('T'), '/elsewhere/b.toml': task('U') };
    const main = `include = ["conf.d/*.toml", "/elsewhere/b.toml"]\n${condition('A', 'T', 'U')}`;
    const config = await load(main, files, '/etc/w/my.toml');
    expect(config.tasks.map(({ file }) => file)).toEqual(['/etc/w/conf.d/a.toml', '/elsewhere/b.toml']);
  });

  test('a file without include has nothing of it, and needs no files', async () => {
    const config = await loadConfig('my.toml', `${task('T')}${condition('A', 'T')}`, registry, fakeMachine);
    expect('included' in config).toBe(false);
    expect(config.conditions.every((one) => !('file' in one))).toBe(true);
  });

  test('where no files can be read, include is refused', async () => {
    await expect(loadConfig('my.toml', 'include = ["a.toml"]', registry, fakeMachine)).rejects.toThrow(
      'my.toml:1:11: include: other files cannot be included here',
    );
  });

  test('a key of an item is found in its own file', async () => {
    const { conditions } = await load(`include = ["a.toml"]\n${condition('A')}`, { 'a.toml': `\n\n${condition('B')}` });
    expect(await conditions[0]!.locate('type')).toMatchObject({ line: 4, column: 8 });
    expect(await conditions[1]!.locate('type')).toMatchObject({ line: 5, column: 8, file: 'a.toml' });
  });
});

describe('problems name their file', () => {
  test('of items, of references between files, and of names that are used twice', async () => {
    const lines = await refusal(`include = ["b.toml", "a.toml"]\n${task('T')}${condition('A', 'Missing')}`, {
      'a.toml': `${task('T')}${condition('B', 'X').replace('60', '-1')}`,
      'b.toml': `[[task]]\ntype = "internal"\ncommand = 7\n`,
    });
    expect(lines).toEqual([
      'my.toml:10:10: condition "A": tasks: there is no task "Missing"',
      'b.toml:1:1: task number 1: missing key "name": expected a name (letters, digits and underscores, not beginning with a digit)',
      'b.toml:3:11: task number 1: command: expected a string, found the integer 7',
      'a.toml:2:8: task "T": the name "T" is used by another task already, in my.toml',
      'a.toml:8:20: condition "B": interval_seconds: expected an integer, 0 or more, found the integer -1',
      'a.toml:9:10: condition "B": tasks: there is no task "X", did you mean "T"?',
    ]);
  });

  test('the message has the lines of its file around it', async () => {
    const error: unknown = await load('include = ["a.toml"]', { 'a.toml': task('T').replace('"help"', '7') }).catch(
      (caught: unknown) => caught,
    );
    expect(String(error)).toContain('a.toml:4:11: task "T": command');
    const { findings } = await findingsOf('my.toml', 'include = ["a.toml"]', machine({ 'a.toml': 'x = 1' }));
    expect(findings).toEqual([
      {
        ...{ id: 'unknown-key', level: 'error', file: 'a.toml', line: 1, column: 1 },
        ...{ message: 'unknown key "x"', picture: '1:  x = 1\n    ^' },
      },
    ]);
  });

  test('of all files that are not TOML, and nothing else then', async () => {
    const lines = await refusal(`include = ["a.toml", "b.toml"]\n${condition('A', 'T')}`, {
      'a.toml': 'a = \n',
      'b.toml': `${task('T')}x = 99999999999999999999\n`,
    });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^a\.toml:1:\d+: not valid TOML/);
    expect(lines[1]).toBe('b.toml:5:5: not valid TOML: the integer 99999999999999999999 does not fit in 64 bits');
  });

  test('keys that only the main file has', async () => {
    const lines = await refusal('include = ["a.toml"]', {
      'a.toml':
        'include = []\nscheduler_tick_seconds = 1\nallow = []\ntaks = 1\n[logging]\n[history]\n[defaults]\n[task]\n',
    });
    const only = 'expected it in the main file: an included file has tasks, conditions and events only';
    expect(lines).toEqual([
      `a.toml:1:1: include: ${only}`,
      `a.toml:2:1: scheduler_tick_seconds: ${only}`,
      `a.toml:3:1: allow: ${only}`,
      'a.toml:4:1: unknown key "taks", did you mean "task"?',
      `a.toml:5:1: logging: ${only}`,
      `a.toml:6:1: history: ${only}`,
      `a.toml:7:1: defaults: ${only}`,
      'a.toml:8:1: expected tasks as an array of tables: write [[task]] instead of [task]',
    ]);
  });

  test('of the list itself', async () => {
    const lines = await refusal(
      'include = [\n"a.toml",\n"./a.toml",\n"my.toml",\n"none.toml",\n"secret.toml",\n"*/x.toml",\n"",\n"d/",\n"~/a.toml"]',
      { 'a.toml': '', 'secret.toml': undefined },
    );
    expect(lines).toEqual([
      'my.toml:3:1: include: "a.toml" is included already',
      'my.toml:4:1: include: "my.toml" is the file itself',
      'my.toml:5:1: include: none.toml: no such file',
      'my.toml:6:1: include: secret.toml: no permission to read it',
      'my.toml:7:1: include: expected wildcards in the last part of the path only',
      'my.toml:8:1: include: expected the name of a file or a pattern, found an empty string',
      'my.toml:9:1: include: expected the name of a file or a pattern such as "d/*.toml"',
      'my.toml:10:1: include: a path that begins with "~" is not replaced here: write the whole path',
    ]);
    expect(await refusal('include = "a.toml"')).toEqual([
      'my.toml:1:11: include: expected an array of strings, found the string "a.toml"',
    ]);
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`d/${i}.toml`, '']));
    expect(await refusal('include = ["d/*"]', many)).toEqual([
      'my.toml:1:11: include: expected at most 1000 files, these are 1001',
    ]);
  });
});

describe('warnings', () => {
  test('of an included file name it, and have its lines', async () => {
    const main = `include = ["a.toml"]\n${condition('A', 'T')}`;
    const files = { 'a.toml': `${task('T')}\n${task('Unused')}` };
    const config = await load(main, files);
    expect((await config.findWarnings()).map(({ line }) => line)).toEqual([
      expect.stringMatching(/^a\.toml:7:\d+: task "Unused": /),
    ]);
    const { findings } = await findingsOf('my.toml', main, machine(files));
    expect(findings).toMatchObject([{ id: 'unused-task', file: 'a.toml', line: 7 }]);
    expect(findings[0]!.picture).toContain('name = "Unused"');
  });

  test('a pattern that fits nothing is one, which allow silences', async () => {
    const main = `include = ["conf.d/*.toml"]\n`;
    const ids = async (text: string) =>
      (await findingsOf('my.toml', `${text}${task('T')}${condition('A', 'T')}`, machine({}))).findings.map(
        ({ id, line, column }) => [id, line, column],
      );
    expect(await ids(main)).toEqual([['include-empty', 1, 12]]);
    expect(await ids(`${main}allow = ["include-empty"]\n`)).toEqual([]);
  });
});

test('what is wrong with the list, or with a section of the main file, is said where it is', async () => {
  expect(await refusal('include = ["a.toml", 5]\n', { 'a.toml': task('T') })).toEqual([
    'my.toml:1:22: include (entry 2): expected a string, found the integer 5',
  ]);
  expect(await refusal('include = ["a.toml"]\ntask = 5\n', { 'a.toml': task('T') })).toEqual([
    'my.toml:2:1: expected tasks as an array of tables',
  ]);
});

import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../src/command-line.ts';
import { loadSubcommands, SUBCOMMAND_NAMES } from '../../src/commands/index.ts';

describe('the value of an option', () => {
  test.each([
    [['--log=-J', 'x.toml'], { log: '-J', config: 'x.toml' }],
    [['-l-J', 'x.toml'], { log: '-J', config: 'x.toml' }],
    [['-qlJ', 'x.toml'], { log: 'J', quiet: true, format: undefined }],
    [['-l', '-', 'x.toml'], { log: '-' }],
    [['-l', '', 'x.toml'], { log: '' }],
    [['-ql', 'next', '-J', 'x.toml'], { log: 'next', format: 'json' }],
    [['x.toml', '-L', 'info', '-al', 'a.log'], { log: 'a.log', logAppend: true, logLevel: 'info' }],
    [['--', '-l'], { config: '-l', log: undefined }],
  ])('of %j is what was meant', async (args, expected) => {
    for (const [key, value] of Object.entries(expected))
      expect(((await parseCommandLine(args)) as unknown as Record<string, unknown>)[key]).toBe(value);
  });

  test.each([
    ['-l', '-J', 'x.toml'],
    ['-qpl', '-L', 'info', 'x.toml'],
    ['--log', '--', 'x.toml'],
    ['-L', '-h'],
  ])('of %s %s is missing', async (...args) => {
    expect(await parseCommandLine(args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^whenever: option '-[lL], --log.*' argument missing\n\nUsage: whenever /),
    });
  });

  test('that is wrong gets the usage line of --help.', async () => {
    for (const words of [[], ['status'], ['ctl'], ['simulate']] as const) {
      const [help, wrong] = await Promise.all(
        [['--help'], ['--nope']].map((option) => parseCommandLine([...words, ...option])),
      );
      const line = /^Usage: .*$/m.exec((help as { stdout: string }).stdout)?.[0];
      expect(line).toMatch(/^Usage: whenever/);
      expect((wrong as { stderr: string }).stderr).toContain(`\n\n${line}\n`);
    }
  });

  test('of the other commands may begin with a dash', async () => {
    expect(await parseCommandLine(['show', 'x.json', '--title', '-5 °C'])).toMatchObject({
      options: { title: '-5 °C' },
    });
  });
});

test.each([
  [['--journal', 'a', '--log', 'a', 'x.toml'], '--journal and --log cannot be the same file'],
  [['statos', 'C'], 'did you mean "status"?'],
  [['trigger', 'Hello'], 'too many arguments. Expected 1 argument but got 2, did you mean "ctl trigger"?'],
  [['x.toml', 'y.toml'], 'too many arguments'],
])('%j is refused with what is wrong', async (args, message) => {
  expect(await parseCommandLine(args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
});

test('a time before now, or an instant, is where records begin', async () => {
  const since = async (text: string) => {
    const { options } = (await parseCommandLine(['logs', '--since', text])) as unknown as {
      options: { since: (now: number) => number };
    };
    return options.since(Date.UTC(2026, 2, 28, 12));
  };
  expect(await since('5m')).toBe(Date.UTC(2026, 2, 28, 11, 55));
  expect(await since('2026-03-28T10:00:00Z')).toBe(Date.UTC(2026, 2, 28, 10));
});

test('each subcommand has the name under which it is listed, and examples in its help', async () => {
  expect((await loadSubcommands()).map(({ name }) => name)).toEqual(SUBCOMMAND_NAMES);
  for (const { name, examples } of await loadSubcommands()) {
    expect(examples.join('\n')).toMatch(new RegExp(`^whenever ${name}( |$)`, 'm'));
    const { stdout } = (await parseCommandLine([name, '--help'])) as { stdout: string };
    expect(stdout).toMatch(new RegExp(`^Usage: whenever ${name} [\\s\\S]*\nExamples:\n  whenever `));
  }
});

test('the help fits 80 columns, and has no options in its list of commands', async () => {
  const { stdout } = (await parseCommandLine(['--help'])) as { stdout: string };
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toContain('\n  next <CONFIG> [CONDITION...]\n');
});

test('the help has the commands before the options, and five examples at its end', async () => {
  const { stdout } = (await parseCommandLine(['--help'])) as { stdout: string };
  expect(stdout.match(/^[A-Z]\w+(?=.*:)/gm)).toEqual([
    'Usage',
    'Commands',
    'Arguments',
    'Options',
    'Commands',
    'Examples',
  ]);
  expect(stdout.split('Examples:\n')[1]!.match(/^ {2}whenever /gm)).toHaveLength(5);
});

describe('a line that says two things', () => {
  test.each([
    [['-a', 'my.toml'], "option '-a, --log-append' needs option '-l, --log <FILE>'"],
    [['-l', 'x', '--journal', 'x', 'my.toml'], '--journal and --log cannot be the same file'],
    [['-l', 'my.toml', 'my.toml'], '--log would overwrite the configuration file'],
    [['--journal', 'my.toml', 'my.toml'], '--journal would overwrite the configuration file'],
    [['--log-format', 'pattern', 'my.toml'], 'A pattern needs an output of the file: [[logging.outputs]]'],
    [['--log-format', 'xml', 'my.toml'], 'Allowed choices are plain, '],
  ])('%j is refused', async (args, problem) => {
    expect(await parseCommandLine(args)).toMatchObject({ status: 2, stderr: expect.stringContaining(problem) });
  });

  test('of the format of the log the last word counts', async () => {
    for (const [option, format] of [
      ['-J', 'json'],
      ['--log-color', 'color'],
      ['--log-plain', 'plain'],
    ] as const)
      expect(await parseCommandLine([option, 'my.toml'])).toMatchObject({ format });
    for (const format of ['plain', 'color', 'json', 'ecs', 'logfmt'])
      expect(await parseCommandLine(['--log-format', format, 'my.toml'])).toMatchObject({ format });
  });
});

describe('a word that is neither a command nor a file', () => {
  test.each([
    ['statsu', 'did you mean "status"?'],
    ['trigger', 'did you mean "ctl trigger"?'],
    ['quiet', 'did you mean "--quiet"?'],
    ['xyzzyplugh', "see 'whenever --help'"],
  ])('%s gets a hint', async (word, hint) => {
    expect(await parseCommandLine([word], () => false)).toMatchObject({
      ...{ status: 2, stderr: expect.stringContaining(`"${word}" is neither a command nor a file`) },
    });
    expect(await parseCommandLine([word], () => false)).toMatchObject({ stderr: expect.stringContaining(hint) });
  });

  test('is taken for a file where a log will have the error, or for its name alone with --quiet', async () => {
    expect(await parseCommandLine(['-l', 'x', 'statsu'], () => false)).toMatchObject({ config: 'statsu' });
    expect(await parseCommandLine(['-q', 'statsu'], () => false)).toMatchObject({ status: 2, stderr: '' });
  });

  test('an option of the daemon before a command is refused', async () => {
    expect(await parseCommandLine(['-q', 'status'])).toMatchObject({
      ...{ status: 2, stderr: expect.stringContaining(`put options of "status" after it; '-q, --quiet'`) },
    });
  });
});

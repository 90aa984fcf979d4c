import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../src/command-line.ts';
import { loadSubcommands } from '../../src/commands/index.ts';
import type { OptionRow } from '../../src/commands/subcommand.ts';
import { OPTIONS } from '../../src/daemon-options.ts';
import { problemsOf } from '../desktop/support/item.ts';

const SUBCOMMANDS = await loadSubcommands();
const PLACEHOLDER = /<(?:FILE|DIR|OTHER)>/;
const longName = ({ flags }: OptionRow): string => /--[a-z-]+/.exec(flags)![0];
const PATHS = ['~', '~/x', '~ann/x', '~+/x'];

/** Each place of the command line that takes a path, as the words before it. */
const options: readonly (readonly [string, readonly string[]])[] = [
  ...OPTIONS.filter(({ flags }) => PLACEHOLDER.test(flags)).map((row) => [longName(row), []] as const),
  ...SUBCOMMANDS.flatMap(({ name, options: rows, takes }) => {
    const needed = takes.filter(({ form }) => form.startsWith('<')).map(() => 'x');
    return rows
      .filter(({ flags }) => PLACEHOLDER.test(flags))
      .map((row) => [longName(row), [name, ...needed]] as const);
  }),
];
const argumentsOf: readonly (readonly string[])[] = [
  [],
  ...SUBCOMMANDS.flatMap(({ name, takes }) => {
    const at = takes.findIndex(({ form }) => /CONFIG|RECORDING|FILE|PATH/.test(form));
    return at < 0 ? [] : [[name, ...takes.slice(0, at).map(() => 'x')]];
  }),
];

/** What has to follow the path. */
const othersOf = ([name]: readonly string[]): readonly string[] => (name === 'run' ? ['Task'] : []);

/** What is said of a path. */
const said = (path: string): string =>
  `"~" is not expanded in "${path}": write the whole path, or "./${path}" for what has that name`;

describe('A path that begins with "~" is refused in every option and argument, with a hint.', () => {
  test('All places that take one are tried.', () => {
    expect(options.length).toBeGreaterThan(10);
    expect(argumentsOf.map((words) => words.join())).toEqual([
      '',
      'check',
      'describe',
      'init',
      'convert,x',
      'service,x',
      'fleet,x',
      'next',
      'run',
      'simulate',
      'web',
      'dump',
      'verify',
      'show',
      'mcp',
    ]);
  });

  test.each(options)('%s of %j', async (option, words) => {
    for (const path of PATHS)
      expect(await parseCommandLine([...words, `${option}=${path}`])).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringContaining(said(path)),
      });
    expect(JSON.stringify(await parseCommandLine([...words, `${option}=./~`, '--metrics', 'async']))).not.toContain(
      'expanded',
    );
  });

  test.each(argumentsOf.map((words) => [words]))('the argument of %j', async (words) => {
    for (const path of PATHS)
      expect(await parseCommandLine([...words, path, ...othersOf(words)])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(said(path)),
      });
    expect(await parseCommandLine([...words, './~/x', ...othersOf(words)])).not.toHaveProperty('status');
  });

  test('An internal task that loads such a file is refused.', async () => {
    const toml = (command: string) => `[[task]]\nname = "T"\ntype = "internal"\ncommand = "${command}"\n`;
    expect(await problemsOf(toml(' configure  ~/x.toml'))).toEqual([
      `test.toml:4:11: task "T": command: ${said('~/x.toml')}`,
    ]);
    expect(await problemsOf(toml('configure ./~/x.toml'))).toEqual([]);
  });
});

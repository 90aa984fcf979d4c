import { describe, expect, test } from 'vitest';
import { differenceText, environmentDifferences } from '../../src/commands/environment-differences.ts';
import type { CommandEnvironment, EnvironmentAnswer } from '../../src/control/environment.ts';
import { requestHandler } from '../support/request-handler.ts';

const toml = `
[[task]]
name = "Backup"
type = "command"
command = "restic"
command_arguments = ["backup"]
startup_path = "/"
[task.environment_variables]
RESTIC_PASSWORD = "hidden"
PATH = "/opt/bin"
[[task]]
name = "Bare"
type = "command"
command = "sh"
command_arguments = []
startup_path = "/"
include_environment = false
[[task]]
name = "Script"
type = "lua"
script = ""
[[condition]]
name = "Nightly"
type = "command"
command = "on-power"
command_arguments = []
startup_path = "/"
tasks = ["Backup", "Bare", "Script"]
`;

test('the instance gives its PATH and the names of variables, and no other value', async () => {
  const { ask } = await requestHandler(toml);
  const answer = await ask<EnvironmentAnswer>({ request: 'environment', condition: 'Nightly' });
  expect(answer).toEqual({
    path: '/usr/bin',
    names: ['PATH', 'HOME', 'API_TOKEN'],
    commands: [
      { item: 'condition/Nightly', program: 'on-power', inherits: true, names: [], path: null },
      ...[
        {
          item: 'task/Backup',
          program: 'restic',
          inherits: true,
          names: ['RESTIC_PASSWORD', 'PATH'],
          path: '/opt/bin',
        },
        { item: 'task/Bare', program: 'sh', inherits: false, names: [], path: null },
      ],
    ],
  });
  expect(JSON.stringify(answer)).not.toContain('hidden');
  expect(await ask({ request: 'environment', condition: 'None' })).toMatchObject({ commands: [] });
});

const daemon: EnvironmentAnswer = { path: '/usr/bin:/bin', names: ['PATH', 'HOME'], commands: [] };
const own = {
  PATH: '/home/ann/bin:relative:/usr/bin:/bin',
  HOME: '/home/ann',
  LANG: 'en_GB.UTF-8',
  SSH_AUTH_SOCK: '/run/agent',
  DISPLAY: ':0',
  RESTIC_REPOSITORY: '/srv',
  API_TOKEN: 'hidden',
  EMPTY: '',
};
const there = new Set([
  '/home/ann/bin/restic',
  '/home/ann/bin/cat',
  '/usr/bin/sh',
  '/usr/bin/cat',
  '/opt/bin/jq',
  '/home/ann/bin/jq',
]);
const command = (program: string, more: Partial<CommandEnvironment> = {}): CommandEnvironment => ({
  ...{ item: 'task/T', program, inherits: true, names: [], path: null },
  ...more,
});
const said = (one: CommandEnvironment, lastLine: string): readonly string[] =>
  environmentDifferences(one, daemon, own, lastLine, (path) => there.has(path)).map(differenceText);

describe('what one who asks has, and a failed program lacks', () => {
  const inBin = (name: string) => `${name} is in /home/ann/bin, which is in your PATH and not in the daemon's.`;
  const ofTask = 'jq is in /home/ann/bin, which is in your PATH and not in that of task/T.';
  const isSet = (name: string) => `${name} is set in your environment, and not in the daemon's.`;
  test.each<[string, CommandEnvironment, string, readonly string[]]>([
    ['a program', command('restic'), '', [inBin('restic'), isSet('RESTIC_REPOSITORY')]],
    ['a program that a shell has not found', command('sh'), 'sh: 1: restic: not found', [inBin('restic')]],
    ['one that env has not found', command('sh'), 'env: ‘restic’: No such file or directory', [inBin('restic')]],
    ['one that both have', command('sh'), 'cat: no', []],
    ['one that nobody has', command('nothing'), 'nothing: not found', []],
    ['one of a path', command('/home/ann/bin/restic'), 'boom', [isSet('RESTIC_REPOSITORY')]],
    ['one in the PATH of the file', command('sh', { path: '/opt/bin' }), 'sh: jq: not found', []],
    ['one that is not in the PATH of the file', command('sh', { path: '/usr/bin' }), 'sh: jq: not found', [ofTask]],
    ['a program of a task that inherits nothing', command('sh', { inherits: false }), 'jq: not found', [ofTask]],
    ['an agent', command('git'), 'git@host: Permission denied (publickey).', [isSet('SSH_AUTH_SOCK')]],
    ['an agent, by the program', command('/usr/bin/ssh'), '', [isSet('SSH_AUTH_SOCK')]],
    ['a display', command('sh'), 'cannot open display: ', [isSet('DISPLAY')]],
    ['a locale', command('python3'), "UnicodeEncodeError: 'ascii' codec can't encode", [isSet('LANG')]],
    ['a variable by its name', command('sh'), 'sh: 1: API_TOKEN: parameter not set', [isSet('API_TOKEN')]],
    ['a variable that the file gives', command('sh', { names: ['API_TOKEN'] }), 'API_TOKEN: parameter not set', []],
    ['one that the daemon has', command('sh'), 'HOME not set', []],
    ['one that is empty, or not set', command('sh'), 'EMPTY, NEITHER not set', []],
    ['nothing that matters', command('sh'), 'disk full', []],
  ])('%s', (_, one, lastLine, expected) => {
    expect(said(one, lastLine)).toEqual(expected);
  });

  test('a task that does not inherit is named', () => {
    expect(said(command('sh', { inherits: false }), 'HOME: unbound variable')).toEqual([
      'HOME is set in your environment, and not in that of task/T (include_environment = false).',
    ]);
  });
});

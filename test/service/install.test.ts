import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { always, Place, PROGRAM, Program, shellTask, TICK } from '../support/program.ts';
import { hasCommand, ServiceManager } from '../support/service-manager.ts';
import { systemdWords } from '../support/systemd-words.ts';

const TOML = `${TICK}${shellTask('Nothing', 'exit 0')}${always('Each', ['Nothing'])}`;

let place: Place;
let file: string;
let environment: Readonly<Record<string, string>>;
beforeEach(() => {
  place = new Place();
  file = place.write('my.toml', TOML);
  // No command of a service manager, unless a test has its own.
  environment = { HOME: place.path, XDG_CONFIG_HOME: place.file('config'), PATH: place.file('bin') };
  mkdirSync(place.file('bin'));
});
afterEach(() => place.clear());

const service = async (...args: readonly string[]) => {
  const { stdout, stderr, end } = await place.run(['service', ...args], { env: environment });
  return { status: end.code, stdout: stdout.replaceAll(place.path, '~'), stderr: stderr.replaceAll(place.path, '~') };
};
const UNIT = 'config/systemd/user/whenever.service';
const ENTRY = 'config/autostart/whenever.desktop';

/** A command of a service manager that writes down how it was called. */
const fakeManager = (name: string, script = 'exit 0'): void => {
  const path = place.write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >> ${place.file('calls')}\n${script}\n`);
  chmodSync(path, 0o755);
};
const calls = () => place.read('calls').trimEnd().split('\n');

/** All files and links of a directory, without directories. */
const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name);

describe('install', () => {
  test('writes the file, has the manager start it, and says so', async () => {
    fakeManager('systemctl');
    expect(await service('install', '--for', 'systemd', file)).toEqual({
      status: 0,
      stdout: `wrote ~/${UNIT} (the user unit for systemd)\nthe command systemd-notify is missing: the program cannot report that it is ready\nit is started, and starts at each login\n`,
      stderr: '',
    });
    expect(calls()).toEqual([
      'systemctl --user daemon-reload',
      'systemctl --user enable whenever.service',
      'systemctl --user start whenever.service',
    ]);
  });

  test('says what is left to type where the manager cannot be reached', async () => {
    fakeManager('systemctl', 'echo "Failed to connect to bus" >&2; exit 1');
    const { status, stdout } = await service('install', '--for', 'systemd', file);
    expect(status).toBe(1);
    expect(stdout).toContain(
      'not done: Failed to connect to bus. Type:\n  systemctl --user daemon-reload\n  systemctl --user enable whenever.service\n  systemctl --user start whenever.service\n',
    );
    expect(existsSync(place.file(UNIT))).toBe(true);
  });

  test('updates its own file, and says what has changed', async () => {
    expect((await service('install', '--for', 'xdg', file)).stdout).toBe(
      `wrote ~/${ENTRY} (the autostart entry for desktops)\nit starts at each login\n`,
    );
    const other = place.write('other.toml', TOML);
    const { stdout } = await service('install', '--for', 'xdg', other);
    expect(stdout).toMatch(/^updated ~\/config\/autostart\/whenever.desktop /);
    expect(stdout).toMatch(/\n {2}- Exec=.* ~\/my\.toml\n/);
    expect(stdout).toMatch(/\n {2}\+ Exec=.* ~\/other\.toml\n/);
    expect((await service('install', '--for', 'xdg', other)).stdout).toContain('is up to date');
    expect(filesIn(place.file('config'))).toEqual(['whenever.desktop']);
  });

  test('leaves a directory and a pipe alone, and refuses a configuration that is not a file', async () => {
    mkdirSync(place.file(ENTRY), { recursive: true });
    mkdirSync(dirname(place.file(UNIT)), { recursive: true });
    expect(spawnSync('mkfifo', [place.file(UNIT)]).status).toBe(0);
    for (const [format, path] of [
      ['xdg', ENTRY],
      ['systemd', UNIT],
    ] as const) {
      const { status, stderr } = await service('install', '--for', format, file);
      expect([status, stderr]).toEqual([2, `whenever: ~/${path} was not written by whenever, and is left alone\n`]);
    }
    expect((await service('status')).stdout).toContain(`~/${UNIT}, which was not written by whenever`);
    for (const passing of ['/dev/stdin', place.file(UNIT)]) {
      const { status, stderr } = await service('install', '--for', 'launchd', passing);
      const shown = passing.replace(place.path, '~');
      expect([status, stderr]).toEqual([
        2,
        `whenever: ${shown}: expected a file that is still there at the next login\n`,
      ]);
    }
  });

  test('leaves a file of someone else alone, and a link that leads nowhere', async () => {
    mkdirSync(dirname(place.file(ENTRY)), { recursive: true });
    place.write(ENTRY, '[Desktop Entry]\n');
    const refused = {
      status: 2,
      stdout: '',
      stderr: `whenever: ~/${ENTRY} was not written by whenever, and is left alone\n`,
    };
    expect(await service('install', '--for', 'xdg', file)).toEqual(refused);
    expect(await service('uninstall', '--for', 'xdg')).toEqual(refused);
    expect(await service('uninstall')).toEqual({ status: 1, stdout: 'nothing is installed\n', stderr: '' });
    expect(place.read(ENTRY)).toBe('[Desktop Entry]\n');
    mkdirSync(dirname(place.file(UNIT)), { recursive: true });
    symlinkSync('/nowhere', place.file(UNIT));
    expect((await service('install', '--for', 'systemd', file)).status).toBe(2);
    expect(readlinkSync(place.file(UNIT))).toBe('/nowhere');
  });

  test('refuses a configuration that would be refused at each login', async () => {
    const wrong = place.write('wrong.toml', 'nonsense = 1\n');
    const { status, stderr } = await service('install', '--for', 'xdg', wrong);
    expect(status).toBe(2);
    expect(stderr).toContain('unknown key "nonsense"');
    expect(existsSync(place.file('config'))).toBe(false);
  });

  test('means the file in the directory of the configuration where none is named', async () => {
    expect((await service('install', '--for', 'xdg')).stderr).toBe(
      'whenever: ~/config/whenever/whenever.toml: no such file\n',
    );
    mkdirSync(place.file('config/whenever'), { recursive: true });
    place.write('config/whenever/whenever.toml', TOML);
    expect((await service('install', '--for', 'xdg')).status).toBe(0);
    expect(place.read(ENTRY)).toContain(`-a ${place.file('config/whenever/whenever.toml')}\n`);
  });

  test('does not start a second instance', async () => {
    fakeManager('systemctl');
    const program = place.start(['-L', 'info', file], { env: environment });
    await program.until(() => program.stdout.includes('running tasks'), 'a run');
    const { status, stdout } = await service('install', '--for', 'systemd', file);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /\nan instance runs already, process \d+ with ~\/my\.toml, and goes on as it was started\. To start it anew:\n {2}whenever ctl exit\n {2}systemctl --user start whenever\.service\n$/,
    );
    expect(calls()).not.toContain('systemctl --user start whenever.service');
  });
});

describe('uninstall', () => {
  test('removes just what was made', async () => {
    await service('install', '--for', 'xdg', file);
    await service('install', '--for', 'systemd', file);
    mkdirSync(place.file('config/systemd/user/default.target.wants'));
    symlinkSync(place.file(UNIT), place.file('config/systemd/user/default.target.wants/whenever.service'));
    place.write('config/systemd/user/other.service', '[Service]\n');
    const { status, stdout } = await service('uninstall');
    expect(status).toBe(0);
    expect(stdout).toContain(`removed ~/${UNIT} (the user unit for systemd)\n`);
    expect(stdout).toContain(`removed ~/${ENTRY} (the autostart entry for desktops)\n`);
    expect(filesIn(place.file('config'))).toEqual(['other.service']);
  });

  test('lets the manager end what it has started', async () => {
    fakeManager('systemctl');
    await service('install', '--for', 'systemd', file);
    await service('uninstall');
    expect(calls().slice(3)).toEqual([
      'systemctl --user disable --now whenever.service',
      'systemctl --user daemon-reload',
    ]);
  });
});

describe('status', () => {
  test('says what is installed, and whether it fits', async () => {
    expect((await service('status', '--for', 'systemd')).stdout).toBe(
      `installed      no: ~/${UNIT} does not exist (the user unit for systemd)\nrunning        no\n`,
    );
    fakeManager('systemctl');
    fakeManager('systemd-notify');
    await service('install', '--for', 'systemd', file);
    expect(await service('status')).toEqual({
      status: 0,
      stdout: `installed      ~/${UNIT} (the user unit for systemd)\nconfiguration  ~/my.toml\nenabled        yes\nfits           yes\nrunning        no\n`,
      stderr: '',
    });
    fakeManager('systemctl', 'echo disabled; exit 1');
    expect((await service('status')).stdout).toContain('\nenabled        no\n');
  });

  test('says which path is not there any more', async () => {
    await service('install', '--for', 'xdg', file);
    place.write(ENTRY, place.read(ENTRY).replaceAll(process.execPath, '/old/.nvm/versions/node/v1/bin/node'));
    const { status, stdout } = await service('status');
    expect(status).toBe(1);
    expect(stdout).toContain('fits           no: /old/.nvm/versions/node/v1/bin/node does not exist\n');
    expect(stdout).toMatch(/would change it:\n +- Exec=\/old\/\.nvm\/.*\n +\+ Exec=.*\nnote /);
    expect(stdout).toContain(
      "note           /old/.nvm/versions/node/v1/bin/node belongs to nvm: when that version is removed, 'whenever service install' is needed again\n",
    );
  });
});

test('print writes the file, and nothing else', async () => {
  for (const name of ['systemd', 'xdg', 'launchd', 'windows']) {
    const printed = await service('print', '--for', name, file);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(printed.stdout).toContain('~/my.toml');
  }
  expect(existsSync(place.file('config'))).toBe(false);
});

test.each([
  [['instal'], 'expected install, uninstall, status or print, found "instal", did you mean "install"?'],
  [['print', '--for', 'xdg', 'a\nb'], '~/a\\nb: a path with a control character cannot be started at login'],
  [['print', '--for', 'windows', 'a%B%c'], '~/a%B%c: the Task Scheduler would replace what is between percent signs'],
])('%j is refused', async (args, message) => {
  expect(await service(...args)).toEqual({ status: 2, stdout: '', stderr: `whenever: ${message}\n` });
});

const real = hasCommand('systemd-analyze') && hasCommand('systemd-notify') && hasCommand('python3');

test.skipIf(!real)('the command lines of a unit that systemd has verified do what they promise', async () => {
  const awkward = place.file(`it is 100% $HOME ünïcode ✓ "${'x'}"`);
  mkdirSync(awkward);
  const named = join(awkward, 'my file.toml');
  symlinkSync(file, named);
  const launcher = join(awkward, 'whenever');
  symlinkSync(PROGRAM, launcher);
  const installed = spawnSync(process.execPath, [launcher, 'service', 'install', '--for', 'systemd', named], {
    encoding: 'utf8',
    env: place.environment(environment),
  });
  expect(installed.stdout).toContain('wrote ');
  const verified = spawnSync('systemd-analyze', ['--user', 'verify', place.file(UNIT)], {
    encoding: 'utf8',
    env: place.environment(),
  });
  expect(verified).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const unit = place.read(UNIT);
  const entry = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)![1]!;
  expect([entry('Type'), entry('NotifyAccess'), entry('WatchdogSec')]).toEqual(['notify', 'all', '2min']);
  const [node = '', ...args] = systemdWords(entry('ExecStart'));
  expect([node, ...args]).toEqual([process.execPath, launcher, '-L', 'info', named]);

  const manager = await ServiceManager.listen(place.file('notify'));
  const child = spawn(node, args, {
    env: place.environment({ NOTIFY_SOCKET: place.file('notify'), WATCHDOG_USEC: '1000000' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const program = new Program(child);
  try {
    const sign = await manager.message('WATCHDOG=1', await manager.message('READY=1'));
    program.kill('SIGHUP');
    const again = await manager.message('READY=1', await manager.message('RELOADING=1', sign));
    const [reload = '', ...words] = systemdWords(entry('ExecReload'));
    expect(spawnSync(reload, words, { encoding: 'utf8', env: place.environment() })).toMatchObject({ status: 0 });
    await manager.message('READY=1', await manager.message('RELOADING=1', again));
    place.write('my.toml', 'nonsense');
    expect(spawnSync(reload, words, { encoding: 'utf8', env: place.environment() })).toMatchObject({ status: 1 });
    program.kill('SIGTERM');
    await manager.message('STOPPING=1');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    // What the unit does not start again.
    expect(entry('RestartPreventExitStatus')).toBe('1 2');
    const refused = spawnSync(node, args, { encoding: 'utf8', env: place.environment() });
    expect(refused.status).toBe(2);
  } finally {
    program.kill('SIGKILL');
    await program.ended;
    await manager.close();
  }
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SERVICE_FORMATS, serviceFormatOf, temporaryBy } from '../../src/service/formats.ts';
import { launchdAgent } from '../../src/service/launchd.ts';
import { readMark, type Setting } from '../../src/service/setting.ts';
import { systemdUnit } from '../../src/service/systemd.ts';
import { scheduledTask } from '../../src/service/windows.ts';
import { autostartEntry } from '../../src/service/xdg.ts';
import { Place } from '../support/program.ts';
import { hasCommand } from '../support/service-manager.ts';
import { systemdWords } from '../support/systemd-words.ts';

/** Parts of paths that some format gives a meaning. */
const AWKWARD = [
  'plain-1.0_x',
  'two  words',
  '100% of %h %%',
  '$HOME $'.concat('{PATH} $$'),
  `it's "quoted"`,
  'back\\slash \\n \\',
  'ünïcödé ✓ 🙂',
  '`id` ; & | < > ( ) * ? # ~',
  '@home:+!-x',
  'a&amp;b --> <b>',
  '%',
  "'",
];

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const setting = (part: string, root = '/opt'): Setting => ({
  node: join(root, part, 'node'),
  program: join(root, part, 'bin', 'whenever'),
  file: join(root, part, 'my file.toml'),
  home: join(root, part),
  log: join(root, part, 'state', 'whenever.log'),
  user: `HOST\\${part}`,
});

const entryOf = (text: string, key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)![1]!;

/** The words after `node` where the program writes a log file. */
const logged = ({ program, file, log }: Setting) => [program, '-q', '-L', 'info', '-l', log, '-a', file];

describe.each(AWKWARD)('paths with %s', (part) => {
  test('are words of a unit', () => {
    const { node, program, file } = setting(part);
    const unit = systemdUnit(setting(part));
    // systemd takes no program whose path has quotes or backslashes.
    const shell = /["'\\]/.test(part) ? ['/bin/sh', '-c', 'exec "$@"', 'sh'] : [];
    expect(systemdWords(entryOf(unit, 'ExecStart'))).toEqual([...shell, node, program, '-L', 'info', file]);
    expect(systemdWords(entryOf(unit, 'ExecReload'))).toEqual([...shell, node, program, 'ctl', 'reload']);
  });

  // systemd looks whether what it would start is there.
  test.skipIf(!hasCommand('systemd-analyze'))('are read by systemd', () => {
    const there = setting(part, place.path);
    const path = place.write('whenever.service', systemdUnit(there));
    const verify = () =>
      spawnSync('systemd-analyze', ['--user', 'verify', path], { encoding: 'utf8', env: place.environment() });
    if (!systemdUnit(there).includes('/bin/sh')) {
      const missing = verify();
      expect(missing.stderr).toContain('is not executable');
      expect(missing.status).not.toBe(0);
    }
    mkdirSync(there.home, { recursive: true });
    writeFileSync(there.node, '#!/bin/sh\n');
    chmodSync(there.node, 0o755);
    expect(verify()).toMatchObject({ status: 0, stderr: '', stdout: '' });
  });

  test.skipIf(!hasCommand('desktop-file-validate') || !hasCommand('gio'))(
    'are words of an autostart entry, which a desktop starts',
    async () => {
      const there = setting(part, place.path);
      const path = place.write('whenever.desktop', autostartEntry(there));
      expect(spawnSync('desktop-file-validate', [path], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
      mkdirSync(there.home, { recursive: true });
      const found = place.file('words');
      writeFileSync(there.node, `#!/bin/sh\nprintf '%s\\n' "$@" > '${found}.new'; mv '${found}.new' '${found}'\n`);
      chmodSync(there.node, 0o755);
      execFileSync('gio', ['launch', path], { env: place.environment() });
      await vi.waitFor(() => expect(existsSync(found)).toBe(true), { timeout: 15_000 });
      expect(place.read('words').trimEnd().split('\n')).toEqual(logged(there));
    },
  );

  test.skipIf(!hasCommand('plistutil') || !hasCommand('python3'))('are words of an agent', () => {
    const { node, program, file, home, log } = setting(part);
    place.write('a.plist', launchdAgent(setting(part)));
    // To binary by one reader, from there by another one; and the text by the other one.
    execFileSync('plistutil', ['-i', place.file('a.plist'), '-o', place.file('b.plist')]);
    const script = 'import json,plistlib,sys\nprint(json.dumps([plistlib.load(open(p,"rb")) for p in sys.argv[1:]]))';
    const read = execFileSync('python3', ['-c', script, place.file('a.plist'), place.file('b.plist')]);
    const [text, binary] = JSON.parse(read.toString()) as readonly object[];
    expect(text).toEqual({
      Label: 'local.whenever',
      ProgramArguments: [node, program, '-L', 'info', file],
      WorkingDirectory: home,
      RunAtLoad: true,
      KeepAlive: { Crashed: true },
      StandardOutPath: log,
      StandardErrorPath: log,
    });
    expect(binary).toEqual(text);
  });

  test.skipIf(!hasCommand('xmllint') || !hasCommand('python3'))('are words of a task of Windows', () => {
    const path = place.write('task.xml', scheduledTask(setting(part)));
    const schema = join(import.meta.dirname, '..', 'support', 'task-scheduler.xsd');
    const checked = spawnSync('xmllint', ['--noout', '--schema', schema, path], { encoding: 'utf8' });
    expect(checked.stderr).toBe(`${path} validates\n`);
    const valueAt = (name: string) =>
      execFileSync('xmllint', ['--xpath', `string(//*[local-name()="${name}"])`, path])
        .toString()
        .slice(0, -1);
    expect(valueAt('Command')).toBe(setting(part).node);
    expect(valueAt('UserId')).toBe(setting(part).user);
    // Python quotes for Windows on its own.
    const quoted = 'import subprocess,sys\nsys.stdout.write(subprocess.list2cmdline(sys.argv[1:]))';
    expect(valueAt('Arguments')).toBe(execFileSync('python3', ['-c', quoted, ...logged(setting(part))]).toString());
  });

  test.each(SERVICE_FORMATS)('are read back from the file: $name', ({ text }) => {
    const { node, program, file } = setting(part);
    expect(readMark(text(setting(part)))).toEqual({ node, program, file });
  });
});

test.skipIf(!hasCommand('xmllint'))('the schema of a task refuses what the Task Scheduler would refuse', () => {
  const schema = join(import.meta.dirname, '..', 'support', 'task-scheduler.xsd');
  const task = scheduledTask(setting('a'));
  const changes: readonly (readonly [string, string])[] = [
    ['<Count>3<', '<Count>0<'],
    ['PT0S', 'forever'],
    ['InteractiveToken', 'Interactive'],
    ['version="1.2"', 'version="3"'],
  ];
  for (const [from, to] of changes) {
    const path = place.write('task.xml', task.replace(from, to));
    expect(spawnSync('xmllint', ['--noout', '--schema', schema, path]).status, to).toBe(3);
  }
});

test('any path is a word of a unit, and is read back', () => {
  const paths = fc.stringMatching(/^[^\p{Cc}]+$/u).map((name) => `/${name}`);
  fc.assert(
    fc.property(paths, paths, paths, (node, program, file) => {
      const given = { ...setting('a'), node, program, file };
      const words = systemdWords(entryOf(systemdUnit(given), 'ExecStart'));
      expect(words.slice(words[0] === '/bin/sh' ? 4 : 0)).toEqual([...new Set([node, program]), '-L', 'info', file]);
      for (const { text } of SERVICE_FORMATS) expect(readMark(text(given))).toEqual({ node, program, file });
    }),
  );
});

test('one executable is not given a launcher', () => {
  const one = { ...setting('a'), node: '/opt/whenever', program: '/opt/whenever', file: '/a.toml' };
  expect(systemdWords(entryOf(systemdUnit(one), 'ExecStart'))).toEqual(['/opt/whenever', '-L', 'info', '/a.toml']);
  expect(systemdWords(entryOf(systemdUnit(one), 'ExecReload'))).toEqual(['/opt/whenever', 'ctl', 'reload']);
  for (const { text, name } of SERVICE_FORMATS) {
    const words = text(one).replace(/^.*\{"node":.*$/m, '');
    expect(words.match(/\/opt\/whenever/g), name).toHaveLength(name === 'systemd' ? 2 : 1);
  }
});

test('the guide shows the unit as it is', () => {
  const [node, program, file] = ['/usr/bin/node', '/usr/bin/whenever', '/home/me/my.toml'];
  const unit = systemdUnit({ ...setting('a'), node, program, file });
  expect(readFileSync(join(import.meta.dirname, '../../docs/guide.md'), 'utf8')).toContain(
    `\`\`\`ini\n${unit}\`\`\`\n`,
  );
});

test.each([
  ['', undefined],
  ['[Service]\nExecStart=/bin/whenever\n', undefined],
  ['# Written by "whenever service install", which replaces this file.\n# {"node":1}\n', undefined],
  ['# Written by "whenever service install", which replaces this file.\n# {"node"\n', undefined],
])('a file that this program has not written is not its own: %j', (text, expected) => {
  expect(readMark(text)).toBe(expected);
});

test('the way to start at login is that of the machine', () => {
  const name = (platform: NodeJS.Platform, systemd: boolean) => serviceFormatOf({ platform, systemd }).name;
  expect([name('linux', true), name('linux', false), name('freebsd', false)]).toEqual(['systemd', 'xdg', 'xdg']);
  expect([name('darwin', false), name('win32', false)]).toEqual(['launchd', 'windows']);
});

test.each([
  ['/home/me/.nvm/versions/node/v22.1.0/bin/node', 'nvm'],
  ['/run/user/1000/fnm_multishells/1_2/bin/node', 'fnm'],
  ['/home/me/.volta/tools/image/node/22.0.0/bin/node', 'Volta'],
  ['/home/me/.local/share/mise/installs/node/22/bin/node', 'mise'],
  ['/opt/homebrew/Cellar/node/22.1.0/bin/node', 'Homebrew'],
  ['/home/me/.npm/_npx/1234/node_modules/.bin/whenever', 'npx'],
  ['/usr/bin/node', undefined],
  ['/home/me/nvmx/bin/node', undefined],
])('%s belongs to %s', (path, tool) => {
  expect(temporaryBy(path)).toBe(tool);
});

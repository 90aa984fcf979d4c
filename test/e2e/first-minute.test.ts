import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { have } from '../desktop/support/programs.ts';
import { onDemand, Place, PROGRAM, Program, RUNNER, shellTask, TICK } from '../support/program.ts';

const TERMINAL = join(import.meta.dirname, '../control/support/terminal.py');

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const DEFAULT = 'config/whenever/whenever.toml';

describe('whenever init', () => {
  test('writes the file that is read when none is named, with mode 600, and says what to do next', async () => {
    const { end, stdout, stderr } = await place.run(['init'], { env: { HOME: place.path } });
    expect({ code: end.code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(statSync(place.file(DEFAULT)).mode & 0o777).toBe(0o600);
    expect(stdout).toContain(`Wrote ${place.file(DEFAULT)}`);
    expect(stdout).toContain('\n  whenever check\n');
    expect(stdout).toMatch(/\n {2}whenever\n/);
    const checked = await place.run(['check', '--strict'], { env: { HOME: place.path } });
    expect(checked.stdout).toContain('nothing wrong: 1 condition, 1 task, 0 events');
    const days = ['--from', '2026-11-28T12:00', '--to', '2026-11-28T13:00'];
    const simulated = await place.run(['simulate', place.file(DEFAULT), ...days]);
    expect(simulated.stdout).toMatch(/EveryMinute +\S+ +60|60 .*EveryMinute|EveryMinute.* 60/);
  });

  test('check without a file, where init has written none, says what to do', async () => {
    const { end, stdout, stderr } = await place.run(['check'], { env: { HOME: place.path } });
    expect({ code: end.code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`there is none at ${place.file(DEFAULT)}, where 'whenever init' writes one`);
  });

  test('never overwrites, and says what to do instead', async () => {
    place.write('my.toml', 'mine');
    const { end, stdout, stderr } = await place.run(['init', 'my.toml']);
    expect({ code: end.code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/my\.toml exists, and is left as it is\n.*whenever init other\.toml\n$/s);
    expect(place.read('my.toml')).toBe('mine');
  });

  test('of several that begin at the same time one writes the file, and it is whole', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => place.run(['init', 'a/b/my.toml'])));
    expect(all.map(({ end }) => end.code).sort()).toEqual([0, 1, 1, 1]);
    expect((await place.run(['check', 'a/b/my.toml'])).end.code).toBe(0);
  });

  test('a directory, and one in which nothing can be made, are reported', async () => {
    const directory = await place.run(['init', '.']);
    expect(directory.end.code).toBe(2);
    expect(directory.stderr).toContain('whenever init whenever.toml');
    const nowhere = await place.run(['init', '/proc/x/my.toml']);
    expect(nowhere.end.code).toBe(2);
    expect(nowhere.stderr).toMatch(/^whenever: cannot write \/proc\/x\/my\.toml: /);
  });
});

describe('without a file', () => {
  test('names the path of the default file, whenever init, and the usage', async () => {
    const { end, stdout, stderr } = await place.run([]);
    expect({ code: end.code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `whenever: configuration file not specified, and there is none at ${place.file(DEFAULT)}\n'whenever init' writes one to begin with (usage: whenever [OPTIONS] CONFIG, see 'whenever --help')\n`,
    );
  });

  test('runs the default file, which SIGHUP loads again', async () => {
    const path = place.file(DEFAULT);
    mkdirSync(join(path, '..'), { recursive: true });
    place.write(DEFAULT, `${TICK}${shellTask('T', 'true')}${onDemand('C', ['T'])}`);
    const program = place.start(['-L', 'info', '-J']);
    await program.record(/MAIN starting .*START/);
    program.send('trigger Go_C');
    await program.record(/CONDITION .*task T ended: success/);
    place.write(DEFAULT, `${TICK}${shellTask('U', 'true')}${onDemand('C', ['U'])}`);
    program.kill('SIGHUP');
    await program.until(() => program.told.some((text) => /reconfigure/.test(text)), 'a reload');
    program.send('trigger Go_C');
    await program.record(/task U ended: success/);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    const history = await place.run(['history']);
    expect(history.stdout).toMatch(/U/);
  });

  test('the default file cannot be the log', async () => {
    expect((await place.run(['init'])).end.code).toBe(0);
    const before = place.read(DEFAULT);
    const { end, stderr } = await place.run(['--log', place.file(DEFAULT)]);
    expect(end.code).toBe(2);
    expect(stderr).toContain('cannot be the configuration file');
    expect(place.read(DEFAULT)).toBe(before);
  });

  test('a default file that cannot be read is reported as such', async () => {
    mkdirSync(place.file(DEFAULT), { recursive: true });
    const { end, stderr } = await place.run([]);
    expect(end.code).toBe(2);
    expect(stderr).toContain('it is a directory');
  });

  test('a relative XDG_CONFIG_HOME does not count', async () => {
    const { stdout } = await place.run(['init'], { env: { XDG_CONFIG_HOME: 'here', HOME: place.file('home') } });
    expect(stdout).toContain(place.file('home/.config/whenever/whenever.toml'));
    expect(existsSync(place.file('here'))).toBe(false);
  });
});

const every = (seconds: number): string =>
  `[[condition]]\nname = "Often"\ntype = "interval"\ninterval_seconds = ${seconds}\nrecurring = true\ntasks = ["T"]\n`;

/** Runs a file on a terminal until the first line is there or something else is, and returns what is shown. */
const onTerminal = async (toml: string, args: readonly string[], mark: string, columns = 80): Promise<string> => {
  const file = place.write('c.toml', toml);
  const steps = JSON.stringify([[mark, 1, 'exit\r']]);
  const words = [TERMINAL, String(columns), '24', steps, RUNNER, PROGRAM, ...args, file];
  const terminal = new Program(spawn('python3', words, { cwd: place.path, env: place.environment() }));
  expect((await terminal.ended).code).toBe(0);
  expect(terminal.stdout).toContain('\nended 0');
  return terminal.stdout;
};

describe.skipIf(!have('python3'))('the first line', () => {
  test('says what is there and what comes next', async () => {
    const shown = await onTerminal(TICK + shellTask('T', 'true') + every(60), [], 'ends it');
    expect(shown).toMatch(/running \S+c\.toml: 1 condition, 1 task; next Often at \d\d:\d\d:\d\d; Ctrl-C ends it\r\n/);
  });

  test('is there as well when the log goes to a file, which does not have it', async () => {
    const shown = await onTerminal(
      TICK + shellTask('T', 'true') + every(60),
      ['-l', 'my.log', '-L', 'trace'],
      'ends it',
    );
    expect(shown).toMatch(/running \S+c\.toml: .*; next Often/);
    expect(place.read('my.log')).not.toContain('Ctrl-C');
  });

  test('of a file with events says what is waited for, and what to type', async () => {
    const shown = await onTerminal(TICK + shellTask('T', 'true') + onDemand('C', ['T']), [], 'ends it', 200);
    expect(shown).toMatch(
      /1 condition, 1 task, 1 event; waits for the event Go_C; type "trigger Go_C" and Enter; Ctrl-C ends it/,
    );
  });

  test('of a start with --pause says how to go on', async () => {
    expect(await onTerminal(TICK + shellTask('T', 'true') + every(60), ['-p'], 'ends it')).toContain(
      'paused: type "resume" and Enter to go on',
    );
  });

  test('of a file in which nothing can happen says so', async () => {
    const shown = await onTerminal(TICK + shellTask('T', 'true'), [], 'ends it');
    expect(shown).toMatch(
      /0 conditions, 1 task; nothing in it will run by itself: 'whenever check \S+c\.toml' says why/,
    );
  });

  for (const [title, args, more] of [
    ['--quiet', ['-q', '-l', 'my.log'], ''],
    ['JSON', ['-J', '-L', 'info'], ''],
    ['JSON by the file', [], '[[logging.outputs]]\ntarget = "stdout"\nformat = "json"\n'],
  ] as const)
    test(`is not there with ${title}`, async () => {
      const toml = TICK + shellTask('T', `touch ${place.file('ran')}`) + every(1) + more;
      const file = place.write('c.toml', toml);
      const line = `import pty, sys; sys.exit(pty.spawn(sys.argv[1:]))`;
      const terminal = new Program(
        spawn('python3', ['-c', line, RUNNER, PROGRAM, ...args, file], {
          cwd: place.path,
          env: place.environment(),
        }),
      );
      await expect.poll(() => existsSync(place.file('ran')), { timeout: 15_000 }).toBe(true);
      terminal.send('exit');
      await terminal.ended;
      expect(terminal.stdout).not.toContain('ends it');
    });

  test('does not reach a program that reads the log', async () => {
    const program = place.start(['-L', 'info'], { toml: TICK + shellTask('T', 'true') + every(1) });
    await program.until(() => program.stdout.includes('task T ended'), 'a run');
    program.send('exit');
    await program.ended;
    expect(program.stderr).toBe('');
    expect(program.stdout.split('\n').filter((text) => text !== '' && !text.startsWith('['))).toEqual([]);
  });
});

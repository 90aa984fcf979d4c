import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Place, PROGRAM, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** Runs the program to its end, with nothing on its standard input. */
const run = async (...args: string[]) => {
  const { end, stdout, stderr } = await place.run(args, { refused: true });
  return { status: end.code, stdout, stderr };
};

describe('help, version and features', () => {
  for (const option of ['-h', '--help'])
    test(`${option} prints every option and every input command, status 0`, async () => {
      const { status, stdout, stderr } = await run(option);
      expect(status).toBe(0);
      expect(stderr).toBe('');
      for (const text of [
        '-q, --quiet',
        '-p, --pause',
        '-r, --check-running',
        '-O, --options',
        '-l, --log <FILE>',
        '-L, --log-level <LEVEL>',
        '-a, --log-append',
        '-P, --log-plain',
        '-C, --log-color',
        '-J, --log-json',
        '-h, --help',
        '-V, --version',
        'reset_conditions',
        'configure PATH',
      ])
        expect(stdout).toContain(text);
    });

  for (const option of ['-V', '--version'])
    test(`${option} prints the name and a version of 1.2.0 or later, status 0`, async () => {
      const { status, stdout } = await run(option);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^whenever 2\.\d+\.\d+\n$/);
    });

  for (const args of [['-O'], ['--options'], ['-O', '-q'], ['-qO']])
    test(`${args.join(' ')} prints "options:" and the features, status 0`, async () => {
      const { status, stdout } = await run(...args);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^options:( (dbus|wmi|lua_sync|lua_httpreq))*\n$/);
    });

  describe('a first word that is neither a command nor a file', () => {
    test.each([
      [['staus'], 'did you mean "status"?'],
      [['staus', '--json'], 'did you mean "status"?'],
      [['staus', '--help'], 'did you mean "status"?'],
      [['statu', 'Nightly'], 'did you mean "status"?'],
      [['stat', 'list'], 'did you mean "state"?'],
      [['pause'], 'did you mean "ctl pause"?'],
      [['pause', '1h'], 'did you mean "ctl pause"?'],
      [['check-running'], 'did you mean "--check-running"?'],
    ])('%j gets one message with the nearest word, status 2', async (args, hint) => {
      const stderr = `whenever: "${args[0]}" is neither a command nor a file, ${hint}\n`;
      expect(await run(...args)).toEqual({ status: 2, stdout: '', stderr });
    });

    test('that is like no command leads to the help, and with --quiet there is no message', async () => {
      const stderr = `whenever: "xyzzy" is neither a command nor a file; see 'whenever --help'\n`;
      expect(await run('xyzzy')).toEqual({ status: 2, stdout: '', stderr });
      expect(await run('-q', 'xyzzy')).toEqual({ status: 2, stdout: '', stderr: '' });
    });

    test.each(['./staus', 'staus.toml', 'dir/staus'])('%s is a file', async (file) => {
      const { status, stdout, stderr } = await run(file);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^whenever: configuration .*staus.*: no such file\n$/);
      expect(stdout).toContain('[START/ERR]');
    });

    test('is a file for a wrapper that reads records, or has a log', async () => {
      expect((await run('-J', 'staus')).stdout).toContain('"message_type":{"status":"ERR","when":"START"}');
      expect((await run('-q', '-l', 'x.log', 'staus')).stderr).toBe('');
      expect(place.read('x.log')).toContain('[START/ERR]');
    });

    test('does not matter where no file is needed', async () => {
      expect((await run('-r', 'staus')).stdout).toBe('whenever: no running instances\n');
      expect((await run('-O', 'staus')).status).toBe(0);
    });

    test('is the configuration if there is such a file', async () => {
      place.write('staus', 'nonsense = 1\n');
      expect((await run('staus')).stderr).toContain('unknown key "nonsense"');
    });
  });

  describe('help', () => {
    test.each([[[]], [['status']], [['ctl']]])('of %j is the text of --help', async (words) => {
      const asked = await run('help', ...words);
      expect(asked).toEqual(await run(...words, '--help'));
      expect(asked).toMatchObject({ status: 0, stderr: '' });
      expect(asked.stdout).toContain(['Usage: whenever', ...words].join(' '));
    });

    test('of ctl has each input command, and of an input command how it is given', async () => {
      const { stdout } = await run('ctl', '--help');
      for (const word of ['exit, quit', 'pause [END]', 'suspend_condition NAME [END]', 'run NAME [--queue]'])
        expect(stdout).toMatch(new RegExp(`^  ${word.replaceAll(/[[\]]/g, '\\$&')}(\n {30}|  +)[A-Z]`, 'm'));
      expect((await run('help', 'ctl', 'quit')).stdout).toBe(
        'Usage: whenever ctl exit\n       whenever ctl quit\n\nEnd when everything that runs has ended.\n',
      );
    });

    test.each([
      [['staus'], 'no command "staus", did you mean "status"?'],
      [['pause'], 'no command "pause", did you mean "ctl pause"?'],
      [['ctl', 'paus'], 'ctl has no command "paus", did you mean "pause"?'],
      [['ctl', 'pause', '1h'], 'expected one command of ctl, found "pause 1h"'],
      [['status', 'Nightly'], 'status has no commands of its own, found "Nightly"'],
    ])('of %j is refused with the nearest command', async (words, message) => {
      expect(await run('help', ...words)).toEqual({ status: 2, stdout: '', stderr: `whenever: ${message}\n` });
    });
  });

  test('with --check-running and --options the first wins', async () => {
    const { status, stdout } = await run('-O', '-r');
    expect(status).toBe(1);
    expect(stdout).toBe('whenever: no running instances\n');
  });
});

describe('wrong usage ends with the usage text on standard error and status 2', () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    ['an unknown option', '--frobnicate'],
    ['an unknown short option', '-x'],
    ['a wrong level', '-L', 'loud', 'x.toml'],
    ['a level in upper case', '--log-level', 'TRACE', 'x.toml'],
    ['-L without a level', '-L'],
    ['-l without a file', 'x.toml', '-l'],
    ['-l with an option in the place of its file', '-l', '-J', 'x.toml'],
    ['--log with an option in the place of its file', '--log', '--log-json', 'x.toml'],
    ['joined options with an option in the place of the value', '-ql', '-J', 'x.toml'],
    ['-- in the place of a file', '-l', '--', 'x.toml'],
    ['-a without -l', '-a', 'x.toml'],
    ['--log-append without --log', '--log-append', 'x.toml'],
    ['-P with -C', '-P', '-C', 'x.toml'],
    ['-P with -J', '-PJ', 'x.toml'],
    ['-C with -J', '--log-color', '--log-json', 'x.toml'],
    ['the configuration file as the log', '-l', 'x.toml', 'x.toml'],
    ['the configuration file as the recording', '--journal', 'x.toml', 'x.toml'],
    ['two files', 'a.toml', 'b.toml'],
  ];
  for (const [title, ...args] of cases)
    test(title, async () => {
      const { status, stdout, stderr } = await run(...args);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^whenever: .+\n[\s\S]*Usage: whenever/);
    });
});

describe('start-up errors', () => {
  test('without CONFIG: one text on standard error, status 2', async () => {
    const { status, stdout, stderr } = await run();
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^whenever: configuration file not specified/);
  });

  test('without CONFIG, --quiet is silent', async () => {
    expect(await run('--quiet')).toEqual({ status: 2, stdout: '', stderr: '' });
  });

  test('a file that is not there: its name and the reason, an ERROR record, status 2', async () => {
    const { status, stdout, stderr } = await run('nowhere.toml');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^whenever: .*nowhere\.toml: no such file\n$/);
    expect(stdout).toMatch(/ERROR MAIN starting: \[START\/ERR\] .*nowhere\.toml: no such file\n$/);
  });

  test('a directory and a file that is not UTF-8 are refused with the reason', async () => {
    expect((await run(place.path)).stderr).toContain('it is a directory');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(place.file('latin.toml'), Buffer.from([0x23, 0xe9, 0x0a]));
    expect((await run('latin.toml')).stderr).toContain('it is not valid UTF-8');
  });

  test('a bad file: every problem with its place on standard error, an ERROR record for each, status 2', async () => {
    const toml = 'scheduler_tick_seconds = 0\n[[task]]\nname = "A"\ntype = "internal"\ncomand = "exit"\n';
    const { end, stdout, stderr } = await place.run(['-J'], { toml, refused: true });
    const file = place.file('config.toml');
    expect(end).toEqual({ code: 2, signal: null });
    expect(stderr).toContain(`${file}:1:26: scheduler_tick_seconds: expected an integer, 1 or more`);
    expect(stderr).toContain(`${file}:2:1: task "A": missing key "command"`);
    expect(stderr).toContain(`${file}:5:1: task "A": unknown key "comand", did you mean "command"?`);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map((record) => record.header.level)).toEqual(['ERROR', 'ERROR', 'ERROR']);
  });

  test.skipIf(process.platform === 'win32')('a pipe is read once and to its end', async () => {
    const pipe = place.file('pipe');
    spawnSync('mkfifo', [pipe]);
    const written = writeFile(pipe, 'nonsense = 1\n');
    const { end, stderr } = await place.run([pipe]);
    await written;
    expect(end.code).toBe(2);
    expect(stderr).toContain('unknown key "nonsense"');
  });

  test('a bad file with --quiet: silent, and the log file has the errors', async () => {
    const log = place.file('x.log');
    const { end, stdout, stderr } = await place.run(['-q', '-l', log], { toml: 'nonsense = 1\n', refused: true });
    expect({ ...end, stdout, stderr }).toEqual({ code: 2, signal: null, stdout: '', stderr: '' });
    expect(place.read('x.log')).toMatch(/ERROR MAIN starting: \[START\/ERR\] .*unknown key "nonsense"/);
  });

  test('a log file that cannot be opened: status 2 and the reason', async () => {
    const { end, stderr } = await place.run(['-l', place.path], { toml: TICK, refused: true });
    expect(end.code).toBe(2);
    expect(stderr).toMatch(/^whenever: cannot open the log file: /);
  });

  test('a start-up text stays below what a pipe holds, however many problems there are', async () => {
    const toml = Array.from({ length: 3000 }, (_, i) => `key_number_${i} = ${i}\n`).join('');
    const { end, stderr } = await place.run(['-l', place.file('x.log')], { toml, refused: true });
    expect(end.code).toBe(2);
    expect(stderr.length).toBeGreaterThan(1000);
    expect(Buffer.byteLength(stderr)).toBeLessThan(64 * 1024);
    expect(place.read('x.log')).toContain('key_number_2999');
  });

  test('nothing is left behind in the runtime directory', async () => {
    await run();
    await run('nowhere.toml');
    await run('-r');
    expect(readdirSync(place.file('run'))).toEqual([]);
  });
});

describe('options may be joined, and long ones take = or a blank', () => {
  const loud = 'scheduler_tick_seconds = 1\n';
  for (const args of [
    ['-pJL', 'trace'],
    ['-p', '-J', '-Ltrace'],
    ['--pause', '--log-json', '--log-level=trace'],
    ['--pause', '--log-json', '--log-level', 'trace'],
  ])
    test(args.join(' '), async () => {
      const program = place.start(args, { toml: loud });
      await program.record(/^MAIN starting \[PAUSE\/YES\]/);
      program.send('exit');
      expect(await program.ended).toEqual({ code: 0, signal: null });
      expect(program.stderr).toBe('');
    });

  test('CONFIG may stand before the options', async () => {
    place.write('c.toml', loud);
    const program = place.start(['c.toml', '-J', '-L', 'info']);
    await program.record(/^MAIN starting \[START\/MSG\] whenever 2\./);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
  });
});

test('the launcher can be run as a program', () => {
  const { stdout, status } = spawnSync(PROGRAM, ['-V'], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^whenever /);
  expect(existsSync(PROGRAM)).toBe(true);
});

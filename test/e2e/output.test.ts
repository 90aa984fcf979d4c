import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { always, commandTask, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const PLAIN =
  /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\] \(whenever\) (TRACE|DEBUG|INFO {2}|WARN {2}|ERROR?) ?[A-Z_]+ /;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const COLOURED = /^\[[^\]]+\] \x1b\[2m\(whenever\)\x1b\[0m /;

/** Waits until a file holds a text: there is no record to wait for when records go into a file. */
const inFile = async (name: string, wanted: RegExp): Promise<string> => {
  for (let i = 0; i < 300; i++) {
    const text = existsSync(place.file(name)) ? place.read(name) : '';
    if (wanted.test(text)) return text;
    await pause(50);
  }
  throw new Error(`${name} does not hold ${wanted}`);
};

describe('standard output', () => {
  test('plain where it is no terminal; the default level is warn', async () => {
    const program = place.start([], { toml: TICK });
    program.send('frobnicate');
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    const lines = program.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(PLAIN);
    expect(lines[0]).toContain('ERROR MAIN command: [PROC/ERR] unknown command "frobnicate"');
    expect(lines[1]).toContain('WARN  MAIN command: [PROC/MSG] ');
    expect(program.stderr).toBe('');
  });

  const formats: readonly (readonly [string, readonly string[], Record<string, string>, 'plain' | 'colour'])[] = [
    ['-C means colour, terminal or not', ['-C'], {}, 'colour'],
    ['--log-color means colour in spite of NO_COLOR', ['--log-color'], { NO_COLOR: '1' }, 'colour'],
    ['FORCE_COLOR means colour', [], { FORCE_COLOR: '1' }, 'colour'],
    ['NO_COLOR wins over FORCE_COLOR', [], { FORCE_COLOR: '1', NO_COLOR: '1' }, 'plain'],
    ['FORCE_COLOR=0 means no colour', [], { FORCE_COLOR: '0' }, 'plain'],
    ['an empty NO_COLOR does not count', [], { FORCE_COLOR: '1', NO_COLOR: '' }, 'colour'],
    ['-P means plain in spite of FORCE_COLOR', ['-P'], { FORCE_COLOR: '1' }, 'plain'],
    ['--log-plain means plain', ['--log-plain'], {}, 'plain'],
  ];
  for (const [title, args, env, expected] of formats)
    test(title, async () => {
      const program = await place.run([...args, 'nowhere.toml'], { env });
      expect(program.stdout).toMatch(expected === 'colour' ? COLOURED : PLAIN);
      expect(program.stdout.includes('\x1b')).toBe(expected === 'colour');
    });

  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const)
    test(`at level ${level} nothing below it is written`, async () => {
      const toml = TICK + commandTask('T', ['false'], 'success_status = 0') + always('Once', ['T'], '');
      const program = place.start(['-J', '-L', level, '-p'], { toml });
      program.send('resume');
      program.send('frobnicate');
      await program.record(/unknown command/);
      program.send('exit');
      await program.ended;
      const order = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];
      const seen = new Set(program.records.map((record) => record.header.level));
      expect([...seen].sort()).toEqual(order.slice(order.indexOf(level.toUpperCase())).sort());
    });

  test('--quiet writes no records and no start-up text, and obeys all the same', async () => {
    const program = place.start(['-q', '-L', 'trace'], { toml: TICK });
    program.send('exit');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect([program.stdout, program.stderr]).toEqual(['', '']);
  });

  test('a reader that goes away does not end the program, nor fill standard error', async () => {
    const marks = place.file('marks');
    const toml = TICK + shellTask('Mark', `echo x >> ${marks}`) + always('Often', ['Mark']);
    const program = place.start(['-J', '-L', 'trace'], { toml });
    await program.record(/HIST\/END/);
    program.child.stdout!.destroy();
    const before = place.read('marks').length;
    for (let i = 0; i < 300 && place.read('marks').length < before + 6; i++) await pause(50);
    expect(place.read('marks').length).toBeGreaterThanOrEqual(before + 6);
    program.send('exit');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(1);
  });

  test('a reader that does not read does not stop a tick', async () => {
    const marks = place.file('marks');
    const toml =
      TICK +
      shellTask('Mark', `echo x >> ${marks}`) +
      always('Often', ['Mark']) +
      Array.from({ length: 300 }, (_, i) => always(`Noise${i}`, ['Mark'], 'suspended = true')).join('');
    const program = place.start(['-J', '-L', 'trace'], { toml });
    program.child.stdout!.pause();
    for (let i = 0; i < 400 && !(existsSync(marks) && place.read('marks').length >= 2 * 6); i++) await pause(50);
    expect(place.read('marks').length).toBeGreaterThanOrEqual(2 * 6);
    program.child.stdout!.resume();
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    for (const record of program.records) expect(record.header.application).toBe('whenever');
    expect(program.told.at(-1)).toMatch(/^MAIN exit \[END\/OK\]/);
  });

  test('a full disk stops nothing', async () => {
    const marks = place.file('marks');
    const toml = TICK + shellTask('Mark', `echo x >> ${marks}`) + always('Often', ['Mark']);
    const full = openSync('/dev/full', 'w');
    const program = place.start(['-J', '-L', 'trace'], { toml, stdio: ['pipe', full, 'pipe'] });
    closeSync(full);
    for (let i = 0; i < 300 && !(existsSync(marks) && place.read('marks').length >= 6); i++) await pause(50);
    expect(place.read('marks').length).toBeGreaterThanOrEqual(6);
    program.send('exit');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stderr.length).toBeLessThan(500);
  });
});

describe('a log file', () => {
  test('it gets everything, and standard output nothing; plain, even with -C', async () => {
    const program = place.start(['-L', 'trace', '-C', '--log', 'x.log'], { toml: TICK });
    const text = await inFile('x.log', /BUSY/);
    expect(text).not.toContain('\x1b');
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(PLAIN);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    expect([program.stdout, program.stderr]).toEqual(['', '']);
    expect(place.read('x.log').trimEnd().split('\n').at(-1)).toContain('MAIN exit: [END/OK]');
  });

  test('it is emptied at the start', async () => {
    place.write('x.log', 'old\n');
    const program = place.start(['-l', 'x.log'], { toml: TICK });
    program.send('exit');
    await program.ended;
    expect(place.read('x.log')).not.toContain('old');
    expect(place.read('x.log')).toContain('WARN  MAIN command');
  });

  for (const option of ['-a', '--log-append'])
    test(`with ${option} it is added to`, async () => {
      place.write('x.log', 'old\n');
      const program = place.start(['-l', 'x.log', option], { toml: TICK });
      program.send('exit');
      await program.ended;
      expect(place.read('x.log')).toMatch(/^old\n\[.*WARN {2}MAIN command/);
    });

  test('missing directories are made, and a name beginning with a dot is one like any other', async () => {
    const program = place.start(['-J', '-L', 'info', '-l', 'a/b/.log'], { toml: TICK });
    await inFile('a/b/.log', /starting/);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    for (const line of place.read('a/b/.log').trimEnd().split('\n')) JSON.parse(line);
  });

  test('with --quiet it still gets everything', async () => {
    const program = place.start(['-q', '-L', 'trace', '-l', 'x.log'], { toml: TICK });
    await inFile('x.log', /BUSY/);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    expect(program.stdout).toBe('');
  });

  test('/dev/full as a log file stops nothing', async () => {
    const marks = place.file('marks');
    writeFileSync(marks, '');
    const toml = TICK + shellTask('Mark', `echo x >> ${marks}`) + always('Often', ['Mark']);
    const program = place.start(['-L', 'trace', '-l', '/dev/full'], { toml });
    for (let i = 0; i < 300 && place.read('marks').length < 6; i++) await pause(50);
    expect(place.read('marks').length).toBeGreaterThanOrEqual(6);
    program.send('exit');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });
});

test('a message with line ends stays one line, in plain and in JSON', async () => {
  const toml = `${TICK}${commandTask('T', ['printf', 'a\nb'], 'success_stdout = "x\\ny"')}${always('Once', ['T'], '')}`;
  for (const format of ['-P', '-J']) {
    const program = place.start([format, '-L', 'trace'], { toml });
    await program.until(() => program.stdout.includes('HIST'), 'the run');
    await program.until(() => /HIST\/END|"END","when":"HIST"/.test(program.stdout), 'its end');
    program.send('exit');
    await program.ended;
    for (const line of program.stdout.trimEnd().split('\n')) {
      if (format === '-J') JSON.parse(line);
      else expect(line).toMatch(PLAIN);
    }
  }
});

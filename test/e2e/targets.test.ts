import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRecordingFile } from '../../src/adapters/recording-reader.ts';
import { have } from '../desktop/support/programs.ts';
import { alive, always, type End, Place, PROGRAM, type Program, RUNNER, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const marks = (): number => (existsSync(place.file('marks')) ? place.read('marks').trimEnd().split('\n').length : 0);
const marking = (): string => TICK + shellTask('Mark', `echo x >> ${place.file('marks')}`) + always('Often', ['Mark']);
/** Much to write at each tick. */
const NOISE = Array.from({ length: 300 }, (_, i) => always(`Noise${i}`, ['Mark'], 'suspended = true')).join('');
const fifo = (name: string): string => {
  execFileSync('mkfifo', [place.file(name)]);
  return place.file(name);
};
const eventually = async (happened: () => boolean, what: string): Promise<void> => {
  for (let i = 0; !happened(); i++) {
    if (i === 400) throw new Error(`not within 20 s: ${what}`);
    await pause(50);
  }
};
/** Ticks go on, and SIGTERM is obeyed. */
const goesOnAndEnds = async (program: Program, how: End = { code: 0, signal: null }): Promise<void> => {
  const before = marks();
  await eventually(() => marks() >= before + 3, 'three more runs');
  const asked = performance.now();
  program.kill('SIGTERM');
  expect(await program.ended).toEqual(how);
  expect(performance.now() - asked).toBeLessThan(6000);
};

describe('nothing that records are written to holds up a tick, or the end', () => {
  test('a FIFO that is not read, as log file', async () => {
    const target = fifo('log');
    await goesOnAndEnds(place.start(['-L', 'trace', '-l', target], { toml: marking() + NOISE }));
  });

  test('a FIFO whose reader comes late has everything from the first record on', async () => {
    const target = fifo('log');
    const program = place.start(['-J', '-L', 'trace', '-l', target], { toml: marking() });
    await eventually(() => marks() >= 2, 'two runs');
    let text = '';
    const reader = createReadStream(target, 'utf8').on('data', (piece) => {
      text += String(piece);
    });
    const ended = new Promise((resolve) => reader.once('end', () => resolve(undefined)));
    await goesOnAndEnds(program);
    await ended;
    const records = text.trimEnd().split('\n');
    for (const record of records) JSON.parse(record);
    expect(records[0]).toContain('whenever 2');
    expect(records.at(-1)).toContain('scheduler ended');
  });

  test.each(['append = true', 'append = false'])(
    'a FIFO that is not read, as output of the file with %s',
    async (key) => {
      const output = `[[logging.outputs]]\ntarget = ${JSON.stringify(fifo('out'))}\nlevel = "trace"\n${key}\n`;
      await goesOnAndEnds(place.start([], { toml: marking() + NOISE + output }));
    },
  );

  test.each(['stdout', 'stderr'] as const)('a FIFO that is not read, as %s', async (stream) => {
    const full = openSync(fifo('stream'), 'r+');
    const output = `[[logging.outputs]]\ntarget = "${stream}"\nlevel = "trace"\n`;
    const stdio = stream === 'stdout' ? (['pipe', full, 'pipe'] as const) : (['pipe', 'pipe', full] as const);
    const program = place.start(['-L', 'trace'], { toml: marking() + NOISE + output, stdio });
    await goesOnAndEnds(program);
    closeSync(full);
  });

  test('A write that hangs in the system does not keep the scheduler from its end.', async () => {
    const writer = openSync(fifo('hangs'), 'r+');
    place.write(
      'hang.mjs',
      `import fs from 'node:fs';
       import { syncBuiltinESMExports } from 'node:module';
       const { write, writev } = fs;
       const blocking = fs.openSync('hangs', 'r');
       const after = (act) => fs.read(blocking, Buffer.alloc(1), 0, 1, null, act);
       fs.write = (fd, ...rest) => after(() => write(fd, ...rest));
       fs.writev = (fd, ...rest) => after(() => writev(fd, ...rest));
       syncBuiltinESMExports();`,
    );
    place.write('config.toml', marking());
    const program = place.startShell('exec "$1" --import ./hang.mjs "$2" -L trace -l x.log config.toml');
    await goesOnAndEnds(program, { code: null, signal: 'SIGTERM' });
    expect(program.stderr).toMatch(/\d+ records could not be written and are lost/);
    closeSync(writer);
  });

  test('A thread that needs half a second more than the scheduler does not change the exit status.', async () => {
    fifo('slow');
    place.write(
      'slow.mjs',
      `import fs from 'node:fs';
       const both = fs.openSync('slow', 'r+');
       process.once('SIGTERM', () => {
         fs.read(both, Buffer.alloc(1), 0, 1, null, () => {});
         setTimeout(() => fs.writeSync(both, 'x'), 500);
       });`,
    );
    place.write('config.toml', marking());
    await goesOnAndEnds(place.startShell('exec "$1" --import ./slow.mjs "$2" -l x.log config.toml'));
  });

  test('A script that waits for the other end of a FIFO does not keep the scheduler from its end.', async () => {
    const script = `log.info("opens it") io.open("${fifo('other')}", "w"):write("x")`;
    const toml = `${marking()}[[task]]\nname = "L"\ntype = "lua"\nscript = '''${script}'''\n${always('Once', ['L'], '')}`;
    const program = place.start(['-J', '-L', 'trace'], { toml });
    await program.record(/TASK .*L\/2 .*opens it/);
    program.kill('SIGTERM');
    program.kill('SIGTERM');
    await program.record(/MAIN exit \[END/);
    expect(await program.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(program.told.at(-1)).toMatch(/^MAIN (exit|kill|scheduler_tick) /);
  });

  test('the flags of a pipe that others share stay as they are', async () => {
    const script =
      '"$1" "$2" -L trace config.toml & pid=$!; while [ ! -s marks ]; do sleep 0.1; done; cat /proc/$$/fdinfo/1 >&2; kill $pid; wait $pid';
    place.write('config.toml', marking());
    const { stderr } = spawnSync('sh', ['-c', `(${script}) | cat > /dev/null`, 'sh', RUNNER, PROGRAM], {
      ...{ cwd: place.path, env: place.environment(), encoding: 'utf8', timeout: 30_000 },
    });
    const flags = Number.parseInt(/flags:\s*(\d+)/.exec(stderr)?.[1] ?? '', 8);
    expect(flags & 0o4000).toBe(0);
  });

  test.skipIf(!have('python3')).each(['SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_SEQPACKET'])(
    'a socket of the kind %s as standard output (needs python3)',
    (kind) => {
      place.write('config.toml', marking());
      const script = join(import.meta.dirname, 'socket-stdout.py');
      const args = [script, kind, RUNNER, PROGRAM, '-L', 'trace', place.file('config.toml')];
      const { stdout } = spawnSync('python3', args, { cwd: place.path, env: place.environment(), encoding: 'utf8' });
      expect(stdout).toBe('True 0\n');
    },
  );

  test.skipIf(!have('python3'))('a terminal that is stopped by Ctrl-S (needs python3)', () => {
    place.write('config.toml', marking() + NOISE);
    const script = join(import.meta.dirname, 'stopped-terminal.py');
    const args = [script, place.file('marks'), RUNNER, PROGRAM, '-L', 'trace', place.file('config.toml')];
    const { stdout } = spawnSync('python3', args, { cwd: place.path, env: place.environment(), encoding: 'utf8' });
    expect(stdout).toBe('runs while it is stopped: True\nends: True [0] within 4 s: True\n');
  });
});

describe('a full disk', () => {
  test('is reported in one line on standard error, with what is lost in the end', async () => {
    const program = place.start(['-L', 'trace', '-l', '/dev/full'], { toml: marking() });
    await eventually(() => marks() >= 2, 'two runs');
    await goesOnAndEnds(program);
    const lines = program.stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^whenever: the log cannot be written .*\/dev\/full: ENOSPC/),
      expect.stringMatching(
        /\/dev\/full: \d+ records could not be written and are lost$|^whenever: .* \d+ records could not/,
      ),
    ]);
  });

  test('A file that may not grow any more does not end the program.', async () => {
    place.write('config.toml', marking() + NOISE);
    const script = 'ulimit -f 64; exec "$1" "$2" -L trace -l x.log config.toml';
    const program = place.startShell(script);
    await eventually(() => marks() >= 4, 'four runs');
    program.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stderr).toContain('EFBIG');
  });
});

describe('a recording', () => {
  test.each([
    ['cannot be begun at all', 0],
    ['takes no more', 8],
  ])('that %s is reported once, and what it loses is counted', async (_, blocks) => {
    place.write('config.toml', marking());
    const options = '-J -L info --log-ids --journal day.jsonl';
    const program = place.startShell(`ulimit -f ${blocks}; exec "$1" "$2" ${options} config.toml`);
    await eventually(() => program.told.some((text) => text.includes('EFBIG')), 'the problem is reported');
    for (let i = 0; i < 50; i++) program.send('frobnicate');
    await eventually(() => program.told.filter((text) => text.includes('frobnicate')).length === 50, 'fifty commands');
    program.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    const warnings = program.told.filter((text) => /^MAIN recording /.test(text));
    expect(warnings).toEqual([
      expect.stringMatching(/^MAIN recording \[PROC\/FAIL\] recording .*day\.jsonl: EFBIG/),
      expect.stringMatching(
        /^MAIN recording \[PROC\/FAIL\] recording .*: \d+ facts could not be written and are lost$/,
      ),
    ]);
    const lost = Number(/(\d+) facts/.exec(warnings[1]!)![1]);
    const last = Math.max(...[...program.stdout.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq)));
    const kept = readRecordingFile(place.file('day.jsonl')).facts.length;
    // The last record says how many are lost; a piece that is cut off is counted by its length.
    expect(Math.abs(last - kept - lost)).toBeLessThan(10);
    expect(lost).toBeGreaterThan(50);
  });

  test('whose directory is moved away goes on there, without a fault', async () => {
    const script = 'for i = 1, 20000 do log.info(("x"):rep(200) .. i) end';
    const toml = `${TICK}[[task]]\nname = "Chatty"\ntype = "lua"\nscript = '${script}'\n${always('C', ['Chatty'])}`;
    const program = place.start(['-L', 'info', '-l', 'x.log', '--journal', 's/day.jsonl'], { toml });
    const size = (): number => statSync(place.file('t/day.jsonl')).size;
    await eventually(() => existsSync(place.file('s/day.jsonl')), 'it is there');
    renameSync(place.file('s'), place.file('t'));
    await eventually(() => size() > 17 * 2 ** 20, 'it is larger than one that rotates');
    await eventually(() => place.read('x.log').includes('no new file can be begun'), 'a warning');
    const before = size();
    await eventually(() => size() > before, 'it goes on');
    program.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(place.read('x.log').match(/MAIN recording/g)).toHaveLength(1);
    expect((await place.run(['verify', 't/day.jsonl'])).stdout).toMatch(/\nsound\n$/);
  });
});

const MOVES = `[[logging.outputs]]\ntarget = "out.log"\nappend = false\nlevel = "trace"\n`;

describe('log files that another program rotates', () => {
  const start = async () => {
    const program = place.start(['-L', 'trace', '-l', 'main.log', '--journal', 'day.jsonl'], {
      toml: marking() + MOVES,
    });
    await eventually(() => marks() >= 2, 'two runs');
    return program;
  };
  /** Files have something new in them. */
  const grow = async (...names: string[]): Promise<void> => {
    for (const name of names)
      await eventually(() => existsSync(place.file(name)) && place.read(name).includes('\n'), `${name} is written`);
  };

  test('may be copied and emptied: no NUL byte stands before what comes then', async () => {
    const program = await start();
    for (const name of ['main.log', 'out.log']) {
      copyFileSync(place.file(name), place.file(`${name}.1`));
      truncateSync(place.file(name));
    }
    await grow('main.log', 'out.log');
    await goesOnAndEnds(program);
    for (const name of ['main.log', 'out.log']) expect(place.read(name)).toMatch(/^\[\d{4}-/);
  });

  test.each(['SIGHUP', 'SIGUSR1'] as const)(
    'are opened again at %s after they were renamed, without a line lost',
    async (signal) => {
      const program = await start();
      for (const name of ['main.log', 'out.log', 'day.jsonl']) renameSync(place.file(name), place.file(`${name}.old`));
      program.kill(signal);
      await grow('main.log', 'out.log', 'day.jsonl');
      await goesOnAndEnds(program);
      const ticks = ['main.log.old', 'main.log'].flatMap((name) => place.read(name).trimEnd().split('\n'));
      for (const line of ticks) expect(line).toMatch(/^\[\d{4}-.*\] \(whenever\) /);
      expect(ticks.filter((line) => line.includes('[BUSY/')).length).toBeGreaterThan(4);
      expect((await place.run(['verify', 'day.jsonl'])).stdout).toMatch(/\nsound\n$/);
    },
  );
});

describe('the files of the daemon in a directory that it watches', () => {
  test.each(['info', 'debug', 'trace'])('are not an event, at level %s, also when they are rotated', async (level) => {
    mkdirSync(place.file('st'));
    mkdirSync(place.file('st/logs'));
    const toml = `${TICK}${shellTask('Mark', `echo x >> ${place.file('marks')}`)}[[event]]\nname = "E"\ntype = "fschange"\ncondition = "B"\nwatch = ["${place.file('st')}"]\nrecursive = true\n[[condition]]\nname = "B"\ntype = "event"\nrecurring = true\ntasks = ["Mark"]\n${always('Other', ['Lua'])}[[task]]\nname = "Lua"\ntype = "lua"\nscript = 'log.warn("HIT")'\n`;
    const out = openSync(place.file('st/stdout'), 'w');
    const program = place.start(
      [
        '-L',
        level,
        '-l',
        'st/my.log',
        '--journal',
        'st/day.jsonl',
        '--metrics',
        'async,prometheus,tensorboard',
        '--output-dir',
        'st/logs',
        '--run-name',
        'day',
      ],
      { toml, stdio: ['pipe', out, 'pipe'] },
    );
    closeSync(out);
    const hits = (name: string): number =>
      existsSync(place.file(name)) ? place.read(name).split('HIT').length - 1 : 0;
    await eventually(() => hits('st/my.log') >= 3, 'three ticks');
    renameSync(place.file('st/my.log'), place.file('st/my.log.1'));
    program.kill('SIGUSR1');
    await eventually(() => hits('st/my.log') >= 3, 'three ticks more');
    expect(marks()).toBe(0);
    appendFileSync(place.file('st/other'), 'x');
    await eventually(() => marks() >= 1, 'a run after a change by another program');
    program.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(marks()).toBe(1);
    expect(alive(program.child.pid!)).toBe(false);
  });
});

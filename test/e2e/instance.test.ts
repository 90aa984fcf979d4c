import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** Starts the program and waits until it runs. */
const running = async (toml = TICK) => {
  const program = place.start(['-J', '-L', 'trace'], { toml });
  await program.record(/MAIN starting/);
  return program;
};

const REFUSED = 'whenever: not permitted: another instance of the scheduler is already running\n';

/** Of two starts at one moment the one that runs may not be ready yet to say which one it is. */
const REFUSED_AT_ONCE = new RegExp(`^${REFUSED}(it is process \\d+ with .*/config\\.toml\n)?$`);

describe('one instance per user', () => {
  test('a second start ends with status 2 and a text that names the first, which goes on', async () => {
    const first = await running();
    const second = await place.run(['config.toml']);
    expect({ ...second.end, stdout: second.stdout, stderr: second.stderr }).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: `${REFUSED}it is process ${first.child.pid} with ${place.file('config.toml')}\n`,
    });
    const count = first.records.length;
    await first.record(/BUSY/, count);
    first.send('exit');
    expect((await first.ended).code).toBe(0);
  });

  test('a second start with --quiet is silent, and touches no log file', async () => {
    await running();
    place.write('old.log', 'precious\n');
    const second = await place.run(['-q', '-l', 'old.log', 'config.toml']);
    expect({ code: second.end.code, stdout: second.stdout, stderr: second.stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: '',
    });
    expect(place.read('old.log')).toBe('precious\n');
  });

  test('after the end the next start works', async () => {
    for (let i = 0; i < 2; i++) {
      const program = await running();
      program.send('exit');
      expect((await program.ended).code).toBe(0);
    }
    expect(readdirSync(place.file('run'))).toEqual([]);
  });

  test('after SIGKILL, which leaves its socket, the next start works', async () => {
    const first = await running();
    first.kill('SIGKILL');
    await first.ended;
    expect(readdirSync(place.file('run'))).not.toEqual([]);
    expect((await place.run(['-r'])).end.code).toBe(1);
    const second = await running();
    second.send('exit');
    expect((await second.ended).code).toBe(0);
  });

  test('of two starts at the same moment exactly one wins', { timeout: 60_000 }, async () => {
    place.write('config.toml', TICK);
    for (let i = 0; i < 6; i++) {
      const both = [0, 1].map(() => place.start(['-J', '-L', 'info', 'config.toml']));
      await Promise.any(both.map((p) => p.ended));
      const [lost] = both.filter((p) => p.end);
      const [won] = both.filter((p) => p !== lost);
      expect(lost!.end).toEqual({ code: 2, signal: null });
      expect(lost!.stderr).toMatch(REFUSED_AT_ONCE);
      await won!.record(/^MAIN starting/);
      won!.send('exit');
      expect((await won!.ended).code).toBe(0);
    }
  });

  test('of two starts at the same moment over the socket of a dead one exactly one wins', {
    timeout: 60_000,
  }, async () => {
    place.write('config.toml', TICK);
    for (let i = 0; i < 3; i++) {
      const dead = await running();
      dead.kill('SIGKILL');
      await dead.ended;
      const both = [0, 1].map(() => place.start(['-J', '-L', 'info', 'config.toml']));
      await Promise.any(both.map((p) => p.ended));
      const [lost] = both.filter((p) => p.end);
      const [won] = both.filter((p) => p !== lost);
      expect(lost!.stderr).toMatch(REFUSED_AT_ONCE);
      await won!.record(/^MAIN starting/);
      won!.send('exit');
      expect((await won!.ended).code).toBe(0);
    }
  });

  test('instances with different runtime directories do not know of each other', async () => {
    const first = await running();
    const other = mkdtempSync(join(place.path, 'other-'));
    const second = place.start(['-J', '-L', 'trace', 'config.toml'], { env: { XDG_RUNTIME_DIR: other } });
    await second.record(/BUSY/);
    first.send('exit');
    second.send('exit');
    await first.ended;
    await second.ended;
    rmSync(other, { recursive: true });
  });

  test('a runtime directory with a long path works as well', async () => {
    const long = mkdtempSync(join(place.path, `${'long-'.repeat(30)}`));
    const env = { XDG_RUNTIME_DIR: long };
    const first = place.start(['-J', '-L', 'trace'], { toml: TICK, env });
    await first.record(/BUSY/);
    expect((await place.run(['config.toml'], { env })).stderr).toMatch(REFUSED_AT_ONCE);
    expect((await place.run(['-r'], { env })).end.code).toBe(0);
    first.send('exit');
    expect((await first.ended).code).toBe(0);
  });
});

describe('the socket of an instance that runs', () => {
  const sock = () => place.file('run/whenever.sock');
  const LOST = /^MAIN starting \[START\/MSG\] the socket of this instance.* removed or replaced by another program/;
  const warned = (program: Program, pattern: RegExp) => program.told.filter((text) => pattern.test(text));

  const HARMS: readonly (readonly [string, () => void])[] = [
    ['that is removed', () => rmSync(sock())],
    ['that is removed with its directory', () => rmSync(place.file('run'), { recursive: true })],
    [
      'whose directory is moved away, with another one in its place',
      () => {
        renameSync(place.file('run'), place.file('moved'));
        mkdirSync(place.file('run'), { mode: 0o700 });
      },
    ],
    [
      'that a file takes the place of',
      () => {
        rmSync(sock());
        writeFileSync(sock(), '');
      },
    ],
  ];
  test.each(HARMS)('%s is there again soon, with one WARN, and no other start wins', async (_, harm) => {
    const first = await running();
    await first.record(/BUSY/);
    harm();
    await first.record(LOST);
    expect(statSync(sock()).mode & 0o777).toBe(0o600);
    expect(statSync(place.file('run')).mode & 0o777).toBe(0o700);
    const second = await place.run(['config.toml']);
    expect(second.stderr).toBe(`${REFUSED}it is process ${first.child.pid} with ${place.file('config.toml')}\n`);
    expect((await place.run(['-r'])).end.code).toBe(0);
    expect((await place.run(['ctl', 'exit'])).end.code).toBe(0);
    expect((await first.ended).code).toBe(0);
    expect(warned(first, LOST)).toHaveLength(1);
    expect(readdirSync(place.file('run'))).toEqual([]);
  });

  test('that cannot be made again is one WARN with the reason, and is there as soon as it can', async () => {
    const first = await running();
    await first.record(/BUSY/);
    chmodSync(place.file('run'), 0o777);
    rmSync(sock());
    const ALAS = /cannot be made again: others may write to the directory of the socket/;
    await first.record(ALAS);
    const seen = first.records.length;
    // Ticks come each second, the place is looked at every two.
    await first.until(() => warned(first, /BUSY/).length >= 4 && first.records.length > seen, 'three ticks more');
    chmodSync(place.file('run'), 0o700);
    await first.record(LOST);
    expect(warned(first, ALAS)).toHaveLength(1);
    expect((await place.run(['-r'])).end.code).toBe(0);
  });

  test('whose directory cannot be made again is where a start looks then, and returns with the directory', async () => {
    mkdirSync(place.file('above/run'), { recursive: true, mode: 0o700 });
    mkdirSync(place.file('tmp'), { mode: 0o700 });
    const env = { XDG_RUNTIME_DIR: place.file('above/run'), TMPDIR: place.file('tmp') };
    const first = place.start(['-J', '-L', 'trace'], { toml: TICK, env });
    await first.record(/BUSY/);
    const refused = `${REFUSED}it is process ${first.child.pid} with ${place.file('config.toml')}\n`;
    rmSync(place.file('above'), { recursive: true });
    await first.record(/is .*\/tmp\/whenever-\d+\/whenever-\w+\.sock now, and no longer .*above\/run\/whenever\.sock/);
    expect((await place.run(['config.toml'], { env })).stderr).toBe(refused);
    mkdirSync(place.file('above/run'), { recursive: true, mode: 0o700 });
    await first.record(/is .*above\/run\/whenever\.sock now, and no longer /);
    expect((await place.run(['config.toml'], { env })).stderr).toBe(refused);
    first.send('exit');
    expect((await first.ended).code).toBe(0);
    expect(readdirSync(place.file('above/run'))).toEqual([]);
    expect(warned(first, /the socket of this instance/)).toHaveLength(2);
  });

  test('that another instance has taken meanwhile: the earlier one says so in one ERROR and ends', async () => {
    const first = await running();
    first.kill('SIGSTOP');
    rmSync(sock());
    const second = place.start(['-J', '-L', 'info', 'config.toml']);
    await second.record(/^MAIN starting/);
    expect((await place.run(['status'])).stdout).toContain(`process ${second.child.pid},`);
    first.kill('SIGCONT');
    expect((await first.ended).code).toBe(0);
    expect(warned(first, /this one ends/)).toEqual([
      `MAIN starting [END/ERR] the socket of this instance was removed, and another instance, process ${second.child.pid} with ${place.file('config.toml')}, has its place ${sock()} now: this one ends`,
    ]);
    const status = await place.run(['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ pid: second.child.pid });
    second.send('exit');
    expect((await second.ended).code).toBe(0);
  });
});

describe('--check-running', () => {
  for (const option of ['-r', '--check-running'])
    test(`${option} says whether an instance runs, with status 0 or 1`, async () => {
      const before = await place.run([option]);
      expect({ code: before.end.code, stdout: before.stdout }).toEqual({
        code: 1,
        stdout: 'whenever: no running instances\n',
      });
      await running();
      const during = await place.run([option]);
      expect({ code: during.end.code, stdout: during.stdout }).toEqual({
        code: 0,
        stdout: 'whenever: an instance is running\n',
      });
    });

  test('with --quiet only the status answers', async () => {
    const before = await place.run(['-r', '-q']);
    await running();
    const during = await place.run(['--check-running', '--quiet']);
    expect([before.end.code, before.stdout, before.stderr]).toEqual([1, '', '']);
    expect([during.end.code, during.stdout, during.stderr]).toEqual([0, '', '']);
  });

  test('asking takes nothing: a start while others ask is never refused', async () => {
    place.write('config.toml', TICK);
    for (let i = 0; i < 3; i++) {
      const asking = Array.from({ length: 4 }, () => place.run(['-r']));
      const program = place.start(['-J', '-L', 'info', 'config.toml']);
      await program.record(/^MAIN starting/);
      for (const asked of await Promise.all(asking)) expect([0, 1]).toContain(asked.end.code);
      program.send('exit');
      expect((await program.ended).code).toBe(0);
    }
  });

  test('a directory that others may write to is refused with its reason, by a start, by the question and by commands', async () => {
    place.write('config.toml', TICK);
    const run = place.file('run');
    chmodSync(run, 0o777);
    const reason = `others may write to the directory of the socket, ${run} (mode 777): run 'chmod go-w ${run}', or set XDG_RUNTIME_DIR to a directory of mode 700`;
    for (const args of [['config.toml'], ['-r'], ['status'], ['ctl', 'pause'], ['dump', 'd']]) {
      const asked = await place.run(args);
      expect([args, asked.end.code, asked.stdout, asked.stderr]).toEqual([args, 2, '', `whenever: ${reason}\n`]);
    }
    expect((await place.run(['-r', '-q'])).stderr).toBe('');
    expect(readdirSync(run)).toEqual([]);
  });

  test('--options works while an instance runs', async () => {
    await running();
    expect((await place.run(['-O'])).end.code).toBe(0);
  });
});

test('a program that a task left in the background outlives the daemon, and the next start works', async () => {
  const pid = place.file('pid');
  const toml = TICK + shellTask('Leaves', `sleep 300 & echo $! > ${pid}`) + onDemand('Now', ['Leaves']);
  const first = await running(toml);
  first.send('trigger Go_Now');
  await first.record(/HIST\/END\] OK/);
  first.send('exit');
  expect((await first.ended).code).toBe(0);
  const sleeper = Number(place.read('pid'));
  try {
    expect(process.kill(sleeper, 0)).toBe(true);
    expect((await place.run(['-r'])).end.code).toBe(1);
    const second = await running(toml);
    second.send('kill');
    expect((await second.ended).code).toBe(1);
    expect(process.kill(sleeper, 0)).toBe(true);
  } finally {
    process.kill(sleeper, 'SIGKILL');
  }
});

import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** A scheduler that has run `Go_C` to its end. */
const ran = async (toml: string, runs = 1) => {
  const program = place.start(['-J', '-L', 'debug'], { toml: `${TICK}${toml}${onDemand('C', ['T'])}` });
  await program.record(/^MAIN starting/);
  for (let i = 1; i <= runs; i += 1) {
    await place.run(['ctl', 'trigger', 'Go_C']);
    await program.until(() => program.told.filter((text) => /all tasks have ended/.test(text)).length >= i, 'the end');
  }
  return program;
};
const output = async (...args: string[]) => {
  const { end, stdout, stderr } = await place.run(['output', ...args]);
  return { code: end.code, stdout, stderr };
};

const COUNTS =
  'n=$(cat N 2>/dev/null || echo 0); n=$((n + 1)); echo $n > N; echo "out $n"; echo "err $n" >&2; exit $((n - 1))';

describe('whenever output', () => {
  test('prints both streams of the last run where they belong, or one of them', async () => {
    await ran(shellTask('T', 'echo one; echo "token = abcdef12345"; echo two >&2; exit 3'));
    expect(await output('T')).toEqual({ code: 0, stdout: 'one\ntoken = •••\n', stderr: 'two\n' });
    expect(await output('task/T', '--stderr')).toEqual({ code: 0, stdout: '', stderr: 'two\n' });
    expect(await output('T', '--stdout')).toEqual({ code: 0, stdout: 'one\ntoken = •••\n', stderr: '' });
    const none = await output('condition/C');
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/^whenever: run-1 of condition\/C has written nothing, .*: whenever output T run-1\n$/);
    expect(await output('Tt')).toEqual({ code: 1, stdout: '', stderr: 'whenever: no item "Tt", did you mean "T"?\n' });
    expect(await output('T', 'first')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('RUN: expected run-17'),
    });
  });

  test('finds older runs in the history, with and without an instance', async () => {
    const script = COUNTS.replaceAll('N)', `${place.path}/N)`)
      .replaceAll('N 2', `${place.path}/N 2`)
      .replace('> N', `> ${place.path}/N`);
    const program = await ran(shellTask('T', script), 3);
    const look = async () => {
      expect((await output('T', '1')).stdout).toBe('out 3\n');
      expect((await output('T', '3')).stdout).toBe('out 1\n');
      expect((await output('T', '4')).code).toBe(1);
      const { run, session } = JSON.parse((await output('T', '2', '--json')).stdout) as Record<string, string>;
      expect((await output('T', run!)).stdout).toBe('out 2\n');
      expect((await output('T', `${session}/${run}`)).stderr).toBe('err 2\n');
      expect((await output('T', `other/${run}`)).code).toBe(1);
    };
    await look();
    await place.run(['ctl', 'exit']);
    await program.ended;
    await look();
    expect((await output('T', '--config', 'config.toml')).stdout).toBe('out 3\n');
    rmSync(place.file('state'), { recursive: true });
    expect(await output('T')).toMatchObject({ code: 3, stderr: expect.stringContaining('no instance is running') });
  });

  test('where no history can be kept, the instance has the last run, and older ones are not known', async () => {
    place.write('state', '');
    await ran(shellTask('T', 'echo one'));
    expect(await output('T')).toMatchObject({ code: 0, stdout: 'one\n' });
    const { code, stderr } = await output('T', '2');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^whenever: no run of T matches "2": there is no history in \S+\n$/);
  });

  test('--follow prints what a run writes while it is under way, over a pipe, and ends with it', async () => {
    const go = place.file('go');
    const wait = (n: number) => `while [ ! -e ${go}${n} ]; do sleep 0.05; done`;
    const script = `echo a; printf "pass"; ${wait(1)}; echo "word=hunter2"; printf "\\342\\202"; ${wait(2)}; printf "\\254"; echo end >&2`;
    const program = place.start(['-q'], { toml: `${TICK}${shellTask('T', script)}${onDemand('C', ['T'])}` });
    const ready = async () => (await place.run(['ctl', 'trigger', 'Go_C'])).end.code === 0;
    while (!(await ready()) && !program.end);
    let early = await output('T');
    while (early.code !== 0) early = await output('T');
    const follower = place.start(['output', 'T', '--follow']);
    await follower.until(() => follower.stdout.includes('a\n'), 'the first line');
    expect(follower.end).toBeUndefined();
    place.write('go1', '');
    await follower.until(() => follower.stdout.includes('password=•••\n'), 'the second line');
    place.write('go2', '');
    expect(await follower.ended).toMatchObject({ code: 0 });
    expect({ out: follower.stdout, err: follower.stderr }).toEqual({ out: 'a\npassword=•••\n€', err: 'end\n' });
  });
});

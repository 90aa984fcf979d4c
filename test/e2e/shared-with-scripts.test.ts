import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDemand, Place, PROGRAM, RUNNER, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const luaTask = (name: string, script: string, more = ''): string =>
  `[[task]]\nname = "${name}"\ntype = "lua"\nscript = '''\n${script}\n'''\n${more}\n`;

/** Takes the lock, says so, and has it until the state `go` has a key `on`. */
const TAKES = `sync.lock("disk"); log.info("script has it")
while not sharedstate.load("go").on do sync.sleep(0.01) end
log.info("script leaves"); sync.release("disk")`;

const running = async (toml: string) => {
  const program = place.start(['-J', '-L', 'debug'], { toml: `${TICK}${toml}` });
  await program.record(/^MAIN starting/);
  expect((await ask('status')).code).not.toBe(3);
  return program;
};
const ask = async (...args: string[]) => {
  const { end, stdout, stderr } = await place.run(args);
  return { code: end.code, stdout, stderr };
};

describe('whenever lock', () => {
  test('without an instance it runs nothing and ends with status 3', async () => {
    const { code, stdout, stderr } = await ask('lock', 'disk', '--', 'echo', 'ran');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/no instance is running/);
    expect((await ask('state', 'list')).code).toBe(3);
  });

  test('passes on the status of the command, and its options', async () => {
    await running(`${shellTask('T', 'exit 0')}${onDemand('A', ['T'])}`);
    expect(await ask('lock', 'disk', '--', 'sh', '-c', 'echo "$1"; exit 7', 'sh', '--wait')).toEqual({
      ...{ code: 7, stdout: '--wait\n', stderr: '' },
    });
    expect((await ask('lock', 'disk', '--', '/missing/program')).code).toBe(127);
    expect((await ask('lock', 'disk', '--', '/')).code).toBe(126);
    expect((await ask('lock', 'disk', '--', 'sh', '-c', 'kill -KILL $$')).code).toBe(137);
    expect(await ask('lock', 'a b', '--', 'echo', 'ran')).toMatchObject({ code: 2, stdout: '' });
    expect(await ask('lock', 'disk', '--wait', 'long', '--', 'echo', 'ran')).toMatchObject({ code: 2, stdout: '' });
  });

  test('passes on a signal', async () => {
    await running(`${shellTask('T', 'exit 0')}${onDemand('A', ['T'])}`);
    const one = place.start([
      'lock',
      'disk',
      '--',
      'sh',
      '-c',
      'trap "echo asked; exit 5" TERM; echo began; while :; do sleep 0.05; done',
    ]);
    await one.until(() => one.stdout.includes('began'), 'the command');
    one.kill('SIGTERM');
    expect(await one.ended).toEqual({ code: 5, signal: null });
    expect(one.stdout).toBe('began\nasked\n');
  });

  test('a command and a script have the lock one after the other, whichever comes first', async () => {
    const program = await running(`${luaTask('T', TAKES)}${onDemand('A', ['T'])}`);
    await ask('ctl', 'trigger', 'Go_A');
    await program.record(/script has it/);
    expect(await ask('lock', 'disk', '--wait', '0', '--', 'echo', 'ran')).toEqual({
      ...{ code: 1, stdout: '', stderr: 'whenever: lock "disk" was not granted: task T of condition A has it\n' },
    });
    expect((await ask('lock', 'disk', '--wait', '1s', '-E', '75', '--', 'echo', 'ran')).code).toBe(75);
    const waiting = place.start(['lock', 'disk', '--', 'sh', '-c', 'echo command has it; read line']);
    // The socket answers meanwhile.
    expect((await ask('status')).code).toBe(0);
    expect(await ask('state', 'set', 'go', 'on', 'true')).toEqual({ code: 0, stdout: '', stderr: '' });
    await waiting.until(() => waiting.stdout.includes('command has it'), 'the lock');
    await program.record(/script leaves/);
    const before = program.records.length;
    await ask('ctl', 'trigger', 'Go_A');
    await program.record(/running tasks/, before);
    expect(program.told.slice(before).filter((line) => line.includes('script has it'))).toEqual([]);
    waiting.send('go on');
    expect((await waiting.ended).code).toBe(0);
    await program.record(/script has it/, before);
  });

  test('a holder that is killed gives the lock back', async () => {
    await running(`${shellTask('T', 'exit 0')}${onDemand('A', ['T'])}`);
    const holder = place.start(['lock', 'disk', '--', 'sh', '-c', 'echo began; read line']);
    await holder.until(() => holder.stdout.includes('began'), 'the command');
    const waiting = place.start(['lock', 'disk', '--', 'echo', 'mine']);
    holder.kill('SIGKILL');
    expect((await waiting.ended).code).toBe(0);
    expect(waiting.stdout).toBe('mine\n');
    // Its command was not killed.
    holder.child.stdin?.end();
    expect((await holder.ended).signal).toBe('SIGKILL');
  });

  test('the end of the instance takes the lock, not the command', async () => {
    const program = await running(`${shellTask('T', 'exit 0')}${onDemand('A', ['T'])}`);
    const holder = place.start(['lock', 'disk', '--', 'sh', '-c', 'echo began; read line; echo done']);
    await holder.until(() => holder.stdout.includes('began'), 'the command');
    const waiting = place.start(['lock', 'disk', '--', 'echo', 'ran']);
    expect((await ask('lock', 'disk', '--wait', '0', '--', 'echo', 'ran')).code).toBe(1);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    expect((await waiting.ended).code).toBe(3);
    expect(waiting.stdout).toBe('');
    await holder.until(() => holder.stderr !== '', 'a message');
    expect(holder.stderr).toMatch(/^whenever: the lock "disk" is lost: the instance has ended\n$/);
    holder.send('go on');
    expect((await holder.ended).code).toBe(0);
    expect(holder.stdout).toBe('began\ndone\n');
  });
});

describe('whenever state', () => {
  test('a command of a task and a script share a state', async () => {
    const whenever = `"${RUNNER}" "${PROGRAM}"`;
    const reads = `sharedstate.save("disk", { free = 12, note = "a b" })`;
    const program = await running(
      `${luaTask('Save', reads)}${shellTask('Read', `${whenever} state get disk note --raw; ${whenever} state set disk free 13`)}${luaTask('Load', 'log.info("free is " .. sharedstate.load("disk").free)')}${onDemand('A', ['Save', 'Read', 'Load'], 'execute_sequence = true')}`,
    );
    await ask('ctl', 'trigger', 'Go_A');
    await program.record(/free is 13$/);
    expect((await ask('output', 'task/Read')).stdout).toContain('a b');
    expect(await ask('state', 'get', 'disk')).toEqual({ code: 0, stdout: '{"note":"a b","free":13}\n', stderr: '' });
    expect((await ask('state', 'get', 'disk', 'note')).stdout).toBe('"a b"\n');
    expect((await ask('state', 'list')).stdout).toBe('disk\n');
    expect((await ask('state', 'list', 'disk')).stdout).toBe('free\nnote\n');
    expect(await ask('state', 'get', 'disk', 'size')).toEqual({
      ...{ code: 1, stdout: '', stderr: 'whenever: the shared state "disk" has no key "size"\n' },
    });
    expect(await ask('state', 'remove', 'disk')).toMatchObject({ code: 0 });
    expect(await ask('state', 'get', 'disk')).toEqual({
      ...{ code: 1, stdout: '', stderr: 'whenever: the shared state "disk" is not there\n' },
    });
  });

  test.each<[args: string[], text: RegExp]>([
    [['gte', 'disk'], /expected one of get, set, remove, list, found "gte"/],
    [['get'], /state get: the name of the state is missing/],
    [['set', 'disk'], /state set: the value is missing/],
    [['set', 'disk', 'note', 'text'], /the value is not valid JSON: .* such as '"a text"'/],
    [['set', 'disk', 'note', 'null'], /the value of note is null: only texts, booleans and numbers can be stored/],
    [['get', 'disk', 'a', 'b'], /state get: 3 arguments, expected at most 2/],
    [['get', 'a b'], /"a b" is not the name of a shared state/],
  ])('%j is refused with status 2', async (args, text) => {
    await running(`${shellTask('T', 'exit 0')}${onDemand('A', ['T'])}`);
    const { code, stdout, stderr } = await ask('state', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(text);
  });
});

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { always, onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const ITEMS = `${shellTask('T', 'exit 0')}${onDemand('Asked', ['T'])}${always('Off', ['T'], 'suspended = true')}`;

/** A scheduler that runs. */
const running = async (toml = `${TICK}${ITEMS}`, args: readonly string[] = []) => {
  const program = place.start(['-J', '-L', 'debug', ...args], { toml });
  await program.record(/^MAIN starting/);
  // It answers when it is made, not before.
  expect((await place.run(['status'])).end.code).toBe(0);
  return program;
};
/** One of the other commands: status and what it said. */
const ask = async (...args: string[]) => {
  const { end, stdout, stderr } = await place.run(args);
  return { code: end.code, stdout, stderr };
};

describe('commands that ask the running instance', () => {
  test.each([['status'], ['story', 'A'], ['explain', 'A'], ['events'], ['logs'], ['ctl', 'pause'], ['dump', 'x.json']])(
    'whenever %s %s without an instance ends with status 3 and says so',
    async (...args) => {
      const { code, stdout, stderr } = await ask(...args);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toMatch(/^whenever: no instance is running \(cannot connect to \/.*whenever\.sock\)\n$/);
      expect(readdirSync(place.path)).not.toContain('x.json');
    },
  );

  test('whenever ctl with a word that is not a command says which may have been meant, also without an instance', async () => {
    expect(await ask('ctl', 'triger', 'Go')).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: expect.stringMatching(/^whenever: unknown command "triger" \(known: .*\), did you mean "trigger"\?\n/),
    });
  });

  test.each<[args: string[], text: RegExp]>([
    [['story'], /missing required argument/],
    [['explain'], /missing required argument/],
    [['ctl'], /missing required argument/],
    [['logs', '--since', '2026-02-30'], /--since: the calendar does not have the date 2026-02-30/],
    [['logs', '--since', 'tomorrow'], /--since: expected a local time .*, or 30s, 10m, 2h, 1d, 1w, found "tomorrow"/],
    [['logs', '-n', 'many'], /--count: expected a whole number/],
    [['logs', '--level', 'loud'], /argument 'loud' is invalid/],
    [['status', '--from', 'missing.json'], /missing\.json: no such file/],
    [['status', '--loud'], /unknown option/],
  ])('%j is wrong usage: status 2', async (args, text) => {
    const { code, stderr, stdout } = await ask(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(text);
  });

  test('status shows a table, or JSON, and its exit status says whether there is what was asked for', async () => {
    await running();
    const table = await ask('status');
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^CONDITION +STATE +NEXT +IN +LAST +OUTCOME +WHY$/m);
    expect(table.stdout).toMatch(/^Off +suspended +- +- +- +suspended = true in the file$/m);
    const report = JSON.parse((await ask('status', '--json')).stdout);
    expect(report.conditions.map(({ name }: { name: string }) => name)).toEqual(['Asked', 'Off']);
    expect(Date.parse(report.started)).toBeGreaterThan(Date.now() - 60_000);
    expect((await ask('status', 'Off')).stdout).not.toContain('Asked');
    expect(await ask('status', 'Q')).toMatchObject({ code: 1, stderr: expect.stringContaining('no condition "Q"') });
  });

  test('status --watch shows it again and again', async () => {
    await running();
    const watch = place.start(['status', '--watch']);
    await watch.until(() => watch.stdout.split('CONDITION').length > 2, 'a second table');
    await ask('ctl', 'resume_condition', 'Off');
    await watch.until(() => /Off +(?:due|running|finished)/.test(watch.stdout), 'the change');
    watch.kill('SIGINT');
    expect((await watch.ended).signal).toBe('SIGINT');
  });

  test('story, explain and events end with status 1 when there is nothing to show', async () => {
    await running();
    const nothing = { code: 1, stdout: '' };
    expect(await ask('explain', 'Zebras')).toEqual({
      ...{ ...nothing, stderr: 'whenever: no condition "Zebras" (known: Asked, Off)\n' },
    });
    expect(await ask('explain', 'off')).toEqual({
      ...{ ...nothing, stderr: 'whenever: no condition "off", did you mean "Off"?\n' },
    });
    expect(await ask('explain', 'T')).toEqual({
      ...{ ...nothing, stderr: 'whenever: no condition "T", but there is a task: whenever story task/T\n' },
    });
    expect(await ask('story', 'Go_Aske')).toEqual({
      ...{ ...nothing, stderr: 'whenever: no item "Go_Aske", did you mean "Go_Asked"?\n' },
    });
    expect(await ask('story', 'tick-99999')).toEqual({
      ...nothing,
      stderr:
        'whenever: no change of state with cause tick-99999 (of repeated changes only the first and the last are kept)\n',
    });
    expect(await ask('events', 'schedule')).toEqual({
      ...{ ...nothing, stderr: 'whenever: topic "schedule" has no events, did you mean "scheduler"?\n' },
    });
    expect(await ask('events', 'errors')).toEqual({
      ...{ ...nothing, stderr: 'whenever: topic "errors" has no events\n' },
    });
    expect((await ask('events')).stdout).toMatch(/^errors +0 +-$/m);
    expect(await ask('logs', '--item', 'Askd')).toEqual({
      ...{ ...nothing, stderr: 'whenever: no item "Askd", did you mean "Asked"?\n' },
    });
    expect(await ask('logs', '--level', 'error')).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse((await ask('story', 'Q', '--json')).stdout).chapters).toEqual([]);
  });

  test('a job that did not run is explained', async () => {
    await running();
    const { code, stdout } = await ask('explain', 'Off');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Off is suspended: suspended = true in the file\.\nTo have it checked again: whenever ctl resume_condition Off\nWhat happened, newest first:\n/,
    );
  });

  test('ctl does what an input command does, and says what came of it', async () => {
    const program = await running();
    expect(await ask('ctl', 'trigger', 'Go_Asked')).toEqual({
      ...{ code: 0, stdout: 'event Go_Asked: condition Asked is pending\n', stderr: '' },
    });
    await program.record(/task T ended: success/);
    expect(await ask('ctl', 'suspend_condition', 'Off')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('already'),
    });
    expect(await ask('ctl', 'suspend_condition', 'of')).toEqual({
      ...{ code: 1, stdout: '', stderr: 'whenever: no condition "of", did you mean "Off"?\n' },
    });
    expect(await ask('ctl', 'trigger', 'Asked')).toMatchObject({
      ...{ code: 1, stderr: 'whenever: no event "Asked", but there is a condition: whenever story condition/Asked\n' },
    });
    expect(await ask('ctl', 'run', 'T')).toMatchObject({
      ...{ code: 1, stderr: 'whenever: no condition "T", but there is a task: whenever run FILE T\n' },
    });
    expect(await ask('ctl', 'reset_conditions', 'Off', 'Q')).toMatchObject({
      ...{
        code: 1,
        stderr: 'whenever: no condition "Q" (known: Asked, Off)\nwhenever: the other conditions are reset\n',
      },
    });
    expect(await ask('ctl', 'puase')).toMatchObject({
      ...{
        code: 2,
        stderr: expect.stringMatching(/^whenever: unknown command "puase" \(known: .*\), did you mean "pause"\?\n$/),
      },
    });
    expect(JSON.parse((await ask('ctl', '--json', 'pause')).stdout)).toEqual({
      ...{ kind: 'done', said: 'the scheduler is paused', idle: false, cause: expect.stringMatching(/^command-\d+$/) },
    });
    expect((await ask('story', 'command-1')).stdout).toContain('condition/Asked');
    expect(JSON.parse((await ask('ctl', 'trigger', 'Go_Asked', '--json')).stdout)).toMatchObject({ kind: 'done' });
  });

  test('ctl configure means the file from where it is called, and shows what is wrong with it', async () => {
    await running();
    place.write('bad.toml', 'tick = 5\n');
    expect(await ask('ctl', 'configure', 'bad.toml')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${place.file('bad.toml')}:1:1: unknown key "tick"`),
    });
    place.write('with blanks.toml', ITEMS);
    const { code, stdout } = await ask('ctl', 'configure', 'with blanks.toml');
    expect(code).toBe(0);
    expect(stdout).toMatch(/with blanks\.toml loaded\n$/);
    expect(await ask('ctl', 'configure with blanks.toml')).toMatchObject({ code: 0, stdout });
  });

  test('ctl exit returns when the scheduler has ended, with what ran', async () => {
    const toml = `${TICK}${shellTask('Slow', 'echo x > began; sleep 1; echo x > ended').replaceAll('"/"', JSON.stringify(place.path))}${onDemand('Asked', ['Slow'])}`;
    const program = await running(toml);
    await ask('ctl', 'trigger', 'Go_Asked');
    await program.record(/running tasks/);
    expect(await ask('ctl', 'exit')).toMatchObject({
      ...{ code: 0, stdout: 'ending when these are done: Asked\nthe scheduler has ended\n' },
    });
    expect(place.read('ended')).toBe('x\n');
    expect((await program.ended).code).toBe(0);
    expect(readdirSync(place.file('run'))).toEqual([]);
  });

  test('events are followed live from a second terminal, until the scheduler ends', async () => {
    await running();
    const follower = place.start(['events', 'scheduler', '--follow', '--json']);
    await follower.until(() => follower.stdout.includes('"start"'), 'what was before');
    await ask('ctl', 'pause');
    await follower.until(() => follower.stdout.includes('"line":"pause"'), 'what comes');
    await ask('ctl', 'kill');
    expect((await follower.ended).code).toBe(0);
    for (const line of follower.stdout.trimEnd().split('\n')) expect(JSON.parse(line).topics).toEqual(['scheduler']);
  });

  test('a topic that is followed and has no events yet is named, and may be mistaken', async () => {
    await running();
    const follower = place.start(['events', 'schedular', '--follow']);
    await follower.until(() => follower.stderr.includes('did you mean "scheduler"?'), 'what it may be');
    expect(follower.end).toBeUndefined();
    follower.kill('SIGTERM');
  });

  test('one who follows is told when the scheduler is killed', async () => {
    const program = await running();
    const silent = place.start(['events', 'scheduler', '--follow']);
    await silent.until(() => silent.stdout.includes('"start"'), 'what was before');
    program.kill('SIGKILL');
    expect((await silent.ended).code).toBe(3);
    expect(silent.stderr).toBe('whenever: the instance is gone: it was killed, or has crashed\n');
  });

  test('logs are followed at a level that is not logged, and the log stays as it is', async () => {
    const program = await running(`${TICK}${ITEMS}`, ['-L', 'info']);
    const follower = place.start(['logs', '--follow', '--level', 'trace', '--item', 'Asked', '--json']);
    await follower.until(() => follower.stdout.includes('condition taken for checking'), 'a visit');
    const [first] = follower.records;
    expect(first!.contents.context.item).toBe('Asked');
    expect(JSON.parse(follower.stdout.split('\n').at(-2)!).journal).toMatchObject({ seq: expect.any(Number) });
    expect(program.records.every(({ header }) => header.level !== 'TRACE')).toBe(true);
    follower.child.stdout!.destroy();
    // The next record finds nobody who reads it.
    expect((await follower.ended).code).toBe(0);
  });

  test('a dump is for its owner only, has no secrets, and answers like the instance', async () => {
    const secret = 'environment_variables = { DB_PASSWORD = "very-secret-1" }';
    await running(`${TICK}${shellTask('T', 'exit 0', secret)}${onDemand('Asked', ['T'])}`);
    expect(await ask('dump', 'bug.json')).toMatchObject({ code: 0, stdout: '' });
    expect(statSync(place.file('bug.json')).mode & 0o777).toBe(0o600);
    expect(place.read('bug.json')).not.toContain('very-secret-1');
    const printed = await ask('dump', '-');
    expect(Object.keys(JSON.parse(printed.stdout))).toEqual(Object.keys(JSON.parse(place.read('bug.json'))));
    expect(await ask('dump', '/dev/null')).toMatchObject({ code: 0, stdout: '' });
    const live = (await ask('story', 'Asked')).stdout;
    await ask('ctl', 'kill');
    expect(await ask('story', 'Asked', '--from', 'bug.json')).toEqual({ code: 0, stdout: live, stderr: '' });
    for (const args of [['status'], ['explain', 'Asked'], ['events'], ['events', 'all'], ['logs']])
      expect(await ask(...args, '--from', 'bug.json')).toMatchObject({ code: 0, stderr: '' });
    expect((await ask('dump', '-')).code).toBe(3);
  });

  test('a dump that cannot be written says so before anything is gathered', async () => {
    await running();
    expect(await ask('dump', join('missing', 'bug.json'))).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/cannot write missing\/bug\.json: there is no such directory/),
    });
    place.write('file', '');
    expect(await ask('dump', join('file', 'x'))).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('cannot write') },
    });
    expect(await ask('dump', '.')).toMatchObject({ code: 2, stderr: expect.stringContaining('it is a directory') });
  });

  test('a dump without an instance leaves the file as it is', async () => {
    place.write('bug.json', 'the one of yesterday');
    expect((await ask('dump', 'bug.json')).code).toBe(3);
    expect(place.read('bug.json')).toBe('the one of yesterday');
  });

  test('an instance in another runtime directory is not asked', async () => {
    await running();
    const other = await place.run(['status'], { env: { XDG_RUNTIME_DIR: place.file('.') } });
    expect(other.end.code).toBe(3);
    // What is not an answer, and where to ask instead.
    expect(other.stderr.split('\n')).toHaveLength(3);
    const nowhere = await place.run(['status'], { env: { XDG_RUNTIME_DIR: place.file('gone') } });
    expect(nowhere.end.code).toBe(3);
    expect(nowhere.stderr).toContain(`XDG_RUNTIME_DIR ${place.file('gone')} is not a directory of this user`);
  });

  test('asking starts nothing, and disturbs nobody: --check-running goes on as before', async () => {
    const program = await running();
    expect(await ask('--check-running')).toMatchObject({ code: 0 });
    program.send('exit');
    await program.ended;
    expect(await ask('--check-running')).toMatchObject({ code: 1 });
    // Nothing about the questions is in the log.
    expect(program.told.filter((text) => /ERR\]/.test(text))).toEqual([]);
  });
});

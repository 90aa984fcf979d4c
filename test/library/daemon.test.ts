import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigError, createDaemon, type LogFact } from '../../src/library.ts';
import { alive, always, onDemand, shellTask } from '../support/program.ts';
import { awaited, clear, quick, reached } from './support.ts';

const ONCE = always('Once', ['Hello'], '');
const HELLO = shellTask('Hello', 'echo hello');

let place: string;
beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'whenever-library-')));
});
afterEach(async () => {
  await clear();
  rmSync(place, { recursive: true });
});

describe('the life of a daemon', () => {
  test('It begins when it is told to run, and ends when it is told to stop.', async () => {
    const daemon = await quick(HELLO + ONCE);
    expect(daemon.status()).toMatchObject({ state: 'ready', tickSeconds: 0.05, config: 'configuration' });
    expect(daemon.status().conditions).toMatchObject([{ name: 'Once', why: 'the daemon does not run yet' }]);
    const finished = awaited(daemon, reached('condition/Once', 'finished'));
    const ending = daemon.run();
    expect(daemon.status().state).toBe('running');
    await finished;
    expect(daemon.status().counts.finished).toBe(1);
    expect(daemon.status()).toMatchObject({
      ...{ failed: [], conditions: [{ last: { outcome: 'success', failed: false, streak: { count: 1 } } }] },
      tasks: [{ state: 'succeeded', last: { with: 'Once' } }],
    });
    expect(await daemon.stop()).toBe('exit');
    expect(await ending).toBe('exit');
    expect(daemon.status().state).toBe('ended');
    expect(daemon.story('task/Hello').map(({ finish }) => finish)).toEqual(['idle', 'running', 'succeeded']);
  });

  test('A file with a fleet is refused if a condition of it is shared: it would run once more here.', async () => {
    const fleet = '[fleet]\nservers = ["nats://127.0.0.1:1"]\n';
    const shared = ONCE.replace('name = "Once"', 'name = "Once"\nshared = true\nrecurring = true');
    await expect(createDaemon(fleet + HELLO + shared)).rejects.toThrow(
      /condition "Once": shared = true: expected the program/,
    );
    expect((await quick(fleet + HELLO + ONCE)).status().state).toBe('ready');
  });

  test('Commands are methods; a signal ends the waiting, not the run.', async () => {
    const daemon = await quick(
      shellTask('Long', `while [ ! -e ${place}/end ]; do sleep 0.02; done`) + onDemand('Slow', ['Long']),
    );
    void daemon.run();
    expect(await daemon.pause('1h')).toMatchObject({ kind: 'done' });
    expect(daemon.status().state).toBe('paused');
    expect(await daemon.resume()).toMatchObject({ kind: 'done' });
    expect(await daemon.suspend('Slow')).toMatchObject({ kind: 'done' });
    expect(daemon.status().conditions).toMatchObject([{ state: 'suspended' }]);
    expect(await daemon.resumeCondition('Slow')).toMatchObject({ kind: 'done' });
    expect(await daemon.reset()).toMatchObject({ kind: 'done' });
    expect(await daemon.trigger('Nothing', { a: 1 })).toMatchObject({ kind: 'no-effect' });
    const controller = new AbortController();
    const running = awaited(daemon, reached('task/Long', 'running'));
    const run = daemon.runNow('Slow', { signal: controller.signal });
    const refused = expect(run).rejects.toThrow('enough');
    await running;
    controller.abort(new Error('enough'));
    await refused;
    const over = awaited(daemon, reached('task/Long', 'succeeded'));
    writeFileSync(join(place, 'end'), '');
    await over;
    await expect(daemon.trigger('A B')).rejects.toThrow('trigger: event: expected a name without blanks, found "A B"');
    await expect(daemon.trigger('A', () => {})).rejects.toThrow('trigger: data: expected a value that JSON can hold');
    await expect(daemon.suspend('A', '1h\nexit')).rejects.toThrow('suspend: end: expected a text on one line');
  });

  test('It runs once.', async () => {
    const daemon = await quick(HELLO + ONCE);
    void daemon.run();
    await expect(daemon.run()).rejects.toThrow('the daemon runs already');
    await daemon.stop();
    await expect(daemon.run()).rejects.toThrow('the daemon has ended');
  });

  test('One that is stopped before it runs never does.', async () => {
    const daemon = await quick(HELLO + ONCE);
    expect(await daemon.stop()).toBe('exit');
    expect(daemon.status()).toMatchObject({ state: 'ended' });
    await expect(daemon.run()).rejects.toThrow('the daemon has ended');
    await expect(daemon.reload(HELLO)).rejects.toThrow('the daemon has ended');
  });

  test('Commands are refused before it runs and after it has ended.', async () => {
    const daemon = await quick(HELLO + ONCE);
    expect(await daemon.submit('pause')).toEqual({ kind: 'refused', reason: 'the daemon does not run yet' });
    void daemon.run();
    expect(await daemon.submit('pause')).toMatchObject({ kind: 'done' });
    expect(daemon.status().state).toBe('paused');
    await daemon.stop();
    expect(await daemon.submit('pause')).toEqual({ kind: 'refused', reason: 'the daemon has ended' });
  });

  test('What runs may finish, for as long as its grace lasts; then it is ended with its processes.', async () => {
    const daemon = await quick(
      shellTask('Long', 'echo $$ > pid; sleep 60').replace('"/"', `"${place}"`) + always('Do', ['Long']),
    );
    const running = awaited(daemon, reached('task/Long', 'running'));
    const ending = daemon.run();
    await running;
    const pid = await vi.waitFor(() => {
      const pid = Number(readFileSync(join(place, 'pid'), 'utf8'));
      expect(pid).toBeGreaterThan(0);
      return pid;
    });
    expect(alive(pid)).toBe(true);
    expect(await daemon.stop(0.1)).toBe('kill');
    expect(await ending).toBe('kill');
    expect(alive(pid)).toBe(false);
  });

  test('A task may end it.', async () => {
    const daemon = await quick(`[[task]]\nname = "End"\ntype = "internal"\ncommand = "exit"\n${always('Do', ['End'])}`);
    expect(await daemon.run()).toBe('exit');
  });

  test('paused = true begins paused.', async () => {
    const daemon = await quick(HELLO + ONCE, { paused: true });
    void daemon.run();
    expect(daemon.status().state).toBe('paused');
    const finished = awaited(daemon, reached('condition/Once', 'finished'));
    await daemon.submit('resume');
    await finished;
  });
});

describe('runs that are asked for', () => {
  const asked = (name: string, script: string): string =>
    shellTask(name, script, 'success_status = 0').replace('"/"', JSON.stringify(place)) + onDemand(`Do${name}`, [name]);

  test('One resolves with the id and the outcome of the run when it has ended.', async () => {
    const daemon = await quick(asked('Good', 'true') + asked('Bad', 'exit 3'));
    expect(await daemon.runNow('DoGood')).toEqual({ kind: 'refused', reason: 'the daemon does not run yet' });
    void daemon.run();
    expect(await daemon.runNow('DoGood')).toEqual({
      ...{ kind: 'done', id: 'run-1', outcome: 'success' },
      said: expect.stringMatching(/^run-1 of condition DoGood succeeded after/),
    });
    const failed = await daemon.runNow('DoBad');
    expect(failed).toMatchObject({ kind: 'done', id: 'run-2', outcome: 'failure' });
    expect(await daemon.runNow('DoNothing')).toEqual({ kind: 'no-effect', reason: 'no such condition: DoNothing' });
    expect(await daemon.cancel('DoGood')).toMatchObject({ kind: 'no-effect' });
    await daemon.stop();
    expect(await daemon.runNow('DoGood')).toEqual({ kind: 'refused', reason: 'the daemon has ended' });
    expect(await daemon.cancel('DoGood')).toEqual({ kind: 'refused', reason: 'the daemon has ended' });
  });

  test('A busy condition refuses, or queues one more run; a cancelled run ends as such.', async () => {
    const daemon = await quick(asked('Wait', 'test -e go || { touch go; sleep 60; }'));
    void daemon.run();
    const first = daemon.runNow('DoWait');
    await awaited(daemon, reached('task/Wait', 'running'));
    await vi.waitFor(() => expect(existsSync(join(place, 'go'))).toBe(true));
    expect(await daemon.runNow('DoWait')).toMatchObject({
      kind: 'no-effect',
      reason: expect.stringContaining('is busy'),
    });
    expect(await daemon.cancel('DoWait')).toEqual({ kind: 'done', said: 'condition DoWait: run-1 has ended' });
    expect(await first).toMatchObject({ kind: 'done', id: 'run-1', outcome: 'cancelled' });
    rmSync(join(place, 'go'));
    const second = daemon.runNow('DoWait');
    await awaited(daemon, reached('task/Wait', 'running'));
    const third = daemon.runNow('DoWait', { queue: true });
    await daemon.stop(0);
    expect(await third).toMatchObject({ kind: 'no-effect', reason: expect.stringContaining('the queued run') });
    expect(await second).toMatchObject({ kind: 'done', id: 'run-2', outcome: 'failure' });
  });
});

describe('what is wrong is told', () => {
  test('A configuration with mistakes is refused with every problem, its line and its column.', async () => {
    const text = '[[task]]\nname = "A"\ntype = "comand"\n[[condition]]\nname = "C"\ntype = "interval"\ntasks = ["B"]\n';
    const error = await createDaemon(text, { file: 'my.toml' }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ConfigError);
    const { lines, problems, message } = error as ConfigError;
    expect(lines).toEqual([
      expect.stringMatching(/^my\.toml:3:8: task "A": unknown task type "comand", did you mean "command"\?/),
      expect.stringMatching(/^my\.toml:4:1: condition "C": missing key "interval_seconds"/),
      expect.stringMatching(/^my\.toml:7:10: condition "C": .*"B"/),
    ]);
    expect(problems.map(({ position }) => position?.line)).toEqual([3, 4, 7]);
    expect(message).toBe(['my.toml: 3 problems', ...lines].join('\n  '));
  });

  test.each([
    [{ tikSeconds: 1 }, 'unknown option "tikSeconds", did you mean "tickSeconds"?'],
    [{ tickSeconds: '1' }, 'tickSeconds: expected a number, at least 0.01, found "1"'],
    [{ level: 'loud' }, 'level: expected one of trace, debug, info, warn, error, warning, critical, found "loud"'],
    [{ signal: 5 }, 'signal: expected an AbortSignal, found 5'],
    [{ baseDirectory: '~/x' }, 'a directory that does not begin with "~", which only a shell expands, found "~/x"'],
    [{ onRecord: true }, 'onRecord: expected a function, found true'],
  ])('An option that is not known or does not fit is an error: %j', async (options, text) => {
    await expect(createDaemon('', options as never)).rejects.toThrow(text);
  });

  test('The name of a file is not the text of a configuration.', async () => {
    await expect(createDaemon('my.toml')).rejects.toThrow('found "my.toml": read the file');
    await expect(createDaemon(undefined as never)).rejects.toThrow(
      'expected the text of a configuration, found undefined',
    );
  });
});

describe('another configuration', () => {
  test('It comes into force, and what is equal keeps its state.', async () => {
    const daemon = await quick(HELLO + ONCE + onDemand('Wait', ['Hello']), { file: 'first' });
    const finished = awaited(daemon, reached('condition/Once', 'finished'));
    void daemon.run();
    await finished;
    await daemon.reload(HELLO + ONCE + onDemand('Other', ['Hello']), 'second');
    expect(daemon.file).toBe('second');
    const states = daemon.status().conditions.map(({ name, state }) => [name, state]);
    expect(states).toEqual([
      ['Other', 'waiting'],
      ['Once', 'finished'],
    ]);
  });

  test('One with mistakes is refused, and nothing has changed; the log has the reason too.', async () => {
    const daemon = await quick(HELLO + ONCE);
    void daemon.run();
    await expect(daemon.reload('a = 1\n', 'wrong')).rejects.toThrow(/^wrong: 1 problem\n {2}wrong:1:1: /);
    expect(daemon.file).toBe('configuration');
    expect(daemon.status().conditions.map(({ name }) => name)).toEqual(['Once']);
    expect(daemon.records({ level: 'error' })[0]?.message).toContain(
      'configuration refused, nothing changed: wrong:1:1',
    );
  });

  test('Several given at once come into force one after the other, each with its own text.', async () => {
    const daemon = await quick(HELLO);
    void daemon.run();
    const given = ['A', 'B', 'C'].map((name) => daemon.reload(HELLO + onDemand(name, ['Hello'])));
    await Promise.all(given);
    expect(daemon.status().conditions.map(({ name }) => name)).toEqual(['C']);
  });

  test('Before it runs, the text is simply another one.', async () => {
    const daemon = await quick(HELLO);
    await daemon.reload(HELLO + ONCE, 'second');
    expect(daemon.status()).toMatchObject({ state: 'ready', config: 'second', counts: { waiting: 1 } });
  });
});

describe('where a daemon is', () => {
  test('Relative paths begin in baseDirectory, wherever the process is.', async () => {
    mkdirSync(join(place, 'work'));
    writeFileSync(join(place, 'other.toml'), HELLO);
    const text = shellTask('Where', 'pwd >&2; exit 1').replace('"/"', '"work"') + ONCE.replace('Hello', 'Where');
    await expect(createDaemon(text)).rejects.toThrow('"work" is not one');
    const daemon = await quick(
      shellTask('Where', 'pwd').replace('"/"', `"work"\nsuccess_stdout = "${place}/work\\n"`) +
        ONCE.replace('Hello', 'Where'),
      {
        baseDirectory: place,
      },
    );
    const finished = awaited(daemon, reached('condition/Once', 'finished'));
    void daemon.run();
    await finished;
    const answer = await daemon.submit('configure other.toml');
    expect(answer.kind === 'done' && (await answer.later)).toMatchObject({ kind: 'done' });
    expect(daemon.file).toBe('other.toml');
  });

  test('What an event watches begins there, too.', async () => {
    mkdirSync(join(place, 'inbox'));
    const event = '[[event]]\nname = "Came"\ntype = "fschange"\nwatch = ["inbox"]\ncondition = "Seen"\n';
    const daemon = await quick(HELLO + onDemand('Seen', ['Hello']) + event, { baseDirectory: place });
    const started = vi.fn();
    void awaited(daemon, reached('task/Hello', 'running')).then(started);
    void daemon.run();
    let count = 0;
    // Watching begins some time after the start.
    await vi.waitFor(
      () => {
        writeFileSync(join(place, 'inbox', `letter-${++count}`), '');
        expect(started).toHaveBeenCalled();
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  test('Commands inherit the environment that is given, and nothing else.', async () => {
    const check = '[ "$GIVEN" = yes ] && [ -z "$HOME" ]';
    const daemon = await quick(shellTask('Look', check) + ONCE.replace('Hello', 'Look'), {
      environment: { GIVEN: 'yes', PATH: process.env.PATH },
    });
    const settled = awaited(
      daemon,
      (fact) => fact.kind === 'transition' && fact.start === 'running' && fact.key === 'task/Look',
    );
    void daemon.run();
    expect(await settled).toMatchObject({ finish: 'succeeded' });
  });

  test('The outputs of [logging] are not opened, its levels count.', async () => {
    const records: LogFact[] = [];
    const logging = `[logging.levels]\n"whenever.condition" = "error"\n[[logging.outputs]]\ntarget = "${place}/log"\n[[logging.outputs]]\ntarget = "stdout"\n`;
    const daemon = await quick(logging + HELLO + ONCE, { onRecord: (record) => records.push(record) });
    const finished = awaited(daemon, reached('condition/Once', 'finished'));
    void daemon.run();
    await finished;
    await daemon.stop();
    expect(records.map(({ message }) => message)).toContain(
      'the outputs of [logging] are not opened: the program around this daemon takes the records',
    );
    expect(records.filter(({ item }) => item === 'condition/Once')).toEqual([]);
    expect(() => realpathSync(join(place, 'log'))).toThrow('ENOENT');
  });
});

import { describe, expect, test } from 'vitest';
import type { Fact, TransitionFact } from '../../src/journal/fact.ts';
import { plain } from '../../src/log/format.ts';
import { type Daemon, type DaemonOptions, daemon } from '../support/daemon.ts';
import { TICK, task } from '../support/items.ts';

const internal = (name: string, command: string) =>
  `[[task]]\nname = "${name}"\ntype = "internal"\ncommand = "${command}"\n`;
const interval = (name: string, tasks = '["T"]', seconds = 5) =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = ${seconds}\nrecurring = true\ntasks = ${tasks}\n`;
const bucket = (name: string, keys = '') =>
  `[[condition]]\nname = "${name}"\ntype = "bucket"\nrecurring = true\ntasks = ["T"]\n${keys}\n`;
const event = (name: string, condition: string) =>
  `[[event]]\nname = "${name}"\ntype = "cli"\ncondition = "${condition}"\n`;

/** The daemon, and every fact since its start. */
const heard = async (toml: string, options: DaemonOptions = {}) => {
  const facts: Fact[] = [];
  const one = await daemon(toml, { ...options, listener: (fact) => facts.push(fact) });
  return { one, facts };
};
const moves = (facts: readonly Fact[]) => facts.filter((fact): fact is TransitionFact => fact.kind === 'transition');
const causesOf = (one: Daemon, name: string) => one.journal.story(name).map(({ cause, run }) => [cause, run]);

describe('a cause', () => {
  test('goes from the tick through the check, the run, the task and the process to its records.', async () => {
    const { one, facts } = await heard(TICK + task('T') + interval('C'));
    await one.advance(5);
    const run = { cause: 'tick-1', run: 'run-1' };
    expect(moves(facts).filter(({ key, start }) => key !== 'task/T' || start !== 'new')).toMatchObject([
      { key: 'condition/C', finish: 'waiting', cause: 'start-1', run: null },
      { key: 'condition/C', finish: 'running', ...run },
      { key: 'task/T', finish: 'running', ...run },
      { key: 'task/T', finish: 'succeeded', ...run },
      { key: 'condition/C', finish: 'waiting', ...run },
    ]);
    expect(one.processes.runs[0]?.request.variables).toMatchObject({
      ...{ WHENEVER_CONDITION: 'C', WHENEVER_TASK: 'T', WHENEVER_RUN: 'run-1', WHENEVER_CAUSE: 'tick-1' },
    });
    expect(one.processes.runs[0]?.request.condition).toBe('C');
    const records = facts.filter(
      (fact) => fact.kind === 'log' && (fact.item === 'task/T' || fact.mark.startsWith('HIST')),
    );
    const later = records.filter((fact) => fact.cause !== 'start-1');
    expect(later.length).toBeGreaterThan(5);
    expect(new Set(later.map(({ cause, run: id }) => `${cause} ${id}`))).toEqual(new Set(['tick-1 run-1']));
  });

  test('is another one for each tick, and each run has a number of its own.', async () => {
    const { one } = await heard(TICK + task('T') + interval('C'));
    await one.advance(15);
    const runs = one.processes.runs.map(({ request }) => request.variables);
    expect(runs.map(({ WHENEVER_CAUSE, WHENEVER_RUN }) => [WHENEVER_CAUSE, WHENEVER_RUN])).toEqual([
      ['tick-1', 'run-1'],
      ['tick-2', 'run-2'],
      ['tick-3', 'run-3'],
    ]);
  });

  test('is the same for two conditions of one tick, whose runs differ.', async () => {
    const { one } = await heard(TICK + task('T') + interval('A') + interval('B'));
    await one.advance(5);
    expect(
      one.journal.story('tick-1').filter(({ finish, key }) => finish === 'running' && key !== 'task/T'),
    ).toMatchObject([
      { key: 'condition/A', run: 'run-1' },
      { key: 'condition/B', run: 'run-2' },
    ]);
  });

  test('of an event that a command fires is the command, through the check and the run.', async () => {
    const { one } = await heard(TICK + task('T') + bucket('B') + event('E', 'B'));
    await one.advance(1);
    await one.submit('trigger E');
    await one.advance(5);
    expect(one.journal.story('E').at(-1)).toMatchObject({ finish: 'fired', cause: 'command-1', run: null });
    expect(
      one.journal
        .story('B')
        .map(({ finish, cause, why }) => [finish, cause, why])
        .slice(1),
    ).toEqual([
      ['running', 'command-1', 'its event has come'],
      ['waiting', 'command-1', 'its tasks have run without a failure'],
    ]);
    expect(one.processes.runs[0]?.request.variables).toMatchObject({
      WHENEVER_CAUSE: 'command-1',
      WHENEVER_RUN: 'run-1',
    });
  });

  test('of an event that comes by itself is the event, also when its condition is checked at once.', async () => {
    const file = '[[event]]\nname = "F"\ntype = "fschange"\nwatch = ["/there"]\ncondition = "B"\n';
    const { one } = await heard(TICK + task('T') + bucket('B', 'immediate = true') + file, { there: ['/there'] });
    await one.advance(1);
    one.desktop.watcher.write('/there/x');
    await one.advance(1);
    expect(one.journal.story('event-1').map(({ key, finish }) => [key, finish])).toEqual([
      ['event/F', 'fired'],
      ['condition/B', 'running'],
      ['task/T', 'running'],
      ['task/T', 'succeeded'],
      ['condition/B', 'waiting'],
    ]);
  });

  test('of several events in a row is the first one.', async () => {
    const { one } = await heard(TICK + task('T') + bucket('B') + event('E', 'B') + event('F', 'B'));
    await one.advance(1);
    await one.submit('trigger E');
    await one.submit('trigger F');
    await one.advance(5);
    expect(one.processes.runs.map(({ request }) => request.variables.WHENEVER_CAUSE)).toEqual(['command-1']);
    expect(one.journal.story('F').at(-1)?.why).toBe('condition B was pending already');
  });

  test('goes on through a command of an internal task: what it brings about has the cause of its run.', async () => {
    const { one } = await heard(
      TICK + task('T') + internal('Go', 'trigger E') + interval('C', '["Go"]', 20) + bucket('B') + event('E', 'B'),
    );
    await one.advance(30);
    expect(one.processes.runs[0]?.request.variables).toMatchObject({
      ...{ WHENEVER_CONDITION: 'B', WHENEVER_CAUSE: 'tick-4', WHENEVER_RUN: 'run-2' },
    });
  });

  test('of a run that a task asks for is the run of that task.', async () => {
    const { one } = await heard(TICK + task('T') + internal('Go', 'run B') + interval('C', '["Go"]', 20) + bucket('B'));
    await one.advance(30);
    expect(one.processes.runs[0]?.request.variables).toMatchObject({
      ...{ WHENEVER_CONDITION: 'B', WHENEVER_CAUSE: 'run-1', WHENEVER_RUN: 'run-2' },
    });
  });

  test('is one for each input command, mistaken ones too, and what came of it is told under "scheduler".', async () => {
    const { one } = await heard(TICK + task('T') + interval('C'));
    await one.submit('suspend_condition C');
    await one.submit('nonsense');
    await one.submit('suspend_condition Nobody');
    const told = one.journal.getEvents('scheduler').slice(1);
    expect(told.map(({ cause, message }) => [cause, message])).toMatchObject([
      ['command-1', { action: 'command', line: 'suspend_condition C', answer: 'done' }],
      ['command-2', { action: 'command', line: 'nonsense', answer: 'refused' }],
      ['command-3', { action: 'command', answer: 'no-effect', reason: 'no such condition: Nobody' }],
    ]);
    expect(causesOf(one, 'C').at(-1)).toEqual(['command-1', null]);
  });

  test('of a reload is one of its own, which names the command it comes from.', async () => {
    const other = TICK + task('T') + interval('D');
    const { one } = await heard(TICK + task('T') + interval('C'), { files: { 'other.toml': other } });
    await one.submit('configure other.toml');
    await one.advance(1);
    expect(one.journal.story('reload-1').map(({ key, finish, why }) => [key, finish, why])).toMatchObject([
      ['condition/D', 'waiting', 'it is in the file; not due until 12:00:05'],
      ['condition/C', 'removed', 'it is not in the new file'],
    ]);
    expect(one.journal.getEvents('scheduler').at(-1)).toMatchObject({
      cause: 'reload-1',
      message: { action: 'reload', file: 'other.toml', by: 'command-1', result: 'loaded' },
    });
  });

  test('goes to the lines of a script.', async () => {
    const { one } = await heard(
      `${TICK}[[task]]\nname = "L"\ntype = "lua"\nscript = "x = 1"\n${interval('C', '["L"]')}`,
      { lua: { L: [{ lines: ['hello'] }] } },
    );
    await one.advance(5);
    const said = one.journal.records().filter(({ message }) => message.includes('hello'));
    expect(said).toMatchObject([{ item: 'task/L', cause: 'tick-1', run: 'run-1' }]);
  });

  test('of a check with a process is in its environment, and its run goes on to the tasks.', async () => {
    const check =
      '[[condition]]\nname = "P"\ntype = "command"\ncommand = "test"\ncommand_arguments = []\nstartup_path = "/"\nsuccess_status = 0\ntasks = ["T"]\n';
    const { one } = await heard(TICK + task('T') + check);
    await one.advance(5);
    const [probe, work] = one.processes.runs.map(({ request }) => request.variables);
    expect(probe).toMatchObject({ WHENEVER_CAUSE: 'tick-1', WHENEVER_RUN: 'run-1', WHENEVER_CONDITION: 'P' });
    expect(work).toMatchObject({ WHENEVER_CAUSE: 'tick-1', WHENEVER_RUN: 'run-1', WHENEVER_TASK: 'T' });
  });

  test('Nobody gets them who wants an environment without: set_environment_variables = false.', async () => {
    const { one } = await heard(
      TICK + task('T').replace('success_status', 'set_environment_variables = false\nsuccess_status') + interval('C'),
    );
    await one.advance(5);
    const [{ request } = { request: undefined }] = one.processes.runs;
    expect(request?.variables).toEqual({});
    expect(request?.events).toBeUndefined();
  });

  test('No fact of a run is without one, whatever happens.', async () => {
    const { one, facts } = await heard(
      TICK +
        task('T') +
        task('U') +
        internal('I', 'reset_conditions') +
        interval('C', '["T", "I", "U"]') +
        bucket('B') +
        event('E', 'B'),
      { processes: { T: [{ seconds: 7 }, { end: { how: 'exit', code: 1 } }], U: [{ seconds: 3 }] } },
    );
    await one.advance(12);
    for (const line of ['trigger E', 'suspend_condition C', 'pause', 'resume', 'resume_condition C']) {
      await one.submit(line);
      await one.advance(9);
    }
    await one.submit('exit');
    await one.advance(60);
    expect(one.ending).toBe('exit');
    const runs = facts.filter(({ run }) => run !== null);
    expect(runs.length).toBeGreaterThan(100);
    expect(runs.filter(({ cause }) => cause === null)).toEqual([]);
    const causes = new Map<string, string | null>();
    for (const { run, cause } of runs) {
      expect(causes.get(run!) ?? cause, run!).toBe(cause);
      causes.set(run!, cause);
    }
  });
});

describe('the causes of a story', () => {
  const causes = async (code: number, seconds: number) => {
    const once = interval('C').replace('recurring = true', 'max_tasks_retries = 1');
    const one = await daemon(TICK + task('T') + once, { processes: { T: [{ end: { how: 'exit', code } }, {}] } });
    await one.advance(seconds);
    return [...new Set(one.journal.story('condition/C').map(({ cause }) => cause))];
  };
  test('are two for a success: the start and the tick; and one more for each retry.', async () => {
    expect(await causes(0, 12)).toHaveLength(2);
    expect(await causes(1, 22)).toHaveLength(3);
  });
});

describe('the log', () => {
  test('is the same with and without somebody who listens to the facts.', async () => {
    const toml = TICK + task('T') + interval('C') + bucket('B') + event('E', 'B');
    const run = async (listener?: (fact: Fact) => void) => {
      const one = await daemon(toml, listener ? { listener } : {});
      await one.advance(11);
      await one.submit('trigger E');
      await one.advance(11);
      return one.records.all.map(plain).join('');
    };
    const quiet = await run();
    expect(await run(() => {})).toBe(quiet);
    expect(quiet).toContain('event fired');
  });

  test('A story is the same at every level of the log.', async () => {
    const toml =
      TICK +
      task('T') +
      interval('C', '["T"]', 10) +
      interval('Off', '["T"]').replace('recurring', 'suspended = true\nrecurring');
    const run = async (level: 'trace' | 'warn') => {
      const one = await daemon(toml, { level });
      await one.advance(60);
      return one.journal.stories.chapters.map(({ key, start, finish, why, time, count }) => [
        key,
        start,
        finish,
        why,
        time,
        count,
      ]);
    };
    expect(await run('trace')).toEqual(await run('warn'));
  });

  test('An error is an event under "errors" too.', async () => {
    const one = await daemon(TICK + task('T') + interval('C'));
    await one.submit('nonsense');
    expect(one.journal.getEvents('errors')).toMatchObject([
      { cause: 'command-1', message: { action: 'log', emitter: 'MAIN', doing: 'command', mark: 'PROC/ERR' } },
    ]);
  });
});

import { describe, expect, test, vi } from 'vitest';
import { type Daemon, type DaemonOptions, daemon } from '../support/daemon.ts';

const TICK = 'scheduler_tick_seconds = 5\n';
const task = (name: string, more = '') =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = []\nsuccess_status = 0\n${more}\n`;
const condition = (keys: string, tasks = '["T"]') => `[[condition]]\nname = "C"\ntasks = ${tasks}\n${keys}\n`;
const every = (seconds: number, more = 'recurring = true') =>
  `type = "interval"\ninterval_seconds = ${seconds}\n${more}`;
const probe = (more = '') => `type = "command"\ncommand = "probe"\ncommand_arguments = []\nstartup_path = "/"\n${more}`;
const script = (more = 'expected_results = { x = 1 }') => `type = "lua"\nscript = "x = 1"\n${more}`;

const run = async (toml: string, seconds: number, options: DaemonOptions = {}, lines: readonly string[] = []) => {
  const one = await daemon(`${TICK}${task('T')}${toml}`, { level: 'info', ...options });
  await one.advance(1);
  for (const line of lines) await one.submit(line);
  await one.advance(seconds - 1);
  return one;
};

describe('why a condition does not run, by the rows of the decision list', () => {
  test.each<[string, string, number, DaemonOptions, readonly string[], string, string]>([
    ['no tasks are listed', condition(every(5), '[]'), 12, {}, [], 'idle', 'no tasks are listed'],
    [
      'suspended in the file',
      condition(every(5, 'suspended = true')),
      12,
      {},
      [],
      'suspended',
      'suspended = true in the file',
    ],
    [
      'suspended by a command',
      condition(every(5)),
      12,
      {},
      ['suspend_condition C'],
      'suspended',
      'suspended by a command (command-1)',
    ],
    [
      'finished',
      condition(every(5, '')),
      12,
      {},
      [],
      'finished',
      'it is not recurring, and its tasks have run without a failure',
    ],
    [
      'given up',
      condition(every(5, 'max_tasks_retries = 0')),
      12,
      { processes: { T: [{ end: { how: 'exit', code: 1 } }] } },
      [],
      'exhausted',
      'it is not recurring, its tasks failed, and there are no retries left',
    ],
    [
      'busy with its tasks',
      condition(every(5)),
      12,
      { processes: { T: [{ seconds: 60 }] } },
      [],
      'running',
      'its tasks are running since 12:00:05',
    ],
    [
      'busy with its check',
      condition(probe('success_status = 0')),
      12,
      { processes: { probe: [{ seconds: 60 }] } },
      [],
      'checking',
      'it is being checked since 12:00:05',
    ],
    ['not due on the monotonic clock', condition(every(3600)), 12, {}, [], 'waiting', 'not due until 13:00:00'],
    [
      'not due on the wall clock',
      condition('type = "time"\ntime_specifications = [{ hour = 17, minute = 30 }]\nrecurring = true'),
      12,
      {},
      [],
      'waiting',
      'not due until 17:30:00',
    ],
    [
      'not due before another day',
      condition('type = "time"\ntime_specifications = [{ hour = 2 }]\nrecurring = true'),
      12,
      {},
      [],
      'waiting',
      'not due until 2026-03-03 02:00:00 Tue',
    ],
    [
      'all instants are over',
      condition('type = "time"\ntime_specifications = [{ year = 2020, month = 1, day = 1 }]\nrecurring = true'),
      12,
      {},
      [],
      'waiting',
      'none of its instants is still to come',
    ],
    ['check_after', condition(probe('check_after = 24')), 12, {}, [], 'waiting', 'check_after has 12 s left'],
    [
      'no event',
      `${condition('type = "bucket"\nrecurring = true')}[[event]]\nname = "E"\ntype = "cli"\ncondition = "C"\n`,
      12,
      {},
      [],
      'waiting',
      'no event has come',
    ],
    [
      'the scheduler is paused',
      condition(every(3600)),
      12,
      {},
      ['pause'],
      'waiting',
      'the scheduler is paused; not due until 13:00:00',
    ],
  ])('%s', async (_, toml, seconds, options, lines, state, why) => {
    const one = await run(toml, seconds, options, lines);
    expect(one.scheduler.overview.standing('C')).toMatchObject({ name: 'C', state, why });
  });

  test('It is ending: no check begins any more.', async () => {
    const busy = '[[condition]]\nname = "Busy"\ntype = "interval"\ninterval_seconds = 5\ntasks = ["T"]\n';
    const one = await run(condition(every(3600)) + busy, 7, { processes: { T: [{ seconds: 60 }] } });
    await one.submit('exit');
    expect(one.scheduler.overview.standing('C')).toMatchObject({ why: 'the scheduler is ending' });
  });

  test('A check that waits for a moment within the tick says so.', async () => {
    const one = await run(`${condition(probe('success_status = 0'))}`.replace(/^/, ''), 5.5, { random: () => 0.9 });
    expect(one.scheduler.overview.standing('C')?.why).not.toContain('moment');
    const spread = await daemon(
      `${TICK}randomize_checks_within_ticks = true\n${task('T')}${condition(probe('success_status = 0'))}`,
      { random: () => 0.9, level: 'info' },
    );
    await spread.advance(5.5);
    expect(spread.scheduler.overview.standing('C')?.why).toBe('its check waits for a moment within the tick');
  });

  test('Every state of a condition is told with its reason in the story as well.', async () => {
    const one = await run(condition(every(5, 'max_tasks_retries = 1')), 12, {
      processes: { T: [{ end: { how: 'exit', code: 1 } }] },
    });
    await one.submit('reset_conditions C');
    await one.submit('suspend_condition C');
    await one.submit('resume_condition C');
    expect(one.journal.story('condition/C').map(({ start, finish, why }) => `${start} > ${finish}: ${why}`)).toEqual([
      'new > waiting: it is in the file; not due until 12:00:05',
      'waiting > running: its interval of 5 s has passed',
      'running > retrying: task T failed: exit code 1 is not the success status 0; retries left: 1',
      'retrying > running: its interval of 5 s has passed',
      'running > exhausted: task T failed: exit code 1 is not the success status 0; no retries left',
      'exhausted > waiting: reset by a command; not due until 12:00:17',
      'waiting > suspended: suspended by a command',
      'suspended > waiting: resumed and reset by a command; not due until 12:00:17',
    ]);
  });

  test('Commands that have to wait for a busy condition are told when they are carried out, with their cause.', async () => {
    const one = await run(condition(every(5)), 7, { processes: { T: [{ seconds: 20 }] } });
    await one.submit('suspend_condition C');
    await one.advance(30);
    expect(one.journal.story('condition/C').at(-1)).toMatchObject({
      ...{
        finish: 'suspended',
        why: 'suspended by a command',
        cause: 'command-1',
        time: Date.parse('2026-03-02T12:00:25Z'),
      },
    });
  });

  test('The story of a condition that a reload removes is kept for an hour, with the reason.', async () => {
    const one = await run(condition(every(5)), 7, { files: { other: TICK + task('T') } });
    await one.submit('configure other');
    await one.advance(3599);
    expect(one.journal.story('condition/C').at(-1)).toMatchObject({
      ...{ finish: 'removed', why: 'it is not in the new file', cause: 'reload-1' },
    });
    await one.advance(2);
    expect(one.journal.story('condition/C')).toEqual([]);
    expect(one.journal.getEvents('condition/C')).toEqual([]);
  });

  test('A condition that takes the place of a busy one waits for it, and says so.', async () => {
    const one = await run(condition(every(5)), 7, {
      processes: { T: [{ seconds: 20 }] },
      files: { other: TICK + task('T') + condition(every(7)) },
    });
    await one.submit('configure other');
    expect(one.scheduler.overview.standing('C')).toMatchObject({
      ...{ state: 'busy', why: 'the one it takes the place of is not done yet' },
    });
    await one.advance(30);
    expect(one.journal.story('condition/C').map(({ why }) => why)).toContain('the one it takes the place of is done');
  });
});

describe('why a check was not positive', () => {
  const end = (code: number) => ({ end: { how: 'exit', code } as const });
  test.each<[string, string, DaemonOptions, string]>([
    [
      'the exit code',
      probe('success_status = 0'),
      { processes: { probe: [end(3)] } },
      'exit code 3 is not the success status 0',
    ],
    [
      'the failure status',
      probe('failure_status = 3'),
      { processes: { probe: [end(3)] } },
      'exit code 3 is the failure status',
    ],
    [
      'what standard output lacked',
      probe('success_stdout = "ready"'),
      { processes: { probe: [{ stdout: 'no' }] } },
      'stdout lacked "ready"',
    ],
    [
      'what standard error had',
      probe('failure_stderr = "bad"'),
      { processes: { probe: [{ stderr: 'bad' }] } },
      'stderr had "bad"',
    ],
    [
      'a signal',
      probe(),
      { processes: { probe: [{ end: { how: 'signal', signal: 'SIGSEGV' } }] } },
      'ended by signal SIGSEGV',
    ],
    [
      'the time limit',
      probe('timeout_seconds = 1'),
      { processes: { probe: [{ seconds: 9 }] } },
      'it reached its time limit',
    ],
    [
      'no such program',
      probe(),
      { processes: { probe: [{ end: { how: 'not-started', reason: 'no such program: "probe"' } }] } },
      'it could not be started: no such program: "probe"',
    ],
    [
      'an unmet expectation',
      script('expect_all = true\nexpected_results = { x = 1 }'),
      { lua: { C: [{ result: 'different' }] } },
      'x has another value',
    ],
    [
      'none of several expectations',
      script('expect_all = false\nexpected_results = { x = 1 }'),
      { lua: { C: [{ result: 'different' }] } },
      'none of the expected results holds',
    ],
    [
      'an error of the script',
      script(),
      { lua: { C: [{ result: 'error' }] } },
      'the script failed: condition C:1: boom',
    ],
    [
      'no expectations',
      script(''),
      { lua: { C: [{ result: 'none' }] } },
      'it has no expected_results, so there is no outcome',
    ],
    [
      'a service that is not there',
      'type = "dbus"\nbus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"',
      {},
      'the call failed: org.freedesktop.DBus.Error.ServiceUnknown: nobody owns a.b',
    ],
    ['an idle time that nobody knows', 'type = "idle"\nidle_seconds = 60', {}, 'nobody knows the idle time'],
  ])('%s', async (_, keys, options, why) => {
    const one = await run(condition(keys), 12, options);
    const told = () =>
      one.journal.story('condition/C').filter(({ finish, cause }) => finish === 'waiting' && cause !== 'start-1');
    // Looking for the place of an error in the file takes real time.
    await vi.waitFor(() => expect(told().map((chapter) => chapter.why)).toEqual([expect.stringContaining(why)]));
  });

  test.each<[string, (one: Daemon) => Promise<unknown>, string]>([
    [
      'An instant that came while the machine slept',
      async (one) => one.clock.freeze(9 * 3_600_000),
      'hour=2 minute=30 at 2026-03-03 02:30:00 came while nobody looked (asleep, stopped or busy), noticed 6.0 h later',
    ],
    [
      'Several of them',
      async (one) => one.clock.freeze((24 + 6) * 3_600_000),
      '2 instants came while nobody looked (asleep, stopped or busy), noticed 3.0 h later, the last one hour=2 minute=30 at 2026-03-04 02:30:00',
    ],
    [
      'One of a pause',
      async (one) => {
        await one.submit('pause');
        await one.advance(9 * 3600);
        await one.submit('resume');
      },
      'hour=2 minute=30 at 2026-03-03 02:30:00 came while the scheduler was paused',
    ],
  ])('%s is told as the reason.', async (_, passes, why) => {
    const night = `type = "time"\ntime_specifications = [{ hour = 2, minute = 30 }]\nrecurring = true`;
    const one = await run(condition(night), 11 * 3600 + 1800, { start: '2026-03-02T12:00:00Z' });
    await passes(one);
    await one.advance(60);
    expect(one.journal.story('condition/C').at(-1)).toMatchObject({ start: 'waiting', finish: 'waiting', why });
  });

  test('A missed instant that is made up for is the reason of the run.', async () => {
    const night =
      'type = "time"\ntime_specifications = [{ hour = 2, minute = 30 }]\nrecurring = true\ncatch_up = "once"';
    const one = await run(condition(night), 3600);
    one.clock.freeze(24 * 3_600_000);
    await one.advance(60);
    expect(one.journal.story('condition/C').find(({ finish }) => finish === 'running')?.why).toBe(
      'hour=2 minute=30 at 2026-03-03 02:30:00 came while nobody looked (asleep, stopped or busy), noticed 10.5 h later; that is made up for',
    );
  });

  test('A success that does not count until a check has failed says so.', async () => {
    const one = await run(
      condition(probe('success_status = 0\nrecurring = true\nrecur_after_failed_check = true')),
      22,
    );
    expect(one.journal.story('condition/C').at(-1)).toMatchObject({
      ...{
        finish: 'waiting',
        count: 3,
        why: 'it was positive, which does not count until a check has failed in between',
      },
    });
  });

  test('An exception in a kind is an error with its message.', async () => {
    const one = await run(condition(probe()), 7, {
      processes: {
        probe: () => {
          throw new Error('a bug');
        },
      },
    });
    expect(one.journal.story('condition/C').at(-1)?.why).toBe('it could not be checked: a bug');
  });

  test('A hundred equal reasons are one chapter with a count.', async () => {
    const one = await run(condition(probe('success_status = 0')), 501, { processes: { probe: [end(1)] } });
    expect(one.journal.story('condition/C').map(({ finish, count }) => [finish, count])).toEqual([
      ['waiting', 1],
      ['checking', 100],
      ['waiting', 100],
    ]);
  });
});

describe('what tasks and events tell', () => {
  test.each<[string, DaemonOptions, string, string]>([
    ['success', {}, 'succeeded', 'exit code 0 is the success status'],
    [
      'failure',
      { processes: { T: [{ end: { how: 'exit', code: 1 } }] } },
      'failed',
      'exit code 1 is not the success status 0',
    ],
    ['a time limit', { processes: { T: [{ end: { how: 'timeout' } }] } }, 'failed', 'it reached its time limit'],
  ])('A task tells %s and why.', async (_, options, finish, why) => {
    const one = await run(condition(every(5)), 7, options);
    expect(one.journal.story('task/T').at(-1)).toMatchObject({ start: 'running', finish, why, run: 'run-1' });
  });

  test('A script without expectations leaves its task without an outcome, an internal task without effect says why.', async () => {
    const more =
      '[[task]]\nname = "L"\ntype = "lua"\nscript = ""\n[[task]]\nname = "I"\ntype = "internal"\ncommand = "resume"\n';
    const one = await run(more + condition(every(5), '["L", "I"]'), 7, { lua: { L: [{ result: 'none' }] } });
    expect(one.journal.story('task/L').at(-1)?.finish).toBe('indeterminate');
    expect(one.journal.story('task/I').at(-1)).toMatchObject({
      ...{ finish: 'failed', why: 'the command had no effect: resume: the scheduler is not paused' },
    });
  });

  test('A task that waits for its turn says for whom.', async () => {
    const other = '[[condition]]\nname = "D"\ntype = "interval"\ninterval_seconds = 5\ntasks = ["T"]\n';
    const one = await run(condition(every(5, '')) + other, 12, { processes: { T: [{ seconds: 3 }] } });
    expect(one.journal.story('task/T').map(({ finish, why }) => `${finish}: ${why}`)).toEqual([
      'idle: it is in the file',
      'idle: condition D waits for its turn',
      'running: run by condition C',
      'succeeded: exit code 0 is the success status',
      'running: run by condition D',
    ]);
  });

  test('An event that is dropped says why.', async () => {
    const toml = `${condition('type = "bucket"\nsuspended = true')}[[event]]\nname = "E"\ntype = "cli"\ncondition = "C"\n`;
    const one = await run(toml, 3, {}, ['trigger E']);
    expect(one.journal.story('event/E').map(({ finish, why }) => `${finish}: ${why}`)).toEqual([
      'listening: it waits for the trigger command',
      'dropped: condition C is suspended',
    ]);
  });
});

import { describe, expect, test, vi } from 'vitest';
import { type Daemon, type DaemonOptions, daemon, fakeMachine } from '../support/daemon.ts';
import { FAILED_CHECKS } from '../support/failed-checks.ts';
import { around, condition, every, night, probe } from '../support/one-condition.ts';
import { requestHandler } from '../support/request-handler.ts';
import { STANDINGS } from '../support/standings.ts';

const run = async (toml: string, seconds: number, options: DaemonOptions = {}, lines: readonly string[] = []) => {
  const one = await daemon(around(toml), { level: 'info', ...options });
  await one.advance(1);
  for (const line of lines) await one.submit(line);
  await one.advance(seconds - 1);
  return one;
};

describe('why a condition does not run, by the rows of the decision list', () => {
  test.each(STANDINGS)('$title', async ({ toml, seconds = 12, options, lines, late = [], state, why }) => {
    const one = await run(toml, seconds, options, lines);
    for (const line of late) await one.submit(line);
    expect(one.status.condition('C')).toMatchObject({ name: 'C', state, why });
  });

  test('It is ending: no check begins any more.', async () => {
    const busy = '[[condition]]\nname = "Busy"\ntype = "interval"\ninterval_seconds = 5\ntasks = ["T"]\n';
    const one = await run(condition(every(3600)) + busy, 7, { processes: { T: [{ seconds: 60 }] } });
    await one.submit('exit');
    expect(one.status.condition('C')).toMatchObject({ why: 'the scheduler is ending' });
  });

  test('A check that waits for a moment within the tick says so.', async () => {
    const one = await run(condition(probe()), 5.5, { random: () => 0.9 });
    expect(one.status.condition('C')?.why).not.toContain('moment');
    const spread = await daemon(`randomize_checks_within_ticks = true\n${around(condition(probe()))}`, {
      ...{ random: () => 0.9, level: 'info' },
    });
    await spread.advance(5.5);
    expect(spread.status.condition('C')?.why).toBe('its check waits for a moment within the tick');
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
    const one = await run(condition(every(5)), 7, { files: { other: around('') } });
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
      files: { other: around(condition(every(7))) },
    });
    await one.submit('configure other');
    expect(one.status.condition('C')).toMatchObject({
      ...{ state: 'queued', why: 'the condition that it replaces is not done yet' },
    });
    await one.advance(30);
    expect(one.journal.story('condition/C').map(({ why }) => why)).toContain('the condition that it replaces is done');
  });
});

describe('why a check was not positive', () => {
  test.each(FAILED_CHECKS)('$title', async ({ keys, options, happens, platform = 'linux', why }) => {
    const { daemon: one } = await requestHandler(around(condition(keys)), options, { ...fakeMachine, platform });
    happens?.(one.desktop);
    await one.advance(12);
    const told = () =>
      one.journal
        .story('condition/C')
        .filter(({ start, finish, cause }) => start !== 'running' && finish === 'waiting' && cause !== 'start-1');
    // Looking for the place of an error in the file takes real time.
    await vi.waitFor(() => expect(told().map((chapter) => chapter.why)).toEqual([expect.stringContaining(why)]));
  });

  test.each<[string, (one: Daemon) => Promise<unknown>, string]>([
    [
      'An instant that came while the machine slept',
      async (one) => one.clock.freeze(9 * 3_600_000),
      'hour=2 minute=30 at 2026-03-03 02:30:00 came while no check was possible (asleep, stopped or busy), noticed 6 h 00 min later',
    ],
    [
      'Several of them',
      async (one) => one.clock.freeze((24 + 6) * 3_600_000),
      '2 instants came while no check was possible (asleep, stopped or busy), noticed 3 h 00 min later, the last one hour=2 minute=30 at 2026-03-04 02:30:00',
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
    const one = await run(condition(night), 11 * 3600 + 1800, { start: '2026-03-02T12:00:00Z' });
    await passes(one);
    await one.advance(60);
    expect(one.journal.story('condition/C').at(-1)).toMatchObject({ start: 'waiting', finish: 'waiting', why });
  });

  test('A missed instant that is made up for is the reason of the run.', async () => {
    const one = await run(condition(`${night}\ncatch_up = "once"`), 3600);
    one.clock.freeze(24 * 3_600_000);
    await one.advance(60);
    expect(one.journal.story('condition/C').find(({ finish }) => finish === 'running')?.why).toBe(
      'hour=2 minute=30 at 2026-03-03 02:30:00 came while no check was possible (asleep, stopped or busy), noticed 10 h 30 min later; that is made up for',
    );
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
    const one = await run(condition(probe('success_status = 0')), 501, {
      processes: { probe: [{ end: { how: 'exit', code: 1 } }] },
    });
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

  test('A condition whose task runs for another one is queued until that has ended.', async () => {
    const other = '[[condition]]\nname = "D"\ntype = "interval"\ninterval_seconds = 5\ntasks = ["T"]\n';
    const one = await run(condition(every(5, '')) + other, 12, { processes: { T: [{ seconds: 3 }] } });
    expect(one.journal.story('task/T').map(({ finish, why }) => `${finish}: ${why}`)).toEqual([
      'idle: it is in the file',
      'running: run by condition C',
      'succeeded: exit code 0 is the success status',
      'running: run by condition D',
      'succeeded: exit code 0 is the success status',
    ]);
    expect(one.journal.story('condition/D').map(({ start, finish, why }) => `${start} → ${finish}: ${why}`)).toEqual([
      expect.stringContaining('new → waiting'),
      'waiting → queued: its interval of 5 s has passed; task T runs for C',
      'queued → running: task T is free',
      'running → finished: its tasks have run without a failure',
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

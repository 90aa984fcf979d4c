import { describe, expect, test, vi } from 'vitest';
import { formatExplanation } from '../../src/commands/explain.ts';
import type { ExplainAnswer } from '../../src/control/queries.ts';
import type { StatusReport } from '../../src/control/status.ts';
import { formatStatus } from '../../src/terminal/status-text.ts';
import { type DaemonOptions, fakeMachine } from '../support/daemon.ts';
import { FAILED_CHECKS } from '../support/failed-checks.ts';
import { around, bucket, condition, every, night, probe } from '../support/one-condition.ts';
import { requestHandler } from '../support/request-handler.ts';
import { STANDINGS } from '../support/standings.ts';

const failing = { processes: { T: [{ end: { how: 'exit', code: 1 } }] } } as const;

/** What `whenever explain C` says after so many seconds from Monday 2 March 2026, 12:00, with a tick of 5 s. */
const explained = async (
  toml: string,
  seconds = 12,
  options: DaemonOptions = {},
  lines: readonly string[] = [],
  late: readonly string[] = [],
) => {
  const { daemon, ask } = await requestHandler(around(toml), options);
  await daemon.advance(1);
  for (const line of lines) await daemon.submit(line);
  await daemon.advance(seconds - 1);
  for (const line of late) await daemon.submit(line);
  const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C' });
  return { daemon, text: formatExplanation(answer, daemon.clock.wall()) };
};
const first = (text: string): string => text.split('\n', 1)[0]!;
/** The reasons without when and because of what, newest first. */
const reasons = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.replace(/^ {2}\S+ \S+ \w{3}(?:, .*? ago)?: /, '').replace(/ \[[\w-]+\]$/, ''));

describe('whenever explain says first how the condition stands', () => {
  test.each(STANDINGS)('$title', async ({ toml, seconds, options, lines, late, told }) => {
    expect(first((await explained(toml, seconds, options, lines, late)).text)).toBe(told);
  });

  test.each([
    ['suspended', condition(every(5, 'suspended = true')), 'whenever ctl resume_condition C'],
    ['finished', condition(every(5, '')), 'whenever ctl reset_conditions C'],
  ])('What is %s is told how to be checked again.', async (_, toml, command) => {
    expect((await explained(toml)).text.split('\n')[1]).toBe(`To have it checked again: ${command}`);
  });

  test('What waits is not told so.', async () => {
    expect((await explained(condition(every(3600)))).text).not.toContain('checked again');
  });
});

describe('whenever explain says why checks were negative', () => {
  test.each(FAILED_CHECKS)('$title', async ({ keys, options, happens, platform = 'linux', why }) => {
    const { daemon, ask } = await requestHandler(around(condition(keys)), options, { ...fakeMachine, platform });
    happens?.(daemon.desktop);
    await daemon.advance(12);
    // Looking for the place of an error in the file takes real time.
    await vi.waitFor(async () => {
      const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C' });
      const [newest] = reasons(formatExplanation(answer, daemon.clock.wall()));
      expect(newest).toMatch(/^it did not run: /);
      expect(newest).toContain(why);
    });
  });

  test('Durations read as people say them.', async () => {
    const { text } = await explained(condition(every(5400)), 5412);
    expect(reasons(text)).toContain('it ran its tasks, because its interval of 1 h 30 min has passed.');
    expect(first((await explained(condition(probe('check_after = 5400')), 12)).text)).toContain(
      'check_after has 1 h 29 min left',
    );
  });

  test('Equal reasons in a row are one sentence with how often and since when.', async () => {
    const { text } = await explained(condition(probe('success_status = 0')), 62, {
      processes: { probe: [{ end: { how: 'exit', code: 1 } }] },
    });
    expect(reasons(text)[0]).toBe('it did not run: exit code 1 is not the success status 0 (12 times since 12:00:05).');
  });
});

describe('after the clock was set back', () => {
  const setBack = async () => {
    const { daemon, ask } = await requestHandler(
      around(condition('type = "time"\ntime_specifications = [{}]\nrecurring = true')),
      {
        start: '2026-03-02T13:50:00Z',
      },
    );
    await daemon.advance(700);
    daemon.clock.stepWall(-2 * 3_600_000);
    await daemon.advance(3610);
    return { daemon, ask };
  };

  test('Newest first goes by the order of happening, not by the clock.', async () => {
    const { daemon, ask } = await setBack();
    const text = formatExplanation(
      await ask<ExplainAnswer>({ request: 'explain', condition: 'C' }),
      daemon.clock.wall(),
    );
    expect(reasons(text).map((why) => why.split(':', 1)[0])).toEqual([
      ...['its run ended', 'task T succeeded', 'it ran its tasks, because every hour has come.'],
      ...['it did not run', 'its run ended', 'it ran its tasks, because every hour has come.'],
      'it began as waiting',
    ]);
  });

  test('Status says once when a condition is due.', async () => {
    const { daemon, ask } = await setBack();
    const status = async () => formatStatus(await ask<StatusReport>({ request: 'status' }));
    expect(await status()).not.toMatch(/not due until.*not due until/);
    daemon.clock.stepWall(-10 * 60_000);
    await daemon.advance(10);
    expect(await status()).toMatch(/the clock was set back by 10 min: .*\(not due until 15:00:00\)/);
    expect(await status()).not.toMatch(/not due until.*not due until/);
  });
});

describe('whenever explain tells what happened, newest first', () => {
  test('a run that failed, its task, why it ran, and how it began', async () => {
    const { text } = await explained(condition(every(5, 'max_tasks_retries = 0')), 12, failing);
    expect(reasons(text)).toEqual([
      'its run ended: task T failed: exit code 1 is not the success status 0; no retries left.',
      'task T failed: exit code 1 is not the success status 0.',
      'it ran its tasks, because its interval of 5 s has passed.',
      'it began as waiting: it is in the file; not due until 12:00:05.',
    ]);
  });

  test('what commands did to it', async () => {
    const lines = ['reset_conditions C', 'suspend_condition C', 'resume_condition C'];
    expect(reasons((await explained(condition(every(60)), 12, {}, lines)).text)).toEqual([
      'it was resumed and reset by a command; not due until 12:01:01.',
      'it was suspended by a command.',
      'it was reset by a command; not due until 12:01:01.',
      'it began as waiting: it is in the file; not due until 12:01:00.',
    ]);
  });

  test('a wait for the condition that it replaces, which is not a run of its own', async () => {
    const files = { 'new.toml': around(condition(every(60))) };
    const { daemon, ask } = await requestHandler(around(condition(every(5))), {
      processes: { T: [{ seconds: 8 }] },
      files,
    });
    await daemon.advance(6);
    await daemon.submit('configure new.toml');
    await daemon.advance(9);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C' });
    expect(reasons(formatExplanation(answer, daemon.clock.wall())).slice(0, 3)).toEqual([
      'it became waiting: the condition that it replaces is done.',
      'task T succeeded: exit code 0 is the success status.',
      'it had to wait for its turn: the condition that it replaces is not done yet.',
    ]);
  });

  test('events that came in vain', async () => {
    const { text } = await explained(bucket('suspended = true'), 12, {}, ['trigger Go']);
    expect(reasons(text)[0]).toBe('event Go came, and was dropped: condition C is suspended.');
  });

  test('the event that made it run', async () => {
    const { text } = await explained(bucket(), 12, {}, ['trigger Go']);
    expect(reasons(text)).toEqual([
      'its run ended: its tasks have run without a failure.',
      'task T succeeded: exit code 0 is the success status.',
      'it ran its tasks, because its event has come.',
      'event Go came: condition C is pending.',
      'it began as waiting: it is in the file; no event has come.',
    ]);
  });

  test('that a reload has removed it', async () => {
    const { daemon, ask } = await requestHandler(around(condition(every(60))), { files: { other: around('') } });
    await daemon.advance(5);
    await daemon.submit('configure other');
    await daemon.advance(5);
    const text = formatExplanation(
      await ask<ExplainAnswer>({ request: 'explain', condition: 'C' }),
      daemon.clock.wall(),
    );
    expect(first(text)).toBe('C is no longer there: it is not in the new file.');
    expect(reasons(text)[0]).toBe('it was removed: it is not in the new file.');
  });

  test('the events of a condition whose name begins alike are none of its business', async () => {
    const other = '[[condition]]\nname = "C_2"\ntype = "bucket"\nsuspended = true\ntasks = ["T"]\n';
    const event = '[[event]]\nname = "Other"\ntype = "cli"\ncondition = "C_2"\n';
    const { text } = await explained(`${bucket('suspended = true')}${other}${event}`, 12, {}, ['trigger Other']);
    expect(text).not.toContain('Other');
  });

  test('a night that the machine slept through', async () => {
    const { daemon, ask } = await requestHandler(around(condition(night)), { start: '2026-03-01T22:00:00Z' });
    await daemon.advance(3600);
    daemon.clock.freeze(9 * 3_600_000);
    await daemon.advance(60);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C' });
    expect(reasons(formatExplanation(answer, daemon.clock.wall()))[0]).toBe(
      'it did not run: hour=2 minute=30 at 2026-03-02 02:30:00 came while no check was possible (asleep, stopped or busy), noticed 5 h 30 min later.',
    );
  });

  test('a task that runs for another condition', async () => {
    const other = '[[condition]]\nname = "Other"\ntype = "interval"\ninterval_seconds = 5\ntasks = ["T"]\n';
    const { text } = await explained(other + condition(every(5)), 7, { processes: { T: [{ seconds: 20 }] } });
    expect(reasons(text)[0]).toBe(
      'it had to wait for its turn: its interval of 5 s has passed; task T runs for Other.',
    );
  });

  test('what its task came to, not what it came to for another condition', async () => {
    const other =
      '[[condition]]\nname = "Other"\ntype = "interval"\ninterval_seconds = 5\nrecurring = true\ntasks = ["T"]\n';
    const { text } = await explained(condition(every(5, 'max_tasks_retries = 0')) + other, 62, failing);
    expect(reasons(text)[0]).toBe(
      'its run ended: task T failed: exit code 1 is not the success status 0; no retries left.',
    );
    expect(reasons(text)[1]).toBe('task T failed: exit code 1 is not the success status 0.');
  });

  test('as much as is asked for, and that there is more', async () => {
    const { daemon, ask } = await requestHandler(around(condition(every(5))));
    await daemon.advance(60);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C', count: 2 });
    expect(answer.chapters).toHaveLength(2);
    expect(formatExplanation(answer, daemon.clock.wall())).toContain(
      `(and ${answer.more} earlier: --count 0 shows all that are kept)`,
    );
    expect(answer.more).toBeGreaterThan(0);
  });

  test('nothing, as long as nothing has happened', () => {
    const answer: ExplainAnswer = { condition: 'C', known: true, status: null, asOf: 0, chapters: [], more: 0 };
    expect(formatExplanation(answer, 0)).toBe('Nothing has happened to it yet.\n');
  });
});

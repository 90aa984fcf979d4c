import { describe, expect, test } from 'vitest';
import type { ExplainAnswer } from '../../src/control/archive.ts';
import { showExplanation } from '../../src/terminal/explanation.ts';
import { type Daemon, type DaemonOptions, fakeMachine } from '../support/daemon.ts';
import { office, task } from '../support/office.ts';

const condition = (keys: string, tasks = '["T"]') => `[[condition]]\nname = "C"\ntasks = ${tasks}\n${keys}\n`;
const every = (seconds: number, more = 'recurring = true') =>
  `type = "interval"\ninterval_seconds = ${seconds}\n${more}`;
const probe = (more = '') => `type = "command"\ncommand = "probe"\ncommand_arguments = []\nstartup_path = "/"\n${more}`;
const script = (more: string) => `type = "lua"\nscript = "x = 1"\n${more}`;
const bucket = (more = 'recurring = true') =>
  `${condition(`type = "bucket"\n${more}`)}[[event]]\nname = "Go"\ntype = "cli"\ncondition = "C"\n`;
const failing = { processes: { T: [{ end: { how: 'exit', code: 1 } }] } } as const;
const night = 'type = "time"\ntime_specifications = [{ hour = 2, minute = 30 }]\nrecurring = true';

/** What `whenever explain C` says after so many seconds from Monday 2 March 2026, 12:00, with a tick of 5 s. */
const explained = async (toml: string, seconds = 12, options: DaemonOptions = {}, lines: readonly string[] = []) => {
  const { daemon, ask } = await office(`scheduler_tick_seconds = 5\n${task('T')}${toml}`, options);
  await daemon.advance(1);
  for (const line of lines) await daemon.submit(line);
  await daemon.advance(seconds - 1);
  const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C' });
  return { daemon, text: showExplanation(answer, daemon.clock.wall()) };
};
const first = (text: string): string => text.split('\n', 1)[0]!;
/** The reasons without when and because of what, newest first. */
const reasons = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.replace(/^ {2}\S+ \S+ \w{3}(?:, .*? ago)?: /, '').replace(/ \[[\w-]+\]$/, ''));

describe('whenever explain says first how the condition stands', () => {
  test.each<[string, string, number, DaemonOptions, readonly string[], string]>([
    ['no tasks', condition(every(5), '[]'), 12, {}, [], 'C does nothing: no tasks are listed.'],
    [
      'suspended in the file',
      condition(every(5, 'suspended = true')),
      12,
      {},
      [],
      'C is suspended: suspended = true in the file.',
    ],
    [
      'suspended by a command',
      condition(every(5)),
      12,
      {},
      ['suspend_condition C'],
      'C is suspended: suspended by a command (command-1).',
    ],
    [
      'finished',
      condition(every(5, '')),
      12,
      {},
      [],
      'C is finished: it is not recurring, and its tasks have run without a failure.',
    ],
    [
      'given up',
      condition(every(5, 'max_tasks_retries = 1')),
      22,
      failing,
      [],
      'C is given up: it is not recurring, its tasks failed, and there are no retries left.',
    ],
    [
      'busy with its tasks',
      condition(every(5)),
      12,
      { processes: { T: [{ seconds: 60 }] } },
      [],
      'C is running: its tasks are running since 12:00:05 (T).',
    ],
    [
      'busy with its check',
      condition(probe()),
      12,
      { processes: { probe: [{ seconds: 60 }] } },
      [],
      'C is running: it is being checked since 12:00:05.',
    ],
    [
      'not due',
      condition(every(3600)),
      12,
      {},
      [],
      'C is waiting: not due until 13:00:00. It is checked next at 2026-03-02 13:00:00 Mon, in 59 min 48 s.',
    ],
    [
      'not due today',
      condition(night),
      12,
      {},
      [],
      'C is waiting: not due until 2026-03-03 02:30:00 Tue. It is checked next at 2026-03-03 02:30:00 Tue, in 14 h 29 min.',
    ],
    [
      'check_after',
      condition(probe('success_status = 1\ncheck_after = 24')),
      12,
      {},
      [],
      'C is waiting: check_after has 12 s left. It is checked next at 2026-03-02 12:00:25 Mon, in 13 s.',
    ],
    ['no event', bucket(), 12, {}, [], 'C is waiting: no event has come.'],
    [
      'paused',
      condition(every(3600)),
      12,
      {},
      ['pause'],
      'C is waiting: the scheduler is paused; not due until 13:00:00.',
    ],
    [
      'never',
      condition('type = "time"\ntime_specifications = [{ year = 2020 }]\nrecurring = true'),
      12,
      {},
      [],
      'C is waiting: none of its instants is still to come.',
    ],
  ])('%s', async (_, toml, seconds, options, lines, sentence) => {
    expect(first((await explained(toml, seconds, options, lines)).text)).toBe(sentence);
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
  const ends = (code: number): DaemonOptions => ({ processes: { probe: [{ end: { how: 'exit', code } }] } });
  test.each<[string, string, DaemonOptions, string]>([
    ['a status', probe('success_status = 0'), ends(3), 'exit code 3 is not the success status 0'],
    ['the failure status', probe('failure_status = 3'), ends(3), 'exit code 3 is the failure status'],
    [
      'standard output',
      probe('success_stdout = "ready"'),
      { processes: { probe: [{ stdout: 'no' }] } },
      'stdout lacked "ready"',
    ],
    [
      'standard error',
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
      'a program that is not there',
      probe(),
      { processes: { probe: [{ end: { how: 'not-started', reason: 'no such program: "probe"' } }] } },
      'it could not be started: no such program: "probe"',
    ],
    [
      'an expectation',
      script('expect_all = true\nexpected_results = { x = 1 }'),
      { lua: { C: [{ result: 'different' }] } },
      'x has another value',
    ],
    [
      'a script without expectations',
      script(''),
      { lua: { C: [{ result: 'none' }] } },
      'it has no expected_results, so there is no outcome',
    ],
    [
      'a success that does not count',
      probe('success_status = 0\nrecurring = true\nrecur_after_failed_check = true'),
      ends(0),
      'it was positive, which does not count until a check has failed in between',
    ],
    ['an unknown idle time', 'type = "idle"\nidle_seconds = 60', {}, 'nobody knows the idle time'],
    [
      'a service that is not there',
      'type = "dbus"\nbus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"',
      {},
      'the call failed: org.freedesktop.DBus.Error.ServiceUnknown: nobody owns a.b',
    ],
  ])('%s', async (_, keys, options, why) => {
    const { text } = await explained(condition(keys), 12, options);
    expect(reasons(text)[0]).toMatch(/^it did not run: /);
    expect(reasons(text)[0]).toContain(why);
  });

  const call =
    'type = "dbus"\nbus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"\nparameter_check = [{ index = 0, operator = "eq", value = 1 }]\n';
  const query = 'type = "wmi"\nquery = "SELECT * FROM A"\n';
  test.each<[string, string, (world: Daemon['desktop']) => void, string]>([
    [
      'somebody at the keyboard',
      'type = "idle"\nidle_seconds = 60',
      ({ idle }) => idle.idleFor(3),
      'the session has not been idle for more than 60 s',
    ],
    [
      'nobody at the keyboard, still',
      'type = "idle"\nidle_seconds = 60\nrecurring = true',
      ({ idle }) => idle.idleFor(90),
      'it was positive already in this idle period',
    ],
    [
      'another answer on the bus',
      call,
      ({ bus }) => {
        bus.service = () => ({ how: 'reply', body: [{ type: 'i', value: 2n }] });
      },
      'the answer does not hold what is expected',
    ],
    [
      'no answer on the bus',
      call,
      ({ bus }) => {
        bus.service = () => ({ how: 'timeout' });
      },
      'the call failed: no answer within 25 s',
    ],
    [
      'no bus',
      call,
      ({ bus }) => bus.goDown(),
      'it could not be checked: no connection to the session bus: the bus is not there',
    ],
    ['no rows', query, () => {}, 'the query has no rows'],
    [
      'a query that fails',
      query,
      ({ wmi }) => {
        wmi.result = { how: 'error', reason: 'access denied' };
      },
      'it could not be checked: the WMI query failed: access denied',
    ],
  ])('%s', async (_, keys, happens, why) => {
    const machine = { ...fakeMachine, platform: keys === query ? 'win32' : 'linux' };
    const { daemon, ask } = await office(`scheduler_tick_seconds = 5\n${task('T')}${condition(keys)}`, {}, machine);
    happens(daemon.desktop);
    await daemon.advance(12);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C' });
    const [newest] = reasons(showExplanation(answer, daemon.clock.wall()));
    expect(newest).toMatch(/^it did not run: /);
    expect(newest).toContain(why);
  });

  test('Equal reasons in a row are one sentence with how often and when last.', async () => {
    const { text } = await explained(condition(probe('success_status = 0')), 62, ends(1));
    expect(reasons(text)[0]).toBe(
      'it did not run: exit code 1 is not the success status 0 (12 times, last at 12:01:00).',
    );
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

  test('the events of a condition whose name begins alike are none of its business', async () => {
    const other = '[[condition]]\nname = "C_2"\ntype = "bucket"\nsuspended = true\ntasks = ["T"]\n';
    const event = '[[event]]\nname = "Other"\ntype = "cli"\ncondition = "C_2"\n';
    const { text } = await explained(`${bucket('suspended = true')}${other}${event}`, 12, {}, ['trigger Other']);
    expect(text).not.toContain('Other');
  });

  test('a night that the machine slept through', async () => {
    const { daemon, ask } = await office(`${task('T')}${condition(night)}`, { start: '2026-03-01T22:00:00Z' });
    await daemon.advance(3600);
    daemon.clock.freeze(9 * 3_600_000);
    await daemon.advance(60);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C' });
    expect(reasons(showExplanation(answer, daemon.clock.wall()))[0]).toBe(
      'it did not run: hour=2 minute=30 at 2026-03-02 02:30:00 came while nobody looked (asleep, stopped or busy), noticed 5.5 h later.',
    );
  });

  test('a task that runs for another condition', async () => {
    const other = '[[condition]]\nname = "Other"\ntype = "interval"\ninterval_seconds = 5\ntasks = ["T"]\n';
    const { text } = await explained(other + condition(every(5)), 7, { processes: { T: [{ seconds: 20 }] } });
    expect(reasons(text).slice(0, 2)).toEqual([
      'task T had to wait: condition C waits for its turn.',
      'it ran its tasks, because its interval of 5 s has passed.',
    ]);
  });

  test('as much as is asked for, and that there is more', async () => {
    const { daemon, ask } = await office(`scheduler_tick_seconds = 5\n${task('T')}${condition(every(5))}`);
    await daemon.advance(60);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'C', count: 2 });
    expect(answer.chapters).toHaveLength(2);
    expect(showExplanation(answer, daemon.clock.wall())).toContain(
      `(and ${answer.more} earlier: --count 0 shows all that are kept)`,
    );
    expect(answer.more).toBeGreaterThan(0);
  });

  test('nothing, as long as nothing has happened', () => {
    const answer: ExplainAnswer = { condition: 'C', known: true, status: null, asOf: 0, chapters: [], more: 0 };
    expect(showExplanation(answer, 0)).toBe('Nothing has happened to it yet.\n');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatExplanation } from '../../src/commands/explain.ts';
import { answerQuery, type ExplainAnswer } from '../../src/control/queries.ts';
import { recordingSource } from '../../src/control/recording-source.ts';
import type { StatusReport } from '../../src/control/status.ts';
import { attemptsOf, HistoryEntries, type HistoryRun } from '../../src/history/history-entries.ts';
import { MOST_ATTEMPTS } from '../../src/history/history-line.ts';
import type { Fact, SpanFact } from '../../src/journal/fact.ts';
import { decodeRecording } from '../../src/journal/recording-decoder.ts';
import { encodeFact } from '../../src/journal/recording-encoder.ts';
import { verify } from '../../src/journal/verify.ts';
import { formatRuns } from '../../src/terminal/run-table.ts';
import { formatStatus } from '../../src/terminal/status-text.ts';
import { PLAIN } from '../../src/terminal/terminal.ts';
import { daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import type { Act } from '../support/fake-processes.ts';
import { requestHandler } from '../support/request-handler.ts';

const task = (more: string): string =>
  `[[task]]\nname = "Backup"\ntype = "command"\ncommand = "backup"\ncommand_arguments = []\nstartup_path = "/"\nsuccess_status = 0\n${more}\n`;
const CONDITION = '[[condition]]\nname = "Nightly"\ntype = "interval"\ninterval_seconds = 10\ntasks = ["Backup"]\n';
const toml = (more: string): string => `scheduler_tick_seconds = 1\n${task(more)}${CONDITION}`;
const exit = (code: number, more: Act = {}): Act => ({ end: { how: 'exit', code }, seconds: 2, ...more });
const ACTS = [
  exit(3, { stderr: 'disk full\n' }),
  exit(4, { stderr: 'busy\n' }),
  exit(0, { stdout: 'sent 12 files\n' }),
];

/** The entries of a history, newest first. */
const entriesOf = (history: FakeHistory): readonly HistoryRun[] => {
  const filter = { conditions: [], tasks: [], failed: false, since: 0, until: Number.POSITIVE_INFINITY };
  const entries = new HistoryEntries(filter, false);
  return [...history.lines].reverse().flatMap((line) => entries.take(line)) as HistoryRun[];
};

const ran = async (more: string, acts: readonly Act[], seconds: number) => {
  const history = new FakeHistory();
  const facts: Fact[] = [];
  const options = { history, processes: { backup: acts }, listener: (fact: Fact) => void facts.push(fact) };
  const d = await daemon(toml(more), options);
  await d.advance(seconds);
  return { d, history, facts };
};

describe('a task with retries, in the history', () => {
  test('is one run with the last outcome and output, and keeps what its attempts came to', async () => {
    const { history } = await ran('retries = 3\nretry_delay_seconds = 30', ACTS, 100);
    expect(history.of('claim')).toHaveLength(1);
    expect(history.of('run')).toMatchObject([{ outcome: 'success', seconds: 66, last_line: 'sent 12 files' }]);
    const [line, ...others] = history.of('task');
    expect(others).toEqual([]);
    expect(line).toMatchObject({ outcome: 'success', seconds: 66, attempts: 3, stdout: 'sent 12 files\n' });
    expect(line).not.toHaveProperty('stderr');
    const code = 'exit-status';
    expect(line!.failed_attempts).toEqual([
      {
        ...{ attempt: 1, began: '2026-03-02T12:00:10.000Z', seconds: 2, outcome: 'failure', code },
        ...{ why: 'exit code 3 is not the success status 0', last_line: 'disk full' },
      },
      {
        ...{ attempt: 2, began: '2026-03-02T12:00:42.000Z', seconds: 2, outcome: 'failure', code },
        ...{ why: 'exit code 4 is not the success status 0', last_line: 'busy' },
      },
    ]);
  });

  test('has no attempts in its line when the first one succeeds, or when it has no retries', async () => {
    const first = await ran('retries = 3', [exit(0)], 20);
    const none = await ran('', [exit(1)], 20);
    for (const { history } of [first, none]) {
      expect(history.of('task')).toHaveLength(1);
      expect(history.of('task')[0]).not.toHaveProperty('attempts');
      expect(history.of('task')[0]).not.toHaveProperty('failed_attempts');
    }
  });

  test(`keeps the last ${MOST_ATTEMPTS} attempts`, async () => {
    const { history } = await ran('retries = 30\nretry_delay_seconds = 1', [exit(1)], 120);
    const [line] = history.of('task');
    expect(line).toMatchObject({ outcome: 'failure', attempts: 31 });
    expect(line!.failed_attempts!.map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: MOST_ATTEMPTS }, (_, i) => 11 + i),
    );
  });

  test('masks secrets in the last lines of its attempts', async () => {
    const secret = 'hunter2hunter2hunter2';
    const more = `retries = 1\nretry_delay_seconds = 1\nenvironment_variables = { BACKUP_PASSWORD = "${secret}" }`;
    const { history } = await ran(more, [exit(1, { stderr: `wrong password ${secret}\n` }), exit(0)], 30);
    expect(history.of('task')[0]!.failed_attempts).toMatchObject([
      { last_line: expect.stringMatching(/^wrong password (?!hunter2)/) },
    ]);
    expect(history.texts.join('')).not.toContain(secret);
  });

  test('whose wait was ended has the last attempt as its outcome, with the reason, and not twice', async () => {
    const { d, history } = await ran('retries = 3\nretry_delay_seconds = 30', ACTS, 50);
    await d.submit('exit');
    await d.advance(5);
    expect(d.ending).toBe('exit');
    const [line] = history.of('task');
    expect(line).toMatchObject({
      ...{ outcome: 'failure', attempts: 2, code: 'retry-ended', stderr: 'busy\n' },
      why: 'exit code 4 is not the success status 0; not tried again after attempt 2 of 4: the scheduler is ending',
    });
    expect(line!.failed_attempts!.map(({ attempt }) => attempt)).toEqual([1]);
  });

  test('is shown with the number of its attempts, and with what each came to', async () => {
    const { history } = await ran('retries = 3\nretry_delay_seconds = 30', ACTS, 100);
    const table = formatRuns(entriesOf(history), { now: Date.parse('2026-03-02T13:00:00Z'), verbose: true }, PLAIN);
    expect(table.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^12:00:10 +Nightly +interval +ok +1 min 06 s +3 attempts; sent 12 files$/),
      '      attempt 1, 2 s: exit code 3 is not the success status 0: disk full',
      '      attempt 2, 2 s: exit code 4 is not the success status 0: busy',
      '      sent 12 files',
      '',
    ]);
  });

  test('can be read from its line', () => {
    expect(attemptsOf({})).toEqual({});
    expect(
      attemptsOf({
        attempts: 2,
        failed_attempts: [
          { attempt: 1, began: '1970-01-01T00:00:01.000Z', seconds: 1, outcome: 'error', code: 'c', why: 'w' },
        ],
      }),
    ).toEqual({
      attempts: 2,
      failedAttempts: [{ attempt: 1, began: 1000, seconds: 1, outcome: 'error', code: 'c', why: 'w', lastLine: null }],
    });
  });
});

describe('the output of a task with retries', () => {
  test('is that of the attempt before until the next one begins, and then its own', async () => {
    const { d } = await ran('retries = 3\nretry_delay_seconds = 30', ACTS, 20);
    expect(d.outputs.latest('task/Backup')).toMatchObject({ running: true, output: { stderr: 'disk full\n' } });
    await d.until(43);
    expect(d.outputs.latest('task/Backup')).toMatchObject({ running: true, output: { stderr: 'busy\n' } });
    await d.until(77);
    expect(d.outputs.latest('task/Backup')).toEqual({
      ...{ run: 'run-1', running: false, output: { stdout: 'sent 12 files\n' } },
    });
  });
});

describe('a task that waits for its next attempt', () => {
  const waiting = async () => {
    const { daemon: d, ask } = await requestHandler(toml('retries = 3\nretry_delay_seconds = 30'), {
      processes: { backup: ACTS },
    });
    const status = () => ask<StatusReport>({ request: 'status', conditions: [] });
    return { d, ask, status };
  };

  test('says so in the status, with the time that is left', async () => {
    const { d, status } = await waiting();
    await d.until(11);
    expect((await status()).conditions[0]!.why).toBe(
      'its tasks are running since 12:00:10; task Backup: attempt 1 of 4',
    );
    await d.until(14);
    const report = await status();
    expect(report.conditions[0]).toMatchObject({
      group: 'running',
      why: 'its tasks are running since 12:00:10; task Backup: attempt 1 of 4 failed, again in 0:28',
    });
    expect(report.tasks).toMatchObject([{ name: 'Backup', state: 'waiting' }]);
    expect(formatStatus(report)).toMatch(/^Backup +waiting /m);
    await d.until(43);
    expect((await status()).conditions[0]!.why).toMatch(/task Backup: attempt 2 of 4$/);
    await d.until(77);
    expect((await status()).conditions[0]!.why).not.toContain('attempt');
  });

  test('is explained, and its story has each attempt', async () => {
    const { d, ask } = await waiting();
    await d.until(14);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'Nightly', count: 10 });
    expect(formatExplanation(answer, d.clock.wall())).toMatch(
      /^Nightly is running: its tasks are running since 12:00:10; task Backup: attempt 1 of 4 failed, again in 0:28/,
    );
    await d.until(77);
    const { chapters } = await ask<{ chapters: readonly { finish: string; why: string }[] }>({
      ...{ request: 'story', items: ['task/Backup'], count: 10 },
    });
    expect(chapters.map(({ finish, why }) => `${finish}: ${why}`)).toEqual([
      'idle: it is in the file',
      'running: run by condition Nightly',
      'waiting: attempt 1 of 4 failed: exit code 3 is not the success status 0; again in 30 s',
      'running: attempt 2 of 4',
      'waiting: attempt 2 of 4 failed: exit code 4 is not the success status 0; again in 30 s',
      'running: attempt 3 of 4',
      'succeeded: exit code 0 is the success status',
    ]);
  });
});

describe('a recording of a task with retries', () => {
  test('is sound, counts one run, and knows when it began', async () => {
    const { d, facts } = await ran('retries = 3\nretry_delay_seconds = 30', ACTS, 100);
    await d.submit('exit');
    await d.advance(5);
    const first = JSON.stringify({ journal: 2, version: '2.0.0', session: 's', started: 0, pid: 7, part: 1 });
    const recording = decodeRecording(`${first}\n${facts.map(encodeFact).join('')}`);
    const verdict = verify(recording);
    expect(verdict).toMatchObject({ taskRuns: 1, open: [] });
    const status = answerQuery(recordingSource(recording, 'x'), { request: 'status', conditions: [] }) as StatusReport;
    expect(status.tasks[0]!.last).toMatchObject({ outcome: 'success', seconds: 66 });
  });

  test('has a span for each attempt and each wait, within that of the task', async () => {
    const { facts } = await ran('retries = 3\nretry_delay_seconds = 30', ACTS, 100);
    const spans = facts.filter((fact): fact is SpanFact => fact.kind === 'span' && fact.item === 'task/Backup');
    const zero = spans[0]!.timestamp;
    const shown = spans
      .filter(({ category }) => category !== 'command')
      .map(({ edge, category, timeline, timestamp }) => [(timestamp - zero) / 1e9, edge, category, timeline]);
    const failed = (code: number) => ({ outcome: 'failure', why: `exit code ${code} is not the success status 0` });
    const why = 'exit code 0 is the success status';
    const [Backup, of] = ['Backup', 4];
    expect(shown).toEqual([
      [0, 'start', 'task', { task: Backup, condition: 'Nightly' }],
      [0, 'start', 'attempt', { task: Backup, attempt: 1, of }],
      [2, 'finish', 'attempt', failed(3)],
      [2, 'start', 'delay', { task: Backup, after: 1, seconds: 30 }],
      [32, 'finish', 'delay', {}],
      [32, 'start', 'attempt', { task: Backup, attempt: 2, of }],
      [34, 'finish', 'attempt', failed(4)],
      [34, 'start', 'delay', { task: Backup, after: 2, seconds: 30 }],
      [64, 'finish', 'delay', {}],
      [64, 'start', 'attempt', { task: Backup, attempt: 3, of }],
      [66, 'finish', 'attempt', { outcome: 'success', why }],
      [66, 'finish', 'task', { outcome: 'success', why, attempts: 3, output: 'sent 12 files' }],
    ]);
  });
});

describe('what an attempt is given', () => {
  test('a command gets its number as WHENEVER_ATTEMPT, only with retries', async () => {
    const numbers = async (more: string) => {
      const { d } = await ran(more, ACTS, 100);
      return d.processes.runs.map(({ request }) => request.variables.WHENEVER_ATTEMPT);
    };
    expect(await numbers('retries = 3')).toEqual(['1', '2', '3']);
    expect(await numbers('')).toEqual([undefined]);
    expect(await numbers('retries = 3\nset_environment_variables = false')).toEqual([undefined, undefined, undefined]);
  });

  test('a Lua script gets it as whenever_attempt, unless variables_to_set says otherwise', async () => {
    const lua = (more: string) =>
      `scheduler_tick_seconds = 1\n[[task]]\nname = "Backup"\ntype = "lua"\nscript = "x = 1"\nexpected_results = { x = 1 }\nretry_delay_seconds = 1\n${more}\n${CONDITION}`;
    const numbers = async (more: string) => {
      const d = await daemon(lua(more), { lua: { Backup: [{ result: 'different' }, { result: 'equal' }] } });
      await d.advance(15);
      return d.lua.requests.map(({ variables }) => variables.whenever_attempt);
    };
    expect(await numbers('retries = 3')).toEqual([1n, 2n]);
    expect(await numbers('')).toEqual([undefined]);
    expect(await numbers('retries = 1\nvariables_to_set = { whenever_attempt = 7 }')).toEqual([7n, 7n]);
  });
});

test('the example of a backup that fails twice and succeeds the third time is one run', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../config-examples/task-retries.toml'), 'utf8');
  const history = new FakeHistory();
  const d = await daemon(text, {
    ...{ history, start: '2026-11-26T04:00:00Z' },
    processes: { sh: [exit(1), exit(1), exit(0)] },
  });
  await d.advance(2 * 3600);
  expect(d.processes.runs.length).toBeGreaterThanOrEqual(3);
  expect(history.of('run')).toMatchObject([{ condition: 'Night', outcome: 'success' }]);
  expect(history.of('task')).toMatchObject([{ task: 'Backup', outcome: 'success', attempts: 3 }]);
});

describe('a run that is ended early', () => {
  const endedBy = async (code: 'cancelled' | 'replaced', at: number) => {
    const { d, history } = await ran('retries = 3\nretry_delay_seconds = 30', ACTS, at);
    d.scheduler.items.conditions.get('Nightly')!.end({ code }, { cause: 'command-1', run: null });
    await d.clock.settle();
    return { d, history };
  };

  test.each(['cancelled', 'replaced'] as const)(
    '(%s) in the wait is no failure, and is not tried again',
    async (code) => {
      const { d, history } = await endedBy(code, 20);
      expect(history.of('task')).toMatchObject([{ outcome: code, code, seconds: 10 }]);
      expect(history.of('task')[0]!.failed_attempts!.map(({ attempt }) => attempt)).toEqual([1]);
      await d.advance(100);
      expect(d.processes.runs).toHaveLength(1);
    },
  );

  test('in an attempt that fails is not tried again', async () => {
    const { d, history } = await endedBy('cancelled', 11);
    await d.advance(100);
    expect(history.of('task')).toMatchObject([{ outcome: 'cancelled', code: 'cancelled' }]);
    expect(history.of('task')[0]).not.toHaveProperty('failed_attempts');
    expect(d.processes.runs).toHaveLength(1);
  });
});

describe('a task with retries, in a hook', () => {
  const hooked = (more: string) =>
    `${toml('')}on_failure = ["Tell"]\n${task('retries = 2\nretry_delay_seconds = 600').replaceAll('Backup', 'Tell').replace('"backup"', '"tell"')}${more}`;
  const failing = { backup: [exit(1)], tell: [exit(1), exit(0)] };

  test('is tried again within the run of the hook, while the condition is free', async () => {
    const history = new FakeHistory();
    const d = await daemon(hooked(''), { history, processes: failing });
    await d.advance(20);
    expect(d.scheduler.items.conditions.get('Nightly')!.busy).toBe(false);
    await d.advance(700);
    expect(history.of('task')).toMatchObject([
      { task: 'Backup', outcome: 'failure' },
      { task: 'Tell', outcome: 'success', attempts: 2, hook: 'on_failure' },
    ]);
  });

  test('ends its wait with exit, and begins no hook when it has failed', async () => {
    const history = new FakeHistory();
    const d = await daemon(hooked(''), { history, processes: failing });
    await d.advance(20);
    await d.submit('exit');
    await d.advance(5);
    expect(d.ending).toBe('exit');
    expect(history.of('task').map((line) => `${line.task} ${line.code}`)).toEqual([
      'Backup exit-status',
      'Tell retry-ended',
    ]);
  });

  test('is not begun for a failed attempt, only for a failed run', async () => {
    const history = new FakeHistory();
    const text = hooked('').replace('name = "Backup"', 'name = "Backup"\nretries = 1\nretry_delay_seconds = 60');
    const d = await daemon(text, { history, processes: { ...failing, tell: [exit(0)] } });
    await d.advance(60);
    expect(d.processes.runs.map(({ request }) => request.command)).toEqual(['backup']);
    await d.advance(60);
    expect(d.processes.runs.map(({ request }) => request.command)).toEqual(['backup', 'backup', 'tell']);
  });
});

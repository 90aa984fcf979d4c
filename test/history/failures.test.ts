import { describe, expect, test } from 'vitest';
import type { ConditionRef, TaskRef } from '../../src/core/engine-events.ts';
import { EngineEvents } from '../../src/core/engine-events.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { lastLineOf, type RunLine } from '../../src/history/history-line.ts';
import { HistoryState } from '../../src/history/history-state.ts';
import { plain } from '../../src/log/format.ts';
import { runFailures } from '../../src/projections/run-failures.ts';
import { type Daemon, daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { Records } from '../support/records.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const task = (name: string, keys = 'success_status = 0'): string => `
[[task]]
name = "${name}"
type = "command"
command = "${name.toLowerCase()}"
command_arguments = []
startup_path = "/"
${keys}
`;
const hourly = (tasks: readonly string[], more = ''): string => `
scheduler_tick_seconds = 1
${tasks.map((name) => task(name)).join('')}
[[condition]]
name = "Hourly"
type = "interval"
interval_seconds = 3600
recurring = true
tasks = ${JSON.stringify(tasks)}
${more}
`;
const exits = (...codes: readonly number[]) => codes.map((code) => ({ end: { how: 'exit' as const, code } }));
/** Records without their instants. */
const told = ({ lines }: Daemon): string[] => lines.map((line) => line.trim().replace(/^\S+ +/, ''));
const errorsOf = ({ journal }: Daemon) => journal.getEvents('errors').map(({ message, item }) => ({ item, message }));

describe('a failed run', () => {
  test('is exactly one WARN record at the default level, with task and reason', async () => {
    const instance = await daemon(hourly(['Backup']), { level: 'warn', processes: { backup: exits(3, 0, 4) } });
    await instance.advance(3 * 3600 + 5);
    expect(told(instance)).toEqual([
      'WARN  CONDITION active Hourly/2 [END/FAIL] task Backup failed: exit code 3 is not the success status 0',
      'WARN  CONDITION active Hourly/2 [END/FAIL] task Backup failed: exit code 4 is not the success status 0',
    ]);
  });

  test('has the last line of its output', async () => {
    const backup = [{ end: { how: 'exit' as const, code: 3 }, stdout: 'copying\n', stderr: 'writing\ndisk full\n\n' }];
    const instance = await daemon(hourly(['Backup']), { level: 'warn', processes: { backup } });
    await instance.advance(3605);
    expect(told(instance)).toEqual([
      'WARN  CONDITION active Hourly/2 [END/FAIL] task Backup failed: exit code 3 is not the success status 0: "disk full"',
    ]);
    expect(errorsOf(instance)).toMatchObject([{ message: { lastLine: 'disk full' } }]);
  });

  test('of several tasks names the first, and says how many more', async () => {
    const text = hourly(['Slow', 'Fast', 'Good'], 'execute_sequence = false');
    const slow = [{ end: { how: 'exit' as const, code: 1 }, seconds: 5 }];
    const instance = await daemon(text, { level: 'warn', processes: { slow, fast: exits(2), good: exits(0) } });
    await instance.advance(3610);
    expect(told(instance)).toEqual([
      'WARN  CONDITION active Hourly/4 [END/FAIL] task Fast failed: exit code 2 is not the success status 0, and 1 more task failed',
    ]);
  });

  test('is an event of the topic errors, with the streak', async () => {
    const instance = await daemon(hourly(['Backup']), { level: 'error', processes: { backup: exits(3, 3) } });
    await instance.advance(2 * 3600 + 5);
    const since = Date.parse('2026-03-02T13:00:00Z');
    expect(errorsOf(instance)).toEqual(
      [1, 2].map((failures) => ({
        item: 'condition/Hourly',
        message: {
          ...{ action: 'run-failed', condition: 'Hourly', task: 'Backup' },
          ...{ reason: 'exit code 3 is not the success status 0', lastLine: null, more: 0, failures, since },
        },
      })),
    );
  });

  test('is an error of a task, too', async () => {
    const text = `${hourly([])}[[task]]\nname = "Wrong"\ntype = "internal"\ncommand = "nonsense"\n`.replace(
      'tasks = []',
      'tasks = ["Wrong"]',
    );
    const instance = await daemon(text.replace('tasks = []', 'tasks = ["Wrong"]'), { level: 'warn' });
    await instance.advance(3605);
    const ofCondition = told(instance).filter((line) => line.includes('CONDITION'));
    expect(ofCondition).toEqual([
      expect.stringContaining('[END/FAIL] task Wrong failed: unknown command "nonsense" (known: exit,'),
    ]);
  });

  test('a run that succeeds after failures is one INFO record', async () => {
    const instance = await daemon(hourly(['Backup']), { level: 'info', processes: { backup: exits(1, 1, 1, 0, 0) } });
    await instance.advance(5 * 3600 + 5);
    expect(told(instance).filter((line) => line.includes('after'))).toEqual([
      'INFO  CONDITION active Hourly/2 [END/OK] succeeded after 3 failures since 13:00',
    ]);
  });

  test('the failures before a restart count', async () => {
    const history = new FakeHistory();
    const night = await daemon(hourly(['Backup']), { history, level: 'info', processes: { backup: exits(1, 1) } });
    await night.advance(2 * 3600 + 5);
    await night.submit('exit');
    const day = await daemon(hourly(['Backup']), {
      ...{ history, level: 'info', start: '2026-03-03T08:00:00Z', processes: { backup: exits(1, 0, 0) } },
    });
    await day.advance(3 * 3600 + 5);
    expect(errorsOf(day).map(({ message }) => message)).toMatchObject([{ failures: 3 }]);
    expect(told(day).filter((line) => /after|failed:/.test(line))).toEqual([
      'WARN  CONDITION active Hourly/2 [END/FAIL] task Backup failed: exit code 1 is not the success status 0',
      'INFO  CONDITION active Hourly/2 [END/OK] succeeded after 3 failures since Mon 13:00',
    ]);
  });
});

describe('the last line of the output', () => {
  const condition = { name: 'C', id: 2, spec: {} } as unknown as ConditionRef;
  const backup = { name: 'Backup', id: 1, spec: {} } as unknown as TaskRef;
  const outcome: Outcome = {
    ...{ kind: 'failure', reason: { code: 'exit-status', status: 3, criterion: 'success', expected: 0 } },
  };
  const trace = { cause: 'tick 1', run: 'r1' };
  const record = (line: string, shown = 'Backup') => {
    const clock = new VirtualClock(Date.parse('2026-03-02T12:00:00Z'));
    const state = new HistoryState();
    const records = new Records(
      'warn',
      () => clock.wall(),
      () => clock.mono(),
      () => {},
    );
    const published: unknown[] = [];
    const events = new EngineEvents();
    const run: RunLine = {
      ...{ kind: 'run', time: '2026-03-02T12:00:00.000Z', session: 's', condition: 'C', run: 'r1', cause: 'tick 1' },
      ...{ began: '2026-03-02T11:59:00.000Z', seconds: 60, outcome: 'failure', why: 'due', tasks: [] },
      ...{ task: shown, reason: 'exit code 3', last_line: line },
    };
    state.apply(run);
    events.subscribe(runFailures(records.log, { state }, { logEvent: (_, value) => published.push(value) }, clock));
    events.emit('run.finished', trace, {
      ...{ condition, executed: [{ task: backup, outcome }], failed: true, retriesLeft: 0 },
      next: { state: 'waiting', ineligible: undefined, at: 'any-tick', waits: undefined },
    });
    return { messages: records.all.map(({ message }) => message), texts: records.all.map(plain), published };
  };

  test('is in the record and in the event', () => {
    const { messages, published } = record('disk full');
    expect(messages).toEqual(['task Backup failed: exit code 3 is not the success status 0: "disk full"']);
    expect(published).toMatchObject([{ lastLine: 'disk full', failures: 1 }]);
  });
  test('is cut after 200 characters, and control characters are shown', () => {
    expect(record('\x1b[31mfull').texts[0]).toContain('"\\x1b[31mfull"');
    expect(lastLineOf({ stderr: 'x'.repeat(200) })).toBe('x'.repeat(200));
    expect(lastLineOf({ stderr: 'x'.repeat(8192) })).toBe(`${'x'.repeat(199)}…`);
    expect(lastLineOf({ stderr: `${'x'.repeat(198)}😀${'x'.repeat(9)}` })).toBe(`${'x'.repeat(198)}…`);
  });
  test('is what a terminal shows in the end', () => {
    expect(lastLineOf({ stdout: 'begin\n10 %\r50 %\r100 %\r\n' })).toBe('100 %');
  });
  test('of another task is left out', () => {
    expect(record('done', 'Other').messages).toEqual(['task Backup failed: exit code 3 is not the success status 0']);
  });
});

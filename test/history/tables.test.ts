import { describe, expect, test } from 'vitest';
import type { ConditionRun, HistoryEntry, TaskRun } from '../../src/history/history-entries.ts';
import { RunStatistics } from '../../src/history/run-statistics.ts';
import { formatRuns } from '../../src/terminal/run-table.ts';
import { sparkline } from '../../src/terminal/sparkline.ts';
import { formatStatistics, successRate } from '../../src/terminal/statistics-table.ts';
import { PLAIN } from '../../src/terminal/terminal.ts';
import { widthOf } from '../../src/terminal/wrap.ts';
import { runLine } from '../support/history-lines.ts';

const NOW = new Date(2026, 10, 26, 8, 15).getTime();
const AT = new Date(2026, 10, 26, 2, 30).getTime();

const task = (name: string, more: Partial<TaskRun> = {}): TaskRun => ({
  ...{ kind: 'task', task: name, condition: 'Nightly', outcome: 'success', began: AT, ended: AT + 40, seconds: 0.04 },
  ...{ code: 'exit-status', why: 'exit code 0 is the success status', lastLine: 'sent 12 files', session: 's' },
  ...{ run: 'run-1', cause: 'tick-1', stdout: 'copying\nsent 12 files\n', ...more },
});
const run = (more: Partial<ConditionRun> = {}): ConditionRun => ({
  ...{ kind: 'run', condition: 'Nightly', outcome: 'success', began: AT, ended: AT + 7500, seconds: 7.5 },
  ...{
    code: 'instant',
    why: 'hour=2 has come',
    instant: AT,
    task: 'Backup',
    reason: 'exit code 0 is the success status',
  },
  ...{ lastLine: 'sent 12 files', tasks: [task('Backup')], session: 's', run: 'run-1', cause: 'tick-1', ...more },
});
const failed = (more: Partial<ConditionRun> = {}): ConditionRun =>
  run({
    outcome: 'failure',
    reason: 'exit code 3 is not the success status 0',
    lastLine: 'rsync: connection refused',
    ...more,
  });

const shown = (entries: readonly HistoryEntry[], width?: number, verbose = false): string[] =>
  formatRuns(entries, { now: NOW, verbose }, width === undefined ? PLAIN : { ...PLAIN, width })
    .trimEnd()
    .split('\n');

describe('runs as a table', () => {
  test('name the command run as what began them, by a person or a task', () => {
    const byHand = { code: 'run-command', instant: null };
    for (const cause of ['command-3', 'run-2'])
      expect(shown([run({ ...byHand, cause })])[1]).toMatch(/ Nightly +run command +ok /);
  });

  test('have what began them in a word, their outcome, how long they took, and the last line', () => {
    expect(
      shown([
        run({
          outcome: 'running',
          ended: null,
          seconds: null,
          began: NOW - 2500,
          code: 'interval',
          instant: null,
          lastLine: null,
        }),
        failed(),
        run({ began: AT - 86_400_000, code: 'event-came', instant: null, cause: 'command-3' }),
        run({ began: AT - 9 * 86_400_000, code: 'catching-up', instant: null, outcome: 'none' }),
      ]),
    ).toEqual([
      'WHEN                 CONDITION  BY           OUTCOME      TOOK',
      '08:14:57             Nightly    interval     running     2.5 s',
      '02:30:00             Nightly    02:30        failed      7.5 s  exit code 3 is not the success status 0: rsync: connection refused',
      'Wed 02:30:00         Nightly    trigger      ok          7.5 s  sent 12 files',
      '2026-11-17 02:30:00  Nightly    catching up  no outcome  7.5 s  sent 12 files',
    ]);
  });

  test('of several tasks have a row for each below', () => {
    const tasks = [task('Backup', { outcome: 'failure', why: 'it failed', lastLine: null }), task('Report')];
    expect(shown([failed({ tasks })])).toEqual([
      'WHEN      CONDITION  BY     OUTCOME   TOOK',
      '02:30:00  Nightly    02:30  failed   7.5 s  Backup: exit code 3 is not the success status 0: rsync: connection refused',
      '            Backup          failed   40 ms  it failed',
      '            Report          ok       40 ms  sent 12 files',
    ]);
  });

  test('have missed instants, interrupted runs, and when whenever was not running, between them', () => {
    expect(
      shown([
        {
          kind: 'missed',
          condition: 'Nightly',
          count: 6,
          first: AT,
          last: AT,
          code: 'instants-not-running',
          why: 'it was off',
        },
        { kind: 'not-running', from: AT - 3_600_000, to: AT },
        { kind: 'not-running', from: AT - 3_600_500, to: AT - 3_600_000 },
        { kind: 'lost', at: AT, lines: 3, why: 'no space left on device' },
        run({
          outcome: 'interrupted',
          ended: null,
          seconds: null,
          reason: 'whenever was ended while it ran',
          lastLine: null,
        }),
      ]),
    ).toEqual([
      'WHEN      CONDITION  BY     OUTCOME      TOOK',
      '02:30:00  Nightly    -      missed 6        -  it was off',
      'whenever was not running from 01:30:00 to 02:30:00 (1 h 00 min)',
      '3 lines of the history could not be written until 02:30:00: no space left on device',
      '02:30:00  Nightly    02:30  interrupted     -  whenever was ended while it ran',
    ]);
  });

  test.each([60, 80, 120])('fit %i columns, and what failed is never cut off', (width) => {
    const long = 'cannot copy /home/me/a folder with a long name: no space is left on the device any more';
    const entries = [failed({ lastLine: long }), run({ condition: 'A_condition_with_a_long_name', lastLine: long })];
    const lines = shown(entries, width, true);
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    const words = lines.join(' ').replace(/\s+/g, ' ');
    for (const word of long.split(' ')) expect(words).toContain(word);
  });

  test('that went well have the beginning of their last line where there is room for it', () => {
    const [, beside] = shown([run({ lastLine: 'sent 12 files and 3 directories to the server' })], 80);
    expect(beside).toBe('02:30:00  Nightly    02:30  ok       7.5 s  sent 12 files and 3 directories to…');
    expect(shown([run({ lastLine: 'sent 12 files and 3 directories' })], 55)[1]).toBe(
      '02:30:00  Nightly    02:30  ok       7.5 s',
    );
  });

  test('have the last lines of the output with -v, of each stream under its name', () => {
    const stdout = Array.from({ length: 12 }, (_, i) => `line ${i + 1}`).join('\n');
    const lines = shown([failed({ tasks: [task('Backup', { stdout, stderr: 'oh\x1b[31m no\n' })] })], undefined, true);
    expect(lines.slice(2)).toEqual([
      ...['      stdout:', '      (2 lines before)'],
      ...Array.from({ length: 10 }, (_, i) => `      line ${i + 3}`),
      ...['      stderr:', '      oh\\x1b[31m no'],
    ]);
  });

  test('of tasks have their condition', () => {
    expect(shown([task('Backup')])).toEqual([
      'WHEN      TASK    CONDITION  OUTCOME   TOOK',
      '02:30:00  Backup  Nightly    ok       40 ms  sent 12 files',
    ]);
  });
});

describe('statistics as a table', () => {
  const statistics = new RunStatistics();
  for (let i = 0; i < 40; i++)
    statistics.add({
      ...runLine('Nightly', `run-${i}`, AT - (40 - i) * 60_000, i > 37 ? 'failure' : 'success'),
      seconds: 1 + (i % 5),
    });

  test('have rate, median, percentile, streak, last runs', () => {
    expect(
      formatStatistics([...statistics.items], NOW, { ...PLAIN, unicode: true })
        .trimEnd()
        .split('\n'),
    ).toEqual([
      'ITEM               RUNS    OK  MEDIAN    P95  STREAK    LAST OK   LAST FAILURE  LAST RUNS',
      'condition/Nightly    40  95 %   3.0 s  5.0 s  2 failed  02:27:00  02:29:00      ▁▃▅▇█▁▃▅▇█▁▃▅▇█▁▃▅▇█▁▃▅▇█▁▃▅××',
    ]);
  });

  test.each([60, 80])('fit %i columns', (width) => {
    const lines = formatStatistics([...statistics.items], NOW, { ...PLAIN, unicode: true, width })
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    expect(lines).toHaveLength(4);
    expect(lines[2]).toBe('  last ok 02:27:00, last failure 02:29:00');
  });

  test('say 100 % only if all runs succeeded', () => {
    expect(successRate({ runs: 3, failures: 0 })).toBe('100 %');
    expect(successRate({ runs: 3, failures: 3 })).toBe('0 %');
    expect(successRate({ runs: 100_000, failures: 1 })).toBe('99.9 %');
    expect(successRate({ runs: 100_000, failures: 99_999 })).toBe('0.1 %');
    expect(successRate({ runs: 3, failures: 1 })).toBe('67 %');
  });
});

describe('the last runs as bars', () => {
  test('are of ASCII where the terminal has nothing else, and failures are marked', () => {
    const recent = [
      ['success', 1],
      ['failure', 1],
      ['success', 8],
      ['none', 4],
      ['interrupted', 0],
    ] as const;
    expect(sparkline(recent, true)).toBe('▁×█▄×');
    expect(sparkline(recent, false)).toBe('_x#~x');
  });
  test('do not show small differences as large ones', () => {
    expect(
      sparkline(
        [
          ['success', 100],
          ['success', 101],
        ],
        true,
      ),
    ).toBe('▅▅');
  });
  test('show failures alone', () => {
    expect(sparkline([['failure', 1]], true)).toBe('×');
  });
});

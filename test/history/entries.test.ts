import { statSync, utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HistoryReader } from '../../src/adapters/history/reader.ts';
import type { HistoryEntry, RunFilter } from '../../src/history/history-entries.ts';
import type { HistoryLine, RunLine, TaskLine } from '../../src/history/history-line.ts';
import { claimLine, HistoryFolder, record, runLine, startLine, THEN } from '../support/history-lines.ts';

let folder: HistoryFolder;
beforeEach(() => {
  folder = new HistoryFolder();
});
afterEach(() => folder.remove());

const ALL: RunFilter = {
  ...{ conditions: [], tasks: [], failed: false },
  ...{ since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
};
const text = (lines: readonly HistoryLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const write = (...lines: readonly HistoryLine[]): HistoryReader => {
  folder.open().close();
  folder.write('2026-11-001.jsonl', text(lines));
  return new HistoryReader(folder.directory);
};
const taskLine = (task: string, run: string, more: Partial<TaskLine> = {}): TaskLine => ({
  ...{ kind: 'task', time: new Date(THEN).toISOString(), session: 's1', task, condition: 'A', run, cause: 'tick-1' },
  ...{ began: new Date(THEN - 100).toISOString(), seconds: 0.1, outcome: 'success', code: 'exit-status', why: 'fine' },
  ...more,
});
const named = (entry: HistoryEntry): string => {
  if (entry.kind === 'missed') return `missed ${entry.condition} ${entry.count}`;
  if (entry.kind === 'task') return `task ${entry.task} ${entry.run}`;
  return entry.kind === 'run' ? `${entry.condition} ${entry.run} ${entry.outcome}` : entry.kind;
};
const entries = (reader: HistoryReader, filter: Partial<RunFilter> = {}, alive = false): string[] =>
  [...reader.entries({ ...ALL, ...filter }, alive)].map(named);

const missed = (condition: string, ms = THEN, code = 'instants-not-running'): HistoryLine => ({
  ...{ kind: 'missed', time: new Date(ms).toISOString(), session: 's1', condition, code, why: 'it was off', count: 6 },
  ...{ first: new Date(ms - 5000).toISOString(), last: new Date(ms).toISOString(), ranges: [] },
});

describe('the runs of a history', () => {
  test('come by when they began, the newest first, each with its tasks', () => {
    const reader = write(
      startLine(),
      claimLine('A', 'run-1', THEN),
      claimLine('B', 'run-2', THEN + 1000),
      taskLine('T', 'run-1'),
      taskLine('U', 'run-1', { stderr: 'no\nspace\n' }),
      runLine('B', 'run-2', THEN + 2000),
      runLine('A', 'run-1', THEN + 9000, 'failure'),
    );
    expect(entries(reader)).toEqual(['B run-2 success', 'A run-1 failure']);
    const [, first] = [...reader.entries(ALL, false)];
    expect(first).toMatchObject({
      ...{ code: 'due', ended: THEN + 9000, outcome: 'failure' },
      tasks: [
        { kind: 'task', task: 'T', lastLine: null },
        { kind: 'task', task: 'U', lastLine: 'space', stderr: 'no\nspace\n' },
      ],
    });
  });

  test('of items are those of a condition, or each run of a task', () => {
    const reader = write(
      claimLine('A', 'run-1'),
      taskLine('T', 'run-1'),
      runLine('A', 'run-1'),
      claimLine('B', 'run-2'),
      taskLine('T', 'run-2', { condition: 'B' }),
      runLine('B', 'run-2'),
    );
    expect(entries(reader, { conditions: ['A'] })).toEqual(['A run-1 success']);
    expect(entries(reader, { tasks: ['T'] })).toEqual(['task T run-2', 'task T run-1']);
    expect(entries(reader, { conditions: ['B'], tasks: ['T'] })).toEqual([
      'task T run-2',
      'B run-2 success',
      'task T run-1',
    ]);
  });

  test('that failed are found with how they began, after however many that did not', () => {
    const fine = Array.from({ length: 6000 }, (_, i) => [
      claimLine('A', `run-${i + 10}`),
      runLine('A', `run-${i + 10}`),
    ]);
    const reader = write(
      claimLine('A', 'run-1'),
      taskLine('T', 'run-1', { outcome: 'failure' }),
      runLine('A', 'run-1', THEN, 'failure'),
      missed('B'),
      missed('C', THEN, 'instants-paused'),
      ...fine.flat(),
    );
    expect(entries(reader, { failed: true })).toEqual(['missed B 6', 'A run-1 failure']);
    expect([...reader.entries({ ...ALL, failed: true }, false)][1]).toMatchObject({
      code: 'due',
      tasks: [{ task: 'T' }],
    });
  });

  test('that have not ended are running while the instance does, else they were interrupted', () => {
    const claim = claimLine('A', 'run-1');
    expect(entries(write(startLine(), claim), {}, true)).toEqual(['A run-1 running']);
    expect(entries(write(startLine(), claim), {}, false)).toEqual(['A run-1 interrupted']);
    const end: HistoryLine = { kind: 'end', time: new Date(THEN).toISOString(), session: 's1', how: 'kill' };
    expect(entries(write(startLine(), claim, end), {}, true)).toEqual(['A run-1 interrupted']);
    // Reported by the next instance.
    const next = { ...startLine(THEN + 60_000), session: 's2', last_alive: new Date(THEN).toISOString() };
    const reported: RunLine = { ...runLine('A', 'run-1', THEN + 60_000, 'interrupted') };
    expect(entries(write(startLine(), claim, next, reported), {}, true)).toEqual([
      'not-running',
      'A run-1 interrupted',
    ]);
    // The end of an earlier instance says nothing of this one, and that this one runs says nothing of an earlier one.
    const own = { ...claimLine('B', 'run-1'), session: 's2' };
    expect(entries(write(startLine(), claim, end, { ...startLine(), session: 's2' }, own), {}, true)).toEqual([
      'B run-1 running',
      'A run-1 interrupted',
    ]);
    expect(entries(write(claim), { failed: true }, false)).toEqual(['A run-1 interrupted']);
  });

  test('are within a range by when they began; runs whose beginning is no longer kept come last', () => {
    const reader = write(
      runLine('A', 'run-0', THEN + 500),
      claimLine('A', 'run-1', THEN + 1000),
      runLine('A', 'run-1', THEN + 90_000_000),
      claimLine('A', 'run-2', THEN + 60_000_000),
      runLine('A', 'run-2', THEN + 60_000_100),
    );
    expect(entries(reader)).toEqual(['A run-2 success', 'A run-1 success', 'A run-0 success']);
    expect(entries(reader, { until: THEN + 10_000 })).toEqual(['A run-0 success']);
    expect(entries(reader, { since: THEN + 59_000_000 })).toEqual(['A run-2 success', 'A run-1 success']);
  });

  test('are read from segments that are torn, compressed, or have lines of something else', async () => {
    const store = folder.open({ largest: 400 });
    record(store, startLine(), ...[1, 2, 3].flatMap((n) => [claimLine('A', `run-${n}`), runLine('A', `run-${n}`)]));
    await store.keepHouse();
    store.close();
    expect(folder.files.some((name) => name.endsWith('.gz'))).toBe(true);
    const last = folder.files.findLast((name) => name.endsWith('.jsonl'))!;
    folder.write(last, `${folder.text(last)}nonsense\n{"kind":"run","time":"2026-1`);
    const reader = new HistoryReader(folder.directory);
    expect(entries(reader)).toEqual(['A run-3 success', 'A run-2 success', 'A run-1 success']);
    expect(reader.statistics().items.get('condition/A')?.runs).toBe(3);
  });

  test('are read while the writer goes on: what is written later is not there, and nothing twice', () => {
    const store = folder.open({ largest: 600 });
    const seen: string[] = [];
    record(store, startLine(), ...[1, 2, 3].flatMap((n) => [claimLine('A', `run-${n}`), runLine('A', `run-${n}`)]));
    let n = 10;
    for (const entry of new HistoryReader(folder.directory).entries(ALL, true)) {
      seen.push(named(entry));
      for (let i = 0; i < 3; i++) record(store, claimLine('A', `run-${n}`), runLine('A', `run-${n++}`));
    }
    expect(seen).toEqual(['A run-3 success', 'A run-2 success', 'A run-1 success']);
  });
});

describe('what a reader knows', () => {
  test('are the names, with and without a snapshot, also of what came after it', () => {
    const store = folder.open();
    record(store, startLine(), claimLine('A', 'run-1'), taskLine('T', 'run-1'), runLine('A', 'run-1'));
    expect([...new HistoryReader(folder.directory).names()].sort()).toEqual(['condition/A', 'task/T']);
    store.close();
    const again = folder.open();
    record(again, claimLine('B', 'run-1'));
    expect(folder.files).toContain('state.json');
    expect([...new HistoryReader(folder.directory).names()].sort()).toEqual(['condition/A', 'condition/B', 'task/T']);
  });

  test('is the statistics of some items, from the files beside segments and from lines', async () => {
    const store = folder.open({ largest: 300 });
    for (let n = 1; n <= 4; n++)
      record(store, taskLine('T', `run-${n}`), runLine('A', `run-${n}`), runLine('B', `run-${n}`));
    await store.keepHouse();
    expect(folder.files.filter((name) => name.endsWith('.stats.json')).length).toBeGreaterThan(1);
    const reader = new HistoryReader(folder.directory);
    const counts = (items: readonly string[]) =>
      [...reader.statistics(items).items].map(([item, { runs }]) => `${item} ${runs}`);
    expect(counts(['condition/A'])).toEqual(['condition/A 4']);
    expect(counts(['task/T', 'condition/X'])).toEqual(['task/T 4']);
    expect(counts([]).sort()).toEqual(['condition/A 4', 'condition/B 4', 'task/T 4']);
  });

  test('is the part of the statistics since an instant, without segments that are older', () => {
    const reader = write(runLine('A', 'run-1', THEN), runLine('A', 'run-2', THEN + 5000, 'failure'));
    expect(reader.statistics([], THEN + 1000).items.get('condition/A')).toMatchObject({ runs: 1, failures: 1 });
    const path = folder.path('2026-11-001.jsonl');
    utimesSync(path, statSync(path).atime, new Date(THEN));
    expect(reader.statistics([], THEN + 1000).items.size).toBe(0);
  });

  test('is whether it exists, and whether an instance was there a moment ago', () => {
    expect(new HistoryReader(folder.path('nothing')).exists).toBe(false);
    const reader = write(startLine());
    expect([reader.exists, reader.isAlive(Date.now()), reader.isAlive(Date.now() + 600_000)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

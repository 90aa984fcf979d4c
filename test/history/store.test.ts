import { existsSync, rmSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasWork } from '../../src/adapters/history/inventory.ts';
import { claimLine, HistoryFolder, record, runLine, startLine, THEN } from '../support/history-lines.ts';

let folder: HistoryFolder;
beforeEach(() => {
  folder = new HistoryFolder();
});
afterEach(() => folder.remove());

const DAY = 86_400_000;
const stateOf = () => {
  const store = folder.open();
  const { stored } = store.state;
  store.close();
  return stored;
};

describe('the files of a history', () => {
  test('a directory of mode 700 with a segment of the month, of mode 600, and the snapshot', () => {
    const store = folder.open();
    record(store, startLine(), claimLine('A', 'r1'), runLine('A', 'r1'));
    expect(folder.files).toEqual(['2026-11-001.jsonl']);
    store.close();
    expect(folder.files).toEqual(['2026-11-001.jsonl', 'state.json']);
    expect(statSync(folder.directory).mode & 0o777).toBe(0o700);
    for (const name of folder.files) expect(statSync(folder.path(name)).mode & 0o777).toBe(0o600);
    expect(folder.text('2026-11-001.jsonl').split('\n')).toHaveLength(4);
    expect(folder.warnings).toEqual([]);
  });

  test('the next start goes on with the segment, and knows what was in it', () => {
    const first = folder.open();
    record(first, startLine(), runLine('A', 'r1', THEN, 'failure'));
    first.close();
    const second = folder.open();
    expect(second.state.stored).toEqual(first.state.stored);
    expect(second.state.runsOf('condition/A')?.failures).toBe(1);
    record(second, runLine('A', 'r2'));
    expect(folder.files).toEqual(['2026-11-001.jsonl', 'state.json']);
    expect(folder.runs).toEqual(['r1', 'r2']);
  });

  test('what was written after the snapshot is read', () => {
    const first = folder.open();
    record(first, startLine(), runLine('A', 'r1'));
    first.close();
    const killed = folder.open();
    record(killed, startLine(), claimLine('A', 'r2'));
    expect(stateOf()).toEqual(killed.state.stored);
  });

  test('a segment begins with each month, and the month never goes back', async () => {
    const store = folder.open();
    record(store, runLine('A', 'r1', THEN), runLine('A', 'r2', THEN + 30 * DAY), runLine('A', 'r3', THEN));
    await store.keepHouse();
    store.close();
    expect(folder.files.filter((name) => name.includes('jsonl'))).toEqual([
      '2026-11-001.jsonl.gz',
      '2026-12-001.jsonl',
    ]);
    const back = folder.open();
    record(back, runLine('A', 'r4', THEN));
    expect(folder.runs).toEqual(['r1', 'r2', 'r3', 'r4']);
    expect(folder.files.at(-2)).toBe('2026-12-001.jsonl');
  });

  test('a segment that is large enough is finished: compressed, with its statistics, mode and time', async () => {
    const store = folder.open({ largest: 2000 });
    for (let i = 1; i <= 30; i++)
      record(store, runLine('A', `r${i}`, THEN + i * 1000, i % 3 === 0 ? 'failure' : 'success'));
    await store.keepHouse();
    store.close();
    const compressed = folder.files.filter((name) => name.endsWith('.gz'));
    expect(compressed.length).toBeGreaterThan(2);
    expect(folder.files.filter((name) => name.endsWith('.stats.json'))).toHaveLength(compressed.length);
    expect(folder.files.filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
    for (const name of folder.files) expect(statSync(folder.path(name)).mode & 0o777).toBe(0o600);
    expect(folder.runs).toEqual(Array.from({ length: 30 }, (_, i) => `r${i + 1}`));
    const { items } = JSON.parse(folder.text('2026-11-001.stats.json'));
    expect(items['condition/A'].runs).toBe(folder.text('2026-11-001.jsonl.gz').split('\n').length - 1);
    expect(stateOf()).toEqual(store.state.stored);
  });

  test('without the snapshot, the one that is kept with the statistics is gone on from', async () => {
    const store = folder.open({ largest: 1000 });
    for (let i = 1; i <= 30; i++) record(store, runLine('A', `r${i}`));
    await store.keepHouse();
    store.close();
    rmSync(folder.path('state.json'));
    // Older segments are not read: what is in them would be an error.
    folder.write('2026-11-001.jsonl.gz', 'damaged');
    expect(stateOf()).toEqual(store.state.stored);
    expect(folder.warnings).toEqual([]);
  });

  test('a start knows from the time of the newest segment when an instance was last known to run', () => {
    let now = THEN;
    const store = folder.open({ now: () => now });
    expect(store.aliveUntil).toBe(0);
    record(store, startLine());
    now += 600_000;
    store.writer.alive();
    expect(folder.open().aliveUntil).toBe(now);
  });
});

describe('what is kept', () => {
  const segmentsOf = () =>
    [...new Set(folder.files.map((name) => name.slice(0, 11)))].filter((name) => /^20/.test(name));

  test('segments whose last line is older than so many days are removed, but not the one in progress', async () => {
    const store = folder.open({ now: () => THEN });
    record(store, runLine('A', 'r1', THEN - 200 * DAY), runLine('A', 'r2', THEN - 100 * DAY), runLine('A', 'r3', THEN));
    await store.keepHouse();
    store.close();
    expect(segmentsOf()).toEqual(['2026-11-001']);
    const later = folder.open({ now: () => THEN + 500 * DAY });
    await later.keepHouse();
    expect(segmentsOf()).toEqual(['2026-11-001']);
  });

  test('the oldest segments are removed while there are too many bytes', async () => {
    const store = folder.open({ largest: 20_000, megabytes: 0.05 });
    for (let i = 1; i <= 4000; i++) record(store, runLine(`A${i % 7}`, `r${i}-${(i * 7919) % 104729}`));
    await store.keepHouse();
    const sizes = folder.files
      .filter((name) => name.startsWith('2026'))
      .map((name) => statSync(folder.path(name)).size);
    expect(folder.files.some((name) => name.endsWith('.gz'))).toBe(true);
    expect(existsSync(folder.path('2026-11-001.jsonl.gz'))).toBe(false);
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(50_000);
    expect(folder.runs.at(-1)).toMatch(/^r4000/);
    store.close();
  });

  test('a start has nothing to do when all that is finished is compressed, counted, and not too much', async () => {
    const store = folder.open({ largest: 1000 });
    for (let i = 1; i <= 10; i++) record(store, runLine('A', `r${i}`));
    const wanted = { inProgress: { month: '2026-11', number: 2 }, days: 90, bytes: 1e6, now: THEN };
    expect(hasWork(folder.directory, wanted)).toBe(true);
    await store.keepHouse();
    expect(hasWork(folder.directory, wanted)).toBe(false);
    expect(hasWork(folder.directory, { ...wanted, bytes: 1000 })).toBe(true);
    expect(hasWork(folder.directory, { ...wanted, now: THEN + 120 * DAY })).toBe(true);
    rmSync(folder.path('2026-11-001.stats.json'));
    expect(hasWork(folder.directory, wanted)).toBe(true);
  });
});

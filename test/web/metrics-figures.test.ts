import { describe, expect, test } from 'vitest';
import type { RunColumns, SlimRun } from '../../src/web/api.ts';
import { figuresOf, showBytes, showMs, showPart, showTrend, trendOf } from '../../src/web/page/metrics/figures.ts';
import { periodsIn, RANGES, zoneOffset } from '../../src/web/page/metrics/ranges.ts';
import {
  byCondition,
  countsIn,
  endedRun,
  type FinishedRun,
  finishedRuns,
  thinned,
  withRun,
} from '../../src/web/page/metrics/run-figures.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('figures', () => {
  test('are the least, the median, what 95 of 100 do not exceed, the greatest and the newest', () => {
    const values = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1);
    expect(figuresOf(values)).toEqual({ count: 100, least: 1, median: 50, p95: 95, greatest: 100, last: 64 });
    expect(figuresOf([7])).toEqual({ count: 1, least: 7, median: 7, p95: 7, greatest: 7, last: 7 });
    expect(figuresOf([])).toBeUndefined();
  });

  test('have a trend where there are enough of them', () => {
    expect(trendOf([1, 1, 1, 1, 2, 2, 2])).toBeUndefined();
    expect(trendOf([2, 2, 2, 2, 3, 3, 3, 3])).toBe(0.5);
    expect(trendOf([4, 4, 4, 4, 1, 1, 1, 1])).toBe(-0.75);
    expect(trendOf([100, 100, 100, 100, 105, 105, 105, 105])).toBe(0);
    expect(trendOf([0, 0, 0, 0, 0, 0, 0, 0])).toBe(0);
    expect(trendOf([0, 0, 0, 0, 5, 5, 5, 5])).toBeUndefined();
    expect([0.5, -0.75, 0, undefined].map(showTrend)).toEqual([
      'slower by 50 %',
      'faster by 75 %',
      'about the same',
      '',
    ]);
  });

  test('are shown with three figures', () => {
    expect([0, 999, 1000, 1234, 99_960, 123_456_789, 5e15].map(showBytes)).toEqual([
      ...['0 B', '999 B', '1 kB', '1.23 kB', '100 kB', '123 MB', '5000 TB'],
    ]);
    expect([0, 0.1234, 12.34, 999.9, 1500, 90_000, 7_200_000].map(showMs)).toEqual([
      ...['0 ms', '0.123 ms', '12.3 ms', '1 s', '1.5 s', '1.5 min', '2 h'],
    ]);
    expect([0, 0.004, 0.126, 1].map(showPart)).toEqual(['0 %', '0.4 %', '13 %', '100 %']);
  });
});

describe('pieces of time', () => {
  const utc = (): number => 0;
  test.each(RANGES)('of $name cover it, in order', (range) => {
    const now = Date.parse('2026-11-28T12:34:56Z');
    const pieces = periodsIn(range, now, utc);
    expect(pieces).toEqual([...new Set(pieces)].sort((a, b) => a - b));
    expect(pieces[0]).toBeLessThanOrEqual(now - range.length + range.piece);
    expect(pieces.at(-1)).toBeLessThanOrEqual(now);
    expect(pieces.at(-1)).toBeGreaterThan(now - range.piece);
    for (const at of pieces) expect(at % range.piece).toBe(0);
  });

  test('begin at midnight in the zone, also where the clock changes', () => {
    const days = RANGES.find(({ id }) => id === '7d')!;
    const offset = zoneOffset('Europe/Rome');
    expect(offset(Date.parse('2026-07-01T00:00:00Z'))).toBe(2 * HOUR);
    const pieces = periodsIn(days, Date.parse('2026-10-27T12:00:00Z'), offset);
    expect(pieces.map((at) => new Date(at).toISOString())).toEqual([
      ...['2026-10-20T22:00:00.000Z', '2026-10-21T22:00:00.000Z', '2026-10-22T22:00:00.000Z'],
      ...['2026-10-23T22:00:00.000Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
      '2026-10-26T23:00:00.000Z',
    ]);
  });

  test('a zone that is not known is UTC', () => {
    expect(zoneOffset('Mars/Olympus')(0)).toBe(0);
  });
});

describe('runs', () => {
  const run = (condition: string, began: number, length: number, failed = false): FinishedRun => ({
    ...{ key: `${condition} ${began}`, condition, began, length, failed },
  });

  test('come from columns, those that have not ended left out', () => {
    const columns: RunColumns = {
      texts: ['A', 'B', 's', 'run-1', 'run-2', 'success', 'interrupted', 'run-3', 'running'],
      ...{ condition: [0, 1, 0], session: [2, 2, 2], run: [3, 4, 7], outcome: [5, 6, 8] },
      ...{ began: [10, 20, 30], length: [5, 7, -1] },
      ...{ cause: [-1, -1, -1], event: [-1, -1, -1], why: [-1, -1, -1], tasks: [], missed: [], gaps: [], leftOut: 0 },
      ...{ first: 0, oldest: null },
    };
    expect(finishedRuns(columns)).toEqual([
      { key: 's run-1', condition: 'A', began: 10, length: 5, failed: false },
      { key: 's run-2', condition: 'B', began: 20, length: 7, failed: true },
    ]);
  });

  test('of the live connection are added once, when they have ended', () => {
    const slim = { session: 's', run: 'run-9', condition: 'A', began: 5, ended: 8, outcome: 'error' } as SlimRun;
    const ended = endedRun(slim)!;
    expect(ended).toEqual({ key: 's run-9', condition: 'A', began: 5, length: 3, failed: true });
    expect(endedRun({ ...slim, ended: null })).toBeUndefined();
    const once = withRun([], ended);
    expect(withRun(once, ended)).toBe(once);
  });

  test('are put together by condition, the slowest first, each from the oldest to the newest', () => {
    const figures = byCondition([run('fast', 1, 1), run('slow', 5, 70), run('slow', 2, 90, true), run('also', 3, 1)]);
    expect(
      figures.map(({ condition, failures, runs }) => [condition, failures, runs.map(({ began }) => began)]),
    ).toEqual([
      ['slow', 1, [2, 5]],
      ['also', 0, [3]],
      ['fast', 0, [1]],
    ]);
    expect(figures[0]!.figures).toMatchObject({ least: 70, greatest: 90, last: 70 });
  });

  test('are counted in pieces; what is before the first one is left out', () => {
    const runs = [run('A', 5, 1), run('A', 10, 1), run('A', 19, 1, true), run('A', 25, 1)];
    expect(countsIn(runs, [10, 20, 30])).toEqual({ runs: [2, 1, 0], failures: [1, 0, 0] });
  });

  test('a long line keeps its peaks when it is thinned', () => {
    const list = Array.from({ length: 1000 }, (_, i) => (i === 517 ? 99 : i % 3));
    const thin = thinned(list, 100, (one) => one);
    expect(thin).toHaveLength(100);
    expect(thin[51]).toBe(99);
    expect(thinned([1, 2], 5, (one) => one)).toEqual([1, 2]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogFact } from '../../src/journal/fact.ts';
import { LEVELS, type Level } from '../../src/log/record.ts';
import { RECORD_LEVELS } from '../../src/renderings/html/page/record-filter.ts';
import { revealed, rowOfKey, rowWindow } from '../../src/renderings/html/page/row-window.ts';
import { highlighted } from '../../src/web/page/log/highlight.ts';
import { EVERYTHING, gapBefore, LogRecords } from '../../src/web/page/log/log-records.ts';
import { settings } from '../support/property.ts';

const record = (seq: number, more: Partial<LogFact> = {}): LogFact => ({
  ...{ kind: 'log', seq, time: seq * 10, mono: seq, item: null, run: null, cause: null, level: 'info' },
  context: { emitter: 'MAIN', action: 'active', item: null, itemId: null },
  ...{ mark: 'PROC/MSG', message: `message ${seq}` },
  ...more,
});
const seqs = (records: LogRecords): number[] => records.shown.map(({ fact }) => fact.seq);
const range = (from: number, to: number, more: Partial<LogFact> = {}): LogFact[] =>
  Array.from({ length: to - from }, (_, i) => record(from + i, more));

test('the levels of the page are those of the log', () => {
  expect(RECORD_LEVELS).toEqual(LEVELS);
});

describe('the records of the page', () => {
  test('are filtered by level, item, text, cause or run, and time, also those that come later', () => {
    const records = new LogRecords();
    const mixed = [
      record(1, { level: 'trace', message: 'Alpha' }),
      record(2, { item: 'task/T', cause: 'tick-1', run: 'run-1' }),
      record(3, { level: 'error', item: 'task/T', message: 'ALPHA' }),
      record(4, { mark: 'HIST/END', cause: 'tick-2' }),
    ];
    records.merge(mixed);
    const shownWith = (filter: Partial<typeof EVERYTHING>): number[] => {
      records.filter({ ...EVERYTHING, ...filter });
      return seqs(records);
    };
    expect(shownWith({})).toEqual([1, 2, 3, 4]);
    expect(shownWith({ level: 2 })).toEqual([2, 3, 4]);
    expect(shownWith({ item: 'task/T' })).toEqual([2, 3]);
    expect(shownWith({ text: 'alpha' })).toEqual([1, 3]);
    expect(shownWith({ text: 'hist/end' })).toEqual([4]);
    expect(shownWith({ cause: 'run-1' })).toEqual([2]);
    expect(shownWith({ cause: 'tick-2' })).toEqual([4]);
    expect(shownWith({ since: 30 })).toEqual([3, 4]);
    expect(shownWith({ text: 'alpha', level: 3 })).toEqual([3]);
    // The counts are of all levels.
    expect(records.counts).toEqual([1, 0, 0, 0, 1]);
    expect(records.add([record(5, { message: 'alpha' }), record(6, { level: 'warn', message: 'alpha' })])).toEqual({
      added: 1,
      removed: 0,
    });
    expect(seqs(records)).toEqual([3, 6]);
    expect(records.counts).toEqual([1, 0, 1, 1, 1]);
    expect(records.items()).toEqual(['task/T']);
  });

  test('come once, though the answer and the live connection both have them', () => {
    const records = new LogRecords();
    records.add(range(5, 8));
    records.merge(range(1, 7));
    records.add(range(6, 10));
    expect(seqs(records)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('go on after a restart of the daemon, where numbers begin again, and after the clock is set back', () => {
    const records = new LogRecords();
    records.add(range(100, 103));
    records.add([record(1, { time: 5000 }), record(2, { time: 5000 })]);
    records.add([record(3, { time: 100 }), record(3, { time: 100 })]);
    expect(seqs(records)).toEqual([100, 101, 102, 1, 2, 3]);
  });

  test('of a lower level take their places between those that are there, which stay the same objects', () => {
    const records = new LogRecords();
    records.merge([record(2), record(4)]);
    const [first] = records.shown;
    records.merge(range(1, 6, { level: 'debug' }));
    expect(seqs(records)).toEqual([1, 2, 3, 4, 5]);
    expect(records.shown[1]).toBe(first);
  });

  test('are dropped, the oldest first, when there are too many, and counted', () => {
    const records = new LogRecords(20);
    records.add(range(0, 22));
    expect([records.total, records.forgotten]).toEqual([22, 0]);
    records.filter({ ...EVERYTHING, text: '1' });
    // 23 records are more than 22: three go, of which "message 1" was shown.
    expect(records.add([record(22)])).toEqual({ added: 0, removed: 1 });
    expect([records.total, records.forgotten, records.first?.fact.seq]).toEqual([20, 3, 3]);
    records.merge(range(30, 60));
    expect([records.total, records.first?.fact.seq, records.last?.fact.seq]).toEqual([20, 40, 59]);
  });

  test('are the same whether they come in one piece or in many, in any pieces that overlap', () => {
    const level = fc.constantFrom<Level>(...LEVELS);
    const pieces = fc.array(fc.tuple(fc.nat(40), fc.nat(15), fc.boolean()), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, level, (list, least) => {
        const records = new LogRecords();
        records.filter({ ...EVERYTHING, level: LEVELS.indexOf(least) });
        const all = range(0, 60).map((one) => ({ ...one, level: LEVELS[one.seq % 5]! }));
        const known = new Set<number>();
        for (const [from, length, live] of list) {
          const part = all.slice(from, from + length);
          const last = live ? Math.max(-1, ...known) : -1;
          for (const { seq } of part.filter((one) => one.seq > last)) known.add(seq);
          records[live ? 'add' : 'merge'](part);
        }
        const expected = all.filter(
          ({ seq, level: of }) => known.has(seq) && LEVELS.indexOf(of) >= LEVELS.indexOf(least),
        );
        expect(seqs(records)).toEqual(expected.map(({ seq }) => seq));
        expect(records.counts.reduce((a, b) => a + b, 0)).toBe(known.size);
      }),
      settings(200),
    );
  });
});

test('what was searched for stands out, in any case', () => {
  const shown = (text: string, wanted: string) =>
    highlighted(text, wanted)
      .map(({ text: piece, hit }) => (hit ? `<${piece}>` : piece))
      .join('|');
  expect(shown('Fail: it FAILED', 'fail')).toBe('<Fail>|: it |<FAIL>|ED');
  expect(shown('aaa', 'aa')).toBe('<aa>|a');
  expect(shown('text', '')).toBe('text');
  expect(shown('a.b', '.')).toBe('a|<.>|b');
  expect(shown('İ fail', 'fail')).toBe('İ fail');
});

describe('the rows of a long list', () => {
  const scrolled = (top: number, height = 100, rowHeight = 20) => ({ top, height, rowHeight });
  test('are those that are seen, and a few more', () => {
    expect(rowWindow(scrolled(0), 1000)).toEqual({ first: 0, last: 13 });
    expect(rowWindow(scrolled(2000), 1000)).toEqual({ first: 92, last: 113 });
    expect(rowWindow(scrolled(0), 3)).toEqual({ first: 0, last: 3 });
    // The list became shorter.
    expect(rowWindow(scrolled(2000), 3)).toEqual({ first: 3, last: 3 });
    expect(rowWindow(scrolled(0), 0)).toEqual({ first: 0, last: 0 });
  });

  test('are scrolled into view, below what covers the top', () => {
    expect(revealed(scrolled(100), 6)).toBe(100);
    expect(revealed(scrolled(100), 2)).toBe(40);
    expect(revealed(scrolled(100), 10)).toBe(120);
    expect(revealed(scrolled(100), 9, 10)).toBe(110);
  });

  test('are reached by keys', () => {
    const at = (key: string, from = 5): number | undefined => rowOfKey(key, from, 10, 3);
    expect(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'].map((key) => at(key))).toEqual([
      4, 6, 2, 8, 0, 9,
    ]);
    expect([at('ArrowUp', 0), at('PageDown', 9), at('ArrowDown', -1), at('x')]).toEqual([0, 9, 0, undefined]);
    expect(rowOfKey('End', 0, 0, 3)).toBeUndefined();
  });
});

test('an answer that may not reach back to what the page has leaves a gap, which is known', () => {
  const answer = range(5, 8);
  expect(gapBefore(answer, 20, 3)).toEqual([20, 50]);
  expect(gapBefore(answer, 50, 3)).toBeUndefined();
  expect(gapBefore(answer, 20, 4)).toBeUndefined();
  expect(gapBefore(answer, undefined, 3)).toBeUndefined();
  expect(gapBefore([], 20, 3)).toBeUndefined();
});

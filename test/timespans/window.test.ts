import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CoreMetrics,
  IDMetrics,
  LogWindow,
  MultiEventLog,
  type MultiEventLogOptions,
  type Row,
  type SpanFact,
  TableStorage,
} from '../../src/timespans/index.ts';
import { settings } from '../support/property.ts';
import { complaints, script } from './support.ts';

const logged = (window: LogWindow, more: MultiEventLogOptions = {}) => {
  const log = new MultiEventLog({ consumers: { core: CoreMetrics(), id: IDMetrics() }, ...more });
  log.setAggregator('window', window.aggregate);
  return log;
};
const at = (...timestamps: readonly number[]): SpanFact[] => {
  const { start } = script();
  return timestamps.map((timestamp) => start('tick', timestamp, timestamp));
};

describe('LogWindow', () => {
  test('Rows older than the window are deleted, from all columns; one at its edge stays.', () => {
    const log = logged(new LogWindow(10));
    for (const event of at(1, 5, 10, 15)) log.write(event);
    expect(log.fetch().id).toEqual([5, 10, 15]);
  });

  test('Without a row there is nothing to do, and without its column it says which it needs.', () => {
    const window = new LogWindow(10);
    const log = new MultiEventLog({ consumers: { id: IDMetrics() } });
    const [event] = at(1);
    log.write(event!);
    const rows = { length: 0, value: () => 5 };
    expect(window.aggregate(rows as never)).toBeUndefined();
    expect(() => window.aggregate({ length: 1, value: () => undefined } as never)).toThrow(
      'LogWindow needs a column "core" of CoreMetrics',
    );
  });

  test('The newest row always stays, however short the window and however old the others.', () => {
    const log = logged(new LogWindow(0));
    for (const event of at(1, 1000)) log.write(event);
    expect(log.fetch()).toEqual({ core: [{ timestamp: 1000, category: 'tick', kind: 'start' }], id: [1000] });
  });

  test('An event that is told late, older than the window, stays as long as it is the newest row or stands behind a newer instant.', () => {
    const log = logged(new LogWindow(10));
    const seen: unknown[] = [];
    log.setAggregator('look', ({ columns }) => void seen.push([...columns.id!]));
    for (const event of at(100, 5, 105, 112)) log.write(event);
    expect(seen).toEqual([[100], [100, 5], [100, 5, 105], [105, 112]]);
    const short = logged(new LogWindow(0));
    for (const event of at(100, 5)) short.write(event);
    expect(short.fetch().id).toEqual([100, 5]);
    for (const event of at(6)) short.write(event);
    expect(short.fetch().id).toEqual([6]);
  });

  test('Creation handlers get each row, deletion handlers the exact number of rows that go, before they go.', () => {
    const window = new LogWindow(10);
    const log = logged(window);
    const told: unknown[] = [];
    window.creationHandlers.push((row) => told.push(['new', row.id]));
    window.deletionHandlers.push((rows) => told.push(['gone', rows, log.length]));
    for (const event of at(1, 2, 3, 12, 40)) log.write(event);
    expect(told).toEqual([
      ...[
        ['new', 1],
        ['new', 2],
        ['new', 3],
        ['new', 12],
        ['gone', 1, 4],
        ['new', 40],
        ['gone', 3, 4],
      ],
    ]);
  });

  test('A handler that throws is reported; the others are called and the rows go all the same.', () => {
    const window = new LogWindow(10);
    const { told, onError } = complaints();
    const log = logged(window, { onError, consumers: { core: CoreMetrics(), id: IDMetrics() } });
    const gone: number[] = [];
    window.deletionHandlers.push(
      () => {
        throw new Error('no browser');
      },
      (rows) => gone.push(rows),
    );
    for (const event of at(1, 2, 40)) log.write(event);
    expect(gone).toEqual([2]);
    expect(log.fetch().id).toEqual([40]);
    expect(told).toEqual([['no browser', 'aggregator "window"']]);
  });

  test('After a fetch it goes on with what is new.', () => {
    const window = new LogWindow(10);
    const log = logged(window);
    const [a, b, c] = at(1, 5, 100);
    log.write(a!);
    log.fetch();
    log.write(b!);
    log.write(c!);
    expect(log.fetch().id).toEqual([100]);
  });

  test('Without a core column it says so and deletes nothing; a length that makes no sense is refused.', () => {
    const { told, onError } = complaints();
    const log = logged(new LogWindow(10, 'kernel'), { onError, consumers: { id: IDMetrics() } });
    log.write(at(1)[0]!);
    expect(told).toEqual([['LogWindow needs a column "kernel" of CoreMetrics', 'aggregator "window"']]);
    expect(log.length).toBe(1);
    expect(() => new LogWindow(-1)).toThrow(RangeError);
    expect(() => new LogWindow(Number.NaN)).toThrow('the length of a window is a number of ns from 0 on, not NaN');
  });

  test('A row without an instant goes with the row after it.', () => {
    const window = new LogWindow(10);
    const core = CoreMetrics();
    const consumers = {
      core: (event: SpanFact) => {
        if (event.id === 2 || event.id === 14) throw new Error('no core');
        return core(event);
      },
      id: IDMetrics(),
    };
    const log = logged(window, { consumers });
    const seen: unknown[] = [];
    log.setAggregator('look', ({ columns }) => void seen.push([...columns.id!]));
    for (const event of at(2, 3, 14, 20, 26)) log.write(event);
    expect(seen).toEqual([[2], [2, 3], [2, 3, 14], [14, 20], [14, 20, 26]]);
  });

  test('Whatever comes, exactly what is outside the window goes: compared with a slow oracle.', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 40 }), fc.nat(199), fc.nat(199), (gaps, length, fetchAt, looked) => {
        const window = new LogWindow(length);
        const log = logged(window);
        let [now, deleted] = [0, 0];
        const created: Row[] = [];
        window.creationHandlers.push((row) => created.push(row));
        window.deletionHandlers.push((rows) => {
          deleted += rows;
        });
        let oracle: number[] = [];
        let seen: number[] = [];
        log.setAggregator('look', ({ columns, length: rows }) => {
          if (rows > 0 && created.length - 1 === looked)
            seen = columns.core!.map((row) => (row as { timestamp: number }).timestamp);
        });
        let oracleDeleted = 0;
        gaps.forEach((gap, i) => {
          now += gap;
          log.write(script().start('tick', i, now));
          const kept = [...oracle, now].filter((time) => time >= now - length);
          oracleDeleted += oracle.length + 1 - kept.length;
          oracle = kept;
          expect(log.length).toBe(oracle.length);
          if (i === looked) expect(seen).toEqual(oracle);
          if (i !== fetchAt) return;
          expect(log.fetch().core!.map((row) => (row as { timestamp: number }).timestamp)).toEqual(oracle);
          oracle = [];
        });
        expect(deleted).toBe(oracleDeleted);
        expect(created.map(({ id }) => id)).toEqual(gaps.map((_, i) => i));
        expect(log.fetch().core!.map((row) => (row as { timestamp: number }).timestamp)).toEqual(oracle);
      }),
      settings(300),
    );
  });
});

test('Thousands of rows go through a window, and what it keeps is what is read.', () => {
  const log = logged(new LogWindow(10));
  for (const event of at(...Array.from({ length: 2000 }, (_, i) => i))) log.write(event);
  expect(log.fetch().id).toEqual(Array.from({ length: 11 }, (_, i) => 1989 + i));
});

test('What several handlers throw is reported as one error, and the rows go all the same.', () => {
  const { told, onError } = complaints();
  const window = new LogWindow(10);
  const log = logged(window, { onError });
  const boom = () => {
    throw new Error('a bug');
  };
  window.creationHandlers.push(boom, boom);
  for (const event of at(1, 100)) log.write(event);
  expect(told.map(([message]) => message)).toEqual(['handlers of a window', 'handlers of a window']);
  expect(log.length).toBe(1);
});

describe('TableStorage', () => {
  const row = (timestamp: number, more: Row = {}): Row => ({
    core: { timestamp, category: 'tick', kind: 'start' },
    ...more,
  });

  test('It keeps what a window lets go, and answers for a time range, both ends included.', () => {
    const [window, table] = [new LogWindow(10), new TableStorage()];
    const log = logged(window);
    window.creationHandlers.push(table.add);
    for (const event of at(10, 20, 30, 40)) log.write(event);
    expect(log.length).toBe(2);
    expect(table.length).toBe(4);
    expect(table.between(20, 30).id).toEqual([20, 30]);
    expect(table.between(20, 30).core).toHaveLength(2);
    expect(table.between(21, 29)).toEqual({ core: [], id: [] });
    expect(table.all.id).toEqual([10, 20, 30, 40]);
  });

  test('Consumers that come later, or go, are null where they were not.', () => {
    const table = new TableStorage();
    table.add(row(1, { a: 1 }));
    table.add(row(2, { b: 2 }));
    expect(table.between(0, 9)).toMatchObject({ a: [1, null], b: [null, 2] });
  });

  test('Rows without an instant are in no time range; what was answered does not change afterwards.', () => {
    const table = new TableStorage();
    table.add({ core: null, id: 'x' });
    table.add(row(1, { id: 'y' }));
    const [all, some] = [table.all, table.between(0, 9)];
    table.add(row(2, { id: 'z' }));
    expect(all.id).toEqual(['x', 'y']);
    expect(some.id).toEqual(['y']);
    table.clear();
    expect(table.length).toBe(0);
    expect(table.between(0, 9)).toEqual({});
  });
});

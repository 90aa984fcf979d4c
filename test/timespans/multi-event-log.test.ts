import { describe, expect, test } from 'vitest';
import { type Columns, CoreMetrics, IDMetrics, MultiEventLog } from '../../src/timespans/index.ts';
import { complaints, script } from './support.ts';

const counter = () => {
  let n = 0;
  return () => ++n;
};
const lengths = (columns: Columns) => Object.values(columns).map((column) => column.length);

describe('consumers', () => {
  test('Each event adds one value of each consumer, row by row.', () => {
    const { start, finish } = script();
    const log = new MultiEventLog({ consumers: { core: CoreMetrics(), id: IDMetrics() } });
    log.set('n', counter());
    log.write(start('task', 'a', 5));
    log.write(finish('task', 'a', 9));
    expect(log.names).toEqual(['core', 'id', 'n']);
    expect(log.length).toBe(2);
    expect(log.fetch()).toEqual({
      core: [
        { timestamp: 5, category: 'task', kind: 'start' },
        { timestamp: 9, category: 'task', kind: 'finish' },
      ],
      id: ['a', 'a'],
      n: [1, 2],
    });
  });

  test('One that throws is reported and adds null; the others, and later events, are as they would be.', () => {
    const { start } = script();
    const { told, onError } = complaints();
    const log = new MultiEventLog({ onError });
    log.set('before', counter());
    log.set('bad', ({ id }) => {
      if (id === 'b') throw new Error('no figure for b');
      return id;
    });
    log.set('after', counter());
    for (const id of ['a', 'b', 'c']) log.write(start('task', id));
    expect(log.fetch()).toEqual({ before: [1, 2, 3], bad: ['a', null, 'c'], after: [1, 2, 3] });
    expect(told).toEqual([['no figure for b', 'consumer "bad"']]);
  });

  test('Without anybody to report to, one that throws adds null all the same; so it does when reporting fails.', () => {
    const bad = () => {
      throw new Error('never');
    };
    for (const log of [
      new MultiEventLog({ consumers: { bad } }),
      new MultiEventLog({ consumers: { bad }, onError: bad }),
    ]) {
      log.write(script().start('task', 'a'));
      expect(log.fetch()).toEqual({ bad: [null] });
    }
  });

  test('One that answers nothing adds null.', () => {
    const log = new MultiEventLog({ consumers: { quiet: () => undefined, zero: () => 0, empty: () => '' } });
    log.write(script().start('task', 'a'));
    expect(log.fetch()).toEqual({ quiet: [null], zero: [0], empty: [''] });
  });

  test('One that answers with a promise is reported and adds null, and a rejection does no harm.', async () => {
    const { told, onError } = complaints();
    const log = new MultiEventLog({ onError, consumers: { late: async () => Promise.reject(new Error('later')) } });
    log.write(script().start('task', 'a'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.fetch()).toEqual({ late: [null] });
    expect(told).toEqual([['a consumer has to answer at once, not by a promise', 'consumer "late"']]);
  });

  test('A late one is filled up with null, up to the rows that nobody has fetched.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { n: counter() } });
    for (const id of ['a', 'b', 'c']) log.write(start('task', id));
    log.fetch();
    for (const id of ['d', 'e']) log.write(start('task', id));
    log.set('id', IDMetrics());
    log.write(start('task', 'f'));
    expect(log.fetch()).toEqual({ n: [4, 5, 6], id: [null, null, 'f'] });
  });

  test('Another one under the same name works at once, and goes on with the column.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { what: IDMetrics() } });
    log.write(start('task', 'a'));
    log.set('what', ({ category }) => category);
    log.write(start('task', 'b'));
    expect(log.fetch()).toEqual({ what: ['a', 'task'] });
  });

  test('One that is deleted is gone at once, with its column; when it comes back it is a late one.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { n: counter(), id: IDMetrics() } });
    log.write(start('task', 'a'));
    expect(log.delete('id')).toBe(true);
    expect(log.delete('id')).toBe(false);
    log.write(start('task', 'b'));
    log.set('id', IDMetrics());
    log.write(start('task', 'c'));
    expect(log.fetch()).toEqual({ n: [1, 2, 3], id: [null, null, 'c'] });
  });

  test('One that is deleted or replaced is told to end what it runs, once.', () => {
    const ended: string[] = [];
    const one = (name: string) => Object.assign(() => name, { close: () => void ended.push(name) });
    const log = new MultiEventLog({ consumers: { a: one('first'), b: one('second') } });
    log.set('a', one('third'));
    log.delete('b');
    expect(ended).toEqual(['first', 'second']);
    log.close();
    expect(ended).toEqual(['first', 'second', 'third']);
  });

  test('They may add, delete and fetch while a row is made: rows stay aligned.', () => {
    const { start } = script();
    const log = new MultiEventLog();
    let fetched: Columns = {};
    log.set('meddler', ({ id }) => {
      if (id === 'add') log.set('added', counter());
      if (id === 'delete') log.delete('gone');
      if (id === 'fetch') fetched = log.fetch();
      return id;
    });
    log.set('gone', counter());
    for (const id of ['a', 'add', 'delete', 'b', 'fetch', 'c']) log.write(start('task', id));
    expect(fetched).toEqual({ meddler: ['a', 'add', 'delete', 'b'], added: [null, null, 1, 2] });
    expect(log.fetch()).toEqual({ meddler: ['fetch', 'c'], added: [3, 4] });
  });

  test('What they tell themselves becomes rows after the one that is made; endless telling is cut off and reported.', () => {
    const { start, instant } = script();
    const { told, onError } = complaints();
    const log = new MultiEventLog({ onError });
    log.set('id', ({ id, edge }) => {
      if (id === 'a' && edge === 'start') log.write(instant('note', 'by a'));
      return id;
    });
    log.write(start('task', 'a'));
    log.write(start('task', 'b'));
    expect(log.fetch()).toEqual({ id: ['a', 'by a', 'b'] });
    expect(told).toEqual([]);
    log.set('echo', () => log.write(instant('note', 'echo')));
    log.write(start('task', 'c'));
    expect(log.length).toBe(101);
    expect(told[0]).toEqual(['consumers and aggregators emit too many events themselves', 'log']);
  });

  test('A name may be any text.', () => {
    const log = new MultiEventLog();
    log.set('__proto__', counter()).set('constructor', counter()).set('', counter());
    log.write(script().start('task', 'a'));
    const columns = log.fetch();
    expect(Object.keys(columns)).toEqual(['__proto__', 'constructor', '']);
    expect(lengths(columns)).toEqual([1, 1, 1]);
  });
});

describe('a fetch', () => {
  test('It takes everything away; at once afterwards it gives empty columns for all names.', () => {
    const log = new MultiEventLog({ consumers: { core: CoreMetrics(), id: IDMetrics() } });
    log.write(script().start('task', 'a'));
    expect(lengths(log.fetch())).toEqual([1, 1]);
    expect(log.fetch()).toEqual({ core: [], id: [] });
    expect(log.length).toBe(0);
  });

  test('What was handed out never changes afterwards.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { id: IDMetrics() } });
    log.write(start('task', 'a'));
    const columns = log.fetch();
    log.write(start('task', 'b'));
    log.set('more', counter());
    log.delete('id');
    expect(columns).toEqual({ id: ['a'] });
  });

  test('What consumers count goes on over it.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { n: counter() } });
    log.write(start('task', 'a'));
    log.fetch();
    log.write(start('task', 'b'));
    expect(log.fetch()).toEqual({ n: [2] });
  });

  test('Without consumers it is empty, and so it is without events.', () => {
    const log = new MultiEventLog();
    expect(log.fetch()).toEqual({});
    log.write(script().start('task', 'a'));
    expect(log.fetch()).toEqual({});
  });

  test('A start that was handed out while its span was open comes again, first, with its finish, and only then.', () => {
    const { start, finish } = script();
    const log = new MultiEventLog({ consumers: { core: CoreMetrics(), id: IDMetrics() } });
    const ids = () => {
      const { core, id } = log.fetch();
      return core!.map((row, i) => `${(row as { kind: string }).kind} ${id![i]}`);
    };
    log.write(start('task', 'a'));
    log.write(start('task', 'b'));
    log.write(start('task', 'c'));
    log.write(finish('task', 'c'));
    expect(ids()).toEqual(['start a', 'start b', 'start c', 'finish c']);
    expect(ids()).toEqual([]);
    log.write(start('task', 'd'));
    log.write(finish('task', 'b'));
    expect(ids()).toEqual(['start b', 'start d', 'finish b']);
    log.write(finish('task', 'a'));
    log.write(finish('task', 'd'));
    expect(ids()).toEqual(['start a', 'start d', 'finish a', 'finish d']);
    log.write(finish('task', 'a'));
    expect(ids()).toEqual(['finish a']);
  });

  test('A start that comes again is null where a consumer was added since.', () => {
    const { start, finish } = script();
    const log = new MultiEventLog({ consumers: { id: IDMetrics() } });
    log.write(start('task', 'a'));
    log.fetch();
    log.set('n', counter()).set('__proto__', counter());
    log.write(finish('task', 'a'));
    expect(Object.entries(log.fetch())).toEqual([
      ['id', ['a', 'a']],
      ['n', [null, 1]],
      ['__proto__', [null, 1]],
    ]);
  });

  test('A start that was handed out does not come again when a second start has taken its place.', () => {
    const { start, finish } = script();
    const log = new MultiEventLog({ consumers: { id: IDMetrics(), n: counter() } });
    log.write(start('task', 'a'));
    log.fetch();
    log.write(start('task', 'a'));
    log.write(finish('task', 'a'));
    log.write(finish('task', 'a'));
    expect(log.fetch().n).toEqual([2, 3, 4]);
  });
});

describe('aggregators', () => {
  test('They come after the consumers of each event, with all columns, in the order of their adding.', () => {
    const { start } = script();
    const seen: unknown[] = [];
    const log = new MultiEventLog({ consumers: { n: counter(), id: IDMetrics() } });
    log.setAggregator('one', ({ columns }) => void seen.push(['one', structuredClone(columns)]));
    log.setAggregator('two', ({ columns }) => void seen.push(['two', lengths(columns)]));
    log.write(start('task', 'a'));
    log.write(start('task', 'b'));
    expect(seen).toEqual([
      ['one', { n: [1], id: ['a'] }],
      ['two', [1, 1]],
      ['one', { n: [1, 2], id: ['a', 'b'] }],
      ['two', [2, 2]],
    ]);
  });

  test('One that throws, or rejects, is reported and ignored.', async () => {
    const { start } = script();
    const { told, onError } = complaints();
    let calls = 0;
    const log = new MultiEventLog({
      ...{ onError, consumers: { n: counter() } },
      aggregators: {
        bad: () => {
          throw new Error('no table');
        },
        late: async () => Promise.reject(new Error('no disk')),
        good: () => ++calls,
      },
    });
    log.write(start('task', 'a'));
    log.write(start('task', 'b'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toBe(2);
    expect(log.fetch()).toEqual({ n: [1, 2] });
    expect(told.sort()).toEqual([
      ...[1, 2].map(() => ['no disk', 'aggregator "late"']),
      ...[1, 2].map(() => ['no table', 'aggregator "bad"']),
    ]);
  });

  test('They delete rows from the front of all columns together, and nothing else.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { n: counter(), id: IDMetrics() } });
    const asked: number[] = [];
    log.setAggregator('short', (rows) => {
      asked.push(rows.length);
      rows.drop(rows.length - 2);
    });
    for (const id of ['a', 'b', 'c', 'd']) log.write(start('task', id));
    expect(log.length).toBe(2);
    expect(log.fetch()).toEqual({ n: [3, 4], id: ['c', 'd'] });
    expect(asked).toEqual([1, 2, 3, 3]);
  });

  test('They can read single values and rows, from the front and from the end, also when rows were dropped.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { n: counter(), id: IDMetrics() } });
    const seen: unknown[] = [];
    log.setAggregator('look', (rows) => {
      seen.push([rows.length, rows.value('n', 0), rows.value('n', -1), rows.row(-1), { ...rows.columns }.id?.at(0)]);
      if (rows.length === 3) rows.drop(2);
      seen.push([rows.value('id', 0), rows.value('id', 1), rows.value('id', -3), rows.value('none', 0)]);
    });
    for (const id of ['a', 'b', 'c', 'd']) log.write(start('task', id));
    expect(seen).toEqual([
      ...[
        [1, 1, 1, { n: 1, id: 'a' }, 'a'],
        ['a', undefined, undefined, undefined],
      ],
      ...[
        [2, 1, 2, { n: 2, id: 'b' }, 'a'],
        ['a', 'b', undefined, undefined],
      ],
      ...[
        [3, 1, 3, { n: 3, id: 'c' }, 'a'],
        ['c', undefined, undefined, undefined],
      ],
      ...[
        [2, 3, 4, { n: 4, id: 'd' }, 'c'],
        ['c', 'd', undefined, undefined],
      ],
    ]);
  });

  test('Nonsense is not dropped: less than nothing, parts of rows, more than there are.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { id: IDMetrics() } });
    const amounts = [-1, Number.NaN, 0.9, 1.5, 99];
    log.setAggregator('drop', (rows) => rows.drop(amounts.shift() ?? 0));
    const left = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => {
      log.write(start('task', id));
      return log.length;
    });
    expect(left).toEqual([1, 2, 3, 3, 0, 1]);
    expect(log.fetch()).toEqual({ id: ['f'] });
  });

  test('One that is deleted is not called any more; one may read the log while it is called.', () => {
    const { start } = script();
    const batches: Columns[] = [];
    const log = new MultiEventLog({ consumers: { id: IDMetrics() } });
    log.setAggregator('batch', ({ length }) => {
      if (length === 2) batches.push(log.fetch());
    });
    let after = 0;
    log.setAggregator('after', ({ columns }) => {
      after += columns.id!.length;
    });
    for (const id of ['a', 'b', 'c']) log.write(start('task', id));
    expect(batches).toEqual([{ id: ['a', 'b'] }]);
    expect(after).toBe(1 + 0 + 1);
    expect(log.deleteAggregator('batch')).toBe(true);
    for (const id of ['d', 'e']) log.write(start('task', id));
    expect(log.fetch()).toEqual({ id: ['c', 'd', 'e'] });
  });

  test('A start that was deleted from the front does not come again.', () => {
    const { start, finish } = script();
    const log = new MultiEventLog({ consumers: { id: IDMetrics() } });
    log.setAggregator('short', (rows) => rows.drop(rows.length - 1));
    log.write(start('task', 'a'));
    log.write(start('task', 'b'));
    expect(log.fetch()).toEqual({ id: ['b'] });
    log.write(finish('task', 'a'));
    log.write(finish('task', 'b'));
    expect(log.fetch()).toEqual({ id: ['b', 'b'] });
    log.deleteAggregator('short');
    log.write(start('task', 'c'));
    log.setAggregator('none', (rows) => rows.drop(rows.length));
    log.write(start('task', 'd'));
    log.deleteAggregator('none');
    log.fetch();
    log.write(finish('task', 'c'));
    expect(log.fetch()).toEqual({ id: ['c'] });
  });

  test('A start does not come again for a finish that was deleted.', () => {
    const { start, finish } = script();
    const log = new MultiEventLog({ consumers: { id: IDMetrics() } });
    log.write(start('task', 'a'));
    log.fetch();
    log.setAggregator('short', (rows) => rows.drop(rows.length - 1));
    log.write(finish('task', 'a'));
    log.write(start('task', 'b'));
    expect(log.fetch()).toEqual({ id: ['b'] });
  });

  test('A consumer that is added after rows were deleted is filled up to those that are left.', () => {
    const { start } = script();
    const log = new MultiEventLog({ consumers: { id: IDMetrics() } });
    log.setAggregator('short', (rows) => rows.drop(rows.length - 2));
    for (const id of ['a', 'b', 'c']) log.write(start('task', id));
    log.deleteAggregator('short');
    log.set('n', counter());
    log.write(start('task', 'd'));
    expect(log.fetch()).toEqual({ id: ['b', 'c', 'd'], n: [null, null, 1] });
  });
});

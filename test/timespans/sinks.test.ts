import { describe, expect, test } from 'vitest';
import {
  FilterLog,
  LocalEventLog,
  logsAnnotations,
  logsEventPairs,
  NoOpLog,
  type SpanFact,
  TimespanContext,
} from '../../src/timespans/index.ts';
import { script } from './support.ts';

const shape = (spans: ReturnType<LocalEventLog['fetch']>) =>
  spans.map((span) => ('edge' in span ? span : [span.category, span.id, span.start, span.finish]));

describe('NoOpLog', () => {
  test('It drops everything, and a fetch gives nothing, not even something empty.', () => {
    const log = new NoOpLog();
    log.write(script().start('task', 'a'));
    expect(log.fetch()).toBeNull();
  });
});

describe('A sink that fails', () => {
  const broken = { write: () => Promise.reject(new Error('full')), fetch: () => null };

  test('stops nothing, at once or later, and is reported to who asked for it.', async () => {
    const problems: unknown[] = [];
    const context = new TimespanContext({ onError: (error) => problems.push(error) });
    context.sink = broken;
    context.write(script().start('task', 'a'));
    await Promise.resolve();
    expect(problems).toEqual([new Error('full')]);
    const silent = new TimespanContext();
    silent.sink = {
      write: () => {
        throw new Error('full');
      },
      fetch: () => null,
    };
    expect(() => silent.write(script().start('task', 'a'))).not.toThrow();
  });

  test('that is set again is not closed.', () => {
    let closed = 0;
    const sink = {
      write: () => {},
      fetch: () => null,
      close: () => {
        closed += 1;
      },
    };
    const context = new TimespanContext();
    context.sink = sink;
    context.sink = sink;
    expect(closed).toBe(0);
    context.sink = new NoOpLog();
    expect(closed).toBe(1);
  });
});

test('Pairs of columns that have neither instants nor ids are refused with what there is.', () => {
  expect(() => logsEventPairs({}, () => {})).toThrow('pairs need the columns "core" and "id", there are: none');
  expect(() => logsEventPairs({ a: [] }, () => {})).toThrow('there are: a');
});

test('Names are read from columns also where ids or rows are missing, and only names that are texts.', () => {
  const core = { timestamp: 0, category: 'data_annotation', kind: 'start' } as const;
  expect(logsAnnotations({ core: [core, null] })).toEqual(new Map());
  const ids = [
    { target: true, name: 'A' },
    { target: 'task/B', name: 5 },
    { target: { a: 1 }, name: 'C' },
  ];
  expect(logsAnnotations({ core: ids.map(() => core), id: ids })).toEqual(new Map([['{"a":1}', 'C']]));
});

describe('LocalEventLog', () => {
  test('A fetch gives the spans whose two edges have come, with what was told at each.', () => {
    const log = new LocalEventLog();
    const { start, finish } = script();
    const belongs = { item: 'task/Backup', run: 'run-1', cause: 'tick-1' };
    log.write(start('task', 'a', 5_000_000, { ...belongs, timeline: { task: 'Backup' } }));
    log.write(finish('task', 'a', 7_000_000, { ...belongs, timeline: { outcome: 'success' } }));
    expect(log.fetch()).toEqual([
      {
        ...{ category: 'task', id: 'a', ...belongs, start: 5_000_000, finish: 7_000_000, time: 1_000_005 },
        ...{ began: { task: 'Backup' }, timeline: { outcome: 'success' } },
      },
    ]);
  });

  test('A fetch takes everything away.', () => {
    const log = new LocalEventLog();
    const { start, finish } = script();
    log.write(start('task', 'a'));
    log.write(finish('task', 'a'));
    expect(log.fetch()).toHaveLength(1);
    expect(log.fetch()).toEqual([]);
    expect(log.fetch({ raw: true })).toEqual([]);
  });

  test('Asked for what is raw it gives the events themselves, instants too.', () => {
    const log = new LocalEventLog();
    const { start, finish, instant } = script();
    const events = [start('task', 'a'), instant('skipped', null), finish('task', 'a')];
    for (const event of events) log.write(event);
    expect(log.fetch({ raw: true })).toEqual(events);
  });

  test('What was handed out never changes afterwards.', () => {
    const log = new LocalEventLog();
    const { start } = script();
    log.write(start('task', 'a'));
    const raw = log.fetch({ raw: true });
    log.write(start('task', 'b'));
    expect(raw).toHaveLength(1);
  });

  test('A span that is open survives a fetch: its finish finds it, however often was read in between, and in which way.', () => {
    const log = new LocalEventLog();
    const { start, finish } = script();
    log.write(start('task', 'a', 1));
    log.write(start('task', 'b', 2));
    expect(log.fetch()).toEqual([]);
    expect(log.open.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(log.fetch({ raw: true })).toEqual([]);
    log.write(finish('task', 'b', 3));
    expect(log.fetch({ raw: true })).toHaveLength(1);
    log.write(finish('task', 'a', 4));
    expect(shape(log.fetch())).toEqual([['task', 'a', 1, 4]]);
    expect(log.open).toEqual([]);
  });
});

describe('the two edges of a span', () => {
  const paired = (...events: readonly SpanFact[]) => {
    const log = new LocalEventLog();
    for (const event of events) log.write(event);
    return shape(log.fetch());
  };
  const { start, finish, instant } = script();

  test('They have the same category and the same id.', () => {
    expect(
      paired(start('a', 'x', 1), start('b', 'x', 2), start('a', 'y', 3), finish('a', 'x', 4), finish('b', 'x', 5)),
    ).toEqual([
      ['a', 'x', 1, 4],
      ['b', 'x', 2, 5],
    ]);
  });

  test('A finish that is told before its start finds it.', () => {
    expect(paired(finish('a', 'x', 5), start('a', 'x', 1))).toEqual([['a', 'x', 1, 5]]);
    expect(paired(finish('a', 'x', 5), start('a', 'x', 5))).toEqual([['a', 'x', 5, 5]]);
  });

  test('A finish whose start nobody saw is not taken for that of a later span of the same id.', () => {
    expect(paired(finish('a', 'x', 1), start('a', 'x', 2), finish('a', 'x', 3), start('a', 'x', 4))).toEqual([
      ['a', 'x', 2, 3],
    ]);
  });

  test('A second start of the same span takes the place of the first.', () => {
    expect(paired(start('a', 'x', 1), start('a', 'x', 2), finish('a', 'x', 3), finish('a', 'x', 4))).toEqual([
      ['a', 'x', 2, 3],
    ]);
  });

  test('A missing finish makes no span, and harms no other.', () => {
    expect(paired(start('a', 'x', 1), start('a', 'y', 2), finish('a', 'y', 3))).toEqual([['a', 'y', 2, 3]]);
  });

  test('A span may be of length zero.', () => {
    expect(paired(start('a', 'x', 7), finish('a', 'x', 7))).toEqual([['a', 'x', 7, 7]]);
  });

  test('An id can be used again when its span is over.', () => {
    expect(
      paired(start('a', 'x', 1), finish('a', 'x', 2), start('a', 'x', 3), finish('a', 'x', 4)).map((one) => one),
    ).toEqual([
      ['a', 'x', 1, 2],
      ['a', 'x', 3, 4],
    ]);
  });

  test('Events with a null id, and instants, are never paired.', () => {
    expect(paired(start('a', null, 1), finish('a', null, 2), instant('a', 'x', 3), finish('a', 'x', 4))).toEqual([]);
  });

  test('Ids that are records are the same when their values are, in any order; a text and a number are not the same.', () => {
    expect(
      paired(
        ...[start('a', { run: 1, at: [1, { x: null }] }, 1), start('a', 7, 2), start('a', '7', 3)],
        ...[finish('a', { at: [1, { x: null }], run: 1 }, 4), finish('a', '7', 5), finish('a', { run: 1, at: [] }, 6)],
        finish('a', 7, 7),
      ),
    ).toEqual([
      ['a', { run: 1, at: [1, { x: null }] }, 1, 4],
      ['a', '7', 3, 5],
      ['a', 7, 2, 7],
    ]);
  });

  test('Ids may be words that objects have by themselves.', () => {
    expect(paired(start('constructor', '__proto__', 1), finish('constructor', '__proto__', 2))).toEqual([
      ['constructor', '__proto__', 1, 2],
    ]);
  });
});

describe('FilterLog', () => {
  test('It hands on only the events that the predicate wants; reading it is reading what is behind it.', () => {
    const { start, finish } = script();
    const log = new FilterLog(({ category }) => category === 'task', new LocalEventLog());
    log.write(start('task', 'a'));
    log.write(start('tick', 'b'));
    log.write(finish('tick', 'b'));
    log.write(finish('task', 'a'));
    expect(log.fetch().map(({ category }) => category)).toEqual(['task']);
    log.write(start('task', 'b'));
    expect(log.fetch({ raw: true })).toHaveLength(1);
    expect(log.inner.fetch({ raw: true })).toEqual([]);
  });
});

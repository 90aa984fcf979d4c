import { afterEach, describe, expect, test } from 'vitest';
import {
  annotationOf,
  type Columns,
  disableLogging,
  enableLogging,
  FilterLog,
  fetchLogs,
  LocalEventLog,
  logsAnnotate,
  logsAnnotations,
  logsEventPairs,
  MultiEventLog,
  NoOpLog,
  type SystemFigures,
  TimespanContext,
  timespanFinish,
  timespanInstant,
  timespanStart,
  timespans,
} from '../../src/timespans/index.ts';
import { complaints } from './support.ts';

const clocked = (more: ConstructorParameters<typeof TimespanContext>[0] = {}) => {
  const now = { wall: 1_000_000, mono: 500 };
  const context = new TimespanContext({ clock: { wall: () => now.wall, mono: () => now.mono }, ...more });
  const pass = (ms: number) => {
    now.wall += ms;
    now.mono += ms;
  };
  return { context, pass };
};
const vitals: SystemFigures = {
  loadAverage: () => 0.5,
  freeMemory: () => 0.25,
  heapBytes: () => 1000,
  collections: () => ({ count: 0, ms: 0 }),
  eventLoopDelayMs: () => 3,
  watchEventLoop: () => () => {},
  watchCollections: () => () => {},
};
const pairs = (logs: Columns) => {
  const found: [number, number][] = [];
  logsEventPairs(logs, (start, finish) => found.push([start, finish]));
  return found;
};
const never = () => {
  throw new Error('nobody listens');
};

describe('telling', () => {
  test('With nobody listening nothing is made: no arguments, no numbers, no instants.', () => {
    const { context } = clocked({ clock: { wall: never, mono: never }, seq: never });
    expect(context.on).toBe(false);
    expect(() => {
      timespanStart('task', never, never, {}, context);
      timespanFinish('task', never, never, {}, context);
      timespanInstant('skipped', never, {}, context);
      logsAnnotate('task/Backup', 'the backup', context);
    }).not.toThrow();
    expect(fetchLogs(context)).toEqual({ core: [], id: [] });
  });

  test('A span is told with its instants, monotonic in ns and on the wall clock, and with what it belongs to.', () => {
    const { context, pass } = clocked();
    const log = new LocalEventLog();
    context.sink = log;
    const belongs = { item: 'task/Own', run: 'run-1', cause: 'tick-1' };
    timespanStart('copy', 'copy-1', { files: 3 }, belongs, context);
    pass(1.5);
    timespanFinish(
      'copy',
      () => 'copy-1',
      () => ({ outcome: 'success' }),
      belongs,
      context,
    );
    timespanInstant('note', 'half way', undefined, context);
    expect(log.fetch({ raw: true })).toEqual([
      {
        ...{ kind: 'span', seq: 1, time: 1_000_000, mono: 500, ...belongs, edge: 'start', category: 'copy' },
        ...{ id: 'copy-1', timeline: { files: 3 }, timestamp: 500e6 },
      },
      {
        ...{ kind: 'span', seq: 2, time: 1_000_001.5, mono: 501.5, ...belongs, edge: 'finish', category: 'copy' },
        ...{ id: 'copy-1', timeline: { outcome: 'success' }, timestamp: 501.5e6 },
      },
      {
        ...{ kind: 'span', seq: 3, time: 1_000_001.5, mono: 501.5, item: null, run: null, cause: null },
        ...{ edge: 'instant', category: 'note', id: null, timeline: 'half way', timestamp: 501.5e6 },
      },
    ]);
  });

  test('What makes an argument and throws is reported; the event is told without it.', () => {
    const { told, onError } = complaints();
    const { context } = clocked({ onError });
    const log = new LocalEventLog();
    context.sink = log;
    timespanStart('copy', 'copy-1', never, undefined, context);
    expect(log.fetch({ raw: true })).toMatchObject([{ id: 'copy-1', timeline: null }]);
    expect(told).toEqual([['nobody listens', 'timeline of copy']]);
  });

  test('A sink that throws is reported and harms nobody.', () => {
    const { told, onError } = complaints();
    const { context } = clocked({ onError });
    context.sink = { write: never, fetch: () => null, close: never };
    expect(() => timespanStart('copy', 'copy-1', undefined, undefined, context)).not.toThrow();
    disableLogging(context);
    expect(told).toEqual([
      ['nobody listens', 'sink'],
      ['nobody listens', 'sink'],
    ]);
  });

  test('Whoever builds expensive things can ask whether anybody listens, and is told when that changes.', () => {
    const { context } = clocked();
    const changes: boolean[] = [];
    const end = context.onChange((on) => changes.push(on));
    enableLogging({}, context);
    expect(context.on).toBe(true);
    enableLogging({}, context);
    disableLogging(context);
    expect(context.on).toBe(false);
    end();
    enableLogging({}, context);
    expect(changes).toEqual([true, false]);
  });
});

describe('enableLogging', () => {
  const names = (...args: Parameters<typeof enableLogging>) => enableLogging(...args).names;
  const always = ['core', 'id', 'envelope'];
  const ofTasks = ['tasknames', 'taskfuncnames', 'taskdeps', 'taskargs', 'taskresult'];

  test('By itself it keeps what belongs to tasks, and asks the system nothing.', () => {
    const { context } = clocked();
    expect(names({}, context)).toEqual([...always, ...ofTasks]);
  });

  test('allTaskDeps brings all columns of tasks, whatever else is said; without it each can be chosen.', () => {
    const { context } = clocked();
    expect(names({ taskNames: false, taskArgs: false }, context)).toEqual([...always, ...ofTasks]);
    expect(names({ allTaskDeps: false }, context)).toEqual([...always, 'tasknames']);
    expect(names({ allTaskDeps: false, taskNames: false, taskResult: true }, context)).toEqual([
      ...always,
      'taskresult',
    ]);
  });

  test('The other options bring their columns.', () => {
    const { context } = clocked({ system: vitals });
    const some = { allTaskDeps: false, taskNames: false };
    expect(names({ ...some, timeline: true }, context)).toEqual([...always, 'timeline']);
    expect(names({ ...some, metrics: true }, context)).toEqual([
      ...[...always, 'wsat', 'loadavg', 'bytes', 'mem', 'esat', 'psat'],
    ]);
    expect(names({ ...some, gcStats: true, eventLoopDelay: true }, context)).toEqual([
      ...[...always, 'gc_stats', 'event_loop_delay'],
    ]);
    timespanStart('task', 'a', undefined, undefined, context);
    expect(fetchLogs(context)).toMatchObject({ id: ['a'], gc_stats: [null], event_loop_delay: [3] });
  });

  test('An option that is not known is an error that names the nearest one and lists all; the log goes on as it was.', () => {
    const { context } = clocked();
    const options = { metric: true } as object;
    expect(() => enableLogging(options, context)).toThrow(
      'there is no option "metric", did you mean "metrics"? (there are: metrics, timeline, allTaskDeps, taskNames, taskFuncNames, taskDeps, taskArgs, taskResult, gcStats, eventLoopDelay)',
    );
    expect(context.sink).toBeInstanceOf(NoOpLog);
  });

  test('Figures of the machine cannot be had where nobody gives them, and that is said at once.', () => {
    const { context } = clocked();
    expect(() => enableLogging({ metrics: true }, context)).toThrow(
      'the option "metrics" needs figures of the machine: set "system" of the context first',
    );
    context.system = vitals;
    expect(() => enableLogging({ metrics: true }, context)).not.toThrow();
  });

  test('The log it answers takes consumers of one’s own; what they throw is told to the context.', () => {
    const { told, onError } = complaints();
    const { context } = clocked({ onError });
    enableLogging({ allTaskDeps: false, taskNames: false }, context)
      .set('mine', ({ category }) => category.length)
      .set('bad', never);
    timespanStart('task', 'a', undefined, undefined, context);
    expect(fetchLogs(context)).toMatchObject({ id: ['a'], mine: [4], bad: [null] });
    expect(told).toEqual([['nobody listens', 'consumer "bad"']]);
  });
});

describe('fetchLogs', () => {
  const tell = (context: TimespanContext, id: string) => timespanStart('task', id, undefined, undefined, context);

  test('It takes everything away, and has all names at once afterwards.', () => {
    const { context } = clocked();
    enableLogging({ timeline: true, allTaskDeps: false, taskNames: false }, context);
    tell(context, 'a');
    expect(fetchLogs(context).id).toEqual(['a']);
    expect(fetchLogs(context)).toEqual({ core: [], id: [], envelope: [], timeline: [] });
  });

  test('What nobody has read stays readable when logging ends, until it is read.', () => {
    const { context } = clocked();
    enableLogging({}, context);
    tell(context, 'a');
    disableLogging(context);
    tell(context, 'lost');
    disableLogging(context);
    expect(fetchLogs(context).id).toEqual(['a']);
    expect(fetchLogs(context)).toEqual({ core: [], id: [] });
  });

  test('What nobody has read stays readable when logging begins anew, aligned whatever columns there were.', () => {
    const { context } = clocked();
    enableLogging({ timeline: true }, context);
    tell(context, 'a');
    enableLogging({ allTaskDeps: false, taskNames: false }, context);
    enableLogging({ allTaskDeps: false }, context);
    tell(context, 'b');
    disableLogging(context);
    enableLogging({}, context).set('mine', () => 'm');
    const logs = fetchLogs(context);
    expect(logs.id).toEqual(['a', 'b']);
    expect(logs.timeline).toEqual([null, null]);
    expect(logs.mine).toEqual([null, null]);
    expect(new Set(Object.values(logs).map((column) => column.length))).toEqual(new Set([2]));
    tell(context, 'c');
    expect(fetchLogs(context).mine).toEqual(['m']);
  });

  test('A sink with columns of one’s own is read too, also behind a filter; other sinks are read by themselves.', () => {
    const { context } = clocked();
    const own = new MultiEventLog({ consumers: { id: ({ id }) => id } });
    context.sink = new FilterLog(({ id }) => id !== 'b', own);
    for (const id of ['a', 'b', 'c']) tell(context, id);
    expect(fetchLogs(context)).toEqual({ core: [], id: ['a', 'c'] });
    tell(context, 'd');
    const local = new LocalEventLog();
    context.sink = local;
    tell(context, 'e');
    expect(fetchLogs(context).id).toEqual(['d']);
    expect(local.fetch({ raw: true })).toHaveLength(1);
  });

  test('A log that is put away and comes back is read once.', () => {
    const { context } = clocked();
    const log = enableLogging({}, context);
    tell(context, 'a');
    disableLogging(context);
    context.sink = log;
    tell(context, 'b');
    context.sink = new FilterLog(() => true, log);
    tell(context, 'c');
    expect(fetchLogs(context).id).toEqual(['a', 'b', 'c']);
    expect(fetchLogs(context).id).toEqual([]);
  });

  test('A log that is put away ends what it runs.', () => {
    let watched = 0;
    const watch = () => {
      watched += 1;
      return () => {
        watched -= 1;
      };
    };
    const { context } = clocked({ system: { ...vitals, watchEventLoop: watch, watchCollections: watch } });
    enableLogging({ eventLoopDelay: true, gcStats: true }, context);
    expect(watched).toBe(0);
    tell(context, 'a');
    expect(watched).toBe(2);
    enableLogging({ eventLoopDelay: true }, context);
    expect(watched).toBe(0);
    tell(context, 'b');
    expect(watched).toBe(1);
    disableLogging(context);
    expect(watched).toBe(0);
  });
});

describe('logsEventPairs', () => {
  const { context } = clocked();
  const tell = (line: string) => {
    const [edge, category, id] = line.split(' ');
    const known = id === 'null' ? null : id!;
    if (edge === 'start') timespanStart(category!, known, undefined, undefined, context);
    else timespanFinish(category!, known, undefined, undefined, context);
  };
  const fetched = (...lines: readonly string[]) => {
    for (const line of lines) tell(line);
    return pairs(fetchLogs(context));
  };
  afterEach(() => void fetchLogs(context));
  enableLogging({ allTaskDeps: false }, context);

  test('It tells the rows of the start and the finish of each span, once.', () => {
    expect(fetched('start task a', 'start task b', 'finish task b', 'finish task a', 'finish task a')).toEqual([
      [1, 2],
      [0, 3],
    ]);
    expect(fetched('start task a', 'finish task a', 'start task a', 'finish task a')).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('It finds a finish that came before its start, takes the last of several starts, and passes over null ids.', () => {
    expect(
      fetched('finish x 1', 'start x 1', 'start y 1', 'start y 1', 'finish y 1', 'start z null', 'finish z null'),
    ).toEqual([
      [1, 0],
      [3, 4],
    ]);
  });

  test('A span that was open in one fetch is a pair in the one that has its finish.', () => {
    expect(fetched('start task long', 'start task short', 'finish task short')).toEqual([[1, 2]]);
    expect(fetched('start task other')).toEqual([]);
    expect(fetched('finish task long')).toEqual([[0, 1]]);
    expect(fetched('finish task other')).toEqual([[0, 1]]);
  });

  test('Rows in which the consumer had failed are passed over; without the columns it says what it needs.', () => {
    const core = (kind: string) => ({ timestamp: 1, category: 'task', kind });
    expect(pairs({ core: [core('start'), null, core('finish')], id: ['a', 'a', 'a'] })).toEqual([[0, 2]]);
    expect(() => pairs({ id: [], mem: [] })).toThrow('pairs need the columns "core" and "id", there are: id, mem');
  });
});

describe('logsAnnotate', () => {
  test('A name given to an item or to a span is found in the logs, the last one counts.', () => {
    const { context } = clocked();
    const log = enableLogging({}, context);
    logsAnnotate('task/Backup', 'Backup of the photographs', context);
    logsAnnotate('task-9', 'first', context);
    logsAnnotate('task-9', 'second', context);
    logsAnnotate({ n: 1 }, 'a record', context);
    timespanStart('task', 'task-9', undefined, undefined, context);
    expect(log.length).toBe(9);
    const logs = fetchLogs(context);
    expect(Object.fromEntries(logsAnnotations(logs))).toEqual({
      ...{ 'task/Backup': 'Backup of the photographs', 'task-9': 'second', '{"n":1}': 'a record' },
    });
    expect(pairs(logs)).toHaveLength(4);
  });

  test('A fact tells the name it gives, once for its two edges.', () => {
    const { context } = clocked();
    const log = new LocalEventLog();
    context.sink = log;
    logsAnnotate('task-9', 'nine', context);
    timespanStart('task', 'task-9', undefined, undefined, context);
    expect(log.fetch({ raw: true }).map((event) => annotationOf(event))).toEqual([
      ...[{ target: 'task-9', name: 'nine' }, undefined, undefined],
    ]);
  });

  test('What cannot be named, and a name without letters, is refused.', () => {
    const { context } = clocked();
    for (const target of [null, '', undefined, true, never] as never[])
      expect(() => logsAnnotate(target, 'x', context)).toThrow(TypeError);
    expect(() => logsAnnotate('', 'x', context)).toThrow(
      'a name can be given to an item such as "task/Backup" or to the id of a span, not to ""',
    );
    expect(() => logsAnnotate('task-9', ' ', context)).toThrow('a name is a text that is not empty');
  });
});

describe('the functions without a context', () => {
  afterEach(() => {
    disableLogging();
    fetchLogs();
  });

  test('They share the one of the process, which is off at first and uses the clocks of the machine.', async () => {
    expect(timespans.on).toBe(false);
    timespanStart('work', 'lost', never);
    const before = performance.now() * 1e6;
    enableLogging({ timeline: true });
    timespanStart('work', 'w', { n: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    timespanFinish('work', 'w');
    timespanInstant('done');
    logsAnnotate('w', 'the work');
    const logs = fetchLogs();
    expect(logs.id.slice(0, 3)).toEqual(['w', 'w', null]);
    expect(logs.timeline?.slice(0, 3)).toEqual([{ n: 1 }, null, null]);
    const [start, finish] = logs.core.map((row) => row!.timestamp);
    expect(start).toBeGreaterThanOrEqual(before);
    expect(finish! - start!).toBeGreaterThanOrEqual(4e6);
    expect(pairs(logs)).toEqual([
      [0, 1],
      [3, 4],
    ]);
  });
});

describe('what cannot be used is refused at the call', () => {
  test.each<[string, () => unknown, string]>([
    [
      'a consumer',
      () => new MultiEventLog().set('x', 5 as never),
      'MultiEventLog.set: consumer: expected a function, found 5',
    ],
    ['the name of a consumer', () => new MultiEventLog().set(5 as never, () => 1), 'name: expected a text, found 5'],
    [
      'an aggregator',
      () => new MultiEventLog().setAggregator('x', {} as never),
      'aggregator: expected a function, found {}',
    ],
    [
      'a predicate',
      () => new FilterLog('x' as never, new NoOpLog()),
      'FilterLog: predicate: expected a function, found "x"',
    ],
    [
      'an inner log',
      () => new FilterLog(() => true, {} as never),
      'FilterLog: inner: expected an object with the method write',
    ],
    [
      'a sink',
      () => {
        new TimespanContext().sink = null as never;
      },
      'sink: expected an object with the method write, found null',
    ],
    [
      'a listener',
      () => new TimespanContext().onChange(1 as never),
      'onChange: listener: expected a function, found 1',
    ],
    [
      'columns',
      () => logsEventPairs(undefined as never, () => {}),
      'logs: expected columns as fetchLogs() hands them out',
    ],
    [
      'options',
      () => enableLogging(5 as never, new TimespanContext()),
      'enableLogging: options: expected an object of options, found 5',
    ],
    [
      'an option',
      () => enableLogging({ metrics: 'yes' as never }, new TimespanContext()),
      'enableLogging: metrics: expected true or false, found "yes"',
    ],
  ])('%s', (_, act, words) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(words);
  });

  test('a category is a text, where something listens', () => {
    const context = new TimespanContext();
    enableLogging({}, context);
    expect(() => timespanStart(5 as never, 'x', {}, {}, context)).toThrow('timespan: category: expected a text');
  });
});

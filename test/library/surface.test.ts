import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  ConfigError,
  createDaemon,
  DaemonStateError,
  type Dropped,
  EventError,
  EventLoopDelay,
  enableLogging,
  FilterLog,
  fetchLogs,
  getLogger,
  Handler,
  type MetricLogger,
  type MetricRecord,
  MultiEventLog,
  metricLogger,
  NoOpLog,
  setupMetricLogger,
  setupRootLogger,
  showLogs,
  TimespanContext,
  type TopicEvent,
} from '../../src/library.ts';
import { metricJsonLine, snapshotRecord } from '../../src/metrics/record-snapshot.ts';
import { always, shellTask } from '../support/program.ts';
import { clear, quick } from './support.ts';

const CONFIG = shellTask('Hello', 'echo hello') + always('Once', ['Hello'], '');
const messages = (events: readonly (TopicEvent | Dropped)[]): unknown[] =>
  events.map((event) => ('dropped' in event ? event : 'message' in event ? event.message : undefined));

afterEach(clear);

describe('events of a topic, for await', () => {
  test('They come in order from the call on, and the loop ends when the daemon has ended.', async () => {
    const daemon = await quick(CONFIG);
    const stream = daemon.events('mine');
    for (const n of [1, 2]) daemon.logEvent('mine', n);
    const seen: (TopicEvent | Dropped)[] = [];
    const reading = (async () => {
      for await (const event of stream) seen.push(event);
    })();
    await turn();
    daemon.logEvent('mine', 3);
    await daemon.stop();
    await reading;
    expect(messages(seen)).toEqual([1, 2, 3]);
    expect(await daemon.events('mine').next()).toEqual({ done: true, value: undefined });
  });

  test('While more wait than the limit, the oldest are dropped, and their number comes in their place.', async () => {
    const daemon = await quick(CONFIG);
    const stream = daemon.events('mine', { limit: 2 });
    for (let n = 1; n <= 5; n++) daemon.logEvent('mine', n);
    const seen = [await stream.next(), await stream.next(), await stream.next()];
    expect(messages(seen.map(({ value }) => value!))).toEqual([{ dropped: 3 }, 4, 5]);
  });

  test('A signal ends the loop at once, also one that was aborted before.', async () => {
    const daemon = await quick(CONFIG);
    const controller = new AbortController();
    const stream = daemon.events('mine', { signal: controller.signal });
    const next = stream.next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    daemon.logEvent('mine', 1);
    expect((await stream.next()).done).toBe(true);
    expect((await daemon.events('mine', { signal: controller.signal }).next()).done).toBe(true);
  });

  test('Leaving the loop ends the subscription, and so does the end of a block.', async () => {
    const daemon = await quick(CONFIG);
    const stream = daemon.events('mine');
    for (const n of [1, 2]) daemon.logEvent('mine', n);
    for await (const event of stream) {
      expect(messages([event])).toEqual([1]);
      break;
    }
    expect((await stream.next()).done).toBe(true);
    const other = daemon.events('mine');
    await other[Symbol.asyncDispose]();
    expect((await other.next()).done).toBe(true);
  });

  test('A topic that is not a name, and options that do not fit, are errors at the call.', async () => {
    const daemon = await quick(CONFIG);
    expect(() => daemon.events('')).toThrow(EventError);
    expect(() => daemon.events('mine', { limit: 0 })).toThrow('events: limit: expected a number above 0, found 0');
    const signal = 5 as unknown as AbortSignal;
    expect(() => daemon.events('mine', { signal })).toThrow('events: signal: expected an AbortSignal, found 5');
  });
});

describe('what goes on until it is ended', () => {
  test('A subscription ends when it is called, disposed of, or its signal is aborted.', async () => {
    const daemon = await quick(CONFIG);
    const controller = new AbortController();
    const seen: string[] = [];
    const ends = [
      daemon.subscribeTopic('mine', () => void seen.push('called')),
      daemon.subscribeTopic('mine', () => void seen.push('disposed')),
      daemon.subscribeTopic('mine', () => void seen.push('aborted'), {}, { signal: controller.signal }),
      daemon.subscribe((fact) => void (fact.kind === 'event' && seen.push('fact')), { signal: controller.signal }),
    ] as const;
    daemon.logEvent('mine', 1);
    await turn();
    expect(seen.sort()).toEqual(['aborted', 'called', 'disposed', 'fact']);
    ends[0]();
    ends[1][Symbol.dispose]();
    controller.abort();
    daemon.logEvent('mine', 2);
    await turn();
    expect(seen).toHaveLength(4);
    ends[2]();
    ends[3]();
  });

  test('A signal, or the end of a block, stops a daemon.', async () => {
    const controller = new AbortController();
    const daemon = await quick(CONFIG, { signal: controller.signal });
    const ending = daemon.run();
    controller.abort();
    expect(await ending).toBe('exit');
    const other = await quick(CONFIG);
    const running = other.run();
    await other[Symbol.asyncDispose]();
    expect(await running).toBe('exit');
    const never = await quick(CONFIG, { signal: controller.signal });
    await expect(never.run()).rejects.toThrow(DaemonStateError);
  });

  test('Consumers, logs and handlers are closed at the end of a block; contexts end their listeners.', async () => {
    let watching = 0;
    const watchEventLoop = () => {
      watching += 1;
      return () => {
        watching -= 1;
      };
    };
    const delay = EventLoopDelay({ eventLoopDelayMs: () => 0, watchEventLoop });
    const log = new FilterLog(() => true, new MultiEventLog({ consumers: { delay } }));
    const context = new TimespanContext();
    context.sink = log;
    context.instant('mine');
    expect(watching).toBe(1);
    log[Symbol.dispose]();
    expect(watching).toBe(0);
    context.instant('mine');
    delay[Symbol.dispose]();
    expect(watching).toBe(0);

    const changes: boolean[] = [];
    const subscription = context.onChange((on) => void changes.push(on));
    context.sink = new NoOpLog();
    subscription[Symbol.dispose]();
    context.sink = log;
    expect(changes).toEqual([false]);

    let closed = 0;
    class Mine extends Handler {
      emit(): void {}
      override async close(): Promise<void> {
        closed += 1;
      }
    }
    await new Mine()[Symbol.asyncDispose]();
    await (await setupMetricLogger({ loggers: [] }))[Symbol.asyncDispose]();
    expect(closed).toBe(1);
  });
});

describe('loggers', () => {
  /** The records that come to a logger while `act` runs. */
  const records = (logger: MetricLogger, act: () => void): MetricRecord[] => {
    const seen: MetricRecord[] = [];
    class Keeper extends Handler {
      emit(record: MetricRecord): void {
        seen.push(record);
      }
    }
    const keeper = new Keeper({ level: 'trace' });
    logger.addHandler(keeper);
    act();
    logger.removeHandler(keeper);
    return seen;
  };

  test('A child adds its fields to each record, those of its parents included; the logger stays as it is.', () => {
    const logger = getLogger('surface');
    logger.setLevel('trace');
    const child = logger.child({ host: 'db1', zone: 'a' });
    const grandchild = child.child({ zone: 'b' });
    const seen = records(logger, () => {
      child.info('one');
      grandchild.warn('two', { item: 'task/Backup', fields: { ms: 5 } });
      logger.trace('three');
    });
    expect(seen.map(({ fields, level, name, item }) => ({ fields, level, name, item }))).toEqual([
      { fields: { host: 'db1', zone: 'a' }, level: 20, name: 'surface', item: undefined },
      { fields: { host: 'db1', zone: 'b', ms: 5 }, level: 30, name: 'surface', item: 'task/Backup' },
      { fields: undefined, level: 5, name: 'surface', item: undefined },
    ]);
    expect(child.isEnabledFor('trace')).toBe(true);
    expect(() => child.child(5 as never)).toThrow('child: fields: expected an object, found 5');
  });

  test('Fields of metric records stand in the lines of JSON, and never replace what was measured.', () => {
    metricLogger.setLevel('info');
    const [record] = records(metricLogger, () =>
      metricLogger.child({ host: 'db1', a: 'no', item: 'no' }).info({ a: 1 }),
    );
    metricLogger.setLevel('notset');
    expect(metricJsonLine(snapshotRecord(record!), () => {})).toMatch(/^\{"a":1,"host":"db1","timestamp":"[^"]+"\}\n$/);
  });

  test('Fields of log records stand in the lines for a terminal.', () => {
    const lines: string[] = [];
    setupRootLogger({ write: (text) => void lines.push(text) });
    getLogger('whenever.app').child({ host: 'db1' }).warn('slow');
    getLogger().handlers.splice(0);
    expect(lines).toEqual([expect.stringMatching(/WARNING +whenever\.app: slow \(host="db1"\)\n$/)]);
  });

  test('Levels are named in both vocabularies everywhere: warn and warning, trace, in small or capital letters.', async () => {
    const daemon = await quick(CONFIG, { level: 'WARNING' });
    void daemon.run();
    await daemon.submit('trigger Nothing');
    await daemon.stop();
    const numbers = (level: 'warn' | 'warning') => daemon.records({ level }).map(({ seq }) => seq);
    expect(numbers('warn')).toEqual(numbers('warning'));
    expect(daemon.records().every(({ level }) => ['warn', 'error'].includes(level))).toBe(true);
    expect(() => daemon.records({ level: 'loud' as never })).toThrow(
      'records: level: expected one of trace, debug, info, warn, error, warning, critical, found "loud"',
    );
    const logger = getLogger('surface.levels');
    for (const [name, number] of [
      ['warn', 30],
      ['WARNING', 30],
      ['trace', 5],
    ] as const) {
      logger.setLevel(name);
      expect(logger.level).toBe(number);
    }
  });
});

describe('errors', () => {
  test('Each has its own name.', async () => {
    const daemon = await quick(CONFIG);
    await daemon.stop();
    const thrown = async (act: () => unknown): Promise<string> => {
      try {
        await act();
      } catch (error) {
        return (error as Error).name;
      }
      return 'none';
    };
    expect(await thrown(() => createDaemon('a = '))).toBe(ConfigError.name);
    expect(await thrown(() => daemon.run())).toBe('DaemonStateError');
    expect(await thrown(() => daemon.reload(CONFIG))).toBe('DaemonStateError');
    expect(await thrown(() => daemon.logEvent('', 1))).toBe('EventError');
    expect(await thrown(() => showLogs([], 'nothing'))).toBe('RenderingError');
    expect(await thrown(() => setupMetricLogger({ loggers: 'nothing' }))).toBe('UnknownBackend');
  });
});

test('A column has the type of its consumer, and the values that it says.', () => {
  const context = new TimespanContext();
  const log = enableLogging({}, context).set('bytes', ({ category }) => category.length);
  context.instant('mine');
  const bytes: readonly number[] = log.fetch().bytes;
  expect(bytes).toEqual([4]);
  expect(fetchLogs(context).core).toEqual([]);
});

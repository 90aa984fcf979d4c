import { afterEach, describe, expect, test } from 'vitest';
import {
  disableLogging,
  enableLogging,
  type Fact,
  fetchLogs,
  getLogger,
  Handler,
  type LogFact,
  logsEventPairs,
  METRIC_LOGGER,
  type MetricRecord,
  metricLogger,
  PACKAGE_LOGGER,
  showLogs,
  timespans,
} from '../../src/library.ts';
import { always, onDemand, shellTask } from '../support/program.ts';
import { awaited, clear, quick, reached } from './support.ts';

const ONCE = shellTask('Hello', 'echo hello') + always('Once', ['Hello'], '');

/** Keeps what it gets. */
class Keeper extends Handler {
  readonly got: MetricRecord[] = [];
  emit(record: MetricRecord): void {
    this.got.push(record);
  }
}

const attached: (() => void)[] = [];
const keep = (name: string, handler = new Keeper({ level: 'notset' })): Keeper => {
  const logger = getLogger(name);
  const { level } = logger;
  logger.addHandler(handler);
  logger.setLevel('debug');
  attached.push(() => {
    logger.removeHandler(handler);
    logger.setLevel(level);
  });
  return handler;
};

/** Runs a configuration until its condition Once is finished. */
const once = async (...[toml, options]: Parameters<typeof quick>) => {
  const daemon = await quick(toml, options);
  const finished = awaited(daemon, reached('condition/Once', 'finished'));
  void daemon.run();
  await finished;
  await daemon.stop();
  return daemon;
};

afterEach(async () => {
  await clear();
  disableLogging();
  fetchLogs();
  for (const leave of attached.splice(0)) leave();
});

describe('timespans', () => {
  test('What a daemon does is in the logs of the process when they are enabled, and showLogs shows it.', async () => {
    enableLogging({ timeline: true, metrics: true });
    await once(ONCE);
    const logs = fetchLogs();
    const finishes = logs.core.filter((row) => row?.kind === 'finish').map((row) => row?.category);
    expect(finishes).toEqual(expect.arrayContaining(['startup', 'tick', 'check', 'run', 'task', 'command']));
    expect(showLogs(logs)).toMatch(/^ {2}Hello +1 .* 1 success$/m);
    expect(new Set(Object.values(logs).map(({ length }) => length))).toEqual(new Set([logs.core.length]));
  });

  test('When they are not, nothing is made for them.', async () => {
    const daemon = await quick(onDemand('Wait', []));
    void daemon.run();
    await daemon.submit('trigger Go_Wait');
    await daemon.stop();
    expect(fetchLogs().core).toEqual([]);
    expect(timespans.on).toBe(false);
  });

  test('Those of several daemons at once are not mixed up.', async () => {
    enableLogging();
    await Promise.all([once(ONCE), once(ONCE, { name: 'other' }), once(ONCE)]);
    const logs = fetchLogs();
    const runs: string[] = [];
    logsEventPairs(logs, (start, finish) => {
      expect(logs.id[finish]).toBe(logs.id[start]);
      if (logs.core[start]?.category === 'run') runs.push(String(logs.id[start]));
    });
    expect(runs).toHaveLength(3);
    expect(runs).toEqual(expect.arrayContaining(['other:run-1', expect.stringMatching(/^daemon[23]:run-1$/)]));
    expect(new Set(runs).size).toBe(3);
  });

  test('A consumer that throws is told to the logger of the package, and holds nothing up.', async () => {
    const heard = keep(PACKAGE_LOGGER);
    enableLogging().set('bad', () => {
      throw new Error('no such thing');
    });
    await once(ONCE);
    expect(heard.got.map(({ message }) => message)).toContain('consumer "bad" failed: no such thing');
  });
});

describe('records', () => {
  test('onRecord gets each record of the level and above, onFact each fact, in order.', async () => {
    const records: LogFact[] = [];
    const facts: Fact[] = [];
    await once(ONCE, {
      level: 'debug',
      onRecord: (record) => records.push(record),
      onFact: (fact) => facts.push(fact),
    });
    expect(new Set(records.map(({ level }) => level))).toEqual(new Set(['debug', 'info', 'warn']));
    expect(records.at(-1)).toMatchObject({ message: 'scheduler ended', kind: 'log' });
    expect(new Set(facts.map(({ kind }) => kind))).toEqual(new Set(['log', 'transition', 'event', 'span', 'metric']));
    expect(facts.map(({ seq }) => seq)).toEqual([...facts.keys()].map((i) => i + 1));
  });

  test('They go to the loggers of the package, by subtree, for whoever handles them.', async () => {
    const heard = keep(PACKAGE_LOGGER);
    await once(ONCE);
    expect(heard.got).toContainEqual(
      expect.objectContaining({
        ...{ name: 'whenever.condition.Once', level: 20, message: 'task Hello ended: success' },
        ...{ item: 'condition/Once', run: 'run-1', cause: 'tick-1' },
      }),
    );
  });

  test('What a listener throws holds nothing up, and is told to the logger of the package.', async () => {
    const heard = keep(PACKAGE_LOGGER);
    const boom = (): never => {
      throw new Error('boom');
    };
    const daemon = await once(ONCE, { onRecord: boom, onFact: boom });
    expect(daemon.status()).toMatchObject({ state: 'ended', counts: { finished: 1 } });
    const told = new Set(heard.got.map(({ message }) => message));
    expect([...told]).toEqual(expect.arrayContaining(['onRecord failed: boom', 'a listener to facts failed: boom']));
  });

  test('A handler that throws holds nothing up.', async () => {
    class Broken extends Keeper {
      override emit(): void {
        throw new Error('full');
      }
    }
    keep(PACKAGE_LOGGER, new Broken({ level: 'notset' }));
    const daemon = await once(ONCE);
    expect(daemon.status().counts.finished).toBe(1);
  });
});

describe('topics', () => {
  test('What is told under a topic is kept, and handed to those who listen until they leave.', async () => {
    const daemon = await quick(ONCE);
    const got: unknown[] = [];
    const leave = daemon.subscribeTopic('mine', (event) => void got.push('message' in event && event.message));
    daemon.logEvent('mine', { n: 1 });
    leave();
    leave();
    daemon.logEvent('mine', { n: 2 });
    expect(got).toEqual([{ n: 1 }]);
    expect(daemon.getEvents('mine').map(({ message }) => message)).toEqual([{ n: 1 }, { n: 2 }]);
    expect([...daemon.getEvents().keys()]).toContain('mine');
    expect(() => daemon.logEvent('mine', () => {})).toThrow(/function/);
  });
});

describe('what fails', () => {
  test('A handler of errors that rejects is called once for an error, and not at all after the end.', async () => {
    const daemon = await quick(ONCE);
    const finished = awaited(daemon, reached('condition/Once', 'finished'));
    let calls = 0;
    daemon.subscribeTopic('errors', async () => {
      calls += 1;
      throw new Error('the web hook does not answer');
    });
    void daemon.run();
    daemon.logEvent('errors', 'one error');
    await finished;
    await daemon.stop();
    expect(calls).toBe(1);
    daemon.logEvent('errors', 'after the end');
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toBe(1);
  });

  test('What listeners reject with later holds nothing up, and is said once each.', async () => {
    const heard = keep(PACKAGE_LOGGER);
    const later = async (): Promise<void> => {
      throw new Error('later');
    };
    await once(ONCE, { onRecord: later, onFact: later });
    const told = heard.got.map(({ message }) => String(message)).filter((message) => message.includes('failed'));
    expect(told.slice(0, 2).sort()).toEqual(['a listener to facts failed: later', 'onRecord failed: later']);
    expect(told.slice(2).every((message) => /failed \d+ times in all$/.test(message))).toBe(true);
  });
});

describe('metrics', () => {
  test('While a handler listens to their logger the daemon measures itself.', async () => {
    const heard = keep(METRIC_LOGGER);
    await once(ONCE);
    const [config] = heard.got;
    expect(config).toMatchObject({ hparams: true, message: { task: { Hello: { type: 'command' } } } });
    expect(heard.got).toContainEqual(
      expect.objectContaining({
        ...{ step: 1, item: 'task/Hello' },
        message: { task: { Hello: expect.objectContaining({ outcome: 'success', runs: 1 }) } },
      }),
    );
  });

  test('Below the level of the logger nothing is measured, nor when the option says so.', async () => {
    const heard = keep(METRIC_LOGGER);
    metricLogger.setLevel('warning');
    const quiet = await once(ONCE);
    metricLogger.setLevel('info');
    const refused = await once(ONCE, { metrics: false });
    expect(heard.got).toEqual([]);
    for (const daemon of [quiet, refused]) expect(ticksOf(daemon.collect())).toBe(0);
  });

  test('With metrics = true it does so from the start, for whoever collects.', async () => {
    const daemon = await once(ONCE, { metrics: true });
    expect(ticksOf(daemon.collect())).toBeGreaterThan(0);
    expect(daemon.collect().find(({ name }) => name === 'whenever_overdue')?.samples).not.toEqual([]);
    const runs = daemon.collect().find(({ name }) => name === 'whenever_task_runs_total');
    expect(runs?.samples).toContainEqual(
      expect.objectContaining({ labels: { task: 'Hello', outcome: 'success' }, value: 1 }),
    );
  });
});

const ticksOf = (families: ReturnType<Awaited<ReturnType<typeof quick>>['collect']>): number | undefined =>
  families.find(({ name }) => name === 'whenever_ticks_total')?.samples[0]?.value;

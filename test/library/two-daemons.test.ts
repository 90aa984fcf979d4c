import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Daemon,
  type DaemonOptions,
  DaemonStateError,
  disableLogging,
  enableLogging,
  fetchLogs,
  getLogger,
  Handler,
  type HistoryRun,
  type Logs,
  logsEventPairs,
  METRIC_LOGGER,
  type MetricRecord,
  PACKAGE_LOGGER,
  timespanFinish,
  timespanStart,
} from '../../src/library.ts';
import { onDemand, shellTask } from '../support/program.ts';
import { clear, quick } from './support.ts';

const CONFIG = shellTask('Hello', 'echo "$WHO"') + onDemand('OnDemand', ['Hello']);

/** Two daemons with the same items that run at the same time. */
const two = async (first: DaemonOptions = {}, second: DaemonOptions = {}): Promise<readonly [Daemon, Daemon]> => {
  const both = [await quick(CONFIG, first), await quick(CONFIG, second)] as const;
  for (const daemon of both) void daemon.run();
  return both;
};
const runBoth = async (daemons: readonly Daemon[], times: readonly number[]): Promise<void> => {
  for (const [at, daemon] of daemons.entries())
    for (let n = 0; n < times[at]!; n++)
      expect(await daemon.runNow('OnDemand')).toMatchObject({ outcome: 'success', id: `run-${n + 1}` });
};

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'whenever-two-'));
});
afterEach(async () => {
  await clear();
  disableLogging();
  fetchLogs();
  rmSync(place, { recursive: true });
});

describe('timespans of each daemon', () => {
  /** The ids of the runs that began and ended, by daemon. */
  const runsOf = (logs: Logs): string[] => {
    const runs: string[] = [];
    logsEventPairs(logs, (start) => {
      if (logs.core[start]?.category === 'run') runs.push(String(logs.id[start]));
    });
    return runs;
  };

  test('They are handed out by the name of the daemon, and those of the program around it apart.', async () => {
    enableLogging({ timeline: true });
    const daemons = await two({}, { name: 'other' });
    expect(daemons.map(({ name }) => name)).toEqual(['daemon1', 'other']);
    timespanStart('mine', 1);
    await runBoth(daemons, [2, 1]);
    timespanFinish('mine', 1);
    const logs = fetchLogs({ perDaemon: true });
    expect([...logs.keys()].sort()).toEqual(['', 'daemon1', 'other']);
    expect(runsOf(logs.get('daemon1')!)).toEqual(['run-1', 'run-2']);
    expect(runsOf(logs.get('other')!)).toEqual(['other:run-1']);
    expect(logs.get('')!.id).toEqual([1, 1]);
    for (const columns of logs.values())
      expect(new Set(Object.values(columns).map(({ length }) => length))).toEqual(new Set([columns.core.length]));
    expect(fetchLogs().core).toEqual([]);
  });

  test('What was open at one fetch comes again with its finish, at its own daemon; unread logs before are read too.', async () => {
    const toml = shellTask('Wait', `while [ ! -e ${place}/end ]; do sleep 0.02; done`) + onDemand('OnDemand', ['Wait']);
    enableLogging();
    const daemons = [await quick(toml), await quick(toml)];
    for (const daemon of daemons) void daemon.run();
    const begun = daemons.map(async (daemon) => {
      for await (const event of daemon.events('task/Wait')) if (JSON.stringify(event).includes('"running"')) return;
    });
    const runs = daemons.map((daemon) => daemon.runNow('OnDemand'));
    await Promise.all(begun);
    fetchLogs({ perDaemon: true });
    (await import('node:fs')).writeFileSync(join(place, 'end'), '');
    await Promise.all(runs);
    enableLogging();
    const logs = fetchLogs({ perDaemon: true });
    expect(runsOf(logs.get('daemon1')!)).toEqual(['run-1']);
    expect(runsOf(logs.get('daemon2')!)).toEqual(['daemon2:run-1']);
  });

  test('A name that a running daemon has gets a number; one that has ended gives its name back.', async () => {
    const daemons = await two({ name: 'same' }, { name: 'same' });
    expect(daemons.map(({ name }) => name)).toEqual(['same', 'same-2']);
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    const again = await quick(CONFIG, { name: 'same' });
    void again.run();
    expect(again.name).toBe('same');
  });

  test('Other options are refused.', () => {
    expect(() => fetchLogs({ perDaemon: 1 } as never)).toThrow('fetchLogs: perDaemon: expected true, found 1');
    expect(() => fetchLogs(5 as never)).toThrow('fetchLogs: options: expected an object of options, found 5');
  });
});

test('Records and metrics in the loggers of the process say which daemon they are of.', async () => {
  const got: MetricRecord[] = [];
  class Keeper extends Handler {
    emit(record: MetricRecord): void {
      got.push(record);
    }
  }
  const keeper = new Keeper({ level: 'notset' });
  const names = [PACKAGE_LOGGER, METRIC_LOGGER];
  const levels = names.map((name) => getLogger(name).level);
  getLogger(PACKAGE_LOGGER).addHandler(keeper);
  for (const name of names) getLogger(name).setLevel('debug');
  try {
    await runBoth(await two(), [1, 1]);
  } finally {
    getLogger(PACKAGE_LOGGER).removeHandler(keeper);
    for (const [at, name] of names.entries()) getLogger(name).setLevel(levels[at]!);
  }
  const daemonsOf = (fits: (record: MetricRecord) => boolean) => got.filter(fits).map(({ fields }) => fields?.daemon);
  const ended = daemonsOf(
    ({ name, message }) => name === 'whenever.condition.OnDemand' && /ended/.test(String(message)),
  );
  expect(ended).toEqual([undefined, 'daemon2']);
  const measured = daemonsOf(
    ({ name, message }) => name === METRIC_LOGGER && JSON.stringify(message).includes('"task":{"Hello":{"seconds"'),
  );
  expect(measured).toEqual([undefined, 'daemon2']);
});

test('Each has its own totals, journal, topics, state and environment.', async () => {
  const daemons = await two(
    { environment: { PATH: process.env.PATH, WHO: 'one' }, metrics: true },
    { environment: { PATH: process.env.PATH, WHO: 'two' }, metrics: true },
  );
  await runBoth(daemons, [2, 1]);
  const [one, other] = daemons;
  one.logEvent('mine', 1);
  await one.suspend('OnDemand');
  expect([one, other].map((daemon) => daemon.getEvents('mine').length)).toEqual([1, 0]);
  expect([one, other].map((daemon) => daemon.status().conditions[0]?.state)).toEqual(['suspended', 'waiting']);
  expect([one, other].map((daemon) => daemon.status().tasks[0]?.last?.streak.count)).toEqual([2, 1]);
  const outputs = daemons.map(async (daemon) => {
    const runs: HistoryRun[] = [];
    for await (const run of daemon.history()) runs.push(run);
    return runs.map((run) => JSON.stringify(run).match(/one|two/)?.[0]);
  });
  expect(await Promise.all(outputs)).toEqual([['one', 'one'], ['two']]);
  const counts = daemons.map((daemon) =>
    daemon
      .collect()
      .flatMap(({ samples }) => samples)
      .filter(({ labels }) => labels?.task === 'Hello' && labels.outcome === 'success')
      .map(({ value }) => value),
  );
  expect(counts[0]).toContain(2);
  expect(counts[1]).toContain(1);
  expect(counts[1]).not.toContain(2);
});

test('A directory with a history is for one daemon at a time, and each reads its own.', async () => {
  const [history, other] = [join(place, 'a'), join(place, 'b')];
  const daemons = await two({ history }, { history: other });
  const third = await quick(CONFIG, { history });
  await expect(third.run()).rejects.toThrow(DaemonStateError);
  await runBoth(daemons, [2, 1]);
  const count = async (daemon: Daemon): Promise<number> => {
    let runs = 0;
    for await (const run of daemon.history()) if (run.kind === 'run') runs += 1;
    return runs;
  };
  expect(await Promise.all(daemons.map(count))).toEqual([2, 1]);
  await daemons[0].stop();
  const next = await quick(CONFIG, { history });
  void next.run();
  expect(await count(next)).toBe(2);
  expect([history, other].map((path) => existsSync(path))).toEqual([true, true]);
});

test('Scripts have the locks and shared states of their own daemon.', async () => {
  // Scripts run on threads of the built library.
  const { createDaemon } = createRequire(import.meta.url)(
    '../../dist/library.cjs',
  ) as typeof import('../../src/library.ts');
  const script = (name: string, text: string): string =>
    `[[task]]\nname = "${name}"\ntype = "lua"\nscript = '''${text}'''\nexpected_results = { done = true }\n${onDemand(name, [name])}`;
  const toml = [
    script('Take', 'log.info("taken " .. tostring(sync.lock("L", 0))); sync.sleep(1000)'),
    script('Save', 'sharedstate.save("s", { who = os.getenv("WHO") }); done = true'),
    script('Load', 'log.info("found " .. tostring((sharedstate.load("s") or {}).who)); done = true'),
  ].join('');
  const lines: string[][] = [[], []];
  const daemons = await Promise.all(
    ['one', 'two'].map((WHO, at) =>
      createDaemon(toml, {
        ...{ tickSeconds: 0.05, environment: { WHO } },
        onRecord: ({ message, context }) => {
          if (context.action === 'exec_lua') lines[at]!.push(message);
        },
      }),
    ),
  );
  try {
    for (const daemon of daemons) void daemon.run();
    await daemons[0]!.runNow('Save');
    for (const daemon of daemons) await daemon.runNow('Load');
    const taken = daemons.map(
      (daemon) =>
        new Promise<void>((resolve) => {
          daemon.subscribe((fact) => {
            if (fact.kind === 'log' && / taken /.test(fact.message)) resolve();
          });
        }),
    );
    for (const daemon of daemons) void daemon.runNow('Take');
    await Promise.all(taken);
  } finally {
    await Promise.all(daemons.map((daemon) => daemon.stop(0)));
  }
  const told = lines.map((some) => some.map((line) => /(?:found|taken) \w+/.exec(line)?.[0]).filter(Boolean));
  expect(told).toEqual([
    ['found one', 'taken true'],
    ['found nil', 'taken true'],
  ]);
});

import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/journal/fact.ts';
import { exposition } from '../../src/metrics/exposition.ts';
import { familiesOf } from '../../src/metrics/families.ts';
import { DaemonMeter, type MeterOptions } from '../../src/metrics/meter.ts';
import type { Mapping, RecordExtra } from '../../src/metrics/record.ts';
import { type DaemonOptions, daemon } from '../support/daemon.ts';
import { readExposition } from '../support/exposition.ts';
import { EVENING, planFact, spanFact, spanFacts } from '../support/span-facts.ts';

/** What a meter tells while a daemon runs on virtual time. */
const metered = async (toml: string, options: DaemonOptions = {}, more: Partial<MeterOptions> = {}) => {
  const records: { readonly message: Mapping; readonly extra: RecordExtra }[] = [];
  const facts: Fact[] = [];
  let asked = 0;
  const vitals = () => ({ eventLoopDelayMs: ++asked, rssBytes: 1000, heapBytes: 500, cpuSeconds: 0.25 });
  const meter = new DaemonMeter({ record: (message, extra) => void records.push({ message, extra }), vitals, ...more });
  const one = await daemon(toml, {
    ...options,
    listener: (fact) => {
      facts.push(fact);
      meter.take(fact);
    },
  });
  /** The figures of one item, each with its step. */
  const of = (section: string, name: string): Mapping[] =>
    records.flatMap(({ message, extra: { step, hparams } }) => {
      const figures = (message[section] as Mapping | undefined)?.[name] as Mapping | undefined;
      return figures === undefined || hparams ? [] : [{ step, ...figures }];
    });
  const scraped = (ending = false) => {
    const around = { now: one.clock.mono() * 1e6, version: '2.0.0', node: 'v20', started: 1, ending };
    const families = readExposition(exposition(familiesOf(meter.totals, { ...around, vitals: vitals() })));
    return (name: string) => Object.fromEntries(families.get(`whenever_${name}`)!.samples);
  };
  return { daemon: one, meter, records, facts, of, scraped };
};

const task = (name: string) =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = []\nsuccess_status = 0\n`;
const condition = (name: string, keys: string) =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = 10\n${keys}\n`;
const ONE = `scheduler_tick_seconds = 5\n${task('A')}${condition('Often', 'recurring = true\ntasks = ["A"]')}`;
const START = Date.parse('2026-03-02T12:00:00Z') / 1000;
const FAILS = { end: { how: 'exit', code: 1 } } as const;

test('spans without an item, a run or a cause count for nothing, and are no example.', () => {
  const meter = new DaemonMeter({ record: () => {}, vitals: () => ({}) as never });
  const nothing = { item: null, run: null, cause: null, timeline: {} };
  for (const category of ['held', 'attempt', 'run', 'task', 'check'])
    for (const edge of ['start', 'end'])
      meter.take({ kind: 'span', seq: 1, time: 0, mono: 0, category, edge, id: 1, ...nothing } as never);
  expect([meter.totals.conditions.size, meter.totals.tasks.size]).toEqual([0, 0]);
});

test('runs of hooks count for their tasks, and not for their condition.', async () => {
  const hooked = `scheduler_tick_seconds = 5\n${task('A')}${task('B')}${condition('Often', 'recurring = true\ntasks = ["A"]\non_failure = ["B"]\nafter_failures = 0')}`;
  const { daemon: one, scraped } = await metered(hooked, { processes: { A: [FAILS] } });
  await one.advance(25);
  const value = scraped();
  expect(Object.entries(value('runs_total')).filter(([, count]) => count !== 0)).toEqual([
    ['{condition=Often,outcome=failure}', 2],
  ]);
  expect(Object.entries(value('task_runs_total')).filter(([, count]) => count !== 0)).toEqual([
    ['{outcome=failure,task=A}', 2],
    ['{outcome=success,task=B}', 2],
  ]);
});

test('spans of others with the names of the daemon, but without its ids and items, count as what they say.', () => {
  const records: (readonly [Mapping, RecordExtra])[] = [];
  const meter = new DaemonMeter({
    record: (message, extra) => void records.push([message, extra]),
    vitals: () => ({ eventLoopDelayMs: 1, rssBytes: 2, heapBytes: 3, cpuSeconds: 4 }),
  });
  const all = [
    ...spanFacts('tick', 0, 1, { id: 'mine', timeline: { late_ms: 'late' } }),
    ...spanFacts('check', 0, 1, { item: null }),
    ...spanFacts('task', 0, 1, { item: null }),
    spanFact('finish', 'run', 2, { item: 'condition/C', timeline: { outcome: 'success' } }),
    spanFact('finish', 'check', 2, { item: 'condition/C' }),
    spanFact('instant', 'fired', 3, { timeline: null }),
  ];
  for (const fact of all) meter.take(fact);
  expect(records.map(([message, { step }]) => [message, step])).toEqual([
    [{ scheduler: { ticks: 1, late_ms: 0, busy: 0, event_loop_delay_ms: 1, rss_bytes: 2, heap_bytes: 3 } }, 1],
    [
      {
        condition: { C: { outcome: 'success', checks: 0, runs: 1, retries: 0, last_success: EVENING / 1000 + 0.002 } },
      },
      0,
    ],
    [
      { condition: { C: { outcome: 'none', checks: 1, runs: 1, retries: 0, last_success: EVENING / 1000 + 0.002 } } },
      1,
    ],
  ]);
  expect(meter.totals.fired).toEqual(new Map([['none', 1]]));
});

test('a configuration whose sections are not tables has no items.', () => {
  const meter = new DaemonMeter({
    record: () => {},
    vitals: () => ({ eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 }),
  });
  meter.take(planFact({ condition: { C: {} }, task: 'none', event: null }));
  expect([...meter.totals.conditions.keys()]).toEqual(['C']);
  expect([...meter.totals.tasks.keys()]).toEqual([]);
});

describe('after each run of a task', () => {
  test('its seconds, outcome, runs, retries and last success are told, with the number of the run as the step', async () => {
    const { daemon: one, of } = await metered(ONE, {
      processes: { A: [{ seconds: 2 }, { ...FAILS, seconds: 0.5 }, {}] },
    });
    await one.advance(31);
    expect(of('task', 'A')).toEqual([
      { step: 1, seconds: 2, outcome: 'success', runs: 1, retries: 0, last_success: START + 12 },
      { step: 2, seconds: 0.5, outcome: 'failure', runs: 2, retries: 0, last_success: START + 12 },
      { step: 3, seconds: 0, outcome: 'success', runs: 3, retries: 0, last_success: START + 30 },
    ]);
  });

  test('what never succeeded has no last success', async () => {
    const { daemon: one, of } = await metered(ONE, { processes: { A: [FAILS] } });
    await one.advance(11);
    expect(of('task', 'A')).toEqual([{ step: 1, seconds: 0, outcome: 'failure', runs: 1, retries: 0 }]);
  });

  test('the record belongs to the item, the run and what caused it', async () => {
    const { daemon: one, records } = await metered(ONE);
    await one.advance(11);
    const { extra } = records.find(({ message }) => message.task !== undefined && message.settings === undefined)!;
    expect(extra).toEqual({
      ...{ time: (START + 10) * 1000, item: 'task/A', run: 'run-1', cause: expect.stringMatching(/^tick-\d+$/) },
      ...{ step: 1, measured: true },
    });
  });

  test('runs that were tried again are counted', async () => {
    const toml = `scheduler_tick_seconds = 5\n${task('A')}${condition('Stubborn', 'recurring = false\nmax_tasks_retries = 3\ntasks = ["A"]')}`;
    const { daemon: one, of } = await metered(toml, { processes: { A: [FAILS, FAILS, {}] } });
    await one.advance(100);
    expect(of('task', 'A').map(({ outcome, retries }) => [outcome, retries])).toEqual([
      ['failure', 0],
      ['failure', 1],
      ['success', 2],
    ]);
    expect(of('condition', 'Stubborn').map(({ outcome, runs, retries }) => [outcome, runs, retries])).toEqual([
      ['failure', 1, 0],
      ['failure', 2, 1],
      ['success', 3, 2],
    ]);
  });
});

test('a run after one that succeeded is no retry', async () => {
  const toml = `scheduler_tick_seconds = 5\n${task('A')}${condition('Stubborn', 'recurring = false\nmax_tasks_retries = 3\ntasks = ["A"]')}`;
  const { daemon: one, of } = await metered(toml, { processes: { A: [FAILS, {}, {}] } });
  await one.advance(50);
  await one.submit('reset_conditions Stubborn');
  await one.advance(50);
  expect(of('task', 'A').map(({ outcome, retries }) => [outcome, retries])).toEqual([
    ['failure', 0],
    ['success', 1],
    ['success', 1],
  ]);
});

describe('after each check of a condition that did something', () => {
  test('a run is told with the number of the check as the step', async () => {
    const { daemon: one, of } = await metered(ONE, { processes: { A: [{ seconds: 2 }] } });
    await one.advance(25);
    expect(of('condition', 'Often')).toEqual([
      { step: 1, seconds: 2, outcome: 'success', checks: 1, runs: 1, retries: 0, last_success: START + 12 },
      { step: 2, seconds: 2, outcome: 'success', checks: 2, runs: 2, retries: 0, last_success: START + 22 },
    ]);
  });

  test('negative checks are counted, not told', async () => {
    const toml = `scheduler_tick_seconds = 5\n${task('A')}[[condition]]\nname = "Asks"\ntype = "command"\nstartup_path = "/"\ncommand = "ask"\ncommand_arguments = []\nsuccess_status = 0\nrecurring = true\ntasks = ["A"]\n`;
    const { daemon: one, of, scraped } = await metered(toml, { processes: { ask: [FAILS, FAILS, {}] } });
    await one.advance(16);
    expect(of('condition', 'Asks').map(({ step, outcome }) => [step, outcome])).toEqual([[3, 'success']]);
    expect(scraped()('checks_total')).toMatchObject({
      '{condition=Asks,outcome=negative}': 2,
      '{condition=Asks,outcome=positive}': 1,
      '{condition=Asks,outcome=error}': 0,
    });
  });
});

describe('about the scheduler', () => {
  test('each tick is told, with its number as the step', async () => {
    const { daemon: one, records } = await metered(ONE, {}, { schedulerSeconds: 0 });
    await one.advance(16);
    const told = records.flatMap(({ message: { scheduler }, extra: { step } }) =>
      scheduler ? [{ step, scheduler }] : [],
    );
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told.map(({ step }) => step)).toEqual(told.map((_, i) => i + 1));
    expect(told[1]!.scheduler).toEqual({
      ...{ ticks: 2, late_ms: expect.any(Number), busy: expect.any(Number) },
      ...{ event_loop_delay_ms: 2, rss_bytes: 1000, heap_bytes: 500 },
    });
  });

  test('or every so many seconds, with the latest tick between', async () => {
    let late = 0;
    const { daemon: one, records } = await metered(
      ONE.replace('seconds = 5', 'seconds = 1'),
      { lateness: () => (late++ === 12 ? 300 : 0) },
      { schedulerSeconds: 10 },
    );
    await one.advance(31);
    const told = records.flatMap(({ message: { scheduler } }) => (scheduler ? [scheduler as Mapping] : []));
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told.length).toBeLessThanOrEqual(4);
    expect(Math.max(...told.map(({ late_ms }) => late_ms as number))).toBe(300);
  });
});

describe('the configuration', () => {
  test('is told once at the start and at each reload', async () => {
    const files = { 'new.toml': ONE.replaceAll('Often', 'Seldom') };
    const { daemon: one, records, scraped } = await metered(ONE, { files });
    expect(scraped()('runs_total')).toEqual({
      '{condition=Often,outcome=success}': 0,
      '{condition=Often,outcome=failure}': 0,
      '{condition=Often,outcome=cancelled}': 0,
      '{condition=Often,outcome=replaced}': 0,
    });
    await one.advance(11);
    await one.submit('configure new.toml');
    await one.advance(1);
    await one.submit('configure missing.toml');
    await one.advance(1);
    const told = records
      .filter(({ extra }) => extra.hparams)
      .map(({ message }) => Object.keys(message.condition as Mapping));
    expect(told).toEqual([['Often'], ['Seldom']]);
    expect(records[0]!.message).toMatchObject({
      settings: { scheduler_tick_seconds: 5 },
      task: { A: { type: 'command' } },
    });
    expect(scraped()('config_reloads_total')).toMatchObject({ '{outcome=success}': 1, '{outcome=failure}': 1 });
    // What is not in the file any more has no totals any more.
    expect(Object.keys(scraped()('runs_total'))).toEqual([
      '{condition=Seldom,outcome=success}',
      '{condition=Seldom,outcome=failure}',
      '{condition=Seldom,outcome=cancelled}',
      '{condition=Seldom,outcome=replaced}',
    ]);
  });

  test('metric records of scripts pass unchanged', async () => {
    const { daemon: one, records } = await metered(ONE);
    one.journal.spans.metric(() => ({ rows: 12, deep: { nan: Number.NaN } }), { step: 0, item: 'task/A' });
    expect(records.at(-1)).toEqual({
      message: { rows: 12, deep: { nan: Number.NaN } },
      extra: { time: START * 1000, item: 'task/A', step: 0 },
    });
  });
});

describe('the totals for Prometheus', () => {
  const EVENT = `[[condition]]\nname = "Asked"\ntype = "bucket"\nrecurring = true\ntasks = ["A"]\n[[event]]\nname = "E"\ntype = "cli"\ncondition = "Asked"\n`;

  test('every known value of a label is there from the start, zero', async () => {
    const { scraped } = await metered(ONE + EVENT);
    const of = scraped();
    expect(of('task_runs_total')).toEqual({
      ...{ '{outcome=success,task=A}': 0, '{outcome=failure,task=A}': 0 },
      ...{ '{outcome=none,task=A}': 0, '{outcome=error,task=A}': 0 },
    });
    expect(of('events_fired_total')).toEqual({ '{event=E}': 0 });
    expect(of('skipped_total')).toEqual({
      ...{ '{reason=busy}': 0, '{reason=suspended}': 0, '{reason=finished}': 0 },
      ...{ '{reason=exhausted}': 0, '{reason=no-tasks}': 0, '{reason=paused}': 0, '{reason=held}': 0 },
    });
    expect(of('config_reloads_total')).toEqual({
      '{outcome=success}': 0,
      '{outcome=failure}': 0,
      '{outcome=error}': 0,
    });
    expect(of('last_success_timestamp_seconds')).toEqual({ '{task=A}': 0 });
    expect(of('running')).toEqual({ '{task=A}': 0 });
    expect(of('task_seconds')).toMatchObject({ '_count{task=A}': 0, '_sum{task=A}': 0, '_bucket{le=+Inf,task=A}': 0 });
    expect([of('up'), of('build_info'), of('paused'), of('busy')]).toEqual([
      { '{}': 1 },
      { '{node=v20,version=2.0.0}': 1 },
      { '{}': 0 },
      { '{}': 0 },
    ]);
    expect(scraped(true)('up')).toEqual({ '{}': 0 });
  });

  test('runs, their outcomes and seconds are counted', async () => {
    const { daemon: one, scraped } = await metered(ONE, {
      processes: { A: [{ seconds: 0.25 }, { ...FAILS, seconds: 3 }] },
    });
    await one.advance(24);
    const of = scraped();
    expect(of('task_runs_total')).toMatchObject({ '{outcome=success,task=A}': 1, '{outcome=failure,task=A}': 1 });
    expect(of('task_seconds')).toMatchObject({
      ...{ '_bucket{le=0.1,task=A}': 0, '_bucket{le=0.5,task=A}': 1, '_bucket{le=1,task=A}': 1 },
      ...{ '_bucket{le=5,task=A}': 2, '_sum{task=A}': 3.25, '_count{task=A}': 2 },
    });
    expect(of('last_success_timestamp_seconds')).toEqual({ '{task=A}': START + 10.25 });
    expect(of('ticks_total')['{}']).toBeGreaterThan(2);
  });

  test('each attempt of a task with retries is counted, and its run once', async () => {
    const retried = ONE.replace('success_status = 0', 'success_status = 0\nretries = 3\nretry_delay_seconds = 1');
    const { daemon: one, scraped } = await metered(retried, { processes: { A: [FAILS, FAILS, {}] } });
    await one.advance(14);
    const of = scraped();
    expect(of('task_attempts_total')).toEqual({
      ...{ '{outcome=success,task=A}': 1, '{outcome=failure,task=A}': 2 },
      ...{ '{outcome=none,task=A}': 0, '{outcome=error,task=A}': 0 },
    });
    expect(of('task_runs_total')).toMatchObject({ '{outcome=success,task=A}': 1, '{outcome=failure,task=A}': 0 });
  });

  test('what runs now is running, and its time counts', async () => {
    const { daemon: one, scraped } = await metered(ONE, { processes: { A: [{ seconds: 100 }, {}] } });
    await one.advance(40);
    const of = scraped();
    expect([of('running'), of('running_seconds'), of('task_busy_seconds_total'), of('busy')]).toEqual([
      { '{task=A}': 1 },
      { '{task=A}': 30 },
      { '{task=A}': 30 },
      { '{}': 1 },
    ]);
    expect(of('task_seconds')).toMatchObject({ '_sum{task=A}': 0 });
    await one.advance(75);
    expect(scraped()('task_busy_seconds_total')).toEqual({ '{task=A}': 100 });
    expect(scraped()('running')).toEqual({ '{task=A}': 0 });
  });

  test('counters never go back, whenever one looks', async () => {
    const { daemon: one, scraped } = await metered(ONE + EVENT, {
      processes: { A: (run) => ({ seconds: (run * 7) % 13, ...(run % 3 === 0 ? FAILS : {}) }) },
    });
    let before: Record<string, number> = {};
    for (let i = 0; i < 60; i++) {
      await one.advance(3.5);
      if (i % 9 === 0) await one.submit('trigger E');
      const of = scraped();
      const now = {
        ...of('task_busy_seconds_total'),
        ...of('ticks_total'),
        ...of('events_fired_total'),
        ...of('task_runs_total'),
      };
      for (const [key, value] of Object.entries(before)) expect(now[key], key).toBeGreaterThanOrEqual(value);
      before = now;
    }
    expect(before['{event=E}']).toBe(7);
    expect(before['{outcome=success,task=A}']).toBeGreaterThan(3);
  });

  test('the last value of each bucket of a duration says which run or trace it is of, and nothing else does', async () => {
    const options = { processes: { A: [{ seconds: 0.25 }, { seconds: 3 }, { seconds: 0.375 }] } };
    const exemplarsOf = async (more: Partial<MeterOptions>) => {
      const { daemon: one, meter } = await metered(ONE, options, more);
      await one.advance(34);
      const around = { now: 0, version: '', node: '', started: 1, ending: false };
      const vitals = { eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 };
      return familiesOf(meter.totals, { ...around, vitals }).flatMap(({ name, samples }) =>
        samples.flatMap(({ labels, exemplar }) => (exemplar === undefined ? [] : [[name, labels?.le, exemplar]])),
      );
    };
    expect(await exemplarsOf({})).toEqual([
      ['whenever_task_seconds', '0.5', { labels: { run: 'run-3' }, value: 0.375, time: START + 30.375 }],
      ['whenever_task_seconds', '5', { labels: { run: 'run-2' }, value: 3, time: START + 23 }],
    ]);
    const traced = await exemplarsOf({ traceOf: (run) => `trace of ${run}` });
    expect(traced.map((row) => (row[2] as { labels: unknown }).labels)).toEqual([
      { trace_id: 'trace of run-3' },
      { trace_id: 'trace of run-2' },
    ]);
  });

  test('instants that were missed are counted', async () => {
    const daily = `scheduler_tick_seconds = 5\n${task('A')}[[condition]]\nname = "Hourly"\ntype = "time"\ntime_specifications = [{ minute = 30 }]\nrecurring = true\ntasks = ["A"]\n`;
    const { daemon: one, scraped } = await metered(daily);
    expect(scraped()('missed_total')).toEqual({ '{condition=Hourly}': 0 });
    await one.advance(60);
    one.clock.suspend(3 * 3_600_000);
    await one.advance(60);
    expect(scraped()('missed_total')).toEqual({ '{condition=Hourly}': 3 });
  });

  test('firings that are held are counted, and seen until they are released', async () => {
    const guarded = `${ONE.replace('recurring = true', 'recurring = true\nonly_when = ["AtThirty"]')}[[condition]]\nname = "AtThirty"\ntype = "command"\nstartup_path = "/"\ncommand = "ask"\ncommand_arguments = []\nsuccess_status = 0\ncheck_after = 5\n`;
    const { daemon: one, scraped } = await metered(guarded, { processes: { ask: [FAILS, FAILS, {}] } });
    const held = () => [scraped()('held')['{condition=Often}'], scraped()('firings_held_total')['{condition=Often}']];
    expect(held()).toEqual([0, 0]);
    await one.advance(11);
    expect(held()).toEqual([1, 1]);
    await one.advance(20);
    expect(held()).toEqual([0, 1]);
  });

  test('how long runs and tasks were queued is counted, where they were', async () => {
    const busy = `scheduler_tick_seconds = 5\n${task('A')}${condition('One', 'recurring = true\nwhen_busy = "queue"\ntasks = ["A"]')}${condition('Two', 'recurring = false\ntasks = ["A"]')}`;
    const { daemon: one, scraped } = await metered(busy, { processes: { A: [{ seconds: 12 }, { seconds: 12 }, {}] } });
    await one.advance(50);
    const of = scraped();
    expect(of('task_queue_seconds')).toMatchObject({ '_count{task=A}': 2, '_sum{task=A}': 24 });
    expect(of('run_queue_seconds')).toMatchObject({
      ...{ '_count{condition=One}': 2, '_sum{condition=One}': 6, '_count{condition=Two}': 0 },
    });
  });

  test('a pause is seen, and conditions that were left out are counted by reason', async () => {
    const { daemon: one, scraped } = await metered(ONE, { processes: { A: [{ seconds: 12 }] } });
    await one.submit('suspend_condition Often');
    await one.advance(6);
    await one.submit('resume_condition Often');
    await one.advance(20);
    await one.submit('pause');
    await one.advance(6);
    expect(scraped()('paused')).toEqual({ '{}': 1 });
    await one.submit('resume');
    expect(scraped()('paused')).toEqual({ '{}': 0 });
    const skipped = scraped()('skipped_total');
    expect(skipped['{reason=suspended}']).toBeGreaterThan(0);
    expect(skipped['{reason=busy}']).toBeGreaterThan(0);
    expect(skipped['{reason=paused}']).toBeGreaterThan(0);
  });

  test('a daemon that begins paused, or is paused in any other words, says so itself', async () => {
    const { daemon: one, scraped } = await metered(ONE, { paused: true });
    expect(scraped()('paused')).toEqual({ '{}': 1 });
    await one.submit('  resume  ');
    expect(scraped()('paused')).toEqual({ '{}': 0 });
    await one.submit('pause');
    await one.submit('pause');
    expect(scraped()('paused')).toEqual({ '{}': 1 });
    await one.submit('exit');
    await one.advance(1);
    expect(scraped(true)('paused')).toEqual({ '{}': 0 });
  });

  test('every reason for which a condition can be left out is known from the start, and there is no other', async () => {
    const asked = (name: string, keys: string) =>
      `[[condition]]\nname = "${name}"\ntype = "bucket"\n${keys}\n[[event]]\nname = "E${name}"\ntype = "cli"\ncondition = "${name}"\n`;
    const ASKED = ['Empty', 'Once', 'Fails', 'Asleep', 'Long', 'Held'];
    const toml = [
      ...['scheduler_tick_seconds = 5\n', task('A'), task('B'), task('L'), asked('Empty', 'tasks = []')],
      ...[asked('Once', 'tasks = ["A"]'), asked('Fails', 'tasks = ["B"]\nmax_tasks_retries = 0')],
      ...[asked('Asleep', 'tasks = ["A"]\nsuspended = true'), asked('Long', 'tasks = ["L"]\nrecurring = true')],
      ...[asked('Held', 'tasks = ["A"]\nonly_when = ["Never"]')],
      '[[condition]]\nname = "Never"\ntype = "time"\ntime_specifications = [{ year = 2020 }]\n',
    ].join('');
    const processes = { B: [FAILS], L: [{ seconds: 12 }] };
    const { daemon: one, facts, scraped } = await metered(toml, { level: 'trace', processes });
    const known = Object.keys(scraped()('skipped_total')).sort();
    for (const round of [10, 20]) {
      for (const name of ASKED) await one.submit(`trigger E${name}`);
      await one.advance(round);
    }
    await one.submit('pause');
    const told = facts.flatMap((fact) =>
      fact.kind === 'span' && fact.category === 'skipped' ? [`{reason=${(fact.timeline as Mapping).reason}}`] : [],
    );
    expect([...new Set(told)].sort()).toEqual(known);
  });
});

test('a finish whose start was not seen is counted, without seconds', async () => {
  const { facts } = await metered(ONE);
  const records: Mapping[] = [];
  const vitals = () => ({ eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 });
  const meter = new DaemonMeter({ record: (message) => void records.push(message), vitals });
  const [{ seq }] = facts as [Fact];
  const envelope = { seq, time: 0, mono: 0, run: 'run-1', cause: 'tick-1' };
  const finish = { kind: 'span', edge: 'finish', timestamp: 5, ...envelope } as const;
  meter.take({ ...finish, category: 'task', id: 'task-1', item: 'task/A', timeline: { outcome: 'success' } });
  meter.take({ ...finish, category: 'run', id: 'run-1', item: 'condition/C', timeline: null });
  expect(records).toEqual([
    { task: { A: { outcome: 'success', runs: 1, retries: 0 } } },
    { condition: { C: { outcome: 'none', checks: 0, runs: 1, retries: 0 } } },
  ]);
});

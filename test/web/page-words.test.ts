import { describe, expect, test } from 'vitest';
import type { ConditionReport, LastOutcome, StatusReport } from '../../src/control/status.ts';
import type { Overview, SlimRun } from '../../src/web/api.ts';
import { linkTo, parseRoute } from '../../src/web/page/route.ts';
import { applyMessage, INITIAL } from '../../src/web/page/store.ts';
import { chosen, clockOf, decidedBy, headlineOf, nextText, streakText } from '../../src/web/page/words.ts';

const NOW = Date.parse('2026-11-27T02:26:00Z');
const clock = clockOf('UTC');

const last = (failed: boolean, count = 1): LastOutcome => ({
  ...{ time: NOW - 60_000, outcome: failed ? 'failure' : 'success', failed, seconds: 1, with: null },
  ...{ reason: null, lastLine: null, streak: { count, time: NOW - 3_600_000 } },
});
const condition = (name: string, more: Partial<ConditionReport> = {}): ConditionReport => ({
  ...{ name, type: 'time', group: 'waiting', state: 'waiting', next: null, why: '', lastCheck: null, tasks: ['T'] },
  ...{ running: [], last: null, suspendedUntil: null },
  ...more,
});
const overview = (conditions: readonly ConditionReport[]): Overview => {
  const counts = { running: 0, queued: 0, held: 0, checking: 0, waiting: conditions.length, suspended: 0 };
  const status: StatusReport = {
    ...{ version: '2', pid: 1, config: 'a.toml', started: 0, now: NOW, state: 'running', pausedUntil: null },
    ...{ tickSeconds: 5, tasks: [], unknown: [], conditions },
    counts: { ...counts, exhausted: 0, finished: 0, 'no-tasks': 0 },
    failed: conditions.filter((one) => one.last?.failed).map(({ name }) => name),
  };
  const instance = { state: 'running', since: 0 } as const;
  return {
    instance,
    status,
    config: 'a.toml',
    readOnly: false,
    hasFleet: false,
    events: [],
    version: '2',
    zone: 'UTC',
  };
};

describe('words', () => {
  test('the headline names what failed, or says that all is well', () => {
    const bad = ['A', 'B', 'C', 'D', 'E', 'F'].map((name) => condition(name, { last: last(true) }));
    expect(headlineOf(overview([...bad, condition('G')]))).toEqual({
      text: '6 of 7 conditions failed at the last run',
      ...{ bad: true, names: ['A', 'B', 'C', 'D', 'E'], more: 1 },
    });
    expect(headlineOf(overview([condition('A', { last: last(false) })]))).toMatchObject({
      text: 'All is well: no condition failed at its last run.',
      bad: false,
    });
    expect(headlineOf(overview([condition('A')])).text).toBe('No run has ended yet.');
    expect(headlineOf(overview([])).text).toBe('There are no conditions.');
    expect(headlineOf({ ...overview([]), status: null, instance: { state: 'not-running', since: 1 } })).toMatchObject({
      text: 'whenever is not running.',
      bad: true,
    });
  });

  test('the headline does not say that all is well when nothing is checked', () => {
    const { status, ...more } = overview([condition('A', { last: last(false) })]);
    const textOf = (instance: Overview['instance'], state: StatusReport['state']): string =>
      headlineOf({ ...more, instance, status: { ...status!, state } }).text;
    const running = { state: 'running', since: 0 } as const;
    expect([
      textOf(running, 'paused'),
      textOf(running, 'ending'),
      textOf({ state: 'not-running', since: 1 }, 'running'),
    ]).toEqual([
      'Paused: no condition is checked. No condition failed at its last run.',
      'Ending: no condition is checked any more. No condition failed at its last run.',
      'whenever is not running. No condition failed at its last run.',
    ]);
  });

  test('of several tasks the one that failed is named', () => {
    expect([decidedBy(['A', 'B'], 'A'), decidedBy(['A'], 'A'), decidedBy(['A', 'B'], null)]).toEqual(['A: ', '', '']);
  });

  test('what comes next, and streaks', () => {
    expect(nextText(condition('A', { next: NOW + 240_000 }), NOW, clock)).toBe('in 4 min, 02:30');
    expect(nextText(condition('A', { next: NOW - 1 }), NOW, clock)).toBe('now');
    expect(nextText(condition('A'), NOW, clock)).toBe('');
    expect(streakText(last(true, 3), NOW, clock)).toBe('3 failed in a row since 01:26');
    expect(streakText(last(true, 1), NOW, clock)).toBe('');
  });

  test('what failed is first; a filter takes names and tasks; a state alone', () => {
    const all = [
      condition('A', { next: 5 }),
      condition('B', { next: 3, tasks: ['Disk'] }),
      condition('C', { last: last(true) }),
    ];
    const names = (by: Partial<Parameters<typeof chosen>[1]>) =>
      chosen(all, { text: '', group: '', order: 'urgency', ...by }).map(({ name }) => name);
    expect(names({})).toEqual(['C', 'B', 'A']);
    expect(names({ order: 'name' })).toEqual(['A', 'B', 'C']);
    expect(names({ text: ' DISK' })).toEqual(['B']);
    expect(names({ group: 'failed' })).toEqual(['C']);
  });

  test('an address is what was linked to', () => {
    const route = { path: ['item', 'condition/A b'], query: { line: '3' } };
    expect(parseRoute(linkTo(route.path, route.query))).toEqual(route);
    expect(parseRoute('#/%E0%A4%A')).toEqual({ path: ['%E0%A4%A'], query: {} });
  });
});

describe('the state of the page', () => {
  test('of an instance that has ended nothing runs, and nothing comes', () => {
    const busy = condition('A', { group: 'running', state: 'running', running: ['T'], why: 'its tasks are running' });
    const off = condition('B', { group: 'suspended', state: 'suspended', next: 5, lastCheck: 'exit code 7' });
    const state = { ...INITIAL, overview: overview([busy, off]) };
    const after = applyMessage(state, { type: 'instance', instance: { state: 'not-running', since: NOW } });
    const { conditions, counts } = after.overview!.status!;
    expect(conditions).toMatchObject([
      { group: 'waiting', running: [], next: null, why: 'whenever is not running' },
      { group: 'suspended', next: null, lastCheck: null, why: 'whenever is not running' },
    ]);
    expect(counts).toMatchObject({ running: 0, waiting: 1, suspended: 1 });
    // A page that is opened then gets the same.
    const opened = applyMessage(INITIAL, {
      type: 'overview',
      overview: { ...state.overview, instance: after.overview!.instance },
    });
    expect(opened.overview!.status).toEqual(after.overview!.status);
  });

  const run = (outcome: SlimRun['outcome'], ended: number | null): SlimRun => ({
    ...{
      kind: 'run',
      condition: 'A',
      outcome,
      began: NOW,
      ended,
      seconds: ended && 1,
      code: '',
      why: '',
      instant: null,
    },
    ...{ task: 'T', lastLine: 'full', reason: 'exit code 3', tasks: [], session: 's', run: 'run-1', cause: 'c' },
    hasOutput: false,
  });
  const begin = applyMessage(INITIAL, {
    type: 'overview',
    overview: overview([condition('A', { last: last(true, 2) }), condition('B')]),
  });
  const of = (state: typeof begin) => state.overview!.status!;

  test('a run that begins and ends is in the condition at once, and in the headline', () => {
    const running = applyMessage(begin, { type: 'run', run: run('running', null) });
    expect(of(running).conditions[0]!.group).toBe('running');
    expect(of(running).counts).toMatchObject({ running: 1, waiting: 1 });
    const failed = applyMessage(running, { type: 'run', run: run('failure', NOW + 1000) });
    expect(failed.runs).toHaveLength(1);
    expect(of(failed).conditions[0]!.last).toMatchObject({ failed: true, lastLine: 'full', streak: { count: 3 } });
    expect(of(failed).failed).toEqual(['A']);
    const well = applyMessage(failed, { type: 'run', run: run('success', NOW + 2000) });
    expect(of(well).failed).toEqual([]);
    expect(of(well).conditions[0]!.last?.streak).toEqual({ count: 1, time: NOW + 2000 });
    expect(of(well).counts).toEqual(of(begin).counts);
    // One that is older than what is known changes nothing.
    expect(of(applyMessage(well, { type: 'run', run: run('failure', NOW + 1500) }))).toBe(of(well));
  });

  test('a status changes the conditions that it has, and adds new ones', () => {
    const { conditions: _, tasks: __, ...head } = of(begin);
    const next = applyMessage(begin, {
      type: 'status',
      head,
      conditions: [condition('B', { why: 'x' }), condition('C')],
      tasks: [],
    });
    expect(of(next).conditions.map(({ name, why }) => [name, why])).toEqual([
      ['A', ''],
      ['B', 'x'],
      ['C', ''],
    ]);
    expect(of(next).conditions[0]).toBe(of(begin).conditions[0]);
  });
});

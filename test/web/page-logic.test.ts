import { describe, expect, test } from 'vitest';
import type { ConditionReport, StatusReport } from '../../src/control/status.ts';
import type { LastOutcome } from '../../src/history/last-outcome.ts';
import type { CalendarCell, Overview, RunColumns, SlimRun } from '../../src/web/api.ts';
import { figuresIn } from '../../src/web/page/range-figures.ts';
import { itemLink, linkTo, parseRoute, storyLink } from '../../src/web/page/route.ts';
import { arrowsOf } from '../../src/web/page/run-arrows.ts';
import { type RunModel, RunModels, type RunSpan } from '../../src/web/page/run-model.ts';
import { byHook } from '../../src/web/page/run-states.ts';
import { applyMessage, INITIAL, Store } from '../../src/web/page/store.ts';
import { hourRows, hourWords, signsOf, sumHours, weekOf } from '../../src/web/page/weeks.ts';
import { chosen, clockOf, headlineOf, nextText, streakText, whyText } from '../../src/web/page/words.ts';
import { RunLines } from '../../src/web/run-lines.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const clock = clockOf('UTC');

const last = (more: Partial<LastOutcome> = {}): LastOutcome => ({
  ...{ time: NOW - 3_600_000, outcome: 'success', failed: false, seconds: 1, with: 'T', reason: null, lastLine: null },
  streak: { count: 1, time: NOW - 3_600_000 },
  ...more,
});
const condition = (name: string, more: Partial<ConditionReport> = {}): ConditionReport => ({
  ...{ name, type: 'interval', group: 'waiting', state: 'waiting', next: null, why: 'not due', lastCheck: null },
  ...{ tasks: [`${name}Task`], running: [], last: null, suspendedUntil: null },
  ...more,
});
const COUNTS: StatusReport['counts'] = {
  ...{
    running: 0,
    queued: 0,
    held: 0,
    checking: 0,
    waiting: 0,
    suspended: 0,
    exhausted: 0,
    finished: 0,
    'no-tasks': 0,
  },
};
const status = (conditions: readonly ConditionReport[], failed: readonly string[] = []): StatusReport => ({
  ...{ version: '2', pid: 1, config: 'c.toml', started: 0, now: NOW, state: 'running', pausedUntil: null },
  ...{ tickSeconds: 1, counts: { ...COUNTS, waiting: conditions.length }, failed, conditions, tasks: [], unknown: [] },
});
const overview = (report: StatusReport | null): Overview => ({
  ...{
    instance: { state: 'running', since: 0 },
    status: report,
    config: null,
    readOnly: false,
    hasFleet: false,
    events: [],
  },
  ...{ version: '2', zone: 'UTC' },
});
const run = (name: string, more: Partial<SlimRun> = {}): SlimRun => ({
  ...{ kind: 'run', condition: 'C', outcome: 'success', began: NOW, ended: NOW + 1000, seconds: 1, lastLine: null },
  ...{
    session: 's',
    run: name,
    cause: 'tick-1',
    code: '',
    why: '',
    instant: null,
    task: null,
    reason: null,
    tasks: [],
  },
  ...{ hasOutput: false },
  ...more,
});

describe('addresses', () => {
  test('a name with any character comes back as it was', () => {
    for (const name of ['a/b', 'ä ö?x=1&y#z', '100%', '<img>', '%2F'])
      expect(parseRoute(itemLink(`condition/${name}`)).path).toEqual(['item', `condition/${name}`]);
    expect(parseRoute(storyLink('run-5')).path).toEqual(['story', 'run-5']);
  });
  test('parameters are read, and empty ones are left out', () => {
    expect(linkTo(['log'], { item: '', level: undefined })).toBe('#/log');
    expect(parseRoute(linkTo(['log'], { item: 'task/A&B', n: 3 }))).toEqual({
      path: ['log'],
      query: { item: 'task/A&B', n: '3' },
    });
  });
  test('an address that cannot be decoded is taken as it is', () => {
    expect(parseRoute('#/item/%E0%A4').path).toEqual(['item', '%E0%A4']);
    expect(parseRoute('').path).toEqual([]);
  });
});

describe('the live state', () => {
  test('changed conditions take the place of those before, new ones come to the end', () => {
    const [a, b] = [condition('A'), condition('B')];
    const first = applyMessage(INITIAL, { type: 'overview', overview: overview(status([a, b])) });
    const { conditions: _c, tasks: _t, ...head } = status([a, b]);
    const changed = condition('B', { group: 'running' });
    const state = applyMessage(first, { type: 'status', head, conditions: [changed, condition('C')], tasks: [] });
    expect(state.overview?.status?.conditions.map(({ name, group }) => `${name} ${group}`)).toEqual([
      'A waiting',
      'B running',
      'C waiting',
    ]);
    expect(state.overview?.status?.conditions[0]).toBe(a);
  });
  test('the end of a run takes the place of its beginning, and only of its', () => {
    const state = [
      run('run-1', { outcome: 'running' }),
      run('run-1', { session: 'other' }),
      run('run-1'),
      run('run-2'),
    ].reduce((before, one) => applyMessage(before, { type: 'run', run: one }), INITIAL);
    expect(state.runs.map((one) => `${one.session} ${one.run} ${one.outcome}`)).toEqual([
      's run-2 success',
      's run-1 success',
      'other run-1 success',
    ]);
  });
  test('what was known stays when the instance ends, and listeners are called for changes only', () => {
    const store = new Store();
    let calls = 0;
    const leave = store.subscribe(() => {
      calls += 1;
    });
    store.take({ type: 'overview', overview: overview(status([condition('A')])) });
    store.take({ type: 'instance', instance: { state: 'not-running', since: NOW } });
    store.take({ type: 'dropped', count: 3 });
    expect(calls).toBe(2);
    expect(store.state.overview?.instance).toEqual({ state: 'not-running', since: NOW });
    expect(store.state.overview?.status?.conditions).toHaveLength(1);
    leave();
    store.set({ said: null, connection: 'lost' });
    expect(calls).toBe(2);
  });
  test('a status before the overview is not kept', () => {
    const { conditions, tasks, ...head } = status([]);
    expect(applyMessage(INITIAL, { type: 'status', head, conditions, tasks })).toBe(INITIAL);
  });
});

describe('words', () => {
  test('without a failure the headline says what is overdue', () => {
    expect(headlineOf(overview(status([condition('A', { overdue: { state: 'overdue', text: 'late' } })])))).toEqual({
      text: 'Overdue',
      names: ['A'],
      more: 0,
      bad: true,
    });
  });
  test('when something comes is said with how long that is', () => {
    const at = (next: number | null, more: Partial<ConditionReport> = {}) =>
      nextText(condition('A', { next, ...more }), NOW, clock);
    expect(at(NOW + 240_000)).toBe('in 4 min, 12:04');
    expect(at(NOW + 3 * 86_400_000)).toBe('in 3 d 0 h, Tue 12:00');
    expect(at(NOW - 1)).toBe('now');
    expect(at(null)).toBe('');
    expect(at(NOW + 5000, { group: 'running' })).toBe('now');
  });
  test('a streak of one is not said, nor a reason twice', () => {
    expect(streakText(last(), NOW, clock)).toBe('');
    expect(streakText(last({ failed: true, streak: { count: 3, time: NOW - 86_400_000 } }), NOW, clock)).toBe(
      '3 failed in a row since Fri 12:00',
    );
    expect(whyText(condition('A', { why: 'w', lastCheck: 'c' }))).toBe('c (w)');
    expect(whyText(condition('A', { why: 'w', running: ['T'] }))).toBe('w (T)');
  });
  test('what failed comes first, then what comes soonest; filters are of names, tasks and states', () => {
    const all = [
      condition('Late', { next: NOW + 9000 }),
      condition('Soon', { next: NOW + 1000 }),
      condition('Bad', { last: last({ failed: true, outcome: 'failure' }) }),
      condition('Busy', { group: 'running' }),
    ];
    const names = (text: string, group: string, order: 'urgency' | 'name' = 'urgency') =>
      chosen(all, { text, group, order }).map(({ name }) => name);
    expect(names('', '')).toEqual(['Bad', 'Busy', 'Soon', 'Late']);
    expect(names('', '', 'name')).toEqual(['Bad', 'Busy', 'Late', 'Soon']);
    expect(names('LATETASK', '')).toEqual(['Late']);
    expect(names('', 'failed')).toEqual(['Bad']);
    expect(names('', 'running')).toEqual(['Busy']);
  });
});

describe('weeks', () => {
  test('begin on Monday, and days have as many hours as the clocks give them', () => {
    const lengths = (at: string, zone: string) =>
      weekOf(Date.parse(at), zone).map(({ date, hours }) => `${date} ${hours.length}`);
    expect(lengths('2026-03-29T20:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-23 24',
      '2026-03-24 24',
      '2026-03-25 24',
      '2026-03-26 24',
      '2026-03-27 24',
      '2026-03-28 24',
      '2026-03-29 23',
    ]);
    expect(lengths('2026-10-25T00:30:00Z', 'Europe/Berlin').at(-1)).toBe('2026-10-25 25');
    expect(lengths('2026-11-23T00:00:00Z', 'Asia/Kathmandu')[0]).toBe('2026-11-23 24');
    expect(weekOf(NOW, 'Asia/Kathmandu')[0]!.hours[0]).toBe(Date.parse('2026-11-22T18:15:00Z'));
    expect(weekOf(NOW, 'UTC', -1)[0]!.date).toBe('2026-11-16');
    expect(weekOf(NOW, 'UTC', 1)[6]!.date).toBe('2026-12-06');
  });
  test('each hour is in the row of its clock, where clocks are set too', () => {
    const rows = (at: string, zone = 'Europe/Berlin') => hourRows(weekOf(Date.parse(at), zone), zone);
    const spring = rows('2026-03-29T20:00:00Z');
    expect(spring.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
    expect(spring[2]!.beginnings[6]).toBeUndefined();
    expect(spring[3]!.beginnings[6]).toBe(Date.parse('2026-03-29T01:00:00Z'));
    const autumn = rows('2026-10-25T00:30:00Z');
    expect(autumn.slice(0, 5).map(({ hour }) => hour)).toEqual([0, 1, 2, 2, 3]);
    expect(autumn[3]!.beginnings.map((beginning) => beginning === undefined)).toEqual([...Array(6).fill(true), false]);
    expect(autumn[4]!.beginnings[0]).toBe(Date.parse('2026-10-19T01:00:00Z'));
    expect(autumn[4]!.beginnings[6]).toBe(Date.parse('2026-10-25T02:00:00Z'));
  });
  test('an hour has the worst that was in it, with counts', () => {
    const cell = (name: string, more: Partial<CalendarCell>): CalendarCell => ({
      ...{ hour: 0, condition: name, succeeded: 0, failed: 0, missed: 0, coming: 0 },
      ...more,
    });
    const cells = [cell('A', { succeeded: 3, coming: 1 }), cell('B', { failed: 1 }), cell('B', { hour: 1, missed: 2 })];
    const sums = sumHours(cells, '');
    expect([signsOf(sums.get(0)!), hourWords(sums.get(0)), sums.get(0)!.kind]).toEqual([
      '✗ ✓3 ·',
      '1 failed, 3 succeeded, 1 coming',
      'failed',
    ]);
    expect(sums.get(1)!.kind).toBe('missed');
    expect(sumHours(cells, 'A').get(0)!.kind).toBe('succeeded');
    expect(hourWords(undefined)).toBe('nothing');
  });
});

describe('runs over time', () => {
  const columns: RunColumns = {
    texts: ['s', 'A', 'run-1', 'tick-1', 'success', 'T', 'failure', 'run-2', 'OnFail', 'the why', 'U'],
    ...{
      session: [0, 0],
      condition: [1, 8],
      run: [2, 7],
      cause: [3, 2],
      outcome: [6, 4],
      event: [-1, -1],
      why: [9, 9],
    },
    ...{ began: [NOW, NOW + 3000], length: [2000, 500] },
    tasks: [
      [0, 5, NOW, 1000, 4],
      [0, 10, NOW + 1000, 900, 6],
      [1, 5, NOW + 3000, 400, 4],
    ],
    ...{ missed: [[1, NOW - 5000, NOW - 4000, 2, 9]], gaps: [], leftOut: 0 },
    ...{ first: 0, oldest: NOW },
  };
  const base = NOW - 10_000;
  const range = { from: base, until: NOW + 10_000 };
  const modelsOf = (some: RunColumns = columns, live: readonly SlimRun[] = []): RunModels => {
    const models = new RunModels(base);
    models.addOlder(some);
    models.take(live, NOW + 5000);
    return models;
  };
  const modelOf = (some?: RunColumns, live?: readonly SlimRun[]): RunModel => modelsOf(some, live).model(range);
  /** What each lane shows, by row. */
  const lanesOf = ({ lanes }: RunModel) =>
    [...lanes].map(([item, { rows }]) => [
      item,
      ...rows.map((row) => row.map(({ start, finish, style }) => `${start / 1e9} to ${finish / 1e9} ${style}`)),
    ]);

  test('each run and task is a span, each miss an instant', () => {
    const model = modelOf();
    expect(model.spans.map(({ item, start, finish, style }) => [item, start / 1e9, finish / 1e9, style])).toEqual([
      ['condition/A', 10, 12, 'failure'],
      ['task/T', 10, 11, 'success'],
      ['task/U', 11, 11.9, 'failure'],
      ['condition/OnFail', 13, 13.5, 'success'],
      ['task/T', 13, 13.4, 'success'],
    ]);
    expect(model.lanes.get('condition/A')!.instants.map(({ start }) => start / 1e9)).toEqual([5]);
    expect(model.length).toBe(20e9);
  });
  test('a run that has come since is there once; one that runs grows, and what is older than all is left out', () => {
    const again = run('run-2', { condition: 'OnFail', began: NOW + 3000, outcome: 'success', seconds: 4 });
    const going = run('run-3', { began: NOW + 4000, outcome: 'running', seconds: null, ended: null });
    const old = run('run-0', { began: NOW - 60_000 });
    const models = modelsOf(columns, [going, again, old]);
    const { spans } = models.model(range);
    expect(
      spans.filter(({ category }) => category === 'run').map(({ item, style, open }) => [item, style, open]),
    ).toEqual([
      ['condition/A', 'failure', false],
      ['condition/OnFail', 'success', false],
      ['condition/C', 'open', true],
    ]);
    const last = spans.at(-1)!;
    expect(last.finish).toBe(15e9);
    models.take([going], NOW + 6000);
    expect([last.finish, last.open, models.isRunning]).toEqual([16e9, true, true]);
    models.take([run('run-3', { began: NOW + 4000, outcome: 'error', seconds: 1.5 })], NOW + 7000);
    expect([last.finish, last.open, last.style, models.isRunning]).toEqual([15.5e9, false, 'error', false]);
    expect(models.model(range).lanes.get('condition/C')!.rows).toEqual([[last]]);
  });
  test('what has not changed is the same in the next model, and what has ended stays', () => {
    const models = modelsOf(columns, [run('run-3', { outcome: 'running', seconds: null, ended: null })]);
    const first = models.model(range);
    const [row, span] = [first.lanes.get('task/T')!.rows[0], first.spans.at(-1)];
    models.take([run('run-3')], NOW + 6000);
    const second = models.model(range);
    expect(second.lanes.get('condition/C')!.rows).toEqual([[span]]);
    expect(second.lanes.get('task/T')!.rows[0]).toBe(row);
    expect(second.spans).toBe(first.spans);
    models.take([], NOW + 7000);
    expect(models.model(range).spans.length).toBe(6);
  });
  test('a history that comes in parts, the newest first, is as if it had come at once', () => {
    const part = (from: number, to: number): RunColumns => ({
      ...columns,
      ...Object.fromEntries(
        (['session', 'condition', 'run', 'cause', 'outcome', 'event', 'why', 'began', 'length'] as const).map((key) => [
          key,
          columns[key].slice(from, to),
        ]),
      ),
      tasks: columns.tasks.flatMap(([row, ...rest]) => (row! >= from && row! < to ? [[row! - from, ...rest]] : [])),
      missed: from === 0 ? [] : columns.missed,
    });
    const models = new RunModels(base);
    models.addOlder(part(1, 2));
    models.addOlder(part(0, 1));
    models.addOlder(part(0, 2));
    expect(lanesOf(models.model(range)).sort()).toEqual(lanesOf(modelOf()).sort());
    expect(models.size).toBe(2);
  });
  test('of some outcome only those spans are shown, also when they come or end later', () => {
    const going = { outcome: 'running', seconds: null, ended: null } as const;
    const models = modelsOf(columns, [run('run-3', going), run('run-4', { ...going, condition: 'D' })]);
    const shown = () =>
      lanesOf(models.model(range))
        .filter(([, ...rows]) => rows.length > 0)
        .map(([item]) => item);
    models.show('failed');
    expect(shown()).toEqual(['condition/A', 'task/U']);
    models.take([run('run-3', { outcome: 'failure' }), run('run-4', { condition: 'D' })], NOW + 6000);
    expect(shown()).toEqual(['condition/A', 'task/U', 'condition/C']);
    models.show('running');
    expect(shown()).toEqual([]);
    models.show('all');
    expect(shown()).toHaveLength(6);
  });
  test('the event of a run that comes live is there at once', () => {
    const [lines, of] = [new RunLines(), { session: 's', condition: 'C', run: 'run-9', cause: 'event-1' }];
    const time = new Date(NOW).toISOString();
    const event = { name: 'Poke', count: 1, change: 'created', path: '/a' };
    const claim = { kind: 'claim', time, ...of, tasks: ['T'], code: 'event', why: 'it fired', event } as const;
    const end = { kind: 'run', time, ...of, began: time, seconds: 1, outcome: 'success', why: '', tasks: [] } as const;
    const live = [claim, end].map((line) => lines.take(line, true)!);
    expect(live.map((one) => [one.run.outcome, one.event])).toEqual([
      ['running', 'Poke'],
      ['success', 'Poke'],
    ]);
    const model = modelOf(columns, [run('run-9', { cause: 'event-1', event: live[0]!.event! })]);
    expect(model.lanes.get('event/Poke')!.instants.map(({ start }) => start / 1e9)).toEqual([10]);
    const [arrow] = arrowsOf(model, model.spans.at(-1) as RunSpan);
    expect(arrow!.map(({ item }) => item)).toEqual(['event/Poke', 'condition/C']);
  });
  test('what is coming has a lane before its first run, and under each choice of outcomes', () => {
    const models = modelsOf();
    models.mention(['Soon']);
    models.show('failed');
    expect(models.model(range).lanes.get('condition/Soon')!.rows).toEqual([[]]);
  });
  test('a range is counted by item, and medians are of runs', () => {
    const [all, ...items] = figuresIn(modelOf(), 0, 12.9e9);
    expect(all).toEqual({ item: '', runs: 1, failed: 1, total: 2e9, median: 2e9, longest: 2e9 });
    expect(items.map(({ item, runs, failed }) => `${item} ${runs} ${failed}`)).toEqual([
      'condition/A 1 1',
      'task/U 1 1',
      'task/T 1 0',
    ]);
  });
  test('arrows go from the run through its tasks, and to the hook that it began', () => {
    const model = modelOf();
    const names = (index: number) =>
      arrowsOf(model, model.spans[index] as RunSpan).map(([cause, effect]) => `${cause.item} > ${effect.item}`);
    expect(names(2)).toEqual(['condition/A > task/T', 'task/T > task/U', 'condition/A > condition/OnFail']);
    expect(names(3)).toEqual(['condition/OnFail > task/T', 'condition/A > condition/OnFail']);
  });
  test('the event that fired a run is an instant at its beginning, with an arrow to it', () => {
    const model = modelOf({ ...columns, texts: [...columns.texts, 'Poke'], event: [11, -1] });
    expect(model.lanes.get('event/Poke')!.instants.map(({ start }) => start / 1e9)).toEqual([10]);
    const arrows = (index: number) =>
      arrowsOf(model, model.spans[index] as RunSpan).map(([cause, effect]) => `${cause.item} > ${effect.item}`);
    expect(arrows(1)).toContain('event/Poke > condition/A');
    expect(arrows(3).join()).not.toContain('Poke');
  });
});

test('runs that were begun as hooks are apart from those of the item itself', () => {
  const runs = [{ began: 1 }, { began: 2, hook: 'on_failure' as const }, { began: 3 }];
  expect(byHook(runs)).toEqual({ own: [runs[0], runs[2]], hooks: [runs[1]] });
});

import { expect, test } from 'vitest';
import { type ServiceView, serviceEvents, serviceStatus } from '../../src/projections/service-status.ts';

const NOW = new Date('2026-11-28T12:00:00').getTime();
const HOUR = 3_600_000;

type Condition = ServiceView['conditions'] extends Iterable<infer C> ? C : never;

const condition = (name: string, at: number | 'any-tick' | 'on-event', more: Partial<Condition> = {}): Condition => ({
  ...{ name, busy: false },
  next: () => ({ state: 'waiting', ineligible: undefined, at, waits: undefined }),
  ...more,
});
const view = (conditions: readonly Condition[], more: Partial<ServiceView> = {}): string =>
  serviceStatus({ state: 'running', pausedUntil: null, refused: false, conditions, ...more }, NOW);

const BACKUP = condition('Backup', NOW + 14.5 * HOUR);

test.each<[string, string]>([
  ['0 conditions', view([])],
  ['1 condition, next Backup at 02:30', view([BACKUP])],
  ['2 conditions, next Backup at 02:30', view([condition('Later', NOW + 20 * HOUR), BACKUP])],
  ['2 conditions, next Backup at 02:30', view([BACKUP, condition('Later', NOW + 20 * HOUR)])],
  ['1 condition, next A on Mon at 12:00', view([condition('A', NOW + 48 * HOUR)])],
  ['1 condition, next A on 2026-12-12 at 12:00', view([condition('A', NOW + 14 * 24 * HOUR)])],
  ['2 conditions', view([condition('A', 'on-event'), condition('B', 'any-tick')])],
  ['3 conditions, next B within a minute', view([BACKUP, condition('B', NOW + 50_000), condition('C', NOW + 2000)])],
  ['2 conditions, running A, next Backup at 02:30', view([condition('A', NOW, { busy: true }), BACKUP])],
  ['3 conditions, running A and 2 more', view(['A', 'B', 'C'].map((name) => condition(name, NOW, { busy: true })))],
  ['1 condition, paused', view([BACKUP], { state: 'paused' })],
  ['1 condition, paused until 13:00', view([BACKUP], { state: 'paused', pausedUntil: NOW + HOUR })],
  ['1 condition, next Backup at 02:30, the last reload was refused', view([BACKUP], { refused: true })],
  ['ending, waits for A', view([condition('A', NOW, { busy: true }), BACKUP], { state: 'ending' })],
  ['ending', view([BACKUP], { state: 'ending' })],
])('%s', (expected, found) => {
  expect(found).toBe(expected);
});

test('a tick at which nothing was due changes nothing', () => {
  const calls: string[] = [];
  const handlers = serviceEvents({
    tick: () => calls.push('tick'),
    reloading: () => calls.push('reloading'),
    reloaded: (refused) => calls.push(`reloaded ${refused}`),
    stopping: () => calls.push('stopping'),
    changed: () => calls.push('changed'),
  });
  const trace = { cause: 'tick-1', run: null };
  handlers['tick.finished']?.({ visited: 5, due: 0 }, trace);
  expect(calls).toEqual([]);
  handlers['tick.finished']?.({ visited: 5, due: 1 }, trace);
  handlers['reload.refused']?.({ file: 'f', by: 'x', lines: [] }, trace);
  expect(calls).toEqual(['changed', 'reloaded true']);
});

import { expect, test } from 'vitest';
import { statusReport } from '../../src/control/status.ts';

type Input = Parameters<typeof statusReport>[0];
const condition = (name: string, more: Partial<Input['conditions'][number]> = {}) => ({
  ...{ name, type: 'bucket', state: 'waiting', why: 'w', due: undefined, tasks: [], running: [] },
  ...more,
});
const input = (more: Partial<Input>): Input => ({
  ...{ pid: 1, config: 'c', started: 0, now: 1000, state: 'running', tickMs: 5000, conditions: [], tasks: [] },
  lastRun: () => null,
  pending: () => false,
  ...more,
});

test('States of recordings of other versions are among those of today.', () => {
  const conditions = ['busy', 'replaced', 'idle', 'of a later version'].map((state) => condition(state, { state }));
  const { conditions: found } = statusReport(input({ conditions }), []);
  expect(Object.fromEntries(found.map(({ name, group }) => [name, group]))).toEqual({
    ...{ busy: 'queued', replaced: 'queued', idle: 'no-tasks', 'of a later version': 'waiting' },
  });
});

test.each([
  ['running', 'its event has come, it is checked at the next tick'],
  ['paused', 'the scheduler is paused; its event has come'],
  ['ending', 'w'],
] as const)('A condition whose event has come, while the scheduler is %s, waits because "%s".', (state, why) => {
  const report = statusReport(input({ state, conditions: [condition('C')], pending: () => true }), []);
  expect(report.conditions.map((one) => one.why)).toEqual([why]);
});

test('What is due soon, at an instant that is not known, comes after what has an instant, and before the rest.', () => {
  const conditions = [condition('Never'), condition('Soon', { due: 'soon' }), condition('At', { due: 9000 })];
  const { conditions: found } = statusReport(input({ conditions }), []);
  expect(found.map(({ name, next }) => [name, next])).toEqual([
    ['At', 10_000],
    ['Soon', null],
    ['Never', null],
  ]);
});

test('The reason of the last check is left out where it is why the condition waits.', () => {
  const lastOf = (reason: string) => {
    const lastReason = () => ({ code: 'check', reason, why: 'long' }) as const;
    return statusReport(input({ conditions: [condition('C')], lastReason }), []).conditions[0]?.lastCheck;
  };
  expect([lastOf('w'), lastOf('it was negative')]).toEqual([null, 'it was negative']);
});

test('Names that are no condition are listed.', () => {
  const report = statusReport(input({ conditions: [condition('C')] }), ['condition/C', 'D']);
  expect([report.conditions.map(({ name }) => name), report.unknown]).toEqual([['C'], ['D']]);
});

import { expect, test } from 'vitest';
import type { BusValue, RegexMatcher } from '../../src/core/ports.ts';
import {
  compileParameterChecks,
  evaluateParameterChecks,
  matchArgumentsOnThreads,
} from '../../src/items/common/dbus.ts';
import { RecurringProblem } from '../../src/items/common/recurring-problem.ts';
import { compileResultChecks, evaluateResultChecks } from '../../src/items/common/wmi.ts';
import { createLog } from '../../src/log/log.ts';
import { aloneCondition, aloneEvent } from '../desktop/support/item.ts';
import { FakeBus } from '../support/fake-bus.ts';
import { FakeWmi } from '../support/fake-desktop.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const wrong = (key: unknown, text: string): never => {
  throw new Error(`${key}: ${text}`);
};

/** A log that keeps its warnings. */
const watched = () => {
  const warnings: string[] = [];
  const log = createLog(
    'warn',
    () => 0,
    ({ message }) => warnings.push(message),
  );
  return { log: log.for('MAIN', 'starting'), warnings, trouble: new RecurringProblem(new VirtualClock(0)) };
};

const HEAVY = '(a?){500}a{500}b';
const SAYS = /a text of 300000 characters is too long for this regular expression, which would hold up the scheduler$/;

test('A check of a D-Bus argument that would hold up the scheduler is not made where there is no thread, and the WARN says so', async () => {
  const checks = await compileParameterChecks([{ index: 0, operator: 'match', value: HEAVY }], wrong);
  const { log, warnings, trouble } = watched();
  const check = (value: string) => evaluateParameterChecks([{ type: 's', value }], checks, true, log, trouble);
  const began = performance.now();
  expect(check('a'.repeat(300_000))).toBe(false);
  // The search itself takes seconds.
  expect(performance.now() - began).toBeLessThan(1000);
  expect(warnings).toEqual([expect.stringMatching(SAYS)]);
  expect(check(`${'a'.repeat(600)}b`)).toBe(true);
  expect(warnings).toHaveLength(1);
});

test('A long argument is no obstacle to an expression that is quick', async () => {
  const checks = await compileParameterChecks([{ index: 0, operator: 'match', value: 'b$' }], wrong);
  const { log, warnings, trouble } = watched();
  expect(evaluateParameterChecks([{ type: 's', value: `${'a'.repeat(300_000)}b` }], checks, true, log, trouble)).toBe(
    true,
  );
  expect(warnings).toEqual([]);
});

test('So it is with a field of WMI', async () => {
  const checks = await compileResultChecks([{ field: 'Name', operator: 'match', value: HEAVY }], wrong);
  const { log, warnings, trouble } = watched();
  expect(evaluateResultChecks([{ name: 'a'.repeat(300_000) }], checks, true, log, trouble)).toBe(false);
  expect(warnings).toEqual([expect.stringMatching(SAYS)]);
  expect(evaluateResultChecks([{ name: `${'a'.repeat(600)}b` }], checks, true, log, trouble)).toBe(true);
});

/** Threads that find a `b` when they are told to. */
class Threads implements RegexMatcher {
  readonly searches: (() => void)[] = [];
  matches(_: unknown, text: string): Promise<boolean> {
    return new Promise((resolve) => this.searches.push(() => resolve(text.includes('b'))));
  }
  async answer(): Promise<void> {
    for (const search of this.searches.splice(0)) search();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const LONG = 'a'.repeat(300_000);
const MATCH = `operator = "match", value = "${HEAVY}"`;
const CALL = `bus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "C"\nparameter_check = [{ index = 0, ${MATCH} }]`;

test('An expression over a long D-Bus or WMI value is looked for on a thread, with the same result', async () => {
  const threads = new Threads();
  const [bus, wmi] = [new FakeBus(), new FakeWmi()];
  const ports = { bus, wmi, matcher: threads };
  const call = await aloneCondition('dbus', CALL, ports);
  const query = await aloneCondition(
    'wmi',
    `query = "q"\nresult_check = [{ field = "Name", ${MATCH} }]`,
    ports,
    'win32',
  );
  for (const [text, kind] of [
    [`${LONG}b`, 'passed'],
    [LONG, 'failed'],
  ] as const) {
    bus.service = () => ({ how: 'reply', body: [{ type: 's', value: text }] });
    wmi.result = { how: 'rows', rows: [{ name: text }, { name: 'short' }] };
    const checks = [call.check(), query.check()];
    await new Promise((resolve) => setImmediate(resolve));
    expect(threads.searches).toHaveLength(2);
    await threads.answer();
    expect((await Promise.all(checks)).map((verdict) => verdict.kind)).toEqual([kind, kind]);
  }
  expect([...call.lines(), ...query.lines()].filter((line) => line.startsWith('warn'))).toEqual([]);
});

test('Messages with long values wait for a thread, at most 100 of an event, and those beyond are checked at once', async () => {
  const threads = new Threads();
  const bus = new FakeBus();
  const keys = `bus = ":session"\nrule = "type='signal'"\nparameter_check = [{ index = 0, ${MATCH} }]`;
  const { fired, lines } = await aloneEvent('dbus', keys, { bus, matcher: threads });
  for (let i = 0; i < 101; i++) bus.emit({ body: [{ type: 's', value: `${LONG}b` }] });
  expect([threads.searches.length, fired.count]).toEqual([100, 0]);
  expect(lines().filter((line) => line.startsWith('warn'))).toEqual([
    expect.stringMatching(SAYS.source.replace('300000', '300001')),
  ]);
  await threads.answer();
  expect(fired.count).toBe(100);
});

test('In a list of variants only what has the type of the wanted value can be it, and a path that leads nowhere is named', async () => {
  const { log, warnings, trouble } = watched();
  const list: BusValue = {
    ...{ type: 'array', element: 'v' },
    items: [
      { type: 's', value: 'true' },
      { type: 'b', value: false },
      { type: 'd', value: 2 },
      { type: 'u', value: 7n },
    ].map((value) => ({ type: 'v', value }) as BusValue),
  };
  const holds = async (operator: 'contains' | 'ncontains', value: boolean | bigint | number | string) => {
    const checks = await compileParameterChecks([{ index: 0, operator, value }], wrong);
    return evaluateParameterChecks([list], checks, true, log, trouble);
  };
  expect(await holds('contains', true)).toBe(false);
  expect(await holds('contains', false)).toBe(true);
  expect(await holds('contains', 2n)).toBe(false);
  expect(await holds('contains', 7n)).toBe(true);
  expect(await holds('contains', 7.5)).toBe(false);
  expect(await holds('contains', 2)).toBe(true);
  expect(await holds('contains', 'false')).toBe(false);
  expect(await holds('ncontains', 'false')).toBe(true);
  expect(await holds('contains', 'true')).toBe(true);
  expect(warnings).toEqual([]);
  const checks = await compileParameterChecks([{ index: [0, 9], operator: 'eq', value: 'a' }], wrong);
  expect(evaluateParameterChecks([list], checks, true, log, trouble)).toBe(false);
  expect(warnings).toEqual([expect.stringContaining('at index [0] there is no 9')]);
});

test('No thread is asked about an argument that is no text, or is not there', async () => {
  const matcher: RegexMatcher = { matches: () => Promise.reject(new Error('not asked')) };
  const checks = await compileParameterChecks(
    [0, 1].map((index) => ({ index, operator: 'match', value: HEAVY }) as const),
    wrong,
  );
  expect(matchArgumentsOnThreads([{ type: 'u', value: 7n }], checks, matcher)).toBeUndefined();
});

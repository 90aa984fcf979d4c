import { expect, test } from 'vitest';
import { compileChecks, evaluateChecks } from '../../src/items/common/dbus-checks.ts';
import { Ongoing } from '../../src/items/common/ongoing.ts';
import { compileResultChecks, evaluateRows } from '../../src/items/common/wmi-checks.ts';
import { createLog } from '../../src/log/log.ts';
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
  return { log: log.for('MAIN', 'starting'), warnings, trouble: new Ongoing(new VirtualClock(0)) };
};

const HEAVY = '(a?){500}a{500}b';
const SAYS = /a text of 300000 characters is too long for this regular expression, which would hold up the scheduler$/;

test('A check of a D-Bus argument that would hold up the scheduler is not made, and the WARN says so', async () => {
  const checks = await compileChecks([{ index: 0, operator: 'match', value: HEAVY }], wrong);
  const { log, warnings, trouble } = watched();
  const check = (value: string) => evaluateChecks([{ type: 's', value }], checks, true, log, trouble);
  const began = performance.now();
  expect(check('a'.repeat(300_000))).toBe(false);
  // The search itself takes seconds.
  expect(performance.now() - began).toBeLessThan(1000);
  expect(warnings).toEqual([expect.stringMatching(SAYS)]);
  expect(check(`${'a'.repeat(600)}b`)).toBe(true);
  expect(warnings).toHaveLength(1);
});

test('A long argument is no obstacle to an expression that is quick', async () => {
  const checks = await compileChecks([{ index: 0, operator: 'match', value: 'b$' }], wrong);
  const { log, warnings, trouble } = watched();
  expect(evaluateChecks([{ type: 's', value: `${'a'.repeat(300_000)}b` }], checks, true, log, trouble)).toBe(true);
  expect(warnings).toEqual([]);
});

test('So it is with a field of WMI', async () => {
  const checks = await compileResultChecks([{ field: 'Name', operator: 'match', value: HEAVY }], wrong);
  const { log, warnings, trouble } = watched();
  expect(evaluateRows([{ name: 'a'.repeat(300_000) }], checks, true, log, trouble)).toBe(false);
  expect(warnings).toEqual([expect.stringMatching(SAYS)]);
  expect(evaluateRows([{ name: `${'a'.repeat(600)}b` }], checks, true, log, trouble)).toBe(true);
});

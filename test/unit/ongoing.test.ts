import { expect, test } from 'vitest';
import { compileChecks, evaluateChecks } from '../../src/items/common/dbus-checks.ts';
import { Ongoing } from '../../src/items/common/ongoing.ts';
import { Records } from '../support/records.ts';

test('Messages without the property that is checked are one WARN when that begins and one when it is over.', async () => {
  const records = new Records(
    'debug',
    () => 0,
    () => 0,
  );
  const log = records.log.for('TEST', 'active', 'E', 1);
  const checks = await compileChecks([{ index: [0, 'LockedHint'], operator: 'eq', value: true }], () => {});
  const trouble = new Ongoing();
  const tell = (property: string) =>
    evaluateChecks(
      [
        {
          type: 'dict',
          element: '{sv}',
          entries: [
            [
              { type: 's', value: property },
              { type: 'b', value: true },
            ],
          ],
        },
      ],
      checks,
      true,
      log,
      trouble,
    );
  expect([tell('IdleHint'), tell('IdleHint'), tell('IdleHint'), tell('LockedHint'), tell('LockedHint')]).toEqual([
    ...[false, false, false, true, true],
  ]);
  expect(records.all.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warn dbus: a check could not be made: check 1: at index [0] there is no "LockedHint"',
    ...Array(2).fill('debug dbus: a check could not be made: check 1: at index [0] there is no "LockedHint"'),
    'warn dbus: the checks can be made again',
  ]);
});

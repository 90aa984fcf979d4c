import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firings, instantCounter, instantsOf, type TimeFields } from '../../src/items/common/instants.ts';
import { summariseInstants } from '../../src/items/common/time-ranges.ts';
import { zoneOf } from '../../src/items/common/zone.ts';
import { settings } from '../support/property.ts';

const HOUR = 3_600_000;
const PATTERNS = [
  '*/7 * * * *',
  '30 1-3 * * *',
  '0 */2 * * *',
  '15,45 2 * * SUN',
  '0 0 L * *',
  '0 3 * * MON#1',
  '* 2 29 3 *',
];
const specification: fc.Arbitrary<TimeFields> = fc.oneof(
  fc.constantFrom(...PATTERNS).map((cron) => ({ cron })),
  fc.record(
    {
      hour: fc.constantFrom(0, 1, 2, 3, 12, 23),
      minute: fc.constantFrom(0, 7, 30, 59),
      second: fc.constantFrom(0, 30, 59),
      weekday: fc.constantFrom('sun', 'mon'),
      day: fc.constantFrom(1, 25, 29),
    },
    { requiredKeys: [] },
  ),
);
/** Days in which clocks are set, and others. */
const DAYS = ['2026-03-28', '2026-10-24', '2026-04-04', '2026-10-03', '2011-12-28', '2026-02-27', '2026-06-01'].map(
  Date.parse,
);

test('Instants are counted as many as there are, whatever the zone does, and the last one is the last.', () => {
  fc.assert(
    fc.property(
      fc.array(specification, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(
        'UTC',
        'Europe/Rome',
        'Australia/Lord_Howe',
        'Pacific/Apia',
        'Asia/Kathmandu',
        'America/St_Johns',
      ),
      fc.constantFrom(...DAYS),
      fc.integer({ min: 0, max: 48 * 3600 }),
      fc.integer({ min: 1, max: 6 * 24 * 3600 }),
      fc.double({ min: 0, max: 1000, noNaN: true }),
      (specs, name, day, offset, length, ms) => {
        const from = day + offset * 1000 + ms;
        const to = from + length * 1000;
        const instants = specs.map((spec) => instantsOf(spec, name));
        const calendar = {
          firings: (after: number) => firings(instants, after),
          count: instantCounter(instants, zoneOf(name)),
        };
        const all: number[] = [];
        for (const { at } of calendar.firings(from)) {
          if (at > to) break;
          all.push(at);
        }
        expect(calendar.count(from, to)).toBe(all.length);
        const middle = Math.min(to, from + 2 * HOUR);
        const pieces = [
          { from, to: middle },
          { from: middle, to },
        ];
        const row = summariseInstants(calendar, pieces);
        const wanted = all.length === 0 ? undefined : [all.length, all[0], all.at(-1)];
        expect(row && [row.count, row.first.at, row.last.at]).toEqual(wanted);
      },
    ),
    settings(300),
  );
});

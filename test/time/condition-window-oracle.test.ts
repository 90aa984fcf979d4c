import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionWindow, type WindowKeys } from '../../src/items/common/condition-window.ts';
import { seed } from './every-zone.ts';
import { WallClock } from './oracle.ts';

/** A piece of time in both languages: that of the program, and a look at the date that a clock shows. */
interface Piece {
  readonly fields: NonNullable<WindowKeys['only']>[number];
  readonly holds: (shown: Date) => boolean;
}

const DAY = 86_400;
const daysIn = (d: Date): number => new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 0)).getUTCDate();

const DAYS: readonly Piece[] = [
  { fields: {}, holds: () => true },
  { fields: { weekday: 'mon-fri' }, holds: (d) => d.getUTCDay() % 6 !== 0 },
  { fields: { weekday: 'fri-mon' }, holds: (d) => [5, 6, 0, 1].includes(d.getUTCDay()) },
  { fields: { weekday: 'sun', nth: -1 }, holds: (d) => d.getUTCDay() === 0 && daysIn(d) - d.getUTCDate() < 7 },
  { fields: { day: [1, -1] }, holds: (d) => d.getUTCDate() === 1 || d.getUTCDate() === daysIn(d) },
  { fields: { month: '11-3' }, holds: (d) => d.getUTCMonth() > 9 || d.getUTCMonth() < 3 },
];
const HOURS: readonly Piece[] = [
  { fields: {}, holds: () => true },
  { fields: { hour: '22-5' }, holds: (d) => d.getUTCHours() >= 22 || d.getUTCHours() <= 5 },
  { fields: { hour: [2, 14] }, holds: (d) => [2, 14].includes(d.getUTCHours()) },
  { fields: { hour: '*/3' }, holds: (d) => d.getUTCHours() % 3 === 0 },
];
const MINUTES: readonly Piece[] = [
  { fields: {}, holds: () => true },
  { fields: { minute: '50-9' }, holds: (d) => d.getUTCMinutes() >= 50 || d.getUTCMinutes() <= 9 },
  { fields: { minute: '*/20' }, holds: (d) => d.getUTCMinutes() % 20 === 0 },
];
const piece = fc.tuple(fc.constantFrom(...DAYS), fc.constantFrom(...HOURS), fc.constantFrom(...MINUTES)).map(
  (parts): Piece => ({
    fields: Object.assign({}, ...parts.map(({ fields }) => fields)),
    holds: (shown) => parts.every(({ holds }) => holds(shown)),
  }),
);

const zones = ['UTC', 'Europe/Rome', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo'].map(
  (zone) => [zone, new WallClock(zone)] as const,
);
/** Around these days the clocks of the zones are set. */
const day = fc
  .tuple(fc.constantFrom('2026-03-05', '2026-03-26', '2026-10-22', '2026-12-28'), fc.integer({ min: 0, max: 11 }))
  .map(([from, n]) => new Date(Date.parse(from) + n * DAY * 1000).toISOString().slice(0, 10));

const windows = fc.record(
  {
    ...{ from: day, until: day, holidays: fc.array(day, { maxLength: 3 }), dates: fc.array(day, { maxLength: 2 }) },
    ...{ except: fc.array(piece, { maxLength: 1 }), only: fc.array(piece, { minLength: 1, maxLength: 2 }) },
  },
  { requiredKeys: [] },
);

test('A window is open when the clock of its zone shows a date and time that its keys name, in the order in which they close it.', () => {
  fc.assert(
    fc.property(windows, fc.constantFrom(...zones), day, (given, [timezone, clock], around) => {
      const { from, until, holidays, dates = [], except = [], only } = given;
      const window = conditionWindow({
        ...{ timezone, from, until, holidays },
        except: [...dates, ...except.map(({ fields }) => fields)],
        only: only?.map(({ fields }) => fields),
      });
      const closedBy = (at: number): string | undefined => {
        const shown = new Date(clock.read(at) * 1000);
        const date = shown.toISOString().slice(0, 10);
        const rules: readonly (readonly [by: string, closes: boolean | undefined])[] = [
          ['from', from !== undefined && date < from],
          ['until', until !== undefined && date > until],
          ['holidays', holidays?.includes(date)],
          ['except', dates.includes(date) || except.some(({ holds }) => holds(shown))],
          ['only', only?.every(({ holds }) => !holds(shown))],
        ];
        return rules.find(([, closes]) => closes)?.[0];
      };
      const begin = Date.parse(around) / 1000 - 7200;
      // What is closed says when it opens: for a window that never does, each answer is a search of half a second.
      fc.pre(window.opens(begin * 1000) !== undefined);
      const found: string[] = [];
      const expected: string[] = [];
      for (let at = begin; at < begin + DAY + 14_400; at += 10 * 60)
        for (const second of [at - 1, at]) {
          const shown = new Date(second * 1000).toISOString();
          expected.push(`${shown} ${closedBy(second)}`);
          found.push(`${shown} ${window.closed(second * 1000)?.by}`);
        }
      expect(found).toEqual(expected);
    }),
    { numRuns: 60, seed },
  );
});

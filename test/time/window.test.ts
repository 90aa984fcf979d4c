import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimeFields } from '../../src/items/common/instants.ts';
import { timeWindow } from '../../src/items/common/time-window.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const window = (specifications: readonly TimeFields[], between?: readonly [number, number], zone = 'UTC') =>
  timeWindow(specifications, between, zone);
const HOUR = 3600;

describe('a specification as a window', () => {
  test.each<[string, TimeFields, string[], string[]]>([
    [
      'an hour is all of it',
      { hour: 9 },
      ['2026-03-02T09:00:00', '2026-03-02T09:59:59.999'],
      ['2026-03-02T08:59:59', '2026-03-02T10:00:00'],
    ],
    [
      'a minute of an hour',
      { hour: 9, minute: 30 },
      ['2026-03-02T09:30:00', '2026-03-02T09:30:59'],
      ['2026-03-02T09:31:00', '2026-03-02T09:29:59'],
    ],
    ['a minute of each hour', { minute: 30 }, ['2026-03-02T09:30:59', '2026-03-02T23:30:00'], ['2026-03-02T09:00:30']],
    [
      'a second is one second of the first minute',
      { second: 5 },
      ['2026-03-02T09:00:05'],
      ['2026-03-02T09:01:05', '2026-03-02T09:00:06'],
    ],
    [
      'a day of the week',
      { weekday: 'mon' },
      ['2026-03-02T00:00:00', '2026-03-02T23:59:59'],
      ['2026-03-03T00:00:00', '2026-03-01T23:59:59'],
    ],
    ['a day of the month', { day: 2 }, ['2026-03-02T00:00:00', '2026-04-02T12:00:00'], ['2026-03-03T00:00:00']],
    ['a month', { month: 3 }, ['2026-03-01T00:00:00', '2027-03-31T23:59:59'], ['2026-04-01T00:00:00']],
    ['a year', { year: 2026 }, ['2026-01-01T00:00:00', '2026-12-31T23:59:59'], ['2027-01-01T00:00:00']],
    ['nothing is always', {}, ['2026-03-02T09:17:31'], []],
    [
      'a cron pattern is the minutes that it names',
      { cron: '*/5 8-9 * * *' },
      ['2026-03-02T08:05:59', '2026-03-02T09:55:00'],
      ['2026-03-02T08:06:00', '2026-03-02T10:00:00'],
    ],
    [
      'a cron pattern with seconds is the seconds',
      { cron: '30 0 8 * * *' },
      ['2026-03-02T08:00:30'],
      ['2026-03-02T08:00:31', '2026-03-02T08:00:29'],
    ],
  ])('%s', (_, fields, inside, outside) => {
    const { at: holds } = window([fields]);
    for (const text of inside) expect(holds(at(text)), text).toBeDefined();
    for (const text of outside) expect(holds(at(text)), text).toBeUndefined();
  });

  test('says which one holds', () => {
    expect(window([{ hour: 8 }, { hour: 9 }]).at(at('2026-03-02T09:10:00'))).toBe('hour=9');
    expect(window([{ weekday: 'mon' }], [9 * HOUR, 17 * HOUR]).at(at('2026-03-02T09:10:00'))).toBe(
      'weekday=mon, between 09:00:00 and 17:00:00',
    );
  });
});

describe('between', () => {
  test('begins with the first time and ends before the second', () => {
    const { at: holds } = window([], [9 * HOUR, 17 * HOUR]);
    expect(
      ['08:59:59', '09:00:00', '16:59:59', '17:00:00'].map((time) => holds(at(`2026-03-02T${time}`)) !== undefined),
    ).toEqual([false, true, true, false]);
  });

  test('goes over midnight', () => {
    const { at: holds } = window([], [22 * HOUR, 6 * HOUR]);
    expect(
      ['21:59:59', '22:00:00', '00:00:00', '05:59:59', '06:00:00'].map(
        (time) => holds(at(`2026-03-02T${time}`)) !== undefined,
      ),
    ).toEqual([false, true, true, true, false]);
  });

  test('is in the time zone of the condition', () => {
    const rome = window([], [22 * HOUR, 23 * HOUR], 'Europe/Rome');
    expect(rome.at(at('2026-03-02T21:30:00'))).toBeDefined();
    expect(rome.at(at('2026-07-02T21:30:00'))).toBeUndefined();
    expect(rome.at(at('2026-07-02T20:30:00'))).toBeDefined();
  });

  test('with a specification both have to hold', () => {
    const { at: holds, next } = window([{ weekday: 'mon' }], [22 * HOUR, 6 * HOUR]);
    expect(holds(at('2026-03-02T03:00:00'))).toBeDefined();
    expect(holds(at('2026-03-03T03:00:00'))).toBeUndefined();
    expect(next(at('2026-03-02T23:00:00'))).toBe(at('2026-03-09T00:00:00'));
    expect(next(at('2026-03-02T12:00:00'))).toBe(at('2026-03-02T22:00:00'));
  });
});

describe('when a window begins next', () => {
  test.each<[TimeFields, string, string]>([
    [{ hour: 9 }, '2026-03-02T10:00:00', '2026-03-03T09:00:00'],
    [{ weekday: 'mon' }, '2026-03-03T10:00:00', '2026-03-09T00:00:00'],
    [{ day: 1 }, '2026-03-03T10:00:00', '2026-04-01T00:00:00'],
    [{ month: 12 }, '2026-03-03T10:00:00', '2026-12-01T00:00:00'],
    [{ year: 2028 }, '2026-03-03T10:00:00', '2028-01-01T00:00:00'],
    [{ month: 12, weekday: 'mon' }, '2026-03-03T10:00:00', '2026-12-07T00:00:00'],
    [{ minute: 30 }, '2026-03-03T10:31:00', '2026-03-03T11:30:00'],
  ])('%o after %s', (fields, after, expected) => {
    expect(window([fields]).next(at(after))).toBe(at(expected));
  });

  test('in the night when the clock is set back it begins twice, and in the one when it is set forward at the end of the gap', () => {
    const { at: holds, next } = window([{ hour: 2, minute: 30 }], undefined, 'Europe/Rome');
    expect(next(at('2026-10-25T00:31:00'))).toBe(at('2026-10-25T01:30:00'));
    expect(holds(at('2026-10-25T01:30:00'))).toBeDefined();
    const night = window([], [2.5 * HOUR, 5 * HOUR], 'Europe/Rome');
    expect(night.next(at('2026-03-29T00:30:00'))).toBe(at('2026-03-29T01:00:00'));
    expect(night.at(at('2026-03-29T01:00:00'))).toBeDefined();
  });

  test('is not known for a date that does not exist, or a year that is over', () => {
    expect(window([{ month: 2, day: 30 }]).next(at('2026-03-02T00:00:00'))).toBeUndefined();
    expect(window([{ year: 2020 }]).next(at('2026-03-02T00:00:00'))).toBeUndefined();
  });

  test('between the present and the next beginning it does not hold, in any zone', () => {
    const part = (max: number, min = 0) => fc.option(fc.integer({ min, max }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({ month: part(12, 1), day: part(28, 1), hour: part(23), minute: part(59) }),
        fc.option(fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 23 })), { nil: undefined }),
        fc.constantFrom('UTC', 'Europe/Rome', 'America/New_York', 'Australia/Lord_Howe'),
        fc.integer({ min: at('2026-01-01T00:00:00') / 60_000, max: at('2027-12-31T00:00:00') / 60_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (fields, hours, zone, minute, share) => {
          if (hours && hours[0] === hours[1]) return;
          const { at: holds, next } = window([fields], hours && [hours[0] * HOUR, hours[1] * HOUR], zone);
          const now = minute * 60_000;
          const begins = next(now);
          if (holds(now) !== undefined || begins === undefined) return;
          const between = now + Math.floor(((begins - now) * share) / 1000) * 1000;
          expect(holds(between), `${between}`).toBeUndefined();
          expect(begins).toBeGreaterThan(now);
        },
      ),
      { numRuns: 150 },
    );
  });
});

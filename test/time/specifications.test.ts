import { Cron } from 'croner';
import fc from 'fast-check';
import rrule from 'rrule';
import { describe, expect, test } from 'vitest';
import { instantsOf, type TimeFields } from '../../src/items/common/instants.ts';
import { sunInstants } from '../../src/items/common/sun-instants.ts';
import { seed } from './every-zone.ts';

const DAY = 86_400_000;
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const text = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
const dayOf = (ms: number): string => text(ms).slice(0, 10);

/** The instants of a specification in `(from, to]`, in a zone. */
const instants = (
  fields: TimeFields,
  from: string,
  to: string,
  zone = 'UTC',
  holidays: readonly string[] = [],
): string[] => {
  const days = new Set(holidays.map((day) => Date.parse(day) / DAY));
  const spec = instantsOf(fields, zone, { holidays: days, sun: sunInstants });
  const found: string[] = [];
  for (let at = spec.next(Date.parse(`${from}Z`)); at !== undefined && at <= Date.parse(`${to}Z`); at = spec.next(at))
    found.push(text(at));
  return found;
};

/** What a specification says of days, in words of the test: which numbers are named. */
interface Wanted {
  readonly months?: readonly number[];
  readonly days?: readonly number[];
  readonly weekdays?: readonly number[];
  readonly nth?: readonly number[];
  readonly workdays?: readonly number[];
  readonly every?: { readonly count: number; readonly unit: 'day' | 'week' | 'month' | 'year'; readonly since: string };
}

const lengthOf = (d: Date): number => new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 0)).getUTCDate();
const monday = (ms: number): number => ms - ((new Date(ms).getUTCDay() + 6) % 7) * DAY;

const isDayNamed = ({ days, weekdays, workdays }: Wanted): boolean =>
  days !== undefined || weekdays !== undefined || workdays !== undefined;

/** Whether a day is one of those that come every so often. */
const isTurn = ({ count, unit, since }: NonNullable<Wanted['every']>, at: number, dayNamed: boolean): boolean => {
  const [d, start] = [new Date(at), new Date(since)];
  const months = (x: Date) => x.getUTCFullYear() * 12 + x.getUTCMonth();
  const same = (read: (x: Date) => number) => dayNamed || read(d) === read(start);
  const turns = {
    day: () => Math.round((at - start.getTime()) / DAY) % count === 0,
    week: () =>
      Math.round((monday(at) - monday(start.getTime())) / (7 * DAY)) % count === 0 && same((x) => x.getUTCDay()),
    month: () => (months(d) - months(start)) % count === 0 && same((x) => x.getUTCDate()),
    year: () =>
      (d.getUTCFullYear() - start.getUTCFullYear()) % count === 0 &&
      same((x) => 100 * x.getUTCMonth() + x.getUTCDate()),
  };
  return at >= start.getTime() && turns[unit]();
};

/** Whether a day is meant, counted by hand: day after day from the first of its month. */
const isMeant = (wanted: Wanted, at: number, holidays: readonly string[]): boolean => {
  const d = new Date(at);
  const date = d.getUTCDate();
  const place = (list: readonly number[]): readonly number[] => [list.indexOf(at) + 1, list.indexOf(at) - list.length];
  /** Whether numbers name it among those days of its month that count. */
  const named = (numbers: readonly number[] | undefined, counts: (day: number) => boolean): boolean => {
    if (numbers === undefined) return true;
    const list = Array.from({ length: lengthOf(d) }, (_, i) => at + (i + 1 - date) * DAY).filter(counts);
    return list.includes(at) && place(list).some((n) => numbers.includes(n));
  };
  if (wanted.months && !wanted.months.includes(d.getUTCMonth() + 1)) return false;
  if (wanted.weekdays && !wanted.weekdays.includes(d.getUTCDay())) return false;
  if (!named(wanted.days, () => true)) return false;
  if (!named(wanted.nth, (day) => new Date(day).getUTCDay() === d.getUTCDay())) return false;
  if (!named(wanted.workdays, (day) => ![0, 6].includes(new Date(day).getUTCDay()) && !holidays.includes(dayOf(day))))
    return false;
  return wanted.every === undefined || isTurn(wanted.every, at, isDayNamed(wanted));
};

/** Numbers, and one of the ways in which a file can name them. */
const numbers = (min: number, max: number, fromEnd: boolean, round = false) =>
  fc.oneof(
    fc
      .array(
        fromEnd
          ? fc.integer({ min: -max, max }).filter((n) => n !== 0 && n >= -max && Math.abs(n) >= min)
          : fc.integer({ min, max }),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((list) => ({ list, value: list as NonNullable<TimeFields['day']> })),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min: 1, max: 4 })).map(([a, b, step]) => {
      const [from, to] = round ? [a, b] : [Math.min(a, b), Math.max(a, b)];
      const all = Array.from({ length: max - min + 1 }, (_, i) => min + i);
      // Over the end: what is from the first one on, and then what is up to the last one.
      const named =
        from > to ? [...all.slice(from - min), ...all.slice(0, to - min + 1)] : all.slice(from - min, to - min + 1);
      const list = named.filter((_, i) => i % step === 0);
      return { list, value: `${from}-${to}${step > 1 ? `/${step}` : ''}` };
    }),
  );

const weekdays = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }).map((list) => ({
    list,
    value: list.map((n) => NAMES[n]!) as TimeFields['weekday'],
  })),
  fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })).map(([from, to]) => ({
    list: Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7),
    value: `${NAMES[from]}-${NAMES[to]}`,
  })),
);

const period = fc.record({
  count: fc.integer({ min: 1, max: 40 }),
  unit: fc.constantFrom('day', 'week', 'month', 'year'),
  since: fc.integer({ min: 0, max: 1200 }).map((n) => dayOf(Date.UTC(2023, 5, 1) + n * DAY)),
});

const specification = fc
  .record(
    {
      months: numbers(1, 12, false, true),
      days: numbers(1, 31, true),
      weekdays,
      nth: numbers(1, 5, true),
      workdays: numbers(1, 23, true),
      every: period,
    },
    { requiredKeys: [] },
  )
  .map(({ months, days, weekdays: week, nth, workdays, every }) => {
    const { list: _, ...none } = { list: 0 };
    const ordinals = week === undefined ? undefined : nth;
    const fields = {
      ...none,
      ...(months ? { month: months.value } : {}),
      ...(days ? { day: days.value } : {}),
      ...(week ? { weekday: week.value } : {}),
      ...(ordinals ? { nth: ordinals.value } : {}),
      ...(workdays ? { workday: workdays.value } : {}),
      ...(every ? { every: `${every.count} ${every.unit}s`, since: every.since } : {}),
      hour: 0,
    } as TimeFields;
    const wanted = {
      ...(months ? { months: months.list } : {}),
      ...(days ? { days: days.list } : {}),
      ...(week ? { weekdays: week.list } : {}),
      ...(ordinals ? { nth: ordinals.list } : {}),
      ...(workdays ? { workdays: workdays.list } : {}),
      ...(every ? { every } : {}),
    } as Wanted;
    return { fields, wanted };
  });

const HOLIDAYS = ['2024-01-01', '2025-01-01', '2025-12-25', '2026-01-01', '2026-04-06', '2027-01-01', '2030-01-01'];

test('A specification names the days that it says, counted by hand.', () => {
  const [from, to] = [Date.UTC(2024, 0, 1), Date.UTC(2030, 11, 31)];
  fc.assert(
    fc.property(specification, ({ fields, wanted }) => {
      const expected: string[] = [];
      for (let at = from; at <= to; at += DAY) if (isMeant(wanted, at, HOLIDAYS)) expected.push(dayOf(at));
      const found = instants(fields, text(from - 1000), text(to), 'UTC', HOLIDAYS).map((one) => one.slice(0, 10));
      expect(found).toEqual(expected);
    }),
    { numRuns: 60, seed },
  );
});

test('Times of a day that lists, ranges and steps name are those that cron has for them, also over the end of a round.', () => {
  const part = (max: number) =>
    fc.oneof(
      numbers(0, max, false, true),
      fc.constantFrom({ value: '*/15', list: undefined }, { value: '*/7', list: undefined }),
    );
  fc.assert(
    fc.property(part(23), part(59), part(59), (hour, minute, second) => {
      const [s, m, h] = [second, minute, hour].map(({ value, list }) => list?.join(',') ?? value);
      const cron = new Cron(`${s} ${m} ${h} * * *`, { timezone: 'UTC' });
      const expected = cron.nextRuns(40, new Date('2026-05-04T13:17:05Z')).map((at) => text(at.getTime()));
      const spec = instantsOf({ hour: hour.value, minute: minute.value, second: second.value } as TimeFields, 'UTC');
      let at = Date.parse('2026-05-04T13:17:05Z');
      const found = expected.map(() => {
        at = spec.next(at)!;
        return text(at);
      });
      expect(found).toEqual(expected);
    }),
    { numRuns: 60, seed },
  );
});

test('Days from the end and nth days of the week are those of cron with L and #.', () => {
  const [from, to] = ['2026-01-01T00:00:00', '2030-12-31T23:59:59'];
  const byCron = (pattern: string) => {
    const cron = new Cron(pattern, { timezone: 'UTC', domAndDow: true });
    const found: string[] = [];
    for (let at = cron.nextRun(new Date(`${from}Z`)); at && at <= new Date(`${to}Z`); at = cron.nextRun(at))
      found.push(text(at.getTime()));
    return found;
  };
  const own = (fields: TimeFields) => instants({ hour: 9, ...fields }, from, to);
  expect(own({ day: -1 })).toEqual(byCron('0 9 L * *'));
  expect(own({ day: [1, 15, -1] })).toEqual(byCron('0 9 1,15,L * *'));
  expect(own({ day: -1, month: '11-2' })).toEqual(byCron('0 9 L 11,12,1,2 *'));
  for (const [number, weekday] of NAMES.entries()) {
    for (const nth of [1, 2, 3, 4, 5])
      expect(own({ weekday, nth }), `${weekday} ${nth}`).toEqual(byCron(`0 9 * * ${number}#${nth}`));
    expect(own({ weekday, nth: -1 }), weekday).toEqual(byCron(`0 9 * * ${number}#L`));
  }
  expect(own({ weekday: 'fri', nth: [2, -1] })).toEqual(byCron('0 9 * * 5#2,5#L'));
});

test('Every so many weeks and months, nth days of the week and days from the end are those of RFC 5545.', () => {
  const { RRule } = rrule;
  const until = new Date('2030-12-31T23:59:59Z');
  const dtstart = new Date('2026-01-07T09:00:00Z');
  const by = (rule: Partial<ConstructorParameters<typeof RRule>[0]>) =>
    new RRule({ dtstart, until, wkst: RRule.MO, ...rule }).all().map((at) => text(at.getTime()));
  const own = (fields: TimeFields) => instants({ hour: 9, ...fields }, '2026-01-06T23:59:59', '2030-12-31T23:59:59');
  const since = '2026-01-07';
  const { WEEKLY, MONTHLY, DAILY, YEARLY, MO, TU, TH, FR } = RRule;
  expect(own({ every: '2 weeks', since, weekday: ['mon', 'thu'] })).toEqual(
    by({ freq: WEEKLY, interval: 2, byweekday: [MO, TH] }),
  );
  expect(own({ every: '3 weeks', since })).toEqual(by({ freq: WEEKLY, interval: 3 }));
  expect(own({ every: '10 days', since })).toEqual(by({ freq: DAILY, interval: 10 }));
  expect(own({ every: '5 months', since })).toEqual(by({ freq: MONTHLY, interval: 5 }));
  expect(own({ every: '2 years', since })).toEqual(by({ freq: YEARLY, interval: 2 }));
  expect(own({ weekday: 'fri', nth: -1 })).toEqual(by({ freq: MONTHLY, byweekday: [FR.nth(-1)] }));
  expect(own({ weekday: 'tue', nth: [1, 3] })).toEqual(by({ freq: MONTHLY, byweekday: [TU.nth(1), TU.nth(3)] }));
  expect(own({ weekday: 'mon', nth: 5, every: '2 months', since })).toEqual(
    by({ freq: MONTHLY, interval: 2, byweekday: [MO.nth(5)] }),
  );
  expect(own({ day: [1, -1] })).toEqual(by({ freq: MONTHLY, bymonthday: [1, -1] }));
  expect(own({ day: -3, month: '2,6' })).toEqual(by({ freq: MONTHLY, bymonthday: -3, bymonth: [2, 6] }));
  expect(own({ workday: -1 })).toEqual(by({ freq: MONTHLY, byweekday: [MO, TU, RRule.WE, TH, FR], bysetpos: -1 }));
});

describe('at', () => {
  test.each<[string, TimeFields, string[]]>([
    ['a date and time is of the zone, once', { at: '2026-12-24T18:00:00' }, ['2026-12-24T17:00:00']],
    ['with an offset it is that instant', { at: '2026-12-24T18:00:00-05:00' }, ['2026-12-24T23:00:00']],
    ['a date alone is its midnight', { at: '2026-12-25' }, ['2026-12-24T23:00:00']],
    ['a time alone is every day', { at: '07:30:00' }, ['2026-12-24T06:30:00', '2026-12-25T06:30:00']],
    ['a time on some days', { at: '07:30:00', weekday: 'fri' }, ['2026-12-25T06:30:00']],
  ])('%s', (_, fields, expected) => {
    expect(instants(fields, '2026-12-24T00:00:00', '2026-12-26T00:00:00', 'Europe/Rome')).toEqual(expected);
  });

  test('a time that the clocks leave out comes at the end of the gap, one that they repeat the first time', () => {
    const rome = (from: string, to: string) => instants({ at: '02:30:00' }, from, to, 'Europe/Rome');
    expect(rome('2026-03-28T12:00:00', '2026-03-29T12:00:00')).toEqual(['2026-03-29T01:00:00']);
    expect(rome('2026-10-24T12:00:00', '2026-10-25T12:00:00')).toEqual(['2026-10-25T00:30:00']);
  });
});

describe('the sun', () => {
  const near = (found: string | undefined, expected: string) =>
    expect(Math.abs(Date.parse(`${found}Z`) - Date.parse(`${expected}Z`))).toBeLessThanOrEqual(120_000);

  // Published by the observatory of the United States Navy and by timeanddate, to the minute.
  test.each<[string, TimeFields, string, string]>([
    ['sunrise in Rome', { sun: 'sunrise', place: [41.9, 12.5] }, '2026-06-21T00:00:00', '2026-06-21T03:35:00'],
    ['sunset in Rome', { sun: 'sunset', place: [41.9, 12.5] }, '2026-06-21T12:00:00', '2026-06-21T18:48:00'],
    ['sunset in Sydney', { sun: 'sunset', place: [-33.87, 151.21] }, '2026-12-21T00:00:00', '2026-12-21T09:05:00'],
    ['sunrise in Oslo', { sun: 'sunrise', place: [59.91, 10.75] }, '2026-12-21T00:00:00', '2026-12-21T08:18:00'],
    ['sunset in Oslo', { sun: 'sunset', place: [59.91, 10.75] }, '2026-12-21T00:00:00', '2026-12-21T14:12:00'],
    ['sunset in Oslo in June', { sun: 'sunset', place: [59.91, 10.75] }, '2026-06-21T12:00:00', '2026-06-21T20:44:00'],
    ['noon at Greenwich', { sun: 'noon', place: [51.48, 0] }, '2026-11-03T00:00:00', '2026-11-03T11:43:30'],
  ])('%s is when it is published', (_, fields, from, expected) => {
    near(instants(fields, from, '2026-12-31T00:00:00')[0], expected);
  });

  test('an offset is before or after it', () => {
    const sunset = instants({ sun: 'sunset', place: [41.9, 12.5] }, '2026-06-21T12:00:00', '2026-06-22T00:00:00');
    const before = { sun: 'sunset', place: [41.9, 12.5], offset: '-30 min' } as const;
    expect(instants(before, '2026-06-21T12:00:00', '2026-06-22T00:00:00').map((at) => Date.parse(at))).toEqual(
      sunset.map((at) => Date.parse(at) - 1_800_000),
    );
  });

  test('days on which the sun does not set are left out, and at the pole it ends', () => {
    const tromso = instants(
      { sun: 'sunset', place: [69.65, 18.96] },
      '2026-05-01T00:00:00',
      '2026-08-15T00:00:00',
      'Europe/Oslo',
    );
    const days = new Set(tromso.map((at) => at.slice(0, 7)));
    expect(days.has('2026-06')).toBe(false);
    expect(tromso.length).toBeGreaterThan(20);
    expect(
      instants({ sun: 'sunset', place: [89.99, 0] }, '2026-01-01T00:00:00', '2026-12-31T00:00:00').length,
    ).toBeLessThan(10);
  });

  test.each<[string, 'sunrise' | 'sunset', readonly [number, number], string]>([
    ['north', 'sunrise', [90, 0], '2026-03'],
    ['north', 'sunset', [90, 0], '2026-09'],
    ['south', 'sunrise', [-90, 0], '2026-09'],
    ['south', 'sunset', [-90, 0], '2026-03'],
  ])('at the %s pole there is at most one %s a year, at an equinox', (_, sun, place, month) => {
    const found = instants({ sun, place }, '2026-01-01T00:00:00', '2026-12-31T23:59:59');
    expect(found.length).toBeLessThanOrEqual(1);
    for (const at of found) expect(at.slice(0, 7)).toBe(month);
  });

  test('on Svalbard the sun neither rises nor sets in summer and in winter', () => {
    const place = [78.22, 15.65] as const;
    const found = instants({ sun: 'sunrise', place }, '2026-01-01T00:00:00', '2026-12-31T23:59:59', 'Europe/Oslo');
    // Published: the night lasts until 15 February and from 26 October on, the day from 19 April to 23 August.
    const between = (from: string, to: string) => found.filter((at) => at >= from && at < to);
    expect(between('2026-04-24', '2026-08-19')).toEqual([]);
    expect([...between('2026-01-01', '2026-02-11'), ...between('2026-10-30', '2026-12-31')]).toEqual([]);
    expect(between('2026-02-20', '2026-04-14').length).toBe(53);
  });

  test('only on the days that are named', () => {
    const found = instants(
      { sun: 'sunrise', place: [41.9, 12.5], weekday: 'sat-sun' },
      '2026-06-01T00:00:00',
      '2026-06-15T00:00:00',
    );
    expect(found.map((at) => at.slice(0, 10))).toEqual(['2026-06-06', '2026-06-07', '2026-06-13', '2026-06-14']);
  });
});

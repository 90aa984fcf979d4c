import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CalendarError } from '../../src/convert/calendar.ts';
import { calendarSpec } from '../../src/convert/calendar-spec.ts';
import { have } from '../desktop/support/programs.ts';
import { firingsOf, timeConfig } from '../support/converted.ts';
import { settings } from '../support/property.ts';

const FROM = Date.UTC(2026, 10, 28, 20, 0, 0);

/** The next instants that systemd knows of an expression; undefined: it is refused. */
const bySystemd = (expression: string, zone: string, count: number): number[] | undefined => {
  const { stdout, status } = spawnSync(
    'systemd-analyze',
    ['calendar', `--iterations=${count}`, `--base-time=@${FROM / 1000}`, expression],
    { env: { ...process.env, TZ: zone, LC_ALL: 'C' }, encoding: 'utf8' },
  );
  if (status !== 0) return undefined;
  // In another zone than UTC a second line has the instant in UTC.
  const instants = stdout.matchAll(
    /(?:Next elapse|Iter\. #\d+|\(in UTC\)): \w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC/g,
  );
  return [...instants].map(([, day, time]) => Date.parse(`${day}T${time}Z`));
};

/** As many instants of what was converted. */
const byUs = async (expression: string, zone: string, count: number): Promise<number[]> => {
  const { spec, zone: own } = calendarSpec(expression);
  const config = await timeConfig([spec], own ?? zone);
  return firingsOf(config, 'C', FROM + 1, FROM + 100_000 * 86_400_000, count);
};

const toTick = (at: number): number => Math.ceil(at / 5000) * 5000;

/** Instants at ticks, each once. */
const ticks = (instants: readonly number[]): number[] => [...new Set(instants.map(toTick))];

const TABLE = [
  'minutely',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'semiannually',
  'yearly',
  'Mon..Fri *-*-* 08:00/15',
  'Mon..Fri *-*-* 10:00',
  'Sat,Sun 20:00',
  'Mon,Wed..Fri 07:30',
  'Thursday 12:34:56',
  'Mon',
  'Mon..Sun 06:00',
  '*-*-01',
  '*-*-01,15 00:30',
  '*-*-31 10:00',
  '*-02-29',
  '12-25',
  '2027-01-15 08:00',
  '2027..2029-05-01 12:00',
  '2026/2-03-01 00:00:00',
  '*:0/15',
  '*:00/30:10',
  '*:5/20',
  '0/6:00',
  '00..20/4:30',
  '9..17:00',
  '08:05:40',
  '*:*:0/20',
  '12:*',
  '*-*-1..29/7 18:00',
  '*-1..3-* 05:00',
  '*-01,07-02..04 06:00',
  'Mon *-*-1..7 18:00',
  'Fri *-*-13',
  'Tue *-*-1..7,15..21 06:00',
  'Thu *-*-29..31 06:00',
  'Mon *-*~08..14',
  'Wed..Sun *-*~22..28 10:00',
  'Mon,Tue *-05-* 12:00',
  '*-*~01',
  '*-*~01 23:55',
  '*-02~01',
  'Mon *-*~07/1',
  'Mon *-05~07/1 10:00',
  'Sat,Sun *-*~07/1 10:00',
  'Fri *-*~01',
  '*-*~03',
  '*-*~02..04 12:00',
  '*-02~05/2',
  '*-*~07/3',
  'Sun *-*~10 09:00',
  '*-*-* 04:00 Europe/Rome',
  'daily Asia/Tokyo',
  'Mon *-*-* 00:00 UTC',
  '@1800000000',
  '*-*-*',
];

describe.skipIf(!have('systemd-analyze'))('an expression of OnCalendar= (needs systemd-analyze)', () => {
  test.each(TABLE)('is true at the instants that systemd knows: %s', async (expression) => {
    for (const zone of ['UTC', 'Asia/Kolkata', 'America/Phoenix']) {
      const theirs = bySystemd(expression, zone, 40);
      expect(theirs?.length, expression).toBeGreaterThan(0);
      const ours = await byUs(expression, zone, ticks(theirs!).length);
      expect(ours, `${expression} in ${zone}`).toEqual(ticks(theirs!));
    }
  });

  test('in a zone with daylight saving they agree apart from the hours that are left out or repeated', async () => {
    for (const expression of ['daily', '*-*-* 12:30', 'Mon *-*-* 08:00/30', '*-*-01 05:00']) {
      const theirs = bySystemd(expression, 'Europe/Rome', 250)!;
      expect(await byUs(expression, 'Europe/Rome', theirs.length), expression).toEqual(theirs);
    }
  });

  // Systemd leaves out 1 January for an open repetition of days (`1/7`): these are not compared.
  const part = (min: number, max: number, open = true): fc.Arbitrary<string> => {
    const n = fc.integer({ min, max });
    const item = fc.oneof(
      n.map(String),
      fc.tuple(n, n).map(([a, b]) => `${Math.min(a, b)}..${Math.max(a, b)}`),
      fc.tuple(n, fc.integer({ min: 1, max: 9 })).map(([a, step]) => `${a}${open ? '' : `..${max}`}/${step}`),
      fc
        .tuple(n, n, fc.integer({ min: 1, max: 9 }))
        .map(([a, b, step]) => `${Math.min(a, b)}..${Math.max(a, b)}/${step}`),
    );
    return fc.oneof(
      fc.constant('*'),
      fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => items.join(',')),
    );
  };
  const weekdays = fc.oneof(
    fc.constant(''),
    fc
      .subarray(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'], { minLength: 1 })
      .map((days) => `${days.join(',')} `),
  );
  // Whole weeks beside a day of the week are the nth one.
  const days = fc.oneof(
    { weight: 3, arbitrary: part(1, 28, false) },
    { weight: 1, arbitrary: fc.constantFrom('1..7', '8..14', '22..28', '1..7,15..21', '2..8') },
  );
  const expressions = fc
    .tuple(weekdays, part(1, 12, false), fc.constantFrom('-', '-', '~'), days, part(0, 23), part(0, 59))
    .map(([days, month, sign, day, hour, minute]) => `${days}*-${month}${sign}${day} ${hour}:${minute}`);

  test('is true at the instants that systemd knows (random expressions)', async () => {
    await fc.assert(
      fc.asyncProperty(expressions, async (expression) => {
        const theirs = bySystemd(expression, 'UTC', 25);
        fc.pre(theirs !== undefined);
        expect(await byUs(expression, 'UTC', theirs.length), expression).toEqual(theirs);
      }),
      settings(40),
    );
  });

  test.each([
    'Fri..Mon 5:00',
    'tomorrow',
    '*-*-32',
    '25:00',
    '*:60',
    '*/2:00',
    '10:00 Mars/Base',
    '*-*~03..01',
    '*-*~29',
    '2026',
    '*-*-0',
    'Mon Tue',
    '1:2:3:4',
    '*:0/0',
  ])('that systemd refuses is refused: %s', (expression) => {
    expect(bySystemd(expression, 'UTC', 1)).toBeUndefined();
    expect(() => calendarSpec(expression)).toThrow(CalendarError);
  });
});

test('fractions of a second are left out, which differs', () => {
  expect(calendarSpec('*:*:0/1.5')).toMatchObject({ differs: [expect.stringContaining('fractions')] });
  expect(calendarSpec('12:00:30.25')).toEqual({
    spec: { hour: 12, minute: 0, second: 30 },
    zone: undefined,
    differs: [expect.stringContaining('fractions')],
  });
});

test.each([
  ['daily', { hour: 0, minute: 0 }],
  ['hourly', { minute: 0 }],
  ['minutely', { minute: '*' }],
  ['quarterly', { month: [1, 4, 7, 10], day: 1, hour: 0, minute: 0 }],
  ['Mon 09:30', { weekday: 'mon', hour: 9, minute: 30 }],
  ['Mon..Fri *-*-* 08:00/15', { weekday: 'mon-fri', hour: 8, minute: '*/15' }],
  ['Mon,Wed..Sun 9..17:05/20', { weekday: ['mon', 'wed-sun'], hour: '9-17', minute: '5-59/20' }],
  ['Sat,Sun *-*-1..31 20:00', { weekday: ['sat', 'sun'], hour: 20, minute: 0 }],
  ['*-*~01 12:00', { day: -1, hour: 12, minute: 0 }],
  ['*-*~02..04 12:00', { day: [-2, -3, -4], hour: 12, minute: 0 }],
  ['*-02~05/2', { month: 2, day: [-1, -3, -5], hour: 0, minute: 0 }],
  ['Fri *-*-13', { weekday: 'fri', day: 13, hour: 0, minute: 0 }],
  ['Fri *-*-1..7', { weekday: 'fri', nth: 1, hour: 0, minute: 0 }],
  ['Tue *-*-1..7,15..21 06:00', { weekday: 'tue', nth: [1, 3], hour: 6, minute: 0 }],
  ['Tue *-*-29..31', { weekday: 'tue', nth: 5, hour: 0, minute: 0 }],
  ['Tue *-*-1..8', { weekday: 'tue', day: '1-8', hour: 0, minute: 0 }],
  ['26-01-02', { year: 2026, month: 1, day: 2, hour: 0, minute: 0 }],
  ['99-01-02', { year: 1999, month: 1, day: 2, hour: 0, minute: 0 }],
  ['12:00:*', { hour: 12, minute: 0, second: '*' }],
  ['Mon *-*~07/1', { weekday: 'mon', nth: -1, hour: 0, minute: 0 }],
  ['Mon *-*~08..14', { weekday: 'mon', nth: -2, hour: 0, minute: 0 }],
])('is written as short as it can be: %s', (expression, spec) => {
  expect(calendarSpec(expression).spec).toEqual(spec);
});

test.each([
  ['1-2-3-4', 0, 'expected a date'],
  ['@99999999999999999', 0, 'expected days of the week'],
])('is refused at its place: %s', (expression, offset, text) => {
  expect(() => calendarSpec(expression)).toThrow(
    expect.objectContaining({ name: 'CalendarError', offset, message: expect.stringContaining(text) }),
  );
});

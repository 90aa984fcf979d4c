import { describe, expect, test } from 'vitest';
import { instantsOf, type TimeFields } from '../../src/items/common/instants.ts';
import { problemsOf } from '../desktop/support/item.ts';
import { begin, runs } from './story.ts';

/** The instants of a specification in a zone between two instants, as ISO text in UTC without seconds. */
const instants = (fields: TimeFields, zone: string, from: string, to: string): string[] => {
  const found = instantsOf(fields, zone);
  const list: string[] = [];
  for (let at = found.next(Date.parse(from)); at !== undefined && at <= Date.parse(to); at = found.next(at))
    list.push(new Date(at).toISOString().slice(0, 16));
  return list;
};

/** A specification at a time of the day, as keys and as cron pattern. */
const at = (hour: number, minute: number): TimeFields[] => [{ hour, minute }, { cron: `${minute} ${hour} * * *` }];

describe('the hour that does not exist', () => {
  test.each([
    ['Europe/Rome', 2, 30, '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
    ['America/New_York', 2, 30, '2026-03-07T12:00Z', ['2026-03-08T07:00', '2026-03-09T06:30']],
    ['Australia/Lord_Howe', 2, 15, '2026-10-03T06:00Z', ['2026-10-03T15:30', '2026-10-04T15:15']],
    ['Africa/Cairo', 0, 0, '2026-04-23T12:00Z', ['2026-04-23T22:00', '2026-04-24T21:00']],
    ['Africa/Cairo', 0, 45, '2026-04-23T12:00Z', ['2026-04-23T22:00', '2026-04-24T21:45']],
    ['America/Sao_Paulo', 0, 0, '2018-11-03T12:00Z', ['2018-11-04T03:00', '2018-11-05T02:00']],
    ['Asia/Beirut', 0, 30, '2026-03-28T12:00Z', ['2026-03-28T22:00', '2026-03-29T21:30']],
    ['Europe/Dublin', 1, 30, '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
  ] as const)(
    'In %s an instant in it fires once, at the end of the gap: %i:%i.',
    (zone, hour, minute, from, expected) => {
      const to = new Date(Date.parse(from) + 2 * 86_400_000 - 60_000).toISOString();
      for (const fields of at(hour, minute)) expect(instants(fields, zone, from, to)).toEqual(expected);
    },
  );

  test('All instants of one gap are one firing, at its end, and an instant that falls there anyway is the same one.', () => {
    const found = instants({ cron: '0-59/10 2,3 * * *' }, 'Europe/Rome', '2026-03-28T12:00Z', '2026-03-29T01:30Z');
    expect(found).toEqual(['2026-03-29T01:00', '2026-03-29T01:10', '2026-03-29T01:20', '2026-03-29T01:30']);
  });

  test('A specification without an hour gets nothing extra for the hour that is left out.', () => {
    for (const fields of [{ minute: 30 }, { cron: '30 * * * *' }]) {
      const found = instants(fields, 'Europe/Rome', '2026-03-29T00:00Z', '2026-03-29T02:00Z');
      expect(found).toEqual(['2026-03-29T00:30', '2026-03-29T01:30']);
    }
    expect(instants({}, 'Europe/Rome', '2026-03-28T23:30Z', '2026-03-29T02:30Z')).toHaveLength(3);
  });

  test('A cron pattern whose minute or hour begins with a star gets nothing extra either; any other is bound to the clock.', () => {
    const night = (cron: string) => instants({ cron }, 'Europe/Rome', '2026-03-28T23:30Z', '2026-03-29T03:00Z');
    expect(night('*/20 2 * * *')).toEqual([]);
    expect(night('0 */2 * * *')).toEqual(['2026-03-29T02:00']);
    expect(night('15 */2 * * *')).toEqual(['2026-03-29T02:15']);
    expect(night('0-59/20 2 * * *')).toEqual(['2026-03-29T01:00']);
    expect(night('15 0-23/2 * * *')).toEqual(['2026-03-29T01:00', '2026-03-29T02:15']);
    expect(night('@hourly')).toEqual(['2026-03-29T00:00', '2026-03-29T01:00', '2026-03-29T02:00', '2026-03-29T03:00']);
    expect(instants({ cron: '@daily' }, 'Africa/Cairo', '2026-04-23T12:00Z', '2026-04-24T12:00Z')).toEqual([
      '2026-04-23T22:00',
    ]);
  });

  test('A day that a zone leaves out is a gap: Samoa had no 30 December 2011.', () => {
    const found = instants({ hour: 12 }, 'Pacific/Apia', '2011-12-29T12:00Z', '2012-01-01T00:00Z');
    expect(found).toEqual(['2011-12-29T22:00', '2011-12-30T10:00', '2011-12-30T22:00', '2011-12-31T22:00']);
  });
});

describe('the hour that is repeated', () => {
  test.each([
    ['Europe/Rome', 2, 30, '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['America/New_York', 1, 30, '2026-10-31T12:00Z', ['2026-11-01T05:30', '2026-11-02T06:30']],
    ['Australia/Lord_Howe', 1, 45, '2026-04-04T06:00Z', ['2026-04-04T14:45', '2026-04-05T15:15']],
    ['Africa/Cairo', 23, 30, '2026-10-29T06:00Z', ['2026-10-29T20:30', '2026-10-30T21:30']],
    ['Europe/Dublin', 1, 30, '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
  ] as const)('In %s an instant in it fires once, the first time: %i:%i.', (zone, hour, minute, from, expected) => {
    const to = new Date(Date.parse(from) + 2 * 86_400_000 - 60_000).toISOString();
    for (const fields of at(hour, minute)) expect(instants(fields, zone, from, to)).toEqual(expected);
  });

  test('Several instants in it, too, fire the first time only.', () => {
    const found = instants({ cron: '0-59/20 2 * * *' }, 'Europe/Rome', '2026-10-24T22:00Z', '2026-10-25T12:00Z');
    expect(found).toEqual(['2026-10-25T00:00', '2026-10-25T00:20', '2026-10-25T00:40']);
  });

  test('A cron pattern whose minute or hour begins with a star fires both times.', () => {
    const night = (cron: string) => instants({ cron }, 'Europe/Rome', '2026-10-24T22:30Z', '2026-10-25T02:00Z');
    const both = ['00', '01'].flatMap((hour) => ['00', '20', '40'].map((minute) => `2026-10-25T${hour}:${minute}`));
    expect(night('*/20 2 * * *')).toEqual(both);
    expect(night('15 */2 * * *')).toEqual(['2026-10-25T00:15', '2026-10-25T01:15']);
    expect(night('15 0-23/2 * * *')).toEqual(['2026-10-25T00:15']);
  });

  test('A specification without an hour fires in both.', () => {
    for (const fields of [{ minute: 30 }, { cron: '30 * * * *' }]) {
      const found = instants(fields, 'Europe/Rome', '2026-10-25T00:00Z', '2026-10-25T02:00Z');
      expect(found).toEqual(['2026-10-25T00:30', '2026-10-25T01:30']);
    }
    // In half an hour that is repeated, only what falls into it.
    const half = instants({ minute: 45 }, 'Australia/Lord_Howe', '2026-04-04T14:00Z', '2026-04-04T16:30Z');
    expect(half).toEqual(['2026-04-04T14:45', '2026-04-04T15:15', '2026-04-04T16:15']);
  });
});

describe('the calendar', () => {
  test('The 31st skips the months without it, 29 February the years without it.', () => {
    expect(
      instants({ day: 31, hour: 8 }, 'UTC', '2026-01-01T00:00Z', '2026-12-31T23:00Z').map((t) => t.slice(5, 10)),
    ).toEqual(['01-31', '03-31', '05-31', '07-31', '08-31', '10-31', '12-31']);
    const leap = instants({ day: 29, month: 2, hour: 8 }, 'UTC', '2026-01-01T00:00Z', '2037-01-01T00:00Z');
    expect(leap.map((t) => t.slice(0, 4))).toEqual(['2028', '2032', '2036']);
    expect(instantsOf({ day: 30, month: 2 }).next(0)).toBeUndefined();
  });

  test('Zones may be ahead of UTC by odd seconds, as Liberia was until 1972.', () => {
    const next = instantsOf({ hour: 12 }, 'Africa/Monrovia').next(Date.parse('1960-01-01T00:00Z'));
    expect(new Date(next!).toISOString()).toBe('1960-01-01T12:44:30.000Z');
  });

  test('A cron pattern may have seconds and years, names and steps, and is wrong when it is a date.', () => {
    expect(instants({ cron: '*/5 8-18 * * MON-FRI' }, 'UTC', '2026-03-06T18:50Z', '2026-03-09T08:05Z')).toEqual([
      '2026-03-06T18:55',
      '2026-03-09T08:00',
      '2026-03-09T08:05',
    ]);
    expect(instants({ cron: '30 0 12 1 1 * 2028' }, 'UTC', '2026-01-01T00:00Z', '2040-01-01T00:00Z')).toEqual([
      '2028-01-01T12:00',
    ]);
    for (const cron of ['2026-03-29T02:30:00', '61 * * * *', 'noon', '']) expect(() => instantsOf({ cron })).toThrow();
  });
});

describe('time zones', () => {
  test('An offset is a zone, whatever the version of Node.', () => {
    for (const zone of ['+02:00', '+0200', '+02'])
      expect(instants({ hour: 8 }, zone, '2026-07-01T00:00Z', '2026-07-02T00:00Z')).toEqual(['2026-07-01T06:00']);
    expect(instants({ hour: 8 }, '-09:30', '2026-07-01T00:00Z', '2026-07-02T00:00Z')).toEqual(['2026-07-01T17:30']);
  });

  test.each(['BST', 'ast', 'IST', 'PST', 'ECT', 'SystemV/EST5'])(
    'An abbreviation that is not in the time zone database is refused: %s.',
    async (zone) => {
      const keys = `timezone = "${zone}"\ntime_specifications = [{}]`;
      expect(await problemsOf(`[[condition]]\nname = "C"\ntype = "time"\n${keys}\n`)).toEqual([
        expect.stringContaining(`found "${zone}", an abbreviation that can mean several zones`),
      ]);
    },
  );

  test.each([
    ['Europe/Roma', 'Europe/Rome'],
    ['rome', 'Europe/Rome'],
    ['New York', 'America/New_York'],
    ['Amerika/Chicago', 'America/Chicago'],
  ])('A wrong one is refused with the one that was meant: %s.', async (zone, meant) => {
    const keys = `timezone = "${zone}"\ntime_specifications = [{}]`;
    expect(await problemsOf(`[[condition]]\nname = "C"\ntype = "time"\n${keys}\n`)).toEqual([
      expect.stringContaining(`found "${zone}", did you mean "${meant}"?`),
    ]);
  });
});

describe('the dialect of cron', () => {
  const days = (cron: string) =>
    instants({ cron }, 'UTC', '2026-01-01T00:00Z', '2026-02-28T23:00Z').map((t) => t.slice(5, 10));

  test('Of day of month and day of week one is enough; both have to fit where one of the fields begins with a star.', () => {
    expect(days('0 6 13 1 FRI')).toEqual(['01-02', '01-09', '01-13', '01-16', '01-23', '01-30']);
    expect(days('0 6 */2 1 1')).toEqual(['01-05', '01-19']);
    expect(days('0 6 10-20 1 */3')).toEqual(['01-10', '01-11', '01-14', '01-17', '01-18']);
    expect(days('0 6 1-31/2 1 1')).toHaveLength(16 + 2);
    expect(days('0 6 13 * +FRI')).toEqual(['02-13']);
  });

  test('It has the last day, the last such weekday, the n-th one, the nearest working day, and nicknames.', () => {
    expect(days('0 6 L * *')).toEqual(['01-31', '02-28']);
    expect(days('0 6 * * 5L')).toEqual(['01-30', '02-27']);
    expect(days('0 6 * * TUE#2')).toEqual(['01-13', '02-10']);
    expect(days('0 6 15W * *')).toEqual(['01-15', '02-16']);
    expect(days('0 6 LW * *')).toEqual(['01-30', '02-27']);
    expect(days('@monthly')).toEqual(['02-01']);
    expect(days('@weekly')).toHaveLength(8);
    expect(days('@daily')).toHaveLength(58);
  });

  test.each([
    ['61 * * * *', 'expected the minute as *, numbers from 0 to 59', 'found "61"'],
    ['0 24 * * *', 'expected the hour as *, numbers from 0 to 23', 'found "24"'],
    ['0 0 32 * *', 'expected the day of month as *, numbers from 1 to 31, L, LW', 'found "32"'],
    ['0 0 * foo *', 'expected the month as *, numbers from 1 to 12 or from JAN to DEC', 'found "foo"'],
    ['0 0 * * MOON', 'expected the day of week as *, numbers from 0 to 7', 'found "MOON"'],
    ['5/10 * * * *', 'steps (*/2, 8-18/2)', 'found "5/10"'],
    ['x 0 0 * * *', 'expected the second', 'found "x"'],
    ['0 0 0 1 1 * 0', 'expected the year as *, numbers from 1 to 9999', 'found "0"'],
    ['@reboot', 'expected a pattern of times, found "@reboot"', 'a condition of type "session" with when = "start"'],
    ['2026-03-29T02:30:00', 'expected five fields', 'found "2026-03-29T02:30:00"'],
    ['', 'expected five fields', 'found nothing'],
  ])('A pattern that is wrong is refused by field and value: %j.', (cron, ...texts) => {
    for (const text of texts) expect(() => instantsOf({ cron })).toThrow(text);
    expect(() => instantsOf({ cron })).not.toThrow(/Cron(Pattern|Date)/);
  });
});

describe('the daemon on the nights the clocks change', () => {
  const NIGHTLY = 'time_specifications = [{ hour = 2, minute = 30 }]';

  test.each([1, 2, 3, 7, 60, 100, 599, 3600])(
    'A nightly job at 02:30 runs exactly once each night, with a tick of %i seconds.',
    async (tick) => {
      for (const [start, first] of [
        ['2026-03-28T12:00:00Z', '29 01:00:00'],
        ['2026-10-24T12:00:00Z', '25 00:30:00'],
      ] as const) {
        const d = await begin(start, `${NIGHTLY}\ntimezone = "Europe/Rome"`, tick, { level: 'info' });
        await d.advance(36 * 3600);
        const [ran, ...more] = runs(d);
        expect(more).toEqual([]);
        // The first tick at or after the instant.
        const [day, hour, minute] = first.split(/[ :]/).map(Number) as [number, number, number];
        const due = Date.UTC(2026, start.startsWith('2026-03') ? 2 : 9, day, hour, minute);
        expect(ran).toBe(
          new Date(Math.ceil(due / (tick * 1000)) * tick * 1000).toISOString().slice(8, 19).replace('T', ' '),
        );
      }
    },
  );

  test('The same without a timezone key, in the local time of the machine.', async () => {
    const zone = process.env.TZ;
    process.env.TZ = 'Europe/Rome';
    try {
      const spring = await begin('2026-03-28T12:00:00Z', NIGHTLY);
      await spring.advance(60 * 3600);
      expect(runs(spring)).toEqual(['29 01:00:00', '30 00:30:00']);
      const autumn = await begin('2026-10-24T12:00:00Z', NIGHTLY);
      await autumn.advance(60 * 3600);
      expect(runs(autumn)).toEqual(['25 00:30:00', '26 01:30:00']);
    } finally {
      process.env.TZ = zone;
    }
  });
});

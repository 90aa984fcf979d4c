import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InstantsWithin } from '../../src/items/common/calendar.ts';
import { conditionWindow, type WindowKeys } from '../../src/items/common/condition-window.ts';
import { holidaysOf } from '../../src/items/common/holiday-files.ts';
import { instantsOf } from '../../src/items/common/instants.ts';
import { zoneOf } from '../../src/items/common/zone.ts';
import { type Daemon, daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { settings } from '../support/property.ts';
import { seed } from './every-zone.ts';
import { begin, runs } from './story.ts';

const HOUR = 3_600_000;
const utc = (text: string): number => Date.parse(`${text}Z`);
const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 19);

describe('a window', () => {
  test.each<[string, WindowKeys, string[], string[]]>([
    ['from a date', { from: '2026-05-01' }, ['2026-05-01T00:00:00'], ['2026-04-30T23:59:59']],
    ['until a date, which is in it', { until: '2026-05-01' }, ['2026-05-01T23:59:59'], ['2026-05-02T00:00:00']],
    ['until a date and time', { until: '2026-05-01T12:00:00' }, ['2026-05-01T12:00:00'], ['2026-05-01T12:00:01']],
    [
      'except a date',
      { except: ['2026-12-25'] },
      ['2026-12-24T23:59:59', '2026-12-26T00:00:00'],
      ['2026-12-25T12:00:00'],
    ],
    [
      'except a month',
      { except: [{ month: 8 }] },
      ['2026-07-31T23:59:59'],
      ['2026-08-01T00:00:00', '2026-08-31T23:59:59'],
    ],
    ['except a date as a table', { except: [{ at: '2026-12-25' }] }, ['2026-12-26T00:00:00'], ['2026-12-25T23:00:00']],
    ['without holidays', { holidays: ['2026-12-25'] }, ['2026-12-26T00:00:00'], ['2026-12-25T00:00:00']],
    [
      'only in office hours',
      { only: [{ weekday: 'mon-fri', hour: '9-16' }] },
      ['2026-11-30T09:00:00', '2026-11-30T16:59:59'],
      ['2026-11-30T17:00:00', '2026-11-29T10:00:00'],
    ],
    ['in a zone', { only: [{ hour: 9 }], timezone: 'Asia/Tokyo' }, ['2026-11-30T00:30:00'], ['2026-11-30T09:30:00']],
  ])('%s', (_, keys, open, closed) => {
    const window = conditionWindow({ timezone: 'UTC', ...keys });
    for (const at of open) expect([at, window.closed(utc(at))]).toEqual([at, undefined]);
    for (const at of closed) expect([at, window.closed(utc(at))?.code]).toEqual([at, 'outside-window']);
  });

  test('of a date that never comes does not open, and that is known at once', () => {
    const window = conditionWindow({ timezone: 'UTC', only: [{ month: 2, day: 30 }] });
    const began = performance.now();
    expect(window.opens(utc('2026-01-01T00:00:00'))).toBeUndefined();
    expect(window.closed(utc('2026-01-01T00:00:00'))).toEqual({ code: 'outside-window', by: 'only' });
    // It took minutes, in which nothing else could go on.
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('that never opens is not searched anew at each check', { timeout: 20_000 }, () => {
    const night = [{ hour: '22-5' }];
    const window = conditionWindow({ timezone: 'Europe/Rome', only: night, except: night });
    // A search of its own for each of them would take longer than this test may.
    for (let at = utc('2026-04-15T12:00:00'), i = 0; i < 200; i++, at += 5000)
      expect(window.closed(at)).toEqual({ code: 'outside-window', by: 'only' });
  });

  test('says which key closes it, and when it opens', () => {
    const window = conditionWindow({
      ...{ timezone: 'UTC', from: '2026-01-05', until: '2026-12-31', only: [{ weekday: 'mon-fri', hour: 9 }] },
      ...{ except: ['2026-05-01'], holidays: ['2026-04-06'] },
    });
    const why = (text: string) => {
      const { by, opens } = window.closed(utc(text))!;
      return [by, iso(opens)];
    };
    expect(why('2026-01-01T10:00:00')).toEqual(['from', '2026-01-05T09:00:00']);
    expect(why('2026-01-09T10:00:00')).toEqual(['only', '2026-01-12T09:00:00']);
    expect(why('2026-05-01T09:00:00')).toEqual(['except', '2026-05-04T09:00:00']);
    expect(why('2026-04-06T09:00:00')).toEqual(['holidays', '2026-04-07T09:00:00']);
    expect(why('2027-01-01T00:00:00')).toEqual(['until', undefined]);
    expect(why('2026-12-31T10:00:00')).toEqual(['only', undefined]);
  });

  const day = fc
    .integer({ min: 0, max: 40 })
    .map((n) => new Date(utc('2026-03-10T00:00:00') + n * 24 * HOUR).toISOString().slice(0, 10));
  const piece = fc.record(
    {
      weekday: fc.constantFrom('mon-fri', 'sat-sun', ['tue', 'thu'], 'fri-mon'),
      hour: fc.constantFrom('9-17', '22-5', 3, [2, 14], '*/3'),
      minute: fc.constantFrom('0-29', '*/20', 30),
      day: fc.constantFrom(29, -1, '1-15'),
    },
    { requiredKeys: [] },
  );
  const keys = fc
    .record(
      {
        ...{
          from: day,
          until: day,
          except: fc.array(
            fc.oneof(
              day,
              piece.filter((one) => Object.keys(one).length > 0),
            ),
            { maxLength: 3 },
          ),
        },
        ...{ holidays: fc.array(day, { maxLength: 3 }), only: fc.array(piece, { minLength: 1, maxLength: 2 }) },
      },
      { requiredKeys: [] },
    )
    .chain((one) =>
      fc.constantFrom('UTC', 'Europe/Rome', 'America/New_York').map((timezone) => ({ ...one, timezone }) as WindowKeys),
    );

  test('opens and closes when a scan of each half minute finds that it does', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 0, max: 30 * 48 }), (given, n) => {
        const window = conditionWindow(given);
        const start = utc('2026-03-12T00:00:00') + n * 30 * 60_000;
        const isOpen = (at: number) => window.closed(at) === undefined;
        const end = start + 3 * 24 * HOUR;
        const scan = (open: boolean, from: number) => {
          for (let at = from; at <= end; at += 30_000) if (isOpen(at) === open) return at;
          return undefined;
        };
        const opens = window.opens(start);
        expect(iso(opens !== undefined && opens <= end ? opens : undefined)).toBe(iso(scan(true, start)));
        if (opens === undefined || opens > end) return;
        const closes = window.closes(opens);
        expect(iso(closes !== undefined && closes <= end ? closes : undefined)).toBe(iso(scan(false, opens)));
      }),
      { ...settings(30), seed },
    );
  });

  test('that no instant meets ends the search', () => {
    const window = conditionWindow({ only: [{ hour: 3 }], timezone: 'Europe/Rome' });
    const within = new InstantsWithin([instantsOf({ hour: [9, 23] }, 'Europe/Rome')], zoneOf('Europe/Rome'), window);
    expect([...within.firings(utc('2026-01-01T00:00:00'))]).toEqual([]);
    expect(within.count(utc('2026-01-01T00:00:00'), utc('2026-03-01T00:00:00'))).toBe(0);
  });

  test('that instants meet on one day of the year is searched for long enough', () => {
    const window = conditionWindow({ only: [{ minute: 0 }, { month: 12, day: 25 }], timezone: 'UTC' });
    const within = new InstantsWithin([instantsOf({ minute: 30 }, 'UTC')], zoneOf('UTC'), window);
    for (const { at } of within.firings(utc('2026-01-01T00:00:00'))) {
      expect(iso(at)).toBe('2026-12-25T00:30:00');
      break;
    }
    expect(within.count(utc('2026-01-01T00:00:00'), utc('2027-01-01T00:00:00'))).toBe(24);
  });

  test('leaves the instants that are in it, and counts them', () => {
    fc.assert(
      fc.property(
        keys,
        fc.constantFrom({ minute: '*/15' }, { hour: [9, 23], minute: 30 }, { minute: 7 }),
        (given, fields) => {
          const window = conditionWindow(given);
          const [from, to] = [utc('2026-03-20T00:00:00'), utc('2026-04-03T00:00:00')];
          const zone = given.timezone;
          const specs = [instantsOf(fields, zone)];
          const within = new InstantsWithin(specs, zoneOf(zone), window);
          const upTo = (list: Iterable<{ at: number }>) => {
            const found: number[] = [];
            for (const { at } of list) {
              if (at > to) break;
              found.push(at);
            }
            return found;
          };
          const all = upTo(new InstantsWithin(specs, zoneOf(zone), undefined).firings(from));
          const expected = all.filter((at) => window.closed(at) === undefined);
          expect(upTo(within.firings(from))).toEqual(expected);
          expect(within.count(from, to)).toBe(expected.length);
        },
      ),
      { ...settings(30), seed },
    );
  });
});

describe('a condition with a window', () => {
  test('Outside its window an interval keeps its phase, and a command is not run.', async () => {
    const d = await begin(
      '2026-11-30T08:00:00Z',
      'type = "interval"\ninterval_seconds = 2400\nonly = [{ hour = "9-10" }]\ntimezone = "UTC"',
    );
    // Its checks outside the window, which keep its phase, are not what comes next.
    expect(d.status.condition('C')).toMatchObject({
      why: expect.stringMatching(/^outside its window: .*; it opens at 2026-11-30 09:00:00$/),
      due: utc('2026-11-30T09:00:00'),
    });
    await d.advance(5 * 3600);
    expect(runs(d)).toEqual(['30 09:20:00', '30 10:00:00', '30 10:40:00']);
    const c = await begin(
      '2026-11-30T08:58:00Z',
      'type = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/"\nsuccess_status = 0\ncheck_after = 60\nonly = [{ hour = 9 }]\ntimezone = "UTC"',
    );
    await c.advance(60);
    expect(c.records.all.some(({ message }) => message.includes('outside its window'))).toBe(false);
    expect(runs(c)).toEqual([]);
    await c.advance(120);
    expect(runs(c).length).toBeGreaterThan(0);
    expect(runs(c)[0]! >= '30 09:00:00').toBe(true);
  });

  test('A time condition has no instants outside, and misses none there.', async () => {
    const d = await begin(
      '2026-12-24T00:00:00Z',
      'time_specifications = [{ at = 07:00:00 }]\nholidays = [2026-12-25]\nuntil = 2026-12-27\ntimezone = "UTC"',
    );
    await d.advance(6 * 86_400);
    expect(runs(d)).toEqual(['24 07:00:00', '26 07:00:00', '27 07:00:00']);
    expect(d.records.all.filter(({ message }) => message.includes('missed'))).toEqual([]);
  });

  const fired = (outside: string) =>
    daemon(
      `scheduler_tick_seconds = 5
      task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
      [[condition]]
      name = "C"
      type = "event"
      recurring = true
      tasks = ["T"]
      only = [{ hour = "9-16" }]
      timezone = "UTC"
      hold_seconds = 0
      outside = "${outside}"
      [[event]]
      name = "E"
      type = "cli"
      condition = "C"`,
      { level: 'info', start: '2026-11-30T18:00:00Z' },
    );

  test('An event outside is dropped.', async () => {
    const d = await fired('drop');
    expect(d.status.condition('C')?.why).toMatch(/^outside its window/);
    await d.submit('trigger E');
    await d.advance(20 * 3600);
    expect(runs(d)).toEqual([]);
    expect(d.status.condition('C')?.why).toBe('no event has come');
    await d.submit('trigger E');
    await d.advance(10);
    expect(runs(d)).toHaveLength(1);
  });

  test('With outside = "hold" it runs when the window opens, several as one.', async () => {
    const d = await fired('hold');
    await d.submit('trigger E');
    await d.advance(60);
    await d.submit('trigger E');
    await d.advance(14 * 3600);
    expect(runs(d)).toEqual([]);
    await d.advance(2 * 3600);
    expect(runs(d)).toEqual(['01 09:00:00']);
    const said = d.records.all.map(({ message }) => message).filter((text) => text.includes('held'));
    expect(said).toEqual([
      'held: outside its window: only at other times; it opens at 2026-12-01 09:00:00',
      expect.stringMatching(/until its window opened; one more firing came meanwhile$/),
    ]);
  });
});

describe('an event that is held by its window', () => {
  const inbox = (hours: string) => `scheduler_tick_seconds = 5
    task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
    condition = [{ name = "C", type = "event", recurring = true, tasks = ["T"], only = [{ hour = "${hours}" }], timezone = "UTC", outside = "hold" }]
    event = [{ name = "E", type = "cli", condition = "C" }]`;
  const start = (history: FakeHistory, at: string) =>
    daemon(inbox('9-16'), { level: 'info', start: at, history, files: { same: inbox('9-16'), other: inbox('7-16') } });
  const held = async (history = new FakeHistory()) => {
    const d = await start(history, '2026-11-30T18:00:00Z');
    await d.submit('trigger E');
    await d.advance(600);
    return d;
  };

  test.each<[string, (d: Daemon) => unknown, string[]]>([
    ['the clock is set back into it', (d) => d.clock.stepWall(-3 * HOUR), ['30 15:10:05']],
    ['the clock is set forward into it', (d) => d.clock.stepWall(16 * HOUR), ['01 10:10:05']],
    ['the clock is set forward over it', (d) => d.clock.stepWall(24 * HOUR), ['02 09:00:00']],
    ['the machine sleeps into it', (d) => d.clock.suspend(16 * HOUR), ['01 10:10:05']],
    ['the machine sleeps over it', (d) => d.clock.suspend(24 * HOUR), ['02 09:00:00']],
    ['a pause lasts into it', (d) => d.submit('pause until 2026-12-01T10:00:00Z'), ['01 10:00:00']],
    ['a reload leaves the condition as it is', (d) => d.submit('configure same'), ['01 09:00:00']],
    ['a reload changes the window: it is dropped', (d) => d.submit('configure other'), []],
    ['a suspension drops it', (d) => d.submit('suspend_condition C'), []],
  ])('%s', async (_, act, expected) => {
    const d = await held();
    await act(d);
    await d.advance(40 * 3600);
    expect(runs(d)).toEqual(expected);
  });

  test.each([
    ['2026-11-30T20:00:00Z', '01 09:00:00'],
    ['2026-12-01T10:00:00Z', '01 10:00:05'],
    ['2026-12-01T18:00:00Z', '02 09:00:00'],
  ])('A restart at %s after a crash goes on with it, once.', async (at, ran) => {
    const history = new FakeHistory();
    await held(history);
    const next = await start(history, at);
    await next.advance(40 * 3600);
    expect(runs(next)).toEqual([ran]);
  });
});

describe('holidays', () => {
  const file = (...events: string[]) =>
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//x//y//EN',
      ...events.flatMap((one) => ['BEGIN:VEVENT', ...one.split('\n'), 'END:VEVENT']),
      'END:VCALENDAR',
      '',
    ].join('\r\n');
  const NOW = utc('2026-06-01T00:00:00');

  test('are the whole days of events, also of several days, and repeated', () => {
    const text = file(
      'UID:1\nDTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christmas',
      'UID:2\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;UNTIL=20280101\nSUMMARY:New Year',
      'UID:3\nDTSTART:20260704T100000Z\nDTEND:20260704T110000Z\nSUMMARY:not a day',
      'UID:4\nDTSTART;VALUE=DATE:20260501\nSTATUS:CANCELLED\nSUMMARY:not any more',
    );
    expect(holidaysOf(text, NOW)).toEqual([
      ...['2025-01-01', '2026-01-01', '2026-12-25', '2026-12-26', '2027-01-01', '2028-01-01'],
    ]);
  });

  test('of several calendars in one file, and of dates without VALUE=DATE, count', () => {
    const text = `${file('UID:1\nDTSTART;VALUE=DATE:20261225')}${file('UID:2\nDTSTART:20261226')}`;
    expect(holidaysOf(text, NOW)).toEqual(['2026-12-25', '2026-12-26']);
  });

  test('of which one repetition was moved or cancelled are where they are then', () => {
    const yearly = 'UID:1\nDTSTART;VALUE=DATE:20250501\nRRULE:FREQ=YEARLY;UNTIL=20280501\nEXDATE;VALUE=DATE:20280501';
    const moved = 'UID:1\nRECURRENCE-ID;VALUE=DATE:20260501\nDTSTART;VALUE=DATE:20260504';
    const gone = 'UID:1\nRECURRENCE-ID;VALUE=DATE:20270501\nDTSTART;VALUE=DATE:20270501\nSTATUS:CANCELLED';
    expect(holidaysOf(file(yearly, moved, gone), NOW)).toEqual(['2025-05-01', '2026-05-04']);
  });

  test.each<[string, string, string[]]>([
    [
      'the first day counts beside those that are added, and none twice',
      'DTSTART;VALUE=DATE:20261225\nRDATE;VALUE=DATE:20270101,20261225',
      ['2026-12-25', '2027-01-01'],
    ],
    [
      'of a leap year comes in leap years',
      'DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;UNTIL=20320301',
      ['2028-02-29', '2032-02-29'],
    ],
    [
      'the last days of months',
      'DTSTART;VALUE=DATE:20270131\nRRULE:FREQ=DAILY;BYMONTHDAY=-1;COUNT=3',
      ['2027-01-31', '2027-02-28', '2027-03-31'],
    ],
    [
      'some days of each month of some years',
      'DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY;BYMONTHDAY=1,15;COUNT=3',
      ['2027-01-01', '2027-01-15', '2027-02-01'],
    ],
    [
      'a rule that began long ago',
      'DTSTART;VALUE=DATE:16010101\nRRULE:FREQ=DAILY;UNTIL=20250102',
      ['2025-01-01', '2025-01-02'],
    ],
    [
      'a day less by an exception with a time, a day more by a period',
      'DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261226T000000\nRDATE;VALUE=PERIOD:20270101T090000Z/PT1H',
      ['2026-12-25', '2026-12-27', '2027-01-01'],
    ],
    ['a length', 'DTSTART;VALUE=DATE:20261225\nDURATION:P2D', ['2026-12-25', '2026-12-26']],
    [
      'a repetition of what the file does not have',
      'RECURRENCE-ID;VALUE=DATE:20261225\nDTSTART;VALUE=DATE:20261227',
      ['2026-12-27'],
    ],
  ])('%s', (_, event, days) => expect(holidaysOf(file(`UID:1\n${event}`), NOW)).toEqual(days));

  test('of several calendars in a file, with a mark at its beginning, all count', () => {
    const [one, other] = ['20261225', '20270101'].map((day) => file(`UID:${day}\nDTSTART;VALUE=DATE:${day}`));
    expect(holidaysOf(`\uFEFF${one}${other}`, NOW)).toEqual(['2026-12-25', '2027-01-01']);
  });

  test('of 20,000 events are read in a moment', () => {
    const events = Array.from({ length: 20_000 }, (_, i) => `UID:${i}\nDTSTART;VALUE=DATE:20261225\nDURATION:P1D`);
    const began = performance.now();
    expect(holidaysOf(file(...events), NOW)).toEqual(['2026-12-25']);
    // It was 20 s.
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test.each([
    ['no calendar', 'hello', 'not an iCalendar file'],
    ...['20261399', '20270229', 'soon'].map((day): [string, string, string] => [
      `the date ${day}`,
      file(`UID:3\nDTSTART;VALUE=DATE:${day}\nSUMMARY:Feast`),
      'event "Feast": DTSTART: expected a date that exists, such as 20261225',
    ]),
    [
      'a rule of hours',
      file('UID:3\nDTSTART;VALUE=DATE:20261225\nRRULE:FREQ=HOURLY'),
      'event "3": RRULE: expected FREQ=DAILY, WEEKLY, MONTHLY or YEARLY for whole days, found "FREQ=HOURLY"',
    ],
    [
      'too many repetitions',
      file(...Array.from({ length: 40 }, (_, i) => `UID:${i}\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY`)),
      'expected at most 200000 repetitions of whole days, found more',
    ],
    ['no day', file('UID:3\nDTSTART:20260704T100000Z\nSUMMARY:x'), 'it has no event of a whole day'],
    ['nothing in it', '\r\n', 'it is empty'],
    [
      'a day that does not exist',
      file('UID:3\nDTSTART;VALUE=DATE:20260230\nSUMMARY:x'),
      'event "x": DTSTART: expected a date that exists, such as 20261225',
    ],
    [
      'an event that has no name',
      file('DTSTART;VALUE=DATE:20260230'),
      'event "": DTSTART: expected a date that exists',
    ],
    ['a date with hyphens', file('UID:3\nDTSTART;VALUE=DATE:2026-12-25'), 'event "3": DTSTART: expected a date'],
    [
      'an exception that is not a date',
      file('UID:3\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20261301'),
      'event "3": EXDATE: expected a date',
    ],
  ])('of a file with %s are refused', (_, text, message) => {
    expect(() => holidaysOf(text, NOW)).toThrow(message);
  });

  test('a file that is not there, or is none, is named with its key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'whenever-holidays-'));
    try {
      writeFileSync(join(folder, 'broken.ics'), 'hello');
      for (const name of ['none.ics', 'broken.ics'])
        await expect(
          begin('2026-12-24T00:00:00Z', `time_specifications = [{}]\nholidays = "${join(folder, name)}"`),
        ).rejects.toThrow(/holidays: expected an iCalendar file/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

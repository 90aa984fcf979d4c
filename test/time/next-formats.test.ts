import { spawnSync } from 'node:child_process';
import ICAL from 'ical.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { calendarRange, calendarText, dayRanges } from '../../src/commands/next-calendar.ts';
import { moreText } from '../../src/commands/next-text.ts';
import { loadConfig } from '../../src/config/load.ts';
import { NO_STOPS } from '../../src/forecast/stops.ts';
import { upcomingFirings } from '../../src/forecast/upcoming-firings.ts';
import { registry } from '../../src/items/registry.ts';
import { widthOf } from '../../src/terminal/wrap.ts';
import { commandTask, Place } from '../support/program.ts';

const TASK = '[[task]]\nname = "T"\ntype = "internal"\ncommand = "pause"\n';
const condition = (name: string, lines: string, recurring = true) =>
  `[[condition]]\nname = "${name}"\nrecurring = ${recurring}\ntasks = ["T"]\n${lines}\n`;
const SCHEDULES = [
  condition('Weekdays', 'type = "time"\ntime_specifications = [{ weekday = "mon-fri", hour = "9-17" }]'),
  condition('Once', 'type = "time"\ntime_specifications = [{ hour = 2, minute = 30 }]', false),
  condition('Hourly', 'type = "interval"\ninterval = "1 h"\nstart = "at once"'),
  condition('Gated', 'type = "interval"\ninterval_seconds = 1000\nonly = [{ day = "10-20" }]'),
  condition('AfterEnd', 'type = "interval"\ninterval = "10 min"\nafter_end = true'),
  condition('Never', 'type = "time"\ntime_specifications = [{ day = 30, month = 2 }]'),
].join('');

const load = (toml: string) =>
  loadConfig('my.toml', `${TASK}${toml}`, registry, {
    ...{ isDirectory: () => true, isFile: () => true, platform: 'linux' },
  });

describe('the calendar of a month', () => {
  let zone: string | undefined;
  beforeEach(() => {
    zone = process.env.TZ;
  });
  afterEach(() => {
    process.env.TZ = zone;
  });

  const calendar = async (
    toml: string,
    from: string,
    month: string,
    width: number | undefined = 60,
    unicode = true,
    conditions: readonly string[] = [],
  ) => {
    const [year, number] = month.split('-').map(Number);
    const query = { month: { year: year!, month: number! }, from: new Date(from).getTime(), conditions };
    const config = await load(toml);
    const terminal = { width, unicode, paint: (_: unknown, text: string) => text };
    const found = await calendarText(config, { ...query, stops: NO_STOPS, notBefore: () => query.from }, terminal);
    return { ...found, config };
  };

  test('has the days on which something fires, how often, and below it what does, and what does not', async () => {
    process.env.TZ = 'Europe/Rome';
    const { text, fires } = await calendar(SCHEDULES, '2026-03-07T12:00:00', '2026-03');
    expect(fires).toBe(true);
    expect(text.split('\n')).toEqual([
      'March 2026: 1693 firings',
      '(from 2026-03-07 12:00:00 Sat on)',
      '',
      '     Mon     Tue     Wed     Thu     Fri     Sat     Sun',
      '                                                       1',
      '       2       3       4       5       6       7       8',
      '                                             ×13     ×25',
      '       9      10      11      12      13      14      15',
      '     ×33    ×120    ×119    ×120    ×119    ×110    ×111',
      '      16      17      18      19      20      21      22',
      '    ×119    ×120    ×119    ×119    ×120     ×24     ×24',
      '      23      24      25      26      27      28      29',
      '     ×33     ×33     ×33     ×33     ×33     ×24     ×23',
      '      30      31',
      '     ×33     ×33',
      '',
      'CONDITION  TIMES  DAYS',
      'Weekdays     153  9-13, 16-20, 23-27, 30-31',
      'Once           1  8',
      'Hourly       587  7-31',
      'Gated        951  10-20',
      'AfterEnd       1  7',
      '',
      'Counted once, as how long runs take is not known:',
      '  AfterEnd',
      '',
      'Will never fire:',
      '  Never: month=2 day=30: there is no such date',
      '',
      'Days are in Europe/Rome.',
      '',
    ]);
  });

  test('has what comes at the midnight that the month begins with', () => {
    process.env.TZ = 'UTC';
    const [march, now] = [Date.UTC(2026, 2, 1), Date.UTC(2026, 4, 1)];
    const month = { year: 2026, month: 3 };
    // Of what fires at `from` itself nothing is counted.
    expect(calendarRange({ calendar: month }, now).from).toBeLessThan(march);
    expect(calendarRange({ calendar: month, from: march }, now).from).toBeLessThan(march);
    expect(calendarRange({ calendar: month, from: march + 1 }, now).from).toBe(march + 1);
  });

  test('fits 60 columns, however often something fires and however it is called', async () => {
    const often = condition(
      'A_condition_with_a_long_name_as_some_have_them',
      'type = "interval"\ninterval_seconds = 1',
    );
    const odd = condition('Odd', 'type = "time"\ntime_specifications = [{ day = "1-31/2" }]');
    const { text } = await calendar(`${often}${odd}`, '2026-03-01T00:00:00', '2026-03');
    expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(60);
    const six = [...'BCDEFG'].map((letter) => often.replace('A_cond', `${letter}_cond`)).join('');
    const shortened = (await calendar(six, '2026-03-01T00:00:00', '2026-03', 60, false)).text;
    expect(shortened).toContain('   x103k   x103k   x103k');
    expect(shortened).not.toContain('×');
  });

  test('may be that of the conditions that are named', async () => {
    const { text } = await calendar(SCHEDULES, '2026-03-01T00:00:00', '2026-03', 60, true, ['Once']);
    expect(text).toMatch(/^March 2026: 1 firing$/m);
    expect(text).not.toContain('Weekdays');
  });

  test('of --from is that of its month, and says what shows more', () => {
    const now = new Date(2026, 2, 7, 12).getTime();
    expect(calendarRange({ from: new Date(2026, 4, 9).getTime() }, now).month).toEqual({ year: 2026, month: 5 });
    expect(calendarRange({ calendar: true }, now)).toEqual({ month: { year: 2026, month: 3 }, from: now });
    expect(moreText(10)).toBe('the first 10; --count 0 shows all');
    expect(moreText(1_000_000)).toBe('the first 1000000; for more, give a later --from');
  });

  test.each([
    ['Europe/Rome', '2026-03-01T00:00:00', '2026-03'],
    ['Europe/Rome', '2026-10-05T13:14:15', '2026-10'],
    ['America/Sao_Paulo', '2018-09-01T00:00:00', '2018-11'],
    ['Australia/Lord_Howe', '2026-04-01T00:00:00', '2026-04'],
    ['Asia/Kathmandu', '2026-01-20T00:00:00', '2026-02'],
  ])('counts in %s what is listed, day by day of local time', async (tz, from, month) => {
    process.env.TZ = tz;
    const { text, config } = await calendar(SCHEDULES, from, month, undefined);
    const begin = new Date(from).getTime();
    const to = new Date(Number(month.slice(0, 4)), Number(month.slice(5)), 1).getTime() - 1;
    const { coming } = upcomingFirings(config, { from: begin, to, count: 100_000, all: true, conditions: [] });
    const days = new Map<string, Set<number>>();
    const times = new Map<string, number>();
    for (const firing of coming) {
      const date = new Date(firing.at);
      if (date.getMonth() + 1 !== Number(month.slice(5))) continue;
      days.set(firing.condition, (days.get(firing.condition) ?? new Set()).add(date.getDate()));
      times.set(firing.condition, (times.get(firing.condition) ?? 0) + 1);
    }
    const listed = [...days].map(([name, set]) => `${name} ${times.get(name)} ${dayRanges([...set])}`);
    const rows = [...text.matchAll(/^(\w+) +(\d+) {2}([\d, -]+)$/gm)].map((row) => row.slice(1).join(' '));
    expect(rows.sort()).toEqual(listed.sort());
    const total = [...times.values()].reduce((sum, count) => sum + count, 0);
    expect(text).toContain(`: ${total} firings\n`);
    const cells = [...text.matchAll(/×(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    expect(cells).toBe(total);
  });

  test('says what does not fire in the month, and that nothing does', async () => {
    const { text, fires } = await calendar(
      condition('Later', 'type = "time"\ntime_specifications = [{ month = 5 }]'),
      '2026-03-07T12:00:00',
      '2026-04',
    );
    expect(fires).toBe(false);
    expect(text).toMatch(/^April 2026: 0 firings\n\n {5}Mon/);
    expect(text).toContain('\nNot in this month:\n  Later\n');
  });
});

describe('an iCalendar file', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.clear());

  const toml = `${commandTask('Backup', ['true'])}${commandTask('Mail', ['true'])}
[[condition]]
name = "Nightly"
type = "time"
timezone = "Europe/Rome"
recurring = true
tasks = ["Backup", "Mail"]
time_specifications = [{ hour = 2, minute = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50], weekday = ["mon", "tue", "thu"] }]
[[condition]]
name = "Noon"
type = "time"
recurring = true
tasks = ["Mail"]
only_when = ["Weekend"]
time_specifications = [{ hour = 12 }]
[[condition]]
name = "Weekend"
type = "time"
time_specifications = [{ weekday = "sat" }, { weekday = "sun" }]
`;
  const READ = `
import icalendar, json, sys
events = icalendar.Calendar.from_ical(sys.stdin.buffer.read()).walk('VEVENT')
print(json.dumps([{ 'uid': str(e['UID']), 'at': e.decoded('DTSTART').isoformat(), 'summary': str(e['SUMMARY']),
  'description': str(e['DESCRIPTION']), 'status': str(e['STATUS']) } for e in events]))`;

  test('has the same rows as the table, as two parsers read them', async () => {
    const file = place.write('my.toml', toml);
    const rows = ['--from', '2026-03-29T00:00:00Z', '--to', '2d', '--all'];
    const { stdout, stderr, end } = await place.run(['next', ...rows, '--ics', file]);
    expect([stderr, end.code]).toEqual(['', 0]);
    const { firings } = JSON.parse((await place.run(['next', ...rows, '--json', file])).stdout);
    expect(firings).toHaveLength(12);
    const calendar = new ICAL.Component(ICAL.parse(stdout) as unknown[]);
    const events = calendar.getAllSubcomponents('vevent').map((one) => {
      const event = new ICAL.Event(one);
      return {
        ...{ uid: event.uid, at: event.startDate.toJSDate().toISOString(), zone: event.startDate.zone.tzid },
        ...{ summary: event.summary, description: event.description },
        status: String(one.getFirstPropertyValue('status')),
      };
    });
    const rule = 'hour=2 minute=5,10,15,20,25,30,35,40,45,50 weekday=mon,tue,thu in Europe/Rome';
    expect(events).toMatchObject(
      firings.map(({ time, condition: summary }: { time: string; condition: string }) => ({
        ...{ at: time, zone: 'UTC', summary },
        ...(summary === 'Noon'
          ? { description: expect.stringMatching(/^hour=12; .*Weekend.*\nTasks: Mail$/) }
          : { description: `${rule}\nTasks: Backup, Mail`, status: 'CONFIRMED' }),
      })),
    );
    // On Sunday its guard holds, on Monday it does not.
    expect(events.filter(({ summary }) => summary === 'Noon').map(({ status }) => status)).toEqual([
      'TENTATIVE',
      'CANCELLED',
    ]);
    const python = spawnSync('/usr/bin/python3', ['-c', READ], { input: stdout, encoding: 'utf8' });
    expect(python.stderr).toBe('');
    expect(JSON.parse(python.stdout)).toEqual(
      events.map(({ zone: _, ...event }) => ({ ...event, at: event.at.replace('.000Z', '+00:00') })),
    );
    // Read again, the file changes nothing.
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(12);
    const again = (await place.run(['next', ...rows, '--ics', file])).stdout;
    const withoutStamp = (text: string) => text.replaceAll(/^DTSTAMP:\d{8}T\d{6}Z$/gm, '');
    expect(withoutStamp(again)).toBe(withoutStamp(stdout));
    expect(stdout.split('\r\n').filter((line) => line.includes('\n') || Buffer.byteLength(line) > 75)).toEqual([]);
  });

  test('is not made of nothing, and what it leaves out is said', async () => {
    const file = place.write('my.toml', toml);
    const run = async (...args: string[]) =>
      place.run(['next', '--from', '2026-03-29T00:00:00Z', '--ics', ...args, file]);
    const none = await run('--to', '10m');
    expect([none.end.code, none.stdout, none.stderr]).toEqual([1, '', 'whenever: nothing will fire in this time\n']);
    const few = await run('--all', '-n', '2');
    expect(few.stdout.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    expect(few.stderr).toBe('whenever: the file has the first 2; --count 0 shows all\n');
  });
});

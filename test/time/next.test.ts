import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dueWords } from '../../src/projections/state-reasons.ts';
import { formatInstant, isoInstant, parseInstant, showDuration } from '../../src/terminal/instant.ts';
import { commandTask, onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const FROM = ['--from', '2026-03-02T12:00:03'];
const CONFIG = `${commandTask('Backup', ['true'])}${commandTask('Mail', ['true'])}
[[condition]]
name = "Often"
type = "interval"
interval_seconds = 3600
recurring = true
tasks = ["Mail"]
[[condition]]
name = "Nightly"
type = "time"
recurring = true
tasks = ["Backup", "Mail"]
time_specifications = [{ hour = 2, minute = 30 }, { day = 30, month = 2 }]
[[condition]]
name = "Once"
type = "time"
tasks = ["Mail"]
time_specifications = [{ cron = "0 14 * * *" }]
[[condition]]
name = "Past"
type = "time"
tasks = ["Mail"]
time_specifications = [{ year = 2020 }]
[[condition]]
name = "Empty"
type = "time"
tasks = ["Mail"]
time_specifications = []
[[condition]]
name = "Asleep"
type = "interval"
interval_seconds = 60
suspended = true
tasks = ["Mail"]
[[condition]]
name = "Idle"
type = "interval"
interval_seconds = 60
tasks = []
[[condition]]
name = "OnDemand"
type = "bucket"
tasks = ["Mail"]
`;

const next = async (args: readonly string[], toml = CONFIG) => {
  const file = place.write('config.toml', toml);
  const { end, stdout, stderr } = await place.run(['next', ...args, file]);
  return { code: end.code, stdout, stderr };
};

describe('whenever next', () => {
  test('The table tells when, in how long, which condition, by which specification, and which tasks; then what never fires.', async () => {
    const { code, stdout } = await next([...FROM, '--all', '--count', '4']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'WHEN                             IN  CONDITION  BY                 TASKS',
      '2026-03-02 13:00:05 Mon  1 h 00 min  Often      every 3600 s       Mail',
      '2026-03-02 14:00:00 Mon  1 h 59 min  Once       cron "0 14 * * *"  Mail',
      '2026-03-02 14:00:05 Mon  2 h 00 min  Often      every 3600 s       Mail',
      '2026-03-02 15:00:05 Mon  3 h 00 min  Often      every 3600 s       Mail',
      '(the first 4; --count 0 shows all)',
      '',
      'Will never fire:',
      '  Nightly: month=2 day=30: there is no such date',
      '  Past: year=2020: is over',
      '  Empty: it has no specifications',
      '  Idle: no tasks are listed',
      '',
      'Suspended in the file; fires after resume_condition:',
      '  Asleep',
      '',
      'Cannot be foreseen:',
      '  OnDemand (bucket)',
      '',
      'Looked ahead to 2036-03-02 12:00:03 Sun.',
      'Times are in UTC.',
      '',
    ]);
  });

  test('--from and --to bound the range, both ends included; a condition that does not recur fires once.', async () => {
    const { stdout } = await next([
      '--from',
      '2026-03-02T13:00:00',
      '--to',
      '2026-03-04T02:30:00',
      '--count',
      '99',
      '--all',
      '--json',
    ]);
    const { firings } = JSON.parse(stdout) as { firings: { time: string; condition: string }[] };
    const of = (name: string) => firings.filter(({ condition }) => condition === name).map(({ time }) => time);
    expect(of('Once')).toEqual(['2026-03-02T14:00:00.000Z']);
    expect(of('Nightly')).toEqual(['2026-03-03T02:30:00.000Z', '2026-03-04T02:30:00.000Z']);
    expect(of('Often')).toHaveLength(37);
    expect(firings.map(({ time }) => time)).toEqual(firings.map(({ time }) => time).sort());
  });

  test('--json is one object: firings with time, seconds, condition, by and tasks, and what never fires.', async () => {
    const { stdout } = await next([...FROM, '--all', '-n', '2', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      firings: [
        {
          time: '2026-03-02T13:00:05.000Z',
          local: '2026-03-02T13:00:05+00:00',
          seconds: 3602,
          condition: 'Often',
          by: 'every 3600 s',
          tasks: ['Mail'],
        },
        {
          time: '2026-03-02T14:00:00.000Z',
          local: '2026-03-02T14:00:00+00:00',
          seconds: 7197,
          condition: 'Once',
          by: 'cron "0 14 * * *"',
          tasks: ['Mail'],
        },
      ],
      never: [
        { condition: 'Nightly', reason: 'month=2 day=30: there is no such date' },
        { condition: 'Past', reason: 'year=2020: is over' },
        { condition: 'Empty', reason: 'it has no specifications' },

        { condition: 'Idle', reason: 'no tasks are listed' },
      ],
      suspended: ['Asleep'],
      pausedUntil: null,
      suspendedUntil: {},
      held: {},
      unforeseen: [{ condition: 'OnDemand', type: 'bucket' }],
      guards: [],
      later: [],
      more: true,
      until: '2036-03-02T12:00:03.000Z',
      zone: 'UTC',
    });
  });

  test('First there is one row for each condition, however often one of them fires; --all shows every firing.', async () => {
    const rows = async (args: readonly string[]) =>
      [...(await next([...FROM, ...args])).stdout.matchAll(/^2026-\S+ \S+ \w{3} {2}.* min {2}(\w+)/gm)].map(
        ([, name]) => name,
      );
    expect(await rows([])).toEqual(['Often', 'Once', 'Nightly']);
    expect(await rows(['-n', '2'])).toEqual(['Often', 'Once']);
    expect(await rows(['--all', '-n', '3'])).toEqual(['Often', 'Once', 'Often']);
  });

  test('With --all the first 20 are shown, and that there are more; --count 0 shows all.', async () => {
    const day = ['--from', '2026-03-02T12:00', '--to', '2d', '--all'];
    const short = (await next(day)).stdout;
    expect(short.match(/^2026-/gm)).toHaveLength(20);
    expect(short).toContain('\n(the first 20; --count 0 shows all)\n');
    const whole = (await next([...day, '--count', '0'])).stdout;
    expect(whole.match(/^2026-/gm)).toHaveLength(51);
    expect(whole).not.toContain('the first');
  });

  test('Conditions may be named; an unknown one is refused.', async () => {
    const file = place.write('config.toml', CONFIG);
    const named = await place.run(['next', ...FROM, file, 'Nightly', 'OnDemand']);
    expect(named.stdout).toMatch(
      /^WHEN.*\n2026-03-03 02:30:00 Tue .*Nightly.*\n\nWill never fire:\n {2}Nightly: month=2 day=30/,
    );
    expect(named.stdout).not.toMatch(/Often|Once|Asleep/);
    expect(named.stdout).toContain('Cannot be foreseen:\n  OnDemand (bucket)\n');
    const wrong = await place.run(['next', file, 'Nigtly']);
    expect([wrong.end.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('no condition "Nigtly", did you mean "Nightly"?'),
    ]);
  });

  test('The zone of times is said below the table, and that of a rule where it is another one; JSON has local time beside UTC.', async () => {
    const toml = (zone: string) =>
      `${commandTask('Mail', ['true'])}[[condition]]\nname = "C"\ntype = "time"\ntimezone = "${zone}"\ntasks = ["Mail"]\ntime_specifications = [{ hour = 2 }]\n[[condition]]\nname = "D"\ntype = "interval"\ninterval = "6 h"\nalign = true\ntimezone = "${zone}"\ntasks = ["Mail"]\n`;
    const { stdout } = await next(FROM, toml('America/New_York'));
    expect(stdout).toMatch(/C {2,}hour=2 in America\/New_York {2,}Mail/);
    expect(stdout).toMatch(/D {2,}multiple of 6 h 00 min since midnight in America\/New_York {2,}Mail/);
    expect(stdout).toMatch(/\nTimes are in UTC; rules are in the zones that they name\.\n$/);
    const own = (await next(FROM, toml('UTC'))).stdout;
    expect(own).toMatch(/C {2,}hour=2 {2,}Mail/);
    expect(own).toMatch(/\nTimes are in UTC\.\n$/);
    const args = ['next', ...FROM, '--json', place.file('config.toml'), 'C'];
    const json = JSON.parse((await place.run(args, { env: { TZ: 'America/New_York' } })).stdout);
    expect(json).toMatchObject({
      zone: 'America/New_York',
      firings: [{ time: '2026-03-03T02:00:00.000Z', local: '2026-03-02T21:00:00-05:00', timezone: 'UTC' }],
    });
  });

  test('Holidays of an iCalendar file are passed over, in the program as it is built.', async () => {
    const event = 'BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20260303\nSUMMARY:Holiday\nEND:VEVENT';
    place.write('days.ics', `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//EN\n${event}\nEND:VCALENDAR\n`);
    const toml = `${commandTask('Mail', ['true'])}[[condition]]\nname = "C"\ntype = "time"\nholidays = "days.ics"\ntasks = ["Mail"]\ntime_specifications = [{ hour = 2 }]\n`;
    const { stdout, stderr } = await next([...FROM], toml);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^2026-03-04 02:00:00 Wed .*C/m);
  });

  test('--to may be a duration after --from.', async () => {
    const args = (to: string) => [...FROM, '--to', to, '--all', '-n', '99', '--json'];
    const [day, instant] = [await next(args('1d')), await next(args('2026-03-03T12:00:03'))];
    expect(day).toEqual(instant);
    expect(JSON.parse(day.stdout).firings.length).toBeGreaterThan(20);
  });

  test('When nothing is to come the status is 1 and the table says so.', async () => {
    const { code, stdout } = await next([...FROM, '--to', '2026-03-02T12:30:00']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^Nothing will fire in this time\.\n\nNot in this time:\n {2}Often\n[\s\S]*Will never fire:\n/,
    );
  });

  test('A wrong option or file ends with status 2 and a text that says what was expected.', async () => {
    for (const [args, text] of [
      [['--from', '2026-02-30'], '--from: the calendar does not have the date 2026-02-30'],
      [['--to', '2026-13-01T00:00:00Z'], '--to: the calendar does not have the date 2026-13-01'],
      [['--from', 'noon'], '--from: expected a local time such as 2026-03-29T00:00:00'],
      [['--to', '7x'], 'or 30s, 10m, 2h, 1d, 1w after --from, found "7x"'],
      [['--from', '2026-03-03', '--to', '2026-03-02'], '--to: expected an instant after --from'],
      [['--count', '-1'], '--count: expected a whole number, from 0 to 100000, found "-1"'],
      [['--ics', '--json'], "option '--ics' cannot be used with option '--json'"],
      [['--calendar=2026-12', '--json'], "option '--calendar [MONTH]' cannot be used with option '--json'"],
      [['--calendar=2026-12', '--ics'], "option '--calendar [MONTH]' cannot be used with option '--ics'"],
      [['--calendar=2026-13'], '--calendar: expected a month such as 2026-12, found "2026-13"'],
      [['--calendar'], 'config.toml"; for this month, write --calendar after the other arguments'],
      [['--calendar=2026-02', '--from', '2026-03-01'], '--calendar: expected a month that is not over at --from'],
      [['--calendar=2036-04', '--from', '2026-03-01'], '--calendar: expected a month of the next 10 years'],
      [['--count', '9007199254740991'], '--count: expected a whole number, from 0 to 100000, found'],
    ] as const) {
      const { code, stdout, stderr } = await next(args);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain(text);
    }
    expect(await next([], 'tick = 3')).toMatchObject({ code: 2, stdout: '' });
  });

  test('By how much jitter_seconds can hold a firing back is said in whole ticks, and not at all below a tick.', async () => {
    const timed = (name: string, jitter: number) =>
      `[[condition]]\nname = "${name}"\ntype = "time"\ntasks = ["Mail"]\njitter_seconds = ${jitter}\ntime_specifications = [{ hour = 9 }]\n`;
    const toml = commandTask('Mail', ['true']) + timed('Below', 2) + timed('Above', 14);
    const { stdout } = await next([...FROM, '--json'], toml);
    const { firings } = JSON.parse(stdout) as { firings: { condition: string; by: string }[] };
    expect(firings.map(({ condition, by }) => `${condition}: ${by}`).sort()).toEqual([
      'Above: hour=9, up to 10 s later',
      'Below: hour=9',
    ]);
  });

  test('The firings are those that the simulated daemon has.', async () => {
    const range = ['--from', '2026-03-28T12:00:00Z', '--to', '2026-03-30T12:00:00Z'];
    const { stdout } = await next([...range, '--all', '--count', '999', '--json']);
    const { firings } = JSON.parse(stdout) as { firings: { time: string; condition: string }[] };
    const simulated = await place.run(['simulate', ...range, '-J', '-L', 'info', place.file('config.toml')]);
    const ran = simulated.records
      .filter(({ contents }) => contents.message.startsWith('running tasks'))
      .map(({ header, contents }) => `${header.time.slice(0, 19)} ${contents.context.item}`);
    expect(ran).toEqual(firings.map(({ time, condition }) => `${time.slice(0, 19)} ${condition}`));
    expect(ran.length).toBeGreaterThan(40);
  });
});

describe('instants on the command line', () => {
  test('What lies beyond the calendar is said so, and null in JSON.', () => {
    expect([formatInstant(9e15), formatInstant(Number.POSITIVE_INFINITY)]).toEqual([
      'after year 275760',
      'after year 275760',
    ]);
    expect(dueWords(9e15, 0)).toBe('not due before the end of the calendar');
    expect([isoInstant(9e15), isoInstant(0)]).toEqual([null, '1970-01-01T00:00:00.000Z']);
  });

  test('They are local time, or carry a zone.', () => {
    const zone = process.env.TZ;
    process.env.TZ = 'Europe/Rome';
    try {
      expect(parseInstant('2026-03-29T00:00:00')).toBe(Date.UTC(2026, 2, 28, 23));
      expect(parseInstant('2026-03-29 12:00')).toBe(Date.UTC(2026, 2, 29, 10));
      expect(parseInstant('2026-03-29')).toBe(Date.UTC(2026, 2, 28, 23));
      expect(parseInstant('2026-03-29T00:00:00Z')).toBe(Date.UTC(2026, 2, 29));
      expect(parseInstant('2026-03-29T00:00:00.500+02:00')).toBe(Date.UTC(2026, 2, 28, 22) + 500);
      expect(formatInstant(Date.UTC(2026, 2, 29, 1))).toBe('2026-03-29 03:00:00 Sun');
    } finally {
      process.env.TZ = zone;
    }
  });

  test('What is none, or does not exist, is refused.', () => {
    for (const text of [
      '',
      'now',
      '2026-13-01',
      '2026-02-29',
      '2026-04-31',
      '2026-03-29T25:00:00',
      '29.3.2026',
      '2026-03-29T1:00',
    ])
      expect(parseInstant(text)).toBeUndefined();
  });

  test('What is printed can be read again.', () => {
    for (let i = 0; i < 500; i++) {
      const at = Date.UTC(2000, 0, 1) + i * 1_234_567_000;
      expect(parseInstant(formatInstant(at).slice(0, 19))).toBe(at);
    }
  });

  test('Durations are for people: two parts at the most.', () => {
    expect([0, 400, 45_000, 720_000, 725_000, 11_100_000, 187_200_000].map(showDuration)).toEqual([
      '0 s',
      '0.4 s',
      '45 s',
      '12 min',
      '12 min 05 s',
      '3 h 05 min',
      '2 d 4 h',
    ]);
  });
});

test('Where local time shows the same twice, its offset is shown, and only there.', async () => {
  place.write(
    'config.toml',
    `${commandTask('T', ['true'])}[[condition]]\nname = "Half"\ntype = "time"\nrecurring = true\ntasks = ["T"]\ntime_specifications = [{ minute = 30 }]\n`,
  );
  const when = async (zone: string, from: string) => {
    const args = ['next', place.file('config.toml'), '--all', '-n', '4', '--from', from];
    const { stdout } = await place.run(args, { env: { TZ: zone } });
    return stdout
      .split('\n')
      .slice(1, 5)
      .map((line) => line.split('  ', 1)[0]);
  };
  expect(await when('Europe/Rome', '2026-10-25T00:45:00')).toEqual([
    '2026-10-25 01:30:00 Sun',
    '2026-10-25 02:30:00 Sun +02:00',
    '2026-10-25 02:30:00 Sun +01:00',
    '2026-10-25 03:30:00 Sun',
  ]);
  // By half an hour.
  expect(await when('Australia/Lord_Howe', '2026-04-05T00:45:00')).toEqual([
    '2026-04-05 01:30:00 Sun +11:00',
    '2026-04-05 01:30:00 Sun +10:30',
    '2026-04-05 02:30:00 Sun',
    '2026-04-05 03:30:00 Sun',
  ]);
  expect(await when('Europe/Rome', '2026-03-29T00:45:00')).toEqual([
    '2026-03-29 01:30:00 Sun',
    '2026-03-29 03:30:00 Sun',
    '2026-03-29 04:30:00 Sun',
    '2026-03-29 05:30:00 Sun',
  ]);
});

test('a pause and a suspension that end by themselves are respected, with their ends, from now on', async () => {
  const toml = `scheduler_tick_seconds = 1\n${CONFIG}`;
  const daemon = place.start(['-L', 'info', '-J'], { toml });
  daemon.send('pause until 2090-03-01');
  daemon.send('suspend_condition Nightly until 2091-03-01T02:30');
  await daemon.record(/condition Nightly suspended until 2091-03-01 02:30:00/);
  daemon.kill('SIGKILL');
  await daemon.ended;
  const ahead = ['--to', '2092-01-01T00:00:00', 'Often', 'Nightly', 'Once'];
  const run = async (...args: string[]) => place.run(['next', ...args, place.file('config.toml'), ...ahead]);
  const { stdout } = await run();
  expect(stdout.replace(/ +/g, ' ').split('\n')).toEqual([
    expect.stringMatching(/^WHEN IN CONDITION/),
    expect.stringMatching(/^2090-03-01 01:00:00 Wed \S.* Often every/),
    expect.stringMatching(/^2090-03-01 14:00:00 Wed \S.* Once/),
    expect.stringMatching(/^2091-03-01 02:30:00 Thu \S.* Nightly hour=2 minute=30/),
    '',
    'Paused: nothing fires before 2090-03-01 00:00:00 Wed.',
    '',
    'Suspended for a time:',
    ' Nightly: not before 2091-03-01 02:30:00 Thu',
    ...[
      '',
      'Will never fire:',
      expect.stringContaining('Nightly: '),
      '',
      expect.stringContaining('Looked ahead to'),
      'Times are in UTC.',
      '',
    ],
  ]);
  const json = JSON.parse((await run('--json')).stdout) as Record<string, unknown>;
  expect(json).toMatchObject({
    ...{ pausedUntil: '2090-03-01T00:00:00.000Z', suspendedUntil: { Nightly: '2091-03-01T02:30:00.000Z' } },
  });
  // Of another time nothing is known.
  const other = await run(...FROM);
  expect(other.stdout).not.toContain('Paused');
});

test('a firing that is held now, with how long at the longest', async () => {
  const toml = `${TICK}${shellTask('Backup', 'true')}${onDemand('Asked', ['Backup'], 'only_when = ["Never"]\nhold_seconds = 3600')}[[condition]]\nname = "Never"\ntype = "time"\ntime_specifications = [{ year = 2020 }]\n`;
  const daemon = place.start(['-L', 'info', '-J'], { toml });
  daemon.send('trigger Go_Asked');
  await daemon.record(/held: Never is false/);
  const { stdout } = await place.run(['next', place.file('config.toml')]);
  expect(stdout).toMatch(
    /\nHeld now; runs when its guards hold:\n {2}Asked: since \S+ \S+ \w+, until \S+ \S+ \w+ at the longest\n/,
  );
  const { held } = JSON.parse((await place.run(['next', place.file('config.toml'), '--json'])).stdout);
  expect(Date.parse(held.Asked.until) - Date.parse(held.Asked.since)).toBe(3_600_000);
  daemon.send('cancel Asked');
  await daemon.record(/Asked\/\d+ .*not held any more/);
  daemon.kill('SIGKILL');
  await daemon.ended;
  expect((await place.run(['next', place.file('config.toml')])).stdout).not.toContain('Held now');
});

const FROM_NINE = ['--from', '2026-03-02T09:00:00'];

describe('a firing that guards hold', () => {
  const guarded = (guards: string, more = '') =>
    `${commandTask('Backup', ['true'])}[[condition]]\nname = "Noon"\ntype = "time"\nrecurring = true\ntasks = ["Backup"]\ntime_specifications = [{ hour = 12 }]\nonly_when = ${guards}\n${more}\n[[condition]]\nname = "Night"\ntype = "time"\nbetween = [22:00:00, 06:00:00]\n[[condition]]\nname = "Weekend"\ntype = "time"\ntime_specifications = [{ weekday = "sat" }, { weekday = "sun" }]\n[[condition]]\nname = "OnPower"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n`;

  const both = async (toml: string) => ({
    text: (await next(FROM_NINE, toml)).stdout,
    json: JSON.parse((await next([...FROM_NINE, '--json'], toml)).stdout),
  });

  test('is shown with when it can run at the earliest, where guards go by the clock', async () => {
    const { text, json } = await both(guarded('["Night", "OnPower"]'));
    expect(text).toContain('hour=12; held for Night, OnPower, at the earliest until 2026-03-02 22:00:00 Mon');
    expect(text).toContain('Guards, which run nothing themselves:\n  Night, of Noon\n  OnPower, of Noon\n');
    expect(text).toContain('Will never fire:\n  Weekend: no tasks are listed\n');
    expect(json.firings).toMatchObject([
      { time: '2026-03-02T12:00:00.000Z', guards: ['Night', 'OnPower'], heldUntil: '2026-03-02T22:00:00.000Z' },
    ]);
    expect(json.guards).toEqual([
      { condition: 'Night', of: ['Noon'] },
      { condition: 'OnPower', of: ['Noon'] },
    ]);
  });

  test('waits until all hold at the same time', async () => {
    const { json } = await both(guarded('["Night", "Weekend"]', 'hold_seconds = 900000'));
    expect(json.firings).toMatchObject([{ heldUntil: '2026-03-07T00:00:00.000Z' }]);
  });

  test('is missed when that is later than hold_seconds, and runs at once when they hold', async () => {
    const missed = await both(guarded('["Weekend"]'));
    expect(missed.text).toContain('hour=12; held for Weekend and missed');
    expect(missed.json.firings).toMatchObject([{ heldUntil: null }]);
    const other = await both(guarded('["OnPower"]'));
    expect(other.text).toContain('hour=12; if OnPower holds');
    expect(other.json.firings[0]).not.toHaveProperty('heldUntil');
  });
});

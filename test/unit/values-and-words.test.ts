import { describe, expect, test } from 'vitest';
import { matches } from '../../src/adapters/bus/bus.ts';
import type { BusMessage, BusValue } from '../../src/core/desktop-ports.ts';
import { parseEnd } from '../../src/core/end-time.ts';
import type { ConditionInstance } from '../../src/core/instance.ts';
import { failed, NOT_DUE, passed } from '../../src/core/outcome.ts';
import { PendingOperations } from '../../src/core/pending-operations.ts';
import type { Clock } from '../../src/core/ports.ts';
import { type Reason, type ReasonOf, reasonText } from '../../src/core/reasons.ts';
import { showSize } from '../../src/core/size.ts';
import { parseHistoryLine } from '../../src/history/history-line.ts';
import { sinceText } from '../../src/history/last-outcome.ts';
import { dayText, usualOf } from '../../src/history/usual.ts';
import { compileWindow } from '../../src/items/common/compile-window.ts';
import { conditionWindow } from '../../src/items/common/condition-window.ts';
import { compileArguments } from '../../src/items/common/dbus-arguments.ts';
import { argumentsAsJson } from '../../src/items/common/dbus-json.ts';
import { readEnvironmentFiles, readFileValues } from '../../src/items/common/given-values.ts';
import { parseRule } from '../../src/items/common/match-rule.ts';
import { specificationProblems } from '../../src/items/common/specification-problems.ts';
import { windowed } from '../../src/items/common/windowed.ts';
import { flatten } from '../../src/metrics/flatten.ts';
import { askedWords, countdown, dueWords, heldWords, interruptedText } from '../../src/projections/state-reasons.ts';
import { fakeMachine } from '../support/daemon.ts';
import { ORIGIN } from '../support/origin.ts';

const NOON = new Date(2026, 10, 25, 12).getTime();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('a reason as text', () => {
  const held = { since: NOON, ms: 60_000, guard: 'G', joined: 0 };
  test.each<[Reason, string]>([
    [
      { code: 'retry-ended', by: 'ending', attempt: 1, of: 3 },
      'it failed; not tried again after attempt 1 of 3: the scheduler is ending',
    ],
    [{ code: 'outside-window', by: 'until', opens: NOON }, 'outside its window: '],
    [{ code: 'rows', found: true }, 'the query has rows'],
    [{ code: 'rows', found: false }, 'the query has no rows'],
    [{ code: 'held', ...held }, 'it fired; held since 12:00, 1 min, until G became true'],
    [{ code: 'hold-expired', ...held, answer: { code: 'no-event' } }, 'and G is false (no event has come)'],
    [
      {
        code: 'hold-expired',
        ...held,
        guard: 'window of C',
        answer: { code: 'outside-window', by: 'until', text: 'x' },
      },
      'it fired; held since 12:00 for 1 min, and outside its window: it was open until x',
    ],
    [
      { code: 'event-came', event: { name: 'E', change: { kind: 'create', path: `/first/${'x'.repeat(200)}` } } },
      `its event has come: E, created …${'x'.repeat(200)}`,
    ],
  ] as [Reason, string][])('%j', (reason, text) => {
    expect(reasonText(reason)).toContain(text);
  });

  test('what a condition waits for, and how a guard stands', () => {
    expect(dueWords('on-event', NOON)).toBe('nothing it could wait for is in sight');
    const firing = { since: NOON, guard: 'G', joined: 2, answer: { holds: true } } as unknown as Parameters<
      typeof heldWords
    >[0];
    expect(heldWords(firing, NOON)).toMatch(/its guards hold, and it is busy; later firings that have joined it: 2$/);
    const asked = { answer: { holds: false }, since: NOON };
    expect(askedWords(['C'], asked, NOON)).toMatch(/^guard of C, false since /);
    expect(askedWords(['C'], { ...asked, answer: { holds: true, reason: { code: 'no-event' } } }, NOON)).toMatch(
      / \(no event has come\)$/,
    );
  });

  test('instants, sizes and ends', () => {
    expect(sinceText(NOON - DAY, NOON)).toBe('Tue 12:00');
    expect(sinceText(NOON - 9 * DAY, NOON)).toBe('2026-11-16 12:00');
    expect([dayText(NOON - DAY, NOON), dayText(NOON - HOUR, NOON)]).toEqual(['Tuesday', '11:00']);
    expect([0, 1023, 1536].map(showSize)).toEqual(['0 bytes', '1023 bytes', '1.5 KiB']);
    expect(parseEnd(['until'], NOON)).toMatch(/found "until"$/);
    expect(parseEnd(['until', 'never'], NOON)).toMatch(/found "until never"$/);
    for (const time of [{}, { time: 'x' }])
      expect(parseHistoryLine(JSON.stringify({ kind: 'end', session: 's', ...time }))).toBeUndefined();
  });

  test('what is left of a time, and what an earlier instance has left', () => {
    expect([0, 27_001, 3_599_000, 3_600_000, 36_005_000].map(countdown)).toEqual([
      ...['0:00', '0:28', '59:59', '1:00:00', '10:00:05'],
    ]);
    const left = (...tasks: string[]) => interruptedText({ began: NOON, tasks } as never);
    expect(left()).toMatch(/ was interrupted when whenever ended$/);
    expect(left('A')).toMatch(/ ended, task A had not ended$/);
    expect(left('A', 'B')).toMatch(/ ended, tasks A, B had not ended$/);
  });

  test('successes at different times of the day are not daily', () => {
    const at = (hours: readonly number[]) =>
      usualOf(hours.map((hour, day) => [NOON + day * DAY + hour * HOUR, 60] as const))?.dailyBy;
    expect(at([0, 0.1, 0, 0.2, 0, 0.1])).toBeGreaterThan(0);
    expect(at([0, 6, 1, 7, 2, 5])).toBeUndefined();
  });
});

test('an operation that waits ends later when the clock is set, if its end was a duration', () => {
  const pending = new PendingOperations();
  const suspend = (lasts: boolean) => pending.add({ operation: 'suspend', origin: ORIGIN, end: { at: NOON, lasts } });
  const ends = () => pending.list.map(({ end }) => end?.at);
  suspend(false);
  pending.moveEnds(5);
  expect(ends()).toEqual([NOON]);
  suspend(true);
  pending.moveEnds(5);
  expect(ends()).toEqual([NOON, NOON + 5]);
});

test('a metric that is part of itself is refused', () => {
  const own: Record<string, unknown> = {};
  own.own = own;
  expect(() => flatten({ a: own })).toThrow('a metric cannot be stored: a/own is part of itself');
});

describe('arguments of a call', () => {
  test.each<[readonly unknown[], string | undefined, string]>([
    [['\\y1'], 'h', '"\\\\y1" is not of type h'],
    [[1n], 'h', 'file handles cannot be sent'],
    [['\\y1'], 'u', 'is not an unsigned 32-bit integer'],
    [[{ a: 1n }], 'i', 'a table is not a 32-bit integer'],
    [[[1n]], 'b', 'an array is not true or false'],
    [[5n], 's', '5 is not a text without null characters'],
    [[new Date(0)], undefined, 'a date cannot be sent'],
    [['text'], 'a{si}', '"text" is not a table, as a{si} asks for'],
    [['text'], 'as', '"text" is not an array, as as asks for'],
    [[{ signature: 'ii', value: 1n }], 'v', 'the signature of a variant is that of one value, not "ii"'],
    [[{ signature: '', value: 1n }], 'v', 'the signature of a variant is that of one value, not ""'],
    ...['(', '()', 'a{', 'a{vs}', 'a{s', 'a{si', '{si}', 'k'].map((wrong): [unknown[], string, string] => [
      [1n],
      wrong,
      `"${wrong}" is not a D-Bus signature`,
    ]),
  ])('%o as %s: %s', (list, signature, text) => {
    expect(() => compileArguments(list, signature)).toThrow(text);
  });

  test('are converted, and shown in JSON', () => {
    expect(compileArguments([true, '\\d-inf', '\\dInfinity'], 'bdd')).toEqual([
      { type: 'b', value: true },
      { type: 'd', value: Number.NEGATIVE_INFINITY },
      { type: 'd', value: Number.POSITIVE_INFINITY },
    ]);
    const one: BusValue = { type: 'd', value: 1.5 };
    const dict: BusValue = {
      ...{ type: 'dict', element: '{vv}' },
      entries: [
        [
          { type: 'v', value: { type: 's', value: 'key' } },
          { type: 'v', value: one },
        ],
        [
          { type: 'array', element: 'd', items: [one] },
          { type: 'd', value: Number.NaN },
        ],
      ],
    };
    expect(argumentsAsJson([dict], () => {})).toBe('[{"key":1.5,"[1.5]":null}]');
    const long: BusValue = { type: 's', value: 'x'.repeat(2 ** 20) };
    const warned: string[] = [];
    expect(argumentsAsJson([long], (text) => warned.push(text))).toBeUndefined();
    expect(warned[0]).toContain('the arguments of the message are left out');
  });

  test.each<[string, Partial<BusMessage>, boolean]>([
    ["eavesdrop='true',type='signal'", {}, true],
    ["type='error'", {}, false],
    ["path_namespace='/'", { path: '/a' }, true],
    ["path_namespace='/a'", { path: '/ab' }, false],
    ["path_namespace='/a'", { path: '/a/b' }, true],
    ["arg0namespace='a.b'", { body: [{ type: 's', value: 'a.b.c' }] }, true],
    ["arg0namespace='a.b'", { body: [{ type: 's', value: 'a.bc' }] }, false],
    ["arg0namespace='a.b'", {}, false],
    ["arg0path='/a/'", { body: [{ type: 'o', value: '/a/b' }] }, true],
    ["arg0path='/a/b'", { body: [{ type: 's', value: '/a/' }] }, true],
    ["arg0path='/a/b'", { body: [{ type: 's', value: '/a' }] }, false],
    ["arg0path='/a'", {}, false],
    [
      "arg1='x'",
      {
        body: [
          { type: 's', value: 'y' },
          { type: 's', value: 'x' },
        ],
      },
      true,
    ],
    ["arg0='/x'", { body: [{ type: 'o', value: '/x' }] }, false],
    ["sender='a.b'", { sender: ':1.5' }, true],
    ["sender='a.c'", { sender: ':1.5' }, false],
  ])('the rule %s fits %j: %j', (rule, message, fits) => {
    const whole: BusMessage = {
      ...{ type: 'signal', sender: ':1.1', path: '/', interface: 'a.b', member: 'M', destination: '', body: [] },
      ...message,
    };
    expect(matches(parseRule(rule), whole, new Map([['a.b', ':1.5']]))).toBe(fits);
  });

  test('a key of a rule without a value', () => {
    expect(() => parseRule('member')).toThrow('at character 1: "member" has no value, write member=\'…\'');
    expect([...parseRule(" member='M'").keys]).toEqual([['member', 'M']]);
  });
});

describe('values that are in files', () => {
  const files = {
    credentials: '/cred',
    read: (path: string) =>
      path.endsWith('none')
        ? Promise.reject(new Error(`${path}: no such file`))
        : Promise.resolve(path.endsWith('nul') ? 'a\0' : 'text\n'),
  };
  test('are read, and others stay', async () => {
    const values = { A: 5, B: { file: '/b' }, C: { credential: 'c' } };
    expect(await readFileValues<number>(values, files)).toEqual({ A: 5, B: 'text', C: 'text' });
    const refused = (value: object, given?: typeof files | { read: typeof files.read; credentials: undefined }) =>
      expect(readFileValues({ A: value } as never, given)).rejects;
    await refused({ file: '/none' }, files).toThrow('/none: no such file');
    await refused({ file: '/nul' }, files).toThrow('/nul: it has a NUL character, which no variable can hold');
    await refused({ file: '/b' }).toThrow('no files can be read here');
    await refused({ credential: 'c' }).toThrow('credential "c": CREDENTIALS_DIRECTORY is not set');
    await refused({ credential: 'c' }, { ...files, credentials: undefined }).toThrow(
      'CREDENTIALS_DIRECTORY is not set',
    );
  });
  test('a file of variables may be missing if it is marked so', async () => {
    expect(await readEnvironmentFiles(['-/none'], files)).toEqual({});
    await expect(readEnvironmentFiles(['/none'], files)).rejects.toThrow('/none: no such file');
    const named = { ...files, read: () => Promise.resolve('# no newline at the end\nA=word\nPASSWORD=x\n#') };
    expect(await readEnvironmentFiles(['/a'], named)).toEqual({ A: 'word', PASSWORD: 'x' });
  });
});

describe('the window of a condition', () => {
  const compile = async (keys: object, machine: object = fakeMachine) => {
    const problems: string[] = [];
    const report = (_: unknown, text: string) => void problems.push(text);
    const { window } = await compileWindow(keys as never, { fired: true }, report as never, machine as never);
    return { problems, window };
  };
  test.each<[object, string | undefined]>([
    [{}, undefined],
    [{ timezone: 'Europe/Rom' }, 'timezone: expected a time zone such as "Europe/Rome"'],
    [{ only: [] }, 'only: expected at least one table, found none: it would never count'],
    [{ from: '2026-05-02', until: '2026-05-01' }, 'until: expected a date after from (2026-05-02), found 2026-05-01'],
    // The day of `until` is in the window, and offsets count.
    [{ from: '2026-05-01T09:00:00', until: '2026-05-01' }, undefined],
    [{ from: '2026-05-01T10:00:00+02:00', until: '2026-05-01T09:00:00Z' }, undefined],
    [
      { from: '2026-05-01T10:00:00Z', until: '2026-05-01T11:00:00+02:00' },
      'until: expected a date after from (2026-05-01T10:00:00Z), found 2026-05-01T11:00:00+02:00',
    ],
    [
      { only: [{ at: '10:00Z' }] },
      'only (entry 1, at): expected a piece of time, and a time with an offset is an instant',
    ],
    [{ except: ['2026-05-01', { sun: 'noon', place: [0, 0] }] }, 'except (entry 2, sun): expected a piece of time'],
    [{ except: [{ cron: '* * * * *', hour: 5 }] }, 'except (entry 1): expected cron alone'],
    [{ holidays: ['/missing.ics'] }, 'holidays: expected an iCalendar file: /missing.ics: files cannot be read here'],
  ])('%j: %s', async (keys, text) => {
    const { problems } = await compile(keys);
    if (text === undefined) expect(problems).toEqual([]);
    else expect(problems).toEqual([expect.stringContaining(text)]);
  });
  test('a file of holidays that is none, or cannot be read', async () => {
    const withFile = (read: () => Promise<string>) =>
      compile({ holidays: ['2026-12-25', '/h.ics'] }, { ...fakeMachine, now: undefined, files: { read } });
    const { problems } = await withFile(() => Promise.reject(new Error('/h.ics: no such file')));
    expect(problems).toEqual(['holidays: expected an iCalendar file: /h.ics: no such file']);
    expect((await withFile(() => Promise.resolve('nonsense'))).problems[0]).toContain('/h.ics: not an iCalendar file');
  });
  test.each<[object, string]>([
    [{ cron: '* * * * *', hour: 5 }, 'expected cron alone, it leaves no room for other keys'],
    [{ at: '10:00', hour: 5, sun: 'noon', place: [0, 0] }, 'expected at without hour, sun'],
    [{ nth: 1 }, 'expected weekday beside it'],
    [{ since: '2026-02-30', every: '2 days' }, '2026-02-30'],
    [{ cron: 'x' }, ''],
  ])('of a specification %j: %s', (fields, text) => {
    const [problem] = specificationProblems(fields as never, false);
    expect(problem?.text).toContain(text);
  });
  test('an end with an offset, and one with a blank', () => {
    const window = (until: string) => conditionWindow({ timezone: 'UTC', until });
    for (const until of ['2026-05-01T12:00:00+02:00', '2026-05-01 10:00:00']) {
      expect(window(until).closed(Date.UTC(2026, 4, 1, 10))).toBeUndefined();
      expect(window(until).closed(Date.UTC(2026, 4, 1, 10, 0, 1))?.by).toBe('until');
    }
  });
});

describe('a condition outside its window', () => {
  const closed: ReasonOf<'outside-window'> = { code: 'outside-window', by: 'only' };
  const clock = { wall: () => 0, mono: () => 0 } as Clock;
  const fired = passed({ code: 'interval', seconds: 5 });
  const missed = failed({ code: 'no-event' });
  const checked = async (result: unknown, outside: 'drop' | 'rest', why: typeof closed | undefined) => {
    const inner = { due: () => 'any-tick', check: () => result } as unknown as ConditionInstance;
    const instance = windowed(inner, { closed: () => why }, outside, clock);
    const check = async () => instance.check({ wall: 0 } as never, () => ORIGIN);
    return [await check(), await check()];
  };
  test.each<[string, unknown, 'drop' | 'rest', boolean, unknown]>([
    ['fires within it', fired, 'drop', false, fired],
    ['does not fire', fired, 'drop', true, failed(closed)],
    ['does not fire later', Promise.resolve(fired), 'drop', true, failed(closed)],
    ['fails as it fails', missed, 'drop', true, missed],
    ['fails later as it fails', Promise.resolve(missed), 'drop', true, missed],
    ['says so once where it rests', fired, 'rest', true, failed(closed)],
  ])('%s', async (_, result, outside, isClosed, wanted) => {
    const [first, second] = await checked(result, outside, isClosed ? closed : undefined);
    expect(first).toEqual(wanted);
    expect(second).toEqual(outside === 'rest' ? NOT_DUE : wanted);
  });
});

import { expect, test } from 'vitest';
import { instantSentences } from '../../src/commands/explain-instant.ts';
import { ConditionAccounts } from '../../src/history/accounts.ts';
import type { HistoryLine } from '../../src/history/history-line.ts';
import { type Daemon, daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';

const toml = (keys = '', hour = 2): string => `
scheduler_tick_seconds = 1
[[task]]
name = "Backup"
type = "command"
command = "backup"
command_arguments = []
startup_path = "/"
success_status = 0
[[condition]]
name = "Nightly"
type = "time"
time_specifications = [{ hour = ${hour}, minute = 30 }]
recurring = true
tasks = ["Backup"]
${keys}
`;

const accountsOf = (history: FakeHistory): ConditionAccounts => {
  const accounts = new ConditionAccounts('Nightly');
  for (const line of history.lines) accounts.apply(line);
  return accounts;
};

/** Starts instances of one history; each is killed by the next. */
const starter = () => {
  const history = new FakeHistory();
  const start = (text: string, at: string, options: Parameters<typeof daemon>[1] = {}): Promise<Daemon> =>
    daemon(text, { start: at, level: 'warn', history, ...options });
  return { history, start };
};

const at = (text: string): number => Date.parse(`2026-11-${text}:00Z`);

test('each night has one verdict: ran, failed, late, paused, suspended, off', async () => {
  const { history, start } = starter();
  const failing = { processes: { backup: [{}, { end: { how: 'exit', code: 1 } }] } } as const;
  const first = await start(toml(), '2026-11-01T12:00:00Z', failing);
  const until = (text: string) => first.advance((at(text) - first.clock.wall()) / 1000);
  await until('03T12:00');
  await first.submit('pause');
  await until('04T12:00');
  await first.submit('resume');
  await first.submit('suspend_condition Nightly');
  await until('05T12:00');
  await first.submit('resume_condition Nightly');
  // Stopped, as a laptop that is closed for 20 seconds over the instant, and then for an hour.
  await until('06T02:29');
  first.clock.freeze(80_000);
  await until('07T02:29');
  first.clock.freeze(3_600_000);
  await until('07T12:00');
  const second = await start(toml(), '2026-11-09T12:00:00Z');
  await second.advance(60);
  await start(toml('', 4), '2026-11-10T12:00:00Z');
  const accounts = accountsOf(history);
  const now = at('10T13:00');
  const verdicts = ['02', '03', '04', '05', '06', '07', '08', '09', '10'].map((day) => {
    const { verdict, why } = accounts.verdict(at(`${day}T02:30`), undefined, now);
    return `${day} ${verdict}: ${why}`;
  });
  expect(verdicts).toEqual([
    '02 ran: run-1 ran for it',
    '03 ran: run-2 ran for it',
    '04 paused: the scheduler was paused',
    '05 suspended: it was suspended',
    '06 late: run-3 ran for it, 20 s late',
    expect.stringMatching(/^07 missed: .* came while no check was possible/),
    expect.stringMatching(
      /^08 not-running: 2 instants came while whenever was not running, from .* to 2026-11-09 12:00/,
    ),
    expect.stringMatching(/^09 not-running: 2 instants/),
    '10 not-running: whenever was not running',
  ]);
  expect(accounts.verdict(at('03T02:30'), undefined, now).run).toMatchObject({
    outcome: 'failure',
    task: 'Backup',
    reason: 'exit code 1 is not the success status 0',
  });
});

test('a pause or a suspension with an end explains the instants before it, also those while whenever was off', async () => {
  const { history, start } = starter();
  const first = await start(toml(), '2026-11-01T12:00:00Z');
  await first.submit('pause until 2026-11-03 02:30');
  const until = (text: string) => first.advance((at(text) - first.clock.wall()) / 1000);
  await until('03T12:00');
  await first.submit('suspend_condition Nightly until 2026-11-05 12:00');
  await until('05T13:00');
  await first.submit('pause until 2026-11-08 00:00');
  // It is killed, and the next one comes when the pause is over.
  const second = await start(toml(), '2026-11-08T12:00:00Z');
  await second.advance(60);
  const accounts = accountsOf(history);
  const now = at('08T12:01');
  const verdicts = ['02', '03', '04', '05', '06', '07', '08'].map((day) => {
    const { verdict } = accounts.verdict(at(`${day}T02:30`), undefined, now);
    return `${day} ${verdict}`;
  });
  expect(verdicts).toEqual([
    ...['02 paused', '03 ran', '04 suspended', '05 suspended', '06 paused', '07 paused', '08 not-running'],
  ]);
});

test('what nothing explains is unexplained', async () => {
  const { history, start } = starter();
  const instance = await start(toml(), '2026-11-01T12:00:00Z');
  await instance.advance(3 * 86_400);
  await instance.submit('exit');
  // Somebody removes the claim of a night: nothing covers it, as the one of the next night is not its own.
  const damaged = new FakeHistory();
  const claim = history.of('claim')[1];
  damaged.texts.push(...history.texts.filter((text) => !text.includes(`"run":"${claim!.run}"`)));
  const whole = accountsOf(history);
  const now = at('20T00:00');
  expect(whole.verdict(at('03T02:30'), undefined, now)).toMatchObject({ verdict: 'ran', run: { run: claim!.run } });
  expect(accountsOf(damaged).verdict(at('03T02:30'), undefined, now).verdict).not.toBe('ran');
});

test('before it was in the file, and with other times, there was nothing to do', async () => {
  const { history, start } = starter();
  await (await start(toml(), '2026-11-01T12:00:00Z')).advance(86_400);
  await (await start(toml('', 4), '2026-11-03T12:00:00Z')).advance(86_400);
  const accounts = accountsOf(history);
  const now = at('05T12:00');
  const schedule = accounts.scheduleAt(now)!;
  expect(accounts.verdict(at('01T02:30'), schedule, now).verdict).toBe('not-running');
  expect(accounts.verdict(at('02T04:30'), schedule, now).verdict).toBe('other-schedule');
  expect(accounts.verdict(at('04T04:30'), schedule, now).verdict).toBe('ran');
});

test('an instant that has just come, or has yet to come, is open', async () => {
  const { history, start } = starter();
  await start(toml(), '2026-11-02T02:29:00Z');
  const accounts = accountsOf(history);
  expect(accounts.verdict(at('02T02:30'), undefined, at('02T02:30') + 500).verdict).toBe('open');
  expect(accounts.verdict(at('02T02:30'), undefined, at('02T02:29')).verdict).toBe('open');
  expect(accounts.verdict(at('02T02:30'), undefined, at('02T03:30')).verdict).toBe('unexplained');
});

test('an instant that is held back is open until it runs, over a restart', async () => {
  const { history, start } = starter();
  const [text, options] = [toml('jitter_seconds = 3600'), { random: () => 0.9 }];
  const first = await start(text, '2026-11-02T02:00:00Z', options);
  await first.advance(3600);
  const verdict = (now: string) => accountsOf(history).verdict(at('02T02:30'), undefined, at(now), 3_600_000).verdict;
  expect(verdict('02T03:00')).toBe('open');
  await first.submit('exit');
  expect(verdict('05T12:00')).toBe('open');
  const second = await start(text, '2026-11-02T03:10:00Z', options);
  await second.advance(3600);
  expect(verdict('05T12:00')).toBe('ran');
});

test('one that the lines say is held back is open, others are not', async () => {
  const { history } = starter();
  const line = { time: '2026-11-02T02:31:00.000Z', session: 's' };
  const lines = [
    { kind: 'start', ...line, time: '2026-11-02T02:00:00.000Z', paused: false, tick_seconds: 1 },
    { kind: 'item', ...line, time: '2026-11-02T02:00:00.000Z', condition: 'Nightly', change: 'added', type: 'time' },
    {
      kind: 'state',
      ...line,
      condition: 'Nightly',
      state: 'waiting',
      until: line.time,
      held: ['2026-11-02T02:30:00.000Z'],
    },
  ];
  history.texts.push(...lines.map((one) => JSON.stringify(one)));
  const verdict = (minute: string) => accountsOf(history).verdict(at(minute), undefined, at('02T12:00')).verdict;
  expect([verdict('02T02:29'), verdict('02T02:30')]).toEqual(['missed', 'open']);
});

test('one that was held back when the condition was suspended is missed', async () => {
  const { history, start } = starter();
  const instance = await start(toml('jitter_seconds = 3600'), '2026-11-02T02:00:00Z', { random: () => 0.9 });
  await instance.advance(2400);
  await instance.submit('suspend_condition Nightly');
  await instance.submit('resume_condition Nightly');
  expect(accountsOf(history).verdict(at('02T02:30'), undefined, at('02T12:00'))).toMatchObject({
    verdict: 'missed',
    why: 'it was suspended or reset before it was run for',
  });
});

test('after a kill whenever was not running, and what came just before is open', async () => {
  const { history, start } = starter();
  await start(toml(), '2026-11-02T02:00:00Z');
  const accounts = accountsOf(history);
  accounts.killed(at('02T02:30') + 500);
  expect(accounts.verdict(at('02T02:30'), undefined, at('05T12:00')).verdict).toBe('open');
  expect(accounts.verdict(at('03T02:30'), undefined, at('05T12:00')).verdict).toBe('not-running');
  expect(accounts.stateAt(at('04T12:00'), at('05T12:00')).verdict).toBe('not-running');
});

test('a condition that is not in the file at a start was not in the file, until it is again', async () => {
  const { history, start } = starter();
  await (await start(toml(), '2026-11-02T12:00:00Z')).submit('exit');
  const other = await start(toml().replace('"Nightly"', '"Other"'), '2026-11-03T01:00:00Z');
  await other.advance(24 * 3600);
  await other.submit('exit');
  const again = await start(toml('catch_up = "once"'), '2026-11-04T02:00:00Z');
  await again.advance(3600);
  expect(again.processes.runs).toHaveLength(1);
  const accounts = accountsOf(history);
  const verdict = (text: string) => accounts.verdict(at(text), undefined, at('04T12:00')).verdict;
  expect([verdict('03T02:30'), accounts.stateAt(at('03T03:00'), at('04T12:00')).verdict, verdict('04T02:30')]).toEqual([
    'not-in-file',
    'not-in-file',
    'ran',
  ]);
});

test('how it was at any moment: running, waiting, not running', async () => {
  const { history, start } = starter();
  const slow = { processes: { backup: [{ seconds: 600 }] } };
  const first = await start(toml(), '2026-11-02T02:00:00Z', slow);
  await first.advance(3600);
  await first.submit('exit');
  const accounts = accountsOf(history);
  const stateAt = (text: string) => accounts.stateAt(at(text), at('02T05:00')).verdict;
  expect([
    stateAt('01T02:00'),
    stateAt('02T02:10'),
    stateAt('02T02:35'),
    stateAt('02T02:45'),
    stateAt('02T04:00'),
    stateAt('02T05:01'),
  ]).toEqual(['not-running', 'waiting', 'running', 'waiting', 'not-running', 'open']);
  expect(accounts.verdict(at('03T02:30'), undefined, at('02T05:00'))).toMatchObject({
    ...{ verdict: 'open', why: 'it has not come yet' },
  });
});

test('a process that went on after its instance was killed: when it ended is known, how is not', async () => {
  const { history, start } = starter();
  const slow = { processes: { backup: [{ seconds: 600 }] } };
  const first = await start(toml(), '2026-11-02T02:29:00Z', slow);
  await first.advance(120);
  const second = await start(toml(), '2026-11-02T02:35:00Z');
  const process = { item: 'task/Backup', pid: 4711, at: at('02T02:30') };
  second.history.leftover(process, 'running');
  await second.advance(60);
  second.history.leftover(process, 'ended');
  const reason =
    'whenever was ended while it ran; its process group 4711 went on until 2026-11-02 02:36:00, how it ended is not known';
  expect(accountsOf(history).verdict(at('02T02:30'), undefined, at('02T03:00')).run).toMatchObject({
    outcome: 'interrupted',
    task: 'Backup',
    reason,
  });
  const { state } = history.open(() => 0);
  expect(state.runsOf('condition/Nightly')?.last).toMatchObject({ outcome: 'interrupted', reason });
});

test('a minute that is asked for has the runs that began in it, of any type of condition', async () => {
  const { history, start } = starter();
  const every = toml().replace(/type = "time"\n.*/, 'type = "interval"\ninterval_seconds = 20');
  await (await start(every, '2026-11-02T12:00:00Z')).advance(150);
  const ask = (from: number, lengthMs = 60_000) =>
    instantSentences(accountsOf(history), { at: from, lengthMs }, [], at('02T13:00'));
  const ran = (second: string, run: number) =>
    `2026-11-02 12:01:${second} Mon: it ran, as run-${run}, because its interval of 20 s has passed; it succeeded in 0 s.`;
  expect(ask(at('02T12:01'))).toEqual([ran('00', 3), ran('20', 4), ran('40', 5)]);
  expect(ask(at('02T12:01') + 10_000, 1000)[0]).toBe('2026-11-02 12:01:10 Mon: it was waiting.');
});

test('an instant that a claim leaves held back is open, those around it ran, and what is outside its time is left out', () => {
  const accounts = new ConditionAccounts('Nightly');
  const second = (n: number) => at('02T02:00') + n * 1000;
  const time = (n: number) => new Date(second(n)).toISOString();
  const stamp = (n: number) => ({ time: time(n), session: 's1', condition: 'Nightly' });
  const take = (line: object) => accounts.apply(line as HistoryLine);
  const verdicts = (...seconds: readonly number[]) =>
    seconds.map((n) => accounts.verdict(second(n), undefined, second(3600)).verdict);
  take({ ...stamp(0), kind: 'start', format: 1, version: '2', pid: 1, config: '/c', zone: 'UTC', tick_seconds: 1 });
  take({ ...stamp(0), kind: 'item', change: 'added', type: 'time', schedule: null });
  // The line with its beginning is in a part that is not kept.
  take({ ...stamp(1), kind: 'run', run: 'run-0', cause: 'tick-0', began: time(0), seconds: 1, outcome: 'success' });
  expect(accounts.runs).toEqual([]);
  const claim = { kind: 'claim', cause: 'tick-1', tasks: [], code: 'due', why: 'due' };
  const held = [time(-5), time(20), new Date(second(20) + 1).toISOString(), time(99)];
  take({ ...stamp(30), ...claim, run: 'run-1', until: time(30), held });
  expect(verdicts(10, 20, 25)).toEqual(['ran', 'open', 'ran']);
  expect(accounts.verdict(second(20) + 1, undefined, second(3600)).verdict).toBe('open');
  // The next one runs for one of those that were held back.
  take({ ...stamp(40), ...claim, run: 'run-2', until: time(40), held: [time(20)] });
  expect(accounts.verdict(second(20) + 1, undefined, second(3600))).toMatchObject({ run: { run: 'run-2' } });
  expect(verdicts(20, 35)).toEqual(['open', 'ran']);
  // A suspension drops what it does not leave held back.
  take({ ...stamp(50), kind: 'state', state: 'suspended' });
  take({ ...stamp(60), kind: 'state', state: 'active', until: time(60), held: [] });
  expect(accounts.verdict(second(20), undefined, second(3600)).why).toMatch(/suspended/);
});

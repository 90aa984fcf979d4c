import { describe, expect, test } from 'vitest';
import { formatExplanation } from '../../src/commands/explain.ts';
import type { ExplainAnswer } from '../../src/control/queries.ts';
import type { StatusReport } from '../../src/control/status.ts';
import { durationRange, intervalText, successLimit, type Usual, usualOf } from '../../src/history/usual.ts';
import { formatStatus } from '../../src/terminal/status-text.ts';
import { type Daemon, daemon } from '../support/daemon.ts';
import type { Act } from '../support/fake-processes.ts';
import { requestHandler } from '../support/request-handler.ts';
import { acts, command, FAIL, hooks, Instances, toml } from './support.ts';

const nightly = (keys: string): string => `
scheduler_tick_seconds = 10
${['Backup', 'Notify'].map(command).join('')}
[[condition]]
name = "Nightly"
type = "time"
time_specifications = [{ hour = 3 }]
recurring = true
tasks = ["Backup"]
on_overdue = ["Notify"]
${keys}
`;

describe('what is overdue', () => {
  const DAY = 86_400;
  const overdue = ({ lines }: Daemon): string[] =>
    lines.filter((line) => line.includes('] overdue: ')).map((line) => line.slice(line.indexOf('overdue: ')));

  test('without a success for overdue_seconds, on_overdue begins once until the next success', async () => {
    const d = await daemon(toml('overdue_seconds = 25\non_overdue = ["Notify"]'), {
      processes: { Backup: acts('SSFFFFSFFFF') },
    });
    await d.until(115);
    expect(hooks(d)).toEqual(['46 on_overdue Notify 2', '96 on_overdue Notify 2']);
    expect(overdue(d)).toHaveLength(2);
    expect(d.overdue.of('Nightly')).toMatchObject({ state: 'overdue' });
  });

  test('overdue_seconds goes on over restarts, and what was reported is not reported again', async () => {
    const all = new Instances();
    const text = toml('overdue_seconds = 3600\non_overdue = ["Notify"]');
    const first = await all.start(text, { start: '2026-03-02T12:00:00Z', processes: { Backup: acts('SF') } });
    await first.until(600);
    expect(hooks(first)).toEqual([]);
    const second = await all.start(text, { start: '2026-03-02T13:00:00Z', processes: { Backup: acts('F') } });
    await second.until(60);
    expect(hooks(second)).toEqual(['11 on_overdue Notify 60']);
    const third = await all.start(text, { start: '2026-03-02T13:05:00Z', processes: { Backup: acts('FFS') } });
    await third.until(60);
    expect(hooks(third)).toEqual([]);
  });

  test('what is usual is learned from the successes that are known: the time of day, and the duration', async () => {
    const all = new Instances();
    const text = nightly('overdue = "learned"');
    const minutes = (n: number): Act => ({ seconds: n * 60, end: { how: 'exit', code: 0 } });
    const usual = [11, 12, 13, 14, 12, 13].map(minutes);
    const first = await all.start(text, { start: '2026-03-02T02:00:00Z', processes: { Backup: usual } });
    await first.until(3 * DAY);
    expect(first.overdue.of('Nightly')).toEqual({ state: 'unknown', text: 'nothing is learned yet: 3 of 5 successes' });
    await first.until(6 * DAY);
    expect(first.overdue.of('Nightly')).toEqual({
      state: 'in-time',
      text: 'it usually succeeds daily by 03:15, in 11 to 14 min',
    });
    // Sunday's run takes long, and Monday's fails.
    const processes = { Backup: [minutes(31), FAIL] };
    const second = await all.start(text, { start: '2026-03-08T02:00:00Z', processes });
    await second.until(3 * DAY);
    expect(hooks(second)).toEqual(['5280 on_overdue Notify 0', '96545 on_overdue Notify 1']);
    expect(overdue(second)).toEqual([
      'overdue: usually 11 to 14 min, running for 28 min',
      'overdue: usually succeeds daily by 03:15; not since Sunday',
    ]);
  });
});

describe('when nothing is overdue', () => {
  test('a condition that is suspended or finished, and a scheduler that is paused', async () => {
    const text = toml('overdue_seconds = 25\non_overdue = ["Notify"]');
    const d = await daemon(text, { processes: { Backup: acts('SSF') } });
    await d.until(25);
    await d.submit('suspend_condition Nightly');
    await d.until(100);
    expect(hooks(d)).toEqual([]);
    expect(d.overdue.of('Nightly')).toMatchObject({ state: 'in-time' });
    // It counts from when it is resumed.
    await d.submit('resume_condition Nightly');
    await d.until(124);
    expect(hooks(d)).toEqual([]);
    await d.until(127);
    expect(hooks(d)).toEqual(['126 on_overdue Notify 2']);

    const paused = await daemon(text, { processes: { Backup: acts('SF') } });
    await paused.until(15);
    await paused.submit('pause');
    await paused.until(100);
    expect(hooks(paused)).toEqual([]);
    // What it is left to make up for what did not run.
    await paused.submit('resume');
    await paused.until(101);
    expect(hooks(paused)).toEqual([]);
    await paused.until(103);
    expect(hooks(paused)).toEqual(['103 on_overdue Notify 1']);

    const finished = await daemon(text.replace('recurring = true', 'recurring = false'));
    await finished.until(100);
    expect(hooks(finished)).toEqual([]);
  });

  test('a run that makes up for a miss at the start is awaited', async () => {
    const all = new Instances();
    const text = nightly('overdue_seconds = 90000\ncatch_up = "once"');
    const first = await all.start(text, { start: '2026-03-02T02:59:00Z' });
    await first.until(120);
    await first.submit('exit');
    // Two days later: the run of today takes ten minutes.
    const processes = { Backup: [{ seconds: 600 }] };
    const second = await all.start(text, { start: '2026-03-04T08:00:00Z', processes });
    await second.until(3600);
    expect(hooks(second)).toEqual([]);
    // A run that does not end is not awaited for ever.
    const third = await all.start(text, {
      ...{ start: '2026-03-08T08:00:00Z' },
      processes: { Backup: [{ seconds: Number.POSITIVE_INFINITY }] },
    });
    await third.until(2 * 3600);
    expect(hooks(third)).toEqual(['3615 on_overdue Notify 0']);
  });

  test('overdue = "off" and overdue_seconds = 0 take away what [defaults] gives', async () => {
    const defaults = '[defaults]\noverdue = "learned"\noverdue_seconds = 10\non_overdue = ["Notify"]';
    const d = await daemon(toml('overdue = "off"\noverdue_seconds = 0', defaults), {
      processes: { Backup: acts('F') },
    });
    await d.until(100);
    expect(hooks(d)).toEqual([]);
    expect(d.overdue.of('Nightly')).toBeUndefined();
    expect((await daemon(toml('', defaults))).overdue.of('Nightly')).toBeDefined();
  });
});

describe('what is said of it', () => {
  test('status and explain say why a condition is overdue, and what is usual', async () => {
    const { daemon: d, ask } = await requestHandler(toml('overdue = "learned"'), {
      processes: { Backup: acts('SSSSSSF') },
    });
    const explain = async () => await ask<ExplainAnswer>({ request: 'explain', condition: 'Nightly' });
    const status = async () => formatStatus(await ask<StatusReport>({ request: 'status', conditions: [] }));
    await d.until(35);
    expect(formatExplanation(await explain(), d.clock.wall())).toContain('Nothing is learned yet: 3 of 5 successes.');
    await d.until(65);
    expect(formatExplanation(await explain(), d.clock.wall())).toContain(
      'It usually succeeds every 10 s, in less than 1 s.',
    );
    expect(await status()).not.toContain('overdue');
    await d.until(200);
    const why = 'usually succeeds every 10 s; not since 12:01';
    expect((await status()).split('\n')[1]).toBe('1 condition is overdue: Nightly');
    expect(d.journal.getEvents('errors').map(({ message }) => message)).toContainEqual({
      ...{ action: 'overdue', condition: 'Nightly', why: 'usually succeeds every 10 s; not since 12:01' },
    });
    expect(await status()).toContain(`overdue: ${why}; not due until`);
    expect(formatExplanation(await explain(), d.clock.wall())).toContain(`It is overdue: ${why}.`);
    expect(formatExplanation(await explain(), d.clock.wall())).toContain(`: it is overdue: ${why}. [overdue-1]`);
  });

  test('explain says which run a hook has begun', async () => {
    const { daemon: d, ask } = await requestHandler(toml('on_failure = ["Notify"]'), {
      processes: { Backup: acts('F') },
    });
    await d.until(15);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'Nightly' });
    const text = formatExplanation(answer, d.clock.wall());
    expect(text).toContain('on_failure began run-2: exit code 1 is not the success status 0. [run-1]');
    expect(text).toContain('task Notify succeeded');
  });
});

describe('what is usual', () => {
  const at = (text: string): number => Date.parse(text);
  const daily = (...instants: string[]): Usual | undefined => usualOf(instants.map((one) => [at(one), 60] as const));

  test('nothing, of fewer than five successes', () => {
    expect(daily('2026-03-01T03:00Z', '2026-03-02T03:00Z', '2026-03-03T03:00Z', '2026-03-04T03:00Z')).toBeUndefined();
  });

  test('a time of day also around midnight', () => {
    const days = [
      '2026-03-01T23:58Z',
      '2026-03-03T00:04Z',
      '2026-03-03T23:52Z',
      '2026-03-05T00:01Z',
      '2026-03-05T23:59Z',
    ];
    expect(intervalText(daily(...days)!)).toBe('succeeds daily by 00:05');
  });

  test('days without a run, as at weekends, are part of it', () => {
    const weekdays = Array.from({ length: 28 }, (_, day) => new Date(at('2026-03-02T03:00Z') + day * 86_400_000))
      .filter((date) => date.getUTCDay() % 6 !== 0)
      .map((date) => date.toISOString());
    const usual = daily(...weekdays)!;
    expect(intervalText(usual)).toBe('succeeds every 1 to 3 d');
    expect(successLimit(usual)).toBe(3 * 86_400_000 + 3_600_000);
  });

  test('a range is said in one unit', () => {
    const minute = 60_000;
    expect(durationRange(11 * minute, 14.2 * minute)).toBe('11 to 14 min');
    expect(durationRange(31 * minute, 31 * minute)).toBe('31 min');
    expect(durationRange(12, 40)).toBe('less than 1 s');
    expect(durationRange(800, 90_000)).toBe('1 to 90 s');
    expect(durationRange(3_600_000, 5 * 3_600_000)).toBe('1 to 5 h');
  });
});

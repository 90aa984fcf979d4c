import { describe, expect, test, vi } from 'vitest';
import { formatExplanation } from '../../src/commands/explain.ts';
import type { ExplainAnswer } from '../../src/control/queries.ts';
import type { StatusReport } from '../../src/control/status.ts';
import { ConditionAccounts } from '../../src/history/accounts.ts';
import { scheduleOf } from '../../src/history/schedule.ts';
import { formatStatus } from '../../src/terminal/status-text.ts';
import { type Daemon, type DaemonOptions, daemon, load } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { interval, TICK, task } from '../support/items.ts';
import { requestHandler } from '../support/request-handler.ts';

const guard = (name: string, more = ''): string =>
  `[[condition]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = []\nsuccess_status = 0\n${more}\n`;
const onBattery = { end: { how: 'exit', code: 1 }, stdout: 'on battery\n' } as const;
const nightly = (more = ''): string =>
  `${TICK}${task('T')}[[condition]]\nname = "Nightly"\ntype = "time"\ntime_specifications = [{ hour = 2, minute = 30 }]\nrecurring = true\ntasks = ["T"]\nonly_when = ["OnPower"]\n${more}\n${guard('OnPower')}`;
const every10 = `${TICK}${task('T')}${interval('C', 10, 'recurring = true\nonly_when = ["OnPower"]')}${guard('OnPower')}`;

/** A night on battery, and the plug is in at 05:40. */
const nightOnBattery = (history: FakeHistory, more: DaemonOptions = {}): DaemonOptions => ({
  start: '2026-03-02T02:29:58Z',
  level: 'info',
  history,
  processes: { OnPower: (run: number) => (run < 2280 ? onBattery : {}) },
  ...more,
});
const ranAt = ({ processes, now, clock }: Daemon): number[] =>
  processes.runs
    .filter(({ request }) => request.command === 'T')
    .map(({ began }) => Math.round(now - (clock.mono() - began) / 1000));

describe('the status of a firing that is held', () => {
  test('says since when, which guard does not hold and the last line that it wrote', async () => {
    const d = await daemon(every10, { processes: { OnPower: [onBattery] } });
    await d.until(32);
    expect(d.status.condition('C')).toMatchObject({
      state: 'held',
      why: 'held since 12:00:10: OnPower is false (on battery); later firings that have joined it: 2',
      held: { guard: 'OnPower', reason: 'on battery', joined: 2, earliest: null },
    });
    expect(d.status.condition('OnPower')).toMatchObject({
      state: 'no-tasks',
      why: 'guard of C, false since 12:00:10 (on battery)',
      guard: { of: ['C'], holds: false, reason: 'on battery' },
    });
  });

  test('a guard that was not asked yet, and one that holds', async () => {
    const d = await daemon(every10);
    expect(d.status.condition('OnPower')).toMatchObject({ why: 'guard of C, not asked yet', guard: { holds: null } });
    const slow = await daemon(every10, { processes: { OnPower: [{ seconds: 20 }] } });
    await slow.until(12);
    expect(slow.status.condition('OnPower')?.why).toBe('guard of C, has not answered yet');
    await d.until(11);
    expect(d.status.condition('OnPower')?.why).toBe(
      'guard of C, true since 12:00:10 (exit code 0 is the success status)',
    );
  });

  test('is waiting again after a cancel while its guard was asked', async () => {
    const d = await daemon(every10, { processes: { OnPower: [{ seconds: 3 }] } });
    await d.until(12);
    expect(d.status.condition('C')?.state).toBe('checking');
    await d.submit('cancel C');
    await d.until(14);
    expect(d.status.condition('C')?.state).toBe('waiting');
    expect(d.processes.runs.some(({ request }) => request.command === 'T')).toBe(false);
  });

  test('is of a group of its own, with when it can run at the earliest', async () => {
    const window = `${TICK}${task('T')}${interval('C', 10, 'recurring = true\nonly_when = ["Night"]')}[[condition]]\nname = "Night"\ntype = "time"\nbetween = [22:00:00, 06:00:00]\n`;
    const { daemon: d, ask } = await requestHandler(window);
    await d.until(12);
    const report = await ask<StatusReport>({ request: 'status', conditions: [] });
    expect(report.counts).toMatchObject({ held: 1, 'no-tasks': 1 });
    const text = formatStatus(report);
    expect(text).toContain('Conditions: 1 held, 1 no-tasks');
    expect(text).toMatch(/C +held +22:00:00 +9 h 59 min .*held since 12:00:10: Night is false \(it is not the time\)/);
  });

  test('a firing that was held for too long is the outcome until the next run has ended, also after a restart', async () => {
    const toml = every10.replace('only_when', 'hold_seconds = 10\nonly_when');
    const history = new FakeHistory();
    const { daemon: d, ask } = await requestHandler(toml, {
      history,
      processes: { OnPower: [onBattery, onBattery, onBattery, {}] },
    });
    const shown = async (of: typeof ask) => {
      const report = await of<StatusReport>({ request: 'status', conditions: ['C'] });
      return { missed: report.conditions[0]!.missed, text: formatStatus(report) };
    };
    await d.until(21);
    const { missed, text } = await shown(ask);
    expect(missed?.reason).toMatch(/held since 12:00 for 10 s, and OnPower is false \(on battery\)$/);
    expect(text).toMatch(/^C +\w+ .* 12:00 +missed /m);
    await d.submit('kill');
    await d.advance(1);
    const next = await requestHandler(toml, { history, start: d.clock.wall() + 1000 });
    expect((await shown(next.ask)).text).toMatch(/^C +\w+ .* 12:00 +missed /m);
    await next.daemon.advance(25);
    const later = await shown(next.ask);
    expect(later.missed).toBeUndefined();
    expect(later.text).toMatch(/^C +\w+ .* 12:00 +ok /m);
  });

  test('explain says why it is held, and why it was released', async () => {
    const { daemon: d, ask } = await requestHandler(every10, { processes: { OnPower: [onBattery, onBattery, {}] } });
    const explained = async () =>
      formatExplanation(await ask<ExplainAnswer>({ request: 'explain', condition: 'C' }), d.clock.wall());
    await d.until(11);
    expect(await explained()).toContain('C is held: held since 12:00:10: OnPower is false (on battery).');
    await d.until(21);
    expect((await explained()).replaceAll(/\s+/g, ' ')).toContain(
      'its interval of 10 s has passed; held since 12:00, 10 s, until OnPower became true',
    );
  });

  test('while it is checked again it stays held', async () => {
    const toml = `${TICK}${task('T')}[[condition]]\nname = "C"\ntype = "command"\nstartup_path = "/"\ncommand = "probe"\ncommand_arguments = []\nsuccess_status = 0\nrecurring = true\ntasks = ["T"]\nonly_when = ["OnPower"]\n${guard('OnPower')}`;
    const probe = [{}, { end: { how: 'exit', code: 1 } as const, seconds: 3 }];
    const d = await daemon(toml, { processes: { OnPower: [onBattery], probe } });
    await d.until(7);
    expect(d.status.condition('C')?.state).toBe('held');
    await d.until(12);
    expect(d.status.condition('C')).toMatchObject({
      state: 'checking',
      why: 'it is being checked since 12:00:10; held since 12:00:05: OnPower is false (on battery)',
    });
    await d.until(14);
    expect(d.status.condition('C')).toMatchObject({
      state: 'held',
      why: 'held since 12:00:05: OnPower is false (on battery)',
    });
  });
});

describe('the history of a firing that is held', () => {
  test('the run says how long it was held, and which instant it is for', async () => {
    const history = new FakeHistory();
    const d = await daemon(nightly(), nightOnBattery(history));
    await d.advance(4 * 3600);
    const [held, released] = history.of('hold');
    expect(held).toMatchObject({
      how: 'held',
      guard: 'OnPower',
      answer: 'on battery',
      since: '2026-03-02T02:30:00.000Z',
    });
    expect(released).toMatchObject({ how: 'released', guard: 'OnPower' });
    expect(history.of('claim')).toMatchObject([
      {
        code: 'held',
        run: held?.run,
        cause: held?.cause,
        instant: '2026-03-02T02:30:00.000Z',
        why: 'hour=2 minute=30 has come; held since 02:30, 3 h 10 min, until OnPower became true',
      },
    ]);
    expect(ranAt(d)).toEqual([11402]);
  });

  test('a firing that was held for too long is a missed line and a missed instant', async () => {
    const history = new FakeHistory();
    const facts: unknown[] = [];
    const d = await daemon(nightly('hold_seconds = 3600'), {
      ...nightOnBattery(history),
      listener: (fact) => facts.push(fact),
    });
    await d.advance(2 * 3600);
    expect(history.of('missed')).toMatchObject([
      {
        code: 'hold-expired',
        count: 1,
        why: 'hour=2 minute=30 has come; held since 02:30 for 1 h 00 min, and OnPower is false (on battery)',
      },
    ]);
    expect(ranAt(d)).toEqual([]);
    expect(d.status.condition('Nightly')?.state).toBe('waiting');
  });

  test('each instant is accounted for: open while it is held, then the run, or the miss', async () => {
    const history = new FakeHistory();
    const config = await load(nightly());
    const d = await daemon(nightly(), nightOnBattery(history));
    const verdict = () => {
      const accounts = new ConditionAccounts('Nightly');
      for (const line of history.lines) accounts.apply(line);
      return accounts.verdict(Date.parse('2026-03-02T02:30:00Z'), scheduleOf(config.conditions[0]!), d.clock.wall());
    };
    await d.advance(3600);
    expect(verdict()).toMatchObject({ verdict: 'open', why: 'it is held by a guard' });
    await d.advance(3 * 3600);
    expect(verdict()).toMatchObject({ verdict: 'ran', run: { code: 'held' } });
  });

  test('an instant whose firing was held for too long is missed, and one whose hold was ended too', async () => {
    for (const end of ['wait', 'reset_conditions Nightly']) {
      const history = new FakeHistory();
      const text = nightly('hold_seconds = 3600');
      const config = await load(text);
      const d = await daemon(text, nightOnBattery(history));
      await d.advance(1800);
      if (end !== 'wait') await d.submit(end);
      await d.advance(3600);
      const accounts = new ConditionAccounts('Nightly');
      for (const line of history.lines) accounts.apply(line);
      const account = accounts.verdict(
        Date.parse('2026-03-02T02:30:00Z'),
        scheduleOf(config.conditions[0]!),
        d.clock.wall(),
      );
      expect(account.verdict, end).toBe('missed');
    }
  });
});

test('on_miss begins when a firing was held for too long, caused by the firing', async () => {
  const d = await daemon(`${nightly('hold_seconds = 3600\non_miss = ["Notify"]')}${task('Notify')}`, {
    ...nightOnBattery(new FakeHistory()),
  });
  await d.advance(2 * 3600);
  const [notify, ...more] = d.processes.runs.filter(({ request }) => request.command === 'Notify');
  expect(more).toEqual([]);
  const held = d.history.state.condition('Nightly');
  expect(held?.hold).toBeNull();
  expect(notify?.request.variables).toMatchObject({
    WHENEVER_HOOK: 'on_miss',
    WHENEVER_CAUSE: 'run-1',
    WHENEVER_FAILED_STREAK: '1',
    WHENEVER_FAILED_REASON:
      'hour=2 minute=30 has come; held since 02:30 for 1 h 00 min, and OnPower is false (on battery)',
  });
});

describe('a restart while a firing is held', () => {
  test.each(['exit', 'kill', 'crash'])('after %s the hold goes on, and the run says so', async (how) => {
    const history = new FakeHistory();
    const first = await daemon(nightly(), nightOnBattery(history));
    await first.advance(600);
    if (how !== 'crash') await first.submit(how);
    await first.advance(5);
    const second = await daemon(nightly(), {
      ...nightOnBattery(history),
      start: '2026-03-02T05:00:02Z',
      processes: { OnPower: [onBattery, onBattery, {}] },
    });
    expect(second.status.condition('Nightly')).toMatchObject({
      state: 'held',
      why: 'held since 02:30:00: OnPower has not answered yet',
    });
    await second.advance(20);
    expect(ranAt(second)).toEqual([13]);
    expect(history.of('claim').at(-1)).toMatchObject({
      why: 'hour=2 minute=30 has come; held since 02:30, 2 h 30 min, until OnPower became true',
      // What `history` shows as BY.
      instant: '2026-03-02T02:30:00.000Z',
    });
    expect(history.of('missed')).toEqual([]);
    expect(second.lines.some((line) => line.includes('missed'))).toBe(false);
    // Not again.
    await second.submit('exit');
    const third = await daemon(nightly(), { ...nightOnBattery(history), start: '2026-03-02T06:00:00Z', processes: {} });
    await third.advance(60);
    expect(ranAt(third)).toEqual([]);
  });

  test('the time while no instance was running counts: what was held for too long is missed at the start', async () => {
    const history = new FakeHistory();
    const text = nightly('hold_seconds = 7200');
    const first = await daemon(text, nightOnBattery(history));
    await first.advance(600);
    await first.submit('exit');
    const second = await daemon(text, { ...nightOnBattery(history), start: '2026-03-02T08:00:00Z', processes: {} });
    await second.advance(6);
    expect(ranAt(second)).toEqual([]);
    expect(history.of('missed')).toMatchObject([{ code: 'hold-expired' }]);
    expect(second.status.condition('Nightly')?.state).toBe('waiting');
  });

  test('a condition without guards, or with other times, in the new file does not go on', async () => {
    for (const [from, to] of [
      ['only_when = ["OnPower"]', ''],
      ['hour = 2, minute', 'hour = 3, minute'],
    ] as const) {
      const history = new FakeHistory();
      const first = await daemon(nightly(), nightOnBattery(history));
      await first.advance(600);
      await first.submit('exit');
      const text = nightly().replace(from, to);
      const second = await daemon(text, { ...nightOnBattery(history), start: '2026-03-02T08:00:00Z', processes: {} });
      await second.advance(60);
      expect(ranAt(second)).toEqual([]);
      await second.submit('exit');
      const third = await daemon(nightly(), {
        ...nightOnBattery(history),
        start: '2026-03-02T08:05:00Z',
        processes: {},
      });
      await third.advance(60);
      expect(ranAt(third)).toEqual([]);
    }
  });
});

describe('guards and the time', () => {
  test('a daemon that waits for a window sleeps', async () => {
    const text = `${TICK}${task('T')}${interval('C', 0, 'only_when = ["Night"]')}[[condition]]\nname = "Night"\ntype = "time"\nbetween = [22:00:00, 06:00:00]\n`;
    const d = await daemon(text, { level: 'info' });
    await d.until(6);
    const sleeps = vi.spyOn(d.clock, 'sleep');
    await d.advance(9 * 3600);
    expect(sleeps.mock.calls.length).toBeLessThan(600);
    await d.advance(3600);
    expect(d.status.condition('C')?.state).toBe('finished');
  });

  test('a clock that is set back does not lengthen the hold, and one that is set forward does not end it', async () => {
    for (const hours of [-2, 2]) {
      const history = new FakeHistory();
      const toml = every10.replace('only_when', 'hold_seconds = 3600\nonly_when');
      const d = await daemon(
        toml.replace('interval_seconds = 10', 'interval_seconds = 100000').replace('100000', '10'),
        {
          level: 'info',
          history,
          processes: { OnPower: [onBattery] },
        },
      );
      await d.until(12);
      d.clock.stepWall(hours * 3600_000);
      await d.until(3500);
      expect(history.of('missed'), String(hours)).toEqual([]);
      await d.until(3616);
      expect(history.of('missed'), String(hours)).toHaveLength(1);
    }
  });
});

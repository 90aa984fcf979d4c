import { mkdirSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { WatchDirectory } from '../../src/adapters/watch/directory-watches.ts';
import { createWatcher } from '../../src/adapters/watch/watcher.ts';
import { RecurringProblem } from '../../src/items/common/recurring-problem.ts';
import { eventually } from '../desktop/support/eventually.ts';
import { aloneCondition, aloneEvent, lookAt } from '../desktop/support/item.ts';
import { FakeBus } from '../support/fake-bus.ts';
import { FakeIdle, FakeWmi } from '../support/fake-desktop.ts';
import { FakeWatcher } from '../support/fake-watcher.ts';
import { begin } from '../support/origin.ts';
import { Records } from '../support/records.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock(Date.parse('2026-03-02T12:00:00Z'));
});
/** The warnings, each with the second at which it was written. */
const warnings = ({ all }: Records): string[] =>
  all.filter(({ level }) => level === 'warn').map(({ at, message }) => `${at / 1000} ${message}`);

describe('trouble', () => {
  let records: Records;
  let trouble: RecurringProblem;
  const log = () => records.log.for('TEST', 'active', 'E', 1);
  const wrong = () => trouble.report(log(), 'PROC/FAIL', 'wrong');
  const right = () => trouble.resolve(log(), 'right');
  beforeEach(() => {
    records = new Records(
      'debug',
      () => clock.wall(),
      () => clock.mono(),
    );
    trouble = new RecurringProblem(clock);
  });

  test('Trouble is one WARN when it begins and one when there was none for 10 s, with how often it went wrong.', async () => {
    for (let i = 0; i < 11; i++) {
      wrong();
      await clock.advance(200);
      right();
      await clock.advance(200);
    }
    await clock.advance(60_000);
    expect(warnings(records)).toEqual(['0 wrong', '14.2 right (it went wrong 11 times in 4.2 s)']);
    expect(records.all.filter(({ level }) => level === 'debug')).toHaveLength(10);
  });

  test('What went wrong once is not counted.', async () => {
    wrong();
    right();
    await clock.advance(20_000);
    expect(warnings(records)).toEqual(['0 wrong', '10 right']);
  });

  test('Trouble that comes back again and again is over when it has stayed away for longer than it does.', async () => {
    for (let i = 0; i < 200; i++) {
      wrong();
      await clock.advance(15_000);
      right();
      await clock.advance(15_000);
    }
    await clock.advance(3_600_000);
    const said = warnings(records);
    expect(said.slice(0, 3)).toEqual(['0 wrong', '25 right', '30 wrong']);
    expect(said).toHaveLength(4);
    expect(said[3]).toMatch(/ right \(it went wrong 199 times in 1 h 39 min\)$/);
  });

  test('Nothing is said after it was closed.', async () => {
    wrong();
    right();
    trouble.close();
    await clock.advance(60_000);
    expect(warnings(records)).toEqual(['0 wrong']);
  });
});

describe('an event', () => {
  test('A part of a tree that cannot be watched is one WARN, and one when it can.', async () => {
    const root = mkdtempSync(join(tmpdir(), 'whenever-'));
    const closed = new Set(['a', 'b'].map((name) => join(root, name)));
    for (const path of closed) mkdirSync(path);
    const watchDirectory: WatchDirectory = (path, listener) => {
      if (closed.has(path)) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      return watch(path, { encoding: 'utf8' }, (told, name) => listener(told as 'rename', name));
    };
    const watcher = createWatcher({ watchDirectory, lookMs: 10 });
    const { records, body } = await aloneEvent('fschange', `watch = ["${root}"]\nrecursive = true`, { clock, watcher });
    const said = () => warnings(records).map((line) => line.replace(/^\S+ /, ''));
    expect(said()).toEqual([
      expect.stringMatching(/: a part cannot be watched, and is left out until it can: .*EACCES/),
    ]);
    closed.clear();
    await eventually(async () => {
      await clock.advance(20_000);
      return said().length > 1;
    }, 'it can be watched again');
    expect(said().slice(1)).toEqual([
      expect.stringMatching(/: all of it is watched again \(it went wrong 2 times in .+\)$/),
    ]);
    body.close?.();
    rmSync(root, { recursive: true });
  });

  test('D-Bus messages with and without the property that is checked are one WARN when that begins and one when it is over.', async () => {
    const bus = new FakeBus();
    const keys = `bus = ":session"\nrule = "type='signal'"\nparameter_check = [{ index = [0, "LockedHint"], operator = "eq", value = true }]`;
    const { records, fired } = await aloneEvent('dbus', keys, { clock, bus });
    const tell = (property: string) =>
      bus.emit({
        body: [
          {
            type: 'dict',
            element: '{sv}',
            entries: [
              [
                { type: 's', value: property },
                { type: 'b', value: true },
              ],
            ],
          },
        ],
      });
    for (let i = 0; i < 11; i++) {
      tell('IdleHint');
      tell('LockedHint');
      await clock.advance(400);
    }
    await clock.advance(60_000);
    expect(fired.count).toBe(11);
    expect(warnings(records).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'dbus: a check could not be made: check 1: at index [0] there is no "LockedHint"',
      'dbus: the checks can be made again (it went wrong 11 times in 4 s)',
    ]);
  });

  test('A watched path that goes is one WARN, and one when it is there again; one that is replaced is not gone.', async () => {
    const watcher = new FakeWatcher(['/d']);
    const { records, body } = await aloneEvent('fschange', 'watch = ["/d", "/late"]', { clock, watcher });
    const said = () => warnings(records).map((line) => line.replace(/^\S+ /, ''));
    watcher.write('/late');
    await clock.advance(20_000);
    expect(said()).toEqual(['/late does not exist: waiting for it', '/late is there now: watching it']);
    watcher.remove('/d');
    watcher.write('/d');
    await clock.advance(60_000);
    expect(said()).toHaveLength(2);
    watcher.remove('/d');
    await clock.advance(5000);
    expect(said().slice(2)).toEqual(['/d is gone: waiting for it']);
    watcher.write('/d');
    await clock.advance(20_000);
    expect(said().slice(3)).toEqual(['/d is there again: watching it']);
    watcher.remove('/d');
    body.close?.();
    await clock.advance(20_000);
    expect(said()).toHaveLength(4);
  });
});

test('A bus or WMI that is not there is one WARN of a condition, and one when it answers again.', async () => {
  const [bus, wmi] = [new FakeBus(), new FakeWmi()];
  const keys = 'bus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "C"';
  const call = await aloneCondition('dbus', keys, { clock, bus });
  const query = await aloneCondition('wmi', 'query = "q"', { clock, wmi }, 'win32');
  const check = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await Promise.all([call, query].map(({ body }) => body.check(lookAt(clock.mono()), begin)));
      await clock.advance(1000);
    }
  };
  bus.goDown();
  wmi.result = { how: 'error', reason: 'access denied' };
  await check(5);
  bus.comeBack();
  bus.service = () => ({ how: 'reply', body: [] });
  wmi.result = { how: 'rows', rows: [] };
  await check(20);
  const said = ({ records }: { records: Records }) => warnings(records).map((line) => line.replace(/^\S+ /, ''));
  expect(said(call)).toEqual([
    'dbus: no connection to the session bus: the bus is not there',
    'dbus: the call is answered again (it went wrong 5 times in 5 s)',
  ]);
  expect(said(query)).toEqual([
    'wmi: the WMI query failed: access denied',
    'wmi: the query is answered again (it went wrong 5 times in 5 s)',
  ]);
});

test('A subscription that is lost, and an idle time that is not known, are one WARN and one when that is over.', async () => {
  const [bus, wmi, idle] = [new FakeBus(), new FakeWmi(), new FakeIdle()];
  const signal = await aloneEvent('dbus', `bus = ":session"\nrule = "type='signal'"`, { clock, bus });
  const notified = await aloneEvent('wmi', 'query = "q"', { clock, wmi }, 'win32');
  const away = await aloneCondition('idle', 'idle_seconds = 5', { clock, idle });
  for (let i = 0; i < 3; i++) {
    bus.goDown();
    for (const listener of wmi.listeners) listener.failed('quota');
    idle.unknown('a test');
    await away.check();
    await clock.advance(500);
    bus.comeBack();
    for (const listener of wmi.listeners) listener.subscribed();
    idle.idleFor(1);
    await away.check();
    await clock.advance(500);
  }
  await clock.advance(60_000);
  const said = ({ records }: { records: Records }) => warnings(records).map((line) => line.replace(/^\S+ /, ''));
  const often = '(it went wrong 3 times in 2.5 s)';
  expect(said(signal)).toEqual([
    'not subscribed on the session bus: the bus has ended; trying again',
    `subscribed on the session bus again ${often}`,
  ]);
  expect(said(notified)).toEqual([
    'not subscribed: quota; trying again',
    `subscribed in the default name space again ${often}`,
  ]);
  expect(said(away)).toEqual([
    'idle: the idle time is unknown, the condition stays false; tried: a test',
    `idle: a test knows the idle time ${often}`,
  ]);
});

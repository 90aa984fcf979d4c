import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { createBus } from '../../src/adapters/bus/bus.ts';
import { createSessions } from '../../src/adapters/session/sessions.ts';
import { delayShutdown } from '../../src/adapters/session/shutdown-delay.ts';
import type { BusReply, BusValue, SessionHappening } from '../../src/core/ports.ts';
import { daemon } from '../support/daemon.ts';
import { FakeBus } from '../support/fake-bus.ts';
import { eventually } from './support/eventually.ts';
import { loadOn } from './support/item.ts';
import { PrivateBus } from './support/private-bus.ts';
import { have } from './support/programs.ts';

const condition = (name: string, when: string, more = '') =>
  `[[condition]]\nname = "${name}"\ntype = "session"\nwhen = ${when}\nrecurring = true\ntasks = ["T"]\n${more}\n`;
const file = (...conditions: readonly string[]) =>
  `scheduler_tick_seconds = 60\n[[task]]\nname = "T"\ntype = "command"\ncommand = "t"\ncommand_arguments = []\nstartup_path = "/"\n${conditions.join('')}`;
const exits = (seconds: number) => ({ end: { how: 'exit', code: 0 } as const, seconds });

describe('a session condition', () => {
  test('A shutdown proceeds when the tasks have ended, and at once where nothing runs for it.', async () => {
    const d = await daemon(file(condition('Last', '"shutdown"')), { processes: { t: [exits(3)] } });
    await d.advance(10);
    d.desktop.sessions.happen('shutdown');
    await d.advance(2);
    expect(d.processes.runs).toHaveLength(1);
    expect(d.desktop.sessions.proceeded).toBe(0);
    await d.advance(2);
    expect(d.desktop.sessions.proceeded).toBe(1);
    await d.submit('suspend_condition Last');
    d.desktop.sessions.happen('shutdown');
    expect(d.desktop.sessions.proceeded).toBe(2);
    expect(d.processes.runs).toHaveLength(1);
  });

  test('A run that is under way when the shutdown comes does not let it proceed.', async () => {
    const d = await daemon(file(condition('Last', '["login", "shutdown"]')), { processes: { t: [exits(3)] } });
    await d.advance(10);
    d.desktop.sessions.happen('login');
    await d.advance(1);
    d.desktop.sessions.happen('shutdown');
    await d.advance(3);
    expect(d.processes.runs).toHaveLength(2);
    expect(d.desktop.sessions.proceeded).toBe(0);
    await d.advance(3);
    expect(d.desktop.sessions.proceeded).toBe(1);
  });

  test('Without logind the end of a sleep is seen by the clocks, and with it only once.', async () => {
    const d = await daemon(file(condition('Back', '"resume"')));
    let asleepMs = 0;
    Object.assign(d.clock, { elapsed: () => d.clock.mono() + asleepMs });
    const sleep = async () => {
      asleepMs += 3_600_000;
      d.clock.stepWall(3_600_000);
      await d.advance(61);
    };
    await sleep();
    expect(d.processes.runs).toHaveLength(0);
    d.desktop.sessions.happen('resume');
    await d.advance(1);
    expect(d.processes.runs).toHaveLength(1);
    d.desktop.sessions.set('there is no bus');
    await sleep();
    expect(d.processes.runs).toHaveLength(2);
    // A clock that is set is not a sleep.
    d.clock.stepWall(3_600_000);
    await d.advance(61);
    expect(d.processes.runs).toHaveLength(2);
  });

  test('What cannot be seen is a part of its state, until it can be.', async () => {
    const d = await daemon(file(condition('Back', '["unlock", "login"]')));
    const why = () => JSON.stringify(d.journal.story('condition/Back'));
    d.desktop.sessions.set('logind does not answer');
    expect(why()).toContain('it waits for an unlock or a login, but logind does not answer');
    d.desktop.sessions.set();
    expect(why()).toContain('the system reports it again; it waits for an unlock or a login');
  });

  test('macOS has start and resume, Windows has start; other words are refused there.', async () => {
    const all = file(condition('C', '["start", "resume", "unlock"]'));
    await expect(loadOn('linux', all)).resolves.toBeDefined();
    await expect(loadOn('darwin', all)).rejects.toThrow('expected "start" or "resume" on macOS: "unlock" is reported');
    await expect(loadOn('win32', all)).rejects.toThrow('expected "start" on Windows, which does not report "resume"');
    await expect(loadOn('linux', file(condition('C', '"boot"')))).rejects.toThrow(
      'when: expected one of start, resume, unlock, login, shutdown, or an array of them, found the string "boot"',
    );
    await expect(loadOn('linux', file(condition('C', '["start", "start"]')))).rejects.toThrow('found "start" twice');
  });

  test('Only the start can be foreseen.', async () => {
    const { conditions } = await loadOn('linux', file(condition('A', '["start", "login"]'), condition('B', '"login"')));
    expect([...conditions[0]!.forecast(1000)!]).toEqual([{ at: 1001, by: 'the start' }]);
    expect(conditions[1]!.forecast(1000)).toBeUndefined();
    // After a reload it has started already, and there is none where the window is closed.
    const late = await loadOn(
      'linux',
      file(
        condition('Start', '"start"'),
        condition('Both', '["start", "login"]'),
        condition('Over', '"start"', 'until = 1970-01-01\ntimezone = "UTC"'),
      ),
    );
    const [start, both, over] = late.conditions;
    expect([...start!.forecast(1000, true)!]).toEqual([]);
    expect(both!.forecast(1000, true)).toBeUndefined();
    expect([...over!.forecast(1000)!]).toHaveLength(1);
    expect([...over!.forecast(2 * 86_400_000)!]).toEqual([]);
  });
});

const MANAGER = 'org.freedesktop.login1.Manager';
const ROOT = '/org/freedesktop/login1';
const s = (value: string): BusValue => ({ type: 's', value });
const v = (value: BusValue): BusValue => ({ type: 'v', value });
const dict = (entries: Record<string, BusValue>): BusValue => ({
  type: 'dict',
  element: '{sv}',
  entries: Object.entries(entries).map(([key, value]) => [s(key), v(value)] as const),
});

/** A bus with logind, and a watch of the user 1000 on it. */
const watched = (
  what: readonly SessionHappening[],
  sessions: Record<string, readonly [uid: bigint, kind: string]> = {},
) => {
  const bus = new FakeBus();
  let isThere = true;
  bus.service = ({ method, path }) => {
    if (!isThere) return { how: 'error', name: 'ServiceUnknown', message: 'not there' };
    if (method === 'ListInhibitors') return { how: 'reply', body: [] };
    const [uid, kind] = sessions[path.slice(path.lastIndexOf('/') + 1)] ?? [0n, 'user'];
    const user: BusValue = {
      type: 'struct',
      items: [
        { type: 'u', value: uid },
        { type: 'o', value: '/u' },
      ],
    };
    return { how: 'reply', body: [dict({ User: user, Class: s(kind) })] };
  };
  const log: string[] = [];
  let fail: ((reason: string) => void) | undefined;
  const open = (leave: boolean) => {
    isThere = !leave;
    const port = createSessions({
      ...{ bus, uid: 1000 },
      delay: (failed) => {
        fail = failed;
        log.push('delayed');
        return { release: () => log.push('released') };
      },
    });
    return port.watch(what, {
      established: () => log.push('established'),
      lost: (reason) => log.push(`lost: ${reason}`),
      happened: (one) => log.push(one),
    });
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { bus, log, open, turn, fail: (reason: string) => fail?.(reason) };
};

describe('logind', () => {
  test('Sessions of other users and of other kinds do not count, and an unlock is one.', async () => {
    const { bus, log, open, turn } = watched(['login', 'unlock'], {
      mine: [1000n, 'user'],
      other: [1001n, 'user'],
      greeter: [1000n, 'greeter'],
      manager: [1000n, 'manager'],
    });
    const watch = open(false);
    await turn();
    for (const name of ['mine', 'other', 'greeter', 'manager'])
      bus.emit({
        ...{ path: ROOT, interface: MANAGER, member: 'SessionNew', sender: 'org.freedesktop.login1' },
        body: [s(name), { type: 'o', value: `${ROOT}/session/${name}` }],
      });
    await turn();
    expect(log).toEqual(['established', 'login']);
    const from = { path: `${ROOT}/session/mine`, sender: 'org.freedesktop.login1' };
    bus.emit({ ...from, interface: 'org.freedesktop.login1.Session', member: 'Unlock' });
    const changed = { ...from, interface: 'org.freedesktop.DBus.Properties', member: 'PropertiesChanged' };
    const body = (value: boolean) => [s('org.freedesktop.login1.Session'), dict({ LockedHint: { type: 'b', value } })];
    bus.emit({ ...changed, body: body(true) });
    bus.emit({ ...changed, body: body(false) });
    await turn();
    expect(log).toEqual(['established', 'login', 'unlock']);
    watch.close();
    expect(bus.subscriptions.size).toBe(0);
  });

  test('A shutdown is delayed until it may proceed, and the next one again if it is called off.', async () => {
    const { bus, log, open, turn, fail } = watched(['shutdown', 'resume']);
    const watch = open(false);
    await turn();
    const manager = { path: ROOT, interface: MANAGER, sender: 'org.freedesktop.login1' };
    const flag = (value: boolean): BusValue[] => [{ type: 'b', value }];
    bus.emit({ ...manager, member: 'PrepareForSleep', body: flag(true) });
    bus.emit({ ...manager, member: 'PrepareForSleep', body: flag(false) });
    bus.emit({ ...manager, member: 'PrepareForShutdown', body: flag(true) });
    watch.proceed();
    bus.emit({ ...manager, member: 'PrepareForShutdown', body: flag(false) });
    fail('Access denied');
    expect(log).toEqual([
      ...['established', 'delayed', 'resume', 'shutdown', 'released', 'delayed'],
      'lost: a shutdown does not wait for the tasks: Access denied',
    ]);
    watch.close();
  });

  test('Without an answer of logind, or without a bus, it is lost and named.', async () => {
    const away = watched(['resume']);
    const watch = away.open(true);
    await away.turn();
    expect(away.log).toEqual(['lost: logind: ServiceUnknown: not there']);
    watch.close();
    const down = watched(['resume']);
    down.bus.goDown();
    down.open(false).close();
    expect(down.log).toEqual(['lost: the bus is not there']);
  });

  const from = { path: `${ROOT}/session/x`, sender: 'org.freedesktop.login1' };
  const isNew = { ...from, path: ROOT, interface: MANAGER, member: 'SessionNew' };
  const opened: BusValue[] = [s('x'), { type: 'o', value: `${ROOT}/session/x` }];

  test.each<[string, BusReply]>([
    ['cannot be asked about', { how: 'error', name: 'UnknownObject', message: 'gone' }],
    ['has no user', { how: 'reply', body: [dict({ Class: s('user') })] }],
    ['has another kind of user', { how: 'reply', body: [dict({ User: s('1000') })] }],
    ['has no properties', { how: 'reply', body: [s('User')] }],
  ])('A session that %s is not one of the user.', async (_, reply) => {
    const { bus, log, open, turn } = watched(['login', 'unlock']);
    const watch = open(false);
    await turn();
    bus.service = () => reply;
    bus.emit({ ...isNew, body: opened });
    bus.emit({ ...from, interface: 'org.freedesktop.login1.Session', member: 'Unlock' });
    // No dictionary: it does not say that the lock is open.
    const changed = { interface: 'org.freedesktop.DBus.Properties', member: 'PropertiesChanged' };
    bus.emit({ ...from, ...changed, body: [s('org.freedesktop.login1.Session'), s('LockedHint')] });
    await turn();
    expect(log).toEqual(['established']);
    watch.close();
  });

  test('What logind answers after the end of the watch is not passed on.', async () => {
    const { bus, log, open, turn, fail } = watched(['login', 'shutdown'], { x: [1000n, 'user'] });
    const known = bus.service;
    const answers: (() => void)[] = [];
    bus.service = (call) => new Promise((resolve) => answers.push(() => resolve(known(call))));
    open(false).close();
    answers.shift()!();
    await turn();
    expect(log).toEqual([]);
    const watch = open(false);
    answers.shift()!();
    await turn();
    bus.emit({ ...isNew, body: opened });
    watch.close();
    answers.shift()!();
    fail('Access denied');
    await turn();
    expect(log).toEqual(['established', 'delayed', 'released']);
  });

  test('An answer that comes after the bus was lost establishes nothing.', async () => {
    const { bus, log, open, turn } = watched(['resume']);
    let answer = () => {};
    bus.service = () =>
      new Promise((resolve) => {
        answer = () => resolve({ how: 'reply', body: [] });
      });
    const watch = open(false);
    bus.goDown();
    answer();
    await turn();
    expect(log).toEqual(['lost: the bus has ended']);
    watch.close();
  });

  test('A logind that does not answer is asked again after a minute.', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { bus, log, open, turn } = watched(['resume']);
      const known = bus.service;
      bus.service = () => ({ how: 'timeout' });
      const watch = open(false);
      await turn();
      bus.service = () => ({ how: 'disconnected', reason: 'the bus is not there' });
      vi.advanceTimersByTime(60_000);
      await turn();
      bus.service = known;
      vi.advanceTimersByTime(59_999);
      await turn();
      expect(log).toEqual(['lost: logind does not answer', 'lost: the bus is not there']);
      vi.advanceTimersByTime(1);
      await turn();
      expect(log.at(-1)).toBe('established');
      watch.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test('Where no program holds the lock, that is named.', async () => {
    const failed: string[] = [];
    delayShutdown((reason) => failed.push(reason), process.env, ['no-such-inhibit', 'neither-this']);
    await eventually(() => failed.length > 0, 'it failed');
    expect(failed).toEqual(['none of no-such-inhibit, neither-this is installed']);
  });
});

/** A Python that has python-dbusmock; undefined: none has. */
const python = ['python3', '/usr/bin/python3'].find(
  (one) => spawnSync(one, ['-c', 'import dbusmock'], { stdio: 'ignore' }).status === 0,
);

describe.skipIf(python === undefined || !have('dbus-daemon', 'systemd-inhibit'))('a faked logind on a real bus', () => {
  const bus = new PrivateBus('system');
  let service: ChildProcess | undefined;
  const environment = { DBUS_SYSTEM_BUS_ADDRESS: bus.address };
  const env = { ...process.env, ...environment };
  const call = (member: string, ...args: readonly string[]): string =>
    spawnSync('dbus-send', ['--system', '--print-reply', '--dest=org.freedesktop.login1', ROOT, member, ...args], {
      env,
      encoding: 'utf8',
    }).stdout;
  const mock = (method: string, ...args: readonly string[]) => call(`org.freedesktop.DBus.Mock.${method}`, ...args);

  beforeAll(async () => {
    await bus.start();
    service = spawn(python!, ['-m', 'dbusmock', '--template', 'logind'], { stdio: 'ignore', env });
    await eventually(() => call(`${MANAGER}.ListInhibitors`).includes('array'), 'logind');
  }, 30_000);
  afterAll(async () => {
    service?.kill();
    await bus.close();
  });

  it('reports the end of a sleep, and a shutdown waits while the lock is held', async () => {
    const real = createBus(environment);
    const log: string[] = [];
    const uid = process.getuid!();
    const delay = (failed: (reason: string) => void) => delayShutdown(failed, env);
    const watch = createSessions({ bus: real, uid, delay }).watch(['login', 'resume', 'shutdown'], {
      established: () => log.push('established'),
      lost: (reason) => log.push(reason),
      happened: (what) => log.push(what),
    });
    await eventually(() => log.length > 0, 'established');
    await eventually(() => call(`${MANAGER}.ListInhibitors`).includes('whenever'), 'the lock');
    const emit = (name: string, signature: string, ...args: readonly string[]) =>
      mock('EmitSignal', `string:${MANAGER}`, `string:${name}`, `string:${signature}`, ...args);
    emit('PrepareForSleep', 'b', 'array:boolean:false');
    emit('PrepareForShutdown', 'b', 'array:boolean:true');
    await eventually(() => log.includes('shutdown'), 'the signals');
    watch.proceed();
    await eventually(() => !call(`${MANAGER}.ListInhibitors`).includes('whenever'), 'the lock is released');
    expect(log).toEqual(['established', 'resume', 'shutdown']);
    watch.close();
    real.close();
  }, 30_000);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'dbus-native';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBus } from '../../src/adapters/bus/bus.ts';
import { createIdle } from '../../src/adapters/idle/idle.ts';
import {
  type IdleSourceOptions,
  idleSources,
  ioregSource,
  logindSource,
  mutterSource,
  screenSaverSource,
  x11Source,
} from '../../src/adapters/idle/sources.ts';
import type { Bus, IdleReading } from '../../src/core/ports.ts';
import { FakeIdle } from '../support/fake-desktop.ts';
import { Display } from './support/display.ts';
import { eventually } from './support/eventually.ts';
import { aloneCondition } from './support/item.ts';
import { PrivateBus } from './support/private-bus.ts';
import { have } from './support/programs.ts';

describe.skipIf(!have('Xvfb', 'xdotool'))('idle time from X11 (needs Xvfb and xdotool)', () => {
  const display = new Display();
  beforeAll(() => display.start());
  afterAll(() => display.stop());

  it('grows while nobody does anything and begins anew with the mouse', async () => {
    const source = x11Source({ DISPLAY: display.name });
    display.touch();
    const first = await source.read();
    await sleep(300);
    const second = await source.read();
    expect(second - first).toBeGreaterThanOrEqual(250);
    expect(second - first).toBeLessThan(20_000);
    await eventually(async () => {
      display.touch();
      return (await source.read()) < second;
    }, 'less than before the mouse has moved');
  });
  it('makes an idle condition true once in each period', async () => {
    const idle = createIdle([x11Source({ DISPLAY: display.name })]);
    const condition = await aloneCondition('idle', 'idle_seconds = 1', { idle });
    const kinds = async () => (await condition.check()).kind;
    for (let round = 0; round < 2; round++) {
      display.touch();
      expect(await kinds()).toBe('failed');
      await eventually(async () => (await kinds()) === 'passed', 'a second without input');
      expect(await kinds()).toBe('failed');
    }
  });
  it('is looked for again when the X server has ended and come back', async () => {
    const source = x11Source({ DISPLAY: display.name });
    await source.read();
    await display.stop();
    await expect(source.read()).rejects.toThrow();
    await display.start();
    await eventually(
      () =>
        source
          .read()
          .then((ms) => ms >= 0)
          .catch(() => false),
      'it answers again',
    );
  });
});

it('X11 is not asked without DISPLAY, and not under Wayland, where it does not know', async () => {
  await expect(x11Source({}).read()).rejects.toThrow('DISPLAY is not set');
  await expect(x11Source({ DISPLAY: ':0', XDG_SESSION_TYPE: 'wayland' }).read()).rejects.toThrow('Wayland');
  await expect(x11Source({ DISPLAY: 'nonsense' }).read()).rejects.toThrow();
});

describe.skipIf(!have('dbus-daemon'))('idle time from D-Bus (needs dbus-daemon)', () => {
  let session: PrivateBus;
  let system: PrivateBus;
  let bus: Bus;
  beforeEach(async () => {
    session = await new PrivateBus().start();
    system = await new PrivateBus('system').start();
    bus = createBus({ DBUS_SESSION_BUS_ADDRESS: session.address, DBUS_SYSTEM_BUS_ADDRESS: system.address });
  });
  afterEach(async () => {
    await session.close();
    await system.close();
  });
  /** A service with one method. */
  const serve = async (
    on: PrivateBus,
    name: string,
    path: string,
    iface: string,
    method: string,
    signature: string,
    answer: (...args: unknown[]) => unknown,
  ) => {
    const client = createClient({ busAddress: on.address });
    client.connection.on('error', () => {});
    client.setMethodCallHandler(path, iface, method, [answer, signature]);
    await client.requestName(name, 0);
  };
  const clocks = { wall: () => 1_000_000, monotonicMicroseconds: () => 500_000_000 };

  it('is told by the idle monitor of Mutter', async () => {
    const name = 'org.gnome.Mutter.IdleMonitor';
    await serve(session, name, '/org/gnome/Mutter/IdleMonitor/Core', name, 'GetIdletime', 't', () => 4321);
    expect(await mutterSource(bus).read()).toBe(4321);
  });
  it.each([
    ['seconds', 1],
    ['milliseconds', 1000],
  ])('is told by org.freedesktop.ScreenSaver, in %s', async (_, perSecond) => {
    const name = 'org.freedesktop.ScreenSaver';
    let now = 0;
    const source = screenSaverSource(bus, () => now);
    await serve(session, name, '/org/freedesktop/ScreenSaver', name, 'GetSessionIdleTime', 'u', () =>
      Math.floor((now / 1000 + 100) * perSecond),
    );
    // The unit is not known yet: the smaller is taken.
    expect(await source.read()).toBe(100 * perSecond);
    now += 2000;
    expect(await source.read()).toBe(102_000);
    now += 500;
    expect(await source.read()).toBeGreaterThanOrEqual(102_000);
  });
  /** A session of logind with the properties given. */
  const logind = async (path: string, properties: Readonly<Record<string, readonly [string, unknown]>>) => {
    const client = createClient({ busAddress: system.address });
    client.connection.on('error', () => {});
    const types = Object.fromEntries(Object.entries(properties).map(([name, [type]]) => [name, type]));
    const values = Object.fromEntries(Object.entries(properties).map(([name, [, value]]) => [name, value]));
    client.exportInterface(values, path, { name: 'org.freedesktop.login1.Session', methods: {}, properties: types });
    client.setMethodCallHandler('/org/freedesktop/login1', 'org.freedesktop.login1.Manager', 'GetSession', [
      (id: string) => `/org/freedesktop/login1/session/_3${id}`,
      'o',
    ]);
    await client.requestName('org.freedesktop.login1', 0);
  };
  const AUTO = '/org/freedesktop/login1/session/auto';
  it('is told by logind, by the monotonic clock where it can', async () => {
    await logind(AUTO, {
      IdleHint: ['b', true],
      IdleSinceHint: ['t', 1],
      IdleSinceHintMonotonic: ['t', 400_000_000],
    });
    expect(await logindSource(bus, {}, clocks).read()).toBe(100_000);
  });
  it('is told by logind, by the wall clock otherwise', async () => {
    await logind(AUTO, { IdleHint: ['b', true], IdleSinceHint: ['t', 400_000_000], IdleSinceHintMonotonic: ['t', 0] });
    expect(await logindSource(bus, {}, clocks).read()).toBe(600_000);
  });
  it('is none while logind calls the session busy', async () => {
    await logind(AUTO, { IdleHint: ['b', false], IdleSinceHint: ['t', 400_000_000] });
    expect(await logindSource(bus, {}, clocks).read()).toBe(0);
  });
  it('is not known where logind does not tell', async () => {
    await logind(AUTO, { Name: ['s', 'me'] });
    await expect(logindSource(bus, {}, clocks).read()).rejects.toThrow('it has no IdleHint');
  });
  it('is told by the session that XDG_SESSION_ID names', async () => {
    await logind('/org/freedesktop/login1/session/_37', { IdleHint: ['b', false] });
    expect(await logindSource(bus, { XDG_SESSION_ID: '7' }, clocks).read()).toBe(0);
  });
  it('is looked for in the order X11, IdleMonitor, ScreenSaver, logind, and all are named when none answers', async () => {
    const world: IdleSourceOptions = { platform: 'linux', environment: {}, bus, lastInput: async () => 0 };
    const reading = await createIdle(idleSources(world)).read();
    expect(reading.how).toBe('unknown');
    expect((reading as IdleReading & { how: 'unknown' }).tried.map((tried) => tried.split(':')[0])).toEqual([
      'X11',
      'IdleMonitor (D-Bus)',
      'org.freedesktop.ScreenSaver (D-Bus)',
      'logind (D-Bus)',
    ]);
  });
});

describe('the chain of sources', () => {
  const source = (name: string, answers: (number | string)[]) => ({
    name,
    asked: 0,
    async read(): Promise<number> {
      this.asked += 1;
      const answer = answers.shift() ?? 'no more answers';
      if (typeof answer === 'string') throw new Error(answer);
      return answer;
    },
  });
  it('remembers the one that answers, and looks again when it no longer does', async () => {
    const first = source('first', ['away', 'away', 3]);
    const second = source('second', [1, 2, 'gone']);
    const idle = createIdle([first, second]);
    expect(await idle.read()).toEqual({ how: 'idle', ms: 1, source: 'second' });
    expect(await idle.read()).toEqual({ how: 'idle', ms: 2, source: 'second' });
    expect(first.asked).toBe(1);
    // The second fails, then the first, then the second once more.
    expect(await idle.read()).toMatchObject({ how: 'unknown' });
  });
  it('does not ask again at every tick when none answers', async () => {
    let now = 0;
    const only = source('only', ['away', 5]);
    const idle = createIdle([only], () => now);
    expect(await idle.read()).toEqual({ how: 'unknown', tried: ['only: away'] });
    now += 10_000;
    expect(await idle.read()).toEqual({ how: 'unknown', tried: ['only: away'] });
    expect(only.asked).toBe(1);
    now += 30_000;
    expect(await idle.read()).toEqual({ how: 'idle', ms: 5, source: 'only' });
  });
  it('asks ioreg on macOS and GetLastInputInfo on Windows', async () => {
    const world = { environment: {}, bus: {} as Bus, lastInput: async () => 77 };
    expect(idleSources({ ...world, platform: 'darwin' }).map(({ name }) => name)).toEqual(['ioreg', 'X11']);
    const [windows] = idleSources({ ...world, platform: 'win32' });
    expect(await windows!.read()).toBe(77);
  });
  it('reads what ioreg says', async () => {
    const said = '    | |   "HIDIdleTime" = 2718281828\n';
    expect(await ioregSource(async () => said).read()).toBe(2718);
    await expect(ioregSource(async () => '').read()).rejects.toThrow('HIDIdleTime');
  });
});

describe('an idle condition', () => {
  it('is true strictly above the limit, once until somebody is back', async () => {
    const idle = new FakeIdle();
    const condition = await aloneCondition('idle', 'idle_seconds = 60', { idle });
    const at = async (seconds: number) => {
      idle.idleFor(seconds);
      return (await condition.check()).kind === 'passed';
    };
    expect([
      await at(59.9),
      await at(60),
      await at(60.1),
      await at(300),
      await at(2),
      await at(61),
      await at(62),
    ]).toEqual([false, false, true, false, false, true, false]);
  });
  it('begins anew with a reset', async () => {
    const idle = new FakeIdle();
    const condition = await aloneCondition('idle', 'idle_seconds = 0', { idle });
    idle.idleFor(1);
    expect((await condition.check()).kind).toBe('passed');
    expect((await condition.check()).kind).toBe('failed');
    condition.body.reset?.(false);
    expect((await condition.check()).kind).toBe('passed');
  });
  it('warns once when the idle time is unknown, and stays false', async () => {
    const idle = new FakeIdle();
    const condition = await aloneCondition('idle', 'idle_seconds = 0', { idle });
    for (let i = 0; i < 3; i++) expect((await condition.check()).kind).toBe('failed');
    expect(condition.lines()).toEqual([
      'warn PROC/ERR idle: the idle time is unknown, the condition stays false; tried: a test',
      'debug PROC/ERR idle: the idle time is unknown, the condition stays false; tried: a test',
      'debug PROC/ERR idle: the idle time is unknown, the condition stays false; tried: a test',
    ]);
  });
});

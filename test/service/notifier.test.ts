import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { takeServiceEnvironment } from '../../src/adapters/service-environment.ts';
import { ServiceNotifier } from '../../src/adapters/service-notifier.ts';

const sent: (readonly string[])[] = [];
const warnings: string[] = [];
let status = 'one';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  sent.length = 0;
  warnings.length = 0;
  status = 'one';
});
afterEach(() => vi.useRealTimers());

const create = (watchdogMs?: number, send = async (message: readonly string[]) => void sent.push(message)) =>
  new ServiceNotifier(
    { socket: '/s', ...(watchdogMs === undefined ? {} : { watchdogMs }) },
    (text) => warnings.push(text),
    send,
  );
const begin = (notifier: ServiceNotifier, longestSleepMs = 60_000) =>
  notifier.begin({ longestSleepMs, status: () => status });

/** The signs of life among what was sent. */
const signs = (): number => sent.filter(([first]) => first === 'WATCHDOG=1').length;

describe('the status', () => {
  test('comes with READY, and after that only when it has changed, once in 5 seconds', async () => {
    const notifier = create();
    begin(notifier);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([['READY=1', 'STATUS=one']]);
    notifier.changed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    for (let i = 0; i < 100; i++) {
      status = `status ${i}`;
      notifier.changed();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(sent.slice(1)).toEqual([['STATUS=status 9'], ['STATUS=status 59']]);
  });

  test('of what is over within a second is not reported', async () => {
    const notifier = create();
    begin(notifier);
    await vi.advanceTimersByTimeAsync(30_000);
    status = 'running';
    notifier.changed();
    await vi.advanceTimersByTimeAsync(500);
    status = 'one';
    notifier.changed();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sent).toHaveLength(1);
  });

  test('before the program is ready is not reported', async () => {
    const notifier = create();
    notifier.changed();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toEqual([]);
  });
});

describe('the watchdog', () => {
  test.each([
    ['shorter than a process can be', 0.001, 40],
    ['longer than any timer', 1e15, 0],
  ])('whose time is %s gets no flood of processes', async (_, watchdogMs, expected) => {
    const notifier = create(watchdogMs);
    begin(notifier);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signs()).toBe(expected);
    await notifier.close();
  });

  test('gets a sign of life at half of its time while ticks come, also where they are longer', async () => {
    const notifier = create(10_000);
    begin(notifier, 60_000);
    for (let minute = 0; minute < 10; minute++) {
      notifier.tick();
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(signs()).toBe(120);
  });

  test('gets none when no tick has come for twice the longest sleep', async () => {
    const notifier = create(10_000);
    begin(notifier, 60_000);
    notifier.tick();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(signs()).toBe(24);
  });

  test('gets them to the end, when nothing ticks any more', async () => {
    const notifier = create(10_000);
    begin(notifier, 60_000);
    notifier.stopping();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(signs()).toBe(120);
    await notifier.close();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(signs()).toBe(120);
  });

  test('gets one at a time: a manager that does not read gets no queue', async () => {
    let release = () => {};
    const notifier = create(1000, async (message) => {
      sent.push(message);
      if (message[0] === 'WATCHDOG=1') await new Promise<void>((resolve) => (release = resolve));
    });
    begin(notifier);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(signs()).toBe(1);
    release();
    await vi.advanceTimersByTimeAsync(500);
    expect(signs()).toBe(2);
    release();
  });

  test('gets nothing where the manager does not watch', async () => {
    const notifier = create();
    begin(notifier);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(sent).toHaveLength(1);
  });
});

describe('reloads and the end', () => {
  test('are one message each, in order, with the monotonic time of the reload', async () => {
    const notifier = create();
    begin(notifier);
    const before = process.hrtime.bigint() / 1000n;
    notifier.reloading();
    status = 'two';
    notifier.reloaded();
    notifier.stopping();
    notifier.stopping();
    notifier.reloading();
    notifier.reloaded();
    await notifier.close();
    const [, reloading = [], ...rest] = sent;
    expect(reloading[0]).toBe('RELOADING=1');
    const at = BigInt(/^MONOTONIC_USEC=(\d+)$/.exec(reloading[1] ?? '')?.[1] ?? '0');
    expect(at >= before && at <= process.hrtime.bigint() / 1000n).toBe(true);
    expect(rest).toEqual([['READY=1', 'STATUS=two'], ['STOPPING=1']]);
  });

  test('a manager that cannot be notified is one warning', async () => {
    const notifier = create(10_000, () => Promise.reject(new Error('no such socket')));
    begin(notifier);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(warnings).toEqual(['the service manager cannot be notified: no such socket']);
  });
});

describe('the environment', () => {
  test('of the manager is taken out of that of the tasks', () => {
    const environment = { NOTIFY_SOCKET: '@s', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7', HOME: '/h' };
    expect(takeServiceEnvironment(environment, 7)).toEqual({ socket: '@s', watchdogMs: 30_000 });
    expect(environment).toEqual({ HOME: '/h' });
  });

  test.each([
    [{}, undefined],
    [{ NOTIFY_SOCKET: '', WATCHDOG_USEC: '1000' }, undefined],
    [{ NOTIFY_SOCKET: '/s', WATCHDOG_USEC: '1000', WATCHDOG_PID: '8' }, { socket: '/s' }],
    [
      { NOTIFY_SOCKET: '/s', WATCHDOG_USEC: '1000' },
      { socket: '/s', watchdogMs: 1 },
    ],
    [{ NOTIFY_SOCKET: '/s', WATCHDOG_USEC: '-5' }, { socket: '/s' }],
  ])('%o means %o', (environment, expected) => {
    const given: NodeJS.ProcessEnv = { ...environment };
    expect(takeServiceEnvironment(given, 7)).toEqual(expected);
    expect(given).toEqual({});
  });
});

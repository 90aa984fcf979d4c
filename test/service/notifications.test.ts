import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { always, Place, shellTask, TICK } from '../support/program.ts';
import { hasCommand, ServiceManager } from '../support/service-manager.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const items = (script: string) => `${TICK}${shellTask('Show', script)}${always('Each', ['Show'])}`;

describe.skipIf(!hasCommand('systemd-notify'))('with a service manager', () => {
  let manager: ServiceManager;
  beforeEach(async () => {
    manager = await ServiceManager.listen(place.file('notify'));
  });
  afterEach(() => manager.close());
  const environment = () => ({ NOTIFY_SOCKET: place.file('notify'), WATCHDOG_USEC: '1000000' });

  test('it hears of the start, reloads, signs of life and the end', async () => {
    const program = place.start([], { env: environment(), toml: items('exit 0') });
    const ready = await manager.message('READY=1');
    expect(manager.messages[ready]).toEqual(['READY=1', 'STATUS=1 condition, next Each within a minute']);
    const sign = await manager.message('WATCHDOG=1', ready);
    program.kill('SIGHUP');
    const reloading = await manager.message('RELOADING=1', sign);
    expect(manager.messages[reloading]?.[1]).toMatch(/^MONOTONIC_USEC=\d{6,}$/);
    await manager.message('READY=1', reloading);
    place.write('config.toml', 'nonsense');
    program.kill('SIGHUP');
    await manager.message('STATUS=1 condition, next Each within a minute, the last reload was refused', reloading);
    program.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(manager.messages.at(-1)).toEqual(expect.arrayContaining(['STOPPING=1']));
  });

  test('it hears of them while the scheduler is paused', async () => {
    place.start(['--pause'], { env: environment(), toml: items('exit 0') });
    const ready = await manager.message('READY=1');
    expect(manager.messages[ready]).toContain('STATUS=1 condition, paused');
    const first = await manager.message('WATCHDOG=1');
    await manager.message('WATCHDOG=1', first + 1);
  });

  test('no task inherits how to reach it', async () => {
    const script = `env | grep -c -e NOTIFY -e WATCHDOG > ${place.file('found')}; mv ${place.file('found')} ${place.file('count')}; echo done >&2; kill -TERM $PPID`;
    const program = place.start([], { env: environment(), toml: items(script) });
    await program.ended;
    expect(place.read('count')).toBe('0\n');
  });
});

test('a manager that cannot be reached is one warning', async () => {
  const env = { NOTIFY_SOCKET: place.file('nowhere'), PATH: '' };
  const program = place.start(['-J'], { env, toml: TICK });
  await program.record(/cannot be notified: the command systemd-notify is not in the PATH$/);
  program.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

describe('the journal of systemd', () => {
  /** Starts the program with a stream that is the one of the journal, or another one. */
  const start = (args: string, named = '$(stat -L -c %d:%i /proc/self/fd/9)') => {
    place.write('config.toml', `${items('exit 0')}`);
    return place.startShell(`exec 9>&1; export JOURNAL_STREAM=${named}; exec "$1" "$2" ${args} config.toml 9>&-`);
  };
  const linux = process.platform === 'linux';

  test.runIf(linux)('gets plain records with priorities, and without a time', async () => {
    const program = start('-L trace');
    await program.until(() => program.stdout.includes('HIST/END'), 'a run');
    program.kill('SIGTERM');
    await program.ended;
    const lines = program.stdout.trimEnd().split('\n');
    const levels = { ERROR: 3, WARN: 4, INFO: 6, DEBUG: 7, TRACE: 7 };
    for (const line of lines) {
      const [, priority, level] = /^<(\d)>\(whenever\) (\w+) +\S/.exec(line) ?? [];
      expect(Number(priority), line).toBe(levels[level as keyof typeof levels]);
    }
    expect(new Set(lines.map((line) => line.slice(0, 3)))).toEqual(new Set(['<4>', '<6>', '<7>']));
  });

  test.runIf(linux).each([
    ['another stream', '', '1:1', /^\[\d{4}-/],
    ['JSON', '-J', undefined, /^\{"header"/],
    ['colours', '-C', undefined, /^\[\d{4}-/],
  ])('gets no priorities: %s', async (_, args, named, form) => {
    const program = start(`${args} -L info`, named);
    await program.until(() => program.stdout.split('\n').length > 2, 'records');
    expect(program.stdout).toMatch(form);
    program.kill('SIGTERM');
    await program.ended;
  });

  test.runIf(linux)('a log file has the time, and no priorities', async () => {
    const program = start('-L info -l log.txt');
    await vi.waitFor(() => expect(place.read('log.txt')).toContain('running tasks'), { timeout: 15_000 });
    program.kill('SIGTERM');
    await program.ended;
    expect(place.read('log.txt')).toMatch(/^\[\d{4}-/);
  });
});

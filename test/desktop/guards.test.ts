import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createBus } from '../../src/adapters/bus/bus.ts';
import { createProcesses } from '../../src/adapters/processes.ts';
import type { StatusReport } from '../../src/control/status.ts';
import type { GuardAnswer } from '../../src/core/instance.ts';
import type { Ports } from '../../src/core/ports.ts';
import { ORIGIN } from '../support/origin.ts';
import { onDemand, Place, shellTask, TICK } from '../support/program.ts';
import { eventually } from './support/eventually.ts';
import { aloneCondition } from './support/item.ts';
import { PrivateBus } from './support/private-bus.ts';
import { have } from './support/programs.ts';

const RECIPE = readFileSync(join(import.meta.dirname, '../../config-examples/recipe-guards.toml'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'whenever-guards-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The keys of a condition of the recipe, without its name and type. */
const keysOf = (name: string): { readonly type: string; readonly keys: string } => {
  const block = RECIPE.split('[[condition]]\n').find((part) => part.startsWith(`name = "${name}"\n`));
  const [, type = '', keys = ''] = /^name = .*\ntype = "(\w+)"\n([^#]*)/.exec(block ?? '') ?? [];
  return { type, keys };
};

/** Asks a guard of the recipe. */
const asked = async (
  name: string,
  ports: Partial<Ports>,
  change: (keys: string) => string = (keys) => keys,
): Promise<GuardAnswer> => {
  const { type, keys } = keysOf(name);
  const { body } = await aloneCondition(type, change(keys), ports);
  const { signal } = new AbortController();
  const at = { wall: Date.now(), mono: performance.now(), tickMs: 1000, origin: ORIGIN, signal };
  const answer = await body.ask!(at, () => ORIGIN);
  body.close?.();
  return answer;
};

/** A Python that has python-dbusmock; undefined: none has. */
const python = ['python3', '/usr/bin/python3'].find(
  (one) => spawnSync(one, ['-c', 'import dbusmock'], { stdio: 'ignore' }).status === 0,
);
if (python === undefined && process.env.CI && process.platform === 'linux')
  throw new Error('python3-dbusmock is missing');

/** Services of a desktop, faked by python-dbusmock on a system bus of their own. */
class FakeServices {
  readonly bus = new PrivateBus('system');
  readonly #services: ChildProcess[] = [];

  get environment(): Readonly<Record<string, string>> {
    return { DBUS_SYSTEM_BUS_ADDRESS: this.bus.address };
  }
  /** Begins a service of a template of python-dbusmock, with parameters. */
  async start(template: string, name: string, parameters: object = {}): Promise<ChildProcess> {
    const options = ['-m', 'dbusmock', '--template', template, '--parameters', JSON.stringify(parameters)];
    const service = spawn(python!, options, { stdio: 'ignore', env: { ...process.env, ...this.environment } });
    this.#services.push(service);
    await eventually(
      () =>
        this.call('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'NameHasOwner', `string:${name}`).includes(
          'true',
        ),
      name,
    );
    return service;
  }
  /** What a call answers, as dbus-send prints it. */
  call(service: string, path: string, iface: string, method: string, ...args: readonly string[]): string {
    const line = ['--system', '--print-reply', `--dest=${service}`, path, `${iface}.${method}`, ...args];
    return spawnSync('dbus-send', line, { env: { ...process.env, ...this.environment }, encoding: 'utf8' }).stdout;
  }
  /** Sets a property of a faked service, which gets it if it has none. */
  set(service: string, path: string, iface: string, name: string, value: string): void {
    const mock = 'org.freedesktop.DBus.Mock';
    const added = this.call(
      service,
      path,
      mock,
      'AddProperty',
      `string:${iface}`,
      `string:${name}`,
      `variant:${value}`,
    );
    if (added === '')
      this.call(
        service,
        path,
        'org.freedesktop.DBus.Properties',
        'Set',
        `string:${iface}`,
        `string:${name}`,
        `variant:${value}`,
      );
  }
  async close(): Promise<void> {
    for (const service of this.#services) service.kill();
    await Promise.all(this.#services.map((one) => one.exitCode ?? new Promise((resolve) => one.once('exit', resolve))));
    await this.bus.close();
  }
}

describe.skipIf(python === undefined || !have('dbus-daemon', 'dbus-send'))(
  'the guards of the recipe and the services that they ask (needs dbus-daemon and python3-dbusmock)',
  () => {
    const services = new FakeServices();
    let bus: ReturnType<typeof createBus>;
    const upower = ['org.freedesktop.UPower', '/org/freedesktop/UPower', 'org.freedesktop.UPower'] as const;
    const NM = 'org.freedesktop.NetworkManager';
    const manager = [NM, '/org/freedesktop/NetworkManager', NM] as const;
    beforeAll(async () => {
      await services.bus.start();
      await services.start('upower', 'org.freedesktop.UPower', { OnBattery: false });
      await services.start('networkmanager', 'org.freedesktop.NetworkManager');
      await services.start('logind', 'org.freedesktop.login1');
      bus = createBus(services.environment, { firstMs: 20, mostMs: 100 });
    }, 60_000);
    afterEach(() => services.set(...upower, 'OnBattery', 'boolean:false'));
    afterAll(async () => {
      bus.close();
      await services.close();
    });

    it('on AC power, by UPower', async () => {
      expect(await asked('OnPower', { bus })).toMatchObject({ holds: true });
      services.set(...upower, 'OnBattery', 'boolean:true');
      expect(await asked('OnPower', { bus })).toMatchObject({ holds: false });
    });

    it('online, by NetworkManager', async () => {
      expect(await asked('Online', { bus })).toMatchObject({ holds: true });
      services.set(...manager, 'State', 'uint32:20');
      expect(await asked('Online', { bus })).toMatchObject({ holds: false });
    });

    it('not metered, by NetworkManager: no, or probably not', async () => {
      for (const [metered, holds] of [
        [0, false],
        [1, false],
        [2, true],
        [3, false],
        [4, true],
      ] as const) {
        services.set(...manager, 'Metered', `uint32:${metered}`);
        expect(await asked('Unmetered', { bus }), `${metered}`).toMatchObject({ holds });
      }
    });

    it('an unlocked screen, by logind', async () => {
      const session = '/org/freedesktop/login1/session/auto';
      const lock = (locked: boolean) =>
        services.set(
          'org.freedesktop.login1',
          session,
          'org.freedesktop.login1.Session',
          'LockedHint',
          `boolean:${locked}`,
        );
      services.call(
        ...(['org.freedesktop.login1', '/org/freedesktop/login1', 'org.freedesktop.DBus.Mock', 'AddSession'] as const),
        ...['string:auto', 'string:seat0', 'uint32:1000', 'string:me', 'boolean:true'],
      );
      lock(false);
      expect(await asked('ScreenUnlocked', { bus })).toMatchObject({ holds: true });
      lock(true);
      expect(await asked('ScreenUnlocked', { bus })).toMatchObject({ holds: false });
    });

    it('a daemon on battery holds its backup, says so, and runs it when the plug is in', async () => {
      const place = new Place();
      try {
        services.set(...upower, 'OnBattery', 'boolean:true');
        const { keys } = keysOf('OnPower');
        const nightly = onDemand('Nightly', ['Backup'], 'only_when = ["OnPower"]');
        const toml = `${TICK}${shellTask('Backup', 'touch made')}${nightly}[[condition]]\nname = "OnPower"\ntype = "dbus"\n${keys}`;
        const daemon = place.start(['-L', 'info', '-J'], { toml, env: services.environment });
        daemon.send('trigger Go_Nightly');
        await daemon.record(/Nightly\/\d+ \[PROC\/MSG\] held: OnPower is false/);
        const status = await place.run(['status', '--json']);
        const { conditions } = JSON.parse(status.stdout) as StatusReport;
        expect(conditions[0]).toMatchObject({ name: 'Nightly', group: 'held', held: { guard: 'OnPower' } });
        expect((await place.run(['explain', 'Nightly'])).stdout).toMatch(
          /Nightly is held: held since .*: OnPower is false/s,
        );
        services.set(...upower, 'OnBattery', 'boolean:false');
        await daemon.record(/Nightly\/\d+ \[PROC\/OK\] its event has come; held since .*, until OnPower became true/);
        await daemon.record(/Nightly\/\d+ \[START\/MSG\] running tasks/);
        daemon.send('exit');
        await daemon.ended;
        expect((await place.run(['history'])).stdout).toMatch(/Nightly .* ok /);
      } finally {
        await place.clear();
      }
    }, 60_000);

    it('a service that is not there does not hold, with the reason', async () => {
      const empty = new PrivateBus('system');
      await empty.start();
      const other = createBus({ DBUS_SYSTEM_BUS_ADDRESS: empty.address }, { firstMs: 20, mostMs: 100 });
      expect(await asked('OnPower', { bus: other })).toMatchObject({
        holds: false,
        reason: { code: 'call-error', name: 'org.freedesktop.DBus.Error.ServiceUnknown' },
      });
      other.close();
      await empty.close();
    });
  },
);

describe.skipIf(!have('awk', 'mountpoint'))(
  'the guards of the recipe that are commands (need awk and mountpoint)',
  () => {
    const processes = createProcesses();

    it('a load below 2, with the load as the reason', async () => {
      for (const [load, holds] of [
        ['0.31', true],
        ['1.99', true],
        ['2.00', false],
        ['11.5', false],
      ] as const) {
        const file = join(folder, 'loadavg');
        writeFileSync(file, `${load} 1.00 1.00 1/100 4711\n`);
        const answer = await asked('LowLoad', { processes }, (keys) => keys.replace('/proc/loadavg', file));
        expect(answer).toEqual({ holds, reason: { code: 'guard-line', line: `load ${load}` } });
      }
    });

    it('a mounted drive', async () => {
      const at = (path: string) => (keys: string) => keys.replace('/mnt/backup', path);
      expect(await asked('DriveMounted', { processes }, at('/'))).toMatchObject({ holds: true });
      expect(await asked('DriveMounted', { processes }, at(folder))).toEqual({
        holds: false,
        reason: { code: 'guard-line', line: `${folder} is not a mountpoint` },
      });
    });
  },
);

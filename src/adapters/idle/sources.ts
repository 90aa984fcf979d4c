import { execFile } from 'node:child_process';
import x11, { type Client, type Display, type ScreenSaver } from 'x11';
import type { Bus, BusCall, BusName, BusValue } from '../../core/ports.ts';
import { type IdleSource, SOURCE_MS } from './idle.ts';

const call = async (bus: Bus, request: Omit<BusCall, 'args' | 'timeoutMs'>, ...texts: string[]): Promise<BusValue> => {
  const args = texts.map((value) => ({ type: 's', value }) as const);
  const reply = await bus.call({ ...request, args, timeoutMs: SOURCE_MS });
  if (reply.how === 'timeout') throw new Error('no answer');
  if (reply.how === 'disconnected') throw new Error(reply.reason);
  if (reply.how === 'error') throw new Error(reply.message || reply.name);
  if (!reply.body[0]) throw new Error('the answer is empty');
  return reply.body[0];
};

/** Calls a method without arguments that returns an integer. */
const integer = async (bus: Bus, name: BusName, service: string, path: string, method: string, iface = service) => {
  const value = await call(bus, { bus: name, service, path, interface: iface, method });
  if (!('value' in value) || typeof value.value !== 'bigint') throw new Error('the answer is not an integer');
  return Number(value.value);
};

/** Mutter and its relatives: the first service with IdleMonitor in its name. Milliseconds. */
export const mutterSource = (bus: Bus): IdleSource => ({
  name: 'IdleMonitor (D-Bus)',
  read: async () => {
    const daemon = 'org.freedesktop.DBus';
    const names = await call(bus, {
      bus: 'session',
      service: daemon,
      path: '/org/freedesktop/DBus',
      interface: daemon,
      method: 'ListNames',
    });
    const items = names.type === 'array' ? names.items : [];
    const found = items.find((item) => item.type === 's' && item.value.includes('IdleMonitor'));
    if (found?.type !== 's') throw new Error('no such service');
    return integer(bus, 'session', found.value, `/${found.value.replaceAll('.', '/')}/Core`, 'GetIdletime');
  },
});

/** `org.freedesktop.ScreenSaver`. Some desktops answer in seconds, some in milliseconds: its growth shows which. */
export const screenSaverSource = (bus: Bus, mono: () => number): IdleSource => {
  let unit: 1 | 1000 | undefined;
  let last: { readonly value: number; readonly at: number } | undefined;
  return {
    name: 'org.freedesktop.ScreenSaver (D-Bus)',
    read: async () => {
      const name = 'org.freedesktop.ScreenSaver';
      const value = await integer(bus, 'session', name, '/org/freedesktop/ScreenSaver', 'GetSessionIdleTime');
      const at = mono();
      const seconds = last ? (at - last.at) / 1000 : 0;
      if (!unit && last && seconds >= 1 && value > last.value)
        unit = value - last.value > 30 * (seconds + 1) ? 1 : 1000;
      if (!last || seconds >= 1 || value < last.value) last = { value, at };
      // Until it is known the smaller is taken: an active session must not count as idle.
      return value * (unit ?? 1);
    },
  };
};

/** logind: since when the session is idle, where the desktop reports it. */
export const logindSource = (
  bus: Bus,
  environment: Readonly<Record<string, string | undefined>>,
  clocks: { wall(): number; monotonicMicroseconds(): number },
): IdleSource => {
  const service = 'org.freedesktop.login1';
  const session = async (): Promise<string> => {
    const id = environment.XDG_SESSION_ID;
    if (!id) return '/org/freedesktop/login1/session/auto';
    const manager = {
      bus: 'system',
      service,
      path: '/org/freedesktop/login1',
      interface: `${service}.Manager`,
    } as const;
    const path = await call(bus, { ...manager, method: 'GetSession' }, id);
    if (path.type !== 'o') throw new Error('the answer is not an object path');
    return path.value;
  };
  return {
    name: 'logind (D-Bus)',
    read: async () => {
      const properties = { bus: 'system', service, interface: 'org.freedesktop.DBus.Properties' } as const;
      const all = await call(bus, { ...properties, path: await session(), method: 'GetAll' }, `${service}.Session`);
      const value = (name: string): bigint | boolean | undefined => {
        const found =
          all.type === 'dict' ? all.entries.find(([key]) => key.type === 's' && key.value === name) : undefined;
        const held = found?.[1].type === 'v' ? found[1].value : undefined;
        return held && 'value' in held && (typeof held.value === 'bigint' || typeof held.value === 'boolean')
          ? held.value
          : undefined;
      };
      const hint = value('IdleHint');
      if (typeof hint !== 'boolean') throw new Error('it has no IdleHint');
      if (!hint) return 0;
      const monotonic = value('IdleSinceHintMonotonic');
      if (typeof monotonic === 'bigint' && monotonic > 0n)
        return Math.max(0, (clocks.monotonicMicroseconds() - Number(monotonic)) / 1000);
      const since = value('IdleSinceHint');
      if (typeof since !== 'bigint') throw new Error('it has no IdleSinceHint');
      return Math.max(0, clocks.wall() - Number(since) / 1000);
    },
  };
};

interface Open {
  readonly saver: ScreenSaver;
  readonly root: number;
  close(): void;
}

/** The screen-saver extension of an X server. The connection stays open; after the end of the server a new one is opened. */
export const x11Source = (environment: Readonly<Record<string, string | undefined>>): IdleSource => {
  let open: Open | undefined;
  let closed = false;

  const connect = (display: string): Promise<Open> =>
    new Promise((resolve, reject) => {
      let client: Client | undefined;
      const fail = (error?: Error | null) => {
        clearTimeout(timer);
        open = undefined;
        client?.stream?.destroy();
        reject(error ?? new Error('the X server closed the connection'));
      };
      const timer = setTimeout(() => fail(new Error('the X server does not answer')), SOURCE_MS);
      const connected = (error: Error | null | undefined, opened?: Display) => {
        if (error || !opened) return fail(error);
        opened.client.require('screen-saver', (problem, saver) => {
          clearTimeout(timer);
          const root = opened.screen[0]?.root;
          if (problem || !saver || root === undefined)
            return fail(new Error('the X server has no screen-saver extension'));
          resolve({ saver, root, close: () => fail() });
        });
      };
      try {
        client = x11.createClient({ display, disableBigRequests: true, shm: false }, connected);
        client.on('error', fail);
        client.on('end', fail);
      } catch (error) {
        fail(error as Error);
      }
    });

  const query = ({ saver, root, close }: Open): Promise<number> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        close();
        reject(new Error('the X server does not answer'));
      }, SOURCE_MS);
      saver.QueryInfo(root, (error, info) => {
        clearTimeout(timer);
        if (error || !info) reject(error ?? new Error('the X server gave no answer'));
        else resolve(info.idle);
      });
    });

  return {
    name: 'X11',
    read: async () => {
      const { DISPLAY: display, XDG_SESSION_TYPE: session } = environment;
      // Under Wayland an X server sees the input of X programs only.
      if (session === 'wayland') throw new Error('this is a Wayland session');
      if (!display) throw new Error('DISPLAY is not set');
      open ??= await connect(display);
      if (closed) open.close();
      if (closed) throw new Error('it was closed');
      return query(open);
    },
    close: () => {
      closed = true;
      open?.close();
    },
  };
};

/** Runs a program and returns its output. */
type Ask = (program: string, args: readonly string[]) => Promise<string>;

const ask: Ask = (program, args) =>
  new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: SOURCE_MS, encoding: 'utf8' }, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout);
    });
  });

/** The input system of macOS. */
export const ioregSource = (run: Ask = ask): IdleSource => ({
  name: 'ioreg',
  read: async () => {
    const said = await run('/usr/sbin/ioreg', ['-c', 'IOHIDSystem', '-d', '4', '-r']);
    const nanoseconds = /"HIDIdleTime"\s*=\s*(\d+)/.exec(said)?.[1];
    if (nanoseconds === undefined) throw new Error('it says nothing about HIDIdleTime');
    return Number(BigInt(nanoseconds) / 1_000_000n);
  },
});

/** What the sources are made of. */
export interface IdleSourceOptions {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly bus: Bus;
  /** Milliseconds, from GetLastInputInfo. */
  lastInput(): Promise<number>;
}

/** The sources of the idle time on a platform, best first. */
export const idleSources = ({ platform, environment, bus, lastInput }: IdleSourceOptions): IdleSource[] => {
  if (platform === 'win32') return [{ name: 'GetLastInputInfo', read: lastInput }];
  if (platform === 'darwin') return [ioregSource(), x11Source(environment)];
  return [
    x11Source(environment),
    mutterSource(bus),
    screenSaverSource(bus, () => performance.now()),
    logindSource(bus, environment, {
      wall: () => Date.now(),
      monotonicMicroseconds: () => Number(process.hrtime.bigint() / 1000n),
    }),
  ];
};

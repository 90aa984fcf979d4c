import type { Bus, Idle, PortSubscription, Sessions, SessionWatch, Watcher, Wmi } from '../core/ports.ts';
import { messageOf } from '../error-message.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { type LazyValue, lazy } from './lazy.ts';

/** The waits between attempts to load a port. */
const BACKOFF: Backoff = { firstMs: 1000, mostMs: 60_000 };

/** What to do with a port that is still to be loaded. */
interface Subscribing<Port> {
  subscribe(port: Port): PortSubscription;
  /** It could not be loaded, or not used; called once. It is tried again. */
  failed(reason: string): void;
  /** It works after a failure: what happened in between is not known. */
  late?(): void;
}

/** A subscription to a port that is loaded when it is first used. What cannot be loaded is tried again until it works or is closed. */
const subscribeLazily = <Port>(
  loaded: LazyValue<Port>,
  { subscribe, failed, late }: Subscribing<Port>,
  backoff = BACKOFF,
): PortSubscription => {
  let subscription: PortSubscription | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  const isClosed = (): boolean => closed;
  const attempt = async (): Promise<void> => {
    try {
      const port = await loaded();
      if (closed) return;
      subscription = subscribe(port);
      await subscription.ready;
      if (failures > 0 && !isClosed()) late?.();
    } catch (error) {
      if (closed) return;
      if (failures === 0) failed((error as Error).message);
      timer = setTimeout(() => void attempt(), backoffMs(backoff, failures));
      failures += 1;
    }
  };
  return {
    ready: attempt(),
    close: () => {
      closed = true;
      clearTimeout(timer);
      subscription?.close();
    },
  };
};

/** The ports of the desktop. Each is loaded when it is first used: a daemon without such items pays nothing for them. */
interface Desktop {
  readonly watcher: Watcher;
  readonly bus: Bus;
  readonly idle: Idle;
  readonly wmi: Wmi;
  readonly sessions: Sessions;
  /** Closes every connection, and ends the programs that were started for them. Later calls are not answered. */
  close(): Promise<void>;
}

/** How the parts are loaded; each is a file of its own. */
const PARTS = {
  watcher: async () => (await import('./watch/watcher.ts')).createWatcher(),
  bus: async () => (await import('./bus/bus.ts')).createBus(),
  wmi: async () => (await import('./wmi/wmi.ts')).createWmi(),
  sessions: () => import('./session/sessions.ts'),
  idle: () => Promise.all([import('./idle/idle.ts'), import('./idle/sources.ts')]),
};

const isLogindPossible = process.platform !== 'darwin' && process.platform !== 'win32';

/** The desktop of this machine. @param parts how its parts are loaded; a part that cannot be loaded is tried again. */
export const createDesktop = (parts: Partial<typeof PARTS> = {}, backoff?: Backoff): Desktop => {
  const load = { ...PARTS, ...parts };
  const watcher = lazy(load.watcher);
  const bus = lazy(load.bus);
  const wmi = lazy(load.wmi);
  const lateBus: Bus = {
    call: async (call) => {
      try {
        return await (await bus()).call(call);
      } catch (error) {
        return { how: 'disconnected', reason: messageOf(error) };
      }
    },
    subscribe: (name, rule, listener) =>
      subscribeLazily(
        bus,
        { subscribe: (port) => port.subscribe(name, rule, listener), failed: (reason) => listener.lost(reason) },
        backoff,
      ),
  };
  const sessions = lazy(async () =>
    (await load.sessions()).createSessions({ bus: lateBus, uid: process.getuid?.() ?? 0 }),
  );
  const watchSessions: Sessions['watch'] = (what, listener) => {
    let watch: SessionWatch | undefined;
    const subscription = subscribeLazily(
      sessions,
      {
        subscribe: (port) => {
          watch = port.watch(what, listener);
          return watch;
        },
        failed: (reason) => listener.lost(reason),
      },
      backoff,
    );
    return { ...subscription, proceed: () => watch?.proceed() };
  };
  const idle = lazy(async () => {
    const [{ createIdle }, { idleSources }] = await load.idle();
    const { platform, env: environment } = process;
    const lastInput = async () => (await wmi()).idle();
    return createIdle(idleSources({ platform, environment, bus: lateBus, lastInput }));
  });
  return {
    bus: lateBus,
    // Only Linux has logind.
    sessions: {
      watch: isLogindPossible
        ? watchSessions
        : () => ({ ready: Promise.resolve(), close: () => {}, proceed: () => {} }),
    },
    watcher: {
      watch: (request, listener) =>
        subscribeLazily(
          watcher,
          {
            subscribe: (port) => port.watch(request, listener),
            failed: (reason) => listener.trouble(`${reason}; trying again`, false),
            late: () => listener.changed('OTHER', request.path),
          },
          backoff,
        ),
    },
    idle: {
      read: async () => {
        try {
          return await (await idle()).read();
        } catch (error) {
          return { how: 'unknown', tried: [messageOf(error)] };
        }
      },
    },
    wmi: {
      query: async (...query) => {
        try {
          return await (await wmi()).query(...query);
        } catch (error) {
          return { how: 'error', reason: messageOf(error) };
        }
      },
      subscribe: (namespace, query, listener) =>
        subscribeLazily(
          wmi,
          {
            subscribe: (port) => port.subscribe(namespace, query, listener),
            failed: (reason) => listener.failed(reason),
          },
          backoff,
        ),
    },
    close: async () => {
      for (const part of [bus, idle, wmi]) (await part.settled())?.close();
    },
  };
};

import type { Bus, Idle, Watcher, Wmi } from '../core/ports.ts';
import { lazy } from './lazy.ts';
import { type BackOff, subscribeLazily } from './lazy-subscription.ts';

/** The ports of the desktop. Each is loaded when it is first used: a daemon without such items pays nothing for them. */
export interface Desktop {
  readonly watcher: Watcher;
  readonly bus: Bus;
  readonly idle: Idle;
  readonly wmi: Wmi;
  /** Lets go of every connection and of the programs that were started for them; what is asked later is not answered. */
  close(): Promise<void>;
}

/** How the parts are loaded; each is a file of its own. */
const PARTS = {
  watcher: async () => (await import('./watch/watcher.ts')).createWatcher(),
  bus: async () => (await import('./bus/bus.ts')).createBus(),
  wmi: async () => (await import('./wmi/wmi.ts')).createWmi(),
  idle: () => Promise.all([import('./idle/idle.ts'), import('./idle/sources.ts')]),
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The desktop of this machine. @param parts how its parts are loaded; a part that cannot be loaded is tried again. */
export const createDesktop = (parts: Partial<typeof PARTS> = {}, backOff?: BackOff): Desktop => {
  const load = { ...PARTS, ...parts };
  const watcher = lazy(load.watcher);
  const bus = lazy(load.bus);
  const wmi = lazy(load.wmi);
  const lateBus: Bus = {
    call: async (call) => {
      try {
        return await (await bus()).call(call);
      } catch (error) {
        return { how: 'disconnected', reason: reasonOf(error) };
      }
    },
    subscribe: (name, rule, listener) =>
      subscribeLazily(
        bus,
        { subscribe: (port) => port.subscribe(name, rule, listener), failed: (reason) => listener.lost(reason) },
        backOff,
      ),
  };
  const idle = lazy(async () => {
    const [{ createIdle }, { idleSources }] = await load.idle();
    const { platform, env: environment } = process;
    const lastInput = async () => (await wmi()).idle();
    return createIdle(idleSources({ platform, environment, bus: lateBus, lastInput }));
  });
  return {
    bus: lateBus,
    watcher: {
      watch: (request, listener) =>
        subscribeLazily(
          watcher,
          {
            subscribe: (port) => port.watch(request, listener),
            failed: (reason) => listener.trouble(`${reason}; trying again`, false),
            late: () => listener.changed('OTHER', request.path),
          },
          backOff,
        ),
    },
    idle: {
      read: async () => {
        try {
          return await (await idle()).read();
        } catch (error) {
          return { how: 'unknown', tried: [reasonOf(error)] };
        }
      },
    },
    wmi: {
      query: async (...query) => {
        try {
          return await (await wmi()).query(...query);
        } catch (error) {
          return { how: 'error', reason: reasonOf(error) };
        }
      },
      subscribe: (namespace, query, listener) =>
        subscribeLazily(
          wmi,
          {
            subscribe: (port) => port.subscribe(namespace, query, listener),
            failed: (reason) => listener.failed(reason),
          },
          backOff,
        ),
    },
    close: async () => {
      for (const part of [bus, idle, wmi]) (await part.settled())?.close();
    },
  };
};

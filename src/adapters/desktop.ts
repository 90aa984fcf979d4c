import type { Bus, Idle, Subscription, Watcher, Wmi } from '../core/ports.ts';

/** The ports of the desktop. Each is loaded when it is first used: a daemon without such items pays nothing for them. */
export interface Desktop {
  readonly watcher: Watcher;
  readonly bus: Bus;
  readonly idle: Idle;
  readonly wmi: Wmi;
}

/** A subscription to something that is still being loaded. */
const later = (loaded: Promise<Subscription>): Subscription => {
  let subscription: Subscription | undefined;
  let closed = false;
  return {
    ready: loaded.then((one) => {
      subscription = one;
      if (closed) one.close();
      return one.ready;
    }),
    close: () => {
      closed = true;
      subscription?.close();
    },
  };
};

/** A promise made once, when it is first asked for. */
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** The desktop of this machine. */
export const createDesktop = (): Desktop => {
  const watcher = once(async () => (await import('./watch/watcher.ts')).createWatcher());
  const bus = once(async () => (await import('./bus/bus.ts')).createBus());
  const notHere = (): never => {
    throw new Error('not available yet in this version');
  };
  return {
    watcher: {
      watch: (request, listener) => later(watcher().then((port) => port.watch(request, listener))),
    },
    bus: {
      call: async (call) => (await bus()).call(call),
      subscribe: (name, rule, listener) => later(bus().then((port) => port.subscribe(name, rule, listener))),
    },
    idle: { read: notHere },
    wmi: { query: notHere, subscribe: notHere },
  };
};

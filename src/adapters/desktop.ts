import type { Bus, Idle, Subscription, Watcher, Wmi } from '../core/ports.ts';

/** The ports of the desktop. Each is loaded when it is first used: a daemon without such items pays nothing for them. */
export interface Desktop {
  readonly watcher: Watcher;
  readonly bus: Bus;
  readonly idle: Idle;
  readonly wmi: Wmi;
  /** Lets go of every connection and of the programs that were started for them; what is asked later is not answered. */
  close(): Promise<void>;
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

/** A promise made once, when it is first asked for; `made` is there from then on. */
interface Once<T> {
  (): Promise<T>;
  made?: Promise<T>;
}

const once = <T>(make: () => Promise<T>): Once<T> => {
  const get: Once<T> = () => {
    get.made ??= make();
    return get.made;
  };
  return get;
};

/** The desktop of this machine. */
export const createDesktop = (): Desktop => {
  const loadedWatcher = once(async () => (await import('./watch/watcher.ts')).createWatcher());
  const loadedBus = once(async () => (await import('./bus/bus.ts')).createBus());
  const loadedWmi = once(async () => (await import('./wmi/wmi.ts')).createWmi());
  const bus: Bus = {
    call: async (call) => (await loadedBus()).call(call),
    subscribe: (name, rule, listener) => later(loadedBus().then((port) => port.subscribe(name, rule, listener))),
  };
  const loadedIdle = once(async () => {
    const [{ createIdle }, { idleSources }] = await Promise.all([
      import('./idle/idle.ts'),
      import('./idle/sources.ts'),
    ]);
    const { platform, env: environment } = process;
    const lastInput = async () => (await loadedWmi()).idle();
    return createIdle(idleSources({ platform, environment, bus, lastInput }));
  });
  return {
    bus,
    watcher: {
      watch: (request, listener) => later(loadedWatcher().then((port) => port.watch(request, listener))),
    },
    idle: { read: async () => (await loadedIdle()).read() },
    wmi: {
      query: async (...query) => (await loadedWmi()).query(...query),
      subscribe: (...query) => later(loadedWmi().then((port) => port.subscribe(...query))),
    },
    close: async () => {
      await Promise.all([loadedBus, loadedIdle, loadedWmi].map(async ({ made }) => (await made)?.close()));
    },
  };
};

import type { Lua } from '../core/ports.ts';
import type { LuaOptions } from './lua.ts';
import { itemOf } from './lua-pending.ts';

/** The Lua host, loaded with the first script: a daemon without scripts pays nothing for it. */
export const createLuaLater = (options: LuaOptions): Lua => {
  let loading: Promise<Lua> | undefined;
  const loaded = (): Promise<Lua> => {
    loading ??= import('./lua.ts').then(({ createLua }) => createLua(options));
    return loading;
  };
  return {
    run: async (request, listener) => {
      await options.leftovers?.gone(itemOf(request));
      return (await loaded()).run(request, listener);
    },
    // After what has been asked before it.
    forget: (key) => void loading?.then((lua) => lua.forget(key)),
    killAll: async (graceMs) => (await loading)?.killAll(graceMs),
    close: async () => (await loading)?.close(),
  };
};

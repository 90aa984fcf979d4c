import type { Lua, SharedWithScripts } from '../core/ports.ts';
import { lazy } from './lazy.ts';
import type { LuaOptions } from './lua.ts';
import { withoutState } from './lua-requests.ts';

const loadLua = async (options: LuaOptions): Promise<Lua & SharedWithScripts> =>
  (await import('./lua.ts')).createLua(options);

/**
 * Loads the Lua support with the first script, so that a daemon without scripts pays nothing for it. If loading fails, that script
 * does not start; the next one tries again.
 */
export const createLazyLua = (
  options: LuaOptions,
  load: (options: LuaOptions) => Promise<Lua & SharedWithScripts> = loadLua,
): Lua & SharedWithScripts => {
  const loaded = lazy(() => load(options));
  return {
    run: async (request, listener) => {
      let lua: Lua;
      try {
        lua = await loaded();
      } catch (error) {
        return withoutState({ how: 'not-started', reason: (error as Error).message });
      }
      return lua.run(request, listener);
    },
    endRun: (condition, released) => {
      if (loaded.started()) void loaded.settled().then((lua) => lua?.endRun(condition, released));
    },
    state: async (request) => (await loaded()).state(request),
    lock: async (name, by, on) => (await loaded()).lock(name, by, on),
    // After earlier requests.
    forget: (key) => void loaded.settled().then((lua) => lua?.forget(key)),
    renew: () => void loaded.settled().then((lua) => lua?.renew?.()),
    killAll: async (graceMs) => (await loaded.settled())?.killAll(graceMs),
    close: async () => (await loaded.settled())?.close(),
  };
};

import type { Lua } from '../core/ports.ts';
/** Stands in until the host exists. */
export const createLua = (_options: { readonly workerPath: string }): Lua => ({
  run: async () => ({
    end: { how: 'not-started', reason: 'not available yet' },
    state: { how: 'untouched' },
    releasedLocks: [],
  }),
  forget: () => {},
  killAll: async () => {},
  close: async () => {},
});

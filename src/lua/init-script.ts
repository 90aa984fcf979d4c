import { readFile, stat } from 'node:fs/promises';
import type { LuaEnd } from '../core/ports.ts';
import { messageOf } from '../error-message.ts';
import { withoutShebang } from './lib/load-chunk.ts';

/** How a run ends whose init script cannot be run. */
export type InitEnd = Extract<LuaEnd, { how: 'init-error' }>;

/** Reads an init script, or returns why it cannot be read. */
export const readInitScript = async (path: string): Promise<{ readonly source: Uint8Array } | InitEnd> => {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { how: 'init-error', cause: 'not-a-file', message: `${path} is not a file` };
    return { source: withoutShebang(new Uint8Array(await readFile(path))) };
  } catch (error) {
    return { how: 'init-error', cause: 'unreadable', message: `${path} cannot be read: ${messageOf(error)}` };
  }
};

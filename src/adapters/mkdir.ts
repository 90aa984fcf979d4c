import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../error-message.ts';

/**
 * Makes a directory and those above it, unless it is there. @throws Error of the system. (Node's own recursive way never ends
 * where a directory exists in which none can be made, such as `/proc`.) @param mode of the last one.
 */
export const makeDirectory = (path: string, mode?: number): void => {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    const code = codeOf(error);
    const above = dirname(path);
    if (code === 'ENOENT' && above !== path && !existsSync(above)) {
      makeDirectory(above);
      mkdirSync(path, mode);
    } else if (!existsSync(path)) throw error;
    else if (!statSync(path).isDirectory()) throw new Error(`ENOTDIR: ${path} is not a directory`);
  }
};

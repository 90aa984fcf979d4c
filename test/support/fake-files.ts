import { posix } from 'node:path';
import type { ConfigFiles } from '../../src/items/kind.ts';

/** Files by path: what a configuration can include. A text that is undefined cannot be read. */
export const fakeFiles = (files: Readonly<Record<string, string | undefined>>): ConfigFiles => ({
  beside: (file, path) => (posix.isAbsolute(path) ? path : posix.join(posix.dirname(file), path)),
  join: posix.join,
  identity: async (path) => posix.resolve('/', path),
  list: async (directory) =>
    Object.keys(files).flatMap((path) =>
      posix.dirname(path) === posix.normalize(directory) ? [posix.basename(path)] : [],
    ),
  read: async (path) => {
    if (!Object.hasOwn(files, path)) throw new Error(`${path}: no such file`);
    const text = files[path];
    if (text === undefined) throw new Error(`${path}: no permission to read it`);
    return text;
  },
});

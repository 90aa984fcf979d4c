import * as nodeModule from 'node:module';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cacheFolder, makeOwn } from './cache-folder.ts';
import { CodeCache } from './code-cache.ts';

/** A hash of all that was built: `scripts/build.mjs` puts it here. */
declare const BUILD: string;

/** What newer versions of Node have. */
interface CachingModule {
  readonly enableCompileCache?: (folder: string) => unknown;
  readonly flushCompileCache?: () => void;
}

/** A daemon may be ended without notice: its code is kept when its start is over, after so many ms. */
const SAVE_MS = 3000;

/** The part that imports modules of users: code that was kept cannot import any. */
const IMPORTING = 'import-module.cjs';

/** Loads the parts of the program in CommonJS, with code that is kept. */
const loader = (cache: CodeCache) => {
  const builtin = createRequire(__filename);
  const loaded = new Map<string, { exports: unknown }>();
  const load = (file: string): unknown => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const folder = dirname(file);
    const require = (name: string) => {
      if (!name.startsWith('.')) return builtin(name);
      const part = join(folder, name);
      return basename(part) === IMPORTING ? builtin(part) : load(part);
    };
    try {
      cache.compile(file).call(module.exports, module.exports, require, module, file, folder);
    } catch (error) {
      // The next call tries again.
      loaded.delete(file);
      throw error;
    }
    return module.exports;
  };
  return load;
};

const main = join(__dirname, 'whenever.cjs');
const folder = cacheFolder(process.env);
const { enableCompileCache, flushCompileCache } = nodeModule as CachingModule;
if (folder === undefined) require(main);
else if (enableCompileCache) {
  if (makeOwn(folder)) enableCompileCache(folder);
  require(main);
  setTimeout(() => flushCompileCache?.(), SAVE_MS).unref();
} else {
  const cache = new CodeCache(join(folder, `${process.version}-${process.arch}-${BUILD}`));
  loader(cache)(main);
  setTimeout(() => cache.save(), SAVE_MS).unref();
  process.on('exit', () => cache.save());
}

// The first script of an executable that is made of Node: the files of dist/ are assets, each compiled when it is asked for.
const { isBuiltin } = require('node:module');
const { dirname, join, posix } = require('node:path');
const { getAsset, getRawAsset } = require('node:sea');
const { constants, Script } = require('node:vm');

const text = (name) => getAsset(name, 'utf8');
const manifest = JSON.parse(text('manifest.json'));
const texts = Object.fromEntries(manifest.texts.map((name) => [name, () => text(name)]));
globalThis[Symbol.for('whenever.inside')] = { texts };

/** Places in stacks are in a folder that is named like the executable. */
const root = join(process.execPath, 'dist');
const loaded = new Map();

/** Node warns of what lets scripts import modules. */
const { emitWarning } = process;
process.emitWarning = (warning, ...more) => {
  if (!String(warning).includes('USE_MAIN_CONTEXT_DEFAULT_LOADER')) emitWarning.call(process, warning, ...more);
};

const load = (name) => {
  const before = loaded.get(name);
  if (before) return before.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const filename = join(root, name);
  const source = `(function (exports, require, module, __filename, __dirname) {${text(name)}\n})`;
  const script = manifest.imports.includes(name)
    ? // Modules of users are imported as by any script.
      new Script(source, { filename, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER })
    : new Script(source, { filename: `whenever:dist/${name}`, cachedData: Buffer.from(getRawAsset(`${name}.cache`)) });
  const need = (path) => {
    if (path.startsWith('.')) return load(posix.join(posix.dirname(name), path));
    if (isBuiltin(path)) return require(path);
    // A package that another one uses where it is installed. Node would warn of what it is asked for.
    throw Object.assign(new Error(`Cannot find module '${path}'`), { code: 'MODULE_NOT_FOUND' });
  };
  script.runInThisContext().call(module.exports, module.exports, need, module, filename, dirname(filename));
  return module.exports;
};

load('whenever.cjs');

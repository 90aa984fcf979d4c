import { accessSync, constants } from 'node:fs';
import { access } from 'node:fs/promises';
import * as lua from '../lua-api.ts';
import { decodeText, encodeText, pushText, setFunctions } from '../lua-values.ts';
import { pushLuaFunction } from './functions-in-lua.ts';
import { compile, withoutShebang } from './load-chunk.ts';
import { readWholeFile, waitOrDoNow } from './system-calls.ts';

/** Keys of the registry. The interpreter looks up the names of functions in `_LOADED` for its messages. */
const PACKAGE = 'package';
const LOADED = '_LOADED';
const PRELOAD = 'preload';

const DEFAULT_PATH = ['5.4', '5.3']
  .flatMap((version) => ['/usr/local/share/lua/', '/usr/share/lua/'].map((root) => `${root}${version}/`))
  .flatMap((root) => [`${root}?.lua`, `${root}?/init.lua`])
  .concat('./?.lua', './?/init.lua')
  .join(';');

/** The search path of `require`: LUA_PATH_5_4, LUA_PATH_5_3 or LUA_PATH, in which `;;` stands for the default path. */
const searchPath = (env: NodeJS.ProcessEnv): string => {
  const set = env.LUA_PATH_5_4 ?? env.LUA_PATH_5_3 ?? env.LUA_PATH;
  if (set === undefined) return DEFAULT_PATH;
  return set.replace(/;;/, `;${DEFAULT_PATH};`).replace(/^;|;$/g, '');
};

const candidates = (name: string, path: string, separator: string, replacement: string): string[] => {
  const file = separator === '' ? name : name.replaceAll(separator, replacement);
  return path
    .split(';')
    .filter((t) => t !== '')
    .map((template) => template.replaceAll('?', file));
};

const readableNow = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

const firstReadable = async (paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths)
    try {
      await access(path, constants.R_OK);
      return path;
    } catch {
      // The next one.
    }
  return undefined;
};

/** Finds the first file that can be read; without one `then` gets the list of those tried, as `require` shows it. */
const search = (
  L: lua.State,
  paths: readonly string[],
  then: (L: lua.State, found: string | undefined, tried: string) => number,
): number => {
  const tried = paths.map((p) => `\n\tno file '${p}'`).join('');
  return waitOrDoNow<string | undefined>(
    L,
    () => firstReadable(paths),
    () => paths.find(readableNow),
    (to, found) => then(to, found, tried),
  );
};

const searchpath = (L: lua.State): number => {
  const name = decodeText(lua.checkstring(L, 1));
  const path = decodeText(lua.checkstring(L, 2));
  const separator = decodeText(lua.optstring(L, 3, '.'));
  const replacement = decodeText(lua.optstring(L, 4, '/'));
  return search(L, candidates(name, path, separator, replacement), (to, found, tried) => {
    if (found === undefined) lua.pushnil(to);
    pushText(to, found ?? tried);
    return found === undefined ? 2 : 1;
  });
};

/** Only libraries written in Lua are loaded. */
const loadlib = (L: lua.State): number => {
  lua.checkstring(L, 1);
  lua.checkstring(L, 2);
  lua.pushnil(L);
  pushText(L, 'dynamic libraries not enabled; only Lua files can be loaded');
  pushText(L, 'absent');
  return 3;
};

const preloadSearcher = (L: lua.State): number => {
  const name = lua.checkstring(L, 1);
  lua.getfield(L, lua.REGISTRYINDEX, PRELOAD);
  lua.pushstring(L, name);
  if (lua.rawget(L, -2) === lua.TNIL) pushText(L, `\n\tno field package.preload['${decodeText(name)}']`);
  return 1;
};

const fileSearcher = (L: lua.State): number => {
  const name = decodeText(lua.checkstring(L, 1));
  lua.getfield(L, lua.REGISTRYINDEX, PACKAGE);
  if (lua.getfield(L, -1, 'path') !== lua.TSTRING) return lua.raise(L, "'package.path' must be a string");
  const path = decodeText(lua.tolstring(L, -1)!);
  return search(L, candidates(name, path, '.', '/'), (to, found, tried) => {
    if (found === undefined) {
      return pushText(to, tried);
    }
    return readWholeFile(to, encodeText(found), (at, source, problem) => {
      if (source !== undefined && compile(at, withoutShebang(source), encodeText(`@${found}`))) {
        pushText(at, found);
        return 2;
      }
      const reason = source === undefined ? problem : decodeText(lua.tolstring(at, -1)!);
      return lua.raise(at, `error loading module '${name}' from file '${found}':\n\t${reason}`);
    });
  });
};

/** `require (name)`: written in Lua, so that a module may wait while it loads. */
export const requireFunction = (L: lua.State): number => {
  const name = lua.checkstring(L, 1);
  lua.settop(L, 0);
  pushLuaFunction(L, 'require');
  lua.pushstring(L, name);
  lua.getfield(L, lua.REGISTRYINDEX, LOADED);
  lua.getfield(L, lua.REGISTRYINDEX, PRELOAD);
  lua.getfield(L, lua.REGISTRYINDEX, PACKAGE);
  lua.getfield(L, -1, 'searchers');
  lua.remove(L, -2);
  lua.callk(L, 4, lua.MULTRET, 0, lua.gettop);
  return lua.gettop(L);
};

/** Pushes a new `package` table; `loaded` is on top of the stack and stays below it. */
export const pushPackage = (L: lua.State): void => {
  const loaded = lua.gettop(L);
  lua.newtable(L);
  setFunctions(L, { loadlib, searchpath });
  const setText = (key: string, value: string): void => {
    pushText(L, value);
    lua.setfield(L, -2, key);
  };
  /** Sets the value on top of the stack in the registry too. */
  const setAndRegister = (key: string, registryKey: string): void => {
    lua.pushvalue(L, -1);
    lua.setfield(L, lua.REGISTRYINDEX, registryKey);
    lua.setfield(L, -2, key);
  };
  setText('path', searchPath(process.env));
  setText('cpath', '');
  setText('config', '/\n;\n?\n!\n-\n');
  lua.pushvalue(L, loaded);
  setAndRegister('loaded', LOADED);
  lua.newtable(L);
  setAndRegister('preload', PRELOAD);
  lua.newtable(L);
  lua.pushcfunction(L, preloadSearcher);
  lua.rawseti(L, -2, 1);
  lua.pushcfunction(L, fileSearcher);
  lua.rawseti(L, -2, 2);
  lua.setfield(L, -2, 'searchers');
  lua.pushvalue(L, -1);
  lua.setfield(L, lua.REGISTRYINDEX, PACKAGE);
};

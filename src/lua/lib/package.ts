import { accessSync, constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { luaL_checkstring, luaL_error, luaL_optstring } from 'fengari/src/lauxlib.js';
import {
  LUA_MULTRET,
  LUA_REGISTRYINDEX,
  LUA_TNIL,
  LUA_TSTRING,
  lua_callk,
  lua_getfield,
  lua_gettop,
  lua_newtable,
  lua_pushcfunction,
  lua_pushnil,
  lua_pushstring,
  lua_pushvalue,
  lua_rawget,
  lua_rawseti,
  lua_remove,
  type lua_State,
  lua_setfield,
  lua_settop,
  lua_tolstring,
} from 'fengari/src/lua.js';
import { canSuspend, suspend } from '../suspend.ts';
import { decodeText, encodeText, luaString, pushText } from '../values.ts';
import { compile, withoutShebang } from './load.ts';
import { pushLuaFunction, setFunctions } from './shared.ts';
import { readWholeFile } from './system-calls.ts';

const PACKAGE = 'package';
/** The interpreter finds the names of functions in there, for its messages. */
const LOADED = '_LOADED';
const PRELOAD = 'preload';

const DEFAULT_PATH = ['5.4', '5.3']
  .flatMap((version) => ['/usr/local/share/lua/', '/usr/share/lua/'].map((root) => `${root}${version}/`))
  .flatMap((root) => [`${root}?.lua`, `${root}?/init.lua`])
  .concat('./?.lua', './?/init.lua')
  .join(';');

/** Where `require` looks: LUA_PATH_5_4, LUA_PATH_5_3 or LUA_PATH, `;;` in it being the default path. */
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

const readable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};
const readableNow = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

/** Finds the first file that can be read; without one `then` gets the list of those tried, as `require` shows it. */
const search = (
  L: lua_State,
  paths: readonly string[],
  then: (L: lua_State, found: string | undefined, tried: string) => number,
): number => {
  const tried = paths.map((p) => `\n\tno file '${p}'`).join('');
  if (!canSuspend(L)) return then(L, paths.find(readableNow), tried);
  return suspend(L, (done) => {
    const look = async (): Promise<string | undefined> => {
      for (const path of paths) if (await readable(path)) return path;
      return undefined;
    };
    void look().then((found) => done((to) => then(to, found, tried)));
    return undefined;
  });
};

const searchpath = (L: lua_State): number => {
  const name = decodeText(luaL_checkstring(L, 1));
  const path = decodeText(luaL_checkstring(L, 2));
  const separator = decodeText(luaL_optstring(L, 3, luaString('.'))!);
  const replacement = decodeText(luaL_optstring(L, 4, luaString('/'))!);
  return search(L, candidates(name, path, separator, replacement), (to, found, tried) => {
    if (found !== undefined) {
      pushText(to, found);
      return 1;
    }
    lua_pushnil(to);
    pushText(to, tried);
    return 2;
  });
};

/** Libraries of machine code, or of anything but Lua, are not loaded. */
const loadlib = (L: lua_State): number => {
  luaL_checkstring(L, 1);
  luaL_checkstring(L, 2);
  lua_pushnil(L);
  pushText(L, 'dynamic libraries not enabled; only Lua files can be loaded');
  pushText(L, 'absent');
  return 3;
};

const preloadSearcher = (L: lua_State): number => {
  const name = luaL_checkstring(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, luaString(PRELOAD));
  lua_pushstring(L, name);
  if (lua_rawget(L, -2) === LUA_TNIL) pushText(L, `\n\tno field package.preload['${decodeText(name)}']`);
  return 1;
};

const fileSearcher = (L: lua_State): number => {
  const name = decodeText(luaL_checkstring(L, 1));
  lua_getfield(L, LUA_REGISTRYINDEX, luaString(PACKAGE));
  if (lua_getfield(L, -1, luaString('path')) !== LUA_TSTRING)
    return luaL_error(L, luaString("'package.path' must be a string"));
  const path = decodeText(lua_tolstring(L, -1)!);
  return search(L, candidates(name, path, '.', '/'), (to, found, tried) => {
    if (found === undefined) {
      pushText(to, tried);
      return 1;
    }
    return readWholeFile(to, encodeText(found), (at, source, problem) => {
      if (source !== undefined && compile(at, withoutShebang(source), encodeText(`@${found}`))) {
        pushText(at, found);
        return 2;
      }
      const said = source === undefined ? problem : decodeText(lua_tolstring(at, -1)!);
      return luaL_error(
        at,
        luaString('%s'),
        encodeText(`error loading module '${name}' from file '${found}':\n\t${said}`),
      );
    });
  });
};

const all = (L: lua_State): number => lua_gettop(L);

/** `require (name)`: written in Lua, so that a module may wait while it loads. */
export const requireFunction = (L: lua_State): number => {
  const name = luaL_checkstring(L, 1);
  lua_settop(L, 0);
  pushLuaFunction(L, 'require');
  lua_pushstring(L, name);
  lua_getfield(L, LUA_REGISTRYINDEX, luaString(LOADED));
  lua_getfield(L, LUA_REGISTRYINDEX, luaString(PRELOAD));
  lua_getfield(L, LUA_REGISTRYINDEX, luaString(PACKAGE));
  lua_getfield(L, -1, luaString('searchers'));
  lua_remove(L, -2);
  lua_callk(L, 4, LUA_MULTRET, 0, all);
  return all(L);
};

/** Pushes a fresh `package` table; `loaded` is on top of the stack and stays below it. */
export const pushPackage = (L: lua_State): void => {
  const loaded = lua_gettop(L);
  lua_newtable(L);
  setFunctions(L, { loadlib, searchpath });
  const set = (key: string, value: string): void => {
    pushText(L, value);
    lua_setfield(L, -2, luaString(key));
  };
  set('path', searchPath(process.env));
  set('cpath', '');
  set('config', '/\n;\n?\n!\n-\n');
  lua_pushvalue(L, loaded);
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, luaString(LOADED));
  lua_setfield(L, -2, luaString('loaded'));
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, luaString(PRELOAD));
  lua_setfield(L, -2, luaString('preload'));
  lua_newtable(L);
  lua_pushcfunction(L, preloadSearcher);
  lua_rawseti(L, -2, 1);
  lua_pushcfunction(L, fileSearcher);
  lua_rawseti(L, -2, 2);
  lua_setfield(L, -2, luaString('searchers'));
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, luaString(PACKAGE));
};

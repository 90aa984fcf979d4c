import { luaopen_base } from 'fengari/src/lbaselib.js';
import { luaopen_coroutine } from 'fengari/src/lcorolib.js';
import { luaopen_math } from 'fengari/src/lmathlib.js';
import { luaopen_string } from 'fengari/src/lstrlib.js';
import { luaH_setfrom, type Table } from 'fengari/src/ltable.js';
import { luaopen_table } from 'fengari/src/ltablib.js';
import {
  LUA_REGISTRYINDEX,
  type LuaFunction,
  lua_atnativeerror,
  lua_callk,
  lua_createtable,
  lua_getfield,
  lua_newstate,
  lua_newtable,
  lua_pop,
  lua_pushcfunction,
  lua_pushglobaltable,
  lua_pushstring,
  lua_pushvalue,
  type lua_State,
  lua_setfield,
  lua_setmetatable,
  lua_settop,
  lua_topointer,
} from 'fengari/src/lua.js';
import { luaopen_utf8 } from 'fengari/src/lutf8lib.js';
import { nativeError } from './error.ts';
import { baseFunctions } from './lib/base.ts';
import { coroutineFunctions } from './lib/coroutine.ts';
import { FILE, fileToString } from './lib/file-handles.ts';
import { LUA_SOURCE } from './lib/functions-in-lua.ts';
import { addStandardFiles, fileMethods, ioFunctions } from './lib/io.ts';
import { compile, loadText } from './lib/load.ts';
import { osFunctions } from './lib/os.ts';
import { pushPackage, requireFunction } from './lib/package.ts';
import { keepLuaFunction, setFunctions } from './lib/shared.ts';
import { char, lower, rep, reverse, upper } from './lib/string-basics.ts';
import { formatWith } from './lib/string-format.ts';
import { packFunctions } from './lib/string-pack.ts';
import { searchFunctions } from './lib/string-search.ts';
import { tableFunctions } from './lib/table.ts';
import { tonumber } from './lib/tonumber.ts';
import { utf8Functions } from './lib/utf8.ts';
import { eventsFunctions } from './modules/events.ts';
import { httpFunctions } from './modules/http.ts';
import { logFunctions } from './modules/log.ts';
import { metricsFunctions } from './modules/metrics.ts';
import { sharedstateFunctions } from './modules/sharedstate.ts';
import { syncFunctions } from './modules/sync.ts';
import { luaString } from './values.ts';

/** The library tables as they are before a script touches them; each script gets copies. */
interface Template {
  readonly base: Table;
  readonly libraries: readonly (readonly [string, Table])[];
  readonly modules: readonly (readonly [string, Table])[];
  readonly fileMethods: Table;
}

let template: Template | undefined;

const tableAt = (L: lua_State): Table => lua_topointer(L, -1) as Table;

const functionAt = (L: lua_State, name: string): LuaFunction => {
  lua_getfield(L, -1, luaString(name));
  const f = lua_topointer(L, -1) as LuaFunction;
  lua_pop(L, 1);
  return f;
};

const makeTemplate = (): Template => {
  const L = lua_newstate();
  const opened = (open: LuaFunction): void => {
    lua_settop(L, 0);
    lua_pushcfunction(L, open);
    lua_callk(L, 0, 1, 0, null);
  };
  const library = (name: string, open: LuaFunction, change: () => void = () => {}): readonly [string, Table] => {
    opened(open);
    change();
    return [name, tableAt(L)];
  };
  const module = (name: string, functions: Readonly<Record<string, LuaFunction>>): readonly [string, Table] =>
    library(name, (to) => {
      lua_newtable(to);
      setFunctions(to, functions);
      return 1;
    });
  const strings = library('string', luaopen_string, () => {
    const format = formatWith(functionAt(L, 'format'));
    setFunctions(L, { char, rep, upper, lower, reverse, format, ...packFunctions, ...searchFunctions });
  });
  const tables = library('table', luaopen_table, () =>
    setFunctions(
      L,
      tableFunctions((name) => functionAt(L, name)),
    ),
  );
  const libraries = [
    strings,
    tables,
    library('coroutine', luaopen_coroutine, () => setFunctions(L, coroutineFunctions)),
    library('math', luaopen_math),
    library('utf8', luaopen_utf8, () => setFunctions(L, utf8Functions)),
    module('os', osFunctions),
    module('io', ioFunctions),
  ];
  const modules = [
    module('log', logFunctions),
    module('events', eventsFunctions),
    module('metrics', metricsFunctions),
    module('sync', syncFunctions),
    module('sharedstate', sharedstateFunctions),
    module('http', httpFunctions),
  ];
  const methods = module('FILE', fileMethods)[1];
  makePrelude(L);
  const [, base] = library('base', luaopen_base, () =>
    setFunctions(L, { ...baseFunctions, tonumber, require: requireFunction }),
  );
  return { base, libraries, modules, fileMethods: methods };
};

/** Compiles the functions that are written in Lua, with what they use of the libraries. */
const makePrelude = (L: lua_State): void => {
  lua_settop(L, 0);
  compile(L, luaString(LUA_SOURCE), luaString('=[lua]'));
  lua_newtable(L);
  const borrow = (open: LuaFunction, names: readonly string[]): void => {
    lua_pushcfunction(L, open);
    lua_callk(L, 0, 1, 0, null);
    for (const name of names) {
      lua_getfield(L, -1, luaString(name));
      lua_setfield(L, -3, luaString(name));
    }
    lua_pop(L, 1);
  };
  borrow(luaopen_string, ['sub']);
  borrow(luaopen_table, ['concat']);
  borrow(luaopen_base, ['type', 'error', 'select', 'tostring']);
  setFunctions(L, { loadtext: loadText, find: searchFunctions.find });
  lua_callk(L, 1, 1, 0, null);
  for (const name of ['sort', 'gsub', 'load', 'require']) {
    lua_getfield(L, -1, luaString(name));
    keepLuaFunction(L, name);
    lua_pop(L, 1);
  }
};

/** Pushes a copy of a library table. Its strings and functions are shared, which a script cannot notice. */
const pushCopy = (L: lua_State, from: Table): void => {
  lua_createtable(L, 0, 0);
  fill(L, tableAt(L), from);
};
const fill = (L: lua_State, to: Table, from: Table): void => {
  for (let e = from.f; e !== undefined; e = e.n) luaH_setfrom(L, to, e.key, e.value);
};

/** A fresh interpreter state without libraries. */
export const newState = (): lua_State => {
  const L = lua_newstate();
  lua_atnativeerror(L, nativeError);
  return L;
};

/** Gives a state, whose run is known, all libraries. */
export const openLibraries = (L: lua_State): void => {
  template ??= makeTemplate();
  const { base, libraries, fileMethods: methods } = template;
  lua_pushglobaltable(L);
  fill(L, tableAt(L), base);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, luaString('_G'));
  lua_createtable(L, 0, 0);
  // Two tables from here on: the globals and, above them, package.loaded.
  const keep = (name: string): void => {
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, luaString(name));
    lua_setfield(L, 1, luaString(name));
  };
  lua_pushvalue(L, 1);
  lua_setfield(L, 2, luaString('_G'));
  pushFileMetatable(L, methods);
  for (const [name, table] of libraries) {
    pushCopy(L, table);
    if (name === 'io') addStandardFiles(L);
    if (name === 'string') setStringMetatable(L);
    keep(name);
  }
  lua_pushvalue(L, 2);
  pushPackage(L);
  lua_settop(L, 4);
  keep('package');
  lua_settop(L, 0);
};

const setStringMetatable = (L: lua_State): void => {
  lua_pushstring(L, luaString(''));
  lua_createtable(L, 0, 1);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, luaString('__index'));
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
};

const pushFileMetatable = (L: lua_State, methods: Table): void => {
  lua_createtable(L, 0, 3);
  pushCopy(L, methods);
  lua_setfield(L, -2, luaString('__index'));
  lua_pushcfunction(L, fileToString);
  lua_setfield(L, -2, luaString('__tostring'));
  lua_pushstring(L, luaString(FILE));
  lua_setfield(L, -2, luaString('__name'));
  lua_setfield(L, LUA_REGISTRYINDEX, luaString(FILE));
};

/** Sets `log`, `sync`, `sharedstate` and `http` as globals. */
export const openModules = (L: lua_State): void => {
  lua_pushglobaltable(L);
  for (const [name, table] of template!.modules) {
    pushCopy(L, table);
    lua_setfield(L, -2, luaString(name));
  }
  lua_pop(L, 1);
};

import { luaopen_base } from 'fengari/src/lbaselib.js';
import { luaopen_coroutine } from 'fengari/src/lcorolib.js';
import { luaopen_math } from 'fengari/src/lmathlib.js';
import { luaopen_string } from 'fengari/src/lstrlib.js';
import { luaH_setfrom, type Table } from 'fengari/src/ltable.js';
import { luaopen_table } from 'fengari/src/ltablib.js';
import { luaopen_utf8 } from 'fengari/src/lutf8lib.js';
import { baseFunctions } from './lib/base-functions.ts';
import { coroutineFunctions } from './lib/coroutine.ts';
import { addStandardFiles, FILE_TYPE, fileToString } from './lib/file-handles.ts';
import { keepLuaFunctions, LUA_SOURCE } from './lib/functions-in-lua.ts';
import { fileMethods, ioFunctions } from './lib/io.ts';
import { compile, loadText } from './lib/load-chunk.ts';
import { osFunctions } from './lib/os.ts';
import { pushPackage, requireFunction } from './lib/package.ts';
import { stringFunctions } from './lib/string-basics.ts';
import { formatWith } from './lib/string-format.ts';
import { packFunctions } from './lib/string-pack.ts';
import { searchFunctions } from './lib/string-search.ts';
import { tableFunctions } from './lib/table.ts';
import { utf8Functions } from './lib/utf8.ts';
import * as lua from './lua-api.ts';
import { pushText, setFunctions } from './lua-values.ts';
import { httpFunctions } from './modules/http.ts';
import { eventsFunctions, logFunctions, metricsFunctions } from './modules/reports.ts';
import { sharedstateFunctions } from './modules/sharedstate.ts';
import { syncFunctions } from './modules/sync.ts';

/** The library tables before any script changed them; each script gets copies. */
interface Template {
  readonly base: Table;
  readonly libraries: readonly (readonly [string, Table])[];
  readonly modules: readonly (readonly [string, Table])[];
  readonly fileMethods: Table;
}

let template: Template | undefined;

const tableAt = (L: lua.State): Table => lua.topointer(L, -1) as Table;

const functionAt = (L: lua.State, name: string): lua.LuaFunction => {
  lua.getfield(L, -1, name);
  const f = lua.topointer(L, -1) as lua.LuaFunction;
  lua.pop(L, 1);
  return f;
};

const makeTemplate = (): Template => {
  const L = lua.newstate();
  const opened = (open: lua.LuaFunction): void => {
    lua.settop(L, 0);
    lua.pushcfunction(L, open);
    lua.call(L, 0, 1);
  };
  const library = (name: string, open: lua.LuaFunction, change: () => void = () => {}): readonly [string, Table] => {
    opened(open);
    change();
    return [name, tableAt(L)];
  };
  const module = (name: string, functions: Readonly<Record<string, lua.LuaFunction>>): readonly [string, Table] =>
    library(name, (to) => {
      lua.newtable(to);
      setFunctions(to, functions);
      return 1;
    });
  const strings = library('string', luaopen_string, () => {
    const format = formatWith(functionAt(L, 'format'));
    setFunctions(L, { ...stringFunctions, format, ...packFunctions, ...searchFunctions });
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
  prepareLuaFunctions(L);
  const [, base] = library('base', luaopen_base, () => setFunctions(L, { ...baseFunctions, require: requireFunction }));
  return { base, libraries, modules, fileMethods: methods };
};

/** Compiles the functions that are written in Lua, with the library functions they use. */
const prepareLuaFunctions = (L: lua.State): void => {
  lua.settop(L, 0);
  compile(L, lua.literal(LUA_SOURCE), lua.literal('=[lua]'));
  lua.newtable(L);
  const borrow = (open: lua.LuaFunction, names: readonly string[]): void => {
    lua.pushcfunction(L, open);
    lua.call(L, 0, 1);
    for (const name of names) {
      lua.getfield(L, -1, name);
      lua.setfield(L, -3, name);
    }
    lua.pop(L, 1);
  };
  borrow(luaopen_string, ['sub']);
  borrow(luaopen_table, ['concat']);
  borrow(luaopen_base, ['type', 'error', 'select', 'tostring']);
  setFunctions(L, { loadtext: loadText, find: searchFunctions.find });
  lua.call(L, 1, 1);
  keepLuaFunctions(L);
};

/** Pushes a copy of a library table. Scripts share its strings and functions, which they cannot change. */
const pushCopy = (L: lua.State, from: Table): void => {
  lua.createtable(L, 0, 0);
  fill(L, tableAt(L), from);
};
const fill = (L: lua.State, to: Table, from: Table): void => {
  for (let e = from.f; e !== undefined; e = e.n) luaH_setfrom(L, to, e.key, e.value);
};

/** Called by the interpreter for an exception of JavaScript: its text becomes the Lua error. */
const pushNativeError = (L: lua.State): number => {
  const error = lua.touserdata(L, 1);
  const message = error instanceof Error ? error.message : String(error);
  if (/call stack/.test(message)) pushText(L, 'stack overflow');
  else if (/allocation|memory|Invalid (string|array|typed array)|maximum size/i.test(message))
    pushText(L, 'not enough memory');
  else pushText(L, message);
  return 1;
};

/** A new interpreter state without libraries. */
export const newState = (): lua.State => {
  const L = lua.newstate();
  lua.atnativeerror(L, pushNativeError);
  return L;
};

/** Gives a state, whose run is set, all libraries. */
export const openLibraries = (L: lua.State): void => {
  template ??= makeTemplate();
  const { base, libraries, fileMethods: methods } = template;
  lua.pushglobaltable(L);
  fill(L, tableAt(L), base);
  lua.pushvalue(L, -1);
  lua.setfield(L, -2, '_G');
  lua.createtable(L, 0, 0);
  // Two tables from here on: the globals and, above them, package.loaded.
  const keep = (name: string): void => {
    lua.pushvalue(L, -1);
    lua.setfield(L, 2, name);
    lua.setfield(L, 1, name);
  };
  lua.pushvalue(L, 1);
  lua.setfield(L, 2, '_G');
  pushFileMetatable(L, methods);
  for (const [name, table] of libraries) {
    pushCopy(L, table);
    if (name === 'io') addStandardFiles(L);
    if (name === 'string') setStringMetatable(L);
    keep(name);
  }
  lua.pushvalue(L, 2);
  pushPackage(L);
  lua.settop(L, 4);
  keep('package');
  lua.settop(L, 0);
};

const setStringMetatable = (L: lua.State): void => {
  lua.pushliteral(L, '');
  lua.createtable(L, 0, 1);
  lua.pushvalue(L, -3);
  lua.setfield(L, -2, '__index');
  lua.setmetatable(L, -2);
  lua.pop(L, 1);
};

const pushFileMetatable = (L: lua.State, methods: Table): void => {
  lua.createtable(L, 0, 3);
  pushCopy(L, methods);
  lua.setfield(L, -2, '__index');
  lua.pushcfunction(L, fileToString);
  lua.setfield(L, -2, '__tostring');
  lua.pushliteral(L, FILE_TYPE);
  lua.setfield(L, -2, '__name');
  lua.setfield(L, lua.REGISTRYINDEX, FILE_TYPE);
};

/** Sets the modules of whenever (`log`, `sync`, …) as globals. */
export const openModules = (L: lua.State): void => {
  lua.pushglobaltable(L);
  for (const [name, table] of template!.modules) {
    pushCopy(L, table);
    lua.setfield(L, -2, name);
  }
  lua.pop(L, 1);
};

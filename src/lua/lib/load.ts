import { luaL_checktype, luaL_error, luaL_optstring } from 'fengari/src/lauxlib.js';
import {
  LUA_MULTRET,
  LUA_OK,
  LUA_TFUNCTION,
  LUA_TNONE,
  lua_callk,
  lua_error,
  lua_gettop,
  lua_insert,
  lua_load,
  lua_pop,
  lua_pushcfunction,
  lua_pushnil,
  lua_pushstring,
  lua_pushvalue,
  type lua_State,
  lua_settop,
  lua_setupvalue,
  lua_tolstring,
  lua_type,
} from 'fengari/src/lua.js';
import { decodeText, luaString } from '../values.ts';
import { readWholeFile } from './system-calls.ts';

/** Compiles Lua text and leaves the function, or the message, on the stack. Precompiled chunks are refused. */
export const compile = (L: lua_State, source: Uint8Array, chunk: Uint8Array): boolean => {
  let rest: Uint8Array | null = source.length === 0 ? null : source;
  const reader = (): Uint8Array | null => {
    const part = rest;
    rest = null;
    return part;
  };
  return lua_load(L, reader, null, chunk, luaString('t')) === LUA_OK;
};

/** The text of a Lua file without a first line that is meant for the shell, whose line end stays. */
export const withoutShebang = (source: Uint8Array): Uint8Array => {
  const from = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf ? 3 : 0;
  if (source[from] !== 35) return from === 0 ? source : source.subarray(from);
  const end = source.indexOf(10, from);
  return end < 0 ? source.subarray(source.length) : source.subarray(end);
};

const loaded = (L: lua_State, ok: boolean, env: number): number => {
  if (ok) {
    if (env !== 0) {
      lua_pushvalue(L, env);
      if (lua_setupvalue(L, -2, 1) === null) lua_pop(L, 1);
    }
    return 1;
  }
  lua_pushnil(L);
  lua_insert(L, -2);
  return 2;
};

const checkMode = (L: lua_State, arg: number): boolean => {
  const mode = decodeText(luaL_optstring(L, arg, luaString('bt'))!);
  return mode.includes('t');
};

const noText = (L: lua_State): number => {
  lua_pushnil(L);
  lua_pushstring(L, luaString("attempt to load a text chunk (mode is 'b')"));
  return 2;
};

/** `load (chunk [, name [, mode [, env]]])` for a string. */
export const loadText = (L: lua_State): number => {
  const source = lua_tolstring(L, 1);
  if (source === null) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    return luaL_error(L, luaString('reader function must return a string'));
  }
  if (!checkMode(L, 3)) return noText(L);
  const env = lua_type(L, 4) === LUA_TNONE ? 0 : 4;
  return loaded(L, compile(L, source, luaL_optstring(L, 2, source)!), env);
};

const compileFile = (L: lua_State, path: Uint8Array, source: Uint8Array): boolean => {
  const chunk = new Uint8Array(path.length + 1);
  chunk[0] = 64;
  chunk.set(path, 1);
  return compile(L, withoutShebang(source), chunk);
};

/** `loadfile ([filename [, mode [, env]]])`; without a name it reads the script's empty standard input. */
export const loadFile = (L: lua_State): number => {
  const path = luaL_optstring(L, 1, null);
  const env = lua_type(L, 3) === LUA_TNONE ? 0 : 3;
  if (!checkMode(L, 2)) return noText(L);
  return readWholeFile(L, path, (to, source, problem) => {
    if (source !== undefined) return loaded(to, compileFile(to, path ?? luaString('stdin'), source), env);
    lua_pushnil(to);
    lua_pushstring(to, luaString(`cannot open ${problem}`));
    return 2;
  });
};

const called = (L: lua_State): number => lua_gettop(L) - 1;
const loadedForDofile = (L: lua_State): number => {
  lua_callk(L, 0, LUA_MULTRET, 0, called);
  return called(L);
};

/** `dofile ([filename])` */
export const doFile = (L: lua_State): number => {
  const path = luaL_optstring(L, 1, null);
  lua_settop(L, 1);
  lua_pushcfunction(L, (inner) =>
    readWholeFile(inner, path, (to, source, problem) => {
      if (source === undefined) return luaL_error(to, luaString('%s'), luaString(`cannot open ${problem}`));
      return compileFile(to, path ?? luaString('stdin'), source) ? 1 : lua_error(to);
    }),
  );
  lua_callk(L, 0, 1, 0, loadedForDofile);
  return loadedForDofile(L);
};

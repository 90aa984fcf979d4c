/**
 * The interpreter's functions under short names: `lua_X` and `luaL_X` of Lua's C API are `X` here, and take names and messages as text.
 * They are constants, because a bundle looks up what it imports from the interpreter anew in each call.
 */
import './interpreter-patches.ts';
import lauxlib from 'fengari/src/lauxlib.js';
import api, { type Continuation, type LuaFunction, type lua_State as State } from 'fengari/src/lua.js';

export type { CallInfo, TValue } from 'fengari/src/lua.js';
export { shortenForMessage } from './interpreter-patches.ts';
export type { LuaFunction, State };

export const ERRERR = api.LUA_ERRERR as number;
export const MASKCOUNT = api.LUA_MASKCOUNT as number;
export const MULTRET = api.LUA_MULTRET as number;
export const OK = api.LUA_OK as number;
export const REGISTRYINDEX = api.LUA_REGISTRYINDEX as number;
export const TBOOLEAN = api.LUA_TBOOLEAN as number;
export const TFUNCTION = api.LUA_TFUNCTION as number;
export const TNIL = api.LUA_TNIL as number;
export const TNONE = api.LUA_TNONE as number;
export const TNUMBER = api.LUA_TNUMBER as number;
export const TSTRING = api.LUA_TSTRING as number;
export const TTABLE = api.LUA_TTABLE as number;
export const YIELD = api.LUA_YIELD as number;
export const atnativeerror = api.lua_atnativeerror as (L: State, f: LuaFunction) => LuaFunction | null;
export const call = api.lua_call as (L: State, args: number, results: number) => void;
export const callk = api.lua_callk as (
  L: State,
  args: number,
  results: number,
  context: number,
  k: Continuation | null,
) => void;
export const checkstack = api.lua_checkstack as (L: State, n: number) => boolean;
export const compare = api.lua_compare as (L: State, a: number, b: number, operator: number) => boolean;
export const concat = api.lua_concat as (L: State, n: number) => void;
export const createtable = api.lua_createtable as (L: State, narr: number, nrec: number) => void;
export const error = api.lua_error as (L: State) => never;
export const geti = api.lua_geti as (L: State, index: number, i: number) => number;
export const gettable = api.lua_gettable as (L: State, index: number) => number;
export const gettop = api.lua_gettop as (L: State) => number;
export const insert = api.lua_insert as (L: State, index: number) => void;
export const isinteger = api.lua_isinteger as (L: State, index: number) => boolean;
export const isstring = api.lua_isstring as (L: State, index: number) => boolean;
export const isyieldable = api.lua_isyieldable as (L: State) => boolean;
export const load = api.lua_load as (
  L: State,
  reader: (L: State, data: null) => Uint8Array | null,
  data: null,
  chunk: Uint8Array,
  mode: Uint8Array,
) => number;
export const newstate = api.lua_newstate as () => State;
export const newtable = api.lua_newtable as (L: State) => void;
export const newthread = api.lua_newthread as (L: State) => State;
/** The userdata's own JavaScript object, to be filled. */
export const newuserdata = api.lua_newuserdata as (L: State, size: number) => Record<string, unknown>;
const lua_next = api.lua_next as (L: State, index: number) => number;
export const pcallk = api.lua_pcallk as (
  L: State,
  args: number,
  results: number,
  handler: number,
  context: number,
  k: Continuation | null,
) => number;
export const pop = api.lua_pop as (L: State, n: number) => void;
export const pushcclosure = api.lua_pushcclosure as (L: State, f: LuaFunction, upvalues: number) => void;
export const pushglobaltable = api.lua_pushglobaltable as (L: State) => void;
export const pushthread = api.lua_pushthread as (L: State) => boolean;
export const rawget = api.lua_rawget as (L: State, index: number) => number;
export const rawset = api.lua_rawset as (L: State, index: number) => void;
export const rawseti = api.lua_rawseti as (L: State, index: number, n: number) => void;
export const remove = api.lua_remove as (L: State, index: number) => void;
export const resume = api.lua_resume as (L: State, from: State | null, args: number) => number;
export const rotate = api.lua_rotate as (L: State, index: number, n: number) => void;
export const sethook = api.lua_sethook as (
  L: State,
  hook: ((L: State) => void) | null,
  mask: number,
  count: number,
) => void;
export const seti = api.lua_seti as (L: State, index: number, i: number) => void;
export const setmetatable = api.lua_setmetatable as (L: State, index: number) => void;
export const settop = api.lua_settop as (L: State, top: number) => void;
export const setupvalue = api.lua_setupvalue as (L: State, index: number, n: number) => Uint8Array | null;
const lua_status = api.lua_status as (L: State) => number;
export const stringtonumber = api.lua_stringtonumber as (L: State, s: Uint8Array) => number;
export const toboolean = api.lua_toboolean as (L: State, index: number) => boolean;
export const tointegerx = api.lua_tointegerx as (L: State, index: number) => number | false;
export const tolstring = api.lua_tolstring as (L: State, index: number) => Uint8Array | null;
export const tonumberx = api.lua_tonumberx as (L: State, index: number) => number | false;
/** The JavaScript object behind a table or function. */
export const topointer = api.lua_topointer as (L: State, index: number) => unknown;
export const tothread = api.lua_tothread as (L: State, index: number) => State | null;
export const touserdata = api.lua_touserdata as (L: State, index: number) => unknown;
export const type = api.lua_type as (L: State, index: number) => number;
export const typename = api.lua_typename as (L: State, type: number) => Uint8Array;
export const upvalueindex = api.lua_upvalueindex as (n: number) => number;
export const xmove = api.lua_xmove as (from: State, to: State, n: number) => void;
export const yieldk = api.lua_yieldk as (L: State, results: number, context: number, k: Continuation | null) => number;

export { lua_next as next, lua_status as status };

export const checkany = lauxlib.luaL_checkany as (L: State, arg: number) => void;
export const checkinteger = lauxlib.luaL_checkinteger as (L: State, arg: number) => number;
export const checknumber = lauxlib.luaL_checknumber as (L: State, arg: number) => number;
export const checkstring = lauxlib.luaL_checkstring as (L: State, arg: number) => Uint8Array;
export const checktype = lauxlib.luaL_checktype as (L: State, arg: number, type: number) => void;
export const len = lauxlib.luaL_len as (L: State, index: number) => number;
export const optinteger = lauxlib.luaL_optinteger as (L: State, arg: number, fallback: number) => number;
export const optnumber = lauxlib.luaL_optnumber as (L: State, arg: number, fallback: number) => number;
/** Pushes what `tostring` shows of a value, and returns it. */
export const tostring = lauxlib.luaL_tolstring as (L: State, index: number) => Uint8Array;
export const where = lauxlib.luaL_where as (L: State, level: number) => void;

const luaL_argerror = lauxlib.luaL_argerror as (L: State, arg: number, message: Uint8Array) => never;
const luaL_checkstack = lauxlib.luaL_checkstack as (L: State, n: number, message: Uint8Array) => void;
const luaL_checkudata = lauxlib.luaL_checkudata as (L: State, arg: number, name: Uint8Array) => unknown;
const luaL_error = lauxlib.luaL_error as (L: State, format: Uint8Array, ...args: unknown[]) => never;
const luaL_getmetafield = lauxlib.luaL_getmetafield as (L: State, index: number, name: Uint8Array) => number;
const luaL_setmetatable = lauxlib.luaL_setmetatable as (L: State, name: Uint8Array) => void;
const luaL_testudata = lauxlib.luaL_testudata as (L: State, arg: number, name: Uint8Array) => unknown;
const lua_getfield = api.lua_getfield as (L: State, index: number, key: Uint8Array) => number;
const lua_setfield = api.lua_setfield as (L: State, index: number, key: Uint8Array) => void;

const encoder = new TextEncoder();
const literals = new Map<string, Uint8Array>();

/** The bytes of a text of the program itself, made once. */
export const literal = (text: string): Uint8Array => {
  let made = literals.get(text);
  if (made === undefined) {
    made = encoder.encode(text);
    literals.set(text, made);
  }
  return made;
};

/** Raises an error with the position of the script in front. */
export const raise = (L: State, message: string): never => luaL_error(L, literal('%s'), encoder.encode(message));

export const argerror = (L: State, arg: number, message: string): never =>
  luaL_argerror(L, arg, encoder.encode(message));

export const argcheck = (L: State, ok: boolean, arg: number, message: string): void => {
  if (!ok) argerror(L, arg, message);
};

export const isnoneornil = (L: State, arg: number): boolean => type(L, arg) <= TNIL;

export const optstring = (L: State, arg: number, fallback: string): Uint8Array =>
  isnoneornil(L, arg) ? literal(fallback) : checkstring(L, arg);

/** Makes room for more values, or raises an error. */
export const needstack = (L: State, n: number, message: string): void => luaL_checkstack(L, n, literal(message));

const lua_pushboolean = api.lua_pushboolean as (L: State, b: boolean | number) => void;
const lua_pushcfunction = api.lua_pushcfunction as (L: State, f: LuaFunction) => void;
const lua_pushinteger = api.lua_pushinteger as (L: State, n: number) => void;
const lua_pushnil = api.lua_pushnil as (L: State) => void;
const lua_pushnumber = api.lua_pushnumber as (L: State, n: number) => void;
const lua_pushstring = api.lua_pushstring as (L: State, s: Uint8Array) => Uint8Array;
const lua_pushvalue = api.lua_pushvalue as (L: State, index: number) => void;

// Functions that push one value return 1: most library functions end with one of them, and return the number of their results.

export const pushboolean = (L: State, b: boolean): number => {
  lua_pushboolean(L, b);
  return 1;
};

export const pushcfunction = (L: State, f: LuaFunction): number => {
  lua_pushcfunction(L, f);
  return 1;
};

export const pushinteger = (L: State, n: number): number => {
  lua_pushinteger(L, n);
  return 1;
};

export const pushnil = (L: State): number => {
  lua_pushnil(L);
  return 1;
};

export const pushnumber = (L: State, n: number): number => {
  lua_pushnumber(L, n);
  return 1;
};

export const pushstring = (L: State, s: Uint8Array): number => {
  lua_pushstring(L, s);
  return 1;
};

export const pushvalue = (L: State, index: number): number => {
  lua_pushvalue(L, index);
  return 1;
};

export const pushliteral = (L: State, text: string): number => pushstring(L, literal(text));

export const getfield = (L: State, index: number, key: string): number => lua_getfield(L, index, literal(key));

export const setfield = (L: State, index: number, key: string): void => lua_setfield(L, index, literal(key));

/** Gives the userdata on top of the stack the metatable that is registered under a name. */
export const setnamedmetatable = (L: State, name: string): void => luaL_setmetatable(L, literal(name));

export const checkudata = (L: State, arg: number, name: string): unknown => luaL_checkudata(L, arg, literal(name));

export const testudata = (L: State, arg: number, name: string): unknown => luaL_testudata(L, arg, literal(name));

export const getmetafield = (L: State, index: number, name: string): number =>
  luaL_getmetafield(L, index, literal(name));

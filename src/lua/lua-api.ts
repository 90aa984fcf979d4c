/**
 * The interpreter's functions under short names: `lua_X` and `luaL_X` of Lua's C API are `X` here, and take names and messages as text.
 * They are constants, because a bundle looks up what it imports from the interpreter anew in each call.
 */

import * as lauxlib from 'fengari/src/lauxlib.js';
import * as api from 'fengari/src/lua.js';
import { shortenForMessage } from './interpreter-patches.ts';

export type { CallInfo, LuaFunction, lua_State as State, TValue } from 'fengari/src/lua.js';

export { shortenForMessage };

type State = api.lua_State;

export const {
  LUA_ERRERR: ERRERR,
  LUA_MASKCOUNT: MASKCOUNT,
  LUA_MULTRET: MULTRET,
  LUA_OK: OK,
  LUA_REGISTRYINDEX: REGISTRYINDEX,
  LUA_TBOOLEAN: TBOOLEAN,
  LUA_TFUNCTION: TFUNCTION,
  LUA_TNIL: TNIL,
  LUA_TNONE: TNONE,
  LUA_TNUMBER: TNUMBER,
  LUA_TSTRING: TSTRING,
  LUA_TTABLE: TTABLE,
  LUA_YIELD: YIELD,
  lua_atnativeerror: atnativeerror,
  lua_call: call,
  lua_callk: callk,
  lua_checkstack: checkstack,
  lua_compare: compare,
  lua_concat: concat,
  lua_createtable: createtable,
  lua_error: error,
  lua_geti: geti,
  lua_gettable: gettable,
  lua_gettop: gettop,
  lua_insert: insert,
  lua_isinteger: isinteger,
  lua_isstring: isstring,
  lua_isyieldable: isyieldable,
  lua_load: load,
  lua_newstate: newstate,
  lua_newtable: newtable,
  lua_newthread: newthread,
  lua_newuserdata: newuserdata,
  lua_next: next,
  lua_pcallk: pcallk,
  lua_pop: pop,
  lua_pushcclosure: pushcclosure,
  lua_pushglobaltable: pushglobaltable,
  lua_pushthread: pushthread,
  lua_rawget: rawget,
  lua_rawset: rawset,
  lua_rawseti: rawseti,
  lua_remove: remove,
  lua_resume: resume,
  lua_rotate: rotate,
  lua_sethook: sethook,
  lua_seti: seti,
  lua_setmetatable: setmetatable,
  lua_settop: settop,
  lua_setupvalue: setupvalue,
  lua_status: status,
  lua_stringtonumber: stringtonumber,
  lua_toboolean: toboolean,
  lua_tointegerx: tointegerx,
  lua_tolstring: tolstring,
  lua_tonumberx: tonumberx,
  lua_topointer: topointer,
  lua_tothread: tothread,
  lua_touserdata: touserdata,
  lua_type: type,
  lua_typename: typename,
  lua_upvalueindex: upvalueindex,
  lua_xmove: xmove,
  lua_yieldk: yieldk,
} = api;

export const {
  luaL_checkany: checkany,
  luaL_checkinteger: checkinteger,
  luaL_checknumber: checknumber,
  luaL_checkstring: checkstring,
  luaL_checktype: checktype,
  luaL_len: len,
  luaL_optinteger: optinteger,
  luaL_optnumber: optnumber,
  /** Pushes what `tostring` shows of a value, and returns it. */
  luaL_tolstring: tostring,
  luaL_where: where,
} = lauxlib;

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
export const raise = (L: State, message: string): never =>
  lauxlib.luaL_error(L, literal('%s'), encoder.encode(message));

export const argerror = (L: State, arg: number, message: string): never =>
  lauxlib.luaL_argerror(L, arg, encoder.encode(message));

export const argcheck = (L: State, ok: boolean, arg: number, message: string): void => {
  if (!ok) argerror(L, arg, message);
};

export const isnoneornil = (L: State, arg: number): boolean => type(L, arg) <= TNIL;

export const optstring = (L: State, arg: number, fallback: string): Uint8Array =>
  isnoneornil(L, arg) ? literal(fallback) : checkstring(L, arg);

/** Makes room for more values, or raises an error. */
export const needstack = (L: State, n: number, message: string): void =>
  lauxlib.luaL_checkstack(L, n, literal(message));

const {
  lua_pushboolean,
  lua_pushcfunction,
  lua_pushinteger,
  lua_pushnil,
  lua_pushnumber,
  lua_pushstring,
  lua_pushvalue,
} = api;

// Functions that push one value return 1: most library functions end with one of them, and return the number of their results.

export const pushboolean = (L: State, b: boolean): number => {
  lua_pushboolean(L, b);
  return 1;
};

export const pushcfunction = (L: State, f: api.LuaFunction): number => {
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

export const getfield = (L: State, index: number, key: string): number => api.lua_getfield(L, index, literal(key));

export const setfield = (L: State, index: number, key: string): void => api.lua_setfield(L, index, literal(key));

/** Gives the userdata on top of the stack the metatable that is registered under a name. */
export const setnamedmetatable = (L: State, name: string): void => lauxlib.luaL_setmetatable(L, literal(name));

export const checkudata = (L: State, arg: number, name: string): unknown =>
  lauxlib.luaL_checkudata(L, arg, literal(name));

export const testudata = (L: State, arg: number, name: string): unknown =>
  lauxlib.luaL_testudata(L, arg, literal(name));

export const getmetafield = (L: State, index: number, name: string): number =>
  lauxlib.luaL_getmetafield(L, index, literal(name));

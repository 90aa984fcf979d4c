import { luaL_checkany, luaL_checktype } from 'fengari/src/lauxlib.js';
import {
  LUA_ERRERR,
  LUA_MULTRET,
  LUA_OK,
  LUA_TFUNCTION,
  LUA_YIELD,
  lua_gettop,
  lua_insert,
  lua_pcallk,
  lua_pushboolean,
  lua_pushvalue,
  lua_rotate,
  type lua_State,
} from 'fengari/src/lua.js';
import { overflowed } from '../overflow.ts';

/**
 * After an error that was caught in a coroutine the interpreter leaves hooks switched off there, and nothing could stop
 * `while true do pcall(error) end` any more: switch them on again.
 */
const finish = (L: lua_State, status: number, skip: number): number => {
  L.allowhook = 1;
  if (status === LUA_OK || status === LUA_YIELD) return lua_gettop(L) - skip;
  // An overflow while one is handled has no message of its own.
  if (status === LUA_ERRERR) overflowed(L);
  lua_pushboolean(L, false);
  lua_pushvalue(L, -2);
  return 2;
};

/** `pcall (f, ···)` */
export const pcall = (L: lua_State): number => {
  luaL_checkany(L, 1);
  lua_pushboolean(L, true);
  lua_insert(L, 1);
  return finish(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish), 0);
};

/** `xpcall (f, handler, ···)` */
export const xpcall = (L: lua_State): number => {
  const n = lua_gettop(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushboolean(L, true);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);
  return finish(L, lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, finish), 2);
};

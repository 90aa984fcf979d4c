import {
  type LuaFunction,
  lua_pushcfunction,
  lua_pushnil,
  lua_pushstring,
  lua_rawset,
  type lua_State,
  lua_topointer,
} from 'fengari/src/lua.js';
import { luaString } from '../values.ts';

/** Functions written in Lua, by name; closures without variables that a script could reach. */
const functions = new Map<string, unknown>();

/** Keeps the function on top of the stack for all scripts. */
export const keepLuaFunction = (L: lua_State, name: string): void => {
  functions.set(name, lua_topointer(L, -1));
};

/** Pushes a function that is written in Lua. */
export const pushLuaFunction = (L: lua_State, name: string): void => {
  lua_pushnil(L);
  L.stack[L.top - 1]!.setclLvalue(functions.get(name));
};

/** Sets functions in the table on top of the stack. */
export const setFunctions = (L: lua_State, table: Readonly<Record<string, LuaFunction>>): void => {
  for (const [name, f] of Object.entries(table)) {
    lua_pushstring(L, luaString(name));
    lua_pushcfunction(L, f);
    lua_rawset(L, -3);
  }
};

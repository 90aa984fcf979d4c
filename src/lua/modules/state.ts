import {
  LUA_TSTRING,
  LUA_TTABLE,
  lua_next,
  lua_pop,
  lua_pushnil,
  type lua_State,
  lua_tolstring,
  lua_type,
  lua_typename,
} from 'fengari/src/lua.js';
import type { Entries, Stored } from '../protocol.ts';
import { isIdentifier, storable, strictText, text } from '../values.ts';

/** A table's entries, or why they cannot be stored. */
export type Reading = { readonly entries: Entries } | { readonly bad: 'key' | 'value'; readonly reason: string };

const shownKey = (L: lua_State): string => {
  const type = lua_type(L, -2);
  return type === LUA_TSTRING ? JSON.stringify(text(lua_tolstring(L, -2)!)) : `a ${text(lua_typename(L, type))}`;
};

/**
 * Reads the table at `index`, which has to be positive.
 * @param keyOf the key at -2 as an identifier, or undefined
 */
export const readTable = (
  L: lua_State,
  index: number,
  keyOf: (L: lua_State) => string | undefined = plainKey,
): Reading => {
  const entries: [string, Stored][] = [];
  lua_pushnil(L);
  while (lua_next(L, index) !== 0) {
    const key = keyOf(L);
    if (key === undefined || !isIdentifier(key)) {
      const reason = `${shownKey(L)} as key is not an identifier`;
      lua_pop(L, 2);
      return { bad: 'key', reason };
    }
    const value = storable(L, -1);
    if (value === undefined) {
      const reason = `${key} is a ${text(lua_typename(L, lua_type(L, -1)))}: only strings, booleans and numbers can be stored`;
      lua_pop(L, 2);
      return { bad: 'value', reason };
    }
    entries.push([key, value]);
    lua_pop(L, 1);
  }
  return { entries };
};

/** Keys that are strings. */
export const plainKey = (L: lua_State): string | undefined =>
  lua_type(L, -2) === LUA_TSTRING ? strictText(lua_tolstring(L, -2)!) : undefined;

/** What the value at `index` is as a private state. */
export const readState = (L: lua_State, index: number): Reading => {
  const type = lua_type(L, index);
  if (type !== LUA_TTABLE) return { bad: 'value', reason: `state is a ${text(lua_typename(L, type))}, no table` };
  return readTable(L, index);
};

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
import { decodeStrictly, decodeText, isIdentifier, storable } from '../values.ts';
import type { StoredEntries, StoredValue } from '../worker-messages.ts';

/** A table's entries, or why they cannot be stored. */
export type TableContents =
  | { readonly entries: StoredEntries }
  | { readonly bad: 'key' | 'value'; readonly reason: string };

const shownKey = (L: lua_State): string => {
  const type = lua_type(L, -2);
  return type === LUA_TSTRING
    ? JSON.stringify(decodeText(lua_tolstring(L, -2)!))
    : `a ${decodeText(lua_typename(L, type))}`;
};

/**
 * Reads the table at `index`, which has to be positive.
 * @param keyOf the key at -2 as an identifier, or undefined
 */
export const readTable = (
  L: lua_State,
  index: number,
  keyOf: (L: lua_State) => string | undefined = plainKey,
): TableContents => {
  const entries: [string, StoredValue][] = [];
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
      const reason = `${key} is a ${decodeText(lua_typename(L, lua_type(L, -1)))}: only strings, booleans and numbers can be stored`;
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
  lua_type(L, -2) === LUA_TSTRING ? decodeStrictly(lua_tolstring(L, -2)!) : undefined;

/** What the value at `index` is as a private state. */
export const readState = (L: lua_State, index: number): TableContents => {
  const type = lua_type(L, index);
  if (type !== LUA_TTABLE) return { bad: 'value', reason: `state is a ${decodeText(lua_typename(L, type))}, no table` };
  return readTable(L, index);
};

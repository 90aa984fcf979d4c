import lstring from 'fengari/src/lstring.js';
import type { LuaScalar } from '../core/ports.ts';
import { isIdentifier } from './identifier.ts';
import * as lua from './lua-api.ts';
import { decodeStrictly, decodeText, encodeText } from './lua-bytes.ts';
import type { StoredEntries, StoredValue } from './worker-messages.ts';

export { decodeLatin1, decodeStrictly, decodeText, encodeText } from './lua-bytes.ts';

/** The name of the type of a value. */
export const typeName = (L: lua.State, index: number): string => decodeText(lua.typename(L, lua.type(L, index)));

/** Pushes a text; like all functions that push one value, it returns 1, the number of results. */
export const pushText = (L: lua.State, s: string): number => lua.pushstring(L, encodeText(s));

/** Pushes bytes that nothing else refers to, without the copy the interpreter would make. */
export const pushOwned = (L: lua.State, s: Uint8Array): number => {
  lua.pushnil(L);
  L.stack[L.top - 1]!.setsvalue(lstring.luaS_bless(L, s));
  return 1;
};

/** The largest Lua integer, which has 32 bits here. */
export const MAX_INTEGER = 2147483647;

/** Pushes a whole number: an integer where 32 bits hold it, else a float that is exact to 2⁵³. */
export const pushWhole = (L: lua.State, n: number): number =>
  n >= -MAX_INTEGER - 1 && n <= MAX_INTEGER ? lua.pushinteger(L, n) : lua.pushnumber(L, n);

/** Pushes a value of the configuration or of a state. */
export const pushValue = (L: lua.State, value: LuaScalar | StoredValue): number => {
  if (typeof value === 'string') return pushText(L, value);
  if (typeof value === 'boolean') return lua.pushboolean(L, value);
  if (typeof value === 'bigint') return pushWhole(L, Number(value));
  return typeof value === 'number' ? lua.pushnumber(L, value) : lua.pushstring(L, value);
};

/** Pushes a new table with the entries. */
export const pushEntries = (L: lua.State, entries: StoredEntries): number => {
  lua.createtable(L, 0, entries.length);
  for (const [key, value] of entries) {
    pushText(L, key);
    pushValue(L, value);
    lua.rawset(L, -3);
  }
  return 1;
};

/** How deep a table may be nested: what is deeper is nil. */
const DEEPEST = 100;

/** Pushes what JSON can hold: objects and lists as new tables, null as nil, whole numbers as integers where they fit. */
export const pushJson = (L: lua.State, value: unknown, depth = 0): number => {
  if (typeof value === 'string' || typeof value === 'boolean') return pushValue(L, value);
  if (typeof value === 'number')
    return Number.isInteger(value) && !Object.is(value, -0) ? pushWhole(L, value) : lua.pushnumber(L, value);
  if (typeof value !== 'object' || value === null || depth > DEEPEST || !lua.checkstack(L, 3)) {
    lua.pushnil(L);
    return 1;
  }
  const list = Array.isArray(value);
  lua.newtable(L);
  for (const [key, one] of Object.entries(value)) {
    if (list) lua.pushinteger(L, Number(key) + 1);
    else pushText(L, key);
    pushJson(L, one, depth + 1);
    lua.rawset(L, -3);
  }
  return 1;
};

/** Sets functions in the table on top of the stack. */
export const setFunctions = (L: lua.State, table: Readonly<Record<string, lua.LuaFunction>>): void => {
  for (const [name, f] of Object.entries(table)) {
    lua.pushliteral(L, name);
    lua.pushcfunction(L, f);
    lua.rawset(L, -3);
  }
};

/** An argument for a position in a text, from 1 on; negative ones count from the end. */
export const positionAt = (L: lua.State, arg: number, fallback: number, length: number): number => {
  const n = lua.optinteger(L, arg, fallback);
  return n >= 0 ? n : Math.max(0, length + n + 1);
};

/** Returns the argument as such a name, '' if it is not one. */
export const identifierAt = (L: lua.State, arg: number): string => {
  const name = decodeStrictly(lua.checkstring(L, arg)) ?? '';
  return isIdentifier(name) ? name : '';
};

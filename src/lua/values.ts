import lstring from 'fengari/src/lstring.js';
import type { lua_State } from 'fengari/src/lua.js';
import type { LuaScalar } from '../core/ports.ts';
import {
  LUA_TBOOLEAN,
  LUA_TNUMBER,
  LUA_TSTRING,
  lua_createtable,
  lua_isinteger,
  lua_pushboolean,
  lua_pushinteger,
  lua_pushnil,
  lua_pushnumber,
  lua_pushstring,
  lua_rawset,
  lua_toboolean,
  lua_tolstring,
  lua_tonumberx,
  lua_type,
} from './api.ts';
import { countWork } from './effort.ts';
import type { StoredEntries, StoredValue } from './worker-messages.ts';

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as the bytes of a Lua string. */
export const encodeText = (text: string): Uint8Array => encoder.encode(text);

const kept = new Map<string, Uint8Array>();
/** {@link encodeText} of a word of the program's own, made once. */
export const luaString = (text: string): Uint8Array => {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const made = encoder.encode(text);
  kept.set(text, made);
  return made;
};

/** The bytes of a Lua string as text; what is not UTF-8 becomes U+FFFD. */
export const decodeText = (s: Uint8Array): string => {
  countWork(s.length);
  return Buffer.from(s.buffer, s.byteOffset, s.byteLength).toString('utf8');
};

/** The bytes of a Lua string as text, or undefined when they are not UTF-8. */
export const decodeStrictly = (s: Uint8Array): string | undefined => {
  countWork(s.length);
  try {
    return strict.decode(s);
  } catch {
    return undefined;
  }
};

/** Pushes text. */
export const pushText = (L: lua_State, s: string): void => {
  lua_pushstring(L, encodeText(s));
};

/** Pushes bytes that nobody else holds, without the copy the interpreter would make. */
export const pushOwned = (L: lua_State, s: Uint8Array): void => {
  lua_pushnil(L);
  L.stack[L.top - 1]!.setsvalue(lstring.luaS_bless(L, s));
};

const MAX_INTEGER = 2147483647;
const fits = (n: number): boolean => n >= -MAX_INTEGER - 1 && n <= MAX_INTEGER;

/** Pushes a whole number: an integer where 32 bits hold it, else a float that is exact to 2⁵³. */
export const pushWhole = (L: lua_State, n: number): void => {
  if (fits(n)) lua_pushinteger(L, n);
  else lua_pushnumber(L, n);
};

/** Pushes a value of the configuration or of a state. */
export const pushValue = (L: lua_State, value: LuaScalar | StoredValue): void => {
  if (typeof value === 'string') pushText(L, value);
  else if (typeof value === 'boolean') lua_pushboolean(L, value);
  else if (typeof value === 'bigint') pushWhole(L, Number(value));
  else if (typeof value === 'number') lua_pushnumber(L, value);
  else lua_pushstring(L, value);
};

/** Pushes a new table with the entries. */
export const pushEntries = (L: lua_State, entries: StoredEntries): void => {
  lua_createtable(L, 0, entries.length);
  for (const [key, value] of entries) {
    pushText(L, key);
    pushValue(L, value);
    lua_rawset(L, -3);
  }
};

/** The value at `index` if a state can hold it. Strings are copied. */
export const storable = (L: lua_State, index: number): StoredValue | undefined => {
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
      return lua_toboolean(L, index);
    case LUA_TSTRING:
      return lua_tolstring(L, index)!.slice();
    case LUA_TNUMBER: {
      const n = lua_tonumberx(L, index) as number;
      return lua_isinteger(L, index) ? BigInt(n) : n;
    }
    default:
      return undefined;
  }
};

/** Names of locks, of shared states and of state keys. */
export const isIdentifier = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);

/** A stored value as a record shows it. */
export const shownStored = (value: StoredValue): string =>
  value instanceof Uint8Array ? JSON.stringify(decodeText(value)) : Object.is(value, -0) ? '-0' : String(value);

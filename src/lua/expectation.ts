import {
  LUA_TNUMBER,
  LUA_TSTRING,
  lua_pop,
  lua_pushglobaltable,
  lua_pushstring,
  lua_pushvalue,
  lua_rawget,
  type lua_State,
  lua_stringtonumber,
  lua_toboolean,
  lua_tolstring,
  lua_tonumberx,
  lua_type,
} from 'fengari/src/lua.js';
import type { LuaComparison, LuaScalar } from '../core/ports.ts';
import { decodeStrictly, encodeText } from './values.ts';

type Result = LuaComparison['result'];

const same = (equal: boolean): Result => (equal ? 'equal' : 'different');

const compareText = (L: lua_State, expected: string): Result => {
  const type = lua_type(L, -1);
  if (type !== LUA_TSTRING && type !== LUA_TNUMBER) return 'missing';
  lua_pushvalue(L, -1);
  const actual = decodeStrictly(lua_tolstring(L, -1)!);
  lua_pop(L, 1);
  return actual === undefined ? 'missing' : same(actual === expected);
};

const compareNumber = (L: lua_State, expected: number): Result => {
  const type = lua_type(L, -1);
  if (type === LUA_TNUMBER) return same(lua_tonumberx(L, -1) === expected);
  if (type !== LUA_TSTRING) return 'missing';
  const s = lua_tolstring(L, -1)!;
  const size = lua_stringtonumber(L, s);
  if (size === 0) return 'missing';
  const actual = lua_tonumberx(L, -1);
  lua_pop(L, 1);
  return size === s.length + 1 ? same(actual === expected) : 'missing';
};

/** Compares globals with what is expected of them, each converted to the type of the expectation. */
export const compareExpectations = (L: lua_State, expected: Readonly<Record<string, LuaScalar>>): LuaComparison[] =>
  Object.entries(expected).map(([name, value]) => {
    lua_pushglobaltable(L);
    lua_pushstring(L, encodeText(name));
    lua_rawget(L, -2);
    const result =
      typeof value === 'string'
        ? compareText(L, value)
        : typeof value === 'boolean'
          ? same(lua_toboolean(L, -1) === value)
          : compareNumber(L, Number(value));
    lua_pop(L, 2);
    return { name, result };
  });

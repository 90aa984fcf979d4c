import {
  LUA_TBOOLEAN,
  LUA_TNIL,
  LUA_TNUMBER,
  LUA_TSTRING,
  LUA_TTABLE,
  lua_checkstack,
  lua_gettop,
  lua_next,
  lua_pop,
  lua_pushnil,
  lua_pushvalue,
  type lua_State,
  lua_toboolean,
  lua_tolstring,
  lua_tonumberx,
  lua_topointer,
  lua_type,
  lua_typename,
} from 'fengari/src/lua.js';
import type { Json } from '../../journal/fact.ts';
import { LARGEST } from '../../journal/json.ts';
import { EventError } from '../../journal/ledger.ts';
import { decodeStrictly, decodeText } from '../values.ts';

/** How deep tables may be nested. */
const DEEPEST = 64;
/** Values in all tables together. */
const MOST_VALUES = 20_000;

/** Bytes of more characters than a value may have. */
const MOST_BYTES = 4 * LARGEST;

/** What a walk through a value remembers. */
interface Walk {
  readonly path: unknown[];
  readonly anyNumber: boolean;
  count: number;
  /** Of all texts so far. */
  bytes: number;
}

const textAt = (L: lua_State, index: number, where: string, walk: Walk): string => {
  const source = lua_tolstring(L, index)!;
  walk.bytes += source.length;
  if (walk.bytes > MOST_BYTES) throw new EventError(`cannot be stored: larger than ${LARGEST} characters`);
  const found = decodeStrictly(source);
  if (found === undefined) throw new EventError(`cannot be stored: ${where} is a string that is not UTF-8`);
  return found;
};

/** The table on top of the stack: a list when its keys are 1 to n, else an object; an empty one is an object. */
const tableAt = (L: lua_State, where: string, walk: Walk): Json => {
  const self = lua_topointer(L, -1);
  if (walk.path.includes(self)) throw new EventError(`cannot be stored: ${where} is part of itself`);
  if (walk.path.length === DEEPEST || !lua_checkstack(L, 4))
    throw new EventError(`cannot be stored: ${where} is nested deeper than ${DEEPEST}`);
  walk.path.push(self);
  const list: Json[] = [];
  const entries: [string, Json][] = [];
  const index = lua_gettop(L);
  let size = 0;
  lua_pushnil(L);
  while (lua_next(L, index) !== 0) {
    const type = lua_type(L, -2);
    if (type === LUA_TSTRING) {
      const key = textAt(L, -2, `a key of ${where}`, walk);
      entries.push([key, valueAt(L, `${where}.${key}`, walk)]);
    } else if (type === LUA_TNUMBER) {
      const n = lua_tonumberx(L, -2) as number;
      list[n - 1] = valueAt(L, `${where}[${n}]`, walk);
      size += 1;
    } else throw new EventError(`cannot be stored: a key of ${where} is a ${decodeText(lua_typename(L, type))}`);
    lua_pop(L, 1);
  }
  walk.path.pop();
  if (size > 0 && (entries.length > 0 || list.length !== size || Object.keys(list).length !== size))
    throw new EventError(`cannot be stored: ${where} is neither a list from 1 on nor a table with names`);
  return size > 0 ? list : Object.fromEntries(entries);
};

/** The value on top of the stack. @throws EventError for what JSON cannot hold. */
const valueAt = (L: lua_State, where: string, walk: Walk): Json => {
  walk.count += 1;
  if (walk.count > MOST_VALUES) throw new EventError(`cannot be stored: more than ${MOST_VALUES} values`);
  const type = lua_type(L, -1);
  switch (type) {
    case LUA_TNIL:
      return null;
    case LUA_TBOOLEAN:
      return lua_toboolean(L, -1);
    case LUA_TNUMBER: {
      const n = lua_tonumberx(L, -1) as number;
      if (!walk.anyNumber && !Number.isFinite(n)) throw new EventError(`cannot be stored: ${where} is the number ${n}`);
      return n;
    }
    case LUA_TSTRING:
      return textAt(L, -1, where, walk);
    case LUA_TTABLE:
      return tableAt(L, where, walk);
    default:
      throw new EventError(`cannot be stored: ${where} is a ${decodeText(lua_typename(L, type))}`);
  }
};

/**
 * An argument of a function as a value that JSON can hold; `where` is what errors call it. `anyNumber`: NaN and infinite ones too.
 * @throws EventError for what JSON cannot hold.
 */
export const jsonAt = (L: lua_State, argument: number, where: string, anyNumber = false): Json => {
  lua_pushvalue(L, argument);
  const value = valueAt(L, where, { path: [], anyNumber, count: 0, bytes: 0 });
  lua_pop(L, 1);
  return value;
};

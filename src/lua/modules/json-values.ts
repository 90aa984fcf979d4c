import type { Json } from '../../journal/fact.ts';
import { LARGEST } from '../../journal/json.ts';
import { EventError } from '../../journal/ledger.ts';
import * as lua from '../lua-api.ts';
import { decodeStrictly, typeName } from '../lua-values.ts';

/** How deep tables may be nested. */
const DEEPEST = 64;
/** Values in all tables together. */
const MOST_VALUES = 20_000;

/** Bytes of more characters than a value may have. */
const MOST_BYTES = 4 * LARGEST;

/** The state of a walk through a value. */
interface Walk {
  readonly path: unknown[];
  readonly anyNumber: boolean;
  count: number;
  /** Of all texts so far. */
  bytes: number;
}

const textAt = (L: lua.State, index: number, where: string, walk: Walk): string => {
  const source = lua.tolstring(L, index)!;
  walk.bytes += source.length;
  if (walk.bytes > MOST_BYTES) throw new EventError(`cannot be stored: larger than ${LARGEST} characters`);
  const found = decodeStrictly(source);
  if (found === undefined) throw new EventError(`cannot be stored: ${where} is a string that is not UTF-8`);
  return found;
};

/** The table on top of the stack: a list when its keys are 1 to n, else an object; an empty one is an object. */
const tableAt = (L: lua.State, where: string, walk: Walk): Json => {
  const self = lua.topointer(L, -1);
  if (walk.path.includes(self)) throw new EventError(`cannot be stored: ${where} is part of itself`);
  if (walk.path.length === DEEPEST || !lua.checkstack(L, 4))
    throw new EventError(`cannot be stored: ${where} is nested deeper than ${DEEPEST}`);
  walk.path.push(self);
  const list: Json[] = [];
  const entries: [string, Json][] = [];
  const index = lua.gettop(L);
  let size = 0;
  lua.pushnil(L);
  while (lua.next(L, index) !== 0) {
    const type = lua.type(L, -2);
    if (type === lua.TSTRING) {
      const key = textAt(L, -2, `a key of ${where}`, walk);
      entries.push([key, valueAt(L, `${where}.${key}`, walk)]);
    } else if (type === lua.TNUMBER) {
      const n = lua.tonumberx(L, -2) as number;
      list[n - 1] = valueAt(L, `${where}[${n}]`, walk);
      size += 1;
    } else throw new EventError(`cannot be stored: a key of ${where} is a ${typeName(L, -2)}`);
    lua.pop(L, 1);
  }
  walk.path.pop();
  if (size > 0 && (entries.length > 0 || list.length !== size || Object.keys(list).length !== size))
    throw new EventError(`cannot be stored: ${where} is neither a list from 1 on nor a table with names`);
  return size > 0 ? list : Object.fromEntries(entries);
};

/** The value on top of the stack. @throws EventError for what JSON cannot hold. */
const valueAt = (L: lua.State, where: string, walk: Walk): Json => {
  walk.count += 1;
  if (walk.count > MOST_VALUES) throw new EventError(`cannot be stored: more than ${MOST_VALUES} values`);
  switch (lua.type(L, -1)) {
    case lua.TNIL:
      return null;
    case lua.TBOOLEAN:
      return lua.toboolean(L, -1);
    case lua.TNUMBER: {
      const n = lua.tonumberx(L, -1) as number;
      if (!walk.anyNumber && !Number.isFinite(n)) throw new EventError(`cannot be stored: ${where} is the number ${n}`);
      return n;
    }
    case lua.TSTRING:
      return textAt(L, -1, where, walk);
    case lua.TTABLE:
      return tableAt(L, where, walk);
    default:
      throw new EventError(`cannot be stored: ${where} is a ${typeName(L, -1)}`);
  }
};

/**
 * An argument of a function as a value that JSON can hold; errors call it `where`. `anyNumber` allows NaN and infinity.
 * @throws EventError for what JSON cannot hold.
 */
export const jsonAt = (L: lua.State, argument: number, where: string, anyNumber = false): Json => {
  lua.pushvalue(L, argument);
  const value = valueAt(L, where, { path: [], anyNumber, count: 0, bytes: 0 });
  lua.pop(L, 1);
  return value;
};

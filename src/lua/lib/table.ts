import type { LuaFunction, lua_State, TValue } from 'fengari/src/lua.js';
import {
  LUA_TFUNCTION,
  LUA_TNIL,
  LUA_TNUMBER,
  LUA_TSTRING,
  LUA_TTABLE,
  lua_callk,
  lua_compare,
  lua_geti,
  lua_gettop,
  lua_insert,
  lua_pop,
  lua_pushboolean,
  lua_pushcfunction,
  lua_pushinteger,
  lua_pushnil,
  lua_pushvalue,
  lua_seti,
  lua_tolstring,
  lua_type,
  lua_typename,
  luaL_argerror,
  luaL_checkinteger,
  luaL_error,
  luaL_len,
  luaL_optinteger,
  luaL_optstring,
} from '../api.ts';
import { inPieces } from '../pieces.ts';
import { canSuspend } from '../suspend.ts';
import { luaString } from '../values.ts';
import { ByteBuilder } from './byte-builder.ts';
import { MergeSort, numbersBefore, textsBefore } from './merge-sort.ts';
import { pushLuaFunction } from './shared.ts';

/** Elements of one piece of work. For fewer the interpreter's own functions are used. */
const AT_ONCE = 500;
/** More cannot be sorted. */
const MOST_ELEMENTS = 100_000_000;
/** Numbers and texts that the interpreter sorts itself. */
const SMALL = 100;
const MAX_INTEGER = 2 ** 31 - 1;
/** Operators of `lua_compare`. */
const EQUAL = 0;
const LESS_THAN = 1;
const nothing = (): number => 0;

const isTable = (L: lua_State, arg = 1): boolean => lua_type(L, arg) === LUA_TTABLE;

/** Moves `n` elements of the first argument from `from` on to `to` on in the value at `target`. */
const moved = (
  L: lua_State,
  n: number,
  from: number,
  to: number,
  target: number,
  end: (L: lua_State) => number,
): number => {
  const backwards = to > from && to < from + n && (target === 1 || lua_compare(L, 1, target, EQUAL));
  let done = 0;
  return inPieces(
    L,
    () => {
      for (const stop = Math.min(n, done + AT_ONCE); done < stop; done++) {
        const i = backwards ? n - 1 - done : done;
        lua_geti(L, 1, from + i);
        lua_seti(L, target, to + i);
      }
      return done === n;
    },
    end,
  );
};

const insertWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    if (lua_gettop(L) !== 3 || lua_type(L, 2) !== LUA_TNUMBER || !isTable(L)) return native(L);
    const at = luaL_checkinteger(L, 2);
    const n = luaL_len(L, 1) + 1 - at;
    // The interpreter's own checks the position.
    if (n <= AT_ONCE || at < 1) return native(L);
    return moved(L, n, at, at + 1, 1, (to) => {
      lua_seti(to, 1, at);
      return 0;
    });
  };

const removeWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    if (lua_gettop(L) !== 2 || lua_type(L, 2) !== LUA_TNUMBER || !isTable(L)) return native(L);
    const at = luaL_checkinteger(L, 2);
    const size = luaL_len(L, 1);
    if (size - at <= AT_ONCE || at < 1) return native(L);
    lua_geti(L, 1, at);
    return moved(L, size - at, at + 1, at, 1, (to) => {
      lua_pushnil(to);
      lua_seti(to, 1, size);
      return 1;
    });
  };

const isRange = (L: lua_State): boolean => [2, 3, 4].every((arg) => lua_type(L, arg) === LUA_TNUMBER);

/** `table.move (a1, f, e, t [, a2])`: the interpreter's own checks the arguments, by a move of nothing. */
const moveWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    if (!isRange(L)) return native(L);
    const from = luaL_checkinteger(L, 2);
    const last = luaL_checkinteger(L, 3);
    const to = luaL_checkinteger(L, 4);
    const n = last - from + 1;
    const target = lua_type(L, 5) > LUA_TNIL ? 5 : 1;
    const tables = isTable(L) && isTable(L, target);
    if (n <= AT_ONCE || !tables || (from <= 0 && last >= MAX_INTEGER + from) || to > MAX_INTEGER - n + 1)
      return native(L);
    return moved(L, n, from, to, target, (end) => {
      lua_pushvalue(end, target);
      return 1;
    });
  };

/** `table.concat (list [, sep [, i [, j]]])`: values that cost nothing else are read and written here, whatever their length. */
const concatWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    if (!isTable(L)) return native(L);
    const separator = luaL_optstring(L, 2, luaString(''))!;
    let i = luaL_optinteger(L, 3, 1);
    const last = lua_type(L, 4) <= LUA_TNIL ? luaL_len(L, 1) : luaL_checkinteger(L, 4);
    const out = new ByteBuilder();
    return inPieces(
      L,
      () => {
        for (const stop = Math.min(last, i + AT_ONCE - 1); i <= stop; i++) {
          const type = lua_geti(L, 1, i);
          if (type !== LUA_TSTRING && type !== LUA_TNUMBER)
            luaL_error(L, luaString("invalid value (%s) at index %d in table for 'concat'"), lua_typename(L, type), i);
          out.add(L, lua_tolstring(L, -1)!);
          lua_pop(L, 1);
          if (i < last) out.add(L, separator);
        }
        return i > last;
      },
      (to) => {
        out.push(to);
        return 1;
      },
    );
  };

const less: LuaFunction = (L) => {
  lua_pushboolean(L, lua_compare(L, 1, 2, LESS_THAN));
  return 1;
};
/** The Lua version, which calls the function on top of the stack to compare, and can be left and stopped inside. */
const sortByCalls = (L: lua_State, n: number): number => {
  pushLuaFunction(L, 'sort');
  lua_insert(L, -2);
  lua_pushvalue(L, 1);
  lua_insert(L, -2);
  lua_pushinteger(L, n);
  lua_insert(L, -2);
  lua_callk(L, 3, 0, 0, nothing);
  return 0;
};

/** `table.sort (t [, less])` of more than a few elements: numbers and texts are sorted here, others by calls. */
const sortWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    const own = lua_type(L, 2) === LUA_TFUNCTION;
    if (!isTable(L) || (!own && lua_type(L, 2) > LUA_TNIL)) return native(L);
    const n = luaL_len(L, 1);
    if (n >= MOST_ELEMENTS) return luaL_argerror(L, 1, luaString('array too big'));
    if (own) {
      if (!canSuspend(L)) return native(L);
      lua_pushvalue(L, 2);
      return sortByCalls(L, n);
    }
    if (n <= SMALL && lua_type(L, 2) <= LUA_TNIL && allSortable(L, n)) return native(L);
    return sortAlike(L, n, native);
  };
const allSortable = (L: lua_State, n: number): boolean => {
  for (let i = 1; i <= n; i++) {
    const type = lua_geti(L, 1, i);
    lua_pop(L, 1);
    if (type !== LUA_TNUMBER && type !== LUA_TSTRING) return false;
  }
  return true;
};

const sortAlike = (L: lua_State, n: number, native: LuaFunction): number => {
  const found: TValue[] = [];
  let kind: number | undefined;
  let sorting: MergeSort | undefined;
  let stored = 0;
  return inPieces(
    L,
    () => {
      if (sorting === undefined) {
        for (const stop = Math.min(n, found.length + AT_ONCE); found.length < stop; ) {
          const type = lua_geti(L, 1, found.length + 1);
          kind ??= type;
          if (type !== kind || (type !== LUA_TNUMBER && type !== LUA_TSTRING)) {
            lua_pop(L, 1);
            kind = LUA_TNIL;
            return true;
          }
          found.push(L.stack[L.top - 1]!);
          // Popped, the slot belongs to the list alone.
          lua_pop(L, 1);
        }
        if (found.length === n) sorting = new MergeSort(found, kind === LUA_TNUMBER ? numbersBefore : textsBefore);
        return false;
      }
      if (!sorting.step()) return false;
      for (const stop = Math.min(n, stored + AT_ONCE); stored < stop; stored++) {
        lua_pushnil(L);
        L.stack[L.top - 1]!.setfrom(sorting.sorted[stored]!);
        lua_seti(L, 1, stored + 1);
      }
      return stored === n;
    },
    (to) => {
      if (kind !== LUA_TNIL) return 0;
      if (!canSuspend(to)) return native(to);
      lua_pushcfunction(to, less);
      return sortByCalls(to, n);
    },
  );
};

/** The functions of `table` that go through elements; `native` answers the interpreter's own. */
export const tableFunctions = (native: (name: string) => LuaFunction): Readonly<Record<string, LuaFunction>> => ({
  insert: insertWith(native('insert')),
  remove: removeWith(native('remove')),
  move: moveWith(native('move')),
  concat: concatWith(native('concat')),
  sort: sortWith(native('sort')),
});

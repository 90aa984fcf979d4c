import type { TString } from 'fengari/src/lstring.js';
import * as lua from '../lua-api.ts';
import { MAX_INTEGER, typeName } from '../lua-values.ts';
import { canSuspend, inPieces } from '../yielding.ts';
import { ByteBuilder } from './byte-builder.ts';
import { pushLuaFunction } from './functions-in-lua.ts';

/** Elements of one piece of work. Fewer are left to the interpreter's own functions. */
const AT_ONCE = 500;
/** More cannot be sorted. */
const MOST_ELEMENTS = 100_000_000;
/** Numbers and texts up to this number are sorted by the interpreter. */
const FEW_ELEMENTS = 100;
/** Operators of `lua_compare`. */
const EQUAL = 0;
const LESS_THAN = 1;

const isTable = (L: lua.State, arg = 1): boolean => lua.type(L, arg) === lua.TTABLE;
const isNumber = (L: lua.State, arg: number): boolean => lua.type(L, arg) === lua.TNUMBER;
const isSortable = (type: number): boolean => type === lua.TNUMBER || type === lua.TSTRING;

/** Moves `n` elements of the first argument from `from` on to `to` on in the value at `target`. */
const moveElements = (
  L: lua.State,
  n: number,
  from: number,
  to: number,
  target: number,
  end: (L: lua.State) => number,
): number => {
  const backwards = to > from && to < from + n && (target === 1 || lua.compare(L, 1, target, EQUAL));
  let done = 0;
  return inPieces(
    L,
    () => {
      for (const stop = Math.min(n, done + AT_ONCE); done < stop; done++) {
        const i = backwards ? n - 1 - done : done;
        lua.geti(L, 1, from + i);
        lua.seti(L, target, to + i);
      }
      return done === n;
    },
    end,
  );
};

/** A library function that replaces the interpreter's own, and calls it for what it does fast and well. */
type Replacement = (native: lua.LuaFunction) => lua.LuaFunction;

const insertWith: Replacement = (native) => (L) => {
  if (lua.gettop(L) !== 3 || !isNumber(L, 2) || !isTable(L)) return native(L);
  const at = lua.checkinteger(L, 2);
  const n = lua.len(L, 1) + 1 - at;
  // The interpreter's own checks the position.
  if (n <= AT_ONCE || at < 1) return native(L);
  return moveElements(L, n, at, at + 1, 1, (to) => {
    lua.seti(to, 1, at);
    return 0;
  });
};

const removeWith: Replacement = (native) => (L) => {
  if (lua.gettop(L) !== 2 || !isNumber(L, 2) || !isTable(L)) return native(L);
  const at = lua.checkinteger(L, 2);
  const size = lua.len(L, 1);
  if (size - at <= AT_ONCE || at < 1) return native(L);
  lua.geti(L, 1, at);
  return moveElements(L, size - at, at + 1, at, 1, (to) => {
    lua.pushnil(to);
    lua.seti(to, 1, size);
    return 1;
  });
};

/** `table.move (a1, f, e, t [, a2])`: the interpreter's own checks the arguments. */
const moveWith: Replacement = (native) => (L) => {
  if (![2, 3, 4].every((arg) => isNumber(L, arg))) return native(L);
  const from = lua.checkinteger(L, 2);
  const last = lua.checkinteger(L, 3);
  const to = lua.checkinteger(L, 4);
  const n = last - from + 1;
  const target = lua.isnoneornil(L, 5) ? 1 : 5;
  const tables = isTable(L) && isTable(L, target);
  if (n <= AT_ONCE || !tables || (from <= 0 && last >= MAX_INTEGER + from) || to > MAX_INTEGER - n + 1)
    return native(L);
  return moveElements(L, n, from, to, target, (end) => lua.pushvalue(end, target));
};

/** `table.concat (list [, sep [, i [, j]]])` in pieces. */
const concatWith: Replacement = (native) => (L) => {
  if (!isTable(L)) return native(L);
  const separator = lua.optstring(L, 2, '');
  let i = lua.optinteger(L, 3, 1);
  const last = lua.isnoneornil(L, 4) ? lua.len(L, 1) : lua.checkinteger(L, 4);
  const out = new ByteBuilder();
  const piece = (): boolean => {
    for (const stop = Math.min(last, i + AT_ONCE - 1); i <= stop; i++) {
      if (!isSortable(lua.geti(L, 1, i)))
        lua.raise(L, `invalid value (${typeName(L, -1)}) at index ${i} in table for 'concat'`);
      out.add(L, lua.tolstring(L, -1)!);
      lua.pop(L, 1);
      if (i < last) out.add(L, separator);
    }
    return i > last;
  };
  return inPieces(L, piece, (to) => out.push(to));
};

/** Returns whether the number or text in a slot is sorted before another of its type. */
type Before = (a: lua.TValue, b: lua.TValue) => boolean;

const numbersBefore: Before = (a, b) => (a.value as number) < (b.value as number);

/** Compares texts by their bytes; the interpreter makes a second copy of each for that. */
const textsBefore: Before = (a, b) =>
  Buffer.compare((a.value as TString).realstring, (b.value as TString).realstring) < 0;

/** Elements that one step sorts or merges. */
const SORT_AT_ONCE = 4000;

/** Merge sort in steps of less than a millisecond or two. */
class MergeSort {
  /** The elements in order once {@link step} returns true. */
  sorted: lua.TValue[];
  readonly #before: Before;
  #other: lua.TValue[] = [];
  /** Elements of a sorted run; 0 before there is one. */
  #width = 0;
  #from = 0;
  #i = 0;
  #j = 0;

  constructor(elements: lua.TValue[], before: Before) {
    this.sorted = elements;
    this.#before = before;
  }

  step(): boolean {
    const n = this.sorted.length;
    if (this.#width === 0) {
      const run = this.sorted
        .slice(this.#from, this.#from + SORT_AT_ONCE)
        .sort((a, b) => (this.#before(a, b) ? -1 : this.#before(b, a) ? 1 : 0));
      for (let i = 0; i < run.length; i++) this.sorted[this.#from + i] = run[i]!;
      this.#from += SORT_AT_ONCE;
      if (this.#from < n) return false;
      this.#width = SORT_AT_ONCE;
      this.#beginAt(0);
    }
    if (this.#width >= n) return true;
    this.#merge();
    return this.#width >= n;
  }

  #beginAt(from: number): void {
    this.#from = this.#i = from;
    this.#j = Math.min(from + this.#width, this.sorted.length);
  }

  #merge(): void {
    const { sorted } = this;
    const other = this.#other;
    const middle = Math.min(this.#from + this.#width, sorted.length);
    const to = Math.min(this.#from + 2 * this.#width, sorted.length);
    for (let left = SORT_AT_ONCE; left > 0 && (this.#i < middle || this.#j < to); left--) {
      const first = this.#j >= to || (this.#i < middle && !this.#before(sorted[this.#j]!, sorted[this.#i]!));
      other.push(sorted[first ? this.#i++ : this.#j++]!);
    }
    if (this.#i < middle || this.#j < to) return;
    if (to < sorted.length) {
      this.#beginAt(to);
      return;
    }
    this.#other = [];
    this.sorted = other;
    this.#width *= 2;
    this.#beginAt(0);
  }
}

const less: lua.LuaFunction = (L) => {
  return lua.pushboolean(L, lua.compare(L, 1, 2, LESS_THAN));
};
const countNone = (): number => 0;

/** Sorts by the Lua version, which compares with the function on top of the stack, and can be suspended and stopped inside. */
const sortByCalls = (L: lua.State, n: number): number => {
  pushLuaFunction(L, 'sort');
  lua.insert(L, -2);
  lua.pushvalue(L, 1);
  lua.insert(L, -2);
  lua.pushinteger(L, n);
  lua.insert(L, -2);
  lua.callk(L, 3, 0, 0, countNone);
  return 0;
};

/** `table.sort (t [, less])`: sorts many numbers or texts here, others by calls of Lua. */
const sortWith: Replacement = (native) => (L) => {
  const hasFunction = lua.type(L, 2) === lua.TFUNCTION;
  if (!isTable(L) || (!hasFunction && !lua.isnoneornil(L, 2))) return native(L);
  const n = lua.len(L, 1);
  if (n >= MOST_ELEMENTS) return lua.argerror(L, 1, 'array too big');
  if (!hasFunction) return n <= FEW_ELEMENTS && allSortable(L, n) ? native(L) : sortAlike(L, n, native);
  if (!canSuspend(L)) return native(L);
  lua.pushvalue(L, 2);
  return sortByCalls(L, n);
};

const allSortable = (L: lua.State, n: number): boolean => {
  for (let i = 1; i <= n; i++) {
    const type = lua.geti(L, 1, i);
    lua.pop(L, 1);
    if (!isSortable(type)) return false;
  }
  return true;
};

/** Sorts elements that are all numbers or all texts; others by calls. */
const sortAlike = (L: lua.State, n: number, native: lua.LuaFunction): number => {
  const elements: lua.TValue[] = [];
  let type: number | undefined;
  let alike = true;
  let sorting: MergeSort | undefined;
  let stored = 0;
  /** Reads some elements. Returns true when one of them cannot be sorted here. */
  const read = (): boolean => {
    for (const stop = Math.min(n, elements.length + AT_ONCE); elements.length < stop; ) {
      const found = lua.geti(L, 1, elements.length + 1);
      // Popped, the slot belongs to the list alone.
      const slot = L.stack[L.top - 1]!;
      lua.pop(L, 1);
      type ??= found;
      alike = found === type && isSortable(found);
      if (!alike) return true;
      elements.push(slot);
    }
    if (elements.length === n) sorting = new MergeSort(elements, type === lua.TNUMBER ? numbersBefore : textsBefore);
    return false;
  };
  const store = (sorted: readonly lua.TValue[]): boolean => {
    for (const stop = Math.min(n, stored + AT_ONCE); stored < stop; stored++) {
      lua.pushnil(L);
      L.stack[L.top - 1]!.setfrom(sorted[stored]!);
      lua.seti(L, 1, stored + 1);
    }
    return stored === n;
  };
  const piece = (): boolean => (sorting === undefined ? read() : sorting.step() && store(sorting.sorted));
  return inPieces(L, piece, (to) => {
    if (alike) return 0;
    if (!canSuspend(to)) return native(to);
    lua.pushcfunction(to, less);
    return sortByCalls(to, n);
  });
};

/** The functions of `table` that go through elements; `native` returns the interpreter's own. */
export const tableFunctions = (
  native: (name: string) => lua.LuaFunction,
): Readonly<Record<string, lua.LuaFunction>> => ({
  insert: insertWith(native('insert')),
  remove: removeWith(native('remove')),
  move: moveWith(native('move')),
  concat: concatWith(native('concat')),
  sort: sortWith(native('sort')),
});

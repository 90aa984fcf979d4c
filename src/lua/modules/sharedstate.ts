import * as lua from '../lua-api.ts';
import { identifierAt, pushEntries, typeName } from '../lua-values.ts';
import { runOf } from '../script-scheduler.ts';
import { notATable, readEntries, saveShared, type TableContents, type TableEntry } from '../state-tables.ts';
import type { StoredValue } from '../worker-messages.ts';

/** The value at `index` if a state can hold it. Strings are copied. */
const storableAt = (L: lua.State, index: number): StoredValue | undefined => {
  switch (lua.type(L, index)) {
    case lua.TBOOLEAN:
      return lua.toboolean(L, index);
    case lua.TSTRING:
      return lua.tolstring(L, index)!.slice();
    case lua.TNUMBER: {
      const n = lua.tonumberx(L, index) as number;
      return lua.isinteger(L, index) ? BigInt(n) : n;
    }
    default:
      return undefined;
  }
};

/** The entries of the table at `index`, which has to be positive. */
function* entriesOf(L: lua.State, index: number): Generator<TableEntry> {
  lua.pushnil(L);
  while (lua.next(L, index) !== 0) {
    const type = lua.type(L, -2);
    const key = type === lua.TBOOLEAN ? lua.toboolean(L, -2) : type === lua.TSTRING ? lua.tolstring(L, -2)! : undefined;
    yield { key, keyType: typeName(L, -2), value: storableAt(L, -1), valueType: typeName(L, -1) };
    lua.pop(L, 1);
  }
}

/** Reads the table at `index`, which has to be positive. */
const readTable = (L: lua.State, index: number, booleanKeys: boolean): TableContents => {
  const top = lua.gettop(L);
  const contents = readEntries(entriesOf(L, index), booleanKeys);
  lua.settop(L, top);
  return contents;
};

/** Reads the value at `index` as a private state. */
export const readState = (L: lua.State, index: number): TableContents =>
  lua.type(L, index) === lua.TTABLE ? readTable(L, index, false) : notATable(typeName(L, index));

const nameAt = (L: lua.State, problem: string): string =>
  identifierAt(L, 1) || lua.raise(L, `${problem}: not the name of a shared state`);

const save = (L: lua.State): number => {
  const name = nameAt(L, 'invalid parameter');
  lua.checktype(L, 2, lua.TTABLE);
  const read = readTable(L, 2, true);
  if ('bad' in read) return lua.raise(L, `invalid value: ${read.reason}`);
  saveShared(runOf(L), name, read.entries);
  return 0;
};

const load = (L: lua.State): number => pushEntries(L, runOf(L).scheduler.shared.get(nameAt(L, 'invalid value')) ?? []);

const remove = (L: lua.State): number => {
  const name = nameAt(L, 'invalid value');
  const { shared } = runOf(L).scheduler;
  const entries = shared.get(name);
  pushEntries(L, entries ?? []);
  if (entries !== undefined) saveShared(runOf(L), name, undefined);
  return 1;
};

/** The `sharedstate` module. */
export const sharedstateFunctions = { save, load, remove };

import { isIdentifier } from '../identifier.ts';
import * as lua from '../lua-api.ts';
import { decodeStrictly, decodeText, identifierAt, pushEntries, typeName } from '../lua-values.ts';
import { runOf } from '../script-scheduler.ts';
import type { StoredEntries, StoredValue } from '../worker-messages.ts';

/** A table's entries, or why they cannot be stored. */
type TableContents = { readonly entries: StoredEntries } | { readonly bad: 'key' | 'value'; readonly reason: string };

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

/** The key at -2 as text; `booleans`: a boolean key counts as its text. */
const keyText = (L: lua.State, booleans: boolean): string | undefined => {
  const type = lua.type(L, -2);
  if (booleans && type === lua.TBOOLEAN) return String(lua.toboolean(L, -2));
  return type === lua.TSTRING ? decodeStrictly(lua.tolstring(L, -2)!) : undefined;
};

/** Reads the table at `index`, which has to be positive. */
const readTable = (L: lua.State, index: number, booleanKeys: boolean): TableContents => {
  const entries: [string, StoredValue][] = [];
  const refuse = (bad: 'key' | 'value', reason: string): TableContents => {
    lua.pop(L, 2);
    return { bad, reason };
  };
  lua.pushnil(L);
  while (lua.next(L, index) !== 0) {
    const key = keyText(L, booleanKeys);
    if (key === undefined || !isIdentifier(key)) {
      const text = lua.type(L, -2) === lua.TSTRING ? decodeText(lua.tolstring(L, -2)!) : undefined;
      const shown = text === undefined ? `a ${typeName(L, -2)}` : JSON.stringify(text);
      return refuse('key', `${shown} as key is not an identifier`);
    }
    const value = storableAt(L, -1);
    if (value === undefined)
      return refuse('value', `${key} is a ${typeName(L, -1)}: only strings, booleans and numbers can be stored`);
    entries.push([key, value]);
    lua.pop(L, 1);
  }
  return { entries };
};

/** Reads the value at `index` as a private state. */
export const readState = (L: lua.State, index: number): TableContents =>
  lua.type(L, index) === lua.TTABLE
    ? readTable(L, index, false)
    : { bad: 'value', reason: `state is a ${typeName(L, index)}, no table` };

const nameAt = (L: lua.State, problem: string): string =>
  identifierAt(L, 1) || lua.raise(L, `${problem}: not the name of a shared state`);

const publish = (L: lua.State, name: string, entries: StoredEntries | undefined): void => {
  const run = runOf(L);
  const { scheduler } = run;
  run.markEffect();
  scheduler.shared.set(name, entries);
  scheduler.report({ what: 'shared', name, entries });
};

const save = (L: lua.State): number => {
  const name = nameAt(L, 'invalid parameter');
  lua.checktype(L, 2, lua.TTABLE);
  const read = readTable(L, 2, true);
  if ('bad' in read) return lua.raise(L, `invalid value: ${read.reason}`);
  publish(L, name, read.entries);
  return 0;
};

const load = (L: lua.State): number => pushEntries(L, runOf(L).scheduler.shared.get(nameAt(L, 'invalid value')) ?? []);

const remove = (L: lua.State): number => {
  const name = nameAt(L, 'invalid value');
  const { shared } = runOf(L).scheduler;
  const entries = shared.get(name);
  pushEntries(L, entries ?? []);
  if (entries !== undefined) publish(L, name, undefined);
  return 1;
};

/** The `sharedstate` module. */
export const sharedstateFunctions = { save, load, remove };

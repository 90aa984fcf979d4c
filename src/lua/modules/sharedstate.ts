import { luaL_checkstring, luaL_checktype, luaL_error } from 'fengari/src/lauxlib.js';
import { LUA_TBOOLEAN, LUA_TTABLE, type lua_State, lua_toboolean, lua_type } from 'fengari/src/lua.js';
import { runOf } from '../script-run.ts';
import { decodeStrictly, encodeText, isIdentifier, luaString, pushEntries } from '../values.ts';
import type { StoredEntries } from '../worker-messages.ts';
import { plainKey, readTable } from './stored-tables.ts';

const nameAt = (L: lua_State, problem: string): string => {
  const name = decodeStrictly(luaL_checkstring(L, 1)) ?? '';
  return isIdentifier(name)
    ? name
    : luaL_error(L, luaString('%s'), luaString(`${problem}: not the name of a shared state`));
};

/** A boolean key is taken as its text. */
const key = (L: lua_State): string | undefined =>
  lua_type(L, -2) === LUA_TBOOLEAN ? String(lua_toboolean(L, -2)) : plainKey(L);

const publish = (L: lua_State, name: string, entries: StoredEntries | undefined): void => {
  const run = runOf(L);
  const { scheduler: host } = run;
  run.markEffect();
  if (entries === undefined) host.shared.delete(name);
  else host.shared.set(name, entries);
  host.report({ what: 'shared', name, entries });
};

const save = (L: lua_State): number => {
  const name = nameAt(L, 'invalid parameter');
  luaL_checktype(L, 2, LUA_TTABLE);
  const read = readTable(L, 2, key);
  if ('bad' in read) return luaL_error(L, luaString('%s'), encodeText(`invalid value: ${read.reason}`));
  publish(L, name, read.entries);
  return 0;
};

const load = (L: lua_State): number => {
  pushEntries(L, runOf(L).scheduler.shared.get(nameAt(L, 'invalid value')) ?? []);
  return 1;
};

const remove = (L: lua_State): number => {
  const name = nameAt(L, 'invalid value');
  const { shared } = runOf(L).scheduler;
  pushEntries(L, shared.get(name) ?? []);
  if (shared.has(name)) publish(L, name, undefined);
  return 1;
};

/** The `sharedstate` module. */
export const sharedstateFunctions = { save, load, remove };

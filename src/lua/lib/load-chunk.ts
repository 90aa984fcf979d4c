import * as lua from '../lua-api.ts';
import { decodeText, pushText } from '../lua-values.ts';
import { readWholeFile } from './system-calls.ts';

/** Compiles Lua text and pushes the function, or the message. Refuses precompiled chunks. */
export const compile = (L: lua.State, source: Uint8Array, chunk: Uint8Array): boolean => {
  let rest: Uint8Array | null = source.length === 0 ? null : source;
  const reader = (): Uint8Array | null => {
    const part = rest;
    rest = null;
    return part;
  };
  return lua.load(L, reader, null, chunk, lua.literal('t')) === lua.OK;
};

/** The text of a Lua file without a first line for the shell, whose line end remains. */
export const withoutShebang = (source: Uint8Array): Uint8Array => {
  const from = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf ? 3 : 0;
  if (source[from] !== 35) return from === 0 ? source : source.subarray(from);
  const end = source.indexOf(10, from);
  return end < 0 ? source.subarray(source.length) : source.subarray(end);
};

/** The index of an argument for the environment, 0 when there is none. */
const environmentAt = (L: lua.State, arg: number): number => (lua.type(L, arg) === lua.TNONE ? 0 : arg);

/** Ends `load` and `loadfile`: sets the environment of a function, or puts nil in front of a message. */
const finishLoad = (L: lua.State, ok: boolean, environment: number): number => {
  if (!ok) {
    lua.pushnil(L);
    lua.insert(L, -2);
    return 2;
  }
  if (environment !== 0) {
    lua.pushvalue(L, environment);
    if (lua.setupvalue(L, -2, 1) === null) lua.pop(L, 1);
  }
  return 1;
};

/** Pushes nil and a message unless the mode allows text. */
const refusesText = (L: lua.State, arg: number): boolean => {
  if (decodeText(lua.optstring(L, arg, 'bt')).includes('t')) return false;
  lua.pushnil(L);
  lua.pushliteral(L, "attempt to load a text chunk (mode is 'b')");
  return true;
};

/** `load (chunk [, name [, mode [, env]]])` for a string. */
export const loadText = (L: lua.State): number => {
  const source = lua.tolstring(L, 1);
  if (source === null) {
    lua.checktype(L, 1, lua.TFUNCTION);
    return lua.raise(L, 'reader function must return a string');
  }
  if (refusesText(L, 3)) return 2;
  const environment = environmentAt(L, 4);
  const name = lua.isnoneornil(L, 2) ? source : lua.checkstring(L, 2);
  return finishLoad(L, compile(L, source, name), environment);
};

const pathAt = (L: lua.State): Uint8Array | undefined => (lua.isnoneornil(L, 1) ? undefined : lua.checkstring(L, 1));

const compileFile = (L: lua.State, path: Uint8Array | undefined, source: Uint8Array): boolean => {
  const name = path ?? lua.literal('stdin');
  const chunk = new Uint8Array(name.length + 1);
  chunk[0] = 64;
  chunk.set(name, 1);
  return compile(L, withoutShebang(source), chunk);
};

/** `loadfile ([filename [, mode [, env]]])`; without a name it reads the script's empty standard input. */
export const loadFile = (L: lua.State): number => {
  const path = pathAt(L);
  const environment = environmentAt(L, 3);
  if (refusesText(L, 2)) return 2;
  return readWholeFile(L, path, (to, source, problem) => {
    if (source !== undefined) return finishLoad(to, compileFile(to, path, source), environment);
    lua.pushnil(to);
    pushText(to, `cannot open ${problem}`);
    return 2;
  });
};

const countResults = (L: lua.State): number => lua.gettop(L) - 1;
const callLoaded = (L: lua.State): number => {
  lua.callk(L, 0, lua.MULTRET, 0, countResults);
  return countResults(L);
};

/** `dofile ([filename])` */
export const doFile = (L: lua.State): number => {
  const path = pathAt(L);
  lua.settop(L, 1);
  lua.pushcfunction(L, (inner) =>
    readWholeFile(inner, path, (to, source, problem) => {
      if (source === undefined) return lua.raise(to, `cannot open ${problem}`);
      return compileFile(to, path, source) ? 1 : lua.error(to);
    }),
  );
  lua.callk(L, 0, 1, 0, callLoaded);
  return callLoaded(L);
};

import { luaL_checkudata, luaL_error, luaL_setmetatable } from 'fengari/src/lauxlib.js';
import {
  LUA_REGISTRYINDEX,
  lua_getfield,
  lua_newuserdata,
  lua_pushinteger,
  lua_pushnil,
  type lua_State,
  lua_touserdata,
} from 'fengari/src/lua.js';
import { canSuspend, suspend } from '../suspend.ts';
import { luaString, pushText } from '../values.ts';
import { LuaFile } from './buffered-file.ts';
import type { Channel } from './file-channels.ts';
import { systemErrorText } from './system-calls.ts';

/** Name of the metatable of file handles. */
export const FILE = 'FILE*';
/** Where the registry keeps the default input. */
export const INPUT = 'io input';
/** Where the registry keeps the default output. */
export const OUTPUT = 'io output';

/** Pushes a new file handle. */
export const newHandle = (L: lua_State, channel: Channel, buffering: 'no' | 'line' | 'full' = 'full'): LuaFile => {
  const file = new LuaFile(channel, buffering);
  lua_newuserdata(L, 0).file = file;
  luaL_setmetatable(L, luaString(FILE));
  return file;
};

/** The file behind the data of a handle. */
export const fileOfUserdata = (data: unknown): LuaFile => (data as { file: LuaFile }).file;
/** The file given as argument, open or closed. */
export const anyFileAt = (L: lua_State, arg: number): LuaFile =>
  fileOfUserdata(luaL_checkudata(L, arg, luaString(FILE)));
/** The open file given as argument; raises when it is closed. */
export const fileAt = (L: lua_State, arg = 1): LuaFile => {
  const file = anyFileAt(L, arg);
  return file.closed ? luaL_error(L, luaString('attempt to use a closed file')) : file;
};

/** Pushes the default input or output; raises when that is closed. */
export const pushDefault = (L: lua_State, which: string): LuaFile => {
  lua_getfield(L, LUA_REGISTRYINDEX, luaString(which));
  const file = fileOfUserdata(lua_touserdata(L, -1));
  return file.closed ? luaL_error(L, luaString(`standard ${which.slice(3)} file is closed`)) : file;
};

/** nil, message and number of a system error. */
export const pushSystemError = (L: lua_State, error: unknown, path?: string): number => {
  lua_pushnil(L);
  const said = systemErrorText(path ?? '', error);
  pushText(L, path === undefined ? said.slice(2) : said);
  lua_pushinteger(L, Math.abs((error as NodeJS.ErrnoException).errno ?? 0));
  return 3;
};

/** Waits for `later`, or does `now` where the script cannot be left; `now` answers false where it cannot be done at once. */
export const waitOrDoNow = <T>(
  L: lua_State,
  later: () => Promise<T>,
  now: () => T | false,
  then: (L: lua_State, value: T) => number,
  failed: (L: lua_State, error: unknown) => number = pushSystemError,
): number => {
  if (canSuspend(L))
    return suspend(L, (done) => {
      later().then(
        (value) => done((to) => then(to, value)),
        (error: unknown) => done((to) => failed(to, error)),
      );
      return undefined;
    });
  let value: T | false;
  try {
    value = now();
  } catch (error) {
    return failed(L, error);
  }
  return value === false
    ? luaL_error(L, luaString('cannot wait here: inside a call that cannot be interrupted'))
    : then(L, value);
};

/** Writes out what is buffered, then goes on. */
export const flushThen = (L: lua_State, file: LuaFile, then: (L: lua_State) => number): number =>
  waitOrDoNow(
    L,
    () => file.flush(),
    () => (file.flushNow() ? undefined : false),
    then,
  );

/** What `tostring` says of a file. */
export const fileToString = (L: lua_State): number => {
  pushText(L, anyFileAt(L, 1).closed ? 'file (closed)' : 'file (open)');
  return 1;
};

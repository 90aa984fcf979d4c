import {
  luaL_argerror,
  luaL_checkstring,
  luaL_optnumber,
  luaL_optstring,
  luaL_testudata,
} from 'fengari/src/lauxlib.js';
import {
  LUA_REGISTRYINDEX,
  LUA_TNONE,
  LUA_TNUMBER,
  LUA_TSTRING,
  lua_getfield,
  lua_gettop,
  lua_pushboolean,
  lua_pushnil,
  lua_pushvalue,
  type lua_State,
  lua_setfield,
  lua_settop,
  lua_tolstring,
  lua_type,
} from 'fengari/src/lua.js';
import { BLOCK, runOf } from '../script-run.ts';
import { decodeText, encodeText, luaString, pushText, pushWhole } from '../values.ts';
import { waitForLog } from './base.ts';
import type { LuaFile } from './buffered-file.ts';
import { PipeChannel, standardChannel } from './file-channels.ts';
import {
  FILE,
  fileAt,
  fileOfUserdata,
  flushThen,
  INPUT,
  newHandle,
  OUTPUT,
  pushDefault,
  pushSystemError,
  waitOrDoNow,
} from './file-handles.ts';
import { formatsFrom, pushLines, readFrom } from './file-reading.ts';
import { linesFunction, openFunction, popen, setDefault, tmpfile } from './opening.ts';
import { pushExit } from './os.ts';

const writeTo = (L: lua_State, file: LuaFile, first: number, push: (L: lua_State) => void): number => {
  if (!file.channel.writable) return pushSystemError(L, { code: 'EBADF', errno: 9, message: '' });
  if (file.unread > 0) file.rewind();
  let out = false;
  for (let i = first; i <= lua_gettop(L); i++) {
    const type = lua_type(L, i);
    const data = type === LUA_TSTRING || type === LUA_TNUMBER ? lua_tolstring(L, i)! : luaL_checkstring(L, i);
    out = file.put(data) || out;
  }
  const done = (to: lua_State): number => {
    push(to);
    return 1;
  };
  if (!out) return done(L);
  // Standard output is not waited for: it goes to the log, which has its own measure.
  if (
    file.buffering === 'no' &&
    file.channel.pushNow !== undefined &&
    file.unwritten <= BLOCK &&
    file.channel.pull !== undefined &&
    file.channel.seek === undefined
  ) {
    file.flushNow();
    return waitForLog(L, runOf(L), done(L));
  }
  return flushThen(L, file, done);
};

const closeFile = (L: lua_State, file: LuaFile): number => {
  runOf(L).resources.delete(file);
  return waitOrDoNow(
    L,
    () => file.close(),
    () => {
      if (!file.flushNow() || file.channel instanceof PipeChannel) return false;
      file.closed = true;
      file.channel.abandon();
      return undefined;
    },
    (to, status) => {
      if (status !== undefined) return pushExit(to, status);
      lua_pushboolean(to, true);
      return 1;
    },
  );
};

const typeFunction = (L: lua_State): number => {
  if (lua_type(L, 1) === LUA_TNONE) return luaL_argerror(L, 1, luaString('value expected'));
  const data = luaL_testudata(L, 1, luaString(FILE));
  if (data === null || data === undefined) lua_pushnil(L);
  else pushText(L, fileOfUserdata(data).closed ? 'closed file' : 'file');
  return 1;
};

/** The functions of the `io` library. */
export const ioFunctions = {
  open: openFunction,
  popen,
  tmpfile,
  type: typeFunction,
  lines: linesFunction,
  input: setDefault(INPUT, 'r'),
  output: setDefault(OUTPUT, 'w'),
  read: (L: lua_State): number => {
    const n = lua_gettop(L);
    const file = pushDefault(L, INPUT);
    lua_settop(L, n);
    return readFrom(L, file, 1);
  },
  write: (L: lua_State): number => {
    const n = lua_gettop(L);
    const file = pushDefault(L, OUTPUT);
    lua_settop(L, n);
    return writeTo(L, file, 1, (to) => lua_getfield(to, LUA_REGISTRYINDEX, luaString(OUTPUT)));
  },
  flush: (L: lua_State): number =>
    flushThen(L, pushDefault(L, OUTPUT), (to) => {
      lua_getfield(to, LUA_REGISTRYINDEX, luaString(OUTPUT));
      return 1;
    }),
  close: (L: lua_State): number => closeFile(L, lua_type(L, 1) === LUA_TNONE ? pushDefault(L, OUTPUT) : fileAt(L)),
};

/** The methods of a file. */
export const fileMethods = {
  close: (L: lua_State): number => closeFile(L, fileAt(L)),
  flush: (L: lua_State): number =>
    flushThen(L, fileAt(L), (to) => {
      lua_pushvalue(to, 1);
      return 1;
    }),
  lines: (L: lua_State): number => {
    pushLines(L, fileAt(L), formatsFrom(L, 2), false);
    return 1;
  },
  read: (L: lua_State): number => readFrom(L, fileAt(L), 2),
  write: (L: lua_State): number => writeTo(L, fileAt(L), 2, (to) => lua_pushvalue(to, 1)),
  seek: (L: lua_State): number => {
    const file = fileAt(L);
    const whence = decodeText(luaL_optstring(L, 2, luaString('cur'))!);
    const by = luaL_optnumber(L, 3, 0);
    if (whence !== 'set' && whence !== 'cur' && whence !== 'end')
      return luaL_argerror(L, 2, encodeText(`invalid option '${whence}'`));
    if (!Number.isSafeInteger(by)) return luaL_argerror(L, 3, luaString('number has no integer representation'));
    return flushThen(L, file, (to) => {
      try {
        file.rewind();
        if (file.channel.seek === undefined) return pushSystemError(to, { code: 'ESPIPE', errno: 29, message: '' });
        pushWhole(to, file.channel.seek(whence, by));
        return 1;
      } catch (error) {
        return pushSystemError(to, error);
      }
    });
  },
  setvbuf: (L: lua_State): number => {
    const file = fileAt(L);
    const mode = decodeText(luaL_checkstring(L, 2));
    if (mode !== 'no' && mode !== 'line' && mode !== 'full')
      return luaL_argerror(L, 2, encodeText(`invalid option '${mode}'`));
    luaL_optnumber(L, 3, 0);
    if (file.buffering !== 'no' || file.channel.seek !== undefined) file.buffering = mode;
    lua_pushboolean(L, true);
    return 1;
  },
};

/** Adds `stdin`, `stdout` and `stderr` to the `io` table on top of the stack, and makes them the defaults. */
export const addStandardFiles = (L: lua_State): void => {
  const run = runOf(L);
  for (const name of ['stdin', 'stdout', 'stderr'] as const) {
    newHandle(L, standardChannel(run, name), 'no');
    if (name !== 'stderr') {
      lua_pushvalue(L, -1);
      lua_setfield(L, LUA_REGISTRYINDEX, luaString(name === 'stdin' ? INPUT : OUTPUT));
    }
    lua_setfield(L, -2, luaString(name));
  }
};

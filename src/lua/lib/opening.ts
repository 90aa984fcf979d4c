import { randomBytes } from 'node:crypto';
import { open, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { luaL_argerror, luaL_checkstring, luaL_error, luaL_optstring } from 'fengari/src/lauxlib.js';
import {
  LUA_REGISTRYINDEX,
  LUA_TNIL,
  LUA_TNONE,
  LUA_TSTRING,
  lua_getfield,
  lua_pushvalue,
  type lua_State,
  lua_setfield,
  lua_settop,
  lua_tolstring,
  lua_touserdata,
  lua_type,
} from 'fengari/src/lua.js';
import { runOf } from '../script-run.ts';
import { decodeText, luaString } from '../values.ts';
import { FileChannel, PipeChannel } from './file-channels.ts';
import { fileAt, fileOfUserdata, INPUT, newHandle, pushDefault, pushSystemError, waitOrDoNow } from './file-handles.ts';
import { formatsFrom, pushLines } from './file-reading.ts';
import { ShellProcess } from './shell-process.ts';
import { systemErrorText } from './system-calls.ts';

const opened = (L: lua_State, fd: number, mode: string): number => {
  try {
    const file = newHandle(L, new FileChannel(fd, mode));
    runOf(L).resources.add(file);
    return 1;
  } catch (error) {
    return pushSystemError(L, error);
  }
};

const openPath = (
  L: lua_State,
  path: string,
  mode: string,
  failed: (L: lua_State, error: unknown) => number,
): number => {
  const flags = mode.replace('b', '');
  runOf(L).markEffect();
  return waitOrDoNow(
    L,
    () =>
      new Promise<number>((resolve, reject) =>
        open(path, flags, 0o666, (error, fd) => (error ? reject(error) : resolve(fd))),
      ),
    () => openSync(path, flags),
    (to, fd) => opened(to, fd, mode),
    failed,
  );
};

/** `io.open (filename [, mode])` */
export const openFunction = (L: lua_State): number => {
  const path = decodeText(luaL_checkstring(L, 1));
  const mode = decodeText(luaL_optstring(L, 2, luaString('r'))!);
  if (!/^[rwa]\+?b?$/.test(mode)) return luaL_argerror(L, 2, luaString('invalid mode'));
  return openPath(L, path, mode, (to, error) => pushSystemError(to, error, path));
};

/** The system says which of them only when the script has gone on. */
const NO_SHELL = 'the shell was not started: too many open files or processes';

/** `io.popen (command [, mode])` */
export const popen = (L: lua_State): number => {
  const command = decodeText(luaL_checkstring(L, 1));
  const mode = decodeText(luaL_optstring(L, 2, luaString('r'))!);
  if (mode !== 'r' && mode !== 'w') return luaL_argerror(L, 2, luaString('invalid mode'));
  const run = runOf(L);
  const way = mode === 'r' ? 'read' : 'write';
  let shell: ShellProcess;
  try {
    shell = new ShellProcess(run, command, way);
  } catch (error) {
    return pushSystemError(L, error);
  }
  if (shell.child.pid === undefined) return pushSystemError(L, { message: NO_SHELL });
  newHandle(L, new PipeChannel(shell, way));
  run.resources.add(fileOfUserdata(lua_touserdata(L, -1)));
  return 1;
};

/** `io.tmpfile ()` */
export const tmpfile = (L: lua_State): number => {
  const path = join(tmpdir(), `lua_${randomBytes(8).toString('hex')}`);
  runOf(L).markEffect();
  try {
    const fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return opened(L, fd, 'w+');
  } catch (error) {
    return pushSystemError(L, error, path);
  }
};

/** `io.input` and `io.output`. */
export const setDefault =
  (which: string, mode: string) =>
  (L: lua_State): number => {
    if (lua_type(L, 1) === LUA_TNONE || lua_type(L, 1) === LUA_TNIL) {
      lua_getfield(L, LUA_REGISTRYINDEX, luaString(which));
      return 1;
    }
    const keep = (to: lua_State): number => {
      lua_pushvalue(to, -1);
      lua_setfield(to, LUA_REGISTRYINDEX, luaString(which));
      return 1;
    };
    const path = lua_type(L, 1) === LUA_TSTRING ? decodeText(lua_tolstring(L, 1)!) : undefined;
    if (path === undefined) {
      fileAt(L, 1);
      lua_settop(L, 1);
      return keep(L);
    }
    runOf(L).markEffect();
    return waitOrDoNow(
      L,
      () => new Promise<number>((resolve, reject) => open(path, mode, 0o666, (e, fd) => (e ? reject(e) : resolve(fd)))),
      () => openSync(path, mode),
      (to, fd) => {
        opened(to, fd, mode);
        return keep(to);
      },
      (to, error) => luaL_error(to, luaString('%s'), luaString(systemErrorText(path, error))),
    );
  };

/** `io.lines ([filename, ···])` */
export const linesFunction = (L: lua_State): number => {
  if (lua_type(L, 1) === LUA_TNONE || lua_type(L, 1) === LUA_TNIL) {
    const file = pushDefault(L, INPUT);
    pushLines(L, file, [{ what: 'l' }], false);
    return 1;
  }
  const path = decodeText(luaL_checkstring(L, 1));
  const formats = formatsFrom(L, 2);
  runOf(L).markEffect();
  return waitOrDoNow(
    L,
    () =>
      new Promise<number>((resolve, reject) => open(path, 'r', (error, fd) => (error ? reject(error) : resolve(fd)))),
    () => openSync(path, 'r'),
    (to, fd) => {
      if (opened(to, fd, 'r') !== 1) return luaL_error(to, luaString('%s'), lua_tolstring(to, -2));
      pushLines(to, fileOfUserdata(lua_touserdata(to, -1)), formats, true);
      return 1;
    },
    (to, error) => luaL_error(to, luaString('%s'), luaString(systemErrorText(path, error))),
  );
};

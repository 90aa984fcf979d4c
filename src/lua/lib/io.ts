import { randomBytes } from 'node:crypto';
import { open, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  luaL_argerror,
  luaL_checkinteger,
  luaL_checkstring,
  luaL_checkudata,
  luaL_error,
  luaL_optnumber,
  luaL_optstring,
  luaL_setmetatable,
  luaL_testudata,
} from 'fengari/src/lauxlib.js';
import {
  LUA_REGISTRYINDEX,
  LUA_TNIL,
  LUA_TNONE,
  LUA_TNUMBER,
  LUA_TSTRING,
  lua_checkstack,
  lua_getfield,
  lua_gettop,
  lua_newuserdata,
  lua_pushboolean,
  lua_pushcfunction,
  lua_pushinteger,
  lua_pushnil,
  lua_pushvalue,
  type lua_State,
  lua_setfield,
  lua_settop,
  lua_stringtonumber,
  lua_tolstring,
  lua_touserdata,
  lua_type,
} from 'fengari/src/lua.js';
import { runOf } from '../run.ts';
import { canSuspend, suspend } from '../suspend.ts';
import { pushOwned, pushText, pushWhole, text, word } from '../values.ts';
import { paced } from './base.ts';
import { type Channel, FileChannel, PipeChannel, standardChannel } from './channel.ts';
import { LuaFile, type Read } from './file.ts';
import { numeral } from './numeral.ts';
import { pushExit } from './os.ts';
import { ShellProcess } from './process.ts';
import { fileProblem } from './read-whole.ts';

/** Name of the metatable of file handles. */
export const FILE = 'FILE*';
const INPUT = 'io input';
const OUTPUT = 'io output';

const newHandle = (L: lua_State, channel: Channel, buffering: 'no' | 'line' | 'full' = 'full'): LuaFile => {
  const file = new LuaFile(channel, buffering);
  lua_newuserdata(L, 0).file = file;
  luaL_setmetatable(L, word(FILE));
  return file;
};

const fileOf = (data: unknown): LuaFile => (data as { file: LuaFile }).file;
const anyFileAt = (L: lua_State, arg: number): LuaFile => fileOf(luaL_checkudata(L, arg, word(FILE)));
const fileAt = (L: lua_State, arg = 1): LuaFile => {
  const file = anyFileAt(L, arg);
  return file.closed ? luaL_error(L, word('attempt to use a closed file')) : file;
};

const pushDefault = (L: lua_State, which: string): LuaFile => {
  lua_getfield(L, LUA_REGISTRYINDEX, word(which));
  const file = fileOf(lua_touserdata(L, -1));
  return file.closed ? luaL_error(L, word(`standard ${which.slice(3)} file is closed`)) : file;
};

const problem = (L: lua_State, error: unknown, path?: string): number => {
  lua_pushnil(L);
  const said = fileProblem(path ?? '', error);
  pushText(L, path === undefined ? said.slice(2) : said);
  lua_pushinteger(L, Math.abs((error as NodeJS.ErrnoException).errno ?? 0));
  return 3;
};

/** Waits for `later`, or does `now` where the script cannot be left; `now` answers false where it cannot be done at once. */
const either = <T>(
  L: lua_State,
  later: () => Promise<T>,
  now: () => T | false,
  then: (L: lua_State, value: T) => number,
  failed: (L: lua_State, error: unknown) => number = problem,
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
    ? luaL_error(L, word('cannot wait here: inside a call that cannot be interrupted'))
    : then(L, value);
};

type Format = { readonly what: 'n' | 'l' | 'L' | 'a' } | { readonly what: 'bytes'; readonly n: number };

const formatsFrom = (L: lua_State, first: number): Format[] => {
  const formats: Format[] = [];
  for (let i = first; i <= lua_gettop(L); i++) {
    if (lua_type(L, i) === LUA_TNUMBER) formats.push({ what: 'bytes', n: luaL_checkinteger(L, i) });
    else {
      const what = text(luaL_checkstring(L, i)).replace(/^\*/, '').charAt(0);
      if (what !== 'n' && what !== 'l' && what !== 'L' && what !== 'a') luaL_argerror(L, i, word('invalid format'));
      formats.push({ what: what as 'n' | 'l' | 'L' | 'a' });
    }
  }
  return formats.length === 0 ? [{ what: 'l' }] : formats;
};

const readOne = (file: LuaFile, format: Format, from: { scanned: number }): Read | number => {
  switch (format.what) {
    case 'l':
    case 'L':
      return file.line(format.what === 'L', from);
    case 'a':
      return file.rest();
    case 'bytes':
      return file.bytes(format.n);
    case 'n': {
      const found = numeral(file.buffered, file.atEnd);
      if (found === 'more') return 'more';
      file.take(found.skip);
      return file.take(found.length);
    }
  }
};

/** Reads by the formats; waits for the channel as often as needed. Answers the values, nil in place of the first that failed. */
const readAll = (L: lua_State, file: LuaFile, formats: readonly Format[], got: Uint8Array[] = []): number => {
  const from = { scanned: 0 };
  while (got.length < formats.length) {
    const format = formats[got.length]!;
    const read = readOne(file, format, from) as Read;
    if (read === 'more') {
      return either(
        L,
        () => file.fill(),
        () => (file.fillNow() ? undefined : false),
        (to) => readAll(to, file, formats, got),
      );
    }
    if (read === 'end') return pushRead(L, formats, got, true);
    if (format.what === 'n' && !isNumeral(L, read)) return pushRead(L, formats, got, true);
    got.push(read);
    from.scanned = 0;
  }
  return pushRead(L, formats, got, false);
};

const isNumeral = (L: lua_State, data: Uint8Array): boolean => {
  const size = lua_stringtonumber(L, data);
  if (size === 0) return false;
  lua_settop(L, -2);
  return size === data.length + 1;
};

const pushRead = (L: lua_State, formats: readonly Format[], got: readonly Uint8Array[], failed: boolean): number => {
  if (!lua_checkstack(L, got.length + 2)) return luaL_error(L, word('too many results'));
  got.forEach((data, i) => {
    if (formats[i]!.what === 'n') lua_stringtonumber(L, data);
    else pushOwned(L, data);
  });
  if (failed) lua_pushnil(L);
  return got.length + (failed ? 1 : 0);
};

/** Reading after writing: what is buffered has to be out first. */
const readFrom = (L: lua_State, file: LuaFile, first: number): number => {
  const formats = formatsFrom(L, first);
  if (!file.channel.readable) return problem(L, { code: 'EBADF', errno: 9, message: '' });
  if (file.unwritten === 0) return readAll(L, file, formats);
  return flushThen(L, file, (to) => readAll(to, file, formats));
};

const flushThen = (L: lua_State, file: LuaFile, then: (L: lua_State) => number): number =>
  either(
    L,
    () => file.flush(),
    () => (file.flushNow() ? undefined : false),
    then,
  );

const writeTo = (L: lua_State, file: LuaFile, first: number, push: (L: lua_State) => void): number => {
  if (!file.channel.writable) return problem(L, { code: 'EBADF', errno: 9, message: '' });
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
    file.channel.pull !== undefined &&
    file.channel.seek === undefined
  ) {
    file.flushNow();
    return paced(L, runOf(L), done(L));
  }
  return flushThen(L, file, done);
};

const closeFile = (L: lua_State, file: LuaFile): number => {
  runOf(L).resources.delete(file);
  return either(
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

const opened = (L: lua_State, fd: number, mode: string): number => {
  try {
    const file = newHandle(L, new FileChannel(fd, mode));
    runOf(L).resources.add(file);
    return 1;
  } catch (error) {
    return problem(L, error);
  }
};

const openPath = (
  L: lua_State,
  path: string,
  mode: string,
  failed: (L: lua_State, error: unknown) => number,
): number => {
  const flags = mode.replace('b', '');
  return either(
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

const openFunction = (L: lua_State): number => {
  const path = text(luaL_checkstring(L, 1));
  const mode = text(luaL_optstring(L, 2, word('r'))!);
  if (!/^[rwa]\+?b?$/.test(mode)) return luaL_argerror(L, 2, word('invalid mode'));
  return openPath(L, path, mode, (to, error) => problem(to, error, path));
};

const popen = (L: lua_State): number => {
  const command = text(luaL_checkstring(L, 1));
  const mode = text(luaL_optstring(L, 2, word('r'))!);
  if (mode !== 'r' && mode !== 'w') return luaL_argerror(L, 2, word('invalid mode'));
  const run = runOf(L);
  const way = mode === 'r' ? 'read' : 'write';
  newHandle(L, new PipeChannel(new ShellProcess(run, command, way), way));
  run.resources.add(fileOf(lua_touserdata(L, -1)));
  return 1;
};

const tmpfile = (L: lua_State): number => {
  const path = join(tmpdir(), `lua_${randomBytes(8).toString('hex')}`);
  try {
    const fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return opened(L, fd, 'w+');
  } catch (error) {
    return problem(L, error, path);
  }
};

const typeFunction = (L: lua_State): number => {
  if (lua_type(L, 1) === LUA_TNONE) return luaL_argerror(L, 1, word('value expected'));
  const data = luaL_testudata(L, 1, word(FILE));
  if (data === null || data === undefined) lua_pushnil(L);
  else pushText(L, fileOf(data).closed ? 'closed file' : 'file');
  return 1;
};

const setDefault =
  (which: string, mode: string) =>
  (L: lua_State): number => {
    if (lua_type(L, 1) === LUA_TNONE || lua_type(L, 1) === LUA_TNIL) {
      lua_getfield(L, LUA_REGISTRYINDEX, word(which));
      return 1;
    }
    const keep = (to: lua_State): number => {
      lua_pushvalue(to, -1);
      lua_setfield(to, LUA_REGISTRYINDEX, word(which));
      return 1;
    };
    const path = lua_type(L, 1) === LUA_TSTRING ? text(lua_tolstring(L, 1)!) : undefined;
    if (path === undefined) {
      fileAt(L, 1);
      lua_settop(L, 1);
      return keep(L);
    }
    return either(
      L,
      () => new Promise<number>((resolve, reject) => open(path, mode, 0o666, (e, fd) => (e ? reject(e) : resolve(fd)))),
      () => openSync(path, mode),
      (to, fd) => {
        opened(to, fd, mode);
        return keep(to);
      },
      (to, error) => luaL_error(to, word('%s'), word(fileProblem(path, error))),
    );
  };

/** The iterator of `lines`: closes the file at its end when `own`. */
const pushLines = (L: lua_State, file: LuaFile, formats: readonly Format[], own: boolean): void =>
  lua_pushcfunction(L, (to) => {
    if (file.closed) return luaL_error(to, word('file is already closed'));
    return linesNext(to, file, formats, own);
  });

const linesNext = (L: lua_State, file: LuaFile, formats: readonly Format[], own: boolean): number => {
  const got: Uint8Array[] = [];
  const step = (to: lua_State): number => {
    const from = { scanned: 0 };
    while (got.length < formats.length) {
      const read = readOne(file, formats[got.length]!, from) as Read;
      if (read === 'more')
        return either(
          to,
          () => file.fill(),
          () => (file.fillNow() ? undefined : false),
          step,
          (at, error) => luaL_error(at, word('%s'), word(fileProblem('', error).slice(2))),
        );
      if (read === 'end' || (formats[got.length]!.what === 'n' && !isNumeral(to, read))) {
        if (got.length === 0 && own) {
          runOf(to).resources.delete(file);
          file.abandon();
        }
        return pushRead(to, formats, got, true);
      }
      got.push(read);
      from.scanned = 0;
    }
    return pushRead(to, formats, got, false);
  };
  return step(L);
};

const linesFunction = (L: lua_State): number => {
  if (lua_type(L, 1) === LUA_TNONE || lua_type(L, 1) === LUA_TNIL) {
    const file = pushDefault(L, INPUT);
    pushLines(L, file, [{ what: 'l' }], false);
    return 1;
  }
  const path = text(luaL_checkstring(L, 1));
  const formats = formatsFrom(L, 2);
  return either(
    L,
    () =>
      new Promise<number>((resolve, reject) => open(path, 'r', (error, fd) => (error ? reject(error) : resolve(fd)))),
    () => openSync(path, 'r'),
    (to, fd) => {
      if (opened(to, fd, 'r') !== 1) return luaL_error(to, word('%s'), lua_tolstring(to, -2));
      pushLines(to, fileOf(lua_touserdata(to, -1)), formats, true);
      return 1;
    },
    (to, error) => luaL_error(to, word('%s'), word(fileProblem(path, error))),
  );
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
    return writeTo(L, file, 1, (to) => lua_getfield(to, LUA_REGISTRYINDEX, word(OUTPUT)));
  },
  flush: (L: lua_State): number =>
    flushThen(L, pushDefault(L, OUTPUT), (to) => {
      lua_getfield(to, LUA_REGISTRYINDEX, word(OUTPUT));
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
    const whence = text(luaL_optstring(L, 2, word('cur'))!);
    const by = luaL_optnumber(L, 3, 0);
    if (whence !== 'set' && whence !== 'cur' && whence !== 'end')
      return luaL_argerror(L, 2, word(`invalid option '${whence}'`));
    if (!Number.isSafeInteger(by)) return luaL_argerror(L, 3, word('number has no integer representation'));
    return flushThen(L, file, (to) => {
      try {
        file.rewind();
        if (file.channel.seek === undefined) return problem(to, { code: 'ESPIPE', errno: 29, message: '' });
        pushWhole(to, file.channel.seek(whence, by));
        return 1;
      } catch (error) {
        return problem(to, error);
      }
    });
  },
  setvbuf: (L: lua_State): number => {
    const file = fileAt(L);
    const mode = text(luaL_checkstring(L, 2));
    if (mode !== 'no' && mode !== 'line' && mode !== 'full')
      return luaL_argerror(L, 2, word(`invalid option '${mode}'`));
    luaL_optnumber(L, 3, 0);
    if (file.buffering !== 'no' || file.channel.seek !== undefined) file.buffering = mode;
    lua_pushboolean(L, true);
    return 1;
  },
};

/** What `tostring` says of a file. */
export const fileToString = (L: lua_State): number => {
  pushText(L, anyFileAt(L, 1).closed ? 'file (closed)' : 'file (open)');
  return 1;
};

/** Adds `stdin`, `stdout` and `stderr` to the `io` table on top of the stack, and makes them the defaults. */
export const addStandardFiles = (L: lua_State): void => {
  const run = runOf(L);
  for (const name of ['stdin', 'stdout', 'stderr'] as const) {
    newHandle(L, standardChannel(run, name), 'no');
    if (name !== 'stderr') {
      lua_pushvalue(L, -1);
      lua_setfield(L, LUA_REGISTRYINDEX, word(name === 'stdin' ? INPUT : OUTPUT));
    }
    lua_setfield(L, -2, word(name));
  }
};

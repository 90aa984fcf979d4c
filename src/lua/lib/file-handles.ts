import { randomBytes } from 'node:crypto';
import { open, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as lua from '../lua-api.ts';
import { decodeText, pushText } from '../lua-values.ts';
import { runOf } from '../script-scheduler.ts';
import { BufferedFile, type Buffering } from './buffered-file.ts';
import { DescriptorChannel, type FileChannel, PipeChannel, StandardChannel } from './file-channels.ts';
import { formatsFrom, pushLines } from './file-reading.ts';
import { ShellProcess } from './shell-process.ts';
import { pushSystemError, systemErrorText, waitOrDoNow } from './system-calls.ts';

/** Name of the metatable of file handles. */
export const FILE_TYPE = 'FILE*';
/** Keys of the registry for the default files. */
export const INPUT = 'io input';
export const OUTPUT = 'io output';

const pushHandle = (L: lua.State, channel: FileChannel, buffering: Buffering = 'full'): BufferedFile => {
  const file = new BufferedFile(channel, buffering);
  lua.newuserdata(L, 0).file = file;
  lua.setnamedmetatable(L, FILE_TYPE);
  return file;
};

const fileOfUserdata = (data: unknown): BufferedFile => (data as { file: BufferedFile }).file;

/** The file given as argument, open or closed; undefined for other values. */
export const anyFileAt = (L: lua.State, arg: number): BufferedFile | undefined => {
  const data = lua.testudata(L, arg, FILE_TYPE);
  return data === null || data === undefined ? undefined : fileOfUserdata(data);
};

const checkFile = (L: lua.State, arg: number): BufferedFile => fileOfUserdata(lua.checkudata(L, arg, FILE_TYPE));

/** The open file given as argument; raises an error when it is closed. */
export const openFileAt = (L: lua.State, arg = 1): BufferedFile => {
  const file = checkFile(L, arg);
  return file.closed ? lua.raise(L, 'attempt to use a closed file') : file;
};

/** Pushes the default input or output; raises an error when that is closed. */
export const pushDefault = (L: lua.State, which: string): BufferedFile => {
  lua.getfield(L, lua.REGISTRYINDEX, which);
  const file = fileOfUserdata(lua.touserdata(L, -1));
  return file.closed ? lua.raise(L, `standard ${which.slice(3)} file is closed`) : file;
};

/** `tostring` of a file. */
export const fileToString = (L: lua.State): number => {
  return pushText(L, checkFile(L, 1).closed ? 'file (closed)' : 'file (open)');
};

/** Adds `stdin`, `stdout` and `stderr` to the `io` table on top of the stack, and makes them the defaults. */
export const addStandardFiles = (L: lua.State): void => {
  for (const name of ['stdin', 'stdout', 'stderr'] as const) {
    pushHandle(L, new StandardChannel(runOf(L), name), 'no');
    if (name !== 'stderr') {
      lua.pushvalue(L, -1);
      lua.setfield(L, lua.REGISTRYINDEX, name === 'stdin' ? INPUT : OUTPUT);
    }
    lua.setfield(L, -2, name);
  }
};

/** Pushes a handle for a descriptor, or nil, message and number. */
const pushOpened = (L: lua.State, fd: number, mode: string): number => {
  try {
    runOf(L).resources.add(pushHandle(L, new DescriptorChannel(fd, mode)));
    return 1;
  } catch (error) {
    return pushSystemError(L, error);
  }
};

const openLater = promisify(open) as (path: string, flags: string) => Promise<number>;

const openThen = (
  L: lua.State,
  path: string,
  flags: string,
  then: (L: lua.State, fd: number) => number,
  failed: (L: lua.State, error: unknown) => number = (to, error) => lua.raise(to, systemErrorText(error, path)),
): number => {
  runOf(L).markEffect();
  return waitOrDoNow(
    L,
    () => openLater(path, flags),
    () => openSync(path, flags),
    then,
    failed,
  );
};

/** `io.open (filename [, mode])` */
export const openFile = (L: lua.State): number => {
  const path = decodeText(lua.checkstring(L, 1));
  const mode = decodeText(lua.optstring(L, 2, 'r'));
  if (!/^[rwa]\+?b?$/.test(mode)) return lua.argerror(L, 2, 'invalid mode');
  return openThen(
    L,
    path,
    mode.replace('b', ''),
    (to, fd) => pushOpened(to, fd, mode),
    (to, error) => pushSystemError(to, error, path),
  );
};

/** The system names the reason only after the script has continued. */
const NO_SHELL = 'the shell was not started: too many open files or processes';

/** `io.popen (command [, mode])` */
export const popen = (L: lua.State): number => {
  const command = decodeText(lua.checkstring(L, 1));
  const mode = decodeText(lua.optstring(L, 2, 'r'));
  if (mode !== 'r' && mode !== 'w') return lua.argerror(L, 2, 'invalid mode');
  const run = runOf(L);
  const pipe = mode === 'r' ? 'read' : 'write';
  let shell: ShellProcess;
  try {
    shell = new ShellProcess(run, command, pipe);
  } catch (error) {
    return pushSystemError(L, error);
  }
  if (shell.child.pid === undefined) return pushSystemError(L, { message: NO_SHELL });
  run.resources.add(pushHandle(L, new PipeChannel(shell, pipe)));
  return 1;
};

/** `io.tmpfile ()` */
export const tmpfile = (L: lua.State): number => {
  const path = join(tmpdir(), `lua_${randomBytes(8).toString('hex')}`);
  runOf(L).markEffect();
  try {
    const fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return pushOpened(L, fd, 'w+');
  } catch (error) {
    return pushSystemError(L, error, path);
  }
};

/** `io.input` and `io.output`. */
export const setDefault =
  (which: string, mode: string) =>
  (L: lua.State): number => {
    if (lua.isnoneornil(L, 1)) {
      lua.getfield(L, lua.REGISTRYINDEX, which);
      return 1;
    }
    const setTop = (to: lua.State): number => {
      lua.pushvalue(to, -1);
      lua.setfield(to, lua.REGISTRYINDEX, which);
      return 1;
    };
    if (lua.type(L, 1) === lua.TSTRING)
      return openThen(L, decodeText(lua.tolstring(L, 1)!), mode, (to, fd) => {
        pushOpened(to, fd, mode);
        return setTop(to);
      });
    openFileAt(L, 1);
    lua.settop(L, 1);
    return setTop(L);
  };

/** `io.lines ([filename, ···])` */
export const linesOf = (L: lua.State): number => {
  if (lua.isnoneornil(L, 1)) {
    return pushLines(L, pushDefault(L, INPUT), [{ what: 'l' }], false);
  }
  const path = decodeText(lua.checkstring(L, 1));
  const formats = formatsFrom(L, 2);
  return openThen(L, path, 'r', (to, fd) => {
    if (pushOpened(to, fd, 'r') !== 1) return lua.raise(to, decodeText(lua.tolstring(to, -2)!));
    return pushLines(to, fileOfUserdata(lua.touserdata(to, -1)), formats, true);
  });
};

import * as lua from '../lua-api.ts';
import { decodeText, pushText, pushWhole } from '../lua-values.ts';
import { BLOCK, runOf } from '../script-scheduler.ts';
import { waitForLog } from '../yielding.ts';
import type { BufferedFile } from './buffered-file.ts';
import { PipeChannel, StandardChannel } from './file-channels.ts';
import {
  anyFileAt,
  INPUT,
  linesOf,
  OUTPUT,
  openFile,
  openFileAt,
  popen,
  pushDefault,
  setDefault,
  tmpfile,
} from './file-handles.ts';
import { flushThen, formatsFrom, pushLines, readFrom } from './file-reading.ts';
import { pushExitStatus } from './shell-process.ts';
import { pushSystemError, waitOrDoNow } from './system-calls.ts';

type Push = (L: lua.State) => number;

const pushFirst: Push = (L) => {
  return lua.pushvalue(L, 1);
};

const pushOutput: Push = (L) => {
  lua.getfield(L, lua.REGISTRYINDEX, OUTPUT);
  return 1;
};

const writeTo = (L: lua.State, file: BufferedFile, first: number, push: Push): number => {
  if (!file.channel.writable) return pushSystemError(L, { code: 'EBADF', errno: 9, message: '' });
  if (file.unread > 0) file.rewind();
  let full = false;
  for (let i = first; i <= lua.gettop(L); i++) {
    const type = lua.type(L, i);
    const data = type === lua.TSTRING || type === lua.TNUMBER ? lua.tolstring(L, i)! : lua.checkstring(L, i);
    full = file.put(data) || full;
  }
  if (!full) return push(L);
  // Standard output is not waited for: it goes to the log, which limits scripts itself.
  if (file.channel instanceof StandardChannel && file.unwritten <= BLOCK) {
    file.flushNow();
    return waitForLog(L, runOf(L), push(L));
  }
  return flushThen(L, file, push);
};

const closeFile = (L: lua.State, file: BufferedFile): number => {
  runOf(L).resources.delete(file);
  return waitOrDoNow(
    L,
    () => file.close(),
    () => {
      if (!file.flushNow() || file.channel instanceof PipeChannel) return false;
      file.abandon();
      return undefined;
    },
    (to, status) => {
      if (status !== undefined) return pushExitStatus(to, status);
      return lua.pushboolean(to, true);
    },
  );
};

const typeOf = (L: lua.State): number => {
  if (lua.type(L, 1) === lua.TNONE) return lua.argerror(L, 1, 'value expected');
  const file = anyFileAt(L, 1);
  return file === undefined ? lua.pushnil(L) : pushText(L, file.closed ? 'closed file' : 'file');
};

/** Calls `use` with a default file, which is not left on the stack. */
const withDefault =
  (which: string, use: (L: lua.State, file: BufferedFile) => number) =>
  (L: lua.State): number => {
    const n = lua.gettop(L);
    const file = pushDefault(L, which);
    lua.settop(L, n);
    return use(L, file);
  };

/** The functions of the `io` library. */
export const ioFunctions = {
  open: openFile,
  popen,
  tmpfile,
  type: typeOf,
  lines: linesOf,
  input: setDefault(INPUT, 'r'),
  output: setDefault(OUTPUT, 'w'),
  read: withDefault(INPUT, (L, file) => readFrom(L, file, 1)),
  write: withDefault(OUTPUT, (L, file) => writeTo(L, file, 1, pushOutput)),
  flush: withDefault(OUTPUT, (L, file) => flushThen(L, file, pushOutput)),
  close: (L: lua.State): number => closeFile(L, lua.type(L, 1) === lua.TNONE ? pushDefault(L, OUTPUT) : openFileAt(L)),
};

const seek = (L: lua.State): number => {
  const file = openFileAt(L);
  const whence = decodeText(lua.optstring(L, 2, 'cur'));
  const by = lua.optnumber(L, 3, 0);
  if (whence !== 'set' && whence !== 'cur' && whence !== 'end') return lua.argerror(L, 2, `invalid option '${whence}'`);
  if (!Number.isSafeInteger(by)) return lua.argerror(L, 3, 'number has no integer representation');
  return flushThen(L, file, (to) => {
    try {
      file.rewind();
      if (file.channel.seek === undefined) return pushSystemError(to, { code: 'ESPIPE', errno: 29, message: '' });
      return pushWhole(to, file.channel.seek(whence, by));
    } catch (error) {
      return pushSystemError(to, error);
    }
  });
};

const setvbuf = (L: lua.State): number => {
  const file = openFileAt(L);
  const mode = decodeText(lua.checkstring(L, 2));
  if (mode !== 'no' && mode !== 'line' && mode !== 'full') return lua.argerror(L, 2, `invalid option '${mode}'`);
  lua.optnumber(L, 3, 0);
  if (!(file.channel instanceof StandardChannel)) file.buffering = mode;
  return lua.pushboolean(L, true);
};

/** The methods of a file. */
export const fileMethods = {
  close: (L: lua.State): number => closeFile(L, openFileAt(L)),
  flush: (L: lua.State): number => flushThen(L, openFileAt(L), pushFirst),
  lines: (L: lua.State): number => {
    return pushLines(L, openFileAt(L), formatsFrom(L, 2), false);
  },
  read: (L: lua.State): number => readFrom(L, openFileAt(L), 2),
  write: (L: lua.State): number => writeTo(L, openFileAt(L), 2, pushFirst),
  seek,
  setvbuf,
};

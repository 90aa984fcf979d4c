import { luaL_argerror, luaL_checkinteger, luaL_checkstring, luaL_error } from 'fengari/src/lauxlib.js';
import {
  LUA_TNUMBER,
  lua_checkstack,
  lua_gettop,
  lua_pushcfunction,
  lua_pushnil,
  type lua_State,
  lua_settop,
  lua_stringtonumber,
  lua_type,
} from 'fengari/src/lua.js';
import { runOf } from '../script-run.ts';
import { decodeText, luaString, pushOwned } from '../values.ts';
import type { LuaFile, ReadResult } from './buffered-file.ts';
import { flushThen, pushSystemError, waitOrDoNow } from './file-handles.ts';
import { numeral } from './numeral.ts';
import { systemErrorText } from './system-calls.ts';
/** What one value is to be read as. */
export type ReadFormat = { readonly what: 'n' | 'l' | 'L' | 'a' } | { readonly what: 'bytes'; readonly n: number };

/** The formats given from argument `first` on; a line when there are none. */
export const formatsFrom = (L: lua_State, first: number): ReadFormat[] => {
  const formats: ReadFormat[] = [];
  for (let i = first; i <= lua_gettop(L); i++) {
    if (lua_type(L, i) === LUA_TNUMBER) formats.push({ what: 'bytes', n: luaL_checkinteger(L, i) });
    else {
      const what = decodeText(luaL_checkstring(L, i)).replace(/^\*/, '').charAt(0);
      if (what !== 'n' && what !== 'l' && what !== 'L' && what !== 'a')
        luaL_argerror(L, i, luaString('invalid format'));
      formats.push({ what: what as 'n' | 'l' | 'L' | 'a' });
    }
  }
  return formats.length === 0 ? [{ what: 'l' }] : formats;
};

const readOne = (file: LuaFile, format: ReadFormat, from: { scanned: number }): ReadResult | number => {
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
const readAll = (L: lua_State, file: LuaFile, formats: readonly ReadFormat[], got: Uint8Array[] = []): number => {
  const from = { scanned: 0 };
  while (got.length < formats.length) {
    const format = formats[got.length]!;
    const read = readOne(file, format, from) as ReadResult;
    if (read === 'more') {
      return waitOrDoNow(
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

const pushRead = (
  L: lua_State,
  formats: readonly ReadFormat[],
  got: readonly Uint8Array[],
  failed: boolean,
): number => {
  if (!lua_checkstack(L, got.length + 2)) return luaL_error(L, luaString('too many results'));
  got.forEach((data, i) => {
    if (formats[i]!.what === 'n') lua_stringtonumber(L, data);
    else pushOwned(L, data);
  });
  if (failed) lua_pushnil(L);
  return got.length + (failed ? 1 : 0);
};

/** Reading after writing: what is buffered has to be out first. */
export const readFrom = (L: lua_State, file: LuaFile, first: number): number => {
  const formats = formatsFrom(L, first);
  if (!file.channel.readable) return pushSystemError(L, { code: 'EBADF', errno: 9, message: '' });
  if (file.unwritten === 0) return readAll(L, file, formats);
  return flushThen(L, file, (to) => readAll(to, file, formats));
};

/** The iterator of `lines`: closes the file at its end when `own`. */
export const pushLines = (L: lua_State, file: LuaFile, formats: readonly ReadFormat[], own: boolean): void =>
  lua_pushcfunction(L, (to) => {
    if (file.closed) return luaL_error(to, luaString('file is already closed'));
    return linesNext(to, file, formats, own);
  });

const linesNext = (L: lua_State, file: LuaFile, formats: readonly ReadFormat[], own: boolean): number => {
  const got: Uint8Array[] = [];
  const step = (to: lua_State): number => {
    const from = { scanned: 0 };
    while (got.length < formats.length) {
      const read = readOne(file, formats[got.length]!, from) as ReadResult;
      if (read === 'more')
        return waitOrDoNow(
          to,
          () => file.fill(),
          () => (file.fillNow() ? undefined : false),
          step,
          (at, error) => luaL_error(at, luaString('%s'), luaString(systemErrorText('', error).slice(2))),
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

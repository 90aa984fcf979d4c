import {
  luaL_argerror,
  luaL_checknumber,
  luaL_checkstring,
  luaL_checktype,
  luaL_error,
  luaL_optnumber,
  luaL_optstring,
} from 'fengari/src/lauxlib.js';
import {
  LUA_TBOOLEAN,
  LUA_TNIL,
  LUA_TNONE,
  LUA_TTABLE,
  lua_createtable,
  lua_getfield,
  lua_pop,
  lua_pushboolean,
  lua_pushinteger,
  lua_pushnil,
  lua_pushnumber,
  type lua_State,
  lua_setfield,
  lua_settop,
  lua_toboolean,
  lua_tonumberx,
  lua_type,
} from 'fengari/src/lua.js';
import { inPieces } from '../pieces.ts';
import { runOf } from '../script-run.ts';
import { canSuspend, suspend } from '../suspend.ts';
import { decodeText, encodeText, luaString, pushText } from '../values.ts';
import { checkClockSoon } from '../yielding.ts';
import { ByteBuilder } from './byte-builder.ts';
import { pushSystemError } from './file-handles.ts';
import { remove, renameFile, tmpname } from './os-files.ts';
import { type ExitStatus, ShellProcess } from './shell-process.ts';
import { formatPart, type Moment, moment } from './strftime.ts';

const setMoment = (L: lua_State, m: Moment): void => {
  const set = (key: string, n: number): void => {
    lua_pushinteger(L, n);
    lua_setfield(L, -2, luaString(key));
  };
  set('sec', m.second);
  set('min', m.minute);
  set('hour', m.hour);
  set('day', m.day);
  set('month', m.month + 1);
  set('year', m.year);
  set('wday', m.weekday + 1);
  set('yday', m.yearDay + 1);
  lua_pushboolean(L, m.daylightSaving);
  lua_setfield(L, -2, luaString('isdst'));
};

const now = (): number => Math.floor(Date.now() / 1000);

/** Characters of a pattern in one piece of work. */
const AT_ONCE = 500;

const date = (L: lua_State): number => {
  const given = luaL_optstring(L, 1, luaString('%c'))!;
  const seconds = Math.floor(luaL_optnumber(L, 2, now()));
  if (!(Math.abs(seconds) <= 8.64e12)) return luaL_argerror(L, 2, luaString('time out-of-bounds'));
  const pattern = Buffer.from(given.buffer, given.byteOffset, given.length).toString('latin1');
  const utc = pattern.startsWith('!');
  let at = utc ? 1 : 0;
  const m = moment(seconds, utc);
  if (pattern.startsWith('*t', at)) {
    lua_createtable(L, 0, 9);
    setMoment(L, m);
    return 1;
  }
  const out = new ByteBuilder();
  const piece = (): boolean => {
    const { text, next, wrong } = formatPart(pattern, m, at, Math.min(pattern.length, at + AT_ONCE));
    if (wrong !== undefined) luaL_argerror(L, 1, encodeText(`invalid conversion specifier '${wrong}'`));
    out.addText(L, text);
    at = next;
    return at >= pattern.length;
  };
  return inPieces(L, piece, (to) => {
    out.push(to);
    return 1;
  });
};

const field = (L: lua_State, key: string, fallback: number | undefined): number => {
  const type = lua_getfield(L, 1, luaString(key));
  const n = lua_tonumberx(L, -1);
  lua_pop(L, 1);
  if (n !== false && Number.isInteger(n)) return n;
  if (type !== LUA_TNIL) return luaL_error(L, luaString(`field '${key}' is not an integer`));
  return fallback ?? luaL_error(L, luaString(`field '${key}' missing in date table`));
};

/** Seconds since 1970: a float, so that arithmetic with it does not end at 32 bits. */
const time = (L: lua_State): number => {
  if (lua_type(L, 1) === LUA_TNONE || lua_type(L, 1) === LUA_TNIL) {
    lua_pushnumber(L, now());
    return 1;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  const made = new Date(2000, 0, 1);
  const year = field(L, 'year', undefined);
  const month = field(L, 'month', undefined);
  made.setFullYear(year, month - 1, field(L, 'day', undefined));
  made.setHours(field(L, 'hour', 12), field(L, 'min', 0), field(L, 'sec', 0), 0);
  const seconds = Math.floor(made.getTime() / 1000);
  if (!Number.isFinite(seconds))
    return luaL_error(L, luaString('time result cannot be represented in this installation'));
  setMoment(L, moment(seconds, false));
  lua_pushnumber(L, seconds);
  return 1;
};

const difftime = (L: lua_State): number => {
  lua_pushnumber(L, luaL_checknumber(L, 1) - luaL_optnumber(L, 2, 0));
  return 1;
};

const clock = (L: lua_State): number => {
  const { user, system } = process.cpuUsage();
  lua_pushnumber(L, (user + system) / 1e6);
  return 1;
};

const getenv = (L: lua_State): number => {
  const value = process.env[decodeText(luaL_checkstring(L, 1))];
  if (value === undefined) lua_pushnil(L);
  else pushText(L, value);
  return 1;
};

const setlocale = (L: lua_State): number => {
  const wanted = luaL_optstring(L, 1, null);
  if (wanted === null || ['', 'C', 'POSIX'].includes(decodeText(wanted))) pushText(L, 'C');
  else lua_pushnil(L);
  return 1;
};

/** `os.exit ([code])` ends the script, not the program: code true or 0 as if it had come to its end. */
const exit = (L: lua_State): number => {
  const type = lua_type(L, 1);
  const code = type === LUA_TBOOLEAN ? (lua_toboolean(L, 1) ? 0 : 1) : luaL_optnumber(L, 1, 0);
  const run = runOf(L);
  run.abortReason ??= { why: 'exit', message: code === 0 ? undefined : `os.exit: status ${code}` };
  if (canSuspend(L)) return suspend(L, () => undefined);
  checkClockSoon(L);
  return luaL_error(L, luaString('os.exit'));
};

/** true or nil, "exit" or "signal", and the number. */
export const pushExit = (L: lua_State, status: ExitStatus): number => {
  if (status.how === 'exit' && status.code === 0) lua_pushboolean(L, true);
  else lua_pushnil(L);
  pushText(L, status.how);
  lua_pushinteger(L, status.code);
  return 3;
};

/** `os.execute ([command])`: what the command says becomes records of the script. */
const execute = (L: lua_State): number => {
  const command = luaL_optstring(L, 1, null);
  if (command === null) {
    lua_pushboolean(L, true);
    return 1;
  }
  const run = runOf(L);
  return suspend(L, (done) => {
    let child: ShellProcess;
    try {
      child = new ShellProcess(run, decodeText(command), 'output');
    } catch (error) {
      done((to) => pushSystemError(to, error));
      return undefined;
    }
    child.ended.then(
      (status) => {
        run.flush();
        done((to) => pushExit(to, status));
      },
      (error: Error) => done((to) => pushSystemError(to, error)),
    );
    return () => child.abandon();
  });
};

/** The `os` library. */
export const osFunctions = {
  clock,
  date,
  difftime,
  execute,
  exit,
  getenv,
  remove,
  rename: renameFile,
  setlocale,
  time,
  tmpname,
};

import { randomBytes } from 'node:crypto';
import { renameSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { rename, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CalendarTime, calendarTime, formatPart } from '../../log/strftime.ts';
import * as lua from '../lua-api.ts';
import { decodeLatin1, decodeText, pushText } from '../lua-values.ts';
import { checkClockSoon, runOf } from '../script-scheduler.ts';
import { canSuspend, inPieces, suspend } from '../yielding.ts';
import { ByteBuilder } from './byte-builder.ts';
import { pushExitStatus, ShellProcess } from './shell-process.ts';
import { pushSystemError, waitOrDoNow } from './system-calls.ts';

const setTimeFields = (L: lua.State, time: CalendarTime): void => {
  const set = (key: string, n: number): void => {
    lua.pushinteger(L, n);
    lua.setfield(L, -2, key);
  };
  set('sec', time.second);
  set('min', time.minute);
  set('hour', time.hour);
  set('day', time.day);
  set('month', time.month + 1);
  set('year', time.year);
  set('wday', time.weekday + 1);
  set('yday', time.yearDay + 1);
  lua.pushboolean(L, time.daylightSaving);
  lua.setfield(L, -2, 'isdst');
};

const now = (): number => Math.floor(Date.now() / 1000);

/** Characters of a pattern in one piece of work. */
const AT_ONCE = 500;

const date = (L: lua.State): number => {
  const pattern = decodeLatin1(lua.optstring(L, 1, '%c'));
  const seconds = Math.floor(lua.optnumber(L, 2, now()));
  if (!(Math.abs(seconds) <= 8.64e12)) return lua.argerror(L, 2, 'time out-of-bounds');
  const utc = pattern.startsWith('!');
  let at = utc ? 1 : 0;
  const time = calendarTime(seconds, utc);
  if (pattern.startsWith('*t', at)) {
    lua.createtable(L, 0, 9);
    setTimeFields(L, time);
    return 1;
  }
  const out = new ByteBuilder();
  const piece = (): boolean => {
    const { text, next, wrong } = formatPart(pattern, time, at, Math.min(pattern.length, at + AT_ONCE));
    if (wrong !== undefined) lua.argerror(L, 1, `invalid conversion specifier '${wrong}'`);
    out.addText(L, text);
    at = next;
    return at >= pattern.length;
  };
  return inPieces(L, piece, (to) => out.push(to));
};

const timeField = (L: lua.State, key: string, fallback?: number): number => {
  const type = lua.getfield(L, 1, key);
  const n = lua.tonumberx(L, -1);
  lua.pop(L, 1);
  if (n !== false && Number.isInteger(n)) return n;
  if (type !== lua.TNIL) return lua.raise(L, `field '${key}' is not an integer`);
  return fallback ?? lua.raise(L, `field '${key}' missing in date table`);
};

/** Seconds since 1970: a float, so that arithmetic with it is not limited to 32 bits. */
const time = (L: lua.State): number => {
  if (lua.isnoneornil(L, 1)) {
    return lua.pushnumber(L, now());
  }
  lua.checktype(L, 1, lua.TTABLE);
  lua.settop(L, 1);
  const made = new Date(2000, 0, 1);
  const year = timeField(L, 'year');
  const month = timeField(L, 'month');
  made.setFullYear(year, month - 1, timeField(L, 'day'));
  made.setHours(timeField(L, 'hour', 12), timeField(L, 'min', 0), timeField(L, 'sec', 0), 0);
  const seconds = Math.floor(made.getTime() / 1000);
  if (!Number.isFinite(seconds)) return lua.raise(L, 'time result cannot be represented in this installation');
  setTimeFields(L, calendarTime(seconds, false));
  return lua.pushnumber(L, seconds);
};

const difftime = (L: lua.State): number => lua.pushnumber(L, lua.checknumber(L, 1) - lua.optnumber(L, 2, 0));

const clock = (L: lua.State): number => {
  const { user, system } = process.cpuUsage();
  return lua.pushnumber(L, (user + system) / 1e6);
};

const getenv = (L: lua.State): number => {
  const name = decodeText(lua.checkstring(L, 1));
  const value = (runOf(L).job.trace as Readonly<Record<string, string>> | undefined)?.[name] ?? process.env[name];
  return value === undefined ? lua.pushnil(L) : pushText(L, value);
};

const setlocale = (L: lua.State): number =>
  ['', 'C', 'POSIX'].includes(decodeText(lua.optstring(L, 1, ''))) ? pushText(L, 'C') : lua.pushnil(L);

/** `os.exit ([code])` ends the script, not the program: code true or 0 as if it had reached its end. */
const exit = (L: lua.State): number => {
  const type = lua.type(L, 1);
  const code = type === lua.TBOOLEAN ? (lua.toboolean(L, 1) ? 0 : 1) : lua.optnumber(L, 1, 0);
  const run = runOf(L);
  run.abortReason ??= { why: 'exit', message: code === 0 ? undefined : `os.exit: status ${code}` };
  if (canSuspend(L)) return suspend(L, () => undefined);
  checkClockSoon(L);
  return lua.raise(L, 'os.exit');
};

/** `os.execute ([command])`: the output of the command becomes records of the script. */
const execute = (L: lua.State): number => {
  if (lua.isnoneornil(L, 1)) {
    return lua.pushboolean(L, true);
  }
  const command = decodeText(lua.checkstring(L, 1));
  const run = runOf(L);
  return suspend(L, (done) => {
    let shell: ShellProcess;
    try {
      shell = new ShellProcess(run, command, 'output');
    } catch (error) {
      done((to) => pushSystemError(to, error));
      return undefined;
    }
    shell.ended.then(
      (status) => {
        run.flush();
        done((to) => pushExitStatus(to, status));
      },
      (error: Error) => done((to) => pushSystemError(to, error)),
    );
    return () => shell.abandon();
  });
};

/** Changes a file: pushes true, or nil with message and number. */
const changeFile = (L: lua.State, path: string, later: () => Promise<unknown>, atOnce: () => unknown): number => {
  runOf(L).markEffect();
  return waitOrDoNow<unknown>(
    L,
    later,
    () => void atOnce(),
    (to) => lua.pushboolean(to, true),
    (to, error) => pushSystemError(to, error, path),
  );
};

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
};

/** `os.remove (filename)`: a file or an empty directory. */
const remove = (L: lua.State): number => {
  const path = decodeText(lua.checkstring(L, 1));
  return changeFile(
    L,
    path,
    async () => ((await isDirectory(path)) ? rmdir(path) : unlink(path)),
    () => (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? rmdirSync(path) : unlinkSync(path)),
  );
};

/** `os.rename (from, to)` */
const renameFile = (L: lua.State): number => {
  const from = decodeText(lua.checkstring(L, 1));
  const to = decodeText(lua.checkstring(L, 2));
  return changeFile(
    L,
    from,
    () => rename(from, to),
    () => renameSync(from, to),
  );
};

/** `os.tmpname ()` */
const tmpname = (L: lua.State): number => {
  const name = join(tmpdir(), `lua_${randomBytes(6).toString('hex')}`);
  runOf(L).markEffect();
  return waitOrDoNow<void>(
    L,
    () => writeFile(name, '', { flag: 'wx', mode: 0o600 }),
    () => writeFileSync(name, '', { flag: 'wx', mode: 0o600 }),
    (to) => pushText(to, name),
    (to) => lua.raise(to, 'unable to generate a unique filename'),
  );
};

/** The `os` library. */
export const osFunctions = {
  ...{ clock, date, difftime, execute, exit, getenv, remove, setlocale, time, tmpname },
  rename: renameFile,
};

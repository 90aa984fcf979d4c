import { performance } from 'node:perf_hooks';
import { countOverflow } from '../interpreter-limits.ts';
import * as lua from '../lua-api.ts';
import { decodeText, pushText } from '../lua-values.ts';
import { usedBytes } from '../memory-limit.ts';
import { digitOf, trimBlanks } from '../number-parsing.ts';
import { BLOCK, runOf, type ScriptRun } from '../script-scheduler.ts';
import { abortIfDue, canSuspend, inPieces, suspendForTurn, waitForLog } from '../yielding.ts';
import { pushLuaFunction } from './functions-in-lua.ts';
import { doFile, loadFile, loadText } from './load-chunk.ts';

/** Writes long texts, and lets other scripts run between many lines. */
const writeLong = (L: lua.State, run: ScriptRun, parts: readonly Uint8Array[], from = 0): number => {
  let at = from;
  for (const [i, part] of parts.entries()) {
    while (at < part.length) {
      run.write(part.subarray(at, at + BLOCK));
      at += BLOCK;
      if (!run.scheduler.full) continue;
      if (canSuspend(L)) return suspendForTurn(L, (to) => writeLong(to, run, parts.slice(i), at));
      abortIfDue(L, run, performance.now());
    }
    at = 0;
  }
  return waitForLog(L, run, 0);
};

const print = (L: lua.State): number => {
  const run = runOf(L);
  const n = lua.gettop(L);
  let long: Uint8Array[] | undefined;
  const write = (part: Uint8Array): void => {
    if (long === undefined) run.write(part);
    else long.push(part);
  };
  for (let i = 1; i <= n; i++) {
    const part = lua.tostring(L, i);
    lua.pop(L, 1);
    if (part.length > BLOCK) long ??= [];
    if (i > 1) write(lua.literal('\t'));
    write(part);
  }
  write(lua.literal('\n'));
  return long === undefined ? waitForLog(L, run, 0) : writeLong(L, run, long);
};

/** `warn (msg, ···)` of Lua 5.4: a WARN record. Control messages such as "@on" have no effect. */
const warn = (L: lua.State): number => {
  const n = lua.gettop(L);
  lua.checkstring(L, 1);
  let message = '';
  for (let i = 1; i <= n; i++) message += decodeText(lua.checkstring(L, i));
  if (n > 1 || !message.startsWith('@')) runOf(L).logLine('warn', message);
  return waitForLog(L, runOf(L), 0);
};

/** The thread manages the memory: returns what scripts may look at, and does nothing else. */
const collectgarbage = (L: lua.State): number => {
  const option = decodeText(lua.shortenForMessage(lua.optstring(L, 1, 'collect')));
  switch (option) {
    case 'count':
      return lua.pushnumber(L, usedBytes() / 1024);
    case 'step':
    case 'isrunning':
      return lua.pushboolean(L, true);
    case 'collect':
    case 'stop':
    case 'restart':
      return lua.pushinteger(L, 0);
    case 'setpause':
    case 'setstepmul':
      return lua.pushinteger(L, 200);
    case 'generational':
    case 'incremental':
      return pushText(L, 'incremental');
    default:
      return lua.raise(L, `bad argument #1 to 'collectgarbage' (invalid option '${option}')`);
  }
};

const load = (L: lua.State): number => {
  lua.checkany(L, 1);
  if (lua.type(L, 1) !== lua.TFUNCTION) return loadText(L);
  pushLuaFunction(L, 'load');
  lua.insert(L, 1);
  lua.callk(L, lua.gettop(L) - 1, lua.MULTRET, 0, lua.gettop);
  return lua.gettop(L);
};

/**
 * After an error that was caught in a coroutine the interpreter leaves hooks disabled there, and nothing could stop
 * `while true do pcall(error) end` any more: enables them again.
 */
const finishCall = (L: lua.State, status: number, skip: number): number => {
  L.allowhook = 1;
  if (status === lua.OK || status === lua.YIELD) return lua.gettop(L) - skip;
  // An overflow while one is handled has no message of its own.
  if (status === lua.ERRERR) countOverflow(L);
  lua.pushboolean(L, false);
  lua.pushvalue(L, -2);
  return 2;
};

/** `pcall (f, ···)` */
const pcall = (L: lua.State): number => {
  lua.checkany(L, 1);
  lua.pushboolean(L, true);
  lua.insert(L, 1);
  return finishCall(L, lua.pcallk(L, lua.gettop(L) - 2, lua.MULTRET, 0, 0, finishCall), 0);
};

/** `xpcall (f, handler, ···)` */
const xpcall = (L: lua.State): number => {
  const n = lua.gettop(L);
  lua.checktype(L, 2, lua.TFUNCTION);
  lua.pushboolean(L, true);
  lua.pushvalue(L, 1);
  lua.rotate(L, 3, 2);
  return finishCall(L, lua.pcallk(L, n - 2, lua.MULTRET, 2, 2, finishCall), 2);
};

/** Digits that are read in one piece of work. */
const DIGITS_AT_ONCE = 64 * 1024;
const [PLUS, MINUS] = [43, 45];

/** The number in a base, which wraps around at 32 bits as all integers here. */
const numberInBase = (L: lua.State): number => {
  const base = lua.checkinteger(L, 2);
  lua.checktype(L, 1, lua.TSTRING);
  lua.argcheck(L, base >= 2 && base <= 36, 2, 'base out of range');
  const s = lua.tolstring(L, 1)!;
  let [from, end] = trimBlanks(s);
  const negative = s[from] === MINUS;
  if (negative || s[from] === PLUS) from++;
  let n = 0;
  let at = from;
  let wrong = from === end;
  const piece = (): boolean => {
    const last = Math.min(end, at + DIGITS_AT_ONCE);
    for (; at < last; at++) {
      const digit = digitOf(s[at]);
      if (digit >= base) {
        wrong = true;
        return true;
      }
      n = (Math.imul(n, base) + digit) | 0;
    }
    return wrong || at === end;
  };
  return inPieces(L, piece, (to) => (wrong ? lua.pushnil(to) : lua.pushinteger(to, negative ? -n | 0 : n)));
};

/** `tonumber (e [, base])`; the interpreter's own accepts a text whose first digits fit the base. */
const tonumber = (L: lua.State): number => {
  if (!lua.isnoneornil(L, 2)) return numberInBase(L);
  const type = lua.type(L, 1);
  if (type === lua.TNUMBER) {
    lua.settop(L, 1);
    return 1;
  }
  if (type === lua.TSTRING) {
    const s = lua.tolstring(L, 1)!;
    if (lua.stringtonumber(L, s) === s.length + 1) return 1;
  } else lua.checkany(L, 1);
  return lua.pushnil(L);
};

/** Replaces and supplements the interpreter's basic functions. */
export const baseFunctions = {
  print,
  warn,
  collectgarbage,
  load,
  loadfile: loadFile,
  dofile: doFile,
  pcall,
  xpcall,
  tonumber,
};

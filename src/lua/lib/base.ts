import { performance } from 'node:perf_hooks';
import { luaL_checkany, luaL_checkstring, luaL_error, luaL_optstring, luaL_tolstring } from 'fengari/src/lauxlib.js';
import {
  LUA_MULTRET,
  LUA_TFUNCTION,
  lua_callk,
  lua_gettop,
  lua_insert,
  lua_pop,
  lua_pushboolean,
  lua_pushinteger,
  lua_pushnumber,
  type lua_State,
  lua_type,
} from 'fengari/src/lua.js';
import { usedBytes } from '../resource-accounting.ts';
import { BLOCK, runOf, type ScriptRun } from '../script-run.ts';
import { shortenForMessage } from '../shortened.ts';
import { canSuspend, suspend } from '../suspend.ts';
import { decodeText, encodeText, luaString, pushText } from '../values.ts';
import { abortIfDue } from '../yielding.ts';
import { doFile, loadFile, loadText } from './load.ts';
import { pcall, xpcall } from './protect.ts';
import { pushLuaFunction } from './shared.ts';

/** After output: a script that says more than the log takes waits a turn, so that nothing piles up. */
export const waitForLog = (L: lua_State, run: ScriptRun, results: number): number => {
  if (!run.scheduler.full || !canSuspend(L)) return results;
  return suspend(L, (done) => {
    done(() => results);
    return undefined;
  });
};

/** Writes long texts, and lets others in where they have many lines. */
const writeLong = (L: lua_State, run: ScriptRun, parts: readonly Uint8Array[], from = 0): number => {
  let at = from;
  for (const [i, part] of parts.entries()) {
    while (at < part.length) {
      run.write(part.subarray(at, at + BLOCK));
      at += BLOCK;
      if (!run.scheduler.full) continue;
      if (canSuspend(L))
        return suspend(L, (done) => {
          done((to) => writeLong(to, run, parts.slice(i), at));
          return undefined;
        });
      abortIfDue(L, run, performance.now());
    }
    at = 0;
  }
  return waitForLog(L, run, 0);
};

const write = (run: ScriptRun, part: Uint8Array, long: Uint8Array[] | undefined): void => {
  if (long === undefined) run.write(part);
  else long.push(part);
};

const print = (L: lua_State): number => {
  const run = runOf(L);
  const n = lua_gettop(L);
  let long: Uint8Array[] | undefined;
  for (let i = 1; i <= n; i++) {
    const part = luaL_tolstring(L, i);
    lua_pop(L, 1);
    if (part.length > BLOCK) long ??= [];
    if (i > 1) write(run, luaString('\t'), long);
    write(run, part, long);
  }
  write(run, luaString('\n'), long);
  return long === undefined ? waitForLog(L, run, 0) : writeLong(L, run, long);
};

/** `warn (msg, ···)` of Lua 5.4: a WARN record. Control messages such as "@on" are taken and mean nothing. */
const warn = (L: lua_State): number => {
  const n = lua_gettop(L);
  luaL_checkstring(L, 1);
  let said = '';
  for (let i = 1; i <= n; i++) said += decodeText(luaL_checkstring(L, i));
  if (n > 1 || !said.startsWith('@')) runOf(L).logLine('warn', said);
  return waitForLog(L, runOf(L), 0);
};

/** Memory is managed by the host: this answers what scripts may look at and otherwise does nothing. */
const collectgarbage = (L: lua_State): number => {
  const option = decodeText(shortenForMessage(luaL_optstring(L, 1, luaString('collect'))!));
  switch (option) {
    case 'count':
      lua_pushnumber(L, usedBytes() / 1024);
      return 1;
    case 'step':
    case 'isrunning':
      lua_pushboolean(L, true);
      return 1;
    case 'collect':
    case 'stop':
    case 'restart':
      lua_pushinteger(L, 0);
      return 1;
    case 'setpause':
    case 'setstepmul':
      lua_pushinteger(L, 200);
      return 1;
    case 'generational':
    case 'incremental':
      pushText(L, 'incremental');
      return 1;
    default:
      return luaL_error(L, luaString("bad argument #1 to 'collectgarbage' (invalid option '%s')"), encodeText(option));
  }
};

const all = (L: lua_State): number => lua_gettop(L);

const load = (L: lua_State): number => {
  luaL_checkany(L, 1);
  if (lua_type(L, 1) !== LUA_TFUNCTION) return loadText(L);
  pushLuaFunction(L, 'load');
  lua_insert(L, 1);
  lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, all);
  return all(L);
};

/** What replaces and supplements the interpreter's basic functions. */
export const baseFunctions = { print, warn, collectgarbage, load, loadfile: loadFile, dofile: doFile, pcall, xpcall };

import { luaL_argcheck, luaL_checktype, luaL_error, luaL_where } from 'fengari/src/lauxlib.js';
import { luaF_close } from 'fengari/src/lfunc.js';
import {
  LUA_OK,
  LUA_TFUNCTION,
  LUA_TSTRING,
  LUA_YIELD,
  lua_checkstack,
  lua_concat,
  lua_error,
  lua_gettop,
  lua_insert,
  lua_isyieldable,
  lua_newthread,
  lua_pop,
  lua_pushboolean,
  lua_pushcclosure,
  lua_pushthread,
  lua_pushvalue,
  lua_resume,
  type lua_State,
  lua_settop,
  lua_status,
  lua_tothread,
  lua_type,
  lua_upvalueindex,
  lua_xmove,
  lua_yield,
  lua_yieldk,
} from 'fengari/src/lua.js';
import { runOf } from '../script-run.ts';
import { luaString, pushText } from '../values.ts';

const threadAt = (L: lua_State, arg: number): lua_State => {
  const co = lua_tothread(L, arg);
  luaL_argcheck(L, co !== null, arg, luaString('coroutine expected'));
  return co!;
};

const FAILED = -1;
const TO_HOST = -2;

/**
 * Drives a coroutine of the script. A yield that is meant for the host, not for this `resume`, has to be passed up.
 * Answers the number of results moved to `L`, FAILED with the error there, or TO_HOST.
 */
const drive = (L: lua_State, co: lua_State, args: number): number => {
  const run = runOf(L);
  const stuck = !lua_isyieldable(L);
  if (stuck) run.blocked++;
  run.scheduler.running = co;
  const status = lua_resume(co, L, args);
  run.scheduler.running = L;
  if (stuck) run.blocked--;
  if (status === LUA_YIELD && run.yielding !== undefined) return TO_HOST;
  if (status === LUA_OK || status === LUA_YIELD) {
    const n = lua_gettop(co);
    if (!lua_checkstack(L, n + 1)) {
      lua_pop(co, n);
      pushText(L, 'too many results to resume');
      return FAILED;
    }
    lua_xmove(co, L, n);
    return n;
  }
  lua_xmove(co, L, 1);
  return FAILED;
};

const begin = (L: lua_State, co: lua_State, args: number): number => {
  if (!lua_checkstack(co, args)) {
    pushText(L, 'too many arguments to resume');
    return FAILED;
  }
  if (lua_status(co) === LUA_OK && lua_gettop(co) === 0) {
    pushText(L, 'cannot resume dead coroutine');
    return FAILED;
  }
  lua_xmove(L, co, args);
  return drive(L, co, args);
};

const resumed = (L: lua_State, n: number): number => {
  if (n === TO_HOST) return lua_yieldk(L, 0, 0, resumeAgain);
  if (n === FAILED) {
    lua_pushboolean(L, false);
    lua_insert(L, -2);
    return 2;
  }
  lua_pushboolean(L, true);
  lua_insert(L, -(n + 1));
  return n + 1;
};
const resumeAgain = (L: lua_State): number => resumed(L, drive(L, threadAt(L, 1), 0));
const resume = (L: lua_State): number => resumed(L, begin(L, threadAt(L, 1), lua_gettop(L) - 1));

const wrapped = (L: lua_State, n: number): number => {
  if (n === TO_HOST) return lua_yieldk(L, 0, 0, wrapAgain);
  if (n !== FAILED) return n;
  if (lua_type(L, -1) === LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
};
const own = (L: lua_State): lua_State => lua_tothread(L, lua_upvalueindex(1))!;
const wrapAgain = (L: lua_State): number => wrapped(L, drive(L, own(L), 0));
const callWrapped = (L: lua_State): number => wrapped(L, begin(L, own(L), lua_gettop(L)));

const create = (L: lua_State): number => {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  const co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
};

const wrap = (L: lua_State): number => {
  create(L);
  lua_pushcclosure(L, callWrapped, 1);
  return 1;
};

/** The script's own coroutine is its main thread: it must not yield, as nobody but the host would notice. */
const isMain = (L: lua_State): boolean => L === runOf(L).co;

const yieldFrom = (L: lua_State): number =>
  isMain(L) ? luaL_error(L, luaString('attempt to yield from outside a coroutine')) : lua_yield(L, lua_gettop(L));

const running = (L: lua_State): number => {
  lua_pushthread(L);
  lua_pushboolean(L, isMain(L));
  return 2;
};

const isyieldable = (L: lua_State): number => {
  lua_pushboolean(L, !isMain(L) && lua_isyieldable(L));
  return 1;
};

/** `coroutine.close (co)` of Lua 5.4: the coroutine is dead afterwards. */
const close = (L: lua_State): number => {
  const co = threadAt(L, 1);
  const failed = lua_status(co) !== LUA_OK && lua_status(co) !== LUA_YIELD;
  if (co === L || (lua_status(co) === LUA_OK && co.ci !== co.base_ci))
    return luaL_error(L, luaString('cannot close a running coroutine'));
  if (failed) {
    lua_pushboolean(L, false);
    lua_xmove(co, L, 1);
    return 2;
  }
  luaF_close(co, 1);
  co.ci = co.base_ci;
  co.status = LUA_OK;
  lua_settop(co, 0);
  lua_pushboolean(L, true);
  return 1;
};

/** What replaces functions of the same name in the interpreter's `coroutine` library. */
export const coroutineFunctions = { create, resume, wrap, yield: yieldFrom, running, isyieldable, close };

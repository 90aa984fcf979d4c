import { luaL_checknumber, luaL_checkstring, luaL_error } from 'fengari/src/lauxlib.js';
import { LUA_TNIL, LUA_TNONE, lua_pushboolean, type lua_State, lua_type } from 'fengari/src/lua.js';
import { runOf } from '../script-run.ts';
import { suspend } from '../suspend.ts';
import { decodeStrictly, encodeText, isIdentifier, luaString } from '../values.ts';

/** Node's timers fire at once beyond this: longer sleeps are cut into pieces. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls `then` after `ms`; answers how to call it off. */
const after = (ms: number, then: () => void): (() => void) => {
  let timer: NodeJS.Timeout;
  let left = ms;
  const wait = (): void => {
    const piece = Math.min(left, LONGEST_MS);
    left -= piece;
    timer = setTimeout(() => (left > 0 ? wait() : then()), piece);
  };
  wait();
  return () => clearTimeout(timer);
};

const milliseconds = (seconds: number): number => Math.max(0, Math.round(seconds * 1000));

const sleep = (L: lua_State): number => {
  const seconds = luaL_checknumber(L, 1);
  if (Number.isNaN(seconds)) return luaL_error(L, luaString('invalid parameter: not a number of seconds'));
  return suspend(L, (done) => after(milliseconds(seconds), () => done(() => 0)));
};

const answer =
  (value: boolean) =>
  (L: lua_State): number => {
    lua_pushboolean(L, value);
    return 1;
  };

const lock = (L: lua_State): number => {
  const name = decodeStrictly(luaL_checkstring(L, 1)) ?? '';
  if (!isIdentifier(name)) return luaL_error(L, luaString('invalid parameter: not the name of a lock'));
  const unlimited = lua_type(L, 2) === LUA_TNONE || lua_type(L, 2) === LUA_TNIL;
  const seconds = unlimited ? Number.POSITIVE_INFINITY : luaL_checknumber(L, 2);
  if (!(seconds >= 0)) return luaL_error(L, luaString('invalid parameter: the timeout is negative'));
  const run = runOf(L);
  const { locks } = run.scheduler;
  if (locks.take(name, run)) {
    run.scheduler.markEffect(run.condition);
    return answer(true)(L);
  }
  const owner = locks.ownerOf(name);
  // It would wait for itself: nothing else would release it.
  if (unlimited && owner === run)
    return luaL_error(L, luaString('%s'), encodeText(`lock '${name}' is held by this script already`));
  if (unlimited && owner?.over === true && owner.condition === run.condition)
    return luaL_error(
      L,
      luaString('%s'),
      encodeText(`lock '${name}' is held by this run already, since ${owner.job.chunk}`),
    );
  if (seconds === 0) return answer(false)(L);
  return suspend(L, (done) => {
    let stopTimer = (): void => {};
    const leave = locks.wait(name, run, () => {
      stopTimer();
      run.scheduler.markEffect(run.condition);
      done(answer(true));
    });
    if (Number.isFinite(seconds))
      stopTimer = after(milliseconds(seconds), () => {
        leave();
        done(answer(false));
      });
    return () => {
      stopTimer();
      leave();
    };
  });
};

const release = (L: lua_State): number => {
  const run = runOf(L);
  const name = decodeStrictly(luaL_checkstring(L, 1)) ?? '';
  const owner = run.scheduler.locks.release(name);
  if (owner !== undefined) run.markEffect();
  if (owner !== undefined && owner !== run)
    run.logLine(
      'info',
      `the lock "${name}" is released, which ${owner.job.chunk} took for condition ${owner.condition}`,
    );
  lua_pushboolean(L, owner !== undefined);
  return 1;
};

/** The `sync` module. */
export const syncFunctions = { sleep, lock, release };

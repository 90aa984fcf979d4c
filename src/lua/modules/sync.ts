import { callAfter } from '../call-after.ts';
import * as lua from '../lua-api.ts';
import { decodeStrictly, identifierAt } from '../lua-values.ts';
import { milliseconds, releaseLock, requestLock } from '../run-locks.ts';
import { runOf } from '../script-scheduler.ts';
import { suspend } from '../yielding.ts';

const sleep = (L: lua.State): number => {
  const seconds = lua.checknumber(L, 1);
  if (Number.isNaN(seconds)) return lua.raise(L, 'invalid parameter: not a number of seconds');
  return suspend(L, (done) => callAfter(milliseconds(seconds), () => done(() => 0)));
};

const pushResult =
  (taken: boolean) =>
  (L: lua.State): number => {
    return lua.pushboolean(L, taken);
  };

const lock = (L: lua.State): number => {
  const name = identifierAt(L, 1) || lua.raise(L, 'invalid parameter: not the name of a lock');
  const seconds = lua.isnoneornil(L, 2) ? undefined : lua.checknumber(L, 2);
  const answer = requestLock(runOf(L), name, seconds);
  if (typeof answer === 'boolean') return pushResult(answer)(L);
  if (typeof answer === 'string') return lua.raise(L, answer);
  return suspend(L, (done) => answer((taken) => done(pushResult(taken))));
};

const release = (L: lua.State): number =>
  pushResult(releaseLock(runOf(L), decodeStrictly(lua.checkstring(L, 1)) ?? ''))(L);

/** The `sync` module. */
export const syncFunctions = { sleep, lock, release };

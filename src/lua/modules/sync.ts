import * as lua from '../lua-api.ts';
import { decodeStrictly, identifierAt } from '../lua-values.ts';
import { ProgramLock } from '../program-locks.ts';
import { runOf, type ScriptRun } from '../script-scheduler.ts';
import { callAfter, suspend } from '../yielding.ts';

const milliseconds = (seconds: number): number => Math.max(0, Math.round(seconds * 1000));

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
  const unlimited = lua.isnoneornil(L, 2);
  const seconds = unlimited ? Number.POSITIVE_INFINITY : lua.checknumber(L, 2);
  if (!(seconds >= 0)) return lua.raise(L, 'invalid parameter: the timeout is negative');
  const run = runOf(L);
  const { locks } = run.scheduler;
  if (locks.take(name, run)) {
    run.scheduler.markEffect(run.condition);
    return pushResult(true)(L);
  }
  const owner = locks.ownerOf(name);
  // The script would wait for itself: nothing else would release the lock.
  if (unlimited && owner === run) return lua.raise(L, `lock '${name}' is held by this script already`);
  if (unlimited && owner?.over === true && owner.condition === run.condition && !(owner instanceof ProgramLock))
    return lua.raise(L, `lock '${name}' is held by this run already, since ${owner.job.chunk}`);
  if (seconds === 0) return pushResult(false)(L);
  return suspend(L, (done) => {
    let stopTimer = (): void => {};
    const leave = locks.wait(name, run, () => {
      stopTimer();
      run.scheduler.markEffect(run.condition);
      done(pushResult(true));
    });
    if (Number.isFinite(seconds))
      stopTimer = callAfter(milliseconds(seconds), () => {
        leave();
        done(pushResult(false));
      });
    return () => {
      stopTimer();
      leave();
    };
  });
};

const release = (L: lua.State): number => {
  const run = runOf(L);
  const name = decodeStrictly(lua.checkstring(L, 1)) ?? '';
  const holder = run.scheduler.locks.ownerOf(name);
  if (holder instanceof ProgramLock) {
    run.logLine('info', `the lock "${name}" is not released: ${holder.by} has it`);
    return pushResult(false)(L);
  }
  const owner = holder && (run.scheduler.locks.release(name) as ScriptRun);
  if (owner !== undefined) run.markEffect();
  if (owner !== undefined && owner !== run) {
    const { chunk, condition, lockOwner } = owner.job;
    const taker = lockOwner === undefined ? `condition ${condition}` : `a hook of condition ${condition}`;
    run.logLine('info', `the lock "${name}" is released, which ${chunk} took for ${taker}`);
  }
  return pushResult(owner !== undefined)(L);
};

/** The `sync` module. */
export const syncFunctions = { sleep, lock, release };

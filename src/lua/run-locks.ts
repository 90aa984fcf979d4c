import { callAfter } from './call-after.ts';
import { ProgramLock } from './program-locks.ts';
import type { Run } from './run.ts';

/** Seconds of a script as a delay. */
export const milliseconds = (seconds: number): number => Math.max(0, Math.round(seconds * 1000));

/** Waits for a lock. Calls `done` with whether it was taken. Returns a function that cancels the wait. */
type WaitForLock = (done: (taken: boolean) => void) => () => void;

/**
 * A script wants a lock. Returns whether it has it, what it has done wrong, or how to wait for it.
 * @param seconds how long it waits at most; undefined: without a limit
 */
export const requestLock = (run: Run, name: string, seconds: number | undefined): boolean | string | WaitForLock => {
  if (seconds !== undefined && !(seconds >= 0)) return 'invalid parameter: the timeout is negative';
  const { locks } = run.scheduler;
  if (locks.take(name, run)) {
    run.scheduler.markEffect(run.condition);
    return true;
  }
  const owner = locks.ownerOf(name);
  // The script would wait for itself: nothing else would release the lock.
  if (seconds === undefined && owner === run) return `lock '${name}' is held by this script already`;
  if (
    seconds === undefined &&
    owner?.over === true &&
    owner.condition === run.condition &&
    !(owner instanceof ProgramLock)
  )
    return `lock '${name}' is held by this run already, since ${owner.job.chunk}`;
  if (seconds === 0) return false;
  return (done) => {
    let stopTimer = (): void => {};
    const leave = locks.wait(name, run, () => {
      stopTimer();
      run.scheduler.markEffect(run.condition);
      done(true);
    });
    if (seconds !== undefined && Number.isFinite(seconds))
      stopTimer = callAfter(milliseconds(seconds), () => {
        leave();
        done(false);
      });
    return () => {
      stopTimer();
      leave();
    };
  };
};

/** A script releases a lock. Returns whether it was held by a script. */
export const releaseLock = (run: Run, name: string): boolean => {
  const holder = run.scheduler.locks.ownerOf(name);
  if (holder instanceof ProgramLock) {
    run.logLine('info', `the lock "${name}" is not released: ${holder.by} has it`);
    return false;
  }
  const owner = holder && (run.scheduler.locks.release(name) as Run);
  if (owner !== undefined) run.markEffect();
  if (owner !== undefined && owner !== run) {
    const { chunk, condition, lockOwner } = owner.job;
    const taker = lockOwner === undefined ? `condition ${condition}` : `a hook of condition ${condition}`;
    run.logLine('info', `the lock "${name}" is released, which ${chunk} took for ${taker}`);
  }
  return owner !== undefined;
};

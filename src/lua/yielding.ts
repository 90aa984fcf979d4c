import { performance } from 'node:perf_hooks';
import * as lua from './lua-api.ts';
import { type PushResults, runOf, type ScriptRun } from './script-scheduler.ts';

/** A script runs for this time before others get their turn. */
const SLICE_MS = 4;
/** Most instructions between two checks of the clock, and the time aimed at. */
const MOST_INSTRUCTIONS = 2000;
const AIM_MS = 0.5;

/** The error of a script that has to end where it cannot be suspended. */
const ABORT_MESSAGES: Readonly<Record<string, string>> = {
  timeout: 'time limit reached',
  memory: 'memory limit reached',
  exit: 'os.exit',
  hold: 'the script held up all others in a call that cannot be interrupted',
};

/** True when everything between this coroutine and the scheduler can be left and resumed. */
export const canSuspend = (L: lua.State): boolean => runOf(L).blocked === 0 && lua.isyieldable(L);

const resumeWithResults = (L: lua.State): number => {
  const run = runOf(L);
  const { pushResults } = run;
  run.pushResults = undefined;
  return pushResults?.(L) ?? 0;
};

/**
 * Suspends the script until `done` is called with the results; other scripts run meanwhile. `start` returns a function that
 * cancels the wait. Raises a Lua error where the script cannot be suspended. To be returned from a function that Lua called.
 */
export const suspend = (
  L: lua.State,
  start: (done: (push: PushResults) => void) => (() => void) | undefined,
): number => {
  if (!canSuspend(L)) return lua.raise(L, 'cannot wait here: inside a call that cannot be interrupted');
  const run = runOf(L);
  const wait = { settled: false };
  run.yielding = 'wait';
  run.cancel = undefined;
  const cancel = start((push) => {
    if (wait.settled || run.over) return;
    wait.settled = true;
    run.cancel = undefined;
    run.pushResults = push;
    run.scheduler.enqueue(run);
  });
  if (!wait.settled) run.cancel = cancel;
  return lua.yieldk(L, 0, 0, resumeWithResults);
};

/** Suspends the script for one turn of the scheduler. */
export const suspendForTurn = (L: lua.State, then: PushResults): number =>
  suspend(L, (done) => {
    done(then);
    return undefined;
  });

/** Called after output: a script that reports more than the log takes waits a turn, so that nothing accumulates. */
export const waitForLog = (L: lua.State, run: ScriptRun, results: number): number =>
  run.scheduler.full && canSuspend(L) ? suspendForTurn(L, () => results) : results;

/** Called from time to time within a call that cannot be left: raises the error of a script that has to end. */
export const abortIfDue = (L: lua.State, run: ScriptRun, now: number): void => {
  if (run.abortReason === undefined) run.scheduler.checkLimits(run, now);
  if (run.abortReason === undefined) run.scheduler.checkHoldTime(run, now);
  if (run.abortReason !== undefined) abortScript(L, run);
};

/**
 * Called by a library function between two pieces of its work. Returns true when the function must yield to the scheduler with a
 * continuation. Raises the error of a script that has to end and cannot be suspended.
 */
const mustYield = (L: lua.State, run: ScriptRun, now: number): boolean => {
  if (run.abortReason === undefined) run.scheduler.checkLimits(run, now);
  if (run.abortReason === undefined && now - run.sliceBegan < SLICE_MS) return false;
  if (canSuspend(L)) {
    run.yielding = 'slice';
    return true;
  }
  abortIfDue(L, run, now);
  return false;
};

/**
 * Does the work of a library function in pieces: `piece` works for less than a millisecond, and returns whether all is done.
 * Between two pieces the clock is checked, and other scripts get their turn. To be returned from a function that Lua called; `end`
 * pushes the results.
 */
export const inPieces = (L: lua.State, piece: () => boolean, end: PushResults): number =>
  piece() ? end(L) : continuePieces(L, runOf(L), piece, end);

const continuePieces = (L: lua.State, run: ScriptRun, piece: () => boolean, end: PushResults): number => {
  for (;;) {
    if (mustYield(L, run, performance.now())) return lua.yieldk(L, 0, 0, (to) => continuePieces(to, run, piece, end));
    if (piece()) return end(L);
  }
};

/** Ends a script from within: it yields and is never resumed, which no `pcall` can catch. */
const abortScript = (L: lua.State, run: ScriptRun): void => {
  if (canSuspend(L)) {
    run.yielding = 'slice';
    lua.yieldk(L, 0, 0, null);
    return;
  }
  // The script cannot be suspended here. It can catch an error, so the error is raised again at every instruction.
  L.allowhook = 1;
  lua.sethook(L, clockHook, lua.MASKCOUNT, 1);
  lua.raise(L, ABORT_MESSAGES[run.abortReason?.why ?? ''] ?? 'the script was ended');
};

const clockHook = (L: lua.State): void => {
  const run = runOf(L);
  const now = performance.now();
  if (run.abortReason === undefined) {
    const took = now - run.hookAt;
    run.hookAt = now;
    // Some instructions call a slow function: checks more often where they do.
    if (took > 2 * AIM_MS) L.basehookcount = Math.max(1, Math.floor((L.basehookcount * AIM_MS) / took));
    else if (took < AIM_MS / 2 && L.basehookcount < MOST_INSTRUCTIONS)
      L.basehookcount = Math.min(MOST_INSTRUCTIONS, L.basehookcount * 2);
    run.scheduler.checkLimits(run, now);
  }
  if (run.abortReason !== undefined) abortScript(L, run);
  else if (now - run.sliceBegan >= SLICE_MS) {
    if (canSuspend(L)) {
      run.yielding = 'slice';
      lua.yieldk(L, 0, 0, null);
    } else run.scheduler.checkHoldTime(run, now);
  }
};

/** Makes the clock be checked while a coroutine runs; coroutines it creates inherit this. */
export const installClockHook = (L: lua.State): void => lua.sethook(L, clockHook, lua.MASKCOUNT, MOST_INSTRUCTIONS / 2);

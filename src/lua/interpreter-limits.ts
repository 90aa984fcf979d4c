import { performance } from 'node:perf_hooks';
import debug from 'fengari/src/ldebug.js';
import llex, { type LexState } from 'fengari/src/llex.js';
import lstate from 'fengari/src/lstate.js';
import * as lua from './lua-api.ts';
import { runOf } from './script-scheduler.ts';
import { abortIfDue } from './yielding.ts';

/** Tokens between two checks of the clock. */
const TOKENS_BETWEEN_CHECKS = 256;
/** The compiler goes through all open jumps for each new one. With many jumps this takes the time, not the length of the text. */
const MANY_JUMPS = 3000;
/** Jumps to labels that are still to come. */
const MOST_OPEN_JUMPS = 5000;
const USUAL_MS = 150;
const USUAL_MS_A_TOKEN = 0.004;

const { TK_AND, TK_BREAK, TK_DBCOLON, TK_ELSEIF, TK_GOTO, TK_OR } = llex.RESERVED;
const JUMPS: ReadonlySet<number> = new Set([TK_AND, TK_BREAK, TK_DBCOLON, TK_ELSEIF, TK_GOTO, TK_OR]);

/** How far a text has been compiled. */
interface Progress extends LexState {
  tokens?: number;
  jumps?: number;
  began?: number;
}

const nextToken = llex.luaX_next;

/** Compiling is a call that cannot be left and can take minutes: bounds it, and ends it when its script has to end. */
llex.luaX_next = (ls) => {
  nextToken(ls);
  const progress: Progress = ls;
  progress.tokens = (progress.tokens ?? 0) + 1;
  if (JUMPS.has(progress.t.token)) progress.jumps = (progress.jumps ?? 0) + 1;
  if (progress.tokens % TOKENS_BETWEEN_CHECKS !== 1) return;
  const now = performance.now();
  progress.began ??= now;
  const slow = now - progress.began > USUAL_MS + USUAL_MS_A_TOKEN * progress.tokens;
  if (ls.dyd.gt.n > MOST_OPEN_JUMPS || (slow && (progress.jumps ?? 0) > MANY_JUMPS))
    llex.luaX_syntaxerror(ls, lua.literal('too many jumps'));
  const { L } = ls;
  if (L.l_G.owner !== undefined) abortIfDue(L, runOf(L), now);
};

/** Calls within calls, and those of them that library functions make. What handles an overflow may go further. */
const MOST_CALLS = 20_000;
const MOST_NATIVE_CALLS = 200;
const EXTRA_CALLS = 1000;
/** Bit of `callstatus` for a function written in Lua. */
const OF_LUA = 2;
const OVERFLOW = Buffer.from('stack overflow');
/**
 * A script that overflows so often catches each overflow and goes on, which doubles the work with each level: it would practically
 * never end.
 */
const MOST_OVERFLOWS = 2000;

/** Counts calls that went too deep, and ends a script that makes them again and again. */
export const countOverflow = (L: lua.State): void => {
  if (L.l_G.owner === undefined) return;
  const run = runOf(L);
  run.overflows += 1;
  if (run.overflows > MOST_OVERFLOWS)
    run.abortReason ??= { why: 'exit', message: `stack overflow, more than ${MOST_OVERFLOWS} times` };
};

/** A level of calls with the number of calls that led to it. */
interface Level extends lua.CallInfo {
  calls?: number;
  natives?: number;
}

const extend = lstate.luaE_extendCI;

/**
 * The interpreter bounds recursion by the size of the stack, which takes a second to fill, and that of library functions by a count
 * that begins anew whenever the script has been left: counts the levels themselves.
 */
lstate.luaE_extendCI = (L) => {
  const caller: Level = L.ci;
  const calls = (caller.calls ?? 0) + 1;
  const natives = (caller.natives ?? 0) + (caller.callstatus & OF_LUA ? 0 : 1);
  if (calls > (L.nny > 0 ? MOST_CALLS + EXTRA_CALLS : MOST_CALLS) || (natives > MOST_NATIVE_CALLS && L.nny === 0))
    debug.luaG_runerror(L, lua.literal('stack overflow'));
  const level: Level = extend(L);
  level.calls = calls;
  level.natives = natives;
  return level;
};

const runError = debug.luaG_runerror;

/** Counts each overflow, also those that the interpreter finds itself. */
debug.luaG_runerror = (L, format, ...args) => {
  if (Buffer.from(format).includes(OVERFLOW)) countOverflow(L);
  return runError(L, format, ...args);
};

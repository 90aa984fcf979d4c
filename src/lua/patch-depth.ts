import debug from 'fengari/src/ldebug.js';
import lstate from 'fengari/src/lstate.js';
import type { CallInfo } from 'fengari/src/lua.js';
import { overflowed } from './overflow.ts';
import { luaString } from './values.ts';

/** Calls within calls, and those of them that library functions make. What handles an overflow may go further. */
const MOST_CALLS = 20_000;
const MOST_NATIVE_CALLS = 200;
const EXTRA_CALLS = 1000;
const OF_LUA = 2;
const OVERFLOW = Buffer.from('stack overflow');

/** A level of calls with what it took to come there. */
interface Level extends CallInfo {
  calls?: number;
  natives?: number;
}

const extend = lstate.luaE_extendCI;

/**
 * A repair of the interpreter. It bounds recursion by the size of the stack, which takes a second to fill, and that of library
 * functions by a count that begins anew whenever the script has been left: count the levels themselves.
 */
lstate.luaE_extendCI = (L) => {
  const caller: Level = L.ci;
  const calls = (caller.calls ?? 0) + 1;
  const natives = (caller.natives ?? 0) + (caller.callstatus & OF_LUA ? 0 : 1);
  if (calls > (L.nny > 0 ? MOST_CALLS + EXTRA_CALLS : MOST_CALLS) || (natives > MOST_NATIVE_CALLS && L.nny === 0))
    debug.luaG_runerror(L, luaString('stack overflow'));
  const level: Level = extend(L);
  level.calls = calls;
  level.natives = natives;
  return level;
};

const fail = debug.luaG_runerror;

/** Each overflow is reported through here, also those that the interpreter finds itself. */
debug.luaG_runerror = (L, format, ...args) => {
  if (Buffer.from(format).includes(OVERFLOW)) overflowed(L);
  return fail(L, format, ...args);
};

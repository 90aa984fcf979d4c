import ldo from 'fengari/src/ldo.js';
import lobject from 'fengari/src/lobject.js';
import * as lua from './lua-api.ts';

/** Bits of `callstatus`: a function of Lua, and one that was called from outside of it. */
const OF_LUA = 2;
const FRESH = 8;
/** Bits of the hooks that see returns. */
const SEES_RETURNS = 2 | 4;

const general = ldo.luaD_poscall;

/**
 * A function of Lua returns to one, which wants at most one result: nearly every return. The interpreter throws away the slots above,
 * and makes new ones for the caller. Here they are emptied and used again. False: the caller has its slots.
 */
ldo.luaD_poscall = (L, ci, first, count) => {
  const { nresults: wanted, previous: caller, funcOff: result } = ci;
  const special = wanted < 0 || wanted > 1 || (L.hookmask & SEES_RETURNS) !== 0;
  if (special || (ci.callstatus & FRESH) !== 0 || (caller.callstatus & OF_LUA) === 0)
    return general(L, ci, first, count);
  const { stack, top } = L;
  L.ci = caller;
  caller.next = null;
  if (wanted === 1) {
    if (count === 0) stack[result]!.setnilvalue();
    else stack[result]!.setfrom(stack[first]!);
  }
  const end = caller.top;
  for (let i = result + wanted; i < end; i++) {
    const slot = stack[i];
    if (slot === undefined) stack[i] = new lobject.TValue(lua.TNIL, null);
    else slot.setnilvalue();
  }
  for (let i = top - 1; i >= end; i--) stack[i] = undefined as never;
  L.top = end;
  return false;
};

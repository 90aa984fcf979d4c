import lapi from 'fengari/src/lapi.js';

/**
 * A repair of the interpreter. An exception inside it, such as a string that is too large, is made a Lua error by pushing a
 * function and the exception. In a function of Lua there may be no room for them, which lost the error: make room.
 */
const push = lapi.lua_pushcfunction;
lapi.lua_pushcfunction = (L, f) => {
  L.ci.top = Math.max(L.ci.top, L.top + 2);
  push(L, f);
};

import lapi from 'fengari/src/lapi.js';
import lobject from 'fengari/src/lobject.js';
import { shortenForMessage } from './shortened.ts';

/**
 * A repair of the interpreter. An exception inside it, such as a string that is too large, is made a Lua error by pushing a
 * function and the exception. In a function of Lua there may be no room for them, which lost the error: make room.
 */
const push = lapi.lua_pushcfunction;
lapi.lua_pushcfunction = (L, f) => {
  L.ci.top = Math.max(L.ci.top, L.top + 2);
  push(L, f);
};

/** Messages of errors quote names and texts of the script, however long they are: shorten them before a message is made. */
const shorten = (args: readonly unknown[]): readonly unknown[] =>
  args.map((arg) => (arg instanceof Uint8Array ? shortenForMessage(arg) : arg));
const { luaO_pushvfstring, luaO_pushfstring } = lobject;
lobject.luaO_pushvfstring = (L, format, args) => luaO_pushvfstring(L, format, shorten(args));
lobject.luaO_pushfstring = (L, format, ...args) => luaO_pushfstring(L, format, ...shorten(args));

/**
 * Repairs of the interpreter. The first is made before its other modules take their copies: its hash of a string joins
 * hexadecimal digits without padding, so that the keys "\x01\x11" and "\x11\x01" were one, and sorted strings by it.
 */

import lapi from 'fengari/src/lapi.js';
import lstring from 'fengari/src/lstring.js';

const LONG = 64;

const hash = (s: Uint8Array): string => {
  if (s.length > LONG) return `|${Buffer.from(s.buffer, s.byteOffset, s.length).toString('latin1')}`;
  let text = '|';
  for (let i = 0; i < s.length; i++) text += String.fromCharCode(s[i]!);
  return text;
};

lstring.luaS_hash = hash;
lstring.luaS_hashlongstr = (s) => {
  s.hash ??= hash(s.getstr());
  return s.hash;
};

// An exception inside the interpreter itself, such as a string that is too large, is turned into a Lua error by pushing a
// function and the exception. In a function of Lua there may be no room for them, which lost the error: make room.
const push = lapi.lua_pushcfunction;
lapi.lua_pushcfunction = (L, f) => {
  L.ci.top = Math.max(L.ci.top, L.top + 2);
  push(L, f);
};

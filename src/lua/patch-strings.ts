/**
 * Repairs of the interpreter, to be imported before its other modules, which take copies. Its hash of a string joins hexadecimal
 * digits without padding, so that the keys "\x01\x11" and "\x11\x01" were one, and orders strings by that. It shows floats as JavaScript
 * does, "Infinity" and "10000000000000000.0", in place of "inf" and "1e+16". It compares texts byte by byte.
 */

// In this order: the first one loads what the second one needs to be loaded before it.
import lstring from 'fengari/src/lstring.js';
import luaconf from 'fengari/src/luaconf.js';
import { countWork } from './memory-limit.ts';
import { floatToString } from './number-formatting.ts';

const LONG = 64;

const hash = (s: Uint8Array): string => {
  if (s.length > LONG) return Buffer.from(s.buffer, s.byteOffset, s.length).toString('latin1');
  let text = '';
  for (let i = 0; i < s.length; i++) text += String.fromCharCode(s[i]!);
  return text;
};

lstring.luaS_hash = hash;
lstring.luaS_hashlongstr = (s) => {
  s.hash ??= hash(s.getstr());
  // Counts the comparison that follows.
  if (s.hash.length > LONG) countWork(s.hash.length);
  return s.hash;
};

const equal = lstring.luaS_eqlngstr;
lstring.luaS_eqlngstr = (a, b) => {
  if (a === b || a.realstring.length <= LONG || a.realstring.length !== b.realstring.length) return equal(a, b);
  countWork(a.realstring.length);
  return Buffer.compare(a.realstring, b.realstring) === 0;
};

luaconf.lua_number2str = floatToString;

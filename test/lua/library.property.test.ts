// First: it repairs the interpreter before its other modules are loaded.
import '../../src/lua/interpreter-patches.ts';
import fc from 'fast-check';
import { luaopen_string } from 'fengari/src/lstrlib.js';
import { luaopen_utf8 } from 'fengari/src/lutf8lib.js';
import { describe, expect, test } from 'vitest';
import { stringFunctions } from '../../src/lua/lib/string-basics.ts';
import { formatWith } from '../../src/lua/lib/string-format.ts';
import { packFunctions } from '../../src/lua/lib/string-pack.ts';
import { utf8Functions } from '../../src/lua/lib/utf8.ts';
import * as lua from '../../src/lua/lua-api.ts';
import { settings } from '../support/property.ts';

type Value = string | number;
const L = lua.newstate();

/** A function of the interpreter itself. */
const native = (open: lua.LuaFunction, name: string): lua.LuaFunction => {
  lua.settop(L, 0);
  lua.pushcfunction(L, open);
  lua.call(L, 0, 1);
  lua.getfield(L, 1, name);
  return lua.topointer(L, -1) as lua.LuaFunction;
};

/** The results of a function as text; `error` when it raises one. */
const answer = (f: lua.LuaFunction, args: readonly Value[]): string => {
  lua.settop(L, 0);
  lua.pushcfunction(L, f);
  for (const arg of args) {
    if (typeof arg === 'string') lua.pushstring(L, new Uint8Array(Buffer.from(arg, 'latin1')));
    else if ((arg | 0) === arg) lua.pushinteger(L, arg);
    else lua.pushnumber(L, arg);
  }
  if (lua.pcallk(L, args.length, -1, 0, 0, null) !== 0) return 'error';
  const found: string[] = [];
  for (let i = 1; i <= lua.gettop(L); i++) {
    const value = lua.tolstring(L, i);
    found.push(`${lua.isinteger(L, i)} ${value === null ? 'nil' : Buffer.from(value).toString('latin1')}`);
  }
  return found.join('|');
};

const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)), maxLength: 12 });
const integer = fc.oneof(fc.integer({ min: -300, max: 70_000 }), fc.integer());

const ITEMS: readonly (readonly [string, fc.Arbitrary<Value> | undefined])[] = [
  ...['b', 'h', 'i', 'i3', 'i7', 'i16', 'l', 'j', 'B', 'H'].map((item) => [item, integer] as const),
  // Without a sign: the interpreter's own fills the bytes beyond 32 bits with the wrong ones.
  ...['I', 'I2', 'I9', 'J', 'T', 'L'].map((item) => [item, fc.nat()] as const),
  ...['f', 'd', 'n'].map((item) => [item, fc.oneof(integer, fc.double({ noNaN: true }))] as const),
  ...['c4', 'c12', 's', 's1', 's2', 'z'].map((item) => [item, bytes] as const),
  ...['x', ' ', '<', '>', '=', '!', '!4', '!3', 'Xi', 'Xd', 'X ', 'Xz', 'i17', '!0', 'c', 'q'].map(
    (item) => [item, undefined] as const,
  ),
];
const format = fc.array(fc.constantFrom(...ITEMS), { maxLength: 6 });

describe('A library function that replaces one of the interpreter', () => {
  test('packs as the one of the interpreter', () => {
    const [pack, size, unpack] = ['pack', 'packsize', 'unpack'].map((name) => native(luaopen_string, name));
    fc.assert(
      fc.property(
        format.chain((items) =>
          fc.tuple(
            fc.constant(items.map(([item]) => item).join('')),
            fc.tuple(...items.flatMap(([, value]) => (value === undefined ? [] : [value]))),
          ),
        ),
        fc.integer({ min: -3, max: 3 }),
        ([fmt, args], position) => {
          const packed = answer(pack!, [fmt, ...args]);
          expect(answer(packFunctions.pack, [fmt, ...args])).toBe(packed);
          expect(answer(packFunctions.packsize, [fmt])).toBe(answer(size!, [fmt]));
          // Elsewhere a length can be negative, and a text have no end, which its own does not see.
          fc.pre(packed !== 'error');
          const data = `${packed.replace(/^\w+ /s, '')}\0`;
          for (const arg of /[sz]/.test(fmt) ? [[]] : [[], [position]])
            expect(answer(packFunctions.unpack, [fmt, data, ...arg])).toBe(answer(unpack!, [fmt, data, ...arg]));
        },
      ),
      settings(3000),
    );
  });

  test('reads and makes characters as the one of the interpreter', () => {
    const character = fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => answer(utf8Functions.char, [code]).slice('false '.length)),
      fc.constantFrom('a', 'b', '\x80', '\xc3', '\xe4\xbd', '\xf8', '\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80'),
    );
    const text = fc.array(character, { maxLength: 6 }).map((parts) => parts.join(''));
    const place = fc.array(fc.integer({ min: -8, max: 8 }), { maxLength: 2 });
    const [len, offset, char] = ['len', 'offset', 'char'].map((name) => native(luaopen_utf8, name));
    fc.assert(
      fc.property(text, place, fc.integer({ min: -6, max: 6 }), (s, at, n) => {
        expect(answer(utf8Functions.len, [s, ...at])).toBe(answer(len!, [s, ...at]));
        expect(answer(utf8Functions.offset, [s, n, ...at.slice(1)])).toBe(answer(offset!, [s, n, ...at.slice(1)]));
      }),
      settings(3000),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 0x110000 }), { maxLength: 4 }), (args) => {
        expect(answer(utf8Functions.char, args)).toBe(answer(char!, args));
      }),
      settings(1000),
    );
  });

  test('changes and quotes a text as the one of the interpreter', () => {
    const { upper, lower, reverse } = stringFunctions;
    const ours = { upper, lower, reverse };
    const own = native(luaopen_string, 'format');
    fc.assert(
      fc.property(bytes, (s) => {
        for (const [name, f] of Object.entries(ours))
          expect(answer(f, [s])).toBe(answer(native(luaopen_string, name), [s]));
        expect(answer(formatWith(own), ['%q', s])).toBe(answer(own, ['%q', s]));
      }),
      settings(1000),
    );
  });
});

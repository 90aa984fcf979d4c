// First: it repairs the interpreter before its other modules are loaded.
import '../../src/lua/interpreter-patches.ts';
import fc from 'fast-check';
import { luaopen_string } from 'fengari/src/lstrlib.js';
import { describe, expect, test } from 'vitest';
import { PatternMatcher, POSITION } from '../../src/lua/lib/pattern-matcher.ts';
import * as lua from '../../src/lua/lua-api.ts';
import { settings } from '../support/property.ts';

const L = lua.newstate();
lua.pushcfunction(L, luaopen_string);
lua.call(L, 0, 1);

/** The results of the interpreter's own `string.find` as text; `error` when it raises one. */
const original = (s: string, p: string): string => {
  lua.settop(L, 1);
  lua.getfield(L, 1, 'find');
  for (const one of [s, p]) lua.pushstring(L, new Uint8Array(Buffer.from(one, 'latin1')));
  if (lua.pcallk(L, 2, -1, 0, 0, null) !== 0) return 'error';
  const found: string[] = [];
  for (let i = 2; i <= lua.gettop(L); i++) {
    const value = lua.tolstring(L, i);
    found.push(value === null ? 'nil' : Buffer.from(value).toString('latin1'));
  }
  return found.join('|');
};

/** The same by the matcher, in pieces of a few steps. */
const ours = (s: string, p: string): string => {
  const src = new Uint8Array(Buffer.from(s, 'latin1'));
  const m = new PatternMatcher(src, new Uint8Array(Buffer.from(p, 'latin1')), 3);
  try {
    for (let from = 0; from <= src.length; from++) {
      m.begin(from);
      do m.renew();
      while (!m.run());
      if (m.end >= 0) {
        const captures = Array.from({ length: m.level }, (_, i) => {
          const [start = 0, length = 0] = [m.starts[i], m.lengths[i]];
          if (length === -1) throw new Error('unfinished capture');
          return length === POSITION ? String(start + 1) : s.slice(start, start + length);
        });
        return [from + 1, m.end, ...captures].join('|');
      }
      if (m.anchored) break;
    }
  } catch {
    return 'error';
  }
  return 'nil';
};

const piece = fc.oneof(
  fc.constantFrom('a', 'b', '.', '%a', '%d', '%W', '[ab]', '[^a]', '[a-c]', '[%w_]', '[]]', '%.', '$', '-', '%%'),
  fc.constantFrom('a*', 'b+', '.-', '%s?', '[ab]*', '[^b]+', '(', ')', '()', '%b()', '%bab', '%f[%w]', '%1', '%2'),
  fc.constantFrom('%', '[', '%b(', '%f', 'x'),
);
const pattern = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(''));
const subject = fc.array(fc.constantFrom('a', 'b', 'c', '(', ')', ' ', '1', '_', '.', 'x'), { maxLength: 14 });

describe('The matcher of patterns', () => {
  test('goes back from the end of the text to a frontier, as Lua does', () => {
    expect([ours('a', 'a*%f[%w]'), ours(' a', '%s*%f[%w]a'), ours('a', 'a+%f[%w]')]).toEqual(['1|0', '1|2', 'nil']);
  });

  test('finds what the interpreter finds, in pieces of any size', () => {
    fc.assert(
      fc.property(subject, fc.boolean(), pattern, (s, anchored, p) => {
        const text = s.join('');
        const whole = `${anchored ? '^' : ''}${p}`;
        // A pattern without special characters is searched in another way.
        // The interpreter takes a position for a text of -2 bytes.
        fc.pre(!(whole.includes('()') && /%[12]/.test(whole)));
        fc.pre(/[\^$*+?.([%-]/.test(whole));
        // It does not go back from a repetition that ends with the text to a frontier before.
        fc.pre(!/[*+?-]%f/.test(whole));
        expect(ours(text, whole)).toBe(original(text, whole));
      }),
      settings(3000),
    );
  });

  test('takes a position for no text, so that what refers back to it matches nowhere, as in Lua', () => {
    expect([ours('aab', '()%1'), ours('aab', '()%1b'), ours('aab', '(a)()%1')]).toEqual(['nil', 'nil', '1|2|a|2']);
  });
});

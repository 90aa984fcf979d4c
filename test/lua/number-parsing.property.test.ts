// Before the interpreter's modules: they load each other in circles.
import '../../src/lua/patch-strings.ts';
import 'fengari/src/lapi.js';
import fc from 'fast-check';
import lobject from 'fengari/src/lobject.js';
import { describe, expect, it, test } from 'vitest';
import { readNumeral } from '../../src/lua/number-parsing.ts';
import { settings } from '../support/property.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

interface Slot {
  type: number;
  value: number;
}
const INTEGER = 0x13;

/** The number that the interpreter itself reads, and whether it is an integer. */
const original = (text: string): readonly [number, boolean] | undefined => {
  const s = bytesOf(text);
  const slot = new lobject.TValue() as unknown as Slot;
  const end = lobject.luaO_str2num(s, slot as never);
  return end === s.length + 1 ? [slot.value, slot.type === INTEGER] : undefined;
};

const ours = (text: string): readonly [number, boolean] | undefined => {
  const found = readNumeral(bytesOf(text));
  return found && [found.value, found.integer];
};

const blanks = fc.stringMatching(/^[ \t\n\v\f\r]{0,3}$/);
const digits = fc.stringMatching(/^0{0,3}[0-9]{0,24}$/);
const numeral = fc
  .tuple(
    blanks,
    fc.constantFrom('', '-', '+', '--'),
    fc.constantFrom('', '', '0x', '0X', '0'),
    fc.oneof(digits, fc.stringMatching(/^[0-9a-fA-F]{0,40}$/)),
    fc.constantFrom('', '', '.', '..'),
    fc.oneof(fc.constant(''), digits, fc.stringMatching(/^0{0,30}[0-9a-f]{0,20}$/)),
    fc.constantFrom('', 'e5', 'E-12', 'e+300', 'e-330', 'p3', 'P-9', 'p', 'e', 'n', 'x', 'e5.', '\0', 'p-1080'),
    blanks,
  )
  .map((parts) => parts.join(''));

describe('A long numeral', () => {
  test('is the number that the interpreter makes of it', () => {
    fc.assert(
      fc.property(numeral, (text) => {
        expect(ours(text)).toEqual(original(text));
      }),
      settings(5000),
    );
  });

  it.each<[string, string, number]>([
    ['more digits than a float has', `0.${'0'.repeat(2000)}${'123456789'.repeat(200)}e2000`, 0.12345678912345678],
    ['zeros before it and behind it', `${'0'.repeat(5000)}1${'0'.repeat(5000)}e-5000`, 1],
    ['exactly in the middle of two floats', `9007199254740993.${'0'.repeat(3000)}`, 9007199254740992],
    ['a little more than the middle of two floats', `9007199254740993.${'0'.repeat(3000)}1`, 9007199254740994],
    ['beyond all floats', '9'.repeat(100_000), Number.POSITIVE_INFINITY],
    ['below all floats', `-1e-${'9'.repeat(1000)}`, -0],
    ['hexadecimal, of 32 bits as integers are', `0x${'f'.repeat(1000)}`, -1],
    ['hexadecimal with a point', `0x${'0'.repeat(500)}1.8p${'0'.repeat(500)}4`, 24],
  ])('that is %s', (_, text, value) => expect(ours(text)?.[0]).toBe(value));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptState, restoredEntries } from '../../src/adapters/lua-kept-state.ts';
import type { StoredEntries, StoredValue } from '../../src/lua/worker-messages.ts';

const value: fc.Arbitrary<StoredValue> = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text))),
  fc.boolean(),
  fc.double({ noNaN: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

const bytes = (one: StoredValue): unknown => (one instanceof Uint8Array ? [...one] : Object.is(one, -0) ? 0 : one);

test('a private state is the same after it was a line of JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/), value), (state) => {
      const entries: StoredEntries = Object.entries(state);
      const back = restoredEntries(JSON.parse(JSON.stringify(keptState(entries))));
      expect(back.map(([key, one]) => [key, bytes(one)])).toEqual(entries.map(([key, one]) => [key, bytes(one)]));
    }),
  );
});

test('what a text editor made of it is left out', () => {
  expect(restoredEntries({ a: null, b: { integer: 'x' }, c: 1.5, d: { float: 'Infinity' } } as never)).toEqual([
    ['c', 1.5],
    ['d', Number.POSITIVE_INFINITY],
  ]);
});

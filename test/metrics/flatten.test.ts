import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flatten } from '../../src/metrics/flatten.ts';
import { isMapping, type Mapping } from '../../src/metrics/record.ts';
import { settings } from '../support/property.ts';

describe('nested mappings become names with slashes', () => {
  test.each<[string, Mapping, Record<string, unknown>]>([
    ['nothing', {}, {}],
    ['flat ones stay', { a: 1, b: 'x' }, { a: 1, b: 'x' }],
    ['nested ones', { a: { b: { c: 1 }, d: 2 } }, { 'a/b/c': 1, 'a/d': 2 }],
    ['empty ones vanish', { a: {}, b: { c: {} }, d: 1 }, { d: 1 }],
    ['lists are leaves', { a: [1, { b: 2 }], c: [] }, { a: [1, { b: 2 }], c: [] }],
    ['null and undefined are leaves', { a: null, b: undefined }, { a: null, b: undefined }],
    ['of two equal names the later counts', { 'a/b': 1, a: { b: 2 } }, { 'a/b': 2 }],
    ['a name that is special elsewhere', JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
    ['values of classes are leaves', { at: new Date(0) }, { at: new Date(0) }],
  ])('%s', (_, nested, flat) => {
    const made = flatten(nested);
    expect(made).toEqual(flat);
    expect(Object.keys(made)).toEqual(Object.keys(flat));
  });

  test('the separator is configurable', () => {
    expect(flatten({ a: { b: 1 } }, { separator: '.' })).toEqual({ 'a.b': 1 });
  });

  test('so is a prefix', () => {
    expect(flatten({ a: { b: 1 }, c: 2 }, { prefix: 'run' })).toEqual({ 'run/a/b': 1, 'run/c': 2 });
    expect(flatten({}, { prefix: 'run' })).toEqual({});
  });

  test('the mapping itself stays as it is', () => {
    const nested = { a: { b: 1 } };
    const flat = flatten(nested);
    flat['a/b'] = 2;
    expect(nested).toEqual({ a: { b: 1 } });
  });

  test('a mapping that contains itself is an error, the same one twice is none', () => {
    const part = { n: 1 };
    expect(flatten({ a: part, b: part })).toEqual({ 'a/n': 1, 'b/n': 1 });
    const round: Record<string, unknown> = {};
    round.me = round;
    expect(() => flatten({ x: round })).toThrow('a metric cannot be stored: x/me is part of itself');
  });

  test('no leaf is lost and none is made up', () => {
    const key = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', 'c') });
    const { tree } = fc.letrec<{ tree: Mapping; node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.array(fc.integer())),
        tie('tree'),
      ),
      tree: fc.dictionary(key, tie('node'), { maxKeys: 4 }),
    }));
    /** Where each leaf stands. */
    const leaves = (value: unknown, path: readonly string[]): [string, unknown][] =>
      isMapping(value) ? Object.keys(value).flatMap((k) => leaves(value[k], [...path, k])) : [[path.join('/'), value]];
    fc.assert(
      fc.property(tree, (nested) => {
        const expected = leaves(nested, []);
        expect(Object.entries(flatten(nested))).toEqual(expected);
        expect(new Set(expected.map(([name]) => name)).size).toBe(expected.length);
      }),
      settings(200),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/problem.ts';
import { registry } from '../../src/items/registry.ts';
import { load } from '../support/daemon.ts';
import { settings } from '../support/property.ts';
import { scenario, tomlOf } from '../support/scenario.ts';
import { complaints } from '../support/schema.ts';

/**
 * Loads a text; a refusal must be a ConfigError whose problems all have a place in the file and a text of one line. What is taken
 * is accepted by the schema.
 */
const check = async (toml: string): Promise<'taken' | 'refused'> => {
  try {
    await load(toml, 'my.toml');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    const height = toml.split('\n').length;
    for (const { position, text } of error.problems) {
      expect(text).not.toBe('');
      expect(text).not.toContain('\n');
      expect(position, text).toBeDefined();
      expect(position!.line).toBeGreaterThanOrEqual(1);
      expect(position!.line).toBeLessThanOrEqual(height);
      expect(position!.column).toBeGreaterThanOrEqual(1);
    }
    for (const line of error.lines) expect(line).toMatch(/^my\.toml:\d+:\d+: ./);
    return 'refused';
  }
  expect(complaints(toml)).toEqual([]);
  return 'taken';
};

const keys = [
  ...new Set(
    (['task', 'condition', 'event'] as const).flatMap((section) => [
      ...Object.keys(registry[section].common),
      ...registry[section].kinds.flatMap((kind) => Object.keys(kind.fields)),
    ]),
  ),
  'type',
  'nonsense',
];
const types = ['task', 'condition', 'event'].flatMap((section) =>
  registry[section as 'task'].kinds.map((kind) => kind.type),
);

/** Values of every TOML type, those that mean something among them. */
const value: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('0', '-1', '1', '5', '63', '9223372036854775807', '-9223372036854775808'),
    fc.constantFrom('0.0', '5.5', 'inf', '-inf', 'nan', '1e300'),
    fc.constantFrom('true', 'false'),
    fc.constantFrom('2026-03-02', '12:00:00', '2026-03-02T12:00:00Z', '2026-03-02T12:00:00'),
    fc.constantFrom('""', '"/"', '"A"', '"("', '"a.b"', '":session"', '"mon"', '"exit"', "'''\n'''", '"\\u0000"'),
    fc.string().map((text) => JSON.stringify(text)),
    fc.array(tie('any'), { maxLength: 3 }).map((list) => `[${list.join(', ')}]`),
    fc
      .dictionary(
        fc.constantFrom('a', 'hour', 'minute', 'weekday', 'index', 'operator', 'value', 'field', 'x y', '__proto__'),
        tie('any'),
        { maxKeys: 3 },
      )
      .map(
        (table) =>
          `{ ${Object.entries(table)
            .map(([key, v]) => `${JSON.stringify(key)} = ${v}`)
            .join(', ')} }`,
      ),
  ),
})).any;

const table = fc.record({
  section: fc.constantFrom('task', 'condition', 'event'),
  type: fc.option(fc.constantFrom(...types), { nil: undefined }),
  name: fc.option(fc.constantFrom('A', 'B', 'C', '_', 'not a name', ''), { nil: undefined }),
  keys: fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 }),
});

const file = fc
  .record({
    globals: fc.dictionary(
      fc.constantFrom('scheduler_tick_seconds', 'randomize_checks_within_ticks', 'tags', 'what'),
      value,
      { maxKeys: 2 },
    ),
    tables: fc.array(table, { maxLength: 5 }),
  })
  .map(({ globals, tables }) =>
    [
      ...Object.entries(globals).map(([key, v]) => `${key} = ${v}`),
      ...tables.map(({ section, type, name, keys: more }) => {
        const all = {
          ...(type === undefined ? {} : { type: JSON.stringify(type) }),
          ...(name === undefined ? {} : { name: JSON.stringify(name) }),
          ...more,
        };
        return [`[[${section}]]`, ...Object.entries(all).map(([key, v]) => `${key} = ${v}`)].join('\n');
      }),
    ].join('\n'),
  );

describe('whatever a file holds', () => {
  test('a well-typed one is taken', async () => {
    await fc.assert(
      fc.asyncProperty(scenario({ reload: true }), async (s) => {
        expect(await check(tomlOf(s, s.conditions))).toBe('taken');
        expect(await check(tomlOf(s, s.others))).toBe('taken');
      }),
      settings(150),
    );
  });

  test('tables of known keys with values of any type are taken, or refused with the place of each problem', async () => {
    const seen = { taken: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(file, async (toml) => {
        seen[await check(toml)] += 1;
      }),
      settings(600),
    );
    expect(seen.refused).toBeGreaterThan(100);
    expect(seen.taken).toBeGreaterThan(0);
  });

  test('any text at all is taken, or refused with the place of each problem', async () => {
    const pieces = fc.constantFrom(
      ...['[[task]]', '[task]', '[[', ']', '=', '\n', '"', "'", "'''", '"""', '#', '{', '}', ',', '.', 'name', 'type'],
      ...['"internal"', 'command', '"exit"', ' ', '\t', '\r\n', '5', 'true', 'é', '\u0000', '😀', '\ufeff', '\\'],
    );
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (toml) => {
        // A mark of byte order at the beginning is taken away where files are read.
        await check(toml.replace(/^\ufeff+/, ''));
      }),
      settings(1500),
    );
  });

  test('one character taken out of, or put into, a good file never does worse than a refusal', async () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom('', 'x', '"', '[', ']', '=', '\n', ' ', '0', '-', '.', '#'));
    await fc.assert(
      fc.asyncProperty(scenario({ reload: false }), change, async (s, [n, put]) => {
        const toml = tomlOf(s, s.conditions);
        const at = n % toml.length;
        await check(toml.slice(0, at) + put + toml.slice(put === '' ? at + 1 : at));
      }),
      settings(300),
    );
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingsOf } from '../../src/check/check-text.ts';
import type { SectionKinds } from '../../src/config/section.ts';
import type { ItemKind } from '../../src/items/kind.ts';
import { registry } from '../../src/items/registry.ts';
import { fakeMachine } from '../support/daemon.ts';
import { settings } from '../support/property.ts';
import { complaints } from '../support/schema.ts';

const read = (folder: string): readonly string[] =>
  readdirSync(join(import.meta.dirname, '../..', folder))
    .filter((name) => name.endsWith('.toml'))
    .map((name) => readFileSync(join(import.meta.dirname, '../..', folder, name), 'utf8'));
const files = [...read('config-examples'), ...read('test/check/corpus')];

/** Lines of other files, keys of all kinds, and what people leave out or put in by mistake. */
const lines = [...new Set(files.flatMap((text) => text.split('\n')))];
const sections: readonly SectionKinds<ItemKind>[] = Object.values(registry);
const keys = sections.flatMap(({ common, kinds }) => [
  ...Object.keys(common),
  ...kinds.flatMap((kind) => Object.keys(kind.fields)),
]);
const pieces = [
  '"',
  "'",
  "'''",
  '"""',
  '[',
  ']',
  '[[',
  ']]',
  '{',
  '}',
  '=',
  ',',
  '.',
  '#',
  '\\',
  '\n',
  '-',
  '0',
  'true',
];
const values = [
  '5',
  '-1',
  '5.0',
  'inf',
  '"x"',
  '""',
  '[]',
  '[5]',
  '{}',
  '{ a = 1 }',
  '2026-01-01',
  '22:00:00',
  'false',
];

/** Changes a text in one place; `at` and `to` are shares of its length. */
type Mutation = (text: string, at: number, to: number) => string;
const at = (share: number, all: { readonly length: number }): number => Math.floor(share * all.length);

const onLines =
  (change: (all: string[], i: number, j: number) => void): Mutation =>
  (text, from, to) => {
    const all = text.split('\n');
    change(all, at(from, all), at(to, all));
    return all.join('\n');
  };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constant<Mutation>(onLines((all, i) => all.splice(i, 1))),
  fc.constant<Mutation>(onLines((all, i, j) => all.splice(j, 0, all[i]!))),
  fc.constant<Mutation>(onLines((all, i, j) => ([all[i], all[j]] = [all[j]!, all[i]!]))),
  fc.constant<Mutation>((text, from, to) => text.slice(0, at(from, text)) + text.slice(at(Math.max(from, to), text))),
  fc.constant<Mutation>((text, from) => text.slice(0, at(from, text))),
  fc.constantFrom(...lines).map((line) => onLines((all, i) => all.splice(i, 0, line))),
  fc.constantFrom(...keys).map((key) => onLines((all, i) => (all[i] = all[i]!.replace(/^\w+(?= =)/, key)))),
  fc.constantFrom(...values).map((value) => onLines((all, i) => (all[i] = all[i]!.replace(/= .*$/, `= ${value}`)))),
  fc.constantFrom(...pieces).map(
    (piece): Mutation =>
      (text, from) =>
        text.slice(0, at(from, text)) + piece + text.slice(at(from, text)),
  ),
);

const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const mutated = fc
  .tuple(fc.constantFrom(...files), fc.array(fc.tuple(mutation, share, share), { minLength: 1, maxLength: 3 }))
  .map(([text, mutations]) => mutations.reduce((so, [mutate, from, to]) => mutate(so, from, to), text));

test('check ends within a second, with a place for everything that is wrong; what it takes, the schema takes', async () => {
  const seen = { refused: 0, taken: 0 };
  await fc.assert(
    fc.asyncProperty(mutated, async (text) => {
      // Processor time: what else the machine does is not counted.
      const began = process.cpuUsage();
      const { findings } = await findingsOf('my.toml', text, fakeMachine);
      const { user, system } = process.cpuUsage(began);
      expect(user + system).toBeLessThan(1_000_000);
      const errors = findings.filter(({ level }) => level === 'error');
      for (const { message, line, column, picture } of errors) {
        expect(line, message).toBeGreaterThanOrEqual(1);
        expect(line, message).toBeLessThanOrEqual(text.split('\n').length);
        expect(column, message).toBeGreaterThanOrEqual(1);
        expect(picture, message).toContain('^');
      }
      seen[errors.length > 0 ? 'refused' : 'taken'] += 1;
      if (errors.length === 0) expect(complaints(text)).toEqual([]);
    }),
    settings(400),
  );
  expect(seen.refused).toBeGreaterThan(50);
  expect(seen.taken).toBeGreaterThan(20);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../src/check/check-text.ts';
import { FINDINGS } from '../../src/check/findings.ts';
import { sarif } from '../../src/check/sarif.ts';
import { fakeMachine, load } from '../support/daemon.ts';
import { settings } from '../support/property.ts';

const folder = join(import.meta.dirname, '../../config-examples');
const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.toml'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));

/** Something that a person, an editor or a disk does to a text. */
type Mutation = (text: string) => string;

const cut = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 40 }));
const pieces = fc.oneof(
  fc.constantFrom(
    '"',
    "'",
    '"""',
    "'''",
    '[',
    ']',
    '{',
    '}',
    '[[',
    ']]',
    '=',
    '.',
    ',',
    '#',
    '\n',
    '\\',
    '\\u12',
    '\u0000',
    '\ufeff',
    '\r',
  ),
  fc.constantFrom(
    '[[task]]\n',
    'name = "A"\n',
    'type = "lua"\n',
    'script = "x = "\n',
    'allow = ["all"]\n',
    '{ cron = "*/7 * 1 * MON" }',
    '-1',
    'true',
    '9'.repeat(30),
  ),
  fc.string({ maxLength: 8 }),
);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  // A piece is lost.
  cut.map(([at, length]) => (text: string) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + text.slice(from + length);
  }),
  // A piece comes in.
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), pieces).map(([at, piece]) => (text: string) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + piece + text.slice(from);
  }),
  // A line is lost, doubled, or goes elsewhere.
  fc
    .tuple(fc.nat(200), fc.nat(200), fc.constantFrom('lose', 'double', 'move'))
    .map(([from, to, how]) => (text: string) => {
      const lines = text.split('\n');
      const line = lines[from % lines.length]!;
      if (how !== 'double') lines.splice(from % lines.length, 1);
      if (how !== 'lose') lines.splice(to % (lines.length + 1), 0, line);
      return lines.join('\n');
    }),
  // The end is lost.
  fc.double({ min: 0, max: 1, noNaN: true }).map((at) => (text: string) => text.slice(0, Math.floor(at * text.length))),
);
const mutated = fc
  .tuple(fc.constantFrom(...examples), fc.array(mutation, { minLength: 1, maxLength: 5 }))
  .map(([text, steps]) => steps.reduce((one, step) => step(one), text));

describe('whenever check of valid files that were damaged', () => {
  test('never throws; each finding has a known id, a text of one line and a place in the file; it refuses what the start refuses', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const { findings } = await findingsOf('my.toml', text, fakeMachine);
        const lines = text.split('\n');
        for (const { id, level, message, line, column, picture } of findings) {
          expect(FINDINGS[id].level).toBe(level);
          expect(message).not.toBe('');
          expect(message).not.toContain('\n');
          // Only a file without any condition is meant as a whole.
          if (id === 'nothing-to-run') continue;
          expect(line, message).toBeGreaterThanOrEqual(1);
          expect(line, message).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(lines[line! - 1]!.length + 1);
          expect(picture!.split('\n').filter((one) => /^ *\^$/.test(one))).toHaveLength(1);
        }
        JSON.stringify(sarif(findings));
        const isRefused = findings.some(({ level }) => level === 'error');
        refused += isRefused ? 1 : 0;
        expect(
          await load(text).then(
            () => false,
            () => true,
          ),
        ).toBe(isRefused);
      }),
      settings(150),
    );
    expect(refused).toBeGreaterThan(10);
  });
});

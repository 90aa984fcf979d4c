import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MaskedBytes } from '../../src/commands/masked-bytes.ts';
import { runSecrets } from '../../src/run-secrets.ts';
import { settings } from '../support/property.ts';

beforeEach(() => runSecrets.clear());
afterEach(() => runSecrets.clear());

/** What comes of pieces, one after the other, and at the end. */
const passed = (...pieces: readonly string[]): string[] => {
  const masked = new MaskedBytes();
  return [...pieces.map((piece) => masked.add(Buffer.from(piece))), masked.end()].map((bytes) =>
    Buffer.from(bytes).toString(),
  );
};

describe('bytes that are passed on', () => {
  test('are those that came while no secret is known', () => {
    const chunk = Buffer.from([0, 255, 128]);
    expect(new MaskedBytes().add(chunk)).toBe(chunk);
  });

  test('have no secret, also one that comes in pieces', () => {
    runSecrets.add('gehe!mé');
    expect(passed('a gehe!mé b gehe', '!m', 'é c')).toEqual(['a ••• b ', '', '••• c', '']);
    expect(passed('a ge', 'nau', ' gehe!')).toEqual(['a ', 'genau', ' ', 'gehe!']);
  });

  test('come at once where they cannot begin a secret', () => {
    runSecrets.add('gehe!mé');
    expect(passed('Name? ', 'x')).toEqual(['Name? ', 'x', '']);
  });

  test('have no secret of several lines, whose lines come one by one', () => {
    runSecrets.add('first-line\nend');
    expect(passed('first-line\n', 'end.', 'first-line', '\nother', ' first-line')).toEqual([
      '',
      '•••.',
      '',
      '•••\nother',
      ' ',
      '•••',
    ]);
  });

  test('are, in whatever pieces they come, those of the masked text', () => {
    const secret = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength: 4, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 4 }), fc.array(secret), (secrets, pieces) => {
        runSecrets.clear();
        for (const one of secrets) runSecrets.add(one);
        expect(passed(...pieces).join('')).toBe(runSecrets.mask(pieces.join('')));
      }),
      settings(300),
    );
  });

  test('stay what they are where they are not text', () => {
    runSecrets.add('gehe!mé');
    const masked = new MaskedBytes();
    const bytes = Buffer.from([0, 255, 195, 10, 128]);
    expect(Buffer.concat([masked.add(bytes), masked.end()])).toEqual(bytes);
  });
});

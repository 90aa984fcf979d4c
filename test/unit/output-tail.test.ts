import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastBytes, OutputTail } from '../../src/projections/output-tail.ts';
import { Redactor, redactText } from '../../src/redact.ts';

const same = (text: string): string => text;
const bytes = (text: string): number => Buffer.byteLength(text);
/** The tail of these pieces. */
const tailOf = (pieces: readonly (Uint8Array | string)[], mask = same): string => {
  const tail = new OutputTail();
  for (const piece of pieces) tail.add(piece);
  return tail.text(mask);
};

describe('the tail of an output', () => {
  test('is the end of what was written, whatever the pieces are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30_000, size: 'max' }), { maxLength: 8 }), (pieces) => {
        const ascii = pieces.map((piece) => piece.map((byte) => 32 + (byte % 90)));
        const whole = Buffer.concat(ascii).toString();
        expect(tailOf(ascii)).toBe(whole.slice(-8192));
      }),
      { numRuns: 60 },
    );
  });

  test('is cut at a character, and has at most 8 KiB', () => {
    for (const character of ['é', '€', '😀'])
      for (const more of ['', 'a', 'ab', 'abc']) {
        const tail = tailOf([character.repeat(9000), more]);
        expect(tail).toMatch(new RegExp(`^(?:${character})+${more}$`, 'u'));
        expect(bytes(tail)).toBeGreaterThan(8188);
        expect(bytes(tail)).toBeLessThanOrEqual(8192);
      }
  });

  test('has U+FFFD for bytes that are not UTF-8, and joins a character that pieces cut', () => {
    const euro = Buffer.from('€');
    expect(tailOf([euro.subarray(0, 1), euro.subarray(1), Buffer.from([0xff]), 'x', euro.subarray(0, 2)])).toBe('€�x�');
    expect(bytes(tailOf([Buffer.alloc(20_000, 0xff)]))).toBeLessThanOrEqual(8192);
  });

  test('has no secret whose beginning is not kept', () => {
    const line = `password=${'s3cret'.repeat(20)}`;
    for (let after = 8192 - line.length; after <= 8192; after += 1)
      expect(tailOf([`${'x'.repeat(3000)}\n${line}\n${'.'.repeat(after)}`], redactText)).not.toContain('s3cret');
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${'QUJD'.repeat(5000)}\n-----END RSA PRIVATE KEY-----\ndone\n`;
    expect(tailOf([key], redactText).slice(0, 99)).toBe('-----END RSA PRIVATE KEY-----\ndone\n');
  });

  test('a text is cut to its last bytes at a character', () => {
    expect(lastBytes('aé', 3)).toBe('aé');
    expect(lastBytes('aé', 2)).toBe('é');
    expect(lastBytes('aéb', 2)).toBe('b');
  });
});

/** The median of the durations of some calls, ms. */
const median = (act: () => void): number => {
  const all = Array.from({ length: 9 }, () => {
    const began = performance.now();
    act();
    return performance.now() - began;
  });
  return all.sort((a, b) => a - b)[4]!;
};

describe('masking 8 KiB', () => {
  const fill = (part: string): string => part.repeat(Math.ceil(8192 / part.length)).slice(0, 8192);
  test.each([
    ['a log', '2026-11-28T10:11:12.123Z INFO [worker-3] GET /api/v1/items?page=3 200 12ms user=alice\n'],
    ['backslashes', '\\'],
    ['quotation marks', '\\"'],
    ['names of secrets', 'password, '],
    ['assignments', 'token = ("'],
    ['options', ' --a-b-c-d-e'],
    ['programs', 'mysql a b c '],
    ['names of users', 'abcdefgh:'],
    ['elements', '<a password '],
    ['keys', '-----BEGIN PRIVATE KEY-----'],
  ])('takes no longer than 40 times what the log takes: %s', (_, part) => {
    const usual = fill('2026-11-28T10:11:12.123Z INFO [worker-3] GET /api/v1/items 200 12ms user=alice\n');
    const redactor = new Redactor();
    redactor.redact({ password: 'correct horse' });
    const text = fill(part);
    for (let i = 0; i < 5; i += 1) redactor.mask(usual);
    expect(median(() => redactor.mask(text)) / median(() => redactor.mask(usual))).toBeLessThan(40);
  });
});

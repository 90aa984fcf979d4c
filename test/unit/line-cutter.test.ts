import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../../src/adapters/stdin.ts';

/** What a cutter tells about some chunks and, if wanted, the end. */
const cut = (chunks: readonly (string | Buffer)[], end = false): string[] => {
  const told: string[] = [];
  const cutter = new LineSplitter({
    line: (text) => told.push(`line ${text}`),
    bad: (reason) => told.push(`bad ${reason}`),
    end: () => told.push('end'),
  });
  for (const chunk of chunks) cutter.add(Buffer.from(chunk as Buffer));
  if (end) cutter.end();
  return told;
};

describe('lines of standard input', () => {
  test('each ends with a line feed', () => {
    expect(cut(['a\nb\n\nc\n'])).toEqual(['line a', 'line b', 'line ', 'line c']);
  });

  test('what has no end yet waits for it', () => {
    expect(cut(['a\nb'])).toEqual(['line a']);
    expect(cut(['pa', 'us', 'e\nre', 'sume', '\n'])).toEqual(['line pause', 'line resume']);
  });

  test('the last one counts without its end', () => {
    expect(cut(['a\nexit'], true)).toEqual(['line a', 'line exit', 'end']);
    expect(cut(['a\n'], true)).toEqual(['line a', 'end']);
    expect(cut([], true)).toEqual(['end']);
  });

  test('a carriage return stays: it is blank space to those who read the line', () => {
    expect(cut(['a\r\nb\r', '\n'])).toEqual(['line a\r', 'line b\r']);
  });

  test('characters are whole however the chunks cut them', () => {
    const bytes = Buffer.from('grün 😀\n');
    for (let at = 1; at < bytes.length; at++)
      expect(cut([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['line grün 😀']);
  });

  test('a line that is not UTF-8 is a bad one, and the next is read', () => {
    const told = cut([Buffer.from([0x61, 0xff, 0x0a]), 'next\n', Buffer.from([0xc3, 0x0a]), 'last\n']);
    expect(told).toEqual([
      'bad a line that is not valid UTF-8',
      'line next',
      'bad a line that is not valid UTF-8',
      'line last',
    ]);
  });

  test('a line that never ends is told once and thrown away, and the next is read', () => {
    const long = 'x'.repeat(40_000);
    const told = cut([long, long, long, long, '\nnext\n'], true);
    expect(told).toEqual([expect.stringMatching(/^bad a line of more than \d+ bytes/), 'line next', 'end']);
  });

  test('however a text is cut into chunks, its lines are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat({ max: 200 })), (lines, cuts) => {
        const wanted = lines.map((line) => line.replaceAll('\n', '').replaceAll('\ufeff', ''));
        const bytes = Buffer.from(wanted.map((line) => `${line}\n`).join(''));
        const places = [...new Set([0, ...cuts.map((n) => n % (bytes.length + 1)), bytes.length])].sort(
          (a, b) => a - b,
        );
        const chunks = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
        expect(cut(chunks, true)).toEqual([...wanted.map((line) => `line ${line}`), 'end']);
      }),
    );
  });
});

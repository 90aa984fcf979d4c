import { describe, expect, test } from 'vitest';
import { readClaims, titlesIn } from '../support/claims.ts';

const { text, claims } = readClaims('docs/guarantees.md');

describe('docs/guarantees.md', () => {
  test('begins with time', () => {
    expect(text.split('\n').find((line) => line.startsWith('## '))).toBe('## Time');
    expect(claims.length).toBeGreaterThan(100);
  });

  test.each(claims)('"$of" is held by a test that exists', ({ of, row, file, title }) => {
    expect(of, row).toMatch(/\.$/);
    expect(title, row).not.toBe('');
    // The words stand where the title of a test does, not just anywhere.
    expect(
      titlesIn(file).filter((words) => words.includes(title)),
      row,
    ).not.toEqual([]);
  });

  test('promises each thing once', () => {
    const said = claims.map((claim) => claim.of);
    expect(said.filter((promise, i) => said.indexOf(promise) !== i)).toEqual([]);
  });
});

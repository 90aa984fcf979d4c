import { describe, expect, test } from 'vitest';
import { hostFs } from '../../src/adapters/host-fs.ts';
import { registry } from '../../src/items/registry.ts';
import { readClaims, titlesIn } from '../support/claims.ts';

const { text, claims } = readClaims('docs/differences.md');

describe('docs/differences.md', () => {
  test('names tests', () => {
    expect(claims.length).toBeGreaterThan(100);
  });

  test.each(claims)('$of: the test "$title" exists', ({ row, file, title }) => {
    expect(title, row).not.toBe('');
    expect(
      titlesIn(file).filter((words) => words.includes(title)),
      row,
    ).not.toEqual([]);
  });

  test('knows which kinds are not available yet', () => {
    const chapter = text.split('## Not available yet')[1]?.split('\n## ')[0] ?? '';
    for (const { kinds } of Object.values(registry))
      for (const { type, unavailable } of kinds)
        expect(chapter.includes(`\`${type}\``), type).toBe(unavailable?.(hostFs) !== undefined);
  });

  test('says each thing once', () => {
    const codes = [...text.matchAll(/^\| ([A-Z]\d+[^|]*) \|/gm)].map(([, code]) => code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { hostFs } from '../../src/adapters/host-fs.ts';
import { registry } from '../../src/items/registry.ts';
import { readClaims, titlesIn } from '../support/claims.ts';

const documents = ['docs/guarantees.md', 'docs/differences.md'].map((name) => ({ name, ...readClaims(name) }));
const [guarantees, differences] = documents.map(({ text, claims }) => ({ text, claims }));

describe.each(documents)('$name', ({ claims }) => {
  test('names tests', () => {
    expect(claims.length).toBeGreaterThan(100);
  });

  test.each(claims)('"$of": the test "$title" exists', ({ row, file, title }) => {
    expect(title, row).not.toBe('');
    // The words are the title of a test, not just any text of the file.
    expect(
      titlesIn(file).filter((words) => words.includes(title)),
      row,
    ).not.toEqual([]);
  });
});

describe('docs/guarantees.md', () => {
  test('begins with time', () => {
    expect(guarantees?.text.split('\n').find((line) => line.startsWith('## '))).toBe('## Time');
  });

  test('promises each thing once, in a sentence', () => {
    const promises = guarantees?.claims.map(({ of }) => of) ?? [];
    expect(promises.filter((promise) => !promise.endsWith('.'))).toEqual([]);
    expect(promises.filter((promise, i) => promises.indexOf(promise) !== i)).toEqual([]);
  });
});

describe('docs/differences.md', () => {
  test('names the kinds that are not available yet', () => {
    const chapter = differences?.text.split('## Not available yet')[1]?.split('\n## ')[0] ?? '';
    for (const { kinds } of Object.values(registry))
      for (const { type, unavailable } of kinds)
        expect(chapter.includes(`\`${type}\``), type).toBe(unavailable?.(hostFs) !== undefined);
  });

  test('has each code once', () => {
    const codes = [...(differences?.text ?? '').matchAll(/^\| ([A-Z]\d+[^|]*) \|/gm)].map(([, code]) => code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });
});

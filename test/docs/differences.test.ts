import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machine } from '../../src/adapters/machine.ts';
import { registry } from '../../src/items/registry.ts';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'DIFFERENCES.md'), 'utf8');

/** The rows of the tables that have a test: code, file and the words of its title. */
const claims = [...text.matchAll(/^\|\s*([^|]*?)\s*\|.*\| \[[\w ]+\]\(([^)]+)\): (.*?) \|$/gm)].map(
  ([, code, file, title]) => ({
    code: code!.trim(),
    file: file!,
    title: title!,
  }),
);

describe('DIFFERENCES.md', () => {
  test('names tests', () => {
    expect(claims.length).toBeGreaterThan(20);
  });

  test.each(claims)('$code: the test "$title" exists', ({ file, title }) => {
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(readFileSync(join(root, file), 'utf8')).toContain(title);
  });

  test('knows which kinds are not available yet', () => {
    const chapter = text.split('## Not available yet')[1]?.split('\n## ')[0] ?? '';
    for (const { kinds } of Object.values(registry))
      for (const { type, unavailable } of kinds)
        expect(chapter.includes(`\`${type}\``), type).toBe(unavailable?.(machine) !== undefined);
  });

  test('says each thing once', () => {
    const codes = [...text.matchAll(/^\| ([A-Z]\d+[^|]*) \|/gm)].map(([, code]) => code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });
});

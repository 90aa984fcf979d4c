import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const architecture = read('docs/architecture.md');

/** The part of the page below a heading. */
const chapter = (title: string): string => architecture.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** Files and folders that a document names in `code`: below the root, or below `src`. A name in capitals stands for any. */
const pathsIn = (document: string): readonly string[] =>
  [
    ...read(document).matchAll(
      /`((?:src|test|scripts|docs|config-examples)\/[\w./-]*|(?:[\w.-]+\/)+[\w-]+\.(?:ts|mjs|md))`/g,
    ),
  ]
    .map(([, path = '']) => path)
    .filter((path) => !/\b[A-Z]+\b/.test(path));

describe('docs/architecture.md', () => {
  test.each(['docs/architecture.md', 'CONTRIBUTING.md'])('every file that %s names exists', (document) => {
    const missing = pathsIn(document).filter(
      (path) => !['', 'src', 'src/renderings'].some((at) => existsSync(join(root, at, path))),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  test('every folder of src has a row', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const rows = chapter('The folders');
    expect(folders.map(({ name }) => name).filter((name) => !rows.includes(`\`src/${name}`))).toEqual([]);
  });

  test('the glossary has at most 40 terms, each once', () => {
    const terms = [...chapter('Glossary').matchAll(/^\| (?!word|---)([^|]+) \|/gm)].map(([, term]) => term);
    expect(terms.length).toBeLessThanOrEqual(40);
    expect(new Set(terms).size).toBe(terms.length);
  });
});

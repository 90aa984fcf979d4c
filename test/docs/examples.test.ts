import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
// @ts-expect-error a script without types
import { recipesPage } from '../../scripts/recipes.mjs';
import { hostFs } from '../../src/adapters/host-fs.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { registry } from '../../src/items/registry.ts';
import { blocksOf } from '../support/documents.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

/** The headings of a document, as links name them. */
const headingsOf = (file: string): readonly string[] =>
  [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, words = '']) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

/** Everything wrong with a configuration, a line each. */
const problems = async (file: string, text: string): Promise<readonly string[]> => {
  try {
    await loadConfig(file, text, registry, hostFs);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
};

const inExamples = readdirSync(join(root, 'config-examples')).filter((name) => name.endsWith('.toml'));

/** The documents, and every block of TOML in them. */
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...markdownIn('docs')];
const inDocuments = documents.flatMap(blocksOf).filter(({ language }) => language === 'toml');

describe('the examples', () => {
  test.each(inExamples)('config-examples/%s loads', async (name) => {
    expect(await problems(name, read(`config-examples/${name}`))).toEqual([]);
  });

  test('there is a quickstart, and one recipe at least for each of five purposes', () => {
    expect(inExamples).toContain('quickstart.toml');
    expect(inExamples.filter((name) => name.startsWith('recipe-')).length).toBeGreaterThanOrEqual(5);
  });

  test('every kind that works here is in one of the examples', () => {
    const all = inExamples.map((name) => read(`config-examples/${name}`)).join('\n');
    for (const { kinds } of Object.values(registry))
      for (const { type, unavailable } of kinds)
        if (unavailable?.(hostFs) === undefined) expect(all).toContain(`type = "${type}"`);
  });

  test('the first line of every example names the schema for editors, and the second one is its purpose', () => {
    for (const name of inExamples)
      expect(read(`config-examples/${name}`), name).toMatch(
        /^#:schema \.\.\/schema\/whenever\.schema\.json\n# [A-Z].*[.:]/,
      );
  });
});

test('docs/recipes.md is what "npm run man" makes of config-examples', () => {
  expect(read('docs/recipes.md'), 'run "npm run man" and commit the result').toBe(recipesPage());
});

test.each(documents)('every link in %s leads to a file and a heading that are there', (document) => {
  const links = [...read(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
  for (const [whole, path = '', anchor] of links) {
    const file = path === '' ? document : join(dirname(document), path);
    expect(existsSync(join(root, file)), whole).toBe(true);
    if (anchor !== undefined) expect(headingsOf(file), whole).toContain(anchor);
  }
});

describe('the blocks of the documents', () => {
  test.each(inDocuments.filter(({ wrong }) => !wrong))('$title loads', async ({ title, text }) => {
    expect(await problems(title, text)).toEqual([]);
  });

  test.each(inDocuments.filter(({ wrong }) => wrong))('$title is refused, as it says', async ({ title, text }) => {
    expect(await problems(title, text)).not.toEqual([]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostFs } from '../../src/adapters/host-fs.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { registry } from '../../src/items/registry.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

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

/** The ```toml blocks of a text. Those after a comment that begins with "wrong" are meant to be refused. */
const blocks = (file: string): { title: string; text: string; wrong: boolean }[] =>
  [...read(file).matchAll(/(<!-- wrong[^>]*-->\s*)?^```toml\n(.*?)^```$/gms)].map(([, mark, text = ''], i) => ({
    title: `${file}, block ${i + 1}`,
    text,
    wrong: mark !== undefined,
  }));

const inDocuments = ['README.md', 'CONTRIBUTING.md', 'docs/differences.md', 'CHANGELOG.md'].flatMap(blocks);

describe('the examples', () => {
  test.each(inExamples)('config-examples/%s loads', async (name) => {
    expect(await problems(name, read(`config-examples/${name}`))).toEqual([]);
  });

  test('there is a quickstart, and one recipe at least for each of five wishes', () => {
    expect(inExamples).toContain('quickstart.toml');
    expect(inExamples.filter((name) => name.startsWith('recipe-')).length).toBeGreaterThanOrEqual(5);
  });

  test('every kind that works here is in one of the examples', () => {
    const all = inExamples.map((name) => read(`config-examples/${name}`)).join('\n');
    for (const { kinds } of Object.values(registry))
      for (const { type, unavailable } of kinds)
        if (unavailable?.(hostFs) === undefined) expect(all).toContain(`type = "${type}"`);
  });

  test('every example says what it is for in its first line', () => {
    for (const name of inExamples) expect(read(`config-examples/${name}`), name).toMatch(/^# [A-Z].*[.:]/);
  });
});

describe('the blocks of the documents', () => {
  test.each(inDocuments.filter(({ wrong }) => !wrong))('$title loads', async ({ title, text }) => {
    expect(await problems(title, text)).toEqual([]);
  });

  test.each(inDocuments.filter(({ wrong }) => wrong))('$title is refused, as it says', async ({ title, text }) => {
    expect(await problems(title, text)).not.toEqual([]);
  });
});

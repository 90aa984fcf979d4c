import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'GUARANTEES.md'), 'utf8');
const rows = text.split('\n').filter((line) => /^\| (?!promise |---)/.test(line));

/** The rows of the tables: the promise, the file, and the words of the title of its test. */
const promises = rows.map((row) => {
  const [, promise = '', file = '', title = ''] = /^\| (.+?) \| \[[\w ]+\]\(([^)]+)\): (.+) \|$/.exec(row) ?? [];
  return { row, promise, file, title };
});

describe('GUARANTEES.md', () => {
  test('begins with time', () => {
    expect(text.split('\n').find((line) => line.startsWith('## '))).toBe('## Time');
    expect(promises.length).toBeGreaterThan(40);
  });

  test.each(promises)('"$promise" is held by a test that exists', ({ row, promise, file, title }) => {
    expect(promise, row).toMatch(/\.$/);
    expect(existsSync(join(root, file)), row).toBe(true);
    const source = readFileSync(join(root, file), 'utf8').replace(/\\(['`])/g, '$1');
    // The words stand where the title of a test does, not just anywhere.
    const titles = [...source.matchAll(/(?:\b(?:test|it|describe)|\)|const \w+)\(\s*(['`])(.*?)\1,/gs)].map(
      ([, , words]) => words ?? '',
    );
    expect(
      titles.some((words) => words.includes(title)),
      row,
    ).toBe(true);
  });

  test('promises each thing once', () => {
    const said = promises.map(({ promise }) => promise);
    expect(said.filter((promise, i) => said.indexOf(promise) !== i)).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A row of a table in a document whose last column names a test. */
export interface Claim {
  /** The first column. */
  readonly of: string;
  readonly row: string;
  /** The file of the test and the words of its title; empty when the row names none. */
  readonly file: string;
  readonly title: string;
}

/** A document, and the rows of its tables that have a column for tests. */
export const readClaims = (name: string): { readonly text: string; readonly claims: readonly Claim[] } => {
  const text = readFileSync(join(root, name), 'utf8');
  const claims: Claim[] = [];
  let tested = false;
  for (const row of text.split('\n')) {
    if (!row.startsWith('|')) tested = false;
    else if (/\| test \|$/.test(row)) tested = true;
    else if (tested && !row.startsWith('| --- |')) {
      const [, file = '', title = ''] = /\| \[[\w ]+\]\(([^)]+)\): (.+) \|$/.exec(row) ?? [];
      // Links are relative to the document.
      const path = file === '' ? '' : join(dirname(name), file);
      claims.push({ of: /^\| *(.*?) *\|/.exec(row)?.[1] ?? '', row, file: path, title });
    }
  }
  return { text, claims };
};

/**
 * The titles in a file of tests: of a story, or where the name of a test stands, as the first argument of a call or the first
 * element of a row. @throws Error when there is no such file.
 */
export const titlesIn = (file: string): readonly string[] => {
  const source = readFileSync(join(root, file), 'utf8');
  const found = file.endsWith('.story')
    ? source.matchAll(/^story: (.*)$/gm)
    : source.matchAll(
        /(?:\b(?:test|it|describe)\(|\)\(|const \w+\(|\n +\[|\{ ?title:)\s*(?:'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|"([^"\n]*)"),/g,
      );
  return [...found].map((words) =>
    words
      .slice(1)
      .join('')
      .replace(/\\(['`])/g, '$1'),
  );
};

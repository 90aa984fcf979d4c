import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INSTANTS, SKIP_REASONS, SPANS } from '../../src/journal/span-names.ts';

const PAGE = join(import.meta.dirname, '../../docs/library.md');
const MARKS = /(<!-- spans: .* -->\n\n)[\s\S]*(<!-- end of spans -->)/;

const list = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');
const rows = (lines: readonly (readonly string[])[]): string =>
  lines.map((cells) => `| ${cells.join(' | ').replaceAll('|  |', '| |')} |\n`).join('');

/** The tables as they should be. */
const tables = (): string => {
  const spans = Object.entries(SPANS).map(([name, { meaning, of, id, startKeys, finishKeys }]) => [
    ...[`\`${name}\``, meaning, of, `\`${id}-1\``, list(startKeys), list(finishKeys)],
  ]);
  const instants = Object.entries(INSTANTS).map(([name, { meaning, of, keys }]) => [
    ...[`\`${name}\``, meaning, of, list(keys)],
  ]);
  return [
    '| span | | of the | id | timeline at its start | timeline at its finish |\n| --- | --- | --- | --- | --- | --- |\n',
    ...[
      rows(spans),
      '\n| decision | | of the | timeline |\n| --- | --- | --- | --- |\n',
      rows(instants),
      `\nA condition is \`skipped\` with the reason ${list(SKIP_REASONS)}.\n\n`,
    ],
  ].join('');
};

test('docs/library.md lists every span and decision; WHENEVER_UPDATE=1 writes it', () => {
  const page = readFileSync(PAGE, 'utf8');
  const wanted = page.replace(MARKS, (_, begin, end) => `${begin}${tables()}${end}`);
  expect(page).toMatch(MARKS);
  if (process.env.WHENEVER_UPDATE === '1') writeFileSync(PAGE, wanted);
  else expect(page).toBe(wanted);
});

import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HistoryIndex } from '../../src/web/history-index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'whenever-index-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const missed = (condition: string): string =>
  `${JSON.stringify({
    ...{ kind: 'missed', time: '2026-11-01T00:00:00.000Z', session: 's', condition, why: 'late', count: 1 },
    ...{ first: '2026-11-01T00:00:00.000Z', last: '2026-11-01T00:00:00.000Z' },
  })}\n`;
const file = (name = '2026-11-001.jsonl') => join(directory, name);
/** The conditions that it knows after an update; null: it has to be made anew. */
const known = async (index: HistoryIndex): Promise<readonly string[] | null> => {
  await index.update();
  if (index.replaced) return null;
  const { missed: rows, texts } = index.columns({ since: 0, until: Date.now() }, { alive: true }, Date.now());
  return rows.map(([condition]) => texts[condition!]!);
};

test('a history that goes on, is compressed, or begins a new part is read where it ended', async () => {
  const index = new HistoryIndex(directory);
  expect(await known(index)).toEqual([]);
  writeFileSync(file(), missed('A'));
  expect(await known(index)).toEqual(['A']);
  appendFileSync(file(), missed('B') + missed('half').slice(0, 20));
  expect(await known(index)).toEqual(['A', 'B']);
  writeFileSync(file('2026-11-001.jsonl.gz'), gzipSync(missed('A') + missed('B') + missed('C')));
  rmSync(file());
  writeFileSync(file('2026-11-002.jsonl'), missed('D'));
  expect(await known(index)).toEqual(['A', 'B', 'C', 'D']);
  // The oldest parts are dropped after a time: what was read of them stays.
  rmSync(file('2026-11-001.jsonl.gz'));
  appendFileSync(file('2026-11-002.jsonl'), missed('E'));
  expect(await known(index)).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test.each([
  ['is taken away', () => rmSync(file())],
  ['is cut off', () => truncateSync(file(), 40)],
  ['is begun anew with shorter lines', () => writeFileSync(file(), missed('X'))],
  ['is begun anew with longer lines', () => writeFileSync(file(), missed('X'.repeat(300)).repeat(3))],
] as const)('a history that %s is not mistaken for the one that was read', async (_, change) => {
  writeFileSync(file(), missed('A') + missed('B'));
  const index = new HistoryIndex(directory);
  expect(await known(index)).toEqual(['A', 'B']);
  change();
  expect(await known(index)).toBeNull();
});

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

test('runs, their tasks, missed instants and gaps are found by their times', async () => {
  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 1, 0, minute)).toISOString();
  const ms = (minute: number): number => Date.parse(at(minute));
  const claim = (session: string, run: string, minute: number, more = {}) =>
    ({ kind: 'claim', time: at(minute), session, run, condition: 'C', cause: 'odd', why: 'fired', ...more }) as const;
  const ended = (session: string, run: string, began: number, outcome: string, seconds = 60) =>
    ({ ...claim(session, run, began + 1), kind: 'run', began: at(began), seconds, outcome }) as const;
  const lines = [
    { kind: 'task', time: at(0), session: 'o', run: 'run-0', task: 'T', began: at(0), seconds: 1, outcome: 'success' },
    { kind: 'start', time: at(1), session: 'a', config: '/one.toml' },
    claim('a', 'run-1', 2, { event: { name: 'E' } }),
    { ...claim('a', 'run-1', 3), kind: 'task', task: 'T', began: at(2), seconds: 60, outcome: 'success' },
    ended('a', 'run-1', 2, 'success'),
    ended('a', 'run-2', 4, 'interrupted'),
    claim('a', 'run-3', 6),
    { kind: 'end', time: at(7), session: 'another' },
    { kind: 'start', time: at(20), session: 'b', config: '/two.toml', last_alive: at(10) },
    ended('a', 'run-3', 6, 'interrupted'),
    claim('b', 'run-4', 30),
  ];
  writeFileSync(file(), lines.map((line) => `${JSON.stringify(line)}\n`).join('') + missed('M'));
  const index = new HistoryIndex(directory);
  await index.update();
  const shown = (since: number, until: number, alive: boolean, more = {}) => {
    const found = index.columns({ since: ms(since), until: ms(until), ...more }, { alive, lastAlive: ms(40) }, ms(50));
    const text = (n: number): string => found.texts[n] ?? '-';
    return {
      ...{ runs: found.run.map((run, i) => `${text(run)} ${text(found.outcome[i]!)} ${text(found.event[i]!)}`) },
      ...{ tasks: found.tasks.map(([row, task]) => `${row} ${text(task!)}`), missed: found.missed.length },
      ...{ gaps: found.gaps.map(([from, to]) => (to - from) / 60_000), cause: found.cause.map(text) },
    };
  };
  const first = ['run-1 success E', 'run-2 interrupted -', 'run-3 interrupted -'];
  expect(shown(0, 60, true)).toEqual({
    ...{ runs: [...first, 'run-4 running -'], tasks: ['0 T'], missed: 1, gaps: [10] },
    cause: ['odd', 'odd', 'odd', 'odd'],
  });
  // Without the instance what is open was interrupted, and the time since then is a gap.
  expect(shown(0, 60, false)).toMatchObject({ runs: [...first, 'run-4 interrupted -'], gaps: [10, 10] });
  // Rows of a range, and those before another row.
  expect(shown(5, 19, true)).toMatchObject({ runs: ['run-3 interrupted -'], missed: 0, gaps: [10], tasks: [] });
  expect(shown(31, 32, true)).toMatchObject({ runs: ['run-4 running -'], gaps: [] });
  expect(shown(0, 60, true, { before: 2 })).toMatchObject({ runs: first.slice(0, 2), missed: 0, gaps: [] });

  const counted: string[] = [];
  index.count(ms(3), ms(7), true, (...one) => counted.push(one.join(' ')));
  expect(counted).toEqual([`C ${ms(4)} interrupted 1`, `C ${ms(6)} interrupted 1`]);

  appendFileSync(file(), `${JSON.stringify({ kind: 'end', time: at(35), session: 'b' })}\n`);
  await index.update();
  expect([index.ended, index.config, index.loaded]).toEqual([ms(35), '/two.toml', ms(20)]);
  expect(shown(31, 32, true).runs).toEqual(['run-4 interrupted -']);
});

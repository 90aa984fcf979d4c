import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/journal/fact.ts';
import { showNs } from '../../src/renderings/duration.ts';
import { showLogs } from '../../src/renderings/index.ts';
import { SpanBuilder } from '../../src/renderings/span-builder.ts';
import { SpanFilter } from '../../src/renderings/span-filter.ts';
import { Statistics, type Summary } from '../../src/renderings/statistics.ts';
import { settings } from '../support/property.ts';
import { recording } from '../support/recordings.ts';
import { anySpans, EVENING, inOrder, naiveTotals, spanFact, spanFacts, taskFacts } from '../support/span-facts.ts';

const tally = (facts: readonly Fact[]): Summary => {
  let found: Summary | undefined;
  const gatherer = new SpanBuilder(
    new Statistics((summary) => {
      found = summary;
    }),
  );
  for (const fact of facts) gatherer.take(fact);
  gatherer.end();
  return found!;
};

/** By category, and by category and item. */
const totals = ({ categories }: Summary): Map<string, { count: number; total: number }> =>
  new Map(
    categories.flatMap(({ category, count, total, items }) => [
      [category, { count, total }] as const,
      ...items.map((one) => [`${category} ${one.item}`, { count: one.count, total: one.total }] as const),
    ]),
  );

/** Without what is about no item: a summary has it in the category only. */
const oracle = (facts: readonly Fact[]) => new Map([...naiveTotals(facts)].filter(([key]) => !key.endsWith(' null')));

describe('a summary', () => {
  test('tells count, mean, least, greatest and total time for each category and each item, with the outcomes.', () => {
    const facts = [
      ...taskFacts('Backup', 0, 1000),
      ...taskFacts('Backup', 2000, 5000, 'failure'),
      ...taskFacts('Sync', 6000, 6250),
    ];
    expect(showLogs(facts).split('\n')).toEqual([
      '2026-03-28 20:00:00 Sat to 2026-03-28 20:00:06 Sat, 6.3 s',
      '',
      'CATEGORY  COUNT    MEAN     MIN     MAX   TOTAL  OUTCOMES',
      'task          3  1.42 s  250 ms  3.00 s  4.25 s  2 success, 1 failure',
      '  Backup      2  2.00 s  1.00 s  3.00 s  4.00 s  1 success, 1 failure',
      '  Sync        1  250 ms  250 ms  250 ms  250 ms  1 success',
      '',
    ]);
  });

  test('of nothing says so.', () => {
    expect(showLogs([])).toBe('(no events recorded)\n');
  });

  test('counts what is still open, but not its time.', () => {
    const facts = [...taskFacts('A', 0, 10), spanFact('start', 'task', 20, { id: 'x', item: 'task/A' })];
    expect(tally(facts).categories[0]).toMatchObject({ count: 2, open: 1, total: 10e6, mean: 10e6, max: 10e6 });
    expect(showLogs(facts)).toMatch(/A +2 .* 1 success, 1 open$/m);
    expect(showLogs(facts.slice(2))).toMatch(/A +1 +- +- +- +- +1 open$/m);
  });

  test('tells decisions with their reasons.', () => {
    const skipped = (reason: string) =>
      spanFact('instant', 'skipped', 0, { item: 'condition/A', timeline: { reason } });
    const facts = [
      skipped('busy'),
      skipped('busy'),
      skipped('paused'),
      spanFact('instant', 'fired', 1, { item: 'event/E' }),
    ];
    expect(showLogs(facts)).toContain('Decisions: 1 fired, 3 skipped (2 busy, 1 paused)\n');
  });

  test('has the items with the longest times first, and the categories in the order of what leads to what.', () => {
    const facts = inOrder([
      ...taskFacts('Short', 0, 1),
      ...taskFacts('Long', 0, 100),
      ...spanFacts('check', 0, 1, { item: 'condition/C' }),
      ...spanFacts('tick', 0, 1),
      ...spanFacts('mine', 0, 1),
    ]);
    const { categories } = tally(facts);
    expect(categories.map(({ category }) => category)).toEqual(['tick', 'check', 'task', 'mine']);
    expect(categories[2]?.items.map(({ name }) => name)).toEqual(['Long', 'Short']);
  });

  test('tells tasks and conditions of one name apart where both are in a category.', () => {
    const facts = ['task/A', 'condition/A'].flatMap((item) => spanFacts('command', 0, 1, { id: item, item }));
    expect(showLogs(facts)).toMatch(/^ {2}condition\/A .*\n {2}task\/A /m);
  });

  test('uses the name given to an item instead of the automatic one.', () => {
    const facts = [
      spanFact('start', 'data_annotation', 0, { id: { target: 'task/A', name: 'the nightly backup' } }),
      spanFact('finish', 'data_annotation', 0, { id: { target: 'task/A', name: 'the nightly backup' } }),
      ...taskFacts('A', 0, 10),
    ];
    expect(showLogs(facts)).toMatch(/^ {2}the nightly backup +1 /m);
    expect(showLogs(facts)).not.toContain('data_annotation');
  });

  test('keeps no more than 10000 ends that came before their beginnings: the oldest are lost.', () => {
    const ends = Array.from({ length: 10_001 }, (_, i) =>
      spanFact('finish', 'task', 5, { id: `n${i}`, item: 'task/A' }),
    );
    const starts = ['n0', 'n1'].map((id) => spanFact('start', 'task', 0, { id, item: 'task/A' }));
    expect(tally([...ends, ...starts])).toMatchObject({
      categories: [{ count: 2, open: 1 }],
      window: { lost: 10_000 },
    });
  });

  test('of one item has neither the records of others nor their starts that came again.', () => {
    const seen: string[] = [];
    const filter = new SpanFilter(
      {
        record: ({ message }) => seen.push(message),
        lost: ({ item }) => seen.push(`lost ${item}`),
        end: () => {},
      },
      { items: ['task/A'] },
    );
    const builder = new SpanBuilder(filter);
    const starts = ['A', 'B'].map((name) => spanFact('start', 'task', 0, { id: name, item: `task/${name}` }));
    for (const fact of [...starts, ...starts]) builder.take(fact);
    for (const item of ['task/A', 'task/B', null]) {
      const context = { emitter: 'TASK', action: 'active', item, itemId: 1 };
      const envelope = { seq: 1, time: EVENING, mono: 0, item, run: null, cause: null };
      builder.take({ kind: 'log', ...envelope, level: 'info', context, mark: 'PROC/MSG', message: `of ${item}` });
    }
    builder.end();
    expect(seen).toEqual(['lost task/A', 'of task/A']);
  });

  test('takes attributes and names as they come from other programs.', () => {
    const nameless = spanFact('start', 'data_annotation', 0, { id: { target: 'task/A', name: 7 } });
    const facts = [nameless, ...spanFacts('task', 0, 10, { item: 'task/A', timeline: ['a', 'list'] }, 'a text')];
    expect(tally(facts).categories).toMatchObject([{ category: 'task', items: [{ name: 'A', count: 1 }] }]);
  });

  test('pairs an end that came before its beginning, and says how many have lost one.', () => {
    const [start, finish] = spanFacts('task', 0, 10, { item: 'task/A' });
    const facts = [finish!, start!, ...spanFacts('task', 20, 30, { id: 'gone', item: 'task/A' }).slice(1)];
    expect(tally(facts).categories[0]).toMatchObject({ count: 1, open: 0, total: 10e6 });
    expect(showLogs(facts)).toContain('1 span left out, because only one end is recorded\n');
  });

  test('leaves out a span that began again before it ended.', () => {
    const facts = [spanFact('start', 'task', 0, { item: 'task/A' }), ...spanFacts('task', 5, 10, { item: 'task/A' })];
    expect(tally(facts)).toMatchObject({ categories: [{ count: 1, open: 0, total: 5e6 }], window: { lost: 1 } });
  });

  test('takes ids that are records for the same when their keys stand in another order.', () => {
    const facts = [
      spanFact('start', 'mine', 0, { id: { a: 1, b: 2 } }),
      spanFact('finish', 'mine', 5, { id: { b: 2, a: 1 } }),
    ];
    expect(tally(facts).categories[0]).toMatchObject({ count: 1, open: 0, total: 5e6 });
  });

  test('fits a terminal of 80 columns, however long the names are.', () => {
    const facts = taskFacts(`A_${'very_'.repeat(12)}long_name`, 0, 1000, 'failure');
    const lines = showLogs(facts, 'summary', { width: 80 }).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(showLogs(facts)).toContain(`A_${'very_'.repeat(12)}long_name`);
  });

  test('sums up what spans sum up to, whatever was recorded.', () => {
    fc.assert(
      fc.property(anySpans, (facts) => {
        expect(totals(tally(facts))).toEqual(oracle(facts));
      }),
      settings(300),
    );
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 800 }), (seed, count) => {
        const facts = [...recording({ seed, facts: count })];
        expect(totals(tally(facts))).toEqual(oracle(facts));
      }),
      settings(10),
    );
  });
});

describe('times', () => {
  test.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [999.6, '1.00 us'],
    [1000, '1.00 us'],
    [12_345, '12.3 us'],
    [999_400, '999 us'],
    [999_600, '1.00 ms'],
    [123_456_789, '123 ms'],
    [1e9, '1.00 s'],
    [59.4e9, '59.4 s'],
    [99.96e9, '1 min 40 s'],
    [4096e9, '1 h 08 min'],
    [5400e9, '1 h 30 min'],
  ])('%d ns are %s.', (ns, text) => {
    expect(showNs(ns)).toBe(text);
  });
});

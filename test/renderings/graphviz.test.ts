import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/journal/fact.ts';
import { type ShowOptions, showLogs } from '../../src/renderings/index.ts';
import { type DotGraph, parseDot } from '../support/dot.ts';
import { settings } from '../support/property.ts';
import { PLAN, recording } from '../support/recordings.ts';
import { anySpans, planFact, spanFact, spanFacts, taskFacts } from '../support/span-facts.ts';

const graph = (facts: Iterable<Fact>, options: ShowOptions = {}): DotGraph =>
  parseDot(showLogs(facts, 'graphviz', options));
const linesOf = ({ nodes }: DotGraph, id: string): string[] => nodes.get(id)?.label?.split('\n') ?? [];
const edges = ({ edges: all }: DotGraph): string[] =>
  all.map(({ from, to, attributes: { label } }) => `${from} → ${to}${label === undefined ? '' : ` [${label}]`}`);

/** The configuration, two firings, and a run of a sequence that failed. */
const some = (): Fact[] => [
  planFact(PLAN),
  ...[1, 2].map((ms) =>
    spanFact('instant', 'fired', ms, {
      item: 'event/New_File',
      timeline: { event: 'New_File', condition: 'Downloads' },
    }),
  ),
  ...spanFacts('check', 0, 1, { item: 'condition/Nightly' }),
  ...spanFacts('run', 0, 3000, { item: 'condition/Nightly' }, { outcome: 'failure' }),
  ...spanFacts(
    'task',
    0,
    1000,
    { id: 1, item: 'task/Backup', timeline: { condition: 'Nightly' } },
    { outcome: 'success' },
  ),
  ...spanFacts(
    'task',
    1000,
    3000,
    { id: 2, item: 'task/Verify_Backup', timeline: { condition: 'Nightly' } },
    { outcome: 'failure' },
  ),
];

describe('the graph of a configuration', () => {
  test('leads from events to conditions to tasks, with the order of sequences and how often each way was taken.', () => {
    expect(edges(graph(some()))).toEqual([
      'event/New_File → condition/Downloads [2 ×]',
      'event/By_Hand → condition/Downloads',
      'condition/Nightly → task/Backup [#1, 1 ×]',
      'condition/Nightly → task/Verify_Backup [#2, 1 ×]',
      'condition/Nightly → task/Report [#3]',
      'condition/Often → task/Sync',
      'condition/Often → task/Index',
      'condition/Downloads → task/Tidy',
      'condition/Reachable → task/Tidy',
      'condition/Away → task/Lock',
    ]);
  });

  test('tells counts, last outcomes and mean times.', () => {
    const found = graph(some());
    expect(linesOf(found, 'condition/Nightly')).toEqual([
      ...['Nightly', 'time condition', '1 check', '1 run, 1 failed', 'last: failure, mean 3.00 s'],
    ]);
    expect(linesOf(found, 'task/Backup')).toEqual(['Backup', 'command task', '1 run', 'last: success, mean 1.00 s']);
    expect(linesOf(found, 'event/New_File')).toEqual(['New_File', 'fschange event', 'fired 2 times']);
  });

  test('has what never ran, too.', () => {
    const found = graph(some());
    expect(linesOf(found, 'task/Lock')).toEqual(['Lock', 'command task', 'never run']);
    expect(linesOf(found, 'event/By_Hand')).toEqual(['By_Hand', 'cli event', 'never fired']);
    expect(found.nodes.size).toBe(14);
  });

  test('draws what is suspended dashed, with what leads from it.', () => {
    const found = graph(some());
    expect(found.nodes.get('condition/Away')).toMatchObject({
      style: 'dashed',
      label: 'Away\nidle condition, suspended\nnever run',
    });
    expect(found.edges.find(({ from }) => from === 'condition/Away')?.attributes.style).toBe('dashed');
    expect(found.nodes.get('condition/Nightly')?.style).toBe('solid');
  });

  test('colours by outcome, by kind, or not at all; times can be left out.', () => {
    const colour = (options: ShowOptions, id: string) => graph(some(), options).nodes.get(id)?.color;
    expect(colour({}, 'task/Backup')).not.toBe(colour({}, 'task/Verify_Backup'));
    expect(colour({ colorBy: 'kind' }, 'task/Backup')).toBe(colour({ colorBy: 'kind' }, 'task/Verify_Backup'));
    expect(colour({ colorBy: 'kind' }, 'task/Backup')).not.toBe(colour({ colorBy: 'kind' }, 'task/Tidy'));
    expect(colour({ colorBy: 'none' }, 'task/Backup')).toBe(colour({ colorBy: 'none' }, 'task/Tidy'));
    expect(linesOf(graph(some(), { times: false }), 'task/Backup')).toEqual([
      'Backup',
      'command task',
      '1 run',
      'last: success',
    ]);
  });

  test('is made of the last configuration; what a reload took away is still there, and said to be gone.', () => {
    const { Nightly: _, ...rest } = PLAN.condition;
    const found = graph([...some(), planFact({ ...PLAN, condition: rest })]);
    expect(found.nodes.get('condition/Nightly')).toMatchObject({
      style: 'dashed',
      label: expect.stringContaining('condition, no longer there'),
    });
    expect(edges(found)).toContain('condition/Nightly → task/Backup [1 ×]');
  });

  test('is made of what ran where no configuration is told.', () => {
    const facts = some().slice(1);
    expect(edges(graph(facts))).toEqual([
      'event/New_File → condition/Downloads [2 ×]',
      'condition/Nightly → task/Backup [1 ×]',
      'condition/Nightly → task/Verify_Backup [1 ×]',
    ]);
    expect(linesOf(graph(facts), 'condition/Downloads')).toEqual(['Downloads', 'condition', 'never run']);
  });

  test('escapes what names may hold.', () => {
    const name = 'a "b" \\ c\nd -> { } ;';
    const found = graph(taskFacts(name, 0, 10), { title: 'say "hi" \\' });
    expect([...found.nodes.keys()]).toContain(`task/${name}`);
    expect(found.edges.map(({ from, to }) => [from, to])).toEqual([['condition/C', `task/${name}`]]);
    expect(linesOf(found, `task/${name}`).slice(0, 2).join('\n')).toBe(name);
  });

  test('shows of a selection what it is tied to.', () => {
    expect(edges(graph(some(), { items: ['Downloads'] }))).toEqual([
      'event/New_File → condition/Downloads',
      'event/By_Hand → condition/Downloads',
      'condition/Downloads → task/Tidy',
    ]);
  });

  test('of nothing says so.', () => {
    expect([...graph([]).nodes.keys()]).toEqual(['(no events recorded)']);
  });

  test('can be read, whatever was recorded.', () => {
    fc.assert(
      fc.property(anySpans, (facts) => {
        expect(graph(facts).nodes.size).toBeGreaterThan(0);
      }),
      settings(100),
    );
    expect(graph(recording({ seed: 1, facts: 5000 })).nodes.size).toBe(14);
  });
});

test.each(['summary', 'gantt', 'svg', 'graphviz', 'chrome_trace', 'html'] as const)(
  'no control character of a name or a title is in a rendering as %s',
  (format) => {
    const name = 'A\x1b[31mB\x9b31mC\u0085';
    const facts = [
      ...spanFacts('run', 0, 3000, { item: `condition/${name}` }, { outcome: 'failure', why: name }),
      ...spanFacts(
        'task',
        0,
        1000,
        { id: 1, item: `task/${name}`, timeline: { condition: name } },
        { outcome: 'success' },
      ),
    ];
    const shown = showLogs(facts, format, format === 'summary' ? {} : { title: name });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(shown.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g) ?? []).toEqual([]);
    expect(shown).toMatch(/A(?:\\+x1b|\\+u001b)\[31mB/);
  },
);

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  knownFormats,
  RENDERING_FORMATS,
  registerRendering,
  renderLogs,
  type ShowOptions,
  type Span,
  type SpanData,
  showLogs,
} from '../../src/renderings/index.ts';
import { LastSpans } from '../../src/renderings/last-n.ts';
import { factsOfLogs } from '../../src/renderings/show-logs.ts';
import { SpanBuilder } from '../../src/renderings/span-builder.ts';
import { EnvelopeMetrics, enableLogging, fetchLogs, logsAnnotate, TimespanContext } from '../../src/timespans/index.ts';
import { settings } from '../support/property.ts';
import { PLAN, recording } from '../support/recordings.ts';
import { anySpans, EVENING, inOrder, planFact, spanFact, spanFacts, taskFacts } from '../support/span-facts.ts';
import { traceProblems } from '../support/trace-rules.ts';

const collect = (
  facts: Iterable<Parameters<SpanBuilder['take']>[0]>,
  limits?: ConstructorParameters<typeof LastSpans>[1],
): SpanData => {
  let found: SpanData | undefined;
  const gatherer = new SpanBuilder(
    new LastSpans((done) => {
      found = done;
    }, limits),
  );
  for (const fact of facts) gatherer.take(fact);
  gatherer.end();
  return found!;
};

describe('showLogs and renderLogs', () => {
  test('showLogs answers text in every format, also the summary.', () => {
    const facts = [planFact(PLAN), ...taskFacts('A', 0, 10)];
    for (const { name } of RENDERING_FORMATS) expect(showLogs(facts, name).length, name).toBeGreaterThan(40);
    expect(showLogs(facts)).toBe(showLogs(facts, 'summary'));
  });

  test('renderLogs answers what can be displayed: SVG for gantt, else what the format is written in.', () => {
    const facts = taskFacts('A', 0, 10);
    expect(renderLogs(facts, 'gantt')).toMatch(/^<svg /);
    expect(renderLogs(facts, 'html')).toMatch(/^<!doctype html>/);
    expect(renderLogs(facts, 'graphviz')).toMatch(/^digraph /);
    expect(JSON.parse(renderLogs(facts, 'chrome_trace'))).toHaveProperty('traceEvents');
    expect(renderLogs(facts, 'summary')).toBe(showLogs(facts, 'summary'));
  });

  test('a format that is not known is an error that lists the known ones and the nearest.', () => {
    expect(() => showLogs([], 'gant')).toThrow(
      'there is no format "gant", did you mean "gantt"? (there are: summary, gantt, svg, graphviz, chrome_trace, html',
    );
    expect(() => renderLogs([], 'plots')).toThrow(/there is no format "plots"/);
  });

  test('an option that a format does not have is an error that lists those it has, and so is a wrong value.', () => {
    expect(() => showLogs([], 'graphviz', { widht: 80 } as ShowOptions)).toThrow(
      'format "graphviz" has no option "widht" (there are: times, colorBy, title)',
    );
    expect(() => showLogs([], 'graphviz', { colorBy: 'size' as 'kind' })).toThrow(
      'option "colorBy": expected one of outcome, kind, none, found "size"',
    );
  });

  test('what is nothing that can be shown is an error in words.', () => {
    expect(() => showLogs({ a: [] })).toThrow('expected facts, recorded data, or columns "core" and "id"');
    expect(() => showLogs(undefined as never)).toThrow('nothing was enabled');
  });

  test('a format of one’s own is used like the others.', () => {
    registerRendering('names', {
      make: (out) => {
        const names: string[] = [];
        return { ended: (span: Span) => void names.push(span.name), end: () => out(`${names.join(',')}\n`) };
      },
    });
    expect(showLogs([...taskFacts('A', 0, 1), ...taskFacts('B', 1, 2)], 'names')).toBe('A,B\n');
    expect(knownFormats().map(({ name }) => name)).toContain('names');
  });

  test('what fetchLogs hands out can be shown, with names that were given.', () => {
    let now = 0;
    const context = new TimespanContext({ clock: { mono: () => now, wall: () => EVENING + now } });
    const log = enableLogging({ timeline: true }, context);
    log.set('envelope', EnvelopeMetrics());
    logsAnnotate('task/A', 'the first task', context);
    context.start('task', 'task-1', { task: 'A', condition: 'C' }, { item: 'task/A' });
    now += 1500;
    context.finish('task', 'task-1', { outcome: 'failure' }, { item: 'task/A' });
    const logs = fetchLogs(context);
    expect(showLogs(logs)).toMatch(/^ {2}the first task +1 +1\.50 s .* 1 failure$/m);
    expect(showLogs(logs)).toContain('2026-03-28 20:00:00 Sat');
    expect(showLogs({ core: logs.core, id: logs.id })).toMatch(/^task +1 +1\.50 s/m);
  });

  test('columns without items tell them by what the timeline says.', () => {
    const core = (kind: string, ms: number) => ({ timestamp: ms * 1e6, category: 'task', kind });
    const logs = {
      core: [core('start', 0), null, core('finish', 5)],
      id: ['a', null, 'a'],
      timeline: [{ task: 'A' }, null, { outcome: 'success' }],
    };
    expect(showLogs(logs)).toMatch(/^ {2}A +1 +5\.00 ms .* 1 success$/m);
  });
});

describe('collected data', () => {
  test('shows the same as the facts it was made of.', () => {
    fc.assert(
      fc.property(anySpans, (facts) => {
        const made = collect(facts);
        expect(showLogs(made, 'gantt')).toBe(showLogs(facts, 'gantt'));
        const trace = showLogs(made, 'chrome_trace');
        expect(traceProblems(trace)).toEqual([]);
        const fired = made.instants.filter(({ category }) => category === 'fired');
        expect(trace.match(/^\{"ph":"X"/gm)?.length ?? 0).toBe(made.spans.length + fired.length);
      }),
      settings(50),
    );
    const facts = [...recording({ seed: 5, facts: 3000 })];
    for (const format of ['summary', 'gantt', 'graphviz', 'svg'])
      expect(showLogs(collect(facts), format), format).toBe(showLogs(facts, format));
  });

  test('has spans by their start, instants and records in order, and what is in the file.', () => {
    const made = collect(recording({ seed: 2, facts: 2000 }));
    const starts = made.spans.map(({ start }) => start);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(made.records.length).toBeGreaterThan(100);
    expect(made.items?.conditions.find(({ name }) => name === 'Away')).toEqual({
      name: 'Away',
      type: 'idle',
      tasks: ['Lock'],
      sequence: true,
      suspended: true,
    });
    expect(made.time).toBe(Date.UTC(2026, 2, 28, 20) + 980);
  });

  test('has the last of what is too much, and says how much is left out.', () => {
    const facts = Array.from({ length: 1000 }, (_, i) => taskFacts('A', i, i + 0.5)).flat();
    const { spans, leftOut } = collect(facts, { spans: 10, instants: 10, records: 10 });
    expect(spans.map(({ start }) => start / 1e6)).toEqual(Array.from({ length: 10 }, (_, i) => 990 + i));
    expect(leftOut).toEqual({ spans: 990, instants: 0, records: 0 });
  });

  test('of columns without a clock has times since the beginning.', () => {
    const core = (kind: string, ms: number) => ({ timestamp: ms * 1e6, category: 'mine', kind });
    const logs = { core: [core('start', 5000), core('finish', 6000), core('start', 7000)], id: ['a', 'a', 'b'] };
    const { time, spans } = collect(factsOfLogs(logs));
    expect([time, ...spans.map((span) => span.time)]).toEqual([0, 0, 2000]);
  });

  test('tells when a span began by the wall clock, also when that was told later.', () => {
    const late = { ...spanFact('start', 'check', 100), mono: 105, time: EVENING + 105 };
    expect(collect([late]).spans[0]?.time).toBe(EVENING + 100);
  });
});

describe('a selection', () => {
  const facts = inOrder([
    ...taskFacts('A', 0, 10_000),
    ...taskFacts('B', 20_000, 30_000),
    ...spanFacts('run', 0, 30_000, { item: 'condition/A', run: 'run-1' }),
    spanFact('instant', 'skipped', 25_000, { item: 'condition/B', timeline: { reason: 'busy' } }),
  ]);
  const found = (options: ShowOptions): string[] =>
    showLogs(facts, 'chrome_trace', options)
      .split('\n')
      .flatMap((line) => /"ph":"[Xi]".*"cat":"(\w+)","name":"(\w+)"/.exec(line)?.slice(1).join(' ') ?? [])
      .sort();

  test('of items takes them by their names or with their section.', () => {
    expect(found({ items: ['A'] })).toEqual(['run run', 'task A']);
    expect(found({ items: ['task/A'] })).toEqual(['task A']);
    expect(found({ items: ['B', 'condition/A'] })).toEqual(['run run', 'skipped skipped', 'task B']);
  });

  test('of categories takes spans and decisions.', () => {
    expect(found({ categories: ['task', 'skipped'] })).toEqual(['skipped skipped', 'task A', 'task B']);
  });

  test('of a time takes what touches it.', () => {
    expect(found({ from: EVENING + 10_001, to: EVENING + 19_999 })).toEqual(['run run']);
    expect(found({ from: EVENING + 10_000, to: EVENING + 20_000 })).toEqual(['run run', 'task A', 'task B']);
    expect(found({ from: EVENING + 25_001 })).toEqual(['run run', 'task B']);
    expect(found({ to: EVENING + 5 })).toEqual(['run run', 'task A']);
    expect(found({ from: EVENING + 40_000 })).toEqual([]);
  });

  test('of a time takes what is still open.', () => {
    const open = [spanFact('start', 'task', 0, { id: 'x', item: 'task/X' }), ...facts];
    expect(showLogs(open, 'summary', { from: EVENING + 26_000 })).toMatch(/^ {2}X +1 .*1 open$/m);
  });
});

test.each(['before', 'within', 'after'])(
  'A name that is given %s the work is shown, of an item and of one span.',
  (when) => {
    let mono = 0;
    const context = new TimespanContext({ clock: { mono: () => ++mono, wall: () => mono } });
    enableLogging({}, context);
    const annotate = (now: string): void => {
      if (now !== when) return;
      logsAnnotate('task/A', 'the nightly work', context);
      logsAnnotate('task-2', 'the second time', context);
    };
    annotate('before');
    for (const id of ['task-1', 'task-2']) context.start('task', id, {}, { item: 'task/A' });
    annotate('within');
    for (const id of ['task-1', 'task-2']) context.finish('task', id, {}, { item: 'task/A' });
    annotate('after');
    const logs = fetchLogs(context);
    for (const format of ['summary', 'gantt', 'html', 'chrome_trace'])
      expect(showLogs(logs, format)).toContain('the nightly work');
    // The others have a row for all spans of an item.
    expect(showLogs(logs, 'chrome_trace')).toContain('the second time');
  },
);

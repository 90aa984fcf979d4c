import fc from 'fast-check';
import type { Fact, Json, MetricFact, SpanFact, SpanId } from '../../src/journal/fact.ts';

/** Wall clock at the monotonic instant 0, ms: a Saturday, 20:00 UTC. */
export const EVENING = Date.UTC(2026, 2, 28, 20);

/** What a fact may say about itself besides where and when. */
export interface Told {
  readonly id?: SpanId;
  readonly item?: string | null;
  readonly run?: string | null;
  readonly cause?: string | null;
  readonly timeline?: unknown;
}

/** A span fact at so many ms after the beginning. */
export const spanFact = (edge: SpanFact['edge'], category: string, ms: number, told: Told = {}): SpanFact => {
  const { id = `${category}-1`, item = null, run = null, cause = null, timeline = {} } = told;
  return {
    ...{ kind: 'span', seq: 1, time: EVENING + ms, mono: ms, item, run, cause, edge, category, timeline },
    ...{ id: edge === 'instant' ? null : id, timestamp: Math.round(ms * 1e6) },
  };
};

/** Both edges of a span, from and to in ms. */
export const spanFacts = (
  category: string,
  from: number,
  to: number,
  told: Told = {},
  ended: Told['timeline'] = {},
): SpanFact[] => [
  spanFact('start', category, from, told),
  spanFact('finish', category, to, { ...told, timeline: ended }),
];

/** A run of a task: `[task, from, to, outcome]`, times in ms. */
export const taskFacts = (
  task: string,
  from: number,
  to: number,
  outcome = 'success',
  n = `${task}-${from}`,
): SpanFact[] =>
  spanFacts('task', from, to, { id: n, item: `task/${task}`, timeline: { task, condition: 'C' } }, { outcome });

/** A configuration, as the daemon tells it. */
export const planFact = (message: { readonly [key: string]: Json }): MetricFact => ({
  ...{
    kind: 'metric',
    seq: 1,
    time: EVENING,
    mono: 0,
    item: null,
    run: null,
    cause: 'start-1',
    hparams: true,
    message,
  },
});

/** Facts in the order of their time, as they are written down. */
export const inOrder = (facts: readonly SpanFact[]): SpanFact[] => facts.toSorted((a, b) => a.timestamp - b.timestamp);

const CATEGORIES = ['tick', 'wait', 'check', 'run', 'task', 'command', 'lua', 'mine', 'fired', 'skipped'] as const;
const ITEMS = [null, 'condition/A', 'condition/B', 'task/A', 'task/B', 'event/E'] as const;

/** Any spans and instants, however they overlap, with ends that are missing, come twice, or come first. */
export const anySpans = fc
  .array(
    fc.record({
      category: fc.constantFrom(...CATEGORIES),
      item: fc.constantFrom(...ITEMS),
      from: fc.integer({ min: 0, max: 40 }),
      length: fc.integer({ min: 0, max: 25 }),
      cause: fc.constantFrom(null, 'tick-1', 'event-1', 'event-2'),
      run: fc.constantFrom(null, 'run-1', 'run-2'),
      kind: fc.constantFrom('both', 'both', 'both', 'start', 'finish', 'instant', 'again'),
      outcome: fc.constantFrom(undefined, 'success', 'failure', 'negative'),
    }),
    { maxLength: 60 },
  )
  .map((drawn) =>
    inOrder(
      drawn.flatMap(({ category, item, from, length, cause, run, kind, outcome }, i) => {
        const again = kind === 'again';
        const told = { id: again ? category : `${category}-${i}`, item, run, cause };
        if (kind === 'instant') return [spanFact('instant', category, from, told)];
        // Those of one id begin and end at different instants, so that it is clear what belongs together.
        const [start, end] = again ? [2 * from, 2 * (from + length) + 1] : [from, from + length];
        const both = spanFacts(category, start, end, told, outcome === undefined ? {} : { outcome });
        return kind === 'start' ? both.slice(0, 1) : kind === 'finish' ? both.slice(1) : both;
      }),
    ),
  );

/** What any facts come to, counted the slow way. Times in ns. */
export const naiveTotals = (facts: readonly Fact[]): Map<string, { count: number; total: number }> => {
  const totals = new Map<string, { count: number; total: number }>();
  const spans = facts.filter((fact) => fact.kind === 'span');
  for (const [i, start] of spans.entries()) {
    if (start.edge !== 'start') continue;
    const same = (fact: SpanFact) =>
      fact.category === start.category && JSON.stringify(fact.id) === JSON.stringify(start.id);
    const next = spans.slice(i + 1).find((fact) => same(fact) && fact.edge !== 'instant');
    // It began again before it ended: nobody knows how it ended.
    if (next?.edge === 'start') continue;
    const finish = next?.edge === 'finish' ? next : undefined;
    for (const key of [start.category, `${start.category} ${start.item}`]) {
      const found = totals.get(key) ?? { count: 0, total: 0 };
      found.count += 1;
      if (finish) found.total += Math.max(0, finish.timestamp - start.timestamp);
      totals.set(key, found);
    }
  }
  return totals;
};

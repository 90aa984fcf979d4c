import { expect, test } from 'vitest';
import { SafeCaller } from '../../src/call-safely.ts';
import type { Fact, TraceContext } from '../../src/journal/fact.ts';
import { Journal } from '../../src/journal/journal.ts';
import { verify } from '../../src/journal/verify.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const ORIGIN: TraceContext = { cause: 'tick-1', run: null };
const context = { emitter: 'MAIN', action: 'listener', item: null, itemId: null };

/** A journal whose failures are records of its own, as in the program; the numbers of the facts as a recording gets them. */
const recorded = (spans?: { on: boolean; write(): void; metric(): void }) => {
  const contained = new SafeCaller();
  const journal = new Journal(new VirtualClock(0), { contained, ...(spans ? { spans } : {}) });
  contained.report = (message) => journal.record({ time: 0, level: 'warn', context, mark: 'PROC/FAIL', message });
  const numbers: number[] = [];
  const take = (fact: { readonly seq?: number }) => numbers.push(fact.seq ?? 0);
  journal.subscribe(take, take, 'the recording');
  return { journal, numbers };
};
const boom = () => {
  throw new Error('too many open files');
};

/** All that can be told, once. */
const tellAll = (journal: Journal): void => {
  journal.spans.start('tick', null, ORIGIN, () => ({}))?.finish({});
  journal.spans.instant('skipped', null, ORIGIN, () => ({}));
  journal.spans.metric(() => ({ loss: 1 }));
  journal.logEvent('errors', 'x');
  const track = journal.track('condition/C', 'waiting');
  track.to('checking', 'its turn', ORIGIN);
  track.to('waiting', 'not due', ORIGIN);
};

test.each<[string, (journal: Journal) => void]>([
  ['a meter', (journal) => journal.subscribeSpans(boom, 'the metrics')],
  ['a handler of a topic', (journal) => journal.subscribeTopic(['errors', 'condition/C'], boom)],
  ['a listener to facts', (journal) => journal.subscribe(boom as (fact: Fact) => void)],
])('a recording has its facts in order although %s fails with each of them', (_, listen) => {
  const { journal, numbers } = recorded();
  listen(journal);
  tellAll(journal);
  journal.endSubscriptions();
  expect(numbers.length).toBeGreaterThan(7);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
});

test('a recording has its facts in order although the sink of timespans fails', () => {
  const { journal, numbers } = recorded({ on: true, write: boom, metric: boom });
  tellAll(journal);
  expect(numbers.length).toBeGreaterThan(7);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
});

test('what cannot be a metric takes no number', () => {
  const { journal, numbers } = recorded();
  expect(() => journal.spans.metric(boom)).toThrow('too many open files');
  journal.logEvent('a', 1);
  expect(numbers).toEqual([1]);
});

test('a recording without its first line is not sound, and not taken for a log', () => {
  const facts: Fact[] = [];
  const journal = new Journal(new VirtualClock(0));
  const end = journal.subscribe((fact) => facts.push(fact), undefined, 'a list');
  tellAll(journal);
  end();
  journal.endSubscriptions();
  const recording = { head: undefined, facts, cut: false, bad: [] };
  expect(verify(recording).problems).toEqual(['its first line is missing: what else is missing is not known']);
  const log = facts.filter(({ kind }) => kind === 'transition');
  expect(verify({ ...recording, facts: log }).problems).toEqual([]);
});

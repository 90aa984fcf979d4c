import { describe, expect, test } from 'vitest';
import type { SpanFact } from '../../src/journal/fact.ts';
import { PluginEvents } from '../../src/plugins/plugin-events.ts';

const span = (edge: SpanFact['edge'], category: string, timeline: object, more: object = {}): SpanFact =>
  ({
    ...{ kind: 'span', seq: 1, time: 0, mono: 0, item: 'task/T', run: 'run-1', cause: 'tick-1', edge, category },
    ...{ id: 'run-1', timeline, timestamp: edge === 'start' ? 0 : 2e9, ...more },
  }) as SpanFact;

describe('what plugins are called with', () => {
  test('has the hook whose tasks run, and how long they took', () => {
    const events = new PluginEvents();
    const data = { condition: 'C', tasks: ['T'], hook: 'on_failure' };
    expect(events.of(span('start', 'hook', data, { item: 'condition/C' }))).toMatchObject({
      ...{ kind: 'run-started', hook: 'on_failure', tasks: ['T'] },
    });
    const ended = span('finish', 'hook', { outcome: 'success', executed: 1 }, { item: 'condition/C' });
    expect(events.of(ended)).toMatchObject({ kind: 'run-finished', condition: 'C', hook: 'on_failure', seconds: 2 });
  });

  test('has no duration where the beginning is not known, and the output and attempts where there are some', () => {
    const events = new PluginEvents();
    const data = { outcome: 'failure', why: 'exit code 3', attempts: 2, output: 'disk full' };
    expect(events.of(span('finish', 'task', data))).toMatchObject({
      ...{ kind: 'task-finished', task: 'T', condition: '', seconds: null, attempts: 2, output: 'disk full' },
    });
    const bare = events.of(span('finish', 'task', { outcome: 'success', why: '' }, { item: null }));
    expect(bare).not.toHaveProperty('attempts');
    expect(bare).toMatchObject({ task: '' });
  });

  test('are no other spans, and no metrics', () => {
    const events = new PluginEvents();
    expect(events.of(span('start', 'check', {}))).toBeUndefined();
    expect(events.of({ ...span('start', 'run', {}), kind: 'metric', message: {} } as never)).toBeUndefined();
  });

  test('forget no run, also when very many are open', () => {
    const events = new PluginEvents();
    const data = { task: 'T', condition: 'C' };
    for (let id = 0; id < 10_001; id++) events.of(span('start', 'task', data, { id }));
    const ended = (id: number) => events.of(span('finish', 'task', { outcome: 'success', why: '' }, { id }));
    expect(ended(1)).toMatchObject({ seconds: 2, condition: 'C' });
    expect(ended(10_000)).toMatchObject({ seconds: null, condition: '' });
  });
});

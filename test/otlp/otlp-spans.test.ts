import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { describe, expect, test } from 'vitest';
import type { SpanFact } from '../../src/journal/fact.ts';
import { spanAttributes } from '../../src/otlp/attributes.ts';
import { type OtlpSpan, OtlpSpans } from '../../src/otlp/otlp-spans.ts';
import { SpanBuilder } from '../../src/renderings/span-builder.ts';
import type { Instant } from '../../src/renderings/span-data.ts';
import { TraceIdentity } from '../../src/tracing/trace-identity.ts';
import { recording } from '../support/recordings.ts';

const identity = new TraceIdentity('s');

interface Made {
  readonly spans: OtlpSpan[];
  readonly instants: Instant[];
}

const exported = (facts: Iterable<Parameters<SpanBuilder['take']>[0]>): Made => {
  const made: Made = { spans: [], instants: [] };
  const to = new OtlpSpans(
    identity,
    (span) => made.spans.push(span),
    (instant) => made.instants.push(instant),
  );
  const builder = new SpanBuilder(to);
  for (const fact of facts) builder.take(fact);
  builder.end();
  return made;
};

/** Facts one after the other, a second apart; `start`, `finish` and `instant` as the journal has them. */
const facts = (
  ...list: readonly (readonly [
    edge: SpanFact['edge'],
    category: string,
    id: string | null,
    item: string | null,
    origin: { readonly cause: string; readonly run?: string },
    timeline?: object,
  ])[]
): SpanFact[] =>
  list.map(([edge, category, id, item, { cause, run = null }, timeline = {}], i) => ({
    ...{ kind: 'span', seq: i + 1, time: 1000 * i, mono: 1000 * i, timestamp: 1e9 * i },
    ...{ edge, category, id, item, cause, run, timeline },
  }));

const TICK = { cause: 'tick-1' };
const RUN = { cause: 'tick-1', run: 'run-1' };
const C = 'condition/Backup';
const K = 'task/Copy';

const nightly = facts(
  ['start', 'tick', 'tick-1', null, TICK, { late_ms: 3 }],
  ['start', 'check', 'check-1', C, RUN, { condition: 'Backup' }],
  ['start', 'command', 'process-1', C, RUN, { command: '/bin/test', args: ['-f', 'x'] }],
  ['finish', 'tick', 'tick-1', null, TICK, { visited: 1, due: 1 }],
  ['finish', 'command', 'process-1', C, RUN, { outcome: 'failure', how: 'exit', exit_status: 1, rule: 'r' }],
  ['finish', 'check', 'check-1', C, RUN, { outcome: 'positive', why: 'w' }],
  ['start', 'run', 'run-1', C, RUN, { condition: 'Backup', tasks: ['Copy'], sequence: true, held_ms: 7 }],
  ['start', 'task', 'task-1', K, RUN, { task: 'Copy', condition: 'Backup' }],
  ['start', 'attempt', 'attempt-1', K, RUN, { task: 'Copy', attempt: 1, of: 2 }],
  ['start', 'command', 'process-2', K, RUN, { command: 'cp', args: ['a', 'b'] }],
  [
    'finish',
    'command',
    'process-2',
    K,
    RUN,
    { outcome: 'failure', how: 'signal', signal: 'SIGKILL', rule: 'killed', pid: 4 },
  ],
  ['finish', 'attempt', 'attempt-1', K, RUN, { outcome: 'failure', why: 'killed' }],
  ['start', 'delay', 'delay-1', K, RUN, { task: 'Copy', after: 1, seconds: 1 }],
  ['finish', 'delay', 'delay-1', K, RUN],
  ['finish', 'task', 'task-1', K, RUN, { outcome: 'failure', why: 'exit code 2', output: 'one\nno space left\n' }],
  ['instant', 'broken', null, C, RUN, { condition: 'Backup', on: 'failure', task: 'Copy' }],
  ['finish', 'run', 'run-1', C, RUN, { outcome: 'failure', executed: 1, of: 1 }],
  [
    'start',
    'hook',
    'run-2',
    C,
    { cause: 'run-1', run: 'run-2' },
    { condition: 'Backup', hook: 'on_failure', tasks: [] },
  ],
  ['finish', 'hook', 'run-2', C, { cause: 'run-1', run: 'run-2' }, { outcome: 'success', executed: 0, of: 0 }],
);

/** Each span with the one it is part of, by name. */
const treeOf = ({ spans }: Made): Record<string, string> => {
  const names = new Map(spans.map(({ context, name }) => [context.spanId, name]));
  return Object.fromEntries(
    spans.map(({ name, parent }) => [name, parent === undefined ? '-' : (names.get(parent.spanId) ?? 'unknown')]),
  );
};

describe('spans of OpenTelemetry', () => {
  test('a run is a trace with its check, tasks, attempts and commands', () => {
    const made = exported(nightly);
    expect(treeOf(made)).toEqual({
      ...{ tick: '-', Backup: '-', check: 'Backup', test: 'check', Copy: 'Backup' },
      ...{ 'attempt 1 of 2': 'Copy', cp: 'attempt 1 of 2', delay: 'Copy' },
    });
    const traces = new Map(made.spans.map(({ name, context }) => [name, context.traceId]));
    expect(new Set(['check', 'test', 'Copy', 'cp', 'delay'].map((name) => traces.get(name)))).toEqual(
      new Set([identity.trace('run-1')]),
    );
    expect(traces.get('tick')).toBe(identity.trace('tick-1'));
  });

  test('a run lasts from its check to the end of its tasks', () => {
    const run = exported(nightly).spans.find(({ context }) => context.spanId === identity.span('run-1'))!;
    expect([run.time, run.ns]).toEqual([1000, 15e9]);
  });

  test('a run is linked to its tick, a hook to the run that it belongs to', () => {
    const links = new Map(exported(nightly).spans.map(({ context, links }) => [context.spanId, links]));
    const to = (of: string) => ({
      context: { traceId: identity.trace(of), spanId: identity.span(of), traceFlags: 1 },
    });
    expect(links.get(identity.span('run-1'))).toEqual([to('tick-1')]);
    expect(links.get(identity.span('run-2'))).toEqual([to('run-1')]);
  });

  test('a failure has its reason and the last line of the output, a run that of its task', () => {
    const status = Object.fromEntries(exported(nightly).spans.map(({ context, status }) => [context.spanId, status]));
    expect(status[identity.span('task-1')]).toEqual({ code: 2, message: 'exit code 2: no space left' });
    expect(status[identity.span('run-1')]).toEqual({ code: 2, message: 'Copy: exit code 2: no space left' });
    expect(status[identity.span('process-2')]).toEqual({ code: 2, message: 'killed' });
    // What a condition asks is answered, not failed.
    expect(status[identity.span('process-1')]).toEqual({ code: 0 });
    expect(status[identity.span('run-2')]).toEqual({ code: 0 });
  });

  test('attributes are those of the conventions where they fit', () => {
    const of = Object.fromEntries(
      exported(nightly).spans.map(({ context, attributes }) => [context.spanId, attributes]),
    );
    expect(of[identity.span('run-1')]).toMatchObject({
      ...{ 'cicd.pipeline.name': 'Backup', 'cicd.pipeline.run.id': 's/run-1', 'cicd.pipeline.result': 'failure' },
      ...{ 'whenever.run': 'run-1', 'whenever.cause': 'tick-1', 'whenever.held_ms': 7, 'whenever.tasks': ['Copy'] },
    });
    expect(of[identity.span('process-2')]).toMatchObject({
      ...{ 'process.executable.name': 'cp', 'process.command_args': ['cp', 'a', 'b'], 'process.pid': 4 },
      ...{ 'error.type': 'signal', 'whenever.signal': 'SIGKILL' },
    });
    expect(of[identity.span('process-1')]).toMatchObject({
      ...{ 'process.executable.path': '/bin/test', 'process.exit.code': 1, 'error.type': 'exit_code' },
    });
    const published = new Set<string>(Object.values(conventions).filter((one) => typeof one === 'string'));
    const names = Object.values(of).flatMap((attributes) => Object.keys(attributes));
    expect(names.filter((name) => !name.startsWith('whenever.') && !published.has(name))).toEqual([]);
  });

  test('what has failed has error.type, and the output of the task that failed', () => {
    const of = Object.fromEntries(
      exported(nightly).spans.map(({ context, attributes }) => [context.spanId, attributes]),
    );
    const output = 'one\nno space left\n';
    for (const id of ['process-2', 'attempt-1', 'task-1'])
      expect(of[identity.span(id)]).toMatchObject({ 'error.type': 'signal', 'whenever.output': output });
    expect(of[identity.span('run-1')]).toMatchObject({ 'error.type': 'signal' });
    expect(of[identity.span('run-2')]).not.toHaveProperty(['error.type']);
  });

  test('a failure without a program has its outcome as error.type; a task without an outcome has run', () => {
    const { spans } = exported(
      facts(
        ['start', 'run', 'run-1', C, RUN],
        ['start', 'task', 'task-1', K, RUN, { task: 'Copy' }],
        ['finish', 'task', 'task-1', K, RUN, { outcome: 'error', why: 'no' }],
        ['start', 'task', 'task-2', 'task/Note', RUN, { task: 'Note' }],
        ['finish', 'task', 'task-2', 'task/Note', RUN, { outcome: 'none' }],
        ['finish', 'run', 'run-1', C, RUN, { outcome: 'failure' }],
      ),
    );
    const [copy, note, run] = spans.map(({ attributes }) => attributes);
    expect([copy, run]).toMatchObject([{ 'error.type': 'error' }, { 'error.type': 'error' }]);
    expect(note).toMatchObject({ 'cicd.pipeline.task.run.result': 'success', 'whenever.outcome': 'none' });
  });

  test('decisions within a run are events of it; others are handed on', () => {
    const { spans, instants } = exported([
      ...nightly,
      ...facts(['instant', 'missed', null, C, { cause: 'clock-1' }, { count: 2 }]),
    ]);
    const run = spans.find(({ context }) => context.spanId === identity.span('run-1'))!;
    expect(run.events.map(({ category, time }) => [category, time])).toEqual([['broken', 15_000]]);
    expect(instants.map(({ category }) => category)).toEqual(['missed']);
  });

  test('a command of another trace is a link of what follows', () => {
    const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
    const run = { cause: 'command-1', run: 'run-1' };
    const { spans } = exported(
      facts(
        ['instant', 'linked', null, null, { cause: 'command-1' }, { traceparent: `00-${traceId}-${spanId}-01` }],
        ['instant', 'linked', null, null, { cause: 'command-2' }, { traceparent: 'nonsense' }],
        ['start', 'wait', 'wait-1', C, { cause: 'command-1' }],
        ['finish', 'wait', 'wait-1', C, { cause: 'command-1' }, { outcome: 'checked' }],
        ['start', 'run', 'run-1', C, run],
        ['finish', 'run', 'run-1', C, run, { outcome: 'success' }],
      ),
    );
    expect(spans.at(-1)!.links.map(({ context }) => [context.spanId, context.isRemote])).toEqual([
      [identity.span('wait-1'), undefined],
      [spanId, true],
    ]);
  });

  test('a check that does not pass is all there is of its run; ticks in which nothing is due are left out', () => {
    const { spans } = exported(
      facts(
        ['start', 'tick', 'tick-1', null, TICK],
        ['start', 'check', 'check-1', C, RUN],
        ['finish', 'check', 'check-1', C, RUN, { outcome: 'negative' }],
        ['finish', 'tick', 'tick-1', null, TICK, { due: 1 }],
        ['start', 'tick', 'tick-2', null, { cause: 'tick-2' }],
        ['finish', 'tick', 'tick-2', null, { cause: 'tick-2' }, { due: 0 }],
      ),
    );
    expect(spans.map(({ name, parent, links }) => [name, parent, links.length])).toEqual([
      ['check', undefined, 1],
      ['tick', undefined, 0],
    ]);
  });

  test('a check that does not know its run when it begins is part of its tick', () => {
    const { spans } = exported(
      facts(
        ['start', 'tick', 'tick-1', null, TICK],
        ['start', 'check', 'check-1', C, TICK],
        ['finish', 'check', 'check-1', C, RUN, { outcome: 'positive' }],
        ['start', 'run', 'run-1', C, RUN],
        ['finish', 'tick', 'tick-1', null, TICK, { due: 1 }],
        ['finish', 'run', 'run-1', C, RUN, { outcome: 'success' }],
      ),
    );
    expect(treeOf({ spans, instants: [] })).toEqual({ check: 'tick', tick: '-', Backup: '-' });
    expect(spans.at(-1)).toMatchObject({ time: 3000, ns: 2e9 });
  });

  test('of a long recording each span has an id of its own, and its parent is in the same trace', () => {
    const { spans } = exported(recording({ seed: 7, facts: 4000 }));
    expect(spans.length).toBeGreaterThan(500);
    expect(new Set(spans.map(({ context }) => context.spanId)).size).toBe(spans.length);
    const traces = new Map(spans.map(({ context }) => [context.spanId, context.traceId]));
    const strays = spans.filter(({ parent, context }) => {
      const known = parent && traces.get(parent.spanId);
      return known !== undefined && known !== context.traceId;
    });
    expect(strays).toEqual([]);
  });
});

test('arguments of a recording that are no list of texts are shown as they are', () => {
  const command = (args: unknown) =>
    spanAttributes({ category: 'command', began: { command: 'sh', args }, ended: {} } as never, '1');
  expect([5, ['-c', 5]].map((args) => command(args)['process.command_args'])).toEqual([
    ['sh', '5'],
    ['sh', '-c', '5'],
  ]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/journal/fact.ts';
import { showLogs } from '../../src/renderings/index.ts';
import { settings } from '../support/property.ts';
import { recording } from '../support/recordings.ts';
import { anySpans, EVENING, inOrder, spanFact, spanFacts, taskFacts } from '../support/span-facts.ts';
import { type Trace, type TraceEvent, traceEvents, traceProblems } from '../support/trace-rules.ts';

const trace = (facts: readonly Fact[]): string => showLogs(facts, 'chrome_trace');
const slices = (text: string): TraceEvent[] => traceEvents(text).filter(({ ph }) => ph === 'X');
/** Tracks by their numbers. */
const tracks = (text: string): Map<number | undefined, unknown> =>
  new Map(traceEvents(text).flatMap(({ name, tid, args }) => (name === 'thread_name' ? [[tid, args?.name]] : [])));
/** Slices as `TRACK: NAME FROM+LENGTH`, times in ms. */
const drawn = (text: string): string[] =>
  slices(text).map(({ name, tid, ts = 0, dur = 0 }) => `${tracks(text).get(tid)}: ${name} ${ts / 1000}+${dur / 1000}`);
/** Arrows as `FROM → TO`, by the slices they are on. */
const arrows = (text: string): string[] => {
  /** The innermost slice there, as a viewer finds it. */
  const on = ({ tid, ts = 0 }: TraceEvent): string => {
    const there = slices(text).filter(
      (one) => one.tid === tid && one.ts! <= ts && (ts < one.ts! + one.dur! || one.ts === ts),
    );
    const [inner] = there.sort((one, other) => other.ts! - one.ts! || one.dur! - other.dur!);
    return `${inner?.cat} ${tracks(text).get(tid)}`;
  };
  const events = traceEvents(text);
  return events
    .filter(({ ph }) => ph === 's')
    .map((from) => `${on(from)} → ${on(events.find(({ ph, id }) => ph === 'f' && id === from.id)!)}`);
};

/** From an event to a program, as the daemon tells it. */
const chain = (): Fact[] => {
  const [cause, run] = ['event-1', 'run-1'];
  const [condition, task] = ['condition/Downloads', 'task/Tidy'];
  return [
    spanFact('instant', 'fired', 0, {
      item: 'event/New_File',
      cause,
      timeline: { event: 'New_File', condition: 'Downloads' },
    }),
    spanFact('start', 'wait', 0, { item: condition, cause }),
    spanFact('start', 'tick', 5, { id: 'tick-1', cause: 'tick-1' }),
    spanFact('finish', 'wait', 5, { item: condition, cause, timeline: { outcome: 'checked' } }),
    spanFact('start', 'check', 6, { item: condition, cause }),
    spanFact('finish', 'check', 7, { item: condition, cause, run, timeline: { outcome: 'positive' } }),
    spanFact('start', 'run', 7, { id: run, item: condition, cause, run }),
    spanFact('start', 'task', 8, { item: task, cause, run, timeline: { task: 'Tidy', condition: 'Downloads' } }),
    spanFact('start', 'command', 9, {
      item: task,
      cause,
      run,
      timeline: { command: '/usr/bin/tidy', args: ['a "b"'] },
    }),
    spanFact('finish', 'tick', 10, { id: 'tick-1', cause: 'tick-1' }),
    spanFact('finish', 'command', 20, { item: task, cause, run, timeline: { outcome: 'failure', exit_status: 1 } }),
    spanFact('finish', 'task', 21, { item: task, cause, run, timeline: { outcome: 'failure' } }),
    spanFact('finish', 'run', 22, { id: run, item: condition, cause, run, timeline: { outcome: 'failure' } }),
  ];
};

describe('a trace', () => {
  test('has a track for each item and for the scheduler, and every span as an event with its times in microseconds.', () => {
    expect(drawn(trace(chain())).sort()).toEqual(
      [
        'condition/Downloads: check 6+1',
        'condition/Downloads: run 7+15',
        'condition/Downloads (waiting): wait 0+5',
        'event/New_File: fired 0+0.001',
        'scheduler: tick 5+5',
        'task/Tidy: Tidy 8+13',
        'task/Tidy: tidy 9+11',
      ].sort(),
    );
    expect(traceProblems(trace(chain()))).toEqual([]);
  });

  test('has arrows from cause to effect: the event, the wait, the check, the run, the task, the command.', () => {
    expect(arrows(trace(chain())).sort()).toEqual(
      [
        'fired event/New_File → wait condition/Downloads (waiting)',
        'wait condition/Downloads (waiting) → check condition/Downloads',
        'check condition/Downloads → run condition/Downloads',
        'run condition/Downloads → task task/Tidy',
        'task task/Tidy → command task/Tidy',
      ].sort(),
    );
  });

  test('has an arrow from a tick to the check it made.', () => {
    const facts = [
      ...spanFacts('tick', 0, 10, { id: 'tick-4', cause: 'tick-4' }).slice(0, 1),
      ...spanFacts('check', 1, 2, { item: 'condition/A', cause: 'tick-4' }),
      ...spanFacts('tick', 0, 10, { id: 'tick-4', cause: 'tick-4' }).slice(1),
    ];
    expect(arrows(trace(facts))).toEqual(['tick scheduler → check condition/A']);
  });

  test('has an arrow from a run to the hook that it has begun.', () => {
    const [item, run, hook] = ['condition/A', 'run-1', 'run-2'];
    const facts = [
      spanFact('start', 'run', 0, { id: run, item, run, cause: 'tick-1' }),
      spanFact('finish', 'run', 5, { id: run, item, run, cause: 'tick-1' }),
      spanFact('start', 'hook', 5, { id: hook, item, run: hook, cause: run }),
      spanFact('start', 'task', 6, { item: 'task/T', run: hook, cause: run }),
      spanFact('finish', 'task', 7, { item: 'task/T', run: hook, cause: run }),
      spanFact('finish', 'hook', 8, { id: hook, item, run: hook, cause: run }),
    ];
    expect(traceProblems(trace(facts))).toEqual([]);
    expect(arrows(trace(facts))).toEqual(['hook condition/A → task task/T', 'run condition/A → hook condition/A']);
  });

  test('has an arrow to what began at the very end, from what goes on there.', () => {
    const [item, run] = ['condition/A', 'run-1'];
    const facts = [
      spanFact('start', 'run', 0, { id: run, item, run }),
      spanFact('start', 'task', 5, { item: 'task/T', run }),
    ];
    expect(traceProblems(trace(facts))).toEqual([]);
    expect(arrows(trace(facts))).toEqual(['run condition/A → task task/T']);
  });

  test('has no arrow to a run from a check that did not lead to it.', () => {
    const [item, cause] = ['condition/A', 'tick-1'];
    const facts = [
      ...spanFacts('check', 0, 1, { item, cause }, { outcome: 'negative' }),
      ...spanFacts('run', 5, 6, { item, cause, run: 'run-1' }),
    ];
    expect(arrows(trace(facts))).toEqual([]);
  });

  test('shows all runs of an item, not the last one.', () => {
    const facts = [0, 100, 200].flatMap((at) => taskFacts('Backup', at, at + 50));
    expect(drawn(trace(facts))).toEqual([
      'task/Backup: Backup 0+50',
      'task/Backup: Backup 100+50',
      'task/Backup: Backup 200+50',
    ]);
  });

  test('shows decisions as instants on the track of their item.', () => {
    const facts = [spanFact('instant', 'skipped', 3, { item: 'condition/A', timeline: { reason: 'busy' } })];
    const found = traceEvents(trace(facts)).filter(({ ph }) => ph === 'i');
    expect(found).toMatchObject([{ name: 'skipped', ts: 3000, s: 't', args: { reason: 'busy' } }]);
    expect(tracks(trace(facts)).get(found[0]?.tid)).toBe('condition/A');
  });

  test('puts spans of one item that overlap on rows of their own.', () => {
    const facts = inOrder([...taskFacts('Sync', 0, 10), ...taskFacts('Sync', 5, 15)]);
    expect(drawn(trace(facts)).sort()).toEqual(['task/Sync (2): Sync 5+10', 'task/Sync: Sync 0+10']);
  });

  test('moves what sticks out of the span it began in.', () => {
    const [outer, inner] = [
      spanFacts('mine', 0, 10, { id: 'a', item: 'task/A' }),
      spanFacts('mine', 5, 15, { id: 'b', item: 'task/A' }),
    ];
    expect(drawn(trace(inOrder([...outer, ...inner]))).sort()).toEqual(['task/A (2): mine 5+10', 'task/A: mine 0+10']);
  });

  test('puts a check around the command that was told before it.', () => {
    const item = 'condition/A';
    const facts = [
      spanFact('start', 'command', 1, { item, cause: 'tick-1', timeline: { command: 'ping' } }),
      spanFact('start', 'check', 0, { item, cause: 'tick-1' }),
      spanFact('finish', 'command', 8, { item, cause: 'tick-1' }),
      spanFact('finish', 'check', 9, { item, cause: 'tick-1' }),
    ];
    expect(drawn(trace(facts)).sort()).toEqual(['condition/A: check 0+9', 'condition/A: ping 1+7']);
  });

  test('gives what took no time a nanosecond, and what comes after it on its track, or of it, makes way.', () => {
    const [cause, run] = ['tick-1', 'run-1'];
    const [condition, task] = ['condition/A', 'task/T'];
    const facts = [
      ...spanFacts('check', 5, 5, { item: condition, cause }, { outcome: 'positive' }),
      spanFact('start', 'run', 5, { id: run, item: condition, cause, run }),
      spanFact('start', 'task', 5, { item: task, cause, run }),
      ...spanFacts('command', 5, 5, { item: task, cause, run, timeline: { command: 'c' } }),
      spanFact('finish', 'task', 5, { item: task, cause, run }),
      spanFact('finish', 'run', 9, { id: run, item: condition, cause, run }),
      ...spanFacts('check', 9, 9, { id: 'check-2', item: condition, cause: 'tick-2' }),
    ];
    const edges = slices(trace(facts)).map(({ cat, ts = 0, dur = 0 }) => [
      cat,
      ...[ts, ts + dur].map((us) => Math.round(us * 1000)),
    ]);
    expect(edges.sort()).toEqual(
      [
        ['check', 5_000_000, 5_000_001],
        ['run', 5_000_002, 9_000_000],
        ['task', 5_000_002, 5_000_004],
        ['command', 5_000_002, 5_000_003],
        ['check', 9_000_001, 9_000_002],
      ].sort(),
    );
    expect(traceProblems(trace(facts))).toEqual([]);
    expect(arrows(trace(facts))).toContain('check condition/A → run condition/A');
  });

  test('draws what is still open up to the end, and says so.', () => {
    const facts = [spanFact('start', 'task', 5, { item: 'task/A' }), ...taskFacts('B', 10, 40)];
    const open = slices(trace(facts)).filter(({ args }) => args?.open === true);
    expect(open).toMatchObject([{ name: 'A', ts: 5000, dur: 35_000 }]);
  });

  test('tells outcome, run, cause, and what else was told.', () => {
    const command = slices(trace(chain())).find(({ cat }) => cat === 'command');
    expect(command?.args).toMatchObject({
      ...{ run: 'run-1', cause: 'event-1', outcome: 'failure', exit_status: 1, args: ['a "b"'] },
    });
    // A check has its run since it was positive.
    expect(slices(trace(chain())).find(({ cat }) => cat === 'check')?.args).toMatchObject({ run: 'run-1' });
  });

  test('counts the tasks that run.', () => {
    const facts = inOrder([...taskFacts('A', 0, 10), ...taskFacts('B', 5, 15)]);
    const counts = traceEvents(trace(facts)).flatMap(({ ph, ts = 0, args }) =>
      ph === 'C' ? [[ts / 1000, args?.count]] : [],
    );
    expect(counts).toEqual([
      [0, 1],
      [5, 2],
      [10, 1],
      [15, 0],
    ]);
  });

  test('says when it began.', () => {
    expect((JSON.parse(trace(chain())) as Trace).otherData).toEqual({ began: new Date(EVENING).toISOString() });
  });

  test('of nothing is a trace without slices.', () => {
    expect(traceProblems(trace([]))).toEqual([]);
    expect(slices(trace([]))).toEqual([]);
  });

  test('keeps the rules of its format for every recording.', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 3000 }), (seed, facts) => {
        expect(traceProblems(trace([...recording({ seed, facts })]))).toEqual([]);
      }),
      settings(30),
    );
  });

  test('keeps them whatever spans overlap, are told twice, or have lost an end.', () => {
    fc.assert(
      fc.property(anySpans, (facts) => {
        expect(traceProblems(trace(facts))).toEqual([]);
      }),
      settings(300),
    );
  });
});

test('the rules find what is wrong.', () => {
  const slice = { ph: 'X', name: 'a', cat: 'c', pid: 1, tid: 1 };
  const names = [
    { ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: 'p' } },
    { ph: 'M', name: 'thread_name', pid: 1, tid: 1, args: { name: 't' } },
  ];
  const problems = (...events: object[]) => traceProblems(JSON.stringify({ traceEvents: [...names, ...events] }));
  expect(problems({ ...slice, ts: 0, dur: 5 })).toEqual([]);
  expect(problems({ ...slice, ts: 0, dur: 5 }, { ...slice, ts: 3, dur: 5 })).toHaveLength(1);
  expect(problems({ ...slice, ts: 0, dur: -1 })).not.toEqual([]);
  expect(problems({ ...slice, ts: 0 })).not.toEqual([]);
  expect(problems({ ...slice, tid: 2, ts: 0, dur: 5 })).toEqual(['track 2 has 0 names']);
  expect(problems({ ...slice, ts: 0, dur: 5 }, { ...slice, ph: 's', ts: 1, id: 1 })).toEqual(['arrow 1 has s']);
});

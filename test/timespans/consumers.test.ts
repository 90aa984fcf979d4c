import { describe, expect, test } from 'vitest';
import {
  BytesAllocd,
  type Consumer,
  CoreMetrics,
  CPULoadAverages,
  DebugMetrics,
  EnvelopeMetrics,
  EventLoopDelay,
  EventSaturation,
  FullMetrics,
  GCStats,
  IDMetrics,
  MemoryFree,
  ProcessorSaturation,
  type SpanFact,
  TaskArguments,
  TaskDependencies,
  TaskFunctionNames,
  TaskNames,
  TaskResult,
  TimelineMetrics,
  WorkerSaturation,
} from '../../src/timespans/index.ts';
import { of, script } from './support.ts';

const values = <T>(consumer: Consumer<T>, events: readonly SpanFact[]): T[] => events.map((event) => consumer(event));

describe('what an event says', () => {
  const event = of('start', 'task/Backup', 'task', 'task-1', { task: 'Backup' }, 'run-1');

  test('CoreMetrics: its instant, category and kind.', () => {
    expect(CoreMetrics()(event)).toEqual({ timestamp: event.timestamp, category: 'task', kind: 'start' });
    expect(CoreMetrics()(of('instant', null, 'skipped', null)).kind).toBe('instant');
  });
  test('IDMetrics: its id. TimelineMetrics: what was told. FullMetrics: all of it.', () => {
    expect(IDMetrics()(event)).toBe('task-1');
    expect(TimelineMetrics()(event)).toEqual({ task: 'Backup' });
    expect(FullMetrics()(event)).toBe(event);
  });
  test('EnvelopeMetrics: whose it is, and the wall clock.', () => {
    expect(EnvelopeMetrics()(event)).toEqual({ item: 'task/Backup', run: 'run-1', cause: null, time: event.time });
  });
  test('DebugMetrics: a line with what is open, and null.', () => {
    const { start, finish, instant } = script();
    const lines: string[] = [];
    const events = [
      start('tick', 1),
      start('task', 'a'),
      start('task', 'b'),
      instant('skipped', null),
      finish('tick', 1),
    ];
    expect(
      values(
        DebugMetrics((line) => lines.push(line)),
        events,
      ),
    ).toEqual([null, null, null, null, null]);
    expect(lines).toEqual([
      'Event: tick start (tick => 1)',
      'Event: task start (tick => 1, task => 1)',
      'Event: task start (tick => 1, task => 2)',
      'Event: skipped instant (tick => 1, task => 2)',
      'Event: tick finish (task => 2)',
    ]);
  });
});

describe('saturation', () => {
  const { start, finish, instant } = script();

  test('EventSaturation counts what is open by category, a start itself included, and returns to empty.', () => {
    const events = [
      ...[start('tick', 1), start('task', 'a'), start('task', 'b'), instant('skipped', null)],
      ...[finish('tick', 1), finish('task', 'a'), finish('task', 'b')],
    ];
    expect(values(EventSaturation(), events)).toEqual([
      ...[{ tick: 1 }, { tick: 1, task: 1 }, { tick: 1, task: 2 }, { tick: 1, task: 2 }],
      ...[{ task: 2 }, { task: 1 }, {}],
    ]);
  });
  test('It counts no finish without a start, no start twice, and no null id.', () => {
    const events = [
      finish('task', 'x'),
      start('task', 'a'),
      start('task', 'a'),
      start('task', null),
      finish('task', 'y'),
    ];
    expect(values(EventSaturation(), [...events, finish('task', 'a')])).toEqual([
      ...[{}, { task: 1 }, { task: 1 }, { task: 1 }, { task: 1 }, {}],
    ]);
  });
  test('A value that was given never changes afterwards.', () => {
    const consumer = EventSaturation();
    const first = consumer(start('task', 'p'));
    consumer(start('task', 'q'));
    expect(first).toEqual({ task: 1 });
  });
  test('WorkerSaturation forgets the oldest of 100000 tasks whose end never comes.', () => {
    const count = WorkerSaturation();
    const { start, finish, instant } = script();
    for (let i = 0; i < 100_001; i += 1) count(start('task', `task-${i}`));
    expect(count(instant('task', null))).toBe(100_000);
    expect(count(finish('task', 'task-0'))).toBe(100_000);
    expect(count(finish('task', 'task-1'))).toBe(99_999);
  });

  test('WorkerSaturation counts running tasks and nothing else.', () => {
    const events = [
      ...[start('run', 'r'), start('task', 'a'), start('command', 'p'), start('task', 'b')],
      ...[finish('task', 'a'), finish('task', 'a'), finish('command', 'p'), finish('task', 'b'), finish('run', 'r')],
    ];
    expect(values(WorkerSaturation(), events)).toEqual([0, 1, 1, 2, 1, 1, 1, 0, 0]);
  });
  test('ProcessorSaturation lists who is busy and how often, as pairs.', () => {
    const events = [
      of('start', 'condition/C', 'check', 'check-1'),
      of('start', 'condition/C', 'run', 'run-1'),
      of('finish', 'condition/C', 'check', 'check-1'),
      of('start', 'task/T', 'task', 'task-1'),
      of('start', 'task/T', 'command', 'process-1'),
      of('start', null, 'tick', 'tick-1'),
      of('finish', 'condition/C', 'run', 'run-1'),
      of('finish', 'task/T', 'task', 'task-1'),
      of('finish', 'task/T', 'task', 'task-1'),
    ];
    const [C, T] = ['condition/C', 'task/T'];
    expect(values(ProcessorSaturation(), events)).toEqual([
      ...[
        [[C, 1]],
        [[C, 2]],
        [[C, 1]],
        [
          [C, 1],
          [T, 1],
        ],
        [
          [C, 1],
          [T, 1],
        ],
        [
          [C, 1],
          [T, 1],
        ],
      ],
      ...[[[T, 1]], [], []],
    ]);
  });
});

describe('tasks', () => {
  const task = (edge: SpanFact['edge'], name: string, id: string, timeline: object = {}, run = 'run-1') =>
    of(
      edge,
      `task/${name}`,
      'task',
      id,
      { ...(edge === 'start' ? { task: name, condition: 'C' } : {}), ...timeline },
      run,
    );
  const run = (edge: SpanFact['edge'], id: string, sequence: boolean) =>
    of(edge, 'condition/C', 'run', id, edge === 'start' ? { condition: 'C', tasks: [], sequence } : {}, id);

  test('TaskNames: at the start of a task its name and id, else null.', () => {
    const events = [task('start', 'Backup', 'task-9'), task('finish', 'Backup', 'task-9'), run('start', 'run-1', true)];
    expect(values(TaskNames(), events)).toEqual(['Backup [task-9]', null, null]);
    expect(TaskNames()(of('start', 'task/Own', 'task', { n: 1 }, null))).toBe('Own [{"n":1}]');
  });

  test('TaskFunctionNames: the program that a task runs, or lua, where that begins; else null.', () => {
    const command = (program: string, item = 'task/T') =>
      of('start', item, 'command', 'process-1', { command: program });
    const events = [
      ...[
        task('start', 'T', 'task-1'),
        command('/usr/bin/rsync'),
        command('rsync'),
        command('C:\\Tools\\r.exe'),
        command('/bin/'),
      ],
      ...[
        of('start', 'task/T', 'lua', 'script-1'),
        of('finish', 'task/T', 'lua', 'script-1'),
        command('test', 'condition/C'),
      ],
    ];
    expect(values(TaskFunctionNames(), events)).toEqual([
      ...[null, 'rsync', 'rsync', 'r.exe', 'bin/', 'lua', null, null],
    ]);
  });

  test('TaskDependencies: in a sequence a task waits for the one before it, in a run of all together for none.', () => {
    const events = [
      ...[run('start', 'run-1', true), task('start', 'A', 'task-1'), task('finish', 'A', 'task-1')],
      ...[run('start', 'run-2', false), task('start', 'X', 'task-2', {}, 'run-2'), task('start', 'B', 'task-3')],
      ...[task('start', 'Y', 'task-4', {}, 'run-2'), task('finish', 'Y', 'task-4', {}, 'run-2')],
      ...[task('finish', 'B', 'task-3'), task('finish', 'X', 'task-2', {}, 'run-2'), run('finish', 'run-1', true)],
    ];
    expect(values(TaskDependencies(), events).filter((value) => value !== null)).toEqual([
      ...[
        ['task-1', []],
        ['task-4', []],
        ['task-3', ['task-1']],
        ['task-2', []],
      ],
    ]);
  });

  test('A task after the end of its run waits for none.', () => {
    const events = [
      ...[run('start', 'run-1', true), task('start', 'A', 'task-1'), task('finish', 'A', 'task-1')],
      ...[run('finish', 'run-1', true), task('start', 'B', 'task-2'), task('finish', 'B', 'task-2')],
    ];
    expect(values(TaskDependencies(), events).at(-1)).toEqual(['task-2', []]);
  });

  test('TaskArguments: a command without a list of words is its program.', () => {
    const events = [of('start', 'task/A', 'task', 'task-1'), of('start', 'task/A', 'command', 'p', { command: 'ls' })];
    expect(values(TaskArguments(), events)).toEqual([null, ['task-1', [[0, 'ls']]]]);
  });

  test('TaskDependencies: a run whose id is not a text orders nothing.', () => {
    const events = [
      of('start', 'condition/C', 'run', 7, { sequence: true }, '7'),
      ...['task-1', 'task-2'].flatMap((id) => [
        of('start', 'task/A', 'task', id, {}, '7'),
        of('finish', 'task/A', 'task', id, {}, '7'),
      ]),
    ];
    expect(values(TaskDependencies(), events)).toEqual([null, null, ['task-1', []], null, ['task-2', []]]);
  });

  test('TaskArguments: the words of the command with their places, beside the id of the task.', () => {
    const command = of('start', 'task/T', 'command', 'process-1', { command: 'cp', args: ['-a', 'x'] });
    const events = [command, task('start', 'T', 'task-1'), command, task('finish', 'T', 'task-1'), command];
    const words = [
      'task-1',
      [
        [0, 'cp'],
        [1, '-a'],
        [2, 'x'],
      ],
    ];
    expect(values(TaskArguments(), events)).toEqual([null, null, words, null, null]);
  });

  test('TaskResult: at the finish of a task its outcome.', () => {
    const events = [
      ...[task('start', 'T', 'task-1'), task('finish', 'T', 'task-1', { outcome: 'failure', why: 'exit status 1' })],
      ...[task('finish', 'U', 'task-2'), of('finish', 'task/T', 'command', 'process-1', { outcome: 'success' })],
    ];
    expect(values(TaskResult(), events)).toEqual([null, ['task-1', 'failure'], null, null]);
  });

  test('BytesAllocd: what commands said is held until the task or check that ran them is over; then it is 0 again.', () => {
    const command = (item: string, edge: SpanFact['edge'], bytes = {}) => of(edge, item, 'command', 'process-1', bytes);
    const check = (edge: SpanFact['edge']) => of(edge, 'condition/C', 'check', 'check-1');
    const events = [
      ...[task('start', 'T', 'task-1'), command('task/T', 'start')],
      ...[command('task/T', 'finish', { stdout_bytes: 100, stderr_bytes: 20 })],
      ...[check('start'), command('condition/C', 'finish', { stdout_bytes: 5 }), task('finish', 'T', 'task-1')],
      ...[check('finish'), command('task/T', 'finish', { stdout_bytes: 7 })],
    ];
    expect(values(BytesAllocd(), events)).toEqual([0, 0, 120, 120, 125, 5, 0, 0]);
  });

  test('What is told is taken as it comes: timelines of other programs do no harm.', () => {
    const odd = [
      null,
      'text',
      7,
      [],
      { task: 5, command: {}, args: 'x', outcome: [], stdout_bytes: 'many', sequence: 1 },
    ];
    for (const consumer of [TaskNames, TaskFunctionNames, TaskDependencies, TaskArguments, TaskResult, BytesAllocd])
      for (const timeline of odd)
        for (const category of ['run', 'task', 'command'])
          for (const edge of ['start', 'finish', 'instant'] as const)
            expect(() => consumer()(of(edge, 'task/T', category, 'x', timeline))).not.toThrow();
  });
});

describe('figures of the machine', () => {
  test('CPULoadAverages and MemoryFree: the load of the last minute, and a fraction.', () => {
    expect(CPULoadAverages({ loadAverage: () => 1.5 })(of('start', null, 'tick', 1))).toBe(1.5);
    expect(MemoryFree({ freeMemory: () => 0.25 })(of('start', null, 'tick', 1))).toBe(0.25);
  });

  test('GCStats: on a finish whose start was seen, the difference; else null.', () => {
    const { start, finish, instant } = script();
    let [heap, count, watched] = [1000, 0, 0];
    const consumer = GCStats({
      heapBytes: () => heap,
      collections: () => ({ count, ms: count * 2 }),
      watchCollections: () => {
        watched += 1;
        return () => {
          watched -= 1;
        };
      },
    });
    expect(values(consumer, [finish('a', 1), start('a', 1), instant('a', 1), start('b', 1)])).toEqual([
      ...[null, null, null, null],
    ]);
    expect(watched).toBe(1);
    [heap, count] = [1700, 0];
    expect(consumer(finish('b', 1))).toEqual({ heap_bytes: 700, collections: 0, pause_ms: 0 });
    [heap, count] = [400, 3];
    expect(consumer(finish('a', 1))).toEqual({ heap_bytes: -600, collections: 3, pause_ms: 6 });
    expect(consumer(finish('a', 1))).toBeNull();
    consumer.close();
    consumer.close();
    expect(watched).toBe(0);
  });

  test('EventLoopDelay: the delay, measured from the first event until it is closed, and again from the next.', () => {
    let watched = 0;
    const consumer = EventLoopDelay({
      eventLoopDelayMs: () => 12,
      watchEventLoop: () => {
        watched += 1;
        return () => {
          watched -= 1;
        };
      },
    });
    expect(watched).toBe(0);
    expect(values(consumer, [of('start', null, 'tick', 1), of('finish', null, 'tick', 1)])).toEqual([12, 12]);
    expect(watched).toBe(1);
    consumer.close();
    expect(watched).toBe(0);
    consumer(of('start', null, 'tick', 2));
    expect(watched).toBe(1);
  });
});

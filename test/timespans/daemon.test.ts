import { expect, test } from 'vitest';
import { enableLogging, fetchLogs, logsEventPairs, TimespanContext } from '../../src/timespans/index.ts';
import { daemon } from '../support/daemon.ts';

const task = (name: string) =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "/usr/bin/${name}"\ncommand_arguments = ["-x"]\nsuccess_status = 0\n`;
const condition = (name: string, tasks: string, keys = '') =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = 10\nrecurring = true\ntasks = ${tasks}\n${keys}\n`;
const FILE = `scheduler_tick_seconds = 5\n${task('A')}${task('B')}${condition('InTurn', '["A", "B"]')}`;

const processes = { '/usr/bin/A': () => ({ seconds: 2, stdout: 'four' }), '/usr/bin/B': () => ({ seconds: 1 }) };

test('The columns of a day of the daemon: names, programs, order, arguments and outcomes of tasks, and nothing open at the end.', async () => {
  const context = new TimespanContext();
  enableLogging({ timeline: true }, context).set('mine', ({ item }) => item);
  const one = await daemon(FILE, { processes, journal: { spans: context } });
  await one.advance(11);
  const logs = fetchLogs(context);
  const told = (name: string) => logs[name]!.filter((value) => value !== null);
  expect(new Set(Object.values(logs).map((column) => column.length))).toEqual(new Set([logs.core.length]));
  expect(told('tasknames')).toEqual(['A [task-1]']);
  expect(told('taskfuncnames')).toEqual(['A']);
  expect(told('taskargs')).toEqual([
    [
      'task-1',
      [
        [0, '/usr/bin/A'],
        [1, '-x'],
      ],
    ],
  ]);
  await one.advance(7);
  const later = fetchLogs(context);
  expect(later.tasknames!.filter((value) => value !== null)).toEqual(['A [task-1]', 'B [task-2]']);
  expect(later.taskdeps!.filter((value) => value !== null)).toEqual([
    ['task-1', []],
    ['task-2', ['task-1']],
  ]);
  expect(later.taskresult!.filter((value) => value !== null)).toEqual([
    ['task-1', 'success'],
    ['task-2', 'success'],
  ]);
  const spans: string[] = [];
  logsEventPairs(later, (start, finish) => {
    const seconds = (later.core[finish]!.timestamp - later.core[start]!.timestamp) / 1e9;
    spans.push(`${later.mine![start]} ${later.core[start]!.category} ${seconds}`);
  });
  expect(spans).toEqual(
    expect.arrayContaining(['task/A command 2', 'task/A task 2', 'task/B task 1', 'condition/InTurn run 3']),
  );
});

test('What is busy, running and held returns to nothing when everything is over.', async () => {
  const nothing = () => () => {};
  const context = new TimespanContext({
    system: {
      ...{ loadAverage: () => 1, freeMemory: () => 0.5, heapBytes: () => 0, eventLoopDelayMs: () => 0 },
      ...{ collections: () => ({ count: 0, ms: 0 }), watchEventLoop: nothing, watchCollections: nothing },
    },
  });
  enableLogging({ metrics: true }, context);
  const one = await daemon(FILE, { processes, journal: { spans: context } });
  await one.advance(98);
  const { wsat, psat, bytes, esat, mem } = fetchLogs(context);
  expect(Math.max(...(wsat as number[]))).toBe(1);
  expect(Math.max(...(bytes as number[]))).toBe(4);
  expect(psat).toContainEqual([
    ['condition/InTurn', 1],
    ['task/A', 1],
  ]);
  expect(esat).toContainEqual({ run: 1, task: 1, command: 1 });
  expect(new Set(mem)).toEqual(new Set([0.5]));
  expect([wsat, psat, bytes, esat].map((column) => column!.at(-1))).toEqual([0, [], 0, {}]);
});

test('A daemon that nobody listens to tells nothing, and begins to in the midst of its work.', async () => {
  const context = new TimespanContext();
  const one = await daemon(FILE, { processes, journal: { spans: context } });
  await one.advance(11);
  expect(fetchLogs(context).core).toEqual([]);
  const log = enableLogging({}, context);
  await one.advance(60);
  const { core, taskresult } = fetchLogs(context);
  expect(core.length).toBeGreaterThan(20);
  expect(taskresult!.filter((value) => value !== null).length).toBeGreaterThan(4);
  expect(log.length).toBe(0);
});

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProcesses } from '../../src/adapters/processes.ts';
import { readEventLines } from '../../src/items/common/event-lines.ts';
import type { Fact, MetricFact } from '../../src/journal/fact.ts';
import { DaemonMeter } from '../../src/metrics/meter.ts';
import { daemon } from '../support/daemon.ts';
import { interval, TICK, task } from '../support/items.ts';
import { Records } from '../support/records.ts';

const TOML = `${TICK}${task('T')}${interval('C', 5)}`;

/** The topics and records of a program that writes these lines. */
const afterTask = async (...lines: readonly string[]) => {
  const facts: Fact[] = [];
  const one = await daemon(TOML, {
    listener: (fact) => facts.push(fact),
    processes: {
      T: (_, { events }) => {
        for (const line of lines) events?.line(line);
        return {};
      },
    },
  });
  await one.advance(7);
  const records = one.records.all.filter(({ level }) => level === 'warn').map(({ message }) => message);
  const metrics = facts.filter((fact): fact is MetricFact => fact.kind === 'metric' && fact.item === 'task/T');
  return { one, records, facts, metrics };
};

describe('the events of a command', () => {
  test('Each line is an event under its topic and that of the item, with the cause and run of the command.', async () => {
    const { one, records } = await afterTask(
      '{"topic": "backup", "value": {"files": 3}}',
      '',
      '{"topic":["a","b"],"value":null}',
    );
    expect(one.journal.getEvents('backup')).toMatchObject([
      { topics: ['backup', 'task/T'], item: 'task/T', run: 'run-1', cause: 'tick-1', message: { files: 3 } },
    ]);
    expect(one.journal.getEvents('b')).toMatchObject([{ topics: ['a', 'b', 'task/T'], message: null }]);
    expect(records).toEqual([]);
  });

  test.each([
    ['nonsense', 'it is not JSON'],
    ['[1]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['{"value":1}', 'it has no "topic"'],
    ['{"topic":"t"}', 'it has no "value"'],
    ['{"topic":5,"value":1}', '"topic" is neither a text nor a list of texts'],
    ['{"topic":["a",1],"value":1}', '"topic" is neither a text nor a list of texts'],
    ['{"topic":"","value":1}', 'a topic is a text of 1 to 200 characters'],
    ['{}', 'expected {"topic": …, "value": …}, {"metric": {…}, "step": …} or {"hparams": {…}}'],
    ['{"metrics":{"a":1}}', 'did you mean "metric"?'],
    ['{"metric":[1]}', '"metric" has to be an object, such as {"loss": 0.5}, it is a list'],
    ['{"metric":0.5}', '"metric" has to be an object, such as {"loss": 0.5}, it is 0.5'],
    ['{"hparams":null}', '"hparams" has to be an object, such as {"loss": 0.5}, it is null'],
    ['{"metric":{},"step":1.5}', '"step" has to be a whole number, it is 1.5'],
    ['{"metric":{},"step":"1"}', '"step" has to be a whole number, it is "1"'],
    ['{"metric":{},"step":[1]}', '"step" has to be a whole number, it is a list'],
    ['{"metric":null}', '"metric" has to be an object, such as {"loss": 0.5}, it is null'],
    ['{"metric":{},"step":{}}', '"step" has to be a whole number, it is an object'],
    [`{"metric":"${'x'.repeat(99)}"}`, `it is "${'x'.repeat(39)}…`],
    ['{"metric":{},"stepp":1}', 'unknown key "stepp" beside "metric", did you mean "step"? (there are: metric, step)'],
    ['{"hparams":{},"step":1}', 'unknown key "step" beside "hparams" (there are: hparams)'],
    ['{"metric":{"loss":NaN}}', 'JSON has no NaN, expected a number, null, or the text "NaN"'],
    ['{"metric":{"loss":-Infinity}}', 'JSON has no -Infinity, expected a number'],
    [`{"metric":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`, 'nested deeper than 64'],
    [`{"topic":"t","value":${'['.repeat(100)}${']'.repeat(100)}}`, 'nested deeper than 64'],
  ])('A bad line %s is named and left out; the others count and the task goes on.', async (line, why) => {
    const { one, records } = await afterTask('{"topic":"good","value":1}', line, '{"topic":"good","value":2}');
    expect(records).toEqual([expect.stringMatching(/^\(trigger: C\) line 2 of its events is left out: /)]);
    expect(records[0]).toContain(why);
    expect(one.journal.getEvents('good').map(({ message }) => message)).toEqual([1, 2]);
    expect(one.runs).toEqual(['5 T OK C']);
  });

  test('Of many bad lines the first five are named, all are counted.', async () => {
    const { records } = await afterTask(...Array.from({ length: 1000 }, () => 'nonsense'));
    expect(records).toHaveLength(6);
    expect(records.at(-1)).toBe('(trigger: C) lines of its events that were left out: 1000 of 1000');
  });

  test('A line {"metric": …} is a metric record of the item with its step, and {"hparams": …} a configuration.', async () => {
    const { metrics, records } = await afterTask(
      '{"hparams":{"lr":0.1,"task":{"Other":{}}}}',
      '{"metric":{"loss":0.5,"eval":{"loss":"NaN"}},"step":0}',
      '{"metric":{"rows":null},"step":null}',
    );
    const by = { item: 'task/T', run: 'run-1', cause: 'tick-1' };
    expect(metrics).toMatchObject([
      { ...by, message: { lr: 0.1 }, hparams: true },
      { ...by, message: { loss: 0.5, eval: { loss: 'NaN' } }, step: 0 },
      { ...by, message: { rows: null } },
    ]);
    expect(metrics.map((fact) => ['step' in fact, 'hparams' in fact])).toEqual([
      [false, true],
      [true, false],
      [false, false],
    ]);
    expect(records).toEqual([]);
  });

  test('The configuration of a program does not change which items are counted.', async () => {
    const { facts } = await afterTask('{"hparams":{"task":{"Other":{}}}}');
    const seen: unknown[] = [];
    const none = { eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 };
    const meter = new DaemonMeter({ record: (message) => seen.push(message), vitals: () => none });
    for (const fact of facts) meter.take(fact);
    expect([...meter.totals.tasks.keys()]).toEqual(['T']);
    expect(seen).toContainEqual({ task: { Other: {} } });
  });

  test.skipIf(spawnSync('python3', ['--version']).status !== 0)(
    'The program in Python of the examples records its parameters once, and each step (needs python3).',
    async () => {
      const lines: string[] = [];
      const cwd = join(import.meta.dirname, '../../config-examples');
      const { end } = await createProcesses().run({
        ...{
          command: 'python3',
          args: ['training.py'],
          cwd,
          inheritEnvironment: true,
          variables: {},
          timeoutSeconds: 60,
        },
        events: { line: (text) => lines.push(text), bad: (reason) => lines.push(reason) },
      });
      expect(end).toEqual({ how: 'exit', code: 0 });
      const { metrics, records } = await afterTask(...lines);
      expect(records).toEqual([]);
      expect(metrics[0]).toMatchObject({ hparams: true, message: { lr: 0.1, epochs: 3, steps: 5 } });
      expect(metrics.slice(1).map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, i) => i));
      expect(metrics[1]?.message).toEqual({ epoch: 0, train: { loss: 9, lr: 0.1 } });
    },
  );

  test('A line that is too long or not UTF-8 is bad too.', () => {
    const records = new Records(
      'warn',
      () => 0,
      () => 0,
    );
    const journal = { logEvent: () => {} } as unknown as Parameters<typeof readEventLines>[0];
    const log = records.log.for('TASK', 'active', 'T', 1);
    const taker = readEventLines(journal, 'task/T', { cause: 'tick-1', run: 'run-1' }, log, '');
    taker.bad('a line that is not valid UTF-8');
    taker.close();
    expect(records.all.map(({ message }) => message)).toEqual([
      'line 1 of its events is left out: a line that is not valid UTF-8',
    ]);
  });
});

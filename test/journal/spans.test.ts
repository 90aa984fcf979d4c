import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact, MetricFact, SpanFact } from '../../src/journal/fact.ts';
import { Journal } from '../../src/journal/journal.ts';
import { type DaemonOptions, daemon } from '../support/daemon.ts';
import type { Acts } from '../support/fake-processes.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const TICK = 'scheduler_tick_seconds = 5\n';
const task = (name: string) =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = ["-x"]\nsuccess_status = 0\n`;
const condition = (name: string, type: string, keys = '', tasks = '["T"]') =>
  `[[condition]]\nname = "${name}"\ntype = "${type}"\nrecurring = true\ntasks = ${tasks}\n${keys}\n`;
const interval = (name: string, tasks?: string, keys = '') =>
  condition(name, 'interval', `interval_seconds = 5\n${keys}`, tasks);
const bucket = (name: string, keys = '') => condition(name, 'bucket', keys);
const event = (name: string, to: string) => `[[event]]\nname = "${name}"\ntype = "cli"\ncondition = "${to}"\n`;

const heard = async (toml: string, options: DaemonOptions = {}) => {
  const facts: Fact[] = [];
  const one = await daemon(TICK + toml, { ...options, listener: (fact) => facts.push(fact) });
  return { one, facts };
};
const spansOf = (facts: readonly Fact[], ...categories: readonly string[]) =>
  facts.filter((fact): fact is SpanFact => fact.kind === 'span' && categories.includes(fact.category));
/** `start check condition/C run-1 tick-1 {…}` */
const told = ({ edge, category, item, run, cause, timeline }: SpanFact) =>
  `${edge} ${category} ${item} ${run} ${cause} ${JSON.stringify(timeline)}`;

describe('timespans', () => {
  test('A tick, its check, the run, its tasks and their commands are spans with one cause, one in the other.', async () => {
    const { one, facts } = await heard(task('T') + interval('C'), { processes: { T: () => ({ seconds: 2 }) } });
    await one.advance(8);
    const all = spansOf(facts, 'tick', 'check', 'run', 'task', 'command');
    expect(all.map(told)).toEqual([
      'start tick null null tick-1 {"late_ms":0}',
      'start check condition/C null tick-1 {"condition":"C"}',
      'finish check condition/C null tick-1 {"outcome":"positive","why":"its interval of 5 s has passed"}',
      'start run condition/C run-1 tick-1 {"condition":"C","tasks":["T"],"sequence":true}',
      'finish tick null null tick-1 {"visited":1,"due":1}',
      'start task task/T run-1 tick-1 {"task":"T","condition":"C"}',
      'start command task/T run-1 tick-1 {"command":"T","args":["-x"]}',
      expect.stringMatching(/^finish command task\/T run-1 tick-1 \{"outcome":"success","how":"exit","exit_status":0,/),
      expect.stringMatching(/^finish task task\/T run-1 tick-1 \{"outcome":"success","why":"exit/),
      'finish run condition/C run-1 tick-1 {"outcome":"success","executed":1,"of":1}',
    ]);
    const at = (edge: string, category: string) =>
      all.find((span) => span.edge === edge && span.category === category)!.timestamp;
    expect(at('finish', 'command') - at('start', 'command')).toBe(2e9);
    expect(at('start', 'run')).toBeLessThanOrEqual(at('start', 'task'));
    expect(at('finish', 'run')).toBeGreaterThanOrEqual(at('finish', 'task'));
  });

  test('The finish of a command tells how it ended, its exit status, the rule that decided and the bytes captured.', async () => {
    const { one, facts } = await heard(task('T') + interval('C'), {
      processes: { T: () => ({ end: { how: 'exit', code: 3 }, stdout: 'häß\n', stderr: 'no' }) },
    });
    await one.advance(6);
    expect(spansOf(facts, 'command').at(-1)?.timeline).toEqual({
      ...{ outcome: 'failure', how: 'exit', exit_status: 3, rule: expect.stringContaining('3') },
      ...{ stdout_bytes: 6, stderr_bytes: 2 },
    });
  });

  test('An event that fired waits until a check picks it up; one that is dropped says so.', async () => {
    const { one, facts } = await heard(task('T') + bucket('B') + event('E', 'B'));
    await one.advance(1);
    await one.submit('trigger E');
    await one.advance(5);
    await one.submit('trigger E');
    await one.submit('suspend_condition B');
    await one.submit('resume_condition B');
    await one.advance(5);
    expect(spansOf(facts, 'wait', 'fired').map(told)).toEqual([
      'instant fired event/E null command-1 {"event":"E","condition":"B"}',
      'start wait condition/B null command-1 {"condition":"B"}',
      'finish wait condition/B null command-1 {"outcome":"checked"}',
      'instant fired event/E null command-2 {"event":"E","condition":"B"}',
      'start wait condition/B null command-2 {"condition":"B"}',
      'finish wait condition/B null command-2 {"outcome":"dropped"}',
    ]);
    const [began, ended] = spansOf(facts, 'wait');
    expect(ended!.timestamp - began!.timestamp).toBe(4e9);
  });

  test('A trigger that is dropped is a skipped check; the event has not fired.', async () => {
    const { one, facts } = await heard(task('T') + bucket('B', 'suspended = true') + event('E', 'B'));
    await one.submit('trigger E');
    expect(spansOf(facts, 'fired', 'skipped').map(told)).toEqual([
      'instant skipped condition/B null command-1 {"condition":"B","reason":"suspended"}',
    ]);
  });

  test('A reload and the start-up are spans that count items; the configuration is told once at each.', async () => {
    const files = { 'new.toml': TICK + task('T') + interval('C') + interval('D'), 'bad.toml': 'nonsense' };
    const { one, facts } = await heard(task('T') + interval('C') + bucket('B') + event('E', 'B'), { files });
    await one.submit('configure new.toml');
    await one.submit('configure bad.toml');
    await one.advance(1);
    expect(spansOf(facts, 'startup', 'reload').map(told)).toEqual([
      'start startup null null start-1 {"file":"test.toml"}',
      'finish startup null null start-1 {"outcome":"success","conditions":2,"tasks":1,"events":1}',
      'start reload null null reload-1 {"file":"new.toml"}',
      'finish reload null null reload-1 {"outcome":"success","added":1,"changed":0,"removed":2,"kept":2}',
      'start reload null null reload-2 {"file":"bad.toml"}',
      'finish reload null null reload-2 {"outcome":"failure","problems":1}',
    ]);
    const metrics = facts.filter((fact): fact is MetricFact => fact.kind === 'metric');
    expect(metrics.map(({ hparams, cause }) => [hparams, cause])).toEqual([
      [true, 'start-1'],
      [true, 'reload-1'],
    ]);
    expect(metrics[0]?.message).toMatchObject({
      settings: { scheduler_tick_seconds: 5 },
      condition: { C: { type: 'interval', tasks: ['T'] }, B: { type: 'bucket' } },
      task: { T: { type: 'command' } },
      event: { E: { type: 'cli', condition: 'B' } },
    });
    expect(Object.keys(metrics[1]!.message.condition as object)).toEqual(['C', 'D']);
  });

  test('A configuration of any size is told as a metric.', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => interval(`Condition_${i}`)).join('\n');
    const { one, facts } = await heard(task('T') + many);
    await one.advance(1);
    const metric = facts.find((fact): fact is MetricFact => fact.kind === 'metric');
    expect(Object.keys(metric!.message.condition as object)).toHaveLength(1000);
  });

  test('Decisions without duration are instants: left out, broken off, tried again, a command.', async () => {
    const failing = `${task('T')}${task('U')}[[condition]]\nname = "C"\ntype = "interval"\ninterval_seconds = 5\nmax_tasks_retries = 1\ntasks = ["T", "U"]\nbreak_on_failure = true\n`;
    const { one, facts } = await heard(failing, { processes: { T: () => ({ end: { how: 'exit', code: 1 } }) } });
    await one.advance(30);
    await one.submit('pause');
    expect(spansOf(facts, 'skipped', 'broken', 'retry', 'input').map(told)).toEqual([
      'instant broken condition/C run-1 tick-1 {"condition":"C","on":"failure","task":"T"}',
      'instant retry condition/C run-1 tick-1 {"condition":"C","left":1}',
      'instant broken condition/C run-2 tick-2 {"condition":"C","on":"failure","task":"T"}',
      'instant skipped condition/C null tick-3 {"condition":"C","reason":"exhausted"}',
      'instant skipped null null command-1 {"condition":null,"reason":"paused"}',
      'instant input null null command-1 {"line":"pause","answer":"done"}',
    ]);
  });

  test('A check that is not due is no span, whatever the level of the log.', async () => {
    for (const level of ['trace', 'info'] as const) {
      const { one, facts } = await heard(task('T') + condition('C', 'interval', 'interval_seconds = 3600'), { level });
      await one.advance(60);
      expect(spansOf(facts, 'check', 'skipped')).toEqual([]);
    }
  });

  test('When nobody listens nothing is made, and what is told is not even put together.', async () => {
    const journal = new Journal(new VirtualClock(0));
    const fail = () => {
      throw new Error('asked for');
    };
    expect(journal.spans.on).toBe(false);
    expect(journal.spans.start('task', null, { cause: 'tick-1', run: null }, fail)).toBeUndefined();
    journal.spans.instant('skipped', null, { cause: 'tick-1', run: null }, fail);
    journal.spans.metric(fail);
    expect(journal.last).toBe(0);
  });

  test('A span that is open when the last listener leaves is not told of; one whose sink goes on is.', () => {
    const journal = new Journal(new VirtualClock(0));
    const facts: Fact[] = [];
    const leave = journal.subscribeSpans((fact) => facts.push(fact));
    const open = journal.spans.start('task', 'task/T', { cause: 'tick-1', run: null }, () => ({ a: 1 }));
    leave();
    open?.finish({ b: 2 });
    expect(facts).toMatchObject([{ edge: 'start', id: 'task-1', timeline: { a: 1 } }]);
    journal.subscribeSpans((fact) => facts.push(fact));
    open?.finish({ c: 3 });
    expect(facts).toMatchObject([{ edge: 'start' }, { edge: 'finish', id: 'task-1', timeline: { c: 3 } }]);
  });
});

/** What can happen to a daemon between two moments. */
const happenings = fc.array(
  fc.oneof(
    fc.integer({ min: 1, max: 20 }),
    fc.constantFrom('trigger E', 'pause', 'resume', 'suspend_condition C', 'resume_condition C', 'reset_conditions'),
  ),
  { maxLength: 25 },
);

/** The spans that have begun and not ended. Each begins once, and ends at most once, not before it began. */
const openSpans = (facts: readonly Fact[]): string[] => {
  const open = new Map<string, number>();
  for (const { edge, category, id, timestamp } of facts.filter((fact) => fact.kind === 'span')) {
    const key = `${category} ${id}`;
    if (edge === 'start') {
      expect(open.has(key)).toBe(false);
      open.set(key, timestamp);
    } else if (edge === 'finish') {
      expect(timestamp).toBeGreaterThanOrEqual(open.get(key)!);
      open.delete(key);
    }
  }
  return [...open.keys()];
};

// Nothing ends at the very instant of a tick: which of the two comes first is nobody's promise.
test('Whatever happens, each span that ends has begun, none ends twice, none before it began, and the level changes none.', async () => {
  const toml = task('T') + task('U') + interval('C', '["T", "U"]') + bucket('B') + event('E', 'B');
  const processes: Record<string, Acts> = { T: () => ({ seconds: 7.3 }), U: () => ({ end: { how: 'exit', code: 1 } }) };
  await fc.assert(
    fc.asyncProperty(happenings, async (acts) => {
      const seen = [];
      for (const level of ['trace', 'error'] as const) {
        const { one, facts } = await heard(toml, { level, processes });
        for (const act of acts) {
          if (typeof act === 'number') await one.advance(act);
          else await one.submit(act);
        }
        await one.submit('resume');
        await one.submit('exit');
        await one.advance(60);
        expect(one.ending).toBe('exit');
        expect(openSpans(facts).filter((key) => !key.startsWith('wait'))).toEqual([]);
        seen.push(spansOf(facts, 'check', 'run', 'task', 'command').map(({ cause: _, seq: __, ...span }) => span));
      }
      expect(seen[0]!.map(({ timestamp, category, item, edge }) => [timestamp, category, item, edge])).toEqual(
        seen[1]!.map(({ timestamp, category, item, edge }) => [timestamp, category, item, edge]),
      );
    }),
    { numRuns: 60 },
  );
});

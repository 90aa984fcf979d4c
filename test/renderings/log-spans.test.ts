import { describe, expect, test } from 'vitest';
import type { Fact, SpanFact } from '../../src/journal/fact.ts';
import { RecordingDecoder } from '../../src/journal/recording-decoder.ts';
import { json } from '../../src/log/format.ts';
import { readLogSpans, showLogs } from '../../src/renderings/index.ts';
import { daemon } from '../support/daemon.ts';
import { interval, TICK, task } from '../support/items.ts';
import { traceProblems } from '../support/trace-rules.ts';

/** A record of whenever 1: seconds after 12:00, level, emitter, action, item, mark, message. */
type Row = readonly [
  seconds: number,
  level: string,
  emitter: string,
  action: string,
  item: string | null,
  mark: string,
  message: string,
];

const line = ([seconds, level, emitter, action, item, mark, message]: Row): string => {
  const [when, status] = mark.split('/');
  const time = new Date(Date.UTC(2026, 2, 28, 12) + seconds * 1000).toISOString().replace('Z', '000');
  return JSON.stringify({
    header: { application: 'whenever', level, time },
    contents: {
      context: { action, emitter, item, item_id: item === null ? null : 1 },
      message,
      message_type: { status, when },
    },
  });
};

/** All facts of a log, its spans included. */
const factsOf = (lines: readonly string[]): Fact[] => {
  const facts: Fact[] = [];
  const spans = readLogSpans();
  const reading = new RecordingDecoder((fact) => {
    facts.push(fact);
    if (fact.kind === 'log') facts.push(...spans.take(fact));
  });
  for (const [i, text] of lines.entries()) reading.line(text, i + 1);
  facts.push(...spans.end());
  return facts;
};
/** `CATEGORY ITEM FROM-TO OUTCOME`, seconds after the first record. */
const spansOf = (facts: readonly Fact[]): string[] => {
  const spans = facts.filter((fact): fact is SpanFact => fact.kind === 'span' && fact.edge !== 'instant');
  const second = ({ timestamp }: SpanFact) => timestamp / 1e9;
  return spans
    .filter(({ edge }) => edge === 'start')
    .map((start) => {
      const finish = spans.find(
        ({ edge, category, id }) => edge === 'finish' && category === start.category && id === start.id,
      );
      const outcome = (finish?.timeline as { outcome?: string } | undefined)?.outcome;
      return `${start.category} ${start.item} ${second(start)}-${finish ? second(finish) : ''} ${outcome ?? 'open'}`;
    });
};

const LOG_START: Row = [0, 'INFO', 'MAIN', 'starting', null, 'START/MSG', 'whenever 1.2'];
const check = (at: number, name: string): Row => [
  at,
  'TRACE',
  'CONDITION',
  'active',
  name,
  'PROC/OK',
  'checking condition',
];
const history = (at: number, task: string, edge: string, message: string): Row => [
  at,
  'TRACE',
  'TASK',
  'active',
  task,
  `HIST/${edge}`,
  message,
];

describe('a log of the reference program', () => {
  const LOG: readonly Row[] = [
    [0, 'INFO', 'MAIN', 'starting', null, 'START/MSG', 'whenever 1.2'],
    [1, 'DEBUG', 'CONDITION', 'active', 'C', 'PROC/OK', 'task added'],
    check(5, 'C'),
    [5.5, 'DEBUG', 'CONDITION', 'active', 'C', 'END/OK', 'success: condition checked with positive outcome'],
    [5.5, 'INFO', 'CONDITION', 'active', 'C', 'START/MSG', 'running tasks'],
    history(6, 'A', 'START', 'OK/trigger:C starting task'),
    history(8, 'A', 'END', 'OK/trigger:C task succeeded'),
    history(8.5, 'B', 'START', 'OK/trigger:C starting task'),
    history(9, 'B', 'END', 'FAIL/trigger:C task failed'),
    check(10, 'C'),
    check(10, 'D'),
    [10.5, 'DEBUG', 'CONDITION', 'active', 'C', 'END/OK', 'failure: condition checked with negative outcome'],
    [11, 'WARN', 'CONDITION', 'active', 'D', 'END/FAIL', 'no outcome'],
    [12, 'DEBUG', 'EVENT_REGISTRY', 'trigger', 'E', 'PROC/OK', 'event fired'],
    history(20, 'A', 'START', 'OK/trigger:D starting task'),
  ];

  test('gives the runs of tasks with their outcomes, the runs of conditions, and the checks.', () => {
    expect(spansOf(factsOf(LOG.map(line)))).toEqual([
      'check condition/C 5-5.5 positive',
      'run condition/C 6-9 failure',
      'task task/A 6-8 success',
      'task task/B 8.5-9 failure',
      'check condition/C 10-10.5 negative',
      'check condition/D 10-11 none',
      'run condition/D 20- open',
      'task task/A 20- open',
    ]);
  });

  test('gives decisions where it tells them.', () => {
    const fired = factsOf(LOG.map(line)).filter((fact) => fact.kind === 'span' && fact.edge === 'instant');
    expect(fired).toMatchObject([{ category: 'fired', item: 'event/E' }]);
  });

  test('is shown in every format.', () => {
    const facts = factsOf(LOG.map(line));
    expect(showLogs(facts)).toMatch(/^task +3 .* 1 success, 1 failure, 1 open$/m);
    expect(traceProblems(showLogs(facts, 'chrome_trace'))).toEqual([]);
    expect(showLogs(facts, 'graphviz')).toContain('"condition/C" -> "task/B" [label="1 ×"');
    expect(showLogs(facts, 'gantt')).toMatch(/^ {2}B .* 1 +1$/m);
  });

  test('gives a run of its own to each time that tasks begin.', () => {
    const twice: readonly Row[] = [0, 100].flatMap((at) => [
      [at, 'INFO', 'CONDITION', 'active', 'C', 'START/MSG', 'running tasks'] as const,
      history(at + 1, 'A', 'START', 'OK/trigger:C starting task'),
      history(at + 2, 'A', 'END', 'IND/trigger:C no outcome'),
    ]);
    expect(spansOf(factsOf(twice.map(line)))).toEqual([
      ...['run condition/C 1-2 success', 'task task/A 1-2 none'],
      ...['run condition/C 101-102 success', 'task task/A 101-102 none'],
    ]);
  });
});

describe('of a log that began late, or that holds what other programs wrote', () => {
  test.each<readonly [string, readonly Row[], readonly string[]]>([
    ['the end of a task whose start is missing', [history(1, 'A', 'END', 'OK/trigger:C task succeeded')], []],
    ['a history record in other words', [history(1, 'A', 'START', 'began')], []],
    ['a record of a condition without a name', [[1, 'TRACE', 'CONDITION', 'active', null, 'PROC/OK', 'checking']], []],
    [
      'a failure that is not that of a check',
      [check(1, 'C'), [2, 'WARN', 'CONDITION', 'active', 'C', 'END/FAIL', 'a task failed']],
      ['check condition/C 1- open'],
    ],
    [
      'a check without an outcome',
      [check(1, 'C'), [2, 'WARN', 'CONDITION', 'active', 'C', 'END/FAIL', 'no outcome']],
      ['check condition/C 1-2 none'],
    ],
  ])('%s makes no other spans', (_, rows, expected) => {
    expect(spansOf(factsOf([LOG_START, ...rows].map(line)))).toEqual(expected);
  });

  test.each<readonly [string, readonly Row[], readonly string[]]>([
    [
      'the end of a task whose start is missing',
      [history(1, 'A', 'END', 'FAIL/trigger:C exit status 3')],
      ['task/A failed: exit status 3'],
    ],
    [
      'a task that failed, and one that ended with an error',
      [
        history(1, 'A', 'START', 'OK/trigger:C starting task'),
        history(2, 'A', 'END', 'FAIL/trigger:C exit status 3'),
        history(2, 'B', 'START', 'OK/trigger:C starting task'),
        history(2, 'B', 'END', 'ERR/trigger:C no such program'),
        [2, 'INFO', 'CONDITION', 'active', 'C', 'START/MSG', 'running tasks'],
      ],
      [
        ...['condition/C running: the check was positive', 'task/A running: run by condition C'],
        ...['task/A failed: exit status 3', 'task/B running: run by condition C', 'task/B error: no such program'],
        'condition/C waiting: task A failed: exit status 3; task B ended with an error: no such program',
      ],
    ],
    ['a history record in other words, or without a task', [history(1, 'A', 'START', 'began')], []],
    ['a condition without a name', [[1, 'WARN', 'CONDITION', 'active', null, 'END/FAIL', 'no outcome']], []],
    ['a level that is none', [[1, 'LOUD', 'CONDITION', 'active', 'C', 'END/FAIL', 'no outcome']], []],
  ])('%s changes these states and no others', (_, rows, expected) => {
    const states = factsOf([LOG_START, ...rows].map(line)).flatMap((fact) =>
      fact.kind === 'transition' ? [`${fact.key} ${fact.finish}: ${fact.why}`] : [],
    );
    expect(states).toEqual(expected);
  });

  test('an event that fires, and a reload that is done, are decisions', () => {
    const facts = factsOf(
      (
        [
          LOG_START,
          [1, 'INFO', 'EVENT_REGISTRY', 'trigger', 'E', 'PROC/OK', 'fired'],
          [2, 'INFO', 'MAIN', 'reconfigure', null, 'START/MSG', 'reading'],
          [3, 'INFO', 'MAIN', 'reconfigure', null, 'END/OK', 'loaded'],
        ] as const
      ).map(line),
    );
    const instants = facts.flatMap((fact) => (fact.kind === 'span' ? [[fact.category, fact.item, fact.timeline]] : []));
    expect(instants).toEqual([
      ['fired', 'event/E', { event: 'E' }],
      ['reload', null, { outcome: 'success' }],
    ]);
  });
});

test('the log of this program tells the same runs as its recording.', async () => {
  const recorded: Fact[] = [];
  const one = await daemon(TICK + task('T') + interval('C', 15, 'recurring = true\nmax_tasks_retries = -1'), {
    listener: (fact) => recorded.push(fact),
    processes: { T: [{ seconds: 2 }, { seconds: 3, end: { how: 'exit', code: 1 } }] },
  });
  await one.advance(300);
  const log = one.records.all.map((record) => json(record).trimEnd());
  const counts = (facts: readonly Fact[]) =>
    showLogs(facts, 'summary', { categories: ['task', 'run'] })
      .split('\n')
      .filter((text) => /^(task|run| )/.test(text));
  expect(counts(recorded).length).toBe(4);
  expect(counts(factsOf(log))).toEqual(counts(recorded));
});

import { describe, expect, test } from 'vitest';
import { errorsSection } from '../../src/renderings/html/errors.ts';
import { renderHtml } from '../../src/renderings/html/html.ts';
import { overviewSection } from '../../src/renderings/html/overview.ts';
import { isRelated } from '../../src/renderings/html/page/page-model.ts';
import { summarySection, tasksSection } from '../../src/renderings/html/tables.ts';
import { MIDNIGHT, SpanDataBuilder } from '../support/span-data.ts';

/** The texts of the cells of each row of the bodies of tables, without marks of style. */
const rowsOf = ({ html }: { readonly html: string }): string[][] =>
  [...html.matchAll(/<tbody>(.*?)<\/tbody>/gs)].flatMap(([, body]) =>
    [...body!.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
      [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => cell!.replace(/<[^>]*>/g, '')),
    ),
  );
const TASK = { item: 'task/A', cause: 'tick-1', run: 'run-1' };

test('What belongs to a run in the details of a page are its spans, the hooks that it has begun, and of a hook the run that led to it.', () => {
  const [tick, run] = [
    { run: null, cause: 'tick-1' },
    { run: 'run-1', cause: 'tick-1' },
  ];
  const [hook, other] = [
    { run: 'run-2', cause: 'run-1' },
    { run: 'run-3', cause: 'tick-1' },
  ];
  const related = (entry: { run: string | null; cause: string }) => [tick, run, hook, other].filter(isRelated(entry));
  expect(related(run)).toEqual([run, hook]);
  expect(related(hook)).toEqual([run, hook]);
  expect(related(other)).toEqual([other]);
  expect(related(tick)).toEqual([tick, run, other]);
});

describe('The errors of a page', () => {
  test('show a hook that failed with the reasons of its tasks', () => {
    const builder = new SpanDataBuilder();
    const failure = { outcome: 'failure', why: 'exit code 1' };
    builder.span('hook', 'run-1', { ...TASK, item: 'condition/C' }, [0, 9e9], {}, { outcome: 'failure' });
    builder.span('task', 'task-1', TASK, [1e9, 2e9], {}, failure);
    expect(rowsOf(errorsSection(builder.build(2e9))).map((row) => row.slice(1, 5))).toEqual([
      ['hook', 'condition/C', 'failure', 'A: exit code 1'],
    ]);
  });

  test.each([
    ['a signal', { how: 'signal', signal: 'SIGKILL' }, 'signal SIGKILL'],
    [
      'an exit status',
      { how: 'exit', exit_status: 3, rule: 'success_status = 0' },
      'exit status 3; success_status = 0',
    ],
    ['another end', { how: 'timeout' }, 'timeout'],
    ['a reason that is not a text', { why: { code: 7 } }, 'ended with error'],
    ['no reason', {}, 'ended with error'],
    ['a long reason', { why: 'x'.repeat(700) }, `${'x'.repeat(600)}…`],
  ])('show why a task failed: %s', (_, ended, why) => {
    const builder = new SpanDataBuilder();
    builder.span('task', 'task-1', TASK, [0, 1e9], {}, { outcome: 'error', ...ended });
    expect(rowsOf(errorsSection(builder.build(2e9)))).toEqual([
      ['2026-11-20 00:00:00 Fri', 'task', 'task/A', 'error', why],
    ]);
  });

  test('show the command for a task, and the tasks for a run, that have no reason of their own', () => {
    const builder = new SpanDataBuilder();
    const failure = { outcome: 'failure' };
    builder.span('run', 'run-1', { ...TASK, item: 'condition/C' }, [0, 9e9], {}, failure);
    builder.span('task', 'task-1', TASK, [1e9, 2e9], {}, failure);
    builder.span('command', 'process-1', TASK, [1e9, 2e9], {}, { ...failure, how: 'exit', exit_status: 3 });
    builder.span('task', 'task-2', { ...TASK, item: 'task/B' }, [3e9, 4e9], {}, failure);
    builder.span('command', 'process-2', { ...TASK, item: 'task/B' }, [3e9, 4e9], {}, failure);
    const [row, ...others] = rowsOf(errorsSection(builder.build(9e9)));
    expect(row?.slice(1)).toEqual(['run', 'condition/C', 'failure', 'A: exit status 3; B: ended with failure']);
    expect(others).toEqual([]);
  });

  test('have a failed attempt of a task that succeeded in the end as one row, and of one that failed only the run', () => {
    const rows = (outcome: string) => {
      const builder = new SpanDataBuilder();
      builder.span('run', 'run-1', { ...TASK, item: 'condition/C' }, [0, 9e9], {}, { outcome });
      builder.span('task', 'task-1', TASK, [0, 9e9], {}, { outcome, why: 'exit code 4' });
      for (const [n, end] of ['failure', outcome].entries()) {
        const range = [n * 5e9, n * 5e9 + 1e9] as const;
        builder.span('attempt', `attempt-${n}`, TASK, range, {}, { outcome: end, why: `exit code ${n + 3}` });
        builder.span('command', `process-${n}`, TASK, range, {}, { outcome: end, how: 'exit', exit_status: n + 3 });
      }
      return rowsOf(errorsSection(builder.build(9e9))).map((row) => row.slice(1));
    };
    expect(rows('success')).toEqual([['attempt', 'task/A', 'failure', 'exit code 3']]);
    expect(rows('failure')).toEqual([['run', 'condition/C', 'failure', 'A: exit code 4']]);
  });

  test('show the last lines that a failed task wrote, of a run those of its first task that has some, as text', () => {
    const builder = new SpanDataBuilder();
    const failure = { outcome: 'failure', why: 'exit code 1' };
    builder.span('run', 'run-1', { ...TASK, item: 'condition/C' }, [0, 9e9], {}, { outcome: 'failure' });
    builder.span('task', 'task-1', TASK, [1e9, 2e9], {}, failure);
    builder.span(
      'task',
      'task-2',
      { ...TASK, item: 'task/B' },
      [3e9, 4e9],
      {},
      { ...failure, output: '<b>disk</b>\nfull' },
    );
    const { html } = errorsSection(builder.build(9e9));
    expect(html).toContain('<span class="output">&lt;b&gt;disk&lt;/b&gt;\nfull</span>');
    const alone = new SpanDataBuilder();
    alone.span('task', 'task-1', { ...TASK, run: null }, [1e9, 2e9], {}, { ...failure, output: 'disk full' });
    expect(errorsSection(alone.build(9e9)).html).toContain('<span class="output">disk full</span>');
  });

  test('name the kind of a span, and the emitter of a record, that belong to no item', () => {
    const builder = new SpanDataBuilder();
    const scheduler = { item: null, cause: 'start-1' };
    builder.span('startup', 'start-1', scheduler, [0, 1e9], {}, { outcome: 'error' });
    builder.record('error', scheduler, 2e9, 'START/ERR', 'no port is free');
    builder.record('warn', scheduler, 2e9, 'START/MSG', 'not an error');
    expect(rowsOf(errorsSection(builder.build(3e9))).map((row) => row.slice(1))).toEqual([
      ['record', 'MAIN', 'error', 'no port is free'],
      ['startup', 'startup', 'error', 'ended with error'],
    ]);
  });

  test('name the item of a record whose context alone has it', () => {
    const builder = new SpanDataBuilder();
    builder.record('error', TASK, 0, 'PROC/ERR', 'failed');
    const [record] = builder.records;
    const data = { ...builder.build(1e9), records: [{ ...record!, item: null }] };
    expect(rowsOf(errorsSection(data))[0]?.slice(1)).toEqual(['record', 'task/A', 'error', 'failed']);
  });

  test('are the newest 500, with how many there are', () => {
    const builder = new SpanDataBuilder();
    for (let i = 0; i < 501; i += 1) builder.record('error', TASK, i * 1e9, 'PROC/ERR', `failure ${i}`);
    const section = errorsSection(builder.build(501e9));
    const rows = rowsOf(section);
    expect([rows.length, rows.at(0)?.at(-1), rows.at(-1)?.at(-1)]).toEqual([500, 'failure 500', 'failure 1']);
    expect(section.html).toContain('These are the newest 500 of 501.');
  });
});

describe('The tables of a page', () => {
  test('have a dash for the times of what has not ended, and the outcome that is known', () => {
    const builder = new SpanDataBuilder();
    builder.span('task', 'task-1', TASK, [0, undefined], {}, {});
    builder.span('task', 'task-2', { ...TASK, item: 'task/B' }, [0, 1e9], {}, {});
    builder.span('task', 'task-3', { ...TASK, item: null }, [0, 1e9], {}, { outcome: 'success' });
    const rows = rowsOf(tasksSection(builder.build(2e9)));
    expect(rows.map(([name, runs, , , , mean, p95, most, last]) => [name, runs, mean, p95, most, last])).toEqual([
      ['A', '1', '–', '–', '–', 'open'],
      ['B', '1', '1.00 s', '1.00 s', '1.00 s', 'no outcome'],
      ['task', '1', '1.00 s', '1.00 s', '1.00 s', 'success'],
    ]);
  });

  test('of time have a dash for a category of which nothing has ended', () => {
    const builder = new SpanDataBuilder();
    builder.span('tick', 'tick-1', { item: null, cause: 'tick-1' }, [0, undefined], {}, {});
    const section = summarySection(builder.build(2e9));
    expect(rowsOf(section)).toEqual([['tick', '1', '–', '–', '–', '–', 'open 1']]);
    expect(section.html).not.toContain('Time by category and item');
  });
});

describe('The top of a page', () => {
  test('has no time of day and no version where the recording has none', () => {
    const data = { ...new SpanDataBuilder().build(0), time: 0 };
    const { version: _, ...unknown } = data;
    expect(renderHtml(unknown)).toContain('<span>the time of day is not known: times count from the beginning</span>');
    expect(renderHtml(data)).toContain('<span>whenever 2.0.0</span>');
    expect(renderHtml(unknown)).not.toContain('<span>whenever 2.0.0</span>');
  });

  test('has since when the log is kept if only records were left out', () => {
    const builder = new SpanDataBuilder();
    builder.record('info', TASK, 3600e9, 'PROC/MSG', 'kept');
    const data = builder.build(7200e9, undefined, { spans: 0, instants: 0, records: 3 });
    const { html } = overviewSection(data, 'Title', 'UTC', MIDNIGHT);
    expect(html).toMatch(/too many: 3 records\. The log begins at 2026-11-20 01:00:00 Fri\. All figures/);
  });

  test('does not count the delay of a tick that has none recorded', () => {
    const builder = new SpanDataBuilder();
    builder.span('tick', 'tick-1', { item: null, cause: 'tick-1' }, [0, 1e6], {}, {});
    const { html } = overviewSection(builder.build(1e9), 'Title', 'UTC', MIDNIGHT);
    expect(html).toContain('<dt>Ticks</dt><dd><b>1</b> <span class="below"></span></dd>');
  });

  test('keeps an id that is not a text', () => {
    const builder = new SpanDataBuilder();
    builder.span('mine', 'x', TASK, [0, 1e6], {}, {});
    const data = builder.build(1e9);
    const [span] = data.spans;
    const page = renderHtml({ ...data, spans: [{ ...span!, id: { target: 'a', name: 'b' } }] });
    expect(page).toContain(JSON.stringify(JSON.stringify({ target: 'a', name: 'b' })));
  });
});

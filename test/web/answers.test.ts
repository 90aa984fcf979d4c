import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HistoryReader } from '../../src/adapters/history/reader.ts';
import type { HistoryLine } from '../../src/history/history-line.ts';
import { actionLine, readBody } from '../../src/web/actions.ts';
import type { ActionBody, ActionName, QuestionName } from '../../src/web/api.ts';
import { calendarOf, comingFirings } from '../../src/web/calendar.ts';
import { recentRuns, runOutput, whyAt } from '../../src/web/history-answers.ts';
import { HistoryIndex } from '../../src/web/history-index.ts';
import { Numbers, TextTable } from '../../src/web/numbers.ts';
import { readQuery } from '../../src/web/query.ts';
import { checkHost } from '../../src/web/request-checks.ts';
import { RunLines } from '../../src/web/run-lines.ts';
import { WebApp } from '../../src/web/web-app.ts';
import { load } from '../support/daemon.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 1);
const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'whenever-answers-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const common = (run: string, minute: number) => ({
  ...{ time: at(minute), session: 's', run, condition: 'C', cause: 'tick-1', why: 'fired', code: 'interval' },
});
const claim = (run: string, minute: number, more = {}) => ({
  ...common(run, minute),
  kind: 'claim',
  tasks: ['T'],
  ...more,
});
const task = (run: string, minute: number, outcome: string, more = {}) => ({
  ...{ ...common(run, minute), kind: 'task', task: 'T', began: at(minute - 1), seconds: 60, outcome },
  ...{ detail: {}, attempts: 1, ...more },
});
const ended = (run: string, minute: number, outcome: string) => ({
  ...{ ...common(run, minute), kind: 'run', began: at(minute - 1), seconds: 60, outcome, tasks: [] },
});
const write = (...lines: readonly object[]): string => {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(directory, '2026-11-001.jsonl'), text);
  return directory;
};
const start = { kind: 'start', time: at(0), session: 's', config: '/my.toml', format: 1 };

describe('an action', () => {
  test.each<[ActionName, ActionBody, string]>([
    ['trigger', {}, 'trigger needs the name of an event, one word'],
    ['reset', { name: '-x' }, 'reset needs the name of a condition, one word'],
    ['reset', { name: 'C', more: '5' }, 'reset takes nothing more'],
    ['suspend', { name: 'C', more: '1h --all' }, 'suspend takes a time or an instant, no option'],
    ['pause', { name: 'C' }, 'pause takes no name'],
    ['trigger', { name: 'E', more: 'a=\nb' }, 'a command is one line, without control characters'],
  ])('%s of %j is refused', (action, body, text) => {
    expect(() => actionLine(action, body)).toThrow(text);
  });

  test('is a line of its words', () => {
    expect(actionLine('suspend', { name: 'C', more: ' for 1h ' })).toMatch(/ C for 1h$/);
    expect(actionLine('trigger', { name: 'E', more: '--data {}' })).toMatch(/ E --data \{\}$/);
    expect(readBody('')).toEqual({});
    for (const [body, text] of [
      ['{', 'not JSON'],
      ['[]', 'has to be an object'],
      ['{"name": 1}', 'has the texts "name" and "more"'],
    ] as const)
      expect(() => readBody(body)).toThrow(text);
  });
});

test('a parameter and the name of the server are checked', () => {
  const query = (name: QuestionName, text: string) => () => readQuery(name, new URLSearchParams(text));
  expect(query('logs', 'since=-1')).toThrow('since: expected milliseconds since 1970, 0 or more');
  expect(query('logs', 'since=5')()).toEqual({ since: 5 });
  expect(query('columns', 'since=-1&until=x')).toThrow('until: expected a number');
  const host = (name: string, port: number) => () =>
    checkHost({ headers: { host: name } } as unknown as IncomingMessage, port);
  expect(host('localhost', 80)).not.toThrow();
  expect(host('localhost', 8080)).toThrow('this server is at http://127.0.0.1:8080/ only');
});

test('columns of numbers and texts grow', () => {
  const [numbers, texts] = [new Numbers(), new TextTable()];
  for (let i = 0; i < 3000; i++) numbers.push(i * 2);
  expect([numbers.length, numbers.at(0), numbers.at(1024), numbers.at(2999)]).toEqual([3000, 0, 2048, 5998]);
  expect([undefined, 'a', 'b', 'a'].map((text) => texts.add(text))).toEqual([-1, 0, 1, 0]);
});

describe('the runs of a history', () => {
  test('a run shows when it begins and ends, also when its beginning is not known', () => {
    const lines = new RunLines();
    const take = (line: object, wanted = true) => lines.take(line as HistoryLine, wanted);
    expect(take(claim('run-1', 1, { event: { name: 'E' } }))).toMatchObject({ run: { run: 'run-1' }, event: 'E' });
    expect(take(task('run-1', 2, 'success'))).toBeUndefined();
    const { run, event } = take(ended('run-1', 3, 'success'))!;
    expect([run.outcome, run.tasks.map((one) => one.task), event]).toEqual(['success', ['T'], 'E']);
    expect(take(claim('run-2', 4), false)).toBeUndefined();
    expect(take(ended('run-2', 5, 'failure'), false)).toBeUndefined();
    const late = take(ended('run-0', 6, 'failure'))!;
    expect([late.run.outcome, late.run.tasks, late.event]).toEqual(['failure', [], undefined]);
  });

  test('are found by their names, with what they wrote', async () => {
    const nothing = new HistoryReader(join(directory, 'none'));
    expect(recentRuns(nothing, {}, false)).toEqual({ entries: [], more: false });
    const outputs = { stdout: 'out', stderr: 'err', log: 'line' };
    const other = { ...claim('run-2', 7), session: 'other' };
    const read = [start, claim('run-2', 1), task('run-2', 2, 'success', outputs), ended('run-2', 3, 'success'), other];
    const reader = new HistoryReader(write(...read, claim('run-3', 8)));
    expect(runOutput(reader, { session: 's', run: 'run-2' }, false)).toEqual({
      outputs: [{ task: 'T', ...outputs }],
    });
    expect(() => runOutput(reader, { session: 's', run: 'run-9' }, false)).toThrow(
      'the history has no run run-9 of this instance',
    );
    const found = (query: object) => {
      const { entries, more } = recentRuns(reader, query, false);
      return [entries.flatMap((entry) => ('run' in entry ? [entry.run] : [])), more];
    };
    expect(found({ count: 1 })[1]).toBe(true);
    expect(found({ item: 'task/T' })[0]).toEqual(['run-2']);
    expect(found({ item: 'condition/None' })).toEqual([[], false]);
    await expect(whyAt(reader, { condition: 'C', at: 'some day' })).rejects.toThrow(/some day/);
    await expect(whyAt(reader, { condition: 'condition/None', at: at(1) })).rejects.toThrow(/None/);
  });
});

describe('the calendar', () => {
  const range = { since: START, until: START + 3 * HOUR };

  test('counts what ran and was missed by the hour', async () => {
    const missed = { ...common('', 70), kind: 'missed', why: 'late', count: 3, first: at(65), last: at(70) };
    const runs = [
      ...[claim('run-1', 1), ended('run-1', 2, 'success'), claim('run-2', 3), ended('run-2', 4, 'failure')],
      ...[claim('run-3', 5), ended('run-3', 6, 'none'), claim('run-4', 7), ended('run-4', 8, 'cancelled')],
    ];
    const index = new HistoryIndex(write(start, ...runs, missed, claim('run-5', 130)));
    await index.update();
    const none = { hour: START, condition: 'C', succeeded: 0, failed: 0, missed: 0, coming: 0 };
    expect(await calendarOf(range, index, true, { config: undefined, directory })).toEqual({
      cells: [
        { ...none, succeeded: 2, failed: 1 },
        { ...none, hour: START + HOUR, missed: 3 },
      ],
      comingUntil: range.until,
    });
    await expect(
      calendarOf({ since: 0, until: 63 * 24 * HOUR }, index, true, { config: undefined, directory }),
    ).rejects.toThrow('a calendar has at most 62 days');
  });

  test('counts what is coming, which a pause holds up', async () => {
    const config = await load(
      '[[task]]\nname = "T"\ntype = "internal"\ncommand = "pause"\n[[condition]]\nname = "C"\ntype = "time"\ntasks = ["T"]\nrecurring = true\ntime_specifications = [{ minute = 30 }]\n',
    );
    const since = Math.ceil(Date.now() / HOUR) * HOUR;
    const coming = { from: since, to: since + 2 * HOUR };
    const found = (given: object, names = ['C']) =>
      comingFirings({ config, directory: undefined, ...given }, coming, names, 10).map((one) => one.at - since);
    expect(found({})).toEqual([HOUR / 2, (3 * HOUR) / 2]);
    expect([found({ config: undefined }), found({}, ['D'])]).toEqual([[], []]);
    const paused = {
      kind: 'pause',
      time: at(1),
      session: 's',
      cause: 'c',
      paused: true,
      until: new Date(since + HOUR).toISOString(),
    };
    write(start, paused);
    expect(found({ directory })).toEqual([(3 * HOUR) / 2]);
    const query = { since: since - HOUR, until: since + 2 * HOUR };
    const calendar = await calendarOf(query, undefined, false, { config, directory });
    expect(calendar.cells.filter(({ hour }) => hour >= since).map((cell) => cell.coming)).toEqual([1]);
  });
});

describe('the answers while no instance runs', () => {
  const appOf = (file?: string) => {
    vi.stubEnv('XDG_STATE_HOME', directory);
    return new WebApp({ file, socket: join(directory, 'none.sock'), readOnly: false });
  };

  test('without a file and a history there is nothing, and the answers say so', async () => {
    const app = appOf();
    try {
      expect(await app.answer('runs', {})).toEqual({ entries: [], more: false });
      expect((await app.answer('columns', { since: 0, until: 1 })).run).toEqual([]);
      expect((await app.answer('overview', {})).config).toBeNull();
      expect(await app.answer('file', {})).toMatchObject({ problem: expect.stringContaining('no configuration') });
      await expect(app.answer('output', { session: 's', run: 'r' })).rejects.toThrow('there is no history yet');
      await expect(app.answer('item', { key: 'group/x' })).rejects.toThrow('key: expected condition/NAME');
      await expect(app.act('pause', {})).rejects.toThrow(/no instance|not running/i);
    } finally {
      app.close();
    }
  });

  test('a file is read, with its items and what is coming', async () => {
    const file = join(directory, 'my.toml');
    const condition = '[[condition]]\nname = "C"\ntype = "bucket"\ntasks = []\n';
    const events = ['A', 'B'].map(
      (name) =>
        `[[event]]\nname = "${name}"\ntype = "${name === 'A' ? 'cli' : 'fschange'}"\ncondition = "C"\n${name === 'A' ? '' : 'watch = ["/"]\n'}`,
    );
    writeFileSync(file, condition + events.join(''));
    const app = appOf(file);
    try {
      expect((await app.answer('overview', {})).events).toEqual(['A']);
      const item = await app.answer('item', { key: 'event/B' });
      expect([item.report, item.source?.line, item.coming]).toEqual([null, 9, []]);
      expect((await app.answer('item', { key: 'condition/C' })).source?.text).toBe(condition.trimEnd());
      expect((await app.answer('coming', { until: Date.now() + HOUR })).firings).toEqual([]);
    } finally {
      app.close();
    }
    writeFileSync(file, 'x = ');
    const broken = appOf(file);
    try {
      expect((await broken.answer('overview', {})).events).toEqual([]);
    } finally {
      broken.close();
    }
  });
});

import { describe, expect, test } from 'vitest';
import type { BugReport } from '../../src/control/bug-report.ts';
import { answerQuery, type QuerySource } from '../../src/control/queries.ts';
import { recordingSource } from '../../src/control/recording-source.ts';
import type { RequestOf } from '../../src/control/request.ts';
import type { StatusReport } from '../../src/control/status.ts';
import type { EventFact, Fact } from '../../src/journal/fact.ts';
import { decodeRecording } from '../../src/journal/recording-decoder.ts';
import { json } from '../../src/log/format.ts';
import type { LogRecord } from '../../src/log/record.ts';
import { daemon } from '../support/daemon.ts';
import { bucket, interval, TICK, task } from '../support/items.ts';
import { requestHandler } from '../support/request-handler.ts';

const HEAD = { journal: 2, version: '2.0.0', session: 's', started: 0, pid: 7, part: 1 } as const;
const TOML = `${TICK}${task('T')}${interval('C', 5)}`;

/** The facts of half a minute in which these lines are given after 12 s. */
const facts = async (...lines: readonly string[]): Promise<Fact[]> => {
  const all: Fact[] = [];
  const one = await daemon(TOML, { level: 'trace', listener: (fact) => all.push(fact) });
  await one.advance(12);
  for (const line of lines) await one.submit(line);
  await one.advance(18);
  return all;
};
const stateOf = (all: readonly Fact[]) =>
  recordingSource({ head: HEAD, facts: all, cut: false, bad: [] }, 'rec').status([])?.state;

describe('the status of a recording', () => {
  test.each([
    [[], 'running'],
    [['pause'], 'paused'],
    [['pause', 'resume'], 'running'],
    [['pause', 'pause'], 'paused'],
    [['exit'], 'ended'],
  ])('after %j is "%s"', async (lines, state) => {
    expect(stateOf(await facts(...lines))).toBe(state);
  });

  test.each([
    [
      { action: 'start', file: 'a.toml', tickSeconds: 5, paused: true },
      { state: 'paused', config: 'a.toml' },
    ],
    [
      { action: 'reload', result: 'loaded', file: 'b.toml' },
      { state: 'running', config: 'b.toml' },
    ],
    [
      { action: 'reload', result: 'refused', file: 'b.toml' },
      { state: 'running', config: 'test.toml' },
    ],
    [{ action: 'resume' }, { state: 'running' }],
    [{ action: 'command', line: 'pause', answer: 'refused' }, { state: 'running' }],
    [{ action: 'command', line: 'trigger Go', answer: 'done' }, { state: 'running' }],
    [{ action: 'signal', signal: 'SIGHUP' }, { state: 'running' }],
    [{ action: 'signal', signal: 'SIGTERM' }, { state: 'ending' }],
    [{ action: 'of a later version' }, { state: 'running', config: 'test.toml', tickSeconds: 5 }],
  ])('after the event %j of the scheduler is %j', async (message, expected) => {
    const all = await facts();
    const last = all.at(-1)!;
    const event: EventFact = {
      ...{ kind: 'event', seq: last.seq + 1, time: last.time, mono: last.mono, run: null, cause: 'tick-1' },
      ...{ item: null, topics: ['scheduler'], message },
    };
    const source = recordingSource({ head: HEAD, facts: [...all, event], cut: false, bad: [] }, 'rec');
    expect(source.status([])).toMatchObject(expected);
  });

  test('begins before its facts if the clock has been set back since its start', async () => {
    const all = await facts();
    const [first, last] = [all[0]!, all.at(-1)!];
    const head = { ...HEAD, started: last.time + 60_000 };
    const source = recordingSource({ head, facts: all, cut: false, bad: [] }, 'rec');
    expect(source.status([])?.started).toBe(last.time - (last.mono - first.mono));
  });

  test('is "ending" as long as the end has not come', async () => {
    const all = await facts('exit');
    const end = all.findIndex((fact) => fact.kind === 'event' && JSON.stringify(fact.message).includes('"end"'));
    expect(stateOf(all.slice(0, end))).toBe('ending');
  });

  test('of which only the beginning was written is as of that', () => {
    const report = recordingSource({ head: { ...HEAD, started: 5000 }, facts: [], cut: false, bad: [] }, 'rec').status(
      [],
    );
    expect(report).toMatchObject({ state: 'running', started: 5000, now: 5000, conditions: [] });
  });

  test.each([
    null,
    'faked',
    { action: 'end' },
    { action: 'start', file: '/faked', tickSeconds: 'x', paused: true },
    { action: 'command', line: 'pause', answer: 'done' },
  ])('does not believe a script that tells %j under the topic of the scheduler', async (message) => {
    const all = await facts();
    const last = all.at(-1)!;
    const told: EventFact = {
      ...{ kind: 'event', seq: last.seq + 1, time: last.time, mono: last.mono, run: 'run-1', cause: 'tick-1' },
      ...{ item: 'task/T', topics: ['scheduler', 'lua', 'task/T'], message },
    };
    const source = recordingSource({ head: HEAD, facts: [...all, told], cut: false, bad: [] }, 'rec');
    expect(source.status([])).toMatchObject({ state: 'running', config: 'test.toml', tickSeconds: 5 });
  });
});

test('A recording, a dump and the running instance have one word for how a condition stands.', async () => {
  const toml = `${TICK}${task('T')}${interval('Soon', 60)}${interval('Off', 60, 'suspended = true')}${interval('Bare', 60, '', '[]')}${bucket('Asked')}${interval('Busy', 5)}`;
  const all: Fact[] = [];
  const { daemon, ask } = await requestHandler(toml, {
    processes: { T: [{ seconds: 30 }] },
    listener: (fact) => all.push(fact),
  });
  await daemon.advance(12);
  const words = (report: StatusReport | undefined) =>
    Object.fromEntries(report!.conditions.map(({ name, group }) => [name, group]));
  const expected = { Busy: 'running', Soon: 'waiting', Asked: 'waiting', Off: 'suspended', Bare: 'no-tasks' };
  expect(words(await ask<StatusReport>({ request: 'status' }))).toEqual(expected);
  expect(words((await ask<BugReport>({ request: 'dump' })).status)).toEqual(expected);
  expect(words(recordingSource({ head: HEAD, facts: all, cut: false, bad: [] }, 'rec').status([]))).toEqual(expected);
});

test('Names that may be meant are those of the topics, or of the items, of a recording.', async () => {
  const source = recordingSource({ head: HEAD, facts: await facts(), cut: false, bad: [] }, 'rec');
  const near = (word: string, among: RequestOf<'near'>['among']) =>
    answerQuery(source, { request: 'near', word, among });
  expect(near('scheduler', 'topic')).toMatchObject({ known: true, hint: '', elsewhere: [] });
  expect(near('schedular', 'topic')).toMatchObject({
    ...{ known: false, elsewhere: [], hint: expect.stringContaining('scheduler') },
  });
  expect(near('condition/C', 'item')).toMatchObject({ known: true, hint: '' });
  expect(near('task/C', 'item')).toMatchObject({ known: false, elsewhere: ['condition/C'] });
  expect(near('T', 'condition')).toMatchObject({ known: false, elsewhere: ['task/T'], names: ['C'] });
});

test('What a recording cannot answer is refused with what can: its status is missing, or an instance is needed.', () => {
  const source = recordingSource({ head: HEAD, facts: [], cut: false, bad: [] }, 'rec');
  const without: QuerySource = { journal: source.journal, status: () => undefined };
  expect(() => answerQuery(without, { request: 'status' })).toThrow(
    'the file has no status of conditions: see "story"',
  );
  expect(() => answerQuery(source, { request: 'ctl', line: 'pause' })).toThrow('ctl needs a running instance');
});

describe('the story of a recording', () => {
  test('is found by every cause and every run, also by those that are only counted', async () => {
    const all = await facts();
    const { journal } = recordingSource({ head: HEAD, facts: all, cut: false, bad: [] }, 'rec');
    const ran = all.flatMap((fact) =>
      fact.kind === 'transition' && fact.key === 'condition/C' && fact.finish === 'running' ? [fact] : [],
    );
    expect(ran.length).toBeGreaterThan(3);
    const told = ['running', 'running', 'succeeded', 'waiting'];
    for (const { cause, run } of ran) {
      expect(journal.story(cause!).map(({ finish, count }) => [finish, count])).toEqual(told.map((one) => [one, 1]));
      expect(journal.story(run!)).toEqual(journal.story(cause!));
    }
    const [, counted] = journal.story('condition/C');
    expect(counted).toMatchObject({ finish: 'running', count: ran.length });
    expect(journal.story('tick-999')).toEqual([]);
  });
});

describe('the status of a plain log', () => {
  const context = (action: string) => ({ emitter: 'MAIN', action, item: null, itemId: null });
  const log = (...records: readonly Pick<LogRecord, 'mark' | 'context'>[]) =>
    recordingSource(
      decodeRecording(records.map((record) => json({ time: 0, level: 'trace', message: '', ...record })).join('')),
      'log',
    ).status([])?.state;
  const start = { mark: 'START/MSG', context: context('starting') } as const;

  test('tells of pauses and of the end', () => {
    expect(log(start)).toBe('running');
    expect(log(start, { mark: 'PAUSE/YES', context: context('command') })).toBe('paused');
    expect(
      log(start, { mark: 'PAUSE/YES', context: context('command') }, { mark: 'PAUSE/NO', context: context('command') }),
    ).toBe('running');
    expect(log(start, { mark: 'END/OK', context: context('exit') })).toBe('ended');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ANSWERS } from '../../src/control/queries.ts';
import { recordingSource } from '../../src/control/recording-source.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { decodeRecording, RecordingDecoder } from '../../src/journal/recording-decoder.ts';
import { verify } from '../../src/journal/verify.ts';

/** What a program wrote that had the first format: several kinds of conditions at trace, to its end. */
const text = gunzipSync(readFileSync(join(import.meta.dirname, 'recording-v1.gz'))).toString();
const lines = text.split('\n');
const recording = decodeRecording(text);

describe('a recording of the first format', () => {
  test('is read whole: no line is bad, no fact is missing, and it is sound.', () => {
    expect(recording).toMatchObject({ head: { journal: 1, version: '2.0.0' }, cut: false, bad: [] });
    expect(verify(recording)).toEqual({
      ...{ facts: 435, first: 1, last: 435, runs: 8, taskRuns: 8 },
      ...{ open: [], cut: false, ended: true, problems: [] },
    });
    const logs = recording.facts.filter((fact) => fact.kind === 'log');
    expect(logs.slice(0, 2).map(({ level, mark, message }) => [level, mark, message])).toEqual([
      ['info', 'START/MSG', 'whenever 2.0.0'],
      ['debug', 'INIT/MSG', 'task of type command created'],
    ]);
    expect(logs.at(-1)).toMatchObject({
      context: { emitter: 'MAIN', action: 'command', item: null, itemId: null },
      message: 'end of input: no more commands, the scheduler goes on',
    });
  });

  test('has the names that states have now.', () => {
    const { journal, status } = recordingSource(recording, 'v1');
    const states = Object.fromEntries(
      [...journal.states].filter(([key]) => key.startsWith('condition/')).map(([key, state]) => [key, state]),
    );
    expect(states).toEqual({
      ...{ 'condition/Often': 'waiting', 'condition/Once': 'exhausted', 'condition/Off': 'suspended' },
      ...{ 'condition/Bare': 'no-tasks', 'condition/Shares': 'finished', 'condition/Probe': 'finished' },
      'condition/Bucket': 'finished',
    });
    expect(status([])?.conditions.map(({ why }) => why)).toContain(
      'task Bad failed: exit code 3 is not the success status 0; no retries left',
    );
    expect(journal.story('Once').map(({ start, finish, cause }) => [start, finish, cause])).toEqual([
      ['new', 'waiting', 'start-1'],
      ['waiting', 'running', 'tick-1'],
      ['running', 'retrying', 'tick-1'],
      ['retrying', 'running', 'tick-2'],
      ['running', 'exhausted', 'tick-2'],
    ]);
    const skipped = recording.facts.flatMap((fact) =>
      fact.kind === 'span' && fact.category === 'skipped' ? [(fact.timeline as { reason: string }).reason] : [],
    );
    expect(skipped).toEqual(expect.arrayContaining(['finished', 'exhausted', 'no-tasks', 'suspended']));
    expect(skipped).not.toContain('given-up');
    const queued: Fact = {
      ...{ kind: 'transition', seq: 436, time: 1, mono: 1, item: 'condition/Often', run: null, cause: 'tick-9' },
      ...{ key: 'condition/Often', start: 'busy', finish: 'idle', why: 'x' },
    };
    expect(decodeRecording(`${lines[0]}\n${JSON.stringify(queued)}\n`).facts).toEqual([
      { ...queued, start: 'queued', finish: 'no-tasks' },
    ]);
  });

  test('is explained as one of today: commands on a condition, and its events.', () => {
    const facts = [
      { key: 'condition/B', start: 'waiting', finish: 'waiting', why: 'reset by a command; no event has come' },
      { key: 'event/E', start: 'listening', finish: 'fired', why: 'condition B is pending' },
      { key: 'event/E', start: 'fired', finish: 'dropped', why: 'condition C is suspended' },
    ].map((more, i) => ({
      kind: 'transition',
      seq: i + 1,
      time: i,
      mono: i,
      item: more.key,
      run: null,
      cause: 'x',
      ...more,
    }));
    const { journal } = recordingSource(
      decodeRecording([lines[0], ...facts.map((fact) => JSON.stringify(fact))].join('\n')),
      'v1',
    );
    expect(
      ANSWERS.explain({ journal, status: () => undefined }, { request: 'explain', condition: 'B' }).chapters,
    ).toMatchObject([
      { key: 'event/E', finish: 'fired', concerns: 'condition/B' },
      { key: 'condition/B', code: 'command' },
    ]);
  });

  test('Facts that are not wanted are not read, but the last one is.', () => {
    const facts: Fact[] = [];
    const decoder = new RecordingDecoder((fact) => facts.push(fact), ['span']);
    for (const [i, line] of lines.entries()) decoder.line(line, i + 1);
    decoder.end();
    expect(facts.slice(0, -1).every(({ kind }) => kind === 'span')).toBe(true);
    expect(facts.at(-1)).toMatchObject({ kind: 'log', seq: 435 });
  });

  test('Records that refer to a line that is not there say so, and no fault is invented.', () => {
    const numbers = (some: readonly string[]) => decodeRecording(some.join('\n')).facts.map(({ seq }) => seq);
    let unknown = 0;
    for (let first = 1; first < lines.length - 4; first += 3)
      for (const count of [1, 4, 16]) {
        const read = decodeRecording(lines.toSpliced(first, count).join('\n'));
        expect(read.bad).toEqual([]);
        unknown += read.facts.filter((fact) => fact.kind === 'log' && /is not there/.test(fact.message)).length;
        const [from, to] = [numbers(lines.slice(0, first)).length, numbers(lines.slice(0, first + count)).length];
        expect(read.facts.map(({ seq }) => seq)).toEqual(
          recording.facts.map(({ seq }) => seq).toSpliced(from, to - from),
        );
        for (const problem of verify(read).problems) expect(problem).toMatch(/^facts? [\d to]+ (is|are) missing$/);
      }
    expect(unknown).toBeGreaterThan(0);
  });

  test('A line that is damaged costs its own facts.', () => {
    const at = lines.findIndex((line) => line.includes('"records"'));
    const read = decodeRecording(lines.with(at, 'damaged').join('\n'));
    expect(read.bad).toEqual([at + 1]);
    const right = new Map(recording.facts.map((fact) => [fact.seq, fact]));
    for (const fact of read.facts)
      if (fact.kind !== 'log' || !/is not there/.test(fact.message)) expect(fact).toEqual(right.get(fact.seq));
  });

  const envelope = { kind: 'log', seq: 7, time: 1, mono: 1, run: null, cause: null, told: 0 };
  const one = (records: unknown) => decodeRecording(`${lines[0]}\n${JSON.stringify({ ...envelope, records })}\n`);

  test('Lines that are not records, and counts and numbers without sense, are named by their number.', () => {
    for (const records of [undefined, 1, [], [['info', 'PROC/MSG', {}, 'x']], [1], [[0], 1e9], [[0], -1], [[0], 1.5]])
      expect(one(records), JSON.stringify(records)).toMatchObject({ facts: [], bad: [2] });
    for (const records of [[['x'], 1], [0], ['words']])
      expect(one(records), JSON.stringify(records)).toMatchObject({ facts: [], bad: [2] });
  });

  test('What another part of it has in full is not known.', () => {
    const context = { emitter: 'MAIN', action: 'active', item: null, item_id: null };
    const line = (seq: number, records: unknown) => JSON.stringify({ ...envelope, seq, records });
    const full = line(1, [[0], [['info', 'PROC/MSG', context, 1], 'hello'], [0], 1, 'other', 0]);
    expect(decodeRecording([lines[0], full, lines[0], line(5, [[0], 1]), ''].join('\n'))).toMatchObject({
      facts: [
        ...['hello', 'hello'].map((message, i) => ({ seq: i + 1, message })),
        ...['other', 'other'].map((message, i) => ({ seq: i + 3, message })),
        { seq: 5, message: '(this record refers to a line that is not there)' },
      ],
      bad: [],
    });
  });
});

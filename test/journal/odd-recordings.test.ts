import { describe, expect, test } from 'vitest';
import { decodeRecording, joinParts } from '../../src/journal/recording-decoder.ts';
import { factsOfLogs } from '../../src/renderings/show-logs.ts';

const head = (journal: number) =>
  JSON.stringify({ journal, version: '2.0.0', session: 's', started: 0, pid: 7, part: 1 });
const read = (version: number, ...lines: readonly unknown[]) =>
  decodeRecording([head(version), ...lines.map((line) => JSON.stringify(line)), ''].join('\n'));

describe('of a recording, what is not its own is left out, and the lines before and after it count', () => {
  const event = { kind: 'event', seq: 1, time: 0, mono: 0, item: null, run: null, cause: 'start-1' };
  const fact = { ...event, topics: ['mine'], message: 1 };
  const record = { header: { application: 'whenever', level: 'INFO', time: '2026-03-28T12:00:00.000' }, contents: {} };

  test.each<readonly [string, unknown, readonly number[]]>([
    ['null', null, [3]],
    ['a number', 5, [3]],
    ['a table of something else', { a: 1 }, [3]],
    ['a kind of fact of a later version', { ...fact, kind: 'later' }, [3]],
    ['a record of the log, which other programs can add', record, []],
  ])('%s', (_, odd, bad) => {
    const found = read(2, fact, odd, { ...fact, seq: 2 });
    expect(found.facts.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(found.bad).toEqual(bad);
  });
});

describe('of a line of records of the first format, those before the first that is wrong are read', () => {
  const line = { kind: 'log', seq: 1, time: 0, mono: 0, run: null, cause: 'start-1', told: 1 };
  const who = { emitter: 'MAIN', action: 'starting', item: null, item_id: null };
  const good = [['info', 'START/MSG', who, 1], 'first'];

  test.each<readonly [string, unknown]>([
    ['a level that is none', [['loud', 'START/MSG', who, 2], 'x']],
    ['a mark that is not a text', [['info', 5, who, 2], 'x']],
    ['no context', [['info', 'START/MSG', null, 2], 'x']],
    ['a context without an emitter', [['info', 'START/MSG', { action: 'starting' }, 2], 'x']],
    ['a message that is not a text', [['info', 'START/MSG', who, 2], 5]],
    ['a repetition of nothing', 'x'],
  ])('%s', (_, odd) => {
    const { facts, bad } = read(1, { ...line, records: [good, odd, good] });
    expect(facts.map((fact) => fact.kind === 'log' && fact.message)).toEqual(['first']);
    expect(bad).toEqual([]);
    expect(read(1, { ...line, records: [odd] }).bad).toEqual([2]);
  });

  test('and so are all of a line that has no number, and of a source that has none', () => {
    const bare = [['info', 'START/MSG', who], 'bare'];
    const { facts } = read(1, { ...line, told: null, records: [bare, good] });
    expect(facts.map((fact) => fact.kind === 'log' && fact.message)).toEqual(['bare', 'first']);
  });
});

test('no parts are a recording of nothing, and no columns have no events', () => {
  expect(joinParts([])).toEqual({ head: undefined, facts: [], cut: false, bad: [] });
  expect(factsOfLogs({})).toEqual([]);
  expect(factsOfLogs({ core: [null, undefined] } as never)).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { readEventLines } from '../../src/items/common/command.ts';
import { daemon } from '../support/daemon.ts';
import { interval, TICK, task } from '../support/items.ts';
import { Records } from '../support/records.ts';

const TOML = `${TICK}${task('T')}${interval('C', 5)}`;

/** The topics and records of a program that writes these lines. */
const afterTask = async (...lines: readonly string[]) => {
  const one = await daemon(TOML, {
    processes: {
      T: (_, { events }) => {
        for (const line of lines) events?.line(line);
        return {};
      },
    },
  });
  await one.advance(7);
  const records = one.records.all.filter(({ level }) => level === 'warn').map(({ message }) => message);
  return { one, records };
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

import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log/log.ts';
import { LEVELS, type LogRecord, SEVERITY } from '../../src/log/record.ts';

describe('a log at a level', () => {
  for (const level of LEVELS)
    test(`at ${level} records below it are neither made nor written`, () => {
      const written: LogRecord[] = [];
      const log = createLog(
        level,
        () => 7,
        (record) => written.push(record),
      );
      const logger = log.for('MAIN', 'command');
      let made = 0;
      for (const one of LEVELS)
        logger[one]('PROC/MSG', () => {
          made += 1;
          return one;
        });
      const expected = LEVELS.filter((one) => SEVERITY[one] >= SEVERITY[level]);
      expect(written.map((record) => record.level)).toEqual(expected);
      expect(made).toBe(expected.length);
      for (const one of LEVELS) {
        expect(log.wants(one)).toBe(expected.includes(one));
        expect(logger.wants(one)).toBe(expected.includes(one));
      }
    });

  test('a record has the time of the clock and the context of its logger', () => {
    const written: LogRecord[] = [];
    const log = createLog(
      'trace',
      () => 1234.5,
      (record) => written.push(record),
    );
    log.for('TASK', 'active', 'A', 3).info('END/OK', 'done');
    log.for('TASK', 'new', 'A').info('INIT/MSG', 'made');
    log.for('MAIN', 'exit').info('END/OK', 'ended');
    expect(written).toEqual([
      {
        time: 1234.5,
        level: 'info',
        context: { emitter: 'TASK', action: 'active', item: 'A', itemId: 3 },
        mark: 'END/OK',
        message: 'done',
        origin: undefined,
        seq: 0,
      },
      {
        time: 1234.5,
        level: 'info',
        context: { emitter: 'TASK', action: 'new', item: 'A', itemId: 0 },
        mark: 'INIT/MSG',
        message: 'made',
        origin: undefined,
        seq: 0,
      },
      {
        time: 1234.5,
        level: 'info',
        context: { emitter: 'MAIN', action: 'exit', item: null, itemId: null },
        mark: 'END/OK',
        message: 'ended',
        origin: undefined,
        seq: 0,
      },
    ]);
  });
});

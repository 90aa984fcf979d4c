import { afterEach, describe, expect, test } from 'vitest';
import { createLog } from '../../src/log/log.ts';
import { patternFormat } from '../../src/log/pattern.ts';
import { LEVELS, type LogRecord, SEVERITY } from '../../src/log/record.ts';
import { timeFormatter } from '../../src/log/time-format.ts';

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

describe('the time of a record', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  const at = Date.UTC(2026, 0, 15, 12);

  test.each([
    ['America/New_York', '-0500'],
    ['Asia/Kathmandu', '+0545'],
    ['UTC', '+0000'],
  ])('in %s has the offset %s, and none in UTC, which is called GMT', (name, offset) => {
    process.env.TZ = name;
    expect(timeFormatter('%z')(at)).toBe(offset);
    expect(timeFormatter('!%H:%M %z %Z')(at)).toBe('12:00 +0000 GMT');
  });

  test('has no conversion that is unknown, and a pattern no placeholder that is', () => {
    expect(() => timeFormatter('%H %Q')).toThrow('the conversion %Q is unknown');
    expect(() => patternFormat('{message', undefined, {} as never)).toThrow('the pattern has a wrong placeholder');
  });
});

import { describe, expect, test } from 'vitest';
import { colour, json, plain } from '../../src/log/format.ts';
import type { Level, LogRecord } from '../../src/log/record.ts';
import { timestamp } from '../../src/log/timestamp.ts';

const record = (more: Partial<LogRecord> = {}): LogRecord => ({
  time: Date.UTC(2026, 2, 31, 11, 38, 45, 986),
  level: 'warn',
  context: { emitter: 'TASK', action: 'exec_lua', item: 'TRACE', itemId: 1 },
  mark: 'PROC/MSG',
  message: '(trigger: Periodic_15s) (Lua) hello',
  ...more,
});
const scheduler = { emitter: 'MAIN', action: 'scheduler_tick', item: null, itemId: null };
const ESC = '\u001b';

describe('the plain layout', () => {
  test('time, application, level, emitter and action with the item, mark, message', () => {
    expect(plain(record())).toBe(
      '[2026-03-31T11:38:45.986] (whenever) WARN  TASK exec_lua TRACE/1: [PROC/MSG] (trigger: Periodic_15s) (Lua) hello\n',
    );
  });

  test('the action active is left out', () => {
    const context = { emitter: 'CONDITION', action: 'active', item: 'Cond_INTERVAL', itemId: 6 };
    expect(plain(record({ level: 'info', context, mark: 'END/OK', message: 'x' }))).toBe(
      '[2026-03-31T11:38:45.986] (whenever) INFO  CONDITION Cond_INTERVAL/6: [END/OK] x\n',
    );
  });

  test('without an item there is no number', () => {
    expect(plain(record({ level: 'trace', context: scheduler, mark: 'BUSY/NO', message: 'x' }))).toBe(
      '[2026-03-31T11:38:45.986] (whenever) TRACE MAIN scheduler_tick: [BUSY/NO] x\n',
    );
  });

  const padded: readonly (readonly [Level, string])[] = [
    ['trace', 'TRACE '],
    ['debug', 'DEBUG '],
    ['info', 'INFO  '],
    ['warn', 'WARN  '],
    ['error', 'ERROR '],
  ];
  for (const [level, word] of padded)
    test(`the level ${level} is padded to five characters and a blank`, () => {
      expect(plain(record({ level }))).toContain(`(whenever) ${word}TASK`);
    });

  test('an item that is not registered yet has the number 0', () => {
    const context = { emitter: 'COMMAND_TASK', action: 'new', item: 'A', itemId: 0 };
    expect(plain(record({ context }))).toContain(' COMMAND_TASK new A/0: [');
  });

  test('line ends and other control characters are written as escapes', () => {
    const message = 'a\nb\r\nc\td\u001b[31me\u0000f\u007f';
    expect(plain(record({ message }))).toMatch(/a\\nb\\r\\nc\\td\\x1b\[31me\\x00f\\x7f\n$/);
  });

  test('other characters stay as they are', () => {
    expect(plain(record({ message: 'Grün "x" \\n 😀 – ' }))).toMatch(/\] Grün "x" \\n 😀 – \n$/);
  });
});

describe('the colour layout', () => {
  const colours: readonly (readonly [Level, string])[] = [
    ['error', `${ESC}[38;5;196mERROR${ESC}[0m`],
    ['warn', `${ESC}[38;5;208mWARN ${ESC}[0m`],
    ['info', 'INFO '],
    ['debug', `${ESC}[38;5;27mDEBUG${ESC}[0m`],
    ['trace', `${ESC}[38;5;8mTRACE${ESC}[0m`],
  ];
  for (const [level, word] of colours)
    test(`${level}: the time as it is, the application faint, the level in its colour, the rest bold`, () => {
      expect(colour(record({ level, message: 'x' }))).toBe(
        `[2026-03-31T11:38:45.986] ${ESC}[2m(whenever)${ESC}[0m ${word} ${ESC}[1mTASK exec_lua TRACE/1: [PROC/MSG] x${ESC}[0m\n`,
      );
    });

  test('without its colours it is the plain line', () => {
    for (const [level] of colours) {
      const line = colour(record({ level, message: 'a\nb' }));
      expect(line.replaceAll(new RegExp(`${ESC}\\[[\\d;]*m`, 'g'), '')).toBe(plain(record({ level, message: 'a\nb' })));
    }
  });
});

describe('the JSON layout', () => {
  test('one object a line, without blanks, with the keys in their order', () => {
    expect(json(record({ level: 'trace', context: scheduler, mark: 'PROC/MSG', message: '…' }))).toBe(
      '{"header":{"application":"whenever","level":"TRACE","time":"2026-03-31T11:38:45.986000"},"contents":{"context":{"action":"scheduler_tick","emitter":"MAIN","item":null,"item_id":null},"message":"…","message_type":{"status":"MSG","when":"PROC"}}}\n',
    );
  });

  test('the level is not padded, and the action active is there', () => {
    const context = { emitter: 'TASK', action: 'active', item: 'A', itemId: 7 };
    const line = json(record({ level: 'info', context, mark: 'HIST/START', message: 'OK/trigger:C starting task' }));
    expect(line).toContain('"level":"INFO"');
    expect(line).toContain('"context":{"action":"active","emitter":"TASK","item":"A","item_id":7}');
    expect(line).toContain('"message_type":{"status":"START","when":"HIST"}');
  });

  test('whatever a message holds, the line is one line and gives it back', () => {
    for (const message of ['a\nb', '"\\"', '\u2028\u2029', '\u0000\u001b', '\ud800', 'ü😀']) {
      const line = json(record({ message }));
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(JSON.parse(line).contents.message).toBe(message);
    }
  });
});

describe('the time of a record', () => {
  test('is local, with three decimals and no zone', () => {
    expect(timestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('2026-01-02T03:04:05.006');
    expect(timestamp(Date.UTC(2026, 11, 31, 23, 59, 59, 999))).toBe('2026-12-31T23:59:59.999');
  });

  test('fractions of a millisecond are cut off, never rounded into the next second', () => {
    expect(timestamp(Date.UTC(2026, 0, 1) + 999.9)).toBe('2026-01-01T00:00:00.999');
  });

  test('is right in any order of asking', () => {
    const a = Date.UTC(2026, 5, 1, 10, 0, 0, 5);
    expect([a, a + 1000, a, a - 86_400_000].map(timestamp)).toEqual([
      '2026-06-01T10:00:00.005',
      '2026-06-01T10:00:01.005',
      '2026-06-01T10:00:00.005',
      '2026-05-31T10:00:00.005',
    ]);
  });

  test('is right before 1970 and in years of less than four digits', () => {
    expect(timestamp(-1)).toBe('1969-12-31T23:59:59.999');
    const old = new Date(0);
    old.setUTCFullYear(33);
    expect(timestamp(old.getTime())).toBe('0033-01-01T00:00:00.000');
  });

  test('follows the place: in Rome it is two hours later in summer, one in winter', () => {
    const zone = process.env.TZ;
    process.env.TZ = 'Europe/Rome';
    try {
      expect(timestamp(Date.UTC(2026, 6, 1, 12, 0, 1))).toBe('2026-07-01T14:00:01.000');
      expect(timestamp(Date.UTC(2026, 0, 1, 12, 0, 1))).toBe('2026-01-01T13:00:01.000');
      expect(timestamp(Date.UTC(2026, 9, 25, 0, 30))).toBe('2026-10-25T02:30:00.000');
      expect(timestamp(Date.UTC(2026, 9, 25, 1, 30))).toBe('2026-10-25T02:30:00.000');
    } finally {
      process.env.TZ = zone;
    }
  });
});

import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../src/log/rate-limit.ts';
import type { LogRecord, Mark } from '../../src/log/record.ts';

/** A gate of ten seconds on a clock that is moved by hand. */
const gate = () => {
  const said: string[] = [];
  let now = 0;
  let timer: { at: number; act: () => void } | undefined;
  const flood = new RateLimiter(
    10_000,
    (ms, act) => {
      const mine = { at: now + ms, act };
      timer = mine;
      return () => {
        if (timer === mine) timer = undefined;
      };
    },
    ({ message }) => said.push(message),
  );
  const record = (message: string, item = 'A', mark: Mark = 'END/FAIL'): LogRecord => ({
    time: now,
    level: 'warn',
    context: { emitter: 'CONDITION', action: 'active', item, itemId: 1 },
    mark,
    message,
  });
  return {
    said,
    flood,
    say: (message: string, item?: string, mark?: Mark) => flood.write(record(message, item, mark)),
    pass: (ms: number) => {
      const end = now + ms;
      while (timer && timer.at <= end) {
        const { at, act } = timer;
        now = at;
        timer = undefined;
        act();
      }
      now = end;
    },
    waits: () => timer !== undefined,
  };
};

describe('the rate limit of an output', () => {
  test('a flood of equal records is the first, and then how many more there were', () => {
    const { said, say, pass } = gate();
    for (let i = 0; i < 1000; i++) say('it failed');
    expect(said).toEqual(['it failed']);
    pass(10_000);
    expect(said).toEqual(['it failed', '999 more like this within 10 s: it failed']);
  });

  test('after the time the next one is written again', () => {
    const { said, say, pass } = gate();
    say('it failed');
    pass(10_000);
    say('it failed');
    expect(said).toEqual(['it failed', 'it failed']);
  });

  test('records that differ in numbers only are alike', () => {
    const { said, say, pass } = gate();
    say('process 17 ended after 1.5 s');
    say('process 18 ended after 0.25 s');
    pass(10_000);
    expect(said).toEqual([
      'process 17 ended after 1.5 s',
      '1 more like this within 10 s: process 17 ended after 1.5 s',
    ]);
  });

  test('records of another item, or in other words, are not held back', () => {
    const { said, say } = gate();
    say('it failed');
    say('it failed', 'B');
    say('it succeeded');
    expect(said).toHaveLength(3);
  });

  test('records that programs count on are never held back', () => {
    const { said, say } = gate();
    for (const mark of ['HIST/START', 'HIST/END', 'BUSY/YES', 'BUSY/NO', 'PAUSE/YES', 'PAUSE/NO'] as const) {
      say(mark, 'A', mark);
      say(mark, 'A', mark);
    }
    expect(said).toHaveLength(12);
  });

  test('what has been counted is told when the program ends', () => {
    const { said, say, flood, waits } = gate();
    say('it failed');
    say('it failed');
    flood.flush(5000);
    expect(said).toEqual(['it failed', '1 more like this within 10 s: it failed']);
    expect(waits()).toBe(false);
  });

  test('two floods are told each at its time', () => {
    const { said, say, pass } = gate();
    say('one');
    say('one');
    pass(4000);
    say('two');
    say('two');
    pass(6000);
    expect(said.slice(2)).toEqual(['1 more like this within 10 s: one']);
    pass(4000);
    expect(said.slice(3)).toEqual(['1 more like this within 10 s: two']);
  });

  test('a million kinds of records do not pile up', () => {
    const { said, say } = gate();
    const before = process.memoryUsage().heapUsed;
    const letters = (i: number) => i.toString(36).replace(/\d/g, (d) => 'ABCDEFGHIJ'[Number(d)]!);
    for (let i = 0; i < 100_000; i++) say(`kind ${letters(i)}`);
    expect(said).toHaveLength(100_000);
    said.length = 0;
    say(`kind ${letters(99_999)}`);
    expect(said).toHaveLength(0);
    say(`kind ${letters(0)}`);
    expect(said).toEqual([`kind ${letters(0)}`]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 << 20);
  });
});

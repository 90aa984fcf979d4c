import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../src/check/check-text.ts';
import { codeFrame } from '../../src/config/code-frame.ts';
import { readCron } from '../../src/items/common/cron.ts';
import { fakeMachine } from '../support/daemon.ts';

/** The line with the place, and the column of the terminal in which the caret is. */
const caret = (text: string, at: string): readonly [line: string, column: number] => {
  const [line = '', below = ''] = codeFrame(text, { line: 1, column: text.indexOf(at) + 1 }).split('\n');
  return [line, below.indexOf('^')];
};

describe('code frames', () => {
  test('wide characters take two columns before the caret, and combining ones none', () => {
    expect(caret('x = ["日本語", 7]', '7')).toEqual(['1:  x = ["日本語", 7]', 4 + 'x = ["日本語", '.length + 3]);
    expect(caret('x = ["e\u0301", 7]', '7')).toEqual(['1:  x = ["e\u0301", 7]', 4 + 'x = ["e", '.length]);
  });

  test('characters that change the direction of writing are replaced', () => {
    expect(caret('x = ["\u202e\u2066a", 7]', '7')).toEqual(['1:  x = ["\ufffd\ufffda", 7]', 4 + 'x = ["  a", '.length]);
  });

  test('of a long line the part around the caret is shown', () => {
    const [line, column] = caret(`x = [${'1, '.repeat(5000)}7, ${'2, '.repeat(5000)}]`, '7');
    expect(line.length).toBeLessThan(210);
    expect(line[column]).toBe('7');
    expect(line).toMatch(/^1: {2}….*…$/);
    expect(caret('x = 7', '7')).toEqual(['1:  x = 7', 8]);
  });

  test('a place behind the end of a line has its caret there', () => {
    expect(codeFrame('a\nbc', { line: 2, column: 4 })).toBe('1:  a\n2:  bc\n       ^');
  });
});

test('a dotted key of twenty thousand parts has its place', async () => {
  const { findings } = await findingsOf('my.toml', `${'a.'.repeat(20_000)}a = 1\n`, fakeMachine);
  expect(findings).toMatchObject([{ id: 'unknown-key', line: 1, column: 1 }]);
}, 3000);

test('that a pattern never occurs is found out once', () => {
  const { fits } = readCron('17 3 30 2 *');
  const begin = Date.parse('2026-01-01T00:00:00Z');
  const took = (calls: number): number => {
    const from = performance.now();
    for (let i = 0; i < calls; i++) expect(fits(begin + i)).toBe(Number.POSITIVE_INFINITY);
    return performance.now() - from;
  };
  expect(fits(begin - 1)).toBe(Number.POSITIVE_INFINITY);
  const first = readCron('18 3 30 2 *').fits;
  const from = performance.now();
  first(begin);
  const once = performance.now() - from;
  expect(took(1000)).toBeLessThan(once * 500);
  expect(readCron('17 3 30 1 *').fits(begin)).toBe(Date.parse('2026-01-30T03:17:00Z'));
});

test('Equal cron patterns that are in use are one, however many others there are.', () => {
  const used = readCron('19 3 * * *');
  const others = Array.from({ length: 1440 }, (_, i) => readCron(`${i % 60} ${Math.floor(i / 60)} 1 1 *`));
  expect(readCron('19 3 * * *')).toBe(used);
  expect(readCron('0 0 1 1 *')).toBe(others[0]);
});

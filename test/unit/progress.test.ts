import { expect, test } from 'vitest';
import { bytesText, countText, Progress } from '../../src/terminal/progress.ts';

/** A terminal with a clock that the test sets. */
const screen = (width = 80) => {
  const state = { now: 5000, text: '' };
  const write = (text: string): void => {
    state.text += text;
  };
  return { state, output: { now: () => state.now, width, write } };
};

test('work of less than a second has no line', () => {
  const { state, output } = screen();
  const progress = new Progress('reading a', countText('lines'), output);
  for (state.now = 5000; state.now < 6000; state.now += 10) progress.at(state.now, 0.5);
  progress.clear();
  expect(state.text).toBe('');
});

test('a line has the share, the rate and the time that is left', () => {
  const { state, output } = screen();
  const progress = new Progress('reading a', countText('lines'), output);
  state.now += 4000;
  progress.at(1000, 0.25);
  expect(state.text).toBe('\rreading a: 25 %, 250 lines/s, 12 s left');
});

test('a share that is not known is left out, and the time of one that says nothing', () => {
  const { state, output } = screen();
  const progress = new Progress('reading -', bytesText, output);
  state.now += 2000;
  progress.at(3 << 20);
  expect(state.text).toBe('\rreading -: 1.5 MiB/s');
  state.now += 2000;
  progress.at(4 << 20, 0.001);
  expect(state.text).toBe('\rreading -: 1.5 MiB/s\rreading -: 0 %, 1.0 MiB/s');
});

test('the line is written five times a second, and covers the one before', () => {
  const { state, output } = screen();
  const progress = new Progress('a', countText('b'), output);
  for (let i = 0; i < 2000; i++) {
    state.now += 1;
    progress.at(i, i / 2000);
  }
  const lines = state.text.split('\r').slice(1);
  expect(lines).toHaveLength(6);
  expect(Math.min(...lines.map(({ length }) => length))).toBe(lines[0]!.length);
});

test('it is erased where something else is written, and comes again', () => {
  const { state, output } = screen();
  const progress = new Progress('a', countText('b'), output);
  state.now += 1000;
  progress.at(10);
  progress.clear();
  progress.clear();
  expect(state.text).toBe(`\ra: 10 b/s\r${' '.repeat(9)}\r`);
  state.now += 200;
  progress.at(12);
  expect(state.text).toMatch(/\ra: 10 b\/s$/);
});

test('it is narrower than the terminal', () => {
  const { state, output } = screen(20);
  const progress = new Progress('reading a long name', countText('lines'), output);
  state.now += 1000;
  progress.at(10, 0.5);
  expect(state.text).toBe('\r50 %, 10 lines/s, 1');
});

test('the clock is looked at once in so many calls', () => {
  const { state, output } = screen();
  let looks = 0;
  const now = () => {
    looks += 1;
    return state.now;
  };
  const progress = new Progress('a', countText('b'), { ...output, now }, 64);
  for (let i = 0; i < 640; i++) progress.at(i);
  expect(looks).toBe(11);
});

test('without a terminal nothing is written, and the clock is not looked at', () => {
  const progress = new Progress('a', countText('b'), undefined);
  progress.at(1, 0.5);
  expect(() => progress.clear()).not.toThrow();
});

test('amounts are as exact as they are read', () => {
  expect([0.0123, 0.5, 12.34, 1234.5].map(countText('days'))).toEqual([
    '0.012 days',
    '0.5 days',
    '12 days',
    '1235 days',
  ]);
  expect([1, 2048, 5 << 19].map(bytesText)).toEqual(['1 KiB', '2 KiB', '2.5 MiB']);
});

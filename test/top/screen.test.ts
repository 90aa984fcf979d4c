import { beforeEach, describe, expect, test } from 'vitest';
import { Screen } from '../../src/top/screen.ts';

let written: string[];
let screen: Screen;
beforeEach(() => {
  written = [];
  screen = new Screen((text) => written.push(text));
});
const last = () => written.splice(0).join('');

describe('the screen', () => {
  test('writes only the lines that change, at once', () => {
    screen.enter();
    screen.draw(['one', 'two', 'three']);
    expect(last()).toContain('\u001b[2J\u001b[1;1H\u001b[2Kone\u001b[2;1H\u001b[2Ktwo\u001b[3;1H\u001b[2Kthree');
    screen.draw(['one', 'TWO', 'three']);
    expect(written).toEqual(['\u001b[?2026h\u001b[2;1H\u001b[2KTWO\u001b[?2026l']);
    last();
    screen.draw(['one', 'TWO', 'three']);
    expect(last()).toBe('');
  });

  test.each([
    ['it has another size', () => screen.draw(['one', 'two', 'three'])],
    [
      'it was forgotten',
      () => {
        screen.forget();
        screen.draw(['one', 'two']);
      },
    ],
    [
      'the terminal was given back meanwhile',
      () => {
        screen.leave();
        screen.enter();
        screen.draw(['one', 'two']);
      },
    ],
  ])('is written whole when %s', (_, act) => {
    screen.enter();
    screen.draw(['one', 'two']);
    last();
    act();
    expect(last()).toMatch(/one.*two/s);
  });

  test('gives back what it has taken, once', () => {
    screen.leave();
    expect(last()).toBe('');
    screen.enter();
    const taken = [...last().matchAll(/\[(\?\d+)[hl]/g)].map(([, mode]) => mode);
    screen.leave();
    const given = [...last().matchAll(/\[(\?\d+)[hl]/g)].map(([, mode]) => mode);
    expect(given.sort()).toEqual(taken.sort());
    screen.leave();
    screen.draw(['one']);
    expect(last()).toBe('');
  });
});

import { describe, expect, test } from 'vitest';
import { UnwrittenBytes } from '../../src/adapters/files/unwritten-bytes.ts';

const MIB = 2 ** 20;
const textOf = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString();

const queued = (...texts: readonly string[]) => {
  const bytes = new UnwrittenBytes();
  for (const text of texts) bytes.add(Buffer.from(text), 1);
  return bytes;
};

describe('what is written at once', () => {
  test('begins where the last write ended, also within a later piece.', () => {
    const bytes = queued('abc', 'def', 'ghi');
    expect(textOf(bytes.together(MIB))).toBe('abcdefghi');
    bytes.advance(4);
    expect(textOf(bytes.together(MIB))).toBe('efghi');
    expect([bytes.waiting, bytes.offset]).toEqual([5, 1]);
    bytes.advance(5);
    expect(bytes.together(MIB)).toEqual([]);
    expect([bytes.waiting, bytes.next]).toEqual([0, undefined]);
  });

  test('ends with the piece that has what is wanted: a file that is full is not written further.', () => {
    const bytes = queued('abc', 'def', 'ghi');
    expect(textOf(bytes.together(0))).toBe('abc');
    expect(textOf(bytes.together(3))).toBe('abc');
    expect(textOf(bytes.together(4))).toBe('abcdef');
    bytes.advance(2);
    expect(textOf(bytes.together(1))).toBe('c');
    expect(textOf(bytes.together(2))).toBe('cdef');
  });

  test('ends before something that is to be done between two writes.', () => {
    const bytes = queued('abc');
    bytes.addAction(() => {});
    bytes.add(Buffer.from('def'), 1);
    expect(textOf(bytes.together(MIB))).toBe('abc');
    bytes.advance(3);
    expect(bytes.next).toHaveProperty('act');
  });

  test('is at the most a MiB and a piece, in few pieces.', () => {
    const large = 'x'.repeat(MIB / 4 + 1);
    expect(queued(...Array.from({ length: 9 }, () => large)).together(9 * MIB)).toHaveLength(4);
    expect(queued(...Array.from({ length: 3000 }, () => 'x')).together(MIB).length).toBeLessThanOrEqual(1024);
  });

  test('counts as lost what is left of it.', () => {
    const bytes = queued('abc', 'def', 'ghi');
    bytes.advance(3);
    expect(bytes.clear()).toBe(2);
  });

  test('is given back when all of it is written.', () => {
    const bytes = new UnwrittenBytes();
    const given: string[] = [];
    for (const text of ['abc', 'def']) bytes.add(Buffer.from(text), 1, () => given.push(text));
    bytes.advance(2);
    expect(given).toEqual([]);
    bytes.advance(2);
    expect(given).toEqual(['abc']);
    bytes.clear();
    expect(given).toEqual(['abc']);
  });
});

describe('what goes on in another file', () => {
  test('is the whole piece again, or the line that was cut, with what it counts.', () => {
    const whole = queued('one\ntwo\nthree\n', 'four\n');
    whole.advance(6);
    whole.restart(false);
    expect(textOf(whole.together(MIB))).toBe('one\ntwo\nthree\nfour\n');
    expect([whole.waiting, whole.offset]).toEqual([19, 0]);

    const lines = queued('one\ntwo\nthree\n', 'four\n');
    lines.advance(6);
    lines.restart(true);
    expect(textOf(lines.together(MIB))).toBe('two\nthree\nfour\n');
    expect([lines.waiting, lines.offset]).toEqual([15, 0]);
    lines.advance(4);
    lines.restart(true);
    expect(textOf(lines.together(MIB))).toBe('three\nfour\n');
    expect(lines.clear()).toBe(2);
  });

  test('is unchanged where nothing was written of the next piece, or nothing waits.', () => {
    const bytes = queued('abc', 'def');
    bytes.restart(false);
    bytes.advance(3);
    bytes.restart(true);
    expect(textOf(bytes.together(MIB))).toBe('def');
    bytes.clear();
    bytes.restart(true);
    expect([bytes.next, bytes.waiting]).toEqual([undefined, 0]);
  });

  test('begins with what has to come first.', () => {
    const bytes = queued('abc');
    bytes.first(new Uint8Array(0));
    bytes.first(Buffer.from('head\n'));
    expect(textOf(bytes.together(MIB))).toBe('head\nabc');
    expect(bytes.waiting).toBe(8);
    bytes.advance(8);
    expect(bytes.clear()).toBe(0);
  });
});

test('Texts that come one by one become one piece, before bytes and actions that come after them.', () => {
  const bytes = new UnwrittenBytes();
  const done: string[] = [];
  bytes.add('a', 1);
  bytes.add('bc', 1);
  expect(bytes.waiting).toBe(3);
  bytes.add(Buffer.from('D'), 1);
  bytes.add('e', 1);
  bytes.addAction(() => done.push('acted'));
  bytes.add('', 0);
  expect(bytes.together(MIB).map((piece) => textOf([piece]))).toEqual(['abc', 'D', 'e']);
  bytes.advance(5);
  const { next } = bytes;
  expect(next).toHaveProperty('act');
  if (next && 'act' in next) bytes.perform(next);
  expect([done, bytes.next]).toEqual([['acted'], undefined]);
});

test('An action that was not done is not counted as lost.', () => {
  const bytes = queued('abc');
  bytes.addAction(() => {});
  bytes.add('text', 3);
  expect(bytes.clear()).toBe(4);
});

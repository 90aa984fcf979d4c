import { expect, test } from 'vitest';
import { agree, counted } from '../../src/plural.ts';

test('A number agrees with its word.', () => {
  expect([0, 1, 2, '1', '1,000'].map((n) => counted(n, 'run'))).toEqual([
    '0 runs',
    '1 run',
    '2 runs',
    '1 run',
    '1,000 runs',
  ]);
  expect(counted(2, 'retry', 'retries')).toBe('2 retries');
  expect([0, 1, 2].map((n) => agree(n, 'is', 'are'))).toEqual(['are', 'is', 'are']);
});

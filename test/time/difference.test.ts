import { expect, test } from 'vitest';
import { differences, showChange } from '../../src/simulation/difference.ts';

const fired = (...list: readonly (readonly [at: number, condition: string])[]) =>
  list.map(([at, condition]) => ({ at, condition }));

test('Changes at one instant are in the order of the names, whatever the order of the files.', () => {
  const changes = differences(fired([1, 'B'], [9, 'C']), fired([1, 'C'], [1, 'A'], [9, 'C']));
  expect(changes.map(({ kind, condition, at }) => [kind, condition, at])).toEqual([
    ['added', 'A', 1],
    ['removed', 'B', 1],
    ['added', 'C', 1],
  ]);
});

test('A firing moves to the nearest that is new, and what is left is added or removed.', () => {
  const changes = differences(fired([10, 'A'], [50, 'A']), fired([12, 'A'], [52, 'A'], [99, 'A']));
  expect(changes.map(showChange)).toEqual([
    '~ 1970-01-01 00:00:00 Thu  A  -> 1970-01-01 00:00:00 Thu',
    '~ 1970-01-01 00:00:00 Thu  A  -> 1970-01-01 00:00:00 Thu',
    '+ 1970-01-01 00:00:00 Thu  A',
  ]);
});
